/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * TcpSoundSocket by itself, with ns-3's own handshake: data and FIN arrive whole, and no
 * segment does what it must not.
 */

#include "socket-pair-test.h"

#include "ns3/ipv4.h"
#include "ns3/tcp-option-ts.h"
#include "ns3/tcp-sound-socket-factory.h"
#include "ns3/tcp-sound-socket.h"

#include <algorithm>
#include <set>

namespace
{

constexpr uint8_t FIN = TcpHeader::FIN; //!< flag
constexpr uint8_t SYN = TcpHeader::SYN; //!< flag
constexpr uint8_t RST = TcpHeader::RST; //!< flag
constexpr uint8_t ACK = TcpHeader::ACK; //!< flag

const std::string DATA = Pattern(100000); //!< what is transferred

/// Which way the data goes.
enum class Way
{
    UP,   //!< from the client to the server
    DOWN, //!< from the server to the client
    BOTH, //!< both ways at once
};

} // namespace

/// Sound sockets at both ends, or ns-3's at one of them.
class SoundSocket : public SocketPairTest
{
  protected:
    /**
     * Make a transfer, and expect it to be whole, whatever is lost; and the connection to
     * end in peace, but for ns-3's sockets that close at the same time as the other end.
     *
     * @param way the way of the data
     */
    void Transfer(Way way)
    {
        const bool up = way != Way::DOWN;
        const bool down = way != Way::UP;
        onAccept = [=](End& end) {
            end.answersClose = !down;
            if (down)
            {
                end.Send(DATA);
                end.socket->Close();
            }
        };
        auto client = Connect([=](End& end) {
            end.answersClose = !up;
            if (up)
            {
                end.Send(DATA);
                end.socket->Close();
            }
        });
        Run();
        ASSERT_EQ(accepted.size(), 1u);
        EXPECT_TRUE(accepted[0]->received == (up ? DATA : "")) << accepted[0]->received.size();
        EXPECT_TRUE(client->received == (down ? DATA : "")) << client->received.size();
        if (way == Way::BOTH && (clientKind == Kind::STOCK || serverKind == Kind::STOCK))
        {
            return; // they answer a FIN in CLOSING by a reset
        }
        EXPECT_EQ(client->states.back(), "CLOSED");
        EXPECT_EQ(accepted[0]->states.back(), "CLOSED");
        for (const auto& end : {client, accepted[0]})
        {
            EXPECT_EQ(std::count(end->events.begin(), end->events.end(), "error"), 0);
            EXPECT_LE(std::count(end->events.begin(), end->events.end(), "closed"), 1);
        }
    }

    /// Make transfers of all ways, without loss and with each of the first segments lost.
    void TransferWithLosses()
    {
        for (const Way way : {Way::UP, Way::DOWN, Way::BOTH})
        {
            Restart();
            SCOPED_TRACE(static_cast<int>(way));
            Transfer(way);
            for (const auto sender : {SegmentDropModel::CLIENT, SegmentDropModel::SERVER})
            {
                for (uint32_t segment = 1; segment <= 12; segment++)
                {
                    if (clientKind == Kind::STOCK && way == Way::DOWN &&
                        sender == SegmentDropModel::CLIENT && segment == 2)
                    {
                        continue; // ns-3's client sends the handshake's last ACK once
                    }
                    SCOPED_TRACE((sender == SegmentDropModel::CLIENT ? "client's " : "server's ") +
                                 std::to_string(segment));
                    Restart();
                    drops->Drop(1, sender, segment);
                    Transfer(way);
                }
            }
        }
    }
};

// A transfer is whole, whichever of the first segments is lost.
TEST_F(SoundSocket, A3_TransferIsWhole)
{
    TransferWithLosses();
}

// So it is with ns-3's sockets at the server ...
TEST_F(SoundSocket, A3_TransferToStockSocketsIsWhole)
{
    serverKind = Kind::STOCK;
    TransferWithLosses();
}

// ... and at the client.
TEST_F(SoundSocket, A3_TransferFromStockSocketsIsWhole)
{
    clientKind = Kind::STOCK;
    TransferWithLosses();
}

/// A sound socket as the client of a played server.
class SoundClient : public PlayedServerTest
{
  protected:
    void SetUp() override
    {
        attributes["ns3::TcpSocket::DelAckCount"] = "1"; // each segment is answered
        PlayAnew();
    }
};

// A reset in the window but not exact is answered, one elsewhere dropped; the connection
// goes on (RFC 5961, section 3.2).
TEST_F(SoundClient, InexactResetDoesNotEndTheConnection)
{
    Open();
    const uint32_t end = 1 + client->socket->GetRxBuffer()->MaxBufferSize();
    for (const uint8_t flags : {RST, static_cast<uint8_t>(RST | ACK)})
    {
        EXPECT_EQ(Answer({flags, 0, 1, {}, ""}), Lines()) << "before the window";
        EXPECT_EQ(Answer({flags, 2, 1, {}, ""}), (Lines{"ACK 1:0 ack 1"}));
        EXPECT_EQ(Answer({flags, end, 1, {}, ""}), (Lines{"ACK 1:0 ack 1"})) << "its end";
        EXPECT_EQ(Answer({flags, end + 1, 1, {}, ""}), Lines()) << "behind it";
    }
    EXPECT_EQ(client->events, (Lines{"connected"}));
    EXPECT_EQ(GetState(), "ESTABLISHED");
    EXPECT_EQ(GetError(client->socket), TcpSoundSender::NO_ERROR);
    EXPECT_EQ(Answer({ACK, 1, 1, {}, "data"}), (Lines{"ACK 1:0 ack 5"})) << "it is in use";
    EXPECT_EQ(client->received, "data");
}

