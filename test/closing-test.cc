/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * The end of a connection, where TcpSocketBase never ends or loses its place.
 */

#include "fast-open-test.h"

#include "ns3/tcp-option-ts.h"

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

// A socket that was closed and is connected again starts as new: to a peer that knows more than
// the last one its SYN offers all again and echoes nothing of the last one's timestamps, its
// segments are full, and SACK and timestamps are in use.
TEST_F(Closing, C18_SecondConnectionIsAsNew)
{
    for (const bool timestamps : {false, true})
    {
        std::vector<uint8_t> poor{2, 4, 2, 24}; // MSS 536
        if (timestamps)
        {
            poor.insert(poor.end(), {1, 1, 8, 10, 0, 0, 0, 99, 0, 0, 0, 0});
        }
        const std::vector<uint8_t> rich{2, 4, 5, 180, 4, 2, 8, 10, 0, 0,
                                        0, 7, 0, 0,   0, 0, 1, 3,  3, 7};
        client = NewClient();
        client->socket->SetAttribute("FastOpenConnect", BooleanValue(false));
        client->socket->SetAttribute("Timestamp", BooleanValue(true));
        client->socket->SetAttribute("DelAckCount", UintegerValue(1));
        peer = PlayServer();
        client->socket->Connect(server);
        Run(MilliSeconds(60));
        peer->Send({SYN | ACK, 0, 1, poor, ""});
        Run(MilliSeconds(110));
        client->socket->Send(MakePacket(Pattern(3000)));
        Run(MilliSeconds(110));
        EXPECT_EQ(peer->received.back().payload.size() > 0, true);
        EXPECT_LE(peer->received.at(2).payload.size(), 536u);
        const auto first = peer->received.front().header;
        peer->Send({TcpHeader::RST, 1, 0, {}, ""});
        Run(MilliSeconds(110));
        ASSERT_EQ(client->states.back(), "CLOSED");

        peer = PlayServer();
        client->socket->Connect(server);
        Run(MilliSeconds(60));
        ASSERT_EQ(peer->received.size(), 1u);
        const auto second = peer->received.front().header;
        EXPECT_EQ(second.GetFlags(), SYN);
        EXPECT_EQ(second.GetOptionLength(), first.GetOptionLength());
        EXPECT_EQ(DynamicCast<const TcpOptionTS>(second.GetOption(TcpOption::TS))->GetEcho(), 0u);
        const uint32_t iss = second.GetSequenceNumber().GetValue();
        peer->Send({SYN | ACK, 0, iss + 1, rich, ""});
        Run(MilliSeconds(110));
        client->socket->Send(MakePacket(Pattern(3000)));
        Run(MilliSeconds(110));
        ASSERT_GE(peer->received.size(), 4u);
        EXPECT_EQ(peer->received[2].payload.size(), 1448u);
        EXPECT_TRUE(peer->received[2].header.HasOption(TcpOption::TS));
        // Out of order, with timestamps: a SACK block
        peer->Send({ACK, 101, iss + 1, {1, 1, 8, 10, 0, 0, 0, 8, 0, 0, 0, 0}, "late"});
        Run(MilliSeconds(110));
        EXPECT_TRUE(peer->received.back().header.HasOption(TcpOption::SACK));
        peer->Send({TcpHeader::RST, 1, 0, {}, ""});
        Run(MilliSeconds(110));
    }
}
