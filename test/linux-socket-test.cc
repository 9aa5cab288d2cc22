/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * TcpLinuxSocket by itself, with ns-3's own handshake: each attribute changes what it says,
 * and without any the socket is a TcpSoundSocket.
 */

#include "socket-pair-test.h"

#include "ns3/tcp-linux-socket.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace
{

constexpr uint8_t FIN = TcpHeader::FIN; //!< flag
constexpr uint8_t ACK = TcpHeader::ACK; //!< flag

/// All of a segment that a monitor sees.
using Segment = std::tuple<bool, Time, uint8_t, uint32_t, uint32_t, uint32_t, uint32_t>;

} // namespace

/// Sockets of one kind at both ends.
class LinuxSocket : public SocketPairTest
{
  protected:
    /**
     * Make a transfer of 100 kB.
     *
     * @param kind who makes the sockets
     * @param up whether to the server
     * @param sender whose segment is lost
     * @param lost the number of the segment, 0: none
     * @return all segments
     */
    std::vector<Segment> Transfer(Kind kind,
                                  bool up,
                                  SegmentDropModel::Sender sender,
                                  uint32_t lost)
    {
        Restart();
        clientKind = kind;
        serverKind = kind;
        drops->Drop(1, sender, lost);
        const auto talk = [](End& end, bool sends) {
            end.answersClose = !sends;
            if (sends)
            {
                end.Send(Pattern(100000));
                end.socket->Close();
            }
        };
        onAccept = [=](End& end) { talk(end, !up); };
        auto client = Connect([=](End& end) { talk(end, up); });
        Run();
        EXPECT_EQ(accepted.size(), 1u);
        const End& reader = up ? *accepted.at(0) : *client;
        EXPECT_TRUE(reader.received == Pattern(100000));
        std::vector<Segment> segments;
        for (const auto& segment : monitor->GetSegments())
        {
            segments.emplace_back(segment.fromClient,
                                  segment.sent,
                                  segment.flags,
                                  segment.sequence,
                                  segment.acknowledged,
                                  segment.size,
                                  segment.timestamp);
        }
        return segments;
    }

    /**
     * @return whether Linux's sockets send the same as sound ones, in transfers both ways,
     *         without a loss and with each of the first segments lost
     */
    bool IsSound()
    {
        bool same = true;
        for (const bool up : {true, false})
        {
            for (const auto sender : {SegmentDropModel::CLIENT, SegmentDropModel::SERVER})
            {
                for (uint32_t lost = 0; lost <= 12; lost++)
                {
                    const auto sound = Transfer(Kind::SOUND, up, sender, lost);
                    EXPECT_GT(sound.size(), 100u);
                    same = same && Transfer(Kind::LINUX, up, sender, lost) == sound;
                }
            }
        }
        return same;
    }
};

// Without any attribute: the same segments at the same times, whatever is lost.
TEST_F(LinuxSocket, A4_WithoutAttributesItIsASoundSocket)
{
    EXPECT_TRUE(IsSound());
}

// With these it is not. (FRto matters where several segments are lost.)
TEST_F(LinuxSocket, AttributesMakeADifference)
{
    for (const auto& [name, value] :
         {std::pair<std::string, std::string>{"TcpLinuxSocket::QuickAcks", "16"},
          {"TcpRecoverySocket::Recovery", "true"}})
    {
        const std::string full = "ns3::" + name;
        const std::string before = attributes[full];
        attributes[full] = value;
        EXPECT_FALSE(IsSound()) << name;
        attributes[full] = before;
    }
}

// The factory's sockets have the attributes' defaults, and are of their own type.
TEST_F(LinuxSocket, FactorySocketHasAllDefaults)
{
    attributes["ns3::TcpLinuxSocket::QuickAcks"] = "7";
    attributes["ns3::TcpRecoverySocket::FRto"] = "true";
    clientKind = Kind::LINUX;
    const auto get = [this](const std::string& name) {
        StringValue value;
        NewClient()->socket->GetAttribute(name, value);
        return value.Get();
    };
    EXPECT_EQ(NewClient()->socket->GetInstanceTypeId(), TcpLinuxSocket::GetTypeId());
    EXPECT_EQ(get("QuickAcks"), "7");
    EXPECT_EQ(get("Recovery"), "false");
    EXPECT_EQ(get("FRto"), "true");
    Config::SetDefault("ns3::TcpLinuxSocket::QuickAcks", UintegerValue(8));
    Config::SetDefault("ns3::TcpRecoverySocket::Recovery", BooleanValue(true));
    EXPECT_EQ(get("QuickAcks"), "8");
    EXPECT_EQ(get("Recovery"), "true");
}