// An exact one ends it, once; nothing is sent, not to a second one either.
TEST_F(SoundClient, ExactResetEndsTheConnectionOnce)
{
    for (const uint8_t flags : {RST, static_cast<uint8_t>(RST | ACK)})
    {
        PlayAnew();
        Open();
        EXPECT_EQ(Answer({ACK, 1, 1, {}, "data"}), (Lines{"ACK 1:0 ack 5"}));
        EXPECT_EQ(Answer({flags, 5, 1, {}, ""}), Lines());
        EXPECT_EQ(client->events, (Lines{"connected", "closed"}));
        EXPECT_EQ(GetState(), "CLOSED");
        EXPECT_EQ(GetError(client->socket), TcpSoundSender::RESET);
        EXPECT_EQ(Answer({flags, 5, 1, {}, ""}), Lines());
        EXPECT_EQ(client->socket->Close(), 0);
        EXPECT_EQ(client->Send("more"), -1);
        Run(Seconds(100));
        EXPECT_EQ(News(), Lines());
        EXPECT_EQ(client->events, (Lines{"connected", "closed"}));
    }
}

// A reset drops what is not yet acknowledged: nothing is sent again.
TEST_F(SoundClient, ResetEndsRetransmissions)
{
    Open([](End& end) { end.Send("data"); });
    EXPECT_EQ(Answer({RST, 1, 0, {}, ""}), Lines());
    Run(Seconds(100));
    EXPECT_EQ(News(), Lines());
    EXPECT_EQ(client->events, (Lines{"connected", "closed"}));
}

// A SYN and a SYN-ACK in a connection are answered, and change nothing (RFC 5961,
// section 4.2): in whatever place, with whatever options.
TEST_F(SoundClient, SynDoesNotEndTheConnection)
{
    Open();
    const uint32_t window = client->socket->GetRxBuffer()->MaxBufferSize();
    for (const uint8_t flags : {SYN, static_cast<uint8_t>(SYN | ACK)})
    {
        for (const uint32_t seq : {0u, 1u, 100u, window + 100, 0x80000000u})
        {
            EXPECT_EQ(Answer({flags, seq, 1, {3, 3, 14, 1}, ""}), (Lines{"ACK 1:0 ack 1"})) << seq;
        }
    }
    client->Send("data");
    Run(MilliSeconds(110));
    EXPECT_EQ(News(), (Lines{"PSH|ACK 1:4 ack 1"}));
    EXPECT_EQ(client->events, (Lines{"connected"}));
}

// An ACK of what was never sent is answered, and its data not taken (RFC 5961, section 5.2);
// nor is that of one that lies too far behind.
TEST_F(SoundClient, A3_ImpossibleAcksAreAnswered)
{
    for (const uint32_t ack : {6u, 1U - 65536, 0x80000000u})
    {
        PlayAnew();
        Open([](End& end) { end.Send("data"); });
        EXPECT_EQ(opening.back(), "PSH|ACK 1:4 ack 1");
        EXPECT_EQ(Answer({ACK, 1, ack, {}, "no"}), (Lines{"ACK 5:0 ack 1"})) << ack;
        EXPECT_EQ(client->received, "");
    }
    EXPECT_EQ(Answer({ACK, 1, 1U - 65535, {}, "yes"}), (Lines{"ACK 5:0 ack 4"}));
    EXPECT_EQ(client->received, "yes");
    EXPECT_EQ(Answer({ACK, 4, 5, {}, ""}), Lines());
    Run(Seconds(10));
    EXPECT_EQ(News(), Lines());
}

// Data without ACK is dropped, and answered.
TEST_F(SoundClient, A3_DataWithoutAckIsAnswered)
{
    Open();
    EXPECT_EQ(Answer({0, 1, 0, {}, "no"}), (Lines{"ACK 1:0 ack 1"}));
    EXPECT_EQ(Answer({0, 1, 0, {}, ""}), Lines());
    EXPECT_EQ(client->received, "");
}

// Data beyond the window is answered, data across its end is cut.
TEST_F(SoundClient, A3_DataStaysWithinTheWindow)
{
    attributes["ns3::TcpSocket::RcvBufSize"] = "10";
    PlayAnew();
    Open();
    EXPECT_EQ(Answer({ACK, 11, 1, {}, "x"}), (Lines{"ACK 1:0 ack 1"}));
    EXPECT_EQ(Answer({ACK, 12, 1, {}, "x"}), (Lines{"ACK 1:0 ack 1"}));
    client->reads = false;
    Answer({ACK, 1, 1, {}, "0123456789abc"});
    EXPECT_EQ(client->socket->GetRxBuffer()->Size(), 10u);
    EXPECT_EQ(Answer({ACK, 11, 1, {}, "abc"}), (Lines{"ACK 1:0 ack 11"})) << "the window is shut";
    client->reads = true;
    client->socket->Recv(10, 0);
    EXPECT_EQ(Answer({ACK, 11, 1, {}, "abc"}), (Lines{"ACK 1:0 ack 14"}));
    EXPECT_EQ(client->received, "abc");
}

// Who closes without having read all aborts: RST with ACK, once, and it is reported once.
TEST_F(SoundClient, S15_AbortIsAResetWithAck)
{
    Open();
    client->reads = false;
    EXPECT_EQ(Answer({ACK, 1, 1, {}, "data"}), (Lines{"ACK 1:0 ack 5"}));
    client->socket->Close();
    Run(MilliSeconds(110));
    EXPECT_EQ(News(), (Lines{"RST|ACK 1:0 ack 5"}));
    EXPECT_EQ(client->events, (Lines{"connected", "error"}));
    client->socket->Close();
    Run(Seconds(100));
    EXPECT_EQ(News(), Lines());
    EXPECT_EQ(client->events, (Lines{"connected", "error"}));
}

