/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * RFC 9293, section 3.10.7, state by state: what a segment that is not taken is answered by,
 * and with which numbers.
 */

#include "socket-pair-test.h"

#include "ns3/ipv4.h"

#include <algorithm>

namespace
{

constexpr uint8_t FIN = TcpHeader::FIN; //!< flag
constexpr uint8_t SYN = TcpHeader::SYN; //!< flag
constexpr uint8_t RST = TcpHeader::RST; //!< flag
constexpr uint8_t ACK = TcpHeader::ACK; //!< flag

} // namespace

/// A sound socket as the client of a played server, brought into each state.
class SegmentStates : public PlayedServerTest
{
  protected:
    void SetUp() override
    {
        attributes["ns3::TcpSocket::DelAckCount"] = "1"; // each segment is answered
        attributes["ns3::TcpSocket::RcvBufSize"] = "100000";
        PlayAnew();
    }

    /// Put off what would be sent again.
    void NeverResend()
    {
        attributes["ns3::TcpSocketBase::MinRto"] = "50s";
    }

    /**
     * Bring a client into a state; it has sent "data" and, where it has closed, a FIN; the
     * server the byte 1 and, in states after that, a FIN.
     *
     * @param state the state
     */
    void Bring(const std::string& state)
    {
        PlayAnew();
        Open([](End& end) { end.Send("data"); });
        Answer({ACK, 1, 5, {}, "x"});
        const bool passive = state == "CLOSE_WAIT" || state == "LAST_ACK";
        if (passive)
        {
            Answer({FIN | ACK, 2, 5, {}, ""});
        }
        if (state != "ESTABLISHED" && state != "CLOSE_WAIT")
        {
            client->socket->Close();
            Run(MilliSeconds(60));
        }
        if (state == "FIN_WAIT_2" || state == "TIME_WAIT")
        {
            Answer({ACK, 2, 6, {}, ""});
        }
        if (state == "CLOSING" || state == "TIME_WAIT")
        {
            Answer({FIN | ACK, 2, state == "CLOSING" ? 5u : 6u, {}, ""});
        }
        ASSERT_EQ(GetState(), state);
        sent = state == "ESTABLISHED" || state == "CLOSE_WAIT" ? 5 : 6;
        next = state == "ESTABLISHED" || state == "FIN_WAIT_1" || state == "FIN_WAIT_2" ? 2 : 3;
        News();
    }

    /// @return the ACK of all, with the number behind all
    Lines TheAck() const
    {
        return {"ACK " + std::to_string(sent) + ":0 ack " + std::to_string(next)};
    }

    /// The states of a connection.
    const Lines states{"ESTABLISHED",
                       "CLOSE_WAIT",
                       "FIN_WAIT_1",
                       "FIN_WAIT_2",
                       "CLOSING",
                       "LAST_ACK",
                       "TIME_WAIT"};
    uint32_t sent{0}; //!< the number behind all that the client has sent
    uint32_t next{0}; //!< the number behind all that the server has sent
};

// What is not acceptable is answered by an ACK of all, in each state, and changes nothing: old
// data, keepalives, what lies beyond the window, SYNs, ACKs of what was not sent.
TEST_F(SegmentStates, L5_A3_WhatIsNotAcceptableIsAnswered)
{
    NeverResend();
    for (const std::string& state : states)
    {
        SCOPED_TRACE(state);
        const uint32_t acked = state == "FIN_WAIT_2" || state == "TIME_WAIT" ? 6 : 5;
        Bring(state);
        EXPECT_EQ(Answer({ACK, 1, acked, {}, "x"}), TheAck()) << "old data";
        EXPECT_EQ(Answer({ACK, next - 1, acked, {}, ""}), TheAck()) << "a keepalive";
        EXPECT_EQ(Answer({ACK, next - 2, acked, {}, ""}), TheAck()) << "an old ACK";
        EXPECT_EQ(Answer({ACK, next + 400000, acked, {}, ""}), TheAck()) << "beyond the window";
        EXPECT_EQ(Answer({ACK, next + 400000, acked, {}, "y"}), TheAck()) << "data there";
        EXPECT_EQ(Answer({SYN, 1000, 0, {}, ""}), TheAck()) << "a SYN";
        EXPECT_EQ(Answer({SYN, next, 0, {}, ""}), TheAck()) << "a SYN in place";
        EXPECT_EQ(Answer({SYN | ACK, 0, 1, {}, ""}), TheAck()) << "the SYN-ACK again";
        if (state != "TIME_WAIT")
        {
            EXPECT_EQ(Answer({ACK, next, sent + 1, {}, ""}), TheAck()) << "an ACK of more";
        }
        EXPECT_EQ(Answer({0, next, 0, {}, ""}), Lines()) << "no ACK";
        EXPECT_EQ(Answer({RST, next - 1, 0, {}, ""}), Lines()) << "a reset elsewhere";
        EXPECT_EQ(GetState(), state);
        EXPECT_EQ(client->received, "x");
    }
}