/// Linux's socket as the client of a played server.
class LinuxClient : public PlayedServerTest
{
  protected:
    LinuxClient()
    {
        clientKind = Kind::LINUX;
    }

    /**
     * Play a server to a socket with other attributes.
     *
     * @param name an attribute of TcpLinuxSocket
     * @param value its value
     */
    void PlayWith(const std::string& name, const std::string& value)
    {
        const std::string type = name == "QuickAcks" ? "TcpLinuxSocket" : "TcpRecoverySocket";
        attributes["ns3::" + type + "::" + name] = value;
        PlayAnew();
    }

    /**
     * Let the server send segments of 100 bytes, one each millisecond.
     *
     * @param first the first one's number, from 0
     * @param count how many
     * @return which of them, from 1, were acknowledged last by the segments that came back
     */
    std::vector<uint32_t> SendMany(uint32_t first, uint32_t count)
    {
        News();
        const std::size_t before = peer->received.size();
        for (uint32_t i = first; i < first + count; i++)
        {
            peer->SendAt(Simulator::Now() + MilliSeconds(i - first),
                         {ACK, 1 + 100 * i, sent, {}, std::string(100, 'x')});
        }
        Run(MilliSeconds(300));
        std::vector<uint32_t> acknowledged;
        for (std::size_t i = before; i < peer->received.size(); i++)
        {
            acknowledged.push_back((peer->received[i].header.GetAckNumber().GetValue() - 1) / 100 -
                                   first);
        }
        return acknowledged;
    }

    /**
     * Let the server send a segment.
     *
     * @param spec the segment
     * @return when it arrives
     */
    Time Deliver(const RawPeer::Spec& spec)
    {
        Time arrived;
        const Callback<void, Ptr<const Packet>, const TcpHeader&, Ptr<const TcpSocketBase>> note(
            [&arrived](Ptr<const Packet>, const TcpHeader&, Ptr<const TcpSocketBase>) {
                arrived = Simulator::Now();
            });
        client->socket->TraceConnectWithoutContext("Rx", note);
        peer->Send(spec);
        Run(MilliSeconds(60));
        client->socket->TraceDisconnectWithoutContext("Rx", note);
        EXPECT_FALSE(arrived.IsZero());
        return arrived;
    }

    /// @return the RTT that the handshake tells
    Time GetRtt() const
    {
        const auto& segments = monitor->GetSegments();
        return segments.at(1).sent - segments.at(0).sent; // the SYN and the first ACK
    }

    /// @return the first timeout of data: RTT + 4 (RTT / 2), without a second sample
    Time GetTimeout() const
    {
        return 3 * GetRtt();
    }

    uint32_t sent{1}; //!< what SendMany()'s segments acknowledge
};

/// Numbers of segments, or the sequence numbers of those with data.
class Numbers : public std::vector<uint32_t>
{
  public:
    using std::vector<uint32_t>::vector;

    /// @param numbers the numbers
    Numbers(const std::vector<uint32_t>& numbers)
        : std::vector<uint32_t>(numbers)
    {
    }

    /// @param lines segments, as PlayedServerTest::News() tells them
    explicit Numbers(const Lines& lines)
    {
        for (const std::string& line : lines)
        {
            const auto space = line.find(' ');
            const auto colon = line.find(':', space);
            if (line.compare(colon, 3, ":0 ") != 0)
            {
                push_back(std::stoul(line.substr(space + 1, colon - space - 1)));
            }
        }
    }
};