// A FIN with data is the number behind the data: before Close(), after it, and when it has
// acknowledged our FIN or not.
TEST_F(SoundClient, A3_FinWithDataIsBehindTheData)
{
    struct Case
    {
        bool closes;       //!< whether the client closes first
        uint32_t ack;      //!< what the FIN acknowledges
        const char* state; //!< the state afterwards
    };

    for (const auto& [closes, ack, state] :
         {Case{false, 1, "CLOSE_WAIT"}, Case{true, 1, "CLOSING"}, Case{true, 2, "TIME_WAIT"}})
    {
        PlayAnew();
        Open();
        if (closes)
        {
            client->socket->Close();
            Run(MilliSeconds(60));
            EXPECT_EQ(News(), (Lines{"FIN|ACK 1:0 ack 1"}));
        }
        Answer({FIN | ACK, 1, ack, {}, "answer"});
        EXPECT_TRUE(peer->received.back().header.GetFlags() == ACK);
        EXPECT_EQ(peer->received.back().header.GetAckNumber(), SequenceNumber32(8));
        EXPECT_EQ(client->received, "answer");
        EXPECT_EQ(GetState(), state);
    }
}

// It counts when what is missing in front of it has come, and not before; the socket does
// not forget that it has closed.
TEST_F(SoundClient, A3_FinWaitsForWhatIsMissing)
{
    struct Case
    {
        bool closes;       //!< whether the client closes first
        uint32_t ack;      //!< what the server acknowledges
        const char* data;  //!< the data that comes with the FIN
        const char* state; //!< the state afterwards
    };

    for (const auto& [closes, ack, data, state] : {Case{false, 1, "wer", "CLOSE_WAIT"},
                                                   Case{false, 1, "", "CLOSE_WAIT"},
                                                   Case{true, 1, "wer", "CLOSING"},
                                                   Case{true, 1, "", "CLOSING"},
                                                   Case{true, 2, "wer", "TIME_WAIT"},
                                                   Case{true, 2, "", "TIME_WAIT"}})
    {
        SCOPED_TRACE(std::string(state) + data);
        PlayAnew();
        Open();
        if (closes)
        {
            client->socket->Close();
            Run(MilliSeconds(60));
            Answer({ACK, 1, ack, {}, ""});
        }
        const std::string before = closes ? GetState() : "ESTABLISHED";
        Answer({FIN | ACK, 4, ack, {}, data});
        EXPECT_EQ(GetState(), before) << "not yet";
        EXPECT_EQ(client->received, "");
        Answer({ACK, 1, ack, {}, "ans"});
        EXPECT_EQ(client->received, std::string("ans") + data);
        EXPECT_EQ(GetState(), state);
        EXPECT_EQ(peer->received.back().header.GetAckNumber(),
                  SequenceNumber32(5 + std::string(data).size()));
    }
}

// A FIN that comes again is acknowledged again: in CLOSE-WAIT, and when we have closed as
// well, until our FIN is acknowledged.
TEST_F(SoundClient, A3_RepeatedFinIsAcknowledgedAgain)
{
    Open();
    for (int i = 0; i < 3; i++)
    {
        EXPECT_EQ(Answer({FIN | ACK, 1, 1, {}, ""}), (Lines{"ACK 1:0 ack 2"}));
        EXPECT_EQ(GetState(), "CLOSE_WAIT");
    }
    client->socket->Close();
    Run(MilliSeconds(60));
    EXPECT_EQ(News(), (Lines{"FIN|ACK 1:0 ack 2"}));
    for (int i = 0; i < 2; i++)
    {
        EXPECT_EQ(Answer({FIN | ACK, 1, 1, {}, ""}), (Lines{"ACK 2:0 ack 2"}));
        EXPECT_EQ(GetState(), "LAST_ACK");
    }
    EXPECT_EQ(Answer({ACK, 2, 2, {}, ""}), Lines());
    EXPECT_EQ(GetState(), "CLOSED");
    EXPECT_EQ(client->events, (Lines{"connected", "closed"}));
}

// In CLOSING and LAST-ACK an ACK of data alone does not end the connection.
TEST_F(SoundClient, A3_AckOfDataIsNoAckOfTheFin)
{
    for (const bool first : {true, false})
    {
        PlayAnew();
        Open();
        if (!first)
        {
            Answer({FIN | ACK, 1, 1, {}, ""});
        }
        client->Send("data");
        client->socket->Close();
        Run(MilliSeconds(60));
        EXPECT_EQ(News().back(), first ? "FIN|PSH|ACK 1:4 ack 1" : "FIN|PSH|ACK 1:4 ack 2");
        Answer({FIN | ACK, 1, 1, {}, ""});
        const std::string state = first ? "CLOSING" : "LAST_ACK";
        EXPECT_EQ(GetState(), state);
        Answer({ACK, 2, 1, {}, ""});
        EXPECT_EQ(GetState(), state);
        Answer({ACK, 2, 5, {}, ""});
        EXPECT_EQ(GetState(), state);
        Answer({ACK, 2, 6, {}, ""});
        EXPECT_EQ(GetState(), first ? "TIME_WAIT" : "CLOSED");
        News();
        Run(Seconds(300));
        EXPECT_EQ(News(), Lines());
        EXPECT_EQ(GetState(), "CLOSED");
    }
}

// A FIN that nobody acknowledges is sent again, after twice the time each time, and
// DataRetries times; then the application is told, once.
TEST_F(SoundClient, A3_LostFinIsSentAgainAndGivenUp)
{
    attributes["ns3::TcpSocket::DataRetries"] = "4";
    PlayAnew();
    Open([](End& end) { end.socket->Close(); });
    Run(Seconds(60));
    const auto times = SentAt(1);
    ASSERT_EQ(times.size(), 5u);
    for (std::size_t i = 2; i < times.size(); i++)
    {
        EXPECT_EQ(times[i] - times[i - 1], 2 * (times[i - 1] - times[i - 2]));
    }
    for (const std::string& line : News())
    {
        EXPECT_EQ(line, "FIN|ACK 1:0 ack 1");
    }
    EXPECT_EQ(client->events, (Lines{"connected", "error"}));
    EXPECT_EQ(GetState(), "CLOSED");
    EXPECT_EQ(GetError(client->socket), TcpSoundSender::TIMED_OUT);
}