// An exact reset ends the connection in each state, and is not answered.
TEST_F(SegmentStates, A3_ExactResetEndsTheConnection)
{
    for (const std::string& state : states)
    {
        SCOPED_TRACE(state);
        Bring(state);
        EXPECT_EQ(Answer({RST, next, 0, {}, ""}), Lines());
        EXPECT_EQ(GetState(), "CLOSED");
        EXPECT_EQ(std::count(client->events.begin(), client->events.end(), "closed"), 1);
        EXPECT_EQ(std::count(client->events.begin(), client->events.end(), "error"), 0);
        const bool over = state == "LAST_ACK" || state == "TIME_WAIT";
        EXPECT_EQ(GetError(client->socket),
                  over ? TcpSoundSender::NO_ERROR : TcpSoundSender::RESET);
    }
}

// A FIN that comes again is acknowledged again, wherever it was taken. In TIME-WAIT the wait
// begins anew; in CLOSING it does not end the connection, also where it acknowledges ours.
TEST_F(SegmentStates, A3_FinThatComesAgainIsAcknowledged)
{
    NeverResend();
    for (const std::string state : {"CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT"})
    {
        SCOPED_TRACE(state);
        Bring(state);
        for (int i = 0; i < 3; i++)
        {
            const uint32_t ack = state == "TIME_WAIT" ? 6 : 5;
            EXPECT_EQ(Answer({FIN | ACK, 2, ack, {}, ""}), TheAck());
            EXPECT_EQ(GetState(), state);
        }
    }
    Bring("CLOSING");
    EXPECT_EQ(Answer({FIN | ACK, 2, 6, {}, ""}), (Lines{"ACK 6:0 ack 3"}));
    EXPECT_EQ(GetState(), "TIME_WAIT");
    Run(Seconds(50));
    EXPECT_EQ(Answer({FIN | ACK, 2, 6, {}, ""}), (Lines{"ACK 6:0 ack 3"}));
    Run(Seconds(50));
    EXPECT_EQ(GetState(), "TIME_WAIT") << "twice 30 s from the last FIN on";
    Run(Seconds(20));
    EXPECT_EQ(GetState(), "CLOSED");
}

// A FIN on a segment that starts with data received already is taken, with its new data; in
// ESTABLISHED and after Close().
TEST_F(SegmentStates, A3_FinOfASegmentWithOldDataIsTaken)
{
    for (const std::string& data : {std::string("x"), std::string("xyz")})
    {
        for (const std::string state : {"ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2"})
        {
            SCOPED_TRACE(state + data);
            Bring(state);
            const uint32_t ack = state == "FIN_WAIT_2" ? 6 : 5;
            Answer({FIN | ACK, 1, ack, {}, data});
            EXPECT_EQ(client->received, data);
            EXPECT_EQ(peer->received.back().header.GetAckNumber(),
                      SequenceNumber32(2 + data.size()));
            EXPECT_EQ(GetState(),
                      state == "ESTABLISHED"  ? "CLOSE_WAIT"
                      : state == "FIN_WAIT_1" ? "CLOSING"
                                              : "TIME_WAIT");
        }
    }
}

// What fills the hole in front of the peer's FIN may acknowledge ours: then nothing is left to
// wait for, with recovery of our own or without.
TEST_F(SegmentStates, A3_HoleIsFilledByWhatAcknowledgesOurFin)
{
    for (const auto kind : {Kind::SOUND, Kind::LINUX})
    {
        clientKind = kind;
        attributes["ns3::TcpRecoverySocket::Recovery"] = kind == Kind::LINUX ? "true" : "false";
        Bring("FIN_WAIT_1");
        Answer({FIN | ACK, 4, 5, {}, ""});
        EXPECT_EQ(GetState(), "FIN_WAIT_1");
        EXPECT_EQ(Answer({ACK, 2, 6, {}, "yz"}), (Lines{"ACK 6:0 ack 5"}));
        EXPECT_EQ(GetState(), "TIME_WAIT");
        EXPECT_EQ(client->received, "xyz");
    }
}

// What comes with a FIN acknowledges our data: it is not sent again.
TEST_F(SegmentStates, A3_FinAcknowledgesData)
{
    Open([](End& end) { end.Send("data"); });
    EXPECT_EQ(Answer({FIN | ACK, 1, 5, {}, ""}), (Lines{"ACK 5:0 ack 2"}));
    Run(Seconds(10));
    EXPECT_EQ(News(), Lines());
    EXPECT_EQ(client->events, (Lines{"connected", "closed"}));
}