// The first segments are acknowledged one by one, and then every second one; the last
// one after the delay of an ACK.
TEST_F(LinuxClient, QuickAcksAreForTheFirstSegments)
{
    PlayWith("QuickAcks", "0");
    Open();
    EXPECT_EQ(SendMany(0, 10), (Numbers{1, 3, 5, 7, 9, 10})) << "the first one is ns-3's";
    PlayWith("QuickAcks", "4");
    Open();
    EXPECT_EQ(SendMany(0, 10), (Numbers{1, 2, 3, 4, 6, 8, 10}));
    EXPECT_EQ(SendMany(10, 4), (Numbers{2, 4})) << "they are used up";
    PlayWith("QuickAcks", "16");
    Open();
    EXPECT_EQ(SendMany(0, 10), (Numbers{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
    EXPECT_EQ(SendMany(10, 10), (Numbers{1, 2, 3, 4, 5, 6, 8, 10}));
}

// A reply within the delay of an ACK ends them; a later one does not.
TEST_F(LinuxClient, ReplyEndsQuickAcks)
{
    for (const bool soon : {true, false})
    {
        PlayWith("QuickAcks", "16");
        Open();
        EXPECT_EQ(SendMany(0, 1), (Numbers{1}));
        peer->Send({ACK, 101, 1, {}, std::string(100, 'x')});
        Run(MilliSeconds(soon ? 60 : 100)); // it arrives after 50
        client->Send("reply");
        Run(MilliSeconds(110));
        sent = 6;
        EXPECT_EQ(SendMany(2, 4), soon ? (Numbers{2, 4}) : (Numbers{1, 2, 3, 4}));
        sent = 1;
    }
}

// A second connection begins with all quick ACKs.
TEST_F(LinuxClient, SecondConnectionHasQuickAcksAgain)
{
    PlayWith("QuickAcks", "4");
    Open();
    EXPECT_EQ(SendMany(0, 6), (Numbers{1, 2, 3, 4, 6}));
    Answer({TcpHeader::RST, 601, 0, {}, ""});
    peer = PlayServer(); // for another port of the client
    client->socket->Connect(server);
    Run(MilliSeconds(60));
    sent = peer->received.back().header.GetSequenceNumber().GetValue() + 1;
    Answer({TcpHeader::SYN | ACK, 0, sent, {2, 4, 5, 180, 4, 2, 1, 1}, ""});
    EXPECT_EQ(SendMany(0, 6), (Numbers{1, 2, 3, 4, 6}));
}

// A segment that was overtaken is sent again a quarter of the RTT and 2 ms later; without
// Recovery, or without SACK, when it times out.
TEST_F(LinuxClient, OvertakenSegmentIsSentAgain)
{
    struct Case
    {
        const char* recovery; //!< Recovery
        const char* sack;     //!< whether the client knows SACK
    };

    for (const auto& [recovery, sack] :
         {Case{"true", "true"}, Case{"false", "true"}, Case{"true", "false"}})
    {
        attributes["ns3::TcpSocketBase::Sack"] = sack;
        PlayWith("Recovery", recovery);
        Open([](End& end) { end.Send(Pattern(4000)); });
        const Time start = SentAt(1).at(0);
        const Time arrived = Deliver({ACK, 1, 1, Sack(1449, 2897), ""});
        Run(Seconds(1));
        const Time again = SentAt(1).at(1);
        const Time took = arrived - start;
        if (std::string(recovery) == "true" && std::string(sack) == "true")
        {
            EXPECT_EQ(again, arrived + took / 4 + MilliSeconds(2));
        }
        else
        {
            EXPECT_EQ(again, start + GetTimeout()) << recovery << sack;
        }
    }
}

// A FIN counts like a segment of data: its SACK block tells that what is in front of it
// was overtaken.
TEST_F(LinuxClient, FinOvertakesData)
{
    for (const char* recovery : {"true", "false"})
    {
        PlayWith("Recovery", recovery);
        Open([](End& end) {
            end.Send("data");
            Simulator::Schedule(MilliSeconds(1), [&end] { end.socket->Close(); });
        });
        EXPECT_EQ(opening.back(), "FIN|ACK 5:0 ack 1");
        const Time start = SentAt(1).at(0);
        const Time took = Deliver({ACK, 1, 1, Sack(5, 6), ""}) - SentAt(5).at(0);
        Run(Seconds(1));
        const Time lost = took + took / 4 + MilliSeconds(2);
        EXPECT_EQ(SentAt(1).at(1) - start, std::string(recovery) == "true" ? lost : GetTimeout());
    }
}

// When nothing is heard for two RTTs the last segment is sent once more, and the timeout
// counts from then; without Recovery it is the first one, when it times out.
TEST_F(LinuxClient, LastSegmentIsTheProbe)
{
    PlayWith("Recovery", "true");
    Open([](End& end) { end.Send(Pattern(4000)); });
    Run(Seconds(1));
    const Time start = SentAt(2897).at(0);
    const Time probe = SentAt(2897).at(1);
    EXPECT_EQ(probe, start + 2 * GetRtt() + MilliSeconds(2));
    EXPECT_EQ(SentAt(1).at(1), probe + GetTimeout());
    EXPECT_EQ(SentAt(1449).size(), 1u);
    EXPECT_EQ(SentAt(2897).size(), 2u) << "one probe alone";

    PlayWith("Recovery", "false");
    Open([](End& end) { end.Send(Pattern(4000)); });
    Run(Seconds(1));
    EXPECT_EQ(SentAt(2897).size(), 1u);
    EXPECT_EQ(SentAt(1).at(1), SentAt(1).at(0) + GetTimeout());
}

// For a lone segment the probe would wait for a delayed ACK; so it takes the place of the
// timeout, which counts from then, and is not doubled yet.
TEST_F(LinuxClient, L2_ProbeOfALoneSegmentIsNoLaterThanTheTimeout)
{
    std::vector<std::vector<Time>> times;
    for (const char* recovery : {"true", "false"})
    {
        PlayWith("Recovery", recovery);
        Open([](End& end) { end.Send("data"); });
        Run(Seconds(5));
        std::vector<Time> waits;
        for (std::size_t i = 1; i < 4; i++)
        {
            waits.push_back(SentAt(1).at(i) - SentAt(1).at(i - 1));
        }
        times.push_back(waits);
    }
    const Time timeout = GetTimeout();
    EXPECT_EQ(times[0], (std::vector<Time>{timeout, timeout, 2 * timeout}));
    EXPECT_EQ(times[1], (std::vector<Time>{timeout, 2 * timeout, 4 * timeout}));
}

// The probe is new data where there is some, and the window has room.
TEST_F(LinuxClient, L2_NewDataIsTheProbe)
{
    for (const uint16_t window : {14480, 15928})
    {
        PlayWith("Recovery", "true");
        Open([](End& end) { end.Send(Pattern(30000)); }, window);
        Run(MilliSeconds(250));
        const Time probe = SentAt(1).at(0) + 2 * GetRtt() + MilliSeconds(2);
        const bool room = window > 14480;
        ASSERT_EQ(SentAt(14481).size(), room ? 1u : 0u);
        ASSERT_EQ(SentAt(13033).size(), room ? 1u : 2u);
        EXPECT_EQ(room ? SentAt(14481).at(0) : SentAt(13033).at(1), probe);
    }
}

// The probe is a FIN where that was sent last.
TEST_F(LinuxClient, FinIsTheProbe)
{
    PlayWith("Recovery", "true");
    Open([](End& end) {
        end.Send("data");
        Simulator::Schedule(MilliSeconds(1), [&end] { end.socket->Close(); });
    });
    Run(MilliSeconds(250));
    EXPECT_EQ(News(), (Lines{"FIN|ACK 5:0 ack 1"}));
    EXPECT_EQ(SentAt(5).at(1), SentAt(5).at(0) + 2 * GetRtt() + MilliSeconds(2));
}

// A FIN that arrives out of order is acknowledged at once, with a SACK block that covers
// it, and what lies in front of it.
TEST_F(LinuxClient, EarlyFinIsSacked)
{
    const auto getOptions = [this](const RawPeer::Spec& spec) {
        const std::size_t before = peer->received.size();
        EXPECT_EQ(Answer(spec), (Lines{"ACK 1:0 ack 1"}));
        const auto& raw = peer->received.at(before).raw;
        return std::vector<uint8_t>(raw.begin() + 20, raw.end());
    };
    PlayWith("Recovery", "true");
    Open();
    EXPECT_EQ(getOptions({FIN | ACK, 101, 1, {}, ""}), Sack(101, 102));
    PlayAnew();
    Open();
    EXPECT_EQ(getOptions({ACK, 51, 1, {}, std::string(50, 'x')}), Sack(51, 101));
    EXPECT_EQ(getOptions({FIN | ACK, 101, 1, {}, ""}), Sack(51, 102));
    PlayAnew();
    Open();
    EXPECT_EQ(getOptions({ACK, 51, 1, {}, std::string(10, 'x')}), Sack(51, 61));
    auto both = Sack(101, 102);
    const auto other = Sack(51, 61);
    both[3] = 18;
    both.insert(both.end(), other.begin() + 4, other.end());
    EXPECT_EQ(getOptions({FIN | ACK, 101, 1, {}, ""}), both);
    EXPECT_EQ(Answer({ACK, 1, 1, {}, std::string(100, 'x')}).back(), "ACK 1:0 ack 102");
    EXPECT_EQ(GetState(), "CLOSE_WAIT");
}

// Not so without Recovery, or without SACK; nor is one in order.
TEST_F(LinuxClient, OtherFinsAreNotSacked)
{
    PlayWith("Recovery", "false");
    Open();
    EXPECT_EQ(Answer({FIN | ACK, 101, 1, {}, ""}), Lines());
    attributes["ns3::TcpSocketBase::Sack"] = "false";
    PlayWith("Recovery", "true");
    Open();
    EXPECT_EQ(Answer({FIN | ACK, 101, 1, {}, ""}), Lines());
    attributes["ns3::TcpSocketBase::Sack"] = "true";
    PlayAnew();
    Open();
    EXPECT_EQ(Answer({FIN | ACK, 1, 1, {}, ""}), (Lines{"ACK 1:0 ack 2"}));
    EXPECT_EQ(peer->received.back().raw.size(), 20u);
}

// In TIME-WAIT a FIN that comes again is acknowledged again, whatever is switched on, and our
// peer's last ACK is not.
TEST_F(LinuxClient, A3_FinIsAcknowledgedInTimeWait)
{
    for (const char* recovery : {"true", "false"})
    {
        PlayWith("Recovery", recovery);
        Open([](End& end) { end.socket->Close(); });
        Answer({ACK, 1, 2, {}, ""});
        EXPECT_EQ(Answer({FIN | ACK, 1, 2, {}, ""}), (Lines{"ACK 2:0 ack 2"}));
        EXPECT_EQ(GetState(), "TIME_WAIT");
        for (int i = 0; i < 2; i++)
        {
            EXPECT_EQ(Answer({FIN | ACK, 1, 2, {}, ""}), (Lines{"ACK 2:0 ack 2"}));
            EXPECT_EQ(Answer({ACK, 2, 2, {}, ""}), Lines());
            EXPECT_EQ(Answer({TcpHeader::RST, 3, 2, {}, ""}), Lines());
        }
    }
}

// New data stays within the window, also where some of that has arrived out of order:
// one segment is no longer in flight then, and none may take its place in a full window.
TEST_F(LinuxClient, NewDataStaysWithinTheWindow)
{
    PlayWith("Recovery", "true");
    for (const uint16_t window : {4 * 1448 - 1, 4 * 1448, 11 * 1448 - 1, 11 * 1448, 12 * 1448})
    {
        PlayAnew();
        Open([](End& end) { end.Send(Pattern(20000)); }, window);
        const uint32_t segments = std::min(10, window / 1448); // 10 is the initial window
        const uint32_t next = 1 + segments * 1448;
        ASSERT_EQ(SentAt(next - 1448).size(), 1u);
        ASSERT_EQ(SentAt(next).size(), 0u);
        Deliver({ACK, 1, 1, Sack(1449, 2897), "", window});
        EXPECT_EQ(SentAt(next).size(), segments == 10 && window >= 11 * 1448 ? 1u : 0u) << window;
    }
}

// After a timeout the window is one segment, and two with the ACK of that. Two new segments
// then find out whether anything was lost; without FRto, or SACK, retransmissions follow.
TEST_F(LinuxClient, L2_TimeoutIsDoubted)
{
    struct Case
    {
        const char* fRto; //!< FRto
        const char* sack; //!< whether the client knows SACK
    };

    for (const auto& [fRto, sack] :
         {Case{"true", "true"}, Case{"false", "true"}, Case{"true", "false"}})
    {
        for (const bool lost : {true, false})
        {
            attributes["ns3::TcpSocketBase::Sack"] = sack;
            attributes["ns3::TcpRecoverySocket::Recovery"] = "true";
            PlayWith("FRto", fRto);
            Open([](End& end) { end.Send(Pattern(30000)); });
            EXPECT_EQ(SentAt(13033).size(), 1u) << "the last one of the initial window";
            Run(MilliSeconds(600)); // with SACK a probe comes before
            EXPECT_EQ(News().back(), "ACK 1:1448 ack 1") << "timed out";
            const bool sacks = std::string(sack) == "true";
            const bool doubted = std::string(fRto) == "true" && sacks;
            EXPECT_EQ(SentAt(14481).size(), sacks ? 1u : 0u);
            EXPECT_EQ(Numbers(Answer({ACK, 1, 1449, {}, ""})),
                      doubted ? (Numbers{15929, 17377}) : (Numbers{1449, 2897}))
                << fRto << sack;
            if (doubted && lost)
            {
                const RawPeer::Spec spec{ACK, 1, 1449, Sack(15929, 17377), ""};
                EXPECT_EQ(Numbers(Answer(spec)), (Numbers{1449}));
            }
            else if (doubted)
            {
                // As if nothing had happened: a window of ten, and one for the ACK, that are
                // under way; nothing is sent again
                EXPECT_EQ(Numbers(Answer({ACK, 1, 2897, {}, ""})), Numbers());
                EXPECT_EQ(Numbers(Answer({ACK, 1, 4345, {}, ""})), (Numbers{18825, 20273}));
                EXPECT_EQ(SentAt(1449).size(), 1u);
            }
        }
    }
}

// Where there is nothing new to send there is no doubt.
TEST_F(LinuxClient, L2_TimeoutIsNotDoubtedWithoutNewData)
{
    for (const char* fRto : {"true", "false"})
    {
        attributes["ns3::TcpRecoverySocket::Recovery"] = "true";
        PlayWith("FRto", fRto);
        Open([](End& end) { end.Send(Pattern(14480)); });
        Run(MilliSeconds(600));
        EXPECT_EQ(Numbers(Answer({ACK, 1, 1449, {}, ""})), (Numbers{1449, 2897})) << fRto;
    }
}

// A timeout in a series is doubted, too.
TEST_F(LinuxClient, L2_SecondTimeoutIsDoubted)
{
    for (const bool doubted : {true, false})
    {
        attributes["ns3::TcpRecoverySocket::Recovery"] = "true";
        PlayWith("FRto", doubted ? "true" : "false");
        Open([](End& end) { end.Send(Pattern(30000)); });
        Run(MilliSeconds(1400));
        EXPECT_EQ(SentAt(1).size(), 3u);
        EXPECT_EQ(Numbers(Answer({ACK, 1, 1449, {}, ""})),
                  doubted ? (Numbers{15929, 17377}) : (Numbers{1449, 2897}));
    }
}

// A peer that shuts its window in a recovery gets the first segment, and the rest when it
// opens the window again.
TEST_F(LinuxClient, L6_ShutWindowInARecovery)
{
    PlayWith("Recovery", "true");
    Open([](End& end) { end.Send(Pattern(14480)); });
    Run(MilliSeconds(60));
    EXPECT_EQ(Numbers(Answer({ACK, 1, 1, Sack(2897, 7241), "", 0})), (Numbers{1}));
    Run(Seconds(3));
    News();
    peer->Send({ACK, 1, 1449, Sack(2897, 7241), "", 65535});
    Run(Seconds(5));
    EXPECT_GE(SentAt(1449).size(), 2u);
    Answer({ACK, 1, 14481, {}, "", 65535});
    Run(Seconds(100));
    EXPECT_EQ(News(), Lines()) << "all is acknowledged";
}

// New data does not leave the window where what was lost is sent again.
TEST_F(LinuxClient, L7_RecoveryStaysWithinTheWindow)
{
    PlayWith("Recovery", "true");
    Open([](End& end) { end.Send(Pattern(60000)); }, 14480);
    for (uint32_t i = 2; i <= 10; i++)
    {
        Answer({ACK, 1, 1, Sack(1449, 1 + 1448 * i), "", 14480});
    }
    EXPECT_EQ(SentAt(1).size(), 2u);
    EXPECT_EQ(SentAt(14481).size(), 0u);
    EXPECT_GT(Numbers(Answer({ACK, 1, 14481, {}, "", 14480})).size(), 4u) << "it goes on";
}

// An application that gives the connection up when it is told of room, in a recovery.
TEST_F(LinuxClient, L7_TornDownInACallback)
{
    for (const bool data : {true, false})
    {
        PlayWith("Recovery", "true");
        Open([](End& end) {
            end.reads = false;
            end.Send(Pattern(60000));
        });
        Answer({ACK, 1, 1, Sack(1449, 5793), std::string(100, 'x')});
        client->socket->SetSendCallback(
            Callback<void, Ptr<Socket>, uint32_t>([](Ptr<Socket> socket, uint32_t) {
                socket->Close(); // with unread data: a reset
            }));
        const Lines last =
            Answer({ACK, 101, 2897, Sack(4345, 5793), std::string(data ? 9 : 0, 'y')});
        Run(Seconds(300));
        ASSERT_FALSE(last.empty());
        EXPECT_NE(last.back().find("RST"), std::string::npos) << last.back();
        EXPECT_EQ(News(), Lines());
    }
}

/// Linux's sockets at both ends, with all that Recovery has.
class LinuxPair : public SocketPairTest
{
  protected:
    LinuxPair()
    {
        clientKind = Kind::LINUX;
        serverKind = Kind::LINUX;
        attributes["ns3::TcpLinuxSocket::QuickAcks"] = "16";
        attributes["ns3::TcpRecoverySocket::Recovery"] = "true";
        attributes["ns3::TcpRecoverySocket::FRto"] = "true";
        attributes["ns3::TcpRecoverySocket::IdleRestart"] = "true";
    }

    /**
     * Let the server send, and perhaps close; some of its segments are lost.
     *
     * @param size how much, in bytes
     * @param close how long after that it closes
     * @param lost the numbers of the segments
     */
    void Transfer(std::size_t size, Time close, const std::vector<uint32_t>& lost)
    {
        Restart();
        for (const uint32_t number : lost)
        {
            drops->Drop(1, SegmentDropModel::SERVER, number);
        }
        onAccept = [size, close](End& end) {
            end.Send(Pattern(size));
            if (close.IsZero())
            {
                end.socket->Close();
            }
            else
            {
                Simulator::Schedule(close, [&end] { end.socket->Close(); });
            }
        };
        client = Connect();
        client->answersClose = true;
        Run();
        EXPECT_TRUE(client->received == Pattern(size));
    }

    /**
     * @param number the number of a segment of the server's
     * @return when and as which of its segments the same was sent, in order
     */
    std::vector<std::pair<Time, uint32_t>> GetSendings(uint32_t number) const
    {
        std::vector<std::pair<Time, uint32_t>> sendings;
        std::optional<uint32_t> sequence;
        for (const bool find : {true, false})
        {
            uint32_t count = 0;
            for (const auto& segment : monitor->GetSegments())
            {
                if (segment.fromClient)
                {
                    continue;
                }
                count++;
                if (find && count == number)
                {
                    sequence = segment.sequence;
                }
                else if (!find && segment.sequence == sequence &&
                         (segment.size > 0 || (segment.flags & FIN)))
                {
                    sendings.emplace_back(segment.sent, count);
                }
            }
        }
        return sendings;
    }

    /// @return the number of the server's first segment with FIN
    uint32_t GetFin() const
    {
        uint32_t count = 0;
        for (const auto& segment : monitor->GetSegments())
        {
            count += !segment.fromClient;
            if (!segment.fromClient && (segment.flags & FIN))
            {
                return count;
            }
        }
        return 0;
    }

    std::shared_ptr<End> client; //!< the client
};

// A segment and its own retransmission are lost: it is sent again about an RTT after that,
// and not by the timeout; with timestamps and without.
TEST_F(LinuxPair, L1_LostRetransmissionIsFoundByRack)
{
    for (const char* timestamps : {"true", "false"})
    {
        attributes["ns3::TcpSocketBase::Timestamp"] = timestamps;
        for (uint32_t number = 3; number <= 30; number += 3)
        {
            Transfer(100000, Time(0), {number});
            const auto once = GetSendings(number);
            ASSERT_EQ(once.size(), 2u) << number;
            EXPECT_LT(once[1].first - once[0].first, MilliSeconds(150)) << number;
            Transfer(100000, Time(0), {number, once[1].second});
            const auto twice = GetSendings(number);
            ASSERT_EQ(twice.size(), 3u) << number;
            EXPECT_EQ(twice[1], once[1]);
            EXPECT_GT(twice[2].first - twice[1].first, MilliSeconds(99)) << number;
            EXPECT_LT(twice[2].first - twice[1].first, MilliSeconds(180)) << number;
        }
    }
}

// A FIN that is lost, alone or with data, twice, too, is sent again until it arrives, and all
// ends well at both ends.
TEST_F(LinuxPair, L8_LostFins)
{
    for (const Time& close : {Time(0), MilliSeconds(1), MilliSeconds(50), Seconds(2)})
    {
        for (const std::size_t size : {500, 5000, 40000})
        {
            Transfer(size, close, {});
            std::vector<uint32_t> lost;
            for (int i = 0; i < 3; i++)
            {
                const uint32_t fin = GetFin();
                ASSERT_GT(fin, 0u);
                const auto sendings = GetSendings(fin);
                ASSERT_EQ(sendings.size(), lost.size() + 1) << size << close.As(Time::MS);
                lost.push_back(sendings.back().second);
                Transfer(size, close, lost);
                EXPECT_LT(GetSendings(fin).back().first - sendings.back().first, Seconds(1.3));
                EXPECT_EQ(client->events.back(), "closed");
                EXPECT_EQ(accepted.at(0)->states.back(), "CLOSED");
            }
        }
    }
}

// A second 100 kB after a silence of 20 s begin with the initial window: as long as the first
// ones; without IdleRestart they are there in less than two RTTs. Without SACK, too.
TEST_F(LinuxPair, L3_PauseCostsTheWindow)
{
    for (const char* sack : {"true", "false"})
    {
        for (const char* restart : {"true", "false"})
        {
            attributes["ns3::TcpSocketBase::Sack"] = sack;
            attributes["ns3::TcpRecoverySocket::IdleRestart"] = restart;
            Restart();
            onAccept = [](End& end) {
                for (const Time& at : {Seconds(1), Seconds(21)})
                {
                    Simulator::Schedule(at, [&end] { end.Send(Pattern(100000)); });
                }
            };
            client = Connect();
            Run(Seconds(21));
            EXPECT_EQ(client->received.size(), 100000u);
            Time last;
            client->socket->TraceConnectWithoutContext(
                "Rx",
                Callback<void, Ptr<const Packet>, const TcpHeader&, Ptr<const TcpSocketBase>>(
                    [&last](Ptr<const Packet> packet, const TcpHeader&, Ptr<const TcpSocketBase>) {
                        last = packet->GetSize() > 0 ? Simulator::Now() : last;
                    }));
            Run(Seconds(20));
            EXPECT_EQ(client->received.size(), 200000u);
            const double took = (last - Seconds(21.05)).GetSeconds(); // the ACK of the handshake
            if (std::string(restart) == "true")
            {
                EXPECT_NEAR(took, 0.35, 0.06) << sack;
            }
            else
            {
                EXPECT_LT(took, 0.24) << sack;
            }
        }
    }
}