// Data that nobody acknowledges likewise.
TEST_F(SoundClient, A3_LostDataIsSentAgainAndGivenUp)
{
    attributes["ns3::TcpSocket::DataRetries"] = "3";
    PlayAnew();
    Open([](End& end) { end.Send("data"); });
    Run(Seconds(60));
    const auto times = SentAt(1);
    ASSERT_EQ(times.size(), 4u);
    for (std::size_t i = 2; i < times.size(); i++)
    {
        EXPECT_EQ(times[i] - times[i - 1], 2 * (times[i - 1] - times[i - 2]));
    }
    EXPECT_EQ(client->events, (Lines{"connected", "error"}));
    EXPECT_EQ(GetError(client->socket), TcpSoundSender::TIMED_OUT);
    client->socket->Close();
    Run(Seconds(60));
    EXPECT_EQ(client->events, (Lines{"connected", "error"}));
}

// Close() while data is under way and lost: the data is sent again, and then the FIN.
TEST_F(SoundClient, A3_CloseWhileDataIsMissing)
{
    Open([](End& end) {
        end.Send(Pattern(4000));
        end.socket->Close();
    });
    EXPECT_EQ(opening.back(), "FIN|PSH|ACK 2897:1104 ack 1");
    EXPECT_EQ(Answer({ACK, 1, 1449, {}, ""}), Lines());
    Run(MilliSeconds(400));
    EXPECT_EQ(News(), (Lines{"ACK 1449:1448 ack 1"})) << "timed out";
    EXPECT_EQ(Answer({ACK, 1, 2897, {}, ""}), (Lines{"FIN|PSH|ACK 2897:1104 ack 1"}));
    EXPECT_EQ(Answer({ACK, 1, 4001, {}, ""}), Lines()) << "the data, but not the FIN";
    EXPECT_EQ(GetState(), "FIN_WAIT_1");
    Run(Seconds(1));
    EXPECT_EQ(News().front(), "FIN|ACK 4001:0 ack 1");
    Answer({ACK, 1, 4002, {}, ""});
    EXPECT_EQ(GetState(), "FIN_WAIT_2");
}

// A shut window is probed by the next byte, with ACK, ever less often, as long as it is
// shut; then all goes out.
TEST_F(SoundClient, A3_ShutWindowIsProbedWithAck)
{
    attributes["ns3::TcpSocket::PersistTimeout"] = "1s";
    PlayAnew();
    Open([](End& end) { end.Send("data"); }, 0);
    std::vector<Time> times;
    for (int i = 0; i < 8; i++)
    {
        const std::size_t before = peer->received.size();
        while (peer->received.size() == before)
        {
            Run(MilliSeconds(100));
        }
        ASSERT_EQ(peer->received.size(), before + 1);
        EXPECT_EQ(Show(peer->received.back()), "ACK 1:1 ack 1");
        times.push_back(peer->received.back().time);
        peer->Send({ACK, 1, 1, {}, "", 0});
    }
    for (std::size_t i = 2; i < times.size(); i++)
    {
        EXPECT_EQ(times[i] - times[i - 1], Min(2 * (times[i - 1] - times[i - 2]), Seconds(60)));
    }
    EXPECT_EQ(client->events, (Lines{"connected"}));
    EXPECT_EQ(Answer({ACK, 1, 1, {}, "", 100}).back(), "PSH|ACK 1:4 ack 1");
}

// A probe's byte that the peer has taken is not sent again.
TEST_F(SoundClient, A3_ByteOfAProbeMayBeTaken)
{
    Open([](End& end) { end.Send("data"); }, 0);
    Run(Seconds(7));
    EXPECT_EQ(News(), (Lines{"ACK 1:1 ack 1"}));
    EXPECT_EQ(Answer({ACK, 1, 2, {}, "", 100}), (Lines{"PSH|ACK 2:3 ack 1"}));
    EXPECT_EQ(Answer({ACK, 1, 5, {}, ""}), Lines());
}

// One that it has not taken is sent again, and was sent once: so the application is told.
TEST_F(SoundClient, A3_ByteOfAProbeMayBeRefused)
{
    uint32_t told = 0;
    Open(
        [&told](End& end) {
            end.socket->SetDataSentCallback(Callback<void, Ptr<Socket>, uint32_t>(
                [&told](Ptr<Socket>, uint32_t size) { told += size; }));
            end.Send("data");
        },
        0);
    Run(Seconds(7));
    EXPECT_EQ(News(), (Lines{"ACK 1:1 ack 1"}));
    EXPECT_EQ(Answer({ACK, 1, 1, {}, "", 0}), Lines());
    EXPECT_EQ(Answer({ACK, 1, 1, {}, "", 100}), (Lines{"PSH|ACK 1:4 ack 1"}));
    EXPECT_EQ(told, 4u);
}

// A window that is shut while nothing waits is probed when the application writes.
TEST_F(SoundClient, A3_WindowThatWasShutBeforeIsProbed)
{
    Open();
    EXPECT_EQ(Answer({ACK, 1, 1, {}, "", 0}), Lines());
    Run(Seconds(100));
    EXPECT_EQ(News(), Lines()) << "there is nothing to probe with";
    client->Send("data");
    Run(Seconds(100));
    EXPECT_EQ(News().at(0), "ACK 1:1 ack 1");
}

// PSH is on the last segment of a write, when it is sent again, too.
TEST_F(SoundClient, W4_PshIsOnTheLastSegmentOfAWrite)
{
    Open([](End& end) {
        end.Send("small");
        end.Send(Pattern(1448 + 100));
    });
    const Lines data{"ACK 1:1448 ack 1", "PSH|ACK 1449:105 ack 1"};
    ASSERT_GE(opening.size(), 2u);
    EXPECT_EQ(Lines(opening.end() - 2, opening.end()), data);
    Answer({ACK, 1, 1449, {}, ""});
    Run(MilliSeconds(400));
    EXPECT_EQ(News(), (Lines{data[1]})) << "timed out";
    Answer({ACK, 1, 1554, {}, ""});
    client->Send("more");
    Run(MilliSeconds(60));
    EXPECT_EQ(News(), (Lines{"PSH|ACK 1554:4 ack 1"}));
}