// An ACK has the number behind all that was sent, also while data is sent again.
TEST_F(SegmentStates, A3_AckHasTheNumberBehindAll)
{
    Open([](End& end) { end.Send(Pattern(4000)); });
    Run(MilliSeconds(400));
    EXPECT_EQ(News(), (Lines{"ACK 1:1448 ack 1"})) << "timed out";
    EXPECT_EQ(Answer({ACK, 1, 1, {}, "x"}), (Lines{"ACK 4001:0 ack 2"}));
}

// Who is closed, or was never open, resets: with the number that is acknowledged, or with an
// ACK of all that the segment holds (RFC 9293, section 3.10.7.1).
TEST_F(SegmentStates, A3_ClosedSocketResets)
{
    Build();
    const auto ip = path->GetClient()->GetObject<Ipv4>()->GetAddress(1, 0).GetLocal();
    auto bound = NewClient();
    bound->socket->Bind(InetSocketAddress(ip, 5000));
    peer = CreateObject<RawPeer>();
    peer->Install(path->GetServer(), PORT, ip, 5000);
    seen = 0;
    EXPECT_EQ(Answer({SYN, 7, 0, {}, ""}), (Lines{"RST|ACK 0:0 ack 8"}));
    EXPECT_EQ(Answer({FIN, 7, 0, {}, ""}), (Lines{"RST|ACK 0:0 ack 8"}));
    EXPECT_EQ(Answer({ACK, 7, 99, {}, ""}), (Lines{"RST 99:0"}));
    EXPECT_EQ(Answer({SYN | ACK, 7, 99, {}, ""}), (Lines{"RST 99:0"}));
    EXPECT_EQ(Answer({RST, 7, 0, {}, ""}), Lines());
    EXPECT_EQ(Answer({RST | ACK, 7, 99, {}, ""}), Lines());
}

// A FIN that nobody acknowledges, of a peer of a client that has closed: sent ever less often,
// with one timer.
TEST_F(SegmentStates, A3_LastFinBacksOff)
{
    attributes["ns3::TcpSocket::DataRetries"] = "4";
    PlayAnew();
    Open([](End& end) { end.socket->ShutdownSend(); });
    PlayAnew();
    client = NewClient();
    client->socket->Connect(server);
    Run(MilliSeconds(60));
    peer->Send({SYN | ACK, 0, 1, {}, ""});
    Run(MilliSeconds(110));
    client->Send("data");
    Run(MilliSeconds(60));
    client->socket->ShutdownSend(); // the FIN follows the last data
    Answer({FIN | ACK, 1, 1, {}, ""});
    Answer({ACK, 2, 5, {}, ""});
    EXPECT_EQ(GetState(), "LAST_ACK");
    Run(Seconds(60));
    const auto times = SentAt(5);
    ASSERT_GE(times.size(), 4u);
    for (std::size_t i = times.size() - 2; i < times.size(); i++)
    {
        EXPECT_EQ(times[i] - times[i - 1], 2 * (times[i - 1] - times[i - 2]));
    }
    EXPECT_EQ(GetState(), "CLOSED");
    EXPECT_EQ(client->events.back(), "error");
    EXPECT_EQ(GetError(client->socket), TcpSoundSender::TIMED_OUT);
}

// A window that stays smaller than a segment does not stop the stream: it is filled at once
// where it is half of the largest, and after a while where it is not.
TEST_F(SegmentStates, L6_SmallWindowIsFilledInTheEnd)
{
    Open([](End& end) { end.Send(Pattern(6000)); }, 1000);
    EXPECT_EQ(opening.back(), "ACK 1:1000 ack 1");
    EXPECT_EQ(Answer({ACK, 1, 1001, {}, "", 500}), (Lines{"ACK 1001:500 ack 1"}));
    EXPECT_EQ(Answer({ACK, 1, 1501, {}, "", 499}), Lines());
    Run(Seconds(1) - MilliSeconds(200));
    EXPECT_EQ(News(), Lines());
    Run(MilliSeconds(210));
    EXPECT_EQ(News(), (Lines{"ACK 1501:499 ack 1"}));
    EXPECT_EQ(Answer({ACK, 1, 2000, {}, "", 8000}),
              (Lines{"ACK 2000:1448 ack 1", "PSH|ACK 3448:1448 ack 1", "PSH|ACK 4896:1105 ack 1"}));
}

// A window of exactly one segment is enough for one.
TEST_F(SegmentStates, L6_WindowOfOneSegmentIsEnough)
{
    Open([](End& end) { end.Send(Pattern(3000)); }, 1448);
    EXPECT_EQ(opening.back(), "ACK 1:1448 ack 1");
    EXPECT_EQ(Answer({ACK, 1, 1449, {}, "", 1448}), (Lines{"ACK 1449:1448 ack 1"}));
}
