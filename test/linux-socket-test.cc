/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * TcpLinuxSocket by itself, with ns-3's own handshake: each attribute changes what it says,
 * and without any the socket is a TcpSoundSocket.
 */

#include "socket-pair-test.h"

#include "ns3/tcp-linux-socket.h"

#include <algorithm>
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
         {std::pair<std::string, std::string>{"QuickAcks", "16"}, {"TailRecovery", "true"}})
    {
        const std::string full = "ns3::TcpLinuxSocket::" + name;
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
    attributes["ns3::TcpLinuxSocket::FRto"] = "true";
    clientKind = Kind::LINUX;
    const auto get = [this](const std::string& name) {
        StringValue value;
        NewClient()->socket->GetAttribute(name, value);
        return value.Get();
    };
    EXPECT_EQ(NewClient()->socket->GetInstanceTypeId(), TcpLinuxSocket::GetTypeId());
    EXPECT_EQ(get("QuickAcks"), "7");
    EXPECT_EQ(get("TailRecovery"), "false");
    EXPECT_EQ(get("FRto"), "true");
    Config::SetDefault("ns3::TcpLinuxSocket::QuickAcks", UintegerValue(8));
    Config::SetDefault("ns3::TcpLinuxSocket::TailRecovery", BooleanValue(true));
    EXPECT_EQ(get("QuickAcks"), "8");
    EXPECT_EQ(get("TailRecovery"), "true");
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
        attributes["ns3::TcpLinuxSocket::" + name] = value;
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

using Numbers = std::vector<uint32_t>; //!< numbers of segments

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
// TailRecovery, or without SACK, when it times out.
TEST_F(LinuxClient, OvertakenSegmentIsSentAgain)
{
    struct Case
    {
        const char* recovery; //!< TailRecovery
        const char* sack;     //!< whether the client knows SACK
    };

    for (const auto& [recovery, sack] :
         {Case{"true", "true"}, Case{"false", "true"}, Case{"true", "false"}})
    {
        attributes["ns3::TcpSocketBase::Sack"] = sack;
        PlayWith("TailRecovery", recovery);
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
        PlayWith("TailRecovery", recovery);
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
// counts from then; without TailRecovery it is the first one, when it times out.
TEST_F(LinuxClient, LastSegmentIsTheProbe)
{
    PlayWith("TailRecovery", "true");
    Open([](End& end) { end.Send(Pattern(4000)); });
    Run(Seconds(1));
    const Time start = SentAt(2897).at(0);
    const Time probe = SentAt(2897).at(1);
    EXPECT_EQ(probe, start + 2 * GetRtt() + MilliSeconds(2));
    EXPECT_EQ(SentAt(1).at(1), probe + GetTimeout());
    EXPECT_EQ(SentAt(1449).size(), 1u);
    EXPECT_EQ(SentAt(2897).size(), 2u) << "one probe alone";

    PlayWith("TailRecovery", "false");
    Open([](End& end) { end.Send(Pattern(4000)); });
    Run(Seconds(1));
    EXPECT_EQ(SentAt(2897).size(), 1u);
    EXPECT_EQ(SentAt(1).at(1), SentAt(1).at(0) + GetTimeout());
}

// For a lone segment the probe would wait for a delayed ACK, and the timeout comes first.
TEST_F(LinuxClient, LoneSegmentTimesOut)
{
    std::vector<std::vector<Time>> times;
    for (const char* recovery : {"true", "false"})
    {
        PlayWith("TailRecovery", recovery);
        Open([](End& end) { end.Send("data"); });
        Run(Seconds(5));
        times.push_back(SentAt(1));
    }
    EXPECT_GE(times[0].size(), 3u);
    EXPECT_EQ(times[0], times[1]);
}

// The probe is a FIN where that was sent last.
TEST_F(LinuxClient, FinIsTheProbe)
{
    PlayWith("TailRecovery", "true");
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
    PlayWith("TailRecovery", "true");
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

// Not so without TailRecovery, or without SACK; nor is one in order.
TEST_F(LinuxClient, OtherFinsAreNotSacked)
{
    PlayWith("TailRecovery", "false");
    Open();
    EXPECT_EQ(Answer({FIN | ACK, 101, 1, {}, ""}), Lines());
    attributes["ns3::TcpSocketBase::Sack"] = "false";
    PlayWith("TailRecovery", "true");
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
        PlayWith("TailRecovery", recovery);
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
    PlayWith("TailRecovery", "true");
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

// After a timeout the first ACK is followed by two new segments; without FRto, or SACK,
// by retransmissions.
TEST_F(LinuxClient, TimeoutIsDoubted)
{
    struct Case
    {
        const char* fRto; //!< FRto
        const char* sack; //!< whether the client knows SACK
    };

    for (const auto& [fRto, sack] :
         {Case{"true", "true"}, Case{"false", "true"}, Case{"true", "false"}})
    {
        attributes["ns3::TcpSocketBase::Sack"] = sack;
        PlayWith("FRto", fRto);
        Open([](End& end) { end.Send(Pattern(30000)); });
        EXPECT_EQ(SentAt(13033).size(), 1u) << "the last one of the initial window";
        Run(MilliSeconds(350));
        EXPECT_EQ(News().back(), "ACK 1:1448 ack 1") << "timed out";
        const bool doubted = std::string(fRto) == "true" && std::string(sack) == "true";
        const Lines first = Answer({ACK, 1, 1449, {}, ""});
        ASSERT_EQ(first.size(), 2u);
        const auto numberOf = [](const std::string& line) {
            return line.substr(line.find(' '), line.find(':') - line.find(' '));
        };
        EXPECT_EQ(numberOf(first[0]), doubted ? " 14481" : " 1449") << fRto << sack;
        EXPECT_EQ(numberOf(first[1]), doubted ? " 15929" : " 2897") << fRto << sack;
        // With the next ACK all is as before
        const Lines second = Answer({ACK, 1, 2897, {}, ""});
        ASSERT_GE(second.size(), 1u);
        EXPECT_EQ(numberOf(second[0]), doubted ? " 2897" : " 4345") << fRto << sack;
    }
}

// Where there is nothing new to send, or all was acknowledged, there is no doubt.
TEST_F(LinuxClient, TimeoutIsNotDoubtedWithoutNewData)
{
    for (const uint32_t ack : {1449u, 14481u})
    {
        std::vector<Lines> answers;
        for (const char* fRto : {"true", "false"})
        {
            PlayWith("FRto", fRto);
            Open([ack](End& end) { end.Send(Pattern(ack == 1449 ? 14480 : 30000)); });
            Run(MilliSeconds(350));
            answers.push_back(Answer({ACK, 1, ack, {}, ""}));
        }
        EXPECT_GE(answers[0].size(), 1u);
        EXPECT_EQ(answers[0], answers[1]) << ack;
    }
}

// A timeout in a series is not doubted: the first one was not spurious.
TEST_F(LinuxClient, SecondTimeoutIsNotDoubted)
{
    std::vector<Lines> answers;
    for (const char* fRto : {"true", "false"})
    {
        PlayWith("FRto", fRto);
        Open([](End& end) { end.Send(Pattern(30000)); });
        Run(Seconds(1));
        EXPECT_EQ(SentAt(1).size(), 3u);
        answers.push_back(Answer({ACK, 1, 1449, {}, ""}));
    }
    EXPECT_EQ(answers[0], answers[1]);
}