// SACK blocks that make no sense are not looked at; what comes with them is.
TEST_F(SoundClient, A3_SenselessSackIsIgnored)
{
    for (const auto& [first, second] : {std::pair<uint32_t, uint32_t>{1, 1449},
                                        {1449, 1449},
                                        {2897, 1449},
                                        {1449, 9999},
                                        {0x80000000, 0x80001000}})
    {
        SCOPED_TRACE(first);
        PlayAnew();
        Open([](End& end) { end.Send(Pattern(4000)); });
        EXPECT_EQ(Answer({ACK, 1, 1, Sack(first, second), "yes"}), (Lines{"ACK 4001:0 ack 4"}));
        EXPECT_EQ(client->received, "yes");
        Run(MilliSeconds(400));
        EXPECT_EQ(News(), (Lines{"ACK 1:1448 ack 4"})) << "timed out";
        EXPECT_EQ(Answer({ACK, 4, 1449, {}, ""}),
                  (Lines{"ACK 1449:1448 ack 4", "PSH|ACK 2897:1104 ack 4"}));
        EXPECT_EQ(Answer({ACK, 4, 4001, {}, ""}), Lines());
        EXPECT_EQ(client->events, (Lines{"connected"}));
    }
}

// Timestamps stand behind two NOPs in all segments but the SYNs.
TEST_F(SoundSocket, W4_PaddingIsInFrontOfTheTimestamps)
{
    Ptr<RawPeer> peer = PlayServer();
    auto client = Connect([](End& end) {
        end.Send("data");
        end.socket->Close();
    });
    Run(MilliSeconds(60));
    peer->Send({SYN | ACK, 0, 1, {1, 1, 8, 10, 0, 0, 0, 7, 0, 0, 0, 0}, ""});
    Run(Seconds(1));
    ASSERT_GE(peer->received.size(), 3u);
    for (std::size_t i = 1; i < peer->received.size(); i++)
    {
        const auto& raw = peer->received[i].raw;
        ASSERT_EQ(raw.size(), 32u) << i;
        EXPECT_EQ(std::vector<uint8_t>(raw.begin() + 20, raw.begin() + 24),
                  (std::vector<uint8_t>{1, 1, 8, 10}));
        EXPECT_EQ(std::vector<uint8_t>(raw.begin() + 28, raw.end()),
                  (std::vector<uint8_t>{0, 0, 0, 7}));
    }
}

namespace
{

/**
 * @param object an object
 * @return its attributes with their values
 */
Lines
Describe(Ptr<Object> object)
{
    Lines lines;
    for (TypeId type = object->GetInstanceTypeId(); type != Object::GetTypeId();
         type = type.GetParent())
    {
        for (std::size_t i = 0; i < type.GetAttributeN(); i++)
        {
            const auto info = type.GetAttribute(i);
            StringValue value;
            // The factory sets the operations; UseAbe is the state's; buffers are objects
            const std::set<std::string> others{"CongestionOps",
                                               "RecoveryOps",
                                               "UseAbe",
                                               "TxBuffer",
                                               "RxBuffer"};
            if (info.accessor->HasGetter() && others.count(info.name) == 0 &&
                object->GetAttributeFailSafe(info.name, value))
            {
                lines.push_back(info.name + " " + value.Get());
            }
        }
    }
    return lines;
}

} // namespace

// A socket of the factory is as good as a new one, whatever the defaults are, and is
// nobody else's.
TEST_F(SoundSocket, FactorySocketHasAllDefaults)
{
    Build();
    const Lines before = Describe(NewClient()->socket);
    EXPECT_GT(before.size(), 20u);
    EXPECT_EQ(before, Describe(CreateObject<TcpSoundSocket>()));
    EXPECT_EQ(NewClient()->socket->GetInstanceTypeId(), TcpSoundSocket::GetTypeId());
    Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(1000));
    Config::SetDefault("ns3::TcpSocket::DataRetries", UintegerValue(3));
    Config::SetDefault("ns3::TcpSocketBase::Sack", BooleanValue(false));
    const Lines after = Describe(NewClient()->socket);
    EXPECT_NE(after, before);
    EXPECT_EQ(after, Describe(CreateObject<TcpSoundSocket>()));
    NewClient()->socket->SetAttribute("DataRetries", UintegerValue(9));
    EXPECT_EQ(after, Describe(NewClient()->socket));
}

/// A client whose socket is connected twice, to a server that answers and closes.
class SoundSocketTwice : public SoundSocket
{
  protected:
    /// Make both connections.
    void SetUp() override
    {
        onAccept = [](End& end) {
            end.Send(Pattern(5000));
            end.socket->Close(); // who closes first stays in TIME-WAIT
        };
        client = Connect([](End& end) {
            end.answersClose = true;
            end.Send("request");
        });
        for (const auto& outcome : {&first, &second})
        {
            const std::size_t before = outcome == &first ? 0 : monitor->GetSegments().size();
            if (outcome == &second)
            {
                EXPECT_EQ(client->socket->Connect(server), 0);
            }
            Run(Seconds(5));
            *outcome = *client;
            client->events.clear();
            client->states.clear();
            client->received.clear();
            segments.emplace_back(monitor->GetSegments().begin() + before,
                                  monitor->GetSegments().end());
        }
        ASSERT_EQ(first.states.back(), "CLOSED");
        ASSERT_EQ(first.received, Pattern(5000));
        ASSERT_EQ(segments[0].size(), segments[1].size());
    }

    std::shared_ptr<End> client;                      //!< the client
    End first;                                        //!< what came of the first connection
    End second;                                       //!< what came of the second one
    std::vector<std::vector<SegmentRecord>> segments; //!< of the first and the second one
};

