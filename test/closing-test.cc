/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * The end of a connection, where TcpSocketBase never ends or loses its place.
 */

#include "fast-open-test.h"

namespace
{

constexpr uint8_t SYN = TcpHeader::SYN;
constexpr uint8_t ACK = TcpHeader::ACK;
constexpr uint8_t FIN = TcpHeader::FIN;

} // namespace

class Closing : public FastOpenTest
{
  protected:
    void SetUp() override
    {
        attributes["ns3::TcpSocketBase::Timestamp"] = "false"; // the raw peer has none
        Build();
        peer = PlayServer();
    }

    /// Open a connection that sends `x`.
    void OpenToPeer(bool close)
    {
        client = Open("x", close);
        peer->SendAt(MilliSeconds(60), {SYN | ACK, 0, 1, {}, ""});
        peer->SendAt(MilliSeconds(160), {ACK, 1, close ? 3u : 2u, {}, ""});
        Run(MilliSeconds(300));
    }

    Ptr<RawPeer> peer;                  //!< the server
    std::shared_ptr<Connection> client; //!< the client
};

// After Close(): a FIN that comes with data is the byte behind the data.
TEST_F(Closing, A3_FinWithDataAfterCloseIsBehindTheData)
{
    OpenToPeer(true);
    EXPECT_EQ(client->states.back(), "FIN_WAIT_2");
    peer->Send({FIN | ACK, 1, 3, {}, "answer"});
    Run(MilliSeconds(300));
    EXPECT_EQ(client->received, "answer");
    EXPECT_EQ(client->states.back(), "TIME_WAIT");
    EXPECT_EQ(peer->received.back().header.GetAckNumber(), SequenceNumber32(8));
}

// The same out of order: the FIN counts when the hole is filled, and not before.
TEST_F(Closing, A3_FinWithDataWaitsForTheHole)
{
    OpenToPeer(true);
    peer->Send({FIN | ACK, 4, 3, {}, "wer"});
    Run(MilliSeconds(300));
    EXPECT_EQ(client->received, "");
    EXPECT_EQ(client->states.back(), "FIN_WAIT_2");
    peer->Send({ACK, 1, 3, {}, "ans"});
    Run(MilliSeconds(300));
    EXPECT_EQ(client->received, "answer");
    EXPECT_EQ(client->states.back(), "TIME_WAIT");
    EXPECT_EQ(peer->received.back().header.GetAckNumber(), SequenceNumber32(8));
}

// The peer's FIN acknowledges ours: nothing of ours is left to be sent again.
TEST_F(Closing, A3_FinWithDataAcknowledgesOurFin)
{
    client = Open("x", true);
    peer->SendAt(MilliSeconds(60), {SYN | ACK, 0, 1, {}, ""});
    peer->SendAt(MilliSeconds(160), {FIN | ACK, 1, 3, {}, "answer"});
    Run(MilliSeconds(300));
    EXPECT_EQ(client->states.back(), "TIME_WAIT");
}

// Before Close(): a FIN that comes again is acknowledged again, at once.
TEST_F(Closing, A3_RepeatedFinIsAcknowledgedInCloseWait)
{
    OpenToPeer(false);
    for (int i = 0; i < 3; i++)
    {
        const std::size_t before = peer->received.size();
        peer->Send({FIN | ACK, 1, 2, {}, ""});
        Run(MilliSeconds(110));
        EXPECT_EQ(client->states.back(), "CLOSE_WAIT");
        ASSERT_EQ(peer->received.size(), before + 1);
        EXPECT_EQ(peer->received.back().header.GetAckNumber(), SequenceNumber32(2));
    }
}

// Data behind the peer's FIN is no data (RFC 9293, section 3.10.7.4); it is answered.
TEST_F(Closing, A3_DataBehindTheFinIsIgnored)
{
    OpenToPeer(false);
    peer->Send({FIN | ACK, 1, 2, {}, "answer"});
    Run(MilliSeconds(110));
    const std::size_t before = peer->received.size();
    peer->Send({ACK, 8, 2, {}, "more"});
    Run(MilliSeconds(110));
    EXPECT_EQ(client->received, "answer");
    ASSERT_EQ(peer->received.size(), before + 1);
    EXPECT_EQ(peer->received.back().header.GetAckNumber(), SequenceNumber32(8));
}

// The same where the FIN has come out of order: what fills the hole ends there.
TEST_F(Closing, A3_DataAcrossAnEarlyFinIsCut)
{
    OpenToPeer(false);
    peer->Send({FIN | ACK, 4, 2, {}, "wer"});
    Run(MilliSeconds(110));
    peer->Send({ACK, 1, 2, {}, "answermore"});
    Run(MilliSeconds(110));
    EXPECT_EQ(client->received, "answer");
    EXPECT_EQ(peer->received.back().header.GetAckNumber(), SequenceNumber32(8));
}

// A FIN that nobody acknowledges goes out ever less often, and DataRetries times at
// most; then the application is told.
TEST_F(Closing, A3_UnansweredFinBacksOffAndEnds)
{
    client = NewClient();
    client->socket->SetAttribute("DataRetries", UintegerValue(4));
    client->socket->SetAttribute("FastOpenConnect", BooleanValue(false));
    client->socket->Connect(server);
    peer->SendAt(MilliSeconds(60), {SYN | ACK, 0, 1, {}, ""});
    Run(MilliSeconds(300));
    client->socket->Close();
    Run(Seconds(60));
    Lines fins;
    std::vector<double> times;
    const Lines segments = Segments(100);
    for (std::size_t i = 0; i < segments.size(); i++)
    {
        if (segments[i].find("C FIN") == 0)
        {
            fins.push_back(segments[i]);
            times.push_back(SentAt(i));
        }
    }
    // The loss probe is one more, and the timeout counts from it
    ASSERT_GE(fins.size(), 5u);
    ASSERT_LE(fins.size(), 6u);
    for (std::size_t i = fins.size() - 3; i < fins.size(); i++)
    {
        EXPECT_NEAR((times[i] - times[i - 1]) / (times[i - 1] - times[i - 2]), 2, 0.13);
    }
    EXPECT_EQ(client->events, (Lines{"connected", "error"}));
    EXPECT_EQ(client->states.back(), "CLOSED");
    EXPECT_EQ(client->socket->GetConnectionError(), TcpFastOpenSocket::TIMED_OUT);
}