// A socket that is connected again knows nothing of its first connection: the segments
// of both are the same, but for the number that the client begins with, at the same times
// from the SYN on, and the same is reported.
TEST_F(SoundSocketTwice, SecondConnectionIsLikeTheFirst)
{
    EXPECT_EQ(second.received, first.received);
    EXPECT_EQ(second.events, first.events);
    EXPECT_EQ(second.states, first.states);
    for (std::size_t i = 0; i < segments[0].size(); i++)
    {
        const SegmentRecord& one = segments[0][i];
        const SegmentRecord& other = segments[1][i];
        const uint32_t start = segments[1][0].sequence;
        EXPECT_EQ(other.fromClient, one.fromClient) << i;
        EXPECT_EQ(other.sent - segments[1][0].sent, one.sent - segments[0][0].sent) << i;
        EXPECT_EQ(other.flags & ~TcpHeader::PSH, one.flags & ~TcpHeader::PSH) << i;
        EXPECT_EQ(other.sequence, one.sequence + (one.fromClient ? start : 0)) << i;
        EXPECT_EQ(other.size, one.size) << i;
        if (i > 0)
        {
            EXPECT_EQ(other.acknowledged, one.acknowledged + (one.fromClient ? 0 : start)) << i;
        }
    }
}

// PSH is on the last segment of a write of the second connection, too, though ns-3's handshake
// goes on with the numbers of the first one.
TEST_F(SoundSocketTwice, W4_SecondConnectionHasPsh)
{
    for (std::size_t i = 0; i < segments[0].size(); i++)
    {
        EXPECT_EQ(segments[1][i].flags, segments[0][i].flags) << i;
    }
}

// So does one whose first connection was reset.
TEST_F(SoundClient, SecondConnectionKnowsNoReset)
{
    Open([](End& end) { end.Send("request"); });
    EXPECT_EQ(opening, (Lines{"SYN 0:0", "ACK 1:0 ack 1", "PSH|ACK 1:7 ack 1"}));
    Answer({RST, 1, 0, {}, ""});
    EXPECT_EQ(GetError(client->socket), TcpSoundSender::RESET);
    EXPECT_EQ(client->socket->Connect(server), 0);
    EXPECT_EQ(GetError(client->socket), TcpSoundSender::NO_ERROR);
    Run(MilliSeconds(60));
    EXPECT_EQ(peer->received.back().header.GetFlags(), SYN);
    EXPECT_EQ(peer->received.back().payload, "");
}

// Nor does it know where the data of the first one has ended.
TEST_F(SoundClient, A3_SecondConnectionKnowsNoFin)
{
    Open();
    Answer({FIN | ACK, 1, 1, {}, "end"});
    client->socket->Close();
    Run(MilliSeconds(60));
    Answer({ACK, 5, 2, {}, ""});
    EXPECT_EQ(GetState(), "CLOSED");
    EXPECT_EQ(client->received, "end");
    peer = PlayServer(); // for another port of the client
    client->socket->Connect(server);
    Run(MilliSeconds(60));
    const uint32_t ack = peer->received.back().header.GetSequenceNumber().GetValue() + 1;
    peer->Send({SYN | ACK, 0, ack, {}, ""});
    Run(MilliSeconds(110));
    peer->Send({ACK, 1, ack, {}, " and more"});
    Run(MilliSeconds(110));
    EXPECT_EQ(client->received, "end and more");
    EXPECT_EQ(peer->received.back().header.GetAckNumber(), SequenceNumber32(10));
}

// A SYN that nobody answers is given up, and that is reported once.
TEST_F(SoundClient, C15_UnansweredSynIsReportedOnce)
{
    attributes["ns3::TcpSocket::ConnCount"] = "3";
    PlayAnew();
    client = Connect();
    Run(Seconds(100));
    EXPECT_EQ(News(), (Lines{"SYN 0:0", "SYN 0:0", "SYN 0:0"}));
    EXPECT_EQ(client->events, (Lines{"failed"}));
}

// A SYN that is answered by a reset with ACK is given up, and that is reported once.
TEST_F(SoundClient, C15_RefusedSynIsReportedOnceWithAck)
{
    client = Connect();
    Run(MilliSeconds(60));
    Answer({RST | ACK, 0, 1, {}, ""});
    EXPECT_EQ(client->events, (Lines{"failed"}));
    EXPECT_EQ(GetState(), "CLOSED");
    EXPECT_EQ(GetError(client->socket), TcpSoundSender::REFUSED);
    Run(Seconds(100));
    EXPECT_EQ(News(), Lines());
    EXPECT_EQ(client->events, (Lines{"failed"}));
}

// What does not answer our SYN does not end the opening: a reset without ACK or of another
// number is dropped, an ACK of another number is reset, and so is such a SYN-ACK (RFC 9293,
// section 3.10.7.3).
TEST_F(SoundClient, C15_WhatIsNoAnswerToTheSynDoesNotEndTheOpening)
{
    client = Connect();
    Run(MilliSeconds(60));
    News();
    EXPECT_EQ(Answer({RST, 0, 0, {}, ""}), Lines());
    EXPECT_EQ(Answer({RST, 0, 1, {}, ""}), Lines());
    EXPECT_EQ(Answer({RST | ACK, 0, 2, {}, ""}), Lines());
    EXPECT_EQ(Answer({RST | ACK, 0, 0, {}, ""}), Lines());
    EXPECT_EQ(Answer({ACK, 1, 7, {}, ""}), (Lines{"RST 7:0"}));
    EXPECT_EQ(Answer({SYN | ACK, 0, 2, {}, ""}), (Lines{"RST 2:0"}));
    EXPECT_EQ(Answer({0, 1, 0, {}, "data"}), Lines());
    EXPECT_EQ(client->events, Lines());
    EXPECT_EQ(Answer({SYN | ACK, 0, 1, {}, ""}), (Lines{"ACK 1:0 ack 1"}));
    EXPECT_EQ(client->events, (Lines{"connected"}));
    EXPECT_EQ(client->received, "");
}

// Close() before the SYN-ACK ends the opening: nothing but a reset is sent.
TEST_F(SoundClient, CloseBeforeTheSynAckEndsTheOpening)
{
    client = Connect();
    Run(MilliSeconds(60));
    client->socket->Close();
    client->socket->Close();
    Run(Seconds(100));
    EXPECT_EQ(News(), (Lines{"SYN 0:0", "RST 0:0"}));
    EXPECT_EQ(client->socket->Close(), 0);
}

// It is reported once.
TEST_F(SoundClient, A3_CloseBeforeTheSynAckIsReportedOnce)
{
    client = Connect();
    Run(MilliSeconds(60));
    client->socket->Close();
    EXPECT_EQ(client->events, (Lines{"error"}));
    EXPECT_EQ(GetState(), "CLOSED");
    Run(Seconds(10));
    EXPECT_EQ(client->events, (Lines{"error"}));
}

// The SYN of a second connection offers what the first one did, whatever the first server
// knew and however the first connection has ended; what the application sets in between
// counts.
TEST_F(SoundClient, C18_W4_SecondSynOffersAll)
{
    attributes["ns3::TcpSocketBase::Timestamp"] = "true";
    for (const bool refused : {false, true})
    {
        for (const bool sets : {false, true})
        {
            PlayAnew();
            client = Connect();
            Run(MilliSeconds(60));
            if (refused)
            {
                Answer({RST | ACK, 0, 1, {}, ""});
            }
            else
            {
                Answer({SYN | ACK, 0, 1, {}, ""});
                Answer({RST, 1, 0, {}, ""});
            }
            if (sets)
            {
                client->socket->SetAttribute("Sack", BooleanValue(false));
                client->socket->SetAttribute("SegmentSize", UintegerValue(700));
            }
            const std::size_t before = peer->received.size();
            client->socket->Connect(server);
            Run(MilliSeconds(60));
            ASSERT_GT(peer->received.size(), before);
            const TcpHeader& first = peer->received.front().header;
            const TcpHeader& second = peer->received[before].header;
            EXPECT_EQ(second.GetFlags(), SYN);
            EXPECT_TRUE(first.HasOption(TcpOption::TS));
            for (const uint8_t kind :
                 {TcpOption::TS, TcpOption::WINSCALE, TcpOption::SACKPERMITTED})
            {
                EXPECT_EQ(second.HasOption(kind),
                          first.HasOption(kind) && !(sets && kind == TcpOption::SACKPERMITTED));
            }
            UintegerValue size;
            client->socket->GetAttribute("SegmentSize", size);
            EXPECT_EQ(size.Get(), sets ? 700u : 1448u);
        }
    }
}

// Of the timestamps of the first connection none is echoed in the SYN of the second.
TEST_F(SoundClient, C18_SecondSynEchoesNothing)
{
    attributes["ns3::TcpSocketBase::Timestamp"] = "true";
    PlayAnew();
    client = Connect();
    Run(MilliSeconds(60));
    Answer({SYN | ACK, 0, 1, {1, 1, 8, 10, 0, 0, 0, 7, 0, 0, 0, 0}, ""});
    Answer({RST, 1, 0, {}, ""});
    client->socket->Connect(server);
    Run(MilliSeconds(60));
    const auto option = peer->received.back().header.GetOption(TcpOption::TS);
    ASSERT_TRUE(option);
    EXPECT_EQ(DynamicCast<const TcpOptionTS>(option)->GetEcho(), 0u);
}

// A window that the peer does not scale is not announced as if it did.
TEST_F(SoundClient, C18_WindowIsScaledByBothOrNone)
{
    client = Connect();
    Run(MilliSeconds(60));
    EXPECT_TRUE(peer->received.back().header.HasOption(TcpOption::WINSCALE));
    Answer({SYN | ACK, 0, 1, {}, "", 1000});
    EXPECT_EQ(peer->received.back().header.GetWindowSize(), 65535);
}

// A socket that has had a connection accepts as a new one does, and a listener that was closed
// and listens again, too: the children are told of the end, and take all of the stream.
TEST_F(SoundSocket, C18_UsedSocketListensAnew)
{
    for (const bool listened : {false, true})
    {
        SCOPED_TRACE(listened);
        Restart();
        Build();
        auto used = NewClient(); // on the client's node, where it listens afterwards
        Ptr<TcpSocketBase> stranger;
        if (listened)
        {
            used->socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
            used->socket->Listen();
            used->socket->Close();
        }
        else
        {
            onAccept = [](End& end) {
                end.Send("to the end");
                end.socket->Close();
            };
            used->answersClose = true;
            used->socket->Connect(server);
            used->socket->ShutdownSend();
        }
        Run(Seconds(300));
        EXPECT_EQ(used->states.back(), "CLOSED");
        std::string received;
        uint32_t told = 0;
        used->socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT + 1));
        ASSERT_EQ(used->socket->Listen(), 0);
        used->socket->SetAcceptCallback(
            MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
            Callback<void, Ptr<Socket>, const Address&>([&](Ptr<Socket> child, const Address&) {
                child->SetCloseCallbacks(Callback<void, Ptr<Socket>>([&](Ptr<Socket> closed) {
                                             told++;
                                             closed->Close();
                                         }),
                                         MakeNullCallback<void, Ptr<Socket>>());
                child->SetRecvCallback(Callback<void, Ptr<Socket>>([&](Ptr<Socket> socket) {
                    while (Ptr<Packet> packet = socket->Recv())
                    {
                        if (packet->GetSize() == 0)
                        {
                            break;
                        }
                        std::string text(packet->GetSize(), '\0');
                        packet->CopyData(reinterpret_cast<uint8_t*>(&text[0]), text.size());
                        received += text;
                    }
                }));
            }));
        Ptr<Socket> other =
            Socket::CreateSocket(path->GetServer(), TcpSoundSocketFactory::GetTypeId());
        const auto ip = path->GetClient()->GetObject<Ipv4>()->GetAddress(1, 0).GetLocal();
        other->Connect(InetSocketAddress(ip, PORT + 1));
        Run(Seconds(1));
        other->Send(MakePacket(Pattern(3000)));
        other->Close();
        Run(Seconds(10));
        EXPECT_EQ(received, Pattern(3000));
        EXPECT_EQ(told, 1u);
    }
}

// A listener that a client without SACK, timestamps and scaling has reached offers them to the
// next one.
TEST_F(SoundSocket, C18_ListenerForgetsWhatAClientDoesNotKnow)
{
    const auto optionsOfSynAcks = [this](bool plainFirst) {
        Restart();
        Build();
        std::vector<std::size_t> sizes;
        listener->TraceConnectWithoutContext(
            "Tx",
            Callback<void, Ptr<const Packet>, const TcpHeader&, Ptr<const TcpSocketBase>>(
                [&sizes](Ptr<const Packet>, const TcpHeader& header, Ptr<const TcpSocketBase>) {
                    if (header.GetFlags() & SYN)
                    {
                        sizes.push_back(header.GetOptionLength());
                    }
                }));
        for (const bool plain : {plainFirst, false})
        {
            auto client = NewClient();
            for (const char* name : {"Sack", "Timestamp", "WindowScaling"})
            {
                client->socket->SetAttribute(name, BooleanValue(!plain));
            }
            client->socket->Connect(server);
            Run(Seconds(1));
        }
        return sizes;
    };
    const auto sizes = optionsOfSynAcks(false);
    ASSERT_EQ(sizes.size(), 2u);
    EXPECT_EQ(sizes[0], sizes[1]);
    const auto after = optionsOfSynAcks(true);
    ASSERT_EQ(after.size(), 2u);
    EXPECT_LT(after[0], sizes[0]);
    EXPECT_EQ(after[1], sizes[1]);
}

// A connection that was given up, or aborted, leaves a socket that can be connected.
TEST_F(SoundClient, C18_ConnectsAfterEveryEnd)
{
    attributes["ns3::TcpSocket::DataRetries"] = "1";
    attributes["ns3::TcpSocket::ConnCount"] = "2";
    enum class Way
    {
        LOST_SYN,
        REFUSED,
        LOST_DATA,
        LOST_FIN,
        ABORT,
        RESET,
    };
    for (const Way way :
         {Way::LOST_SYN, Way::REFUSED, Way::LOST_DATA, Way::LOST_FIN, Way::ABORT, Way::RESET})
    {
        SCOPED_TRACE(static_cast<int>(way));
        PlayAnew();
        if (way == Way::LOST_SYN || way == Way::REFUSED)
        {
            client = Connect();
            Run(MilliSeconds(60));
            if (way == Way::REFUSED)
            {
                Answer({RST | ACK, 0, 1, {}, ""});
            }
        }
        else
        {
            Open();
            client->reads = false;
            switch (way)
            {
            case Way::LOST_DATA:
                client->Send("data");
                break;
            case Way::ABORT:
                Answer({ACK, 1, 1, {}, "data"});
                client->socket->Close();
                break;
            case Way::RESET:
                Answer({RST, 1, 0, {}, ""});
                break;
            default:
                client->socket->Close();
            }
        }
        Run(Seconds(60));
        EXPECT_EQ(GetState(), "CLOSED");
        const std::size_t before = peer->received.size();
        EXPECT_EQ(client->socket->Connect(server), 0);
        Run(MilliSeconds(60));
        ASSERT_GT(peer->received.size(), before);
        const auto& syn = peer->received[before];
        EXPECT_EQ(syn.header.GetFlags(), SYN);
        EXPECT_EQ(syn.payload, "");
        EXPECT_EQ(GetState(), "SYN_SENT");
    }
}

// Nothing of how the first connection has gone is left to the second: neither the congestion
// window nor the timeouts, nor what was asked of the peer's window.
TEST_F(SoundClient, C18_SecondConnectionIsAsFast)
{
    attributes["ns3::TcpSocket::InitialCwnd"] = "4";
    PlayAnew();
    Open([](End& end) { end.Send(Pattern(20000)); }, 4 * 1448);
    Run(Seconds(20)); // timeouts
    Answer({ACK, 1, 1449, {}, "", 0});
    Run(Seconds(20)); // probes
    Answer({RST, 1, 0, {}, ""});
    EXPECT_EQ(GetState(), "CLOSED");
    TimeValue persist;
    client->socket->GetAttribute("PersistTimeout", persist);
    EXPECT_EQ(persist.Get(), Seconds(6));
    peer = PlayServer(); // for another port of the client
    client->socket->Connect(server);
    Run(MilliSeconds(60));
    const uint32_t iss = peer->received.back().header.GetSequenceNumber().GetValue();
    peer->Send({SYN | ACK, 0, iss + 1, {2, 4, 5, 180, 4, 2, 1, 1}, ""});
    Run(MilliSeconds(110)); // the application writes when it is connected
    EXPECT_EQ(peer->received.size(), 1u + 1u + 4u) << "the initial window";
    Run(MilliSeconds(400));
    EXPECT_EQ(peer->received.size(), 1u + 1u + 5u) << "and a first timeout";
}

// The ACK of a FIN that comes with data and an ACK of our FIN has the number behind our FIN.
TEST_F(SoundClient, A3_NumberIsBehindTheAcknowledgedFin)
{
    Open();
    client->socket->Close();
    Run(MilliSeconds(60));
    EXPECT_EQ(Answer({FIN | ACK, 1, 2, {}, "answer"}), (Lines{"ACK 2:0 ack 8"}));
}

// So it has where a hole in front of the peer's FIN is filled before our FIN is
// acknowledged.
TEST_F(SoundClient, A3_NumberIsBehindOurFinWhenTheHoleIsFilled)
{
    Open();
    client->socket->Close();
    Run(MilliSeconds(60));
    Answer({FIN | ACK, 4, 1, {}, ""});
    EXPECT_EQ(Answer({ACK, 1, 1, {}, "ans"}), (Lines{"ACK 2:0 ack 5"}));
}

// A peer may tell that some of a full window has arrived out of order: nothing is sent beyond
// the window.
TEST_F(SoundClient, A3_SackOfAFullWindowIsHarmless)
{
    Open([](End& end) { end.Send(Pattern(20000)); }, 4 * 1448);
    EXPECT_EQ(Answer({ACK, 1, 1, Sack(1449, 2897), "", 4 * 1448}), Lines());
}
