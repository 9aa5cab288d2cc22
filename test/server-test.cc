/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * S: the server.
 */

#include "fast-open-test.h"

#include "ns3/tcp-option-fast-open.h"

#include <sstream>

namespace
{

constexpr uint8_t SYN = TcpHeader::SYN;
constexpr uint8_t ACK = TcpHeader::ACK;
constexpr uint8_t FIN = TcpHeader::FIN;
constexpr uint8_t RST = TcpHeader::RST;

/// A cookie as text.
std::string
Text(const TcpFastOpenCookie& cookie)
{
    std::ostringstream text;
    text << cookie;
    return text.str();
}

} // namespace

class Server : public FastOpenTest
{
  protected:
    /// Answer each connection's data by a response.
    void Respond(std::size_t size, bool close = false)
    {
        onServerData = [size, close](Connection& end) {
            end.socket->Send(MakePacket(Pattern(size)));
            if (close)
            {
                end.socket->Close();
            }
        };
    }
};

// Node off: the option is ignored and the SYN's data dropped unacknowledged.
TEST_F(Server, S1_OffNodeIgnoresTheOptionAndDropsTheData)
{
    FetchCookie();
    serverFastOpen->SetAttribute("Switch", UintegerValue(1));
    Open("hello");
    Run();
    EXPECT_EQ(Segments(3), (Lines{"C SYN 0:5 cookie", "S SYN|ACK 0:0 ack 1", "C ACK 1:5 ack 1"}));
    EXPECT_EQ(accepted.at(0)->received, "hello");
}

// Listener off: the same.
TEST_F(Server, S1_ListenerWithoutQueueIgnoresTheOption)
{
    Build();
    listener->SetAttribute("FastOpenQueueLength", UintegerValue(0));
    Open("hello");
    Run();
    EXPECT_EQ(Segments(2), (Lines{"C SYN 0:0 request", "S SYN|ACK 0:0 ack 1"}));
}

// Both nodes off: the plain handshake.
TEST_F(Server, S1_BothOffIsThePlainHandshake)
{
    clientSwitch = 0;
    serverSwitch = 0;
    Open("hello");
    Run();
    EXPECT_EQ(Segments(2), (Lines{"C SYN 0:0", "S SYN|ACK 0:0 ack 1"}));
    EXPECT_EQ(accepted.at(0)->received, "hello");
}

// A cookie request gets a SYN-ACK with a cookie that acknowledges the SYN alone.
TEST_F(Server, S3_CookieRequestIsGranted)
{
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, Option(TcpFastOpenCookie()), "data"});
    Run(MilliSeconds(150));
    ASSERT_EQ(peer->received.size(), 1u);
    const TcpHeader& header = peer->received[0].header;
    EXPECT_EQ(header.GetFlags(), SYN | ACK);
    EXPECT_EQ(header.GetAckNumber(), SequenceNumber32(1));
    ASSERT_TRUE(TcpOptionFastOpen::Find(header));
    EXPECT_EQ(TcpOptionFastOpen::Find(header)->GetCookie(), ValidCookie());
    EXPECT_TRUE(accepted.empty());
}

// An invalid cookie: the data is dropped, and the right cookie granted.
TEST_F(Server, S4_InvalidCookieIsAnsweredByTheRightOne)
{
    Ptr<RawPeer> peer = PlayClient();
    const uint8_t wrong[4] = {1, 2, 3, 4};
    peer->Send({SYN, 0, 0, Option(TcpFastOpenCookie(wrong, 4)), "data"});
    Run(MilliSeconds(150));
    ASSERT_EQ(peer->received.size(), 1u);
    const TcpHeader& header = peer->received[0].header;
    EXPECT_EQ(header.GetAckNumber(), SequenceNumber32(1));
    ASSERT_TRUE(TcpOptionFastOpen::Find(header));
    EXPECT_EQ(TcpOptionFastOpen::Find(header)->GetCookie(), ValidCookie());
    EXPECT_TRUE(accepted.empty());
    EXPECT_EQ(serverFastOpen->GetCounters()->passiveFail, 1u);
}

// A valid cookie: accepted and readable at once, in SYN-RCVD.
TEST_F(Server, S5_DataIsReadableInSynRcvd)
{
    FetchCookie();
    std::string state;
    Time sent = Simulator::Now();
    onServerData = [&](Connection& end) {
        state = end.states.empty() ? "SYN_RCVD" : end.states.back();
    };
    Open("hello");
    Run();
    ASSERT_EQ(accepted.size(), 1u);
    EXPECT_EQ(accepted[0]->received, "hello");
    EXPECT_EQ(accepted[0]->acceptedAt, accepted[0]->dataTimes.at(0));
    EXPECT_NEAR((accepted[0]->acceptedAt - sent).GetSeconds(), 0.050, 0.0002);
    EXPECT_EQ(state, "SYN_RCVD");
    EXPECT_EQ(accepted[0]->states.at(0), "ESTABLISHED") << "after SYN-RCVD, with the ACK";
}

// A valid cookie and no data: the child is there, and can be written to.
TEST_F(Server, S5_CookieWithoutDataMakesAWritableChild)
{
    FetchCookie();
    onAccept = [](Connection& end) { EXPECT_EQ(end.socket->Send(MakePacket("welcome")), 7); };
    auto client = NewClient();
    EXPECT_EQ(client->socket->SendTo(Create<Packet>(), TcpFastOpenSocket::MSG_FASTOPEN, server), 0);
    Run();
    EXPECT_EQ(
        Segments(4),
        (Lines{"C SYN 0:0 cookie", "S SYN|ACK 0:0 ack 1", "S ACK 1:7 ack 1", "C ACK 1:0 ack 1"}));
    EXPECT_EQ(client->received, "welcome");
}

// A response leaves at once, up to the initial window, before the client's ACK.
TEST_F(Server, S6_ResponseLeavesBeforeTheAckUpToTheInitialWindow)
{
    FetchCookie();
    Respond(30000);
    auto client = Open("hello");
    Run();
    const Lines lines = Segments(20);
    for (std::size_t i = 2; i < 12; i++)
    {
        EXPECT_EQ(lines[i], "S ACK " + std::to_string(1 + (i - 2) * 1448) + ":1448 ack 6");
        EXPECT_NEAR(SentAt(i), SentAt(1), 0.001);
    }
    EXPECT_EQ(lines[12], "C ACK 6:0 ack 1") << "the 11th segment waits for ACKs";
    EXPECT_EQ(client->received, Pattern(30000));
}

// The client's window bounds the response, too.
TEST_F(Server, S6_ResponseStaysWithinTheWindowOfTheSyn)
{
    Ptr<RawPeer> peer = PlayClient();
    Respond(30000);
    RawPeer::Spec syn{SYN, 0, 0, Option(ValidCookie()), "hello"};
    syn.window = 3000;
    peer->Send(syn);
    Run(MilliSeconds(500));
    std::size_t bytes = 0;
    for (const auto& segment : peer->received)
    {
        bytes += segment.payload.size();
    }
    EXPECT_GT(bytes, 0u);
    EXPECT_LE(bytes, 3000u);
}

// Close() in SYN-RCVD: the data, then FIN.
TEST_F(Server, S6_CloseInSynRcvdSendsTheDataThenFin)
{
    FetchCookie();
    Respond(2000, true);
    auto client = Open("hello");
    Run();
    EXPECT_EQ(Segments(5),
              (Lines{"C SYN 0:5 cookie",
                     "S SYN|ACK 0:0 ack 6",
                     "S ACK 1:1448 ack 6",
                     "S FIN|ACK 1449:552 ack 6",
                     "C ACK 6:0 ack 1"}));
    EXPECT_EQ(client->received, Pattern(2000));
    EXPECT_EQ(client->events, (Lines{"connected", "closed"}));
}

// Close() in SYN-RCVD with nothing to send: FIN.
TEST_F(Server, S6_CloseInSynRcvdWithoutDataSendsFin)
{
    FetchCookie();
    onServerData = [](Connection& end) { end.socket->Close(); };
    auto client = Open("hello");
    Run(Seconds(1));
    EXPECT_EQ(Segments(4),
              (Lines{"C SYN 0:5 cookie",
                     "S SYN|ACK 0:0 ack 6",
                     "S FIN|ACK 1:0 ack 6",
                     "C ACK 6:0 ack 1"}));
    EXPECT_EQ(client->events, (Lines{"connected", "closed"}));
}

// The ACK ends SYN-RCVD and takes the connection off the pending count.
TEST_F(Server, S7_AckEstablishesAndEndsPending)
{
    FetchCookie();
    std::vector<std::pair<Time, uint32_t>> pending;
    serverFastOpen->TraceConnectWithoutContext(
        "PendingCount",
        Callback<void, uint32_t, uint32_t>(
            [&](uint32_t, uint32_t now) { pending.emplace_back(Simulator::Now(), now); }));
    const Time start = Simulator::Now();
    Open("hello");
    Run();
    ASSERT_EQ(pending.size(), 2u);
    EXPECT_EQ(pending[0].second, 1u);
    EXPECT_NEAR((pending[0].first - start).GetSeconds(), 0.050, 0.0002);
    EXPECT_EQ(pending[1].second, 0u);
    EXPECT_NEAR((pending[1].first - start).GetSeconds(), 0.150, 0.0003);
    EXPECT_EQ(accepted.at(0)->states.at(0), "ESTABLISHED");
}

// An ACK of the response does as well, when the first one is lost.
TEST_F(Server, S7_AckOfTheResponseEstablishesToo)
{
    FetchCookie();
    Respond(2000);
    Drop(2, SegmentDropModel::CLIENT, 2);
    auto client = Open("hello");
    Run();
    EXPECT_EQ(client->received, Pattern(2000));
    EXPECT_EQ(accepted.at(0)->states.at(0), "ESTABLISHED");
    EXPECT_EQ(Segments(100),
              (Lines{"C SYN 0:5 cookie",
                     "S SYN|ACK 0:0 ack 6",
                     "S ACK 1:1448 ack 6",
                     "S ACK 1449:552 ack 6",
                     "C ACK 6:0 ack 1",
                     "C ACK 6:0 ack 1449",
                     "C ACK 6:0 ack 2001"}))
        << "nothing is sent twice";
}

// The timer in SYN-RCVD resends the SYN-ACK alone, still acknowledging the data.
TEST_F(Server, S8_SynAckIsRetransmittedAloneAndAcknowledgesTheData)
{
    Ptr<RawPeer> peer = PlayClient();
    Respond(2000);
    peer->Send({SYN, 0, 0, Option(ValidCookie()), "hello"});
    Run(MilliSeconds(3500));
    ASSERT_EQ(peer->received.size(), 5u);
    for (const std::size_t i : {3, 4})
    {
        EXPECT_EQ(peer->received[i].header.GetFlags(), SYN | ACK);
        EXPECT_EQ(peer->received[i].header.GetSequenceNumber(), SequenceNumber32(0));
        EXPECT_EQ(peer->received[i].header.GetAckNumber(), SequenceNumber32(6));
        EXPECT_EQ(peer->received[i].payload, "");
        EXPECT_FALSE(TcpOptionFastOpen::Find(peer->received[i].header));
    }
    const Time first = peer->received[0].time;
    EXPECT_EQ(peer->received[3].time - first, Seconds(1));
    EXPECT_EQ(peer->received[4].time - first, Seconds(3));
}

// What was sent before is recovered after the ACK.
TEST_F(Server, S8_ResponseIsRecoveredAfterTheAck)
{
    FetchCookie();
    Respond(2000);
    Drop(2, SegmentDropModel::SERVER, 1);
    auto client = Open("hello");
    Run();
    const Lines lines = Segments(7);
    EXPECT_EQ(lines[4], "C SYN 0:0");
    EXPECT_EQ(lines[5], "S SYN|ACK 0:0 ack 6");
    EXPECT_EQ(client->received, Pattern(2000));
    EXPECT_EQ(accepted.size(), 1u);
    EXPECT_EQ(accepted[0]->received, "hello");
}

// A duplicate of the SYN brings another SYN-ACK and nothing else.
TEST_F(Server, S9_DuplicateSynIsAnsweredAndDeliversNothing)
{
    Ptr<RawPeer> peer = PlayClient();
    const RawPeer::Spec syn{SYN, 0, 0, Option(ValidCookie()), "hello"};
    peer->Send(syn);
    peer->SendAt(MilliSeconds(101), syn);
    peer->SendAt(MilliSeconds(202), {SYN, 0, 0, {}, ""});
    Run(MilliSeconds(400));
    ASSERT_EQ(peer->received.size(), 3u);
    for (const auto& segment : peer->received)
    {
        EXPECT_EQ(segment.header.GetFlags(), SYN | ACK);
        EXPECT_EQ(segment.header.GetAckNumber(), SequenceNumber32(6));
    }
    ASSERT_EQ(accepted.size(), 1u);
    EXPECT_EQ(accepted[0]->received, "hello");
}

// Two copies that arrive back to back make one connection.
TEST_F(Server, S9_SynTwiceAtTheSameTimeMakesOneConnection)
{
    Ptr<RawPeer> peer = PlayClient();
    const RawPeer::Spec syn{SYN, 0, 0, Option(ValidCookie()), "hello"};
    peer->Send(syn);
    peer->Send(syn);
    peer->SendAt(MilliSeconds(150), {ACK, 6, 1, {}, " world"});
    Run(Seconds(1));
    ASSERT_EQ(accepted.size(), 1u);
    EXPECT_EQ(accepted[0]->received, "hello world");
}

// A FIN in the SYN: the data, then the end of it.
TEST_F(Server, S10_FinInTheSynEndsTheData)
{
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN | FIN, 0, 0, Option(ValidCookie()), "hello"});
    peer->SendAt(MilliSeconds(150), {ACK, 7, 1, {}, ""});
    Run(MilliSeconds(500));
    EXPECT_EQ(peer->received.at(0).header.GetAckNumber(), SequenceNumber32(7));
    ASSERT_EQ(accepted.size(), 1u);
    EXPECT_EQ(accepted[0]->received, "hello");
    EXPECT_EQ(accepted[0]->states, (Lines{"ESTABLISHED", "CLOSE_WAIT"}));
    EXPECT_EQ(accepted[0]->events.at(0), "closed");
}

// The SYN's data and the next segments are delivered once, in order.
TEST_F(Server, S10_SynDataAndNextSegmentsArriveOnceInOrder)
{
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, Option(ValidCookie()), "one "});
    peer->SendAt(MilliSeconds(120), {ACK, 9, 1, {}, "three"});
    peer->SendAt(MilliSeconds(130), {ACK, 5, 1, {}, "two "});
    peer->SendAt(MilliSeconds(140), {ACK, 5, 1, {}, "two three"});
    Run(MilliSeconds(500));
    ASSERT_EQ(accepted.size(), 1u);
    EXPECT_EQ(accepted[0]->received, "one two three");
    EXPECT_EQ(peer->received.back().header.GetAckNumber(), SequenceNumber32(14));
}

// Linux's cookies for a known key.
TEST_F(Server, S12_CookieIsLinuxSipHash)
{
    Ptr<TcpFastOpenKeys> keys = CreateObject<TcpFastOpenKeys>();
    keys->SetText("a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4");
    EXPECT_EQ(Text(keys->Make(Ipv4Address("192.0.2.1"), Ipv4Address("192.168.0.1"))),
              "3021b9d889017eeb");
    EXPECT_EQ(Text(keys->Make(Ipv6Address("fd3d:fa7b:d17d::1"), Ipv6Address("fd3d:0a0b:17d6::1"))),
              "c1d1e9742a47a9bc");
}

// The key's text is read and written, each word little-endian.
TEST_F(Server, S12_KeyIsWrittenAsOnLinux)
{
    TcpFastOpenKeys::Key key{};
    ASSERT_TRUE(TcpFastOpenKeys::Parse("01234567-89abcdef-00000000-FFFFFFFF", key));
    EXPECT_EQ(key[0], 0x67);
    EXPECT_EQ(key[3], 0x01);
    EXPECT_EQ(key[4], 0xef);
    EXPECT_EQ(TcpFastOpenKeys::Format(key), "01234567-89abcdef-00000000-ffffffff");
    for (const char* wrong : {"",
                              "a1a1a1a1",
                              "a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d",
                              "a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4d",
                              "a1a1a1a1-b2b2b2b2-c3c3c3c3+d4d4d4d4",
                              "g1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4"})
    {
        EXPECT_FALSE(TcpFastOpenKeys::Parse(wrong, key)) << wrong;
    }
}

// The cookie of a client does not serve another one, nor another server.
TEST_F(Server, S12_CookieBelongsToBothAddresses)
{
    Build();
    Ptr<TcpFastOpenKeys> keys = serverFastOpen->GetKeys();
    const Ipv4Address a("10.0.0.1");
    const Ipv4Address b("10.0.0.2");
    const Ipv4Address c("10.0.0.3");
    EXPECT_EQ(keys->Check(keys->Make(a, b), a, b), TcpFastOpenKeys::PRIMARY);
    EXPECT_EQ(keys->Check(keys->Make(a, b), c, b), TcpFastOpenKeys::NONE);
    EXPECT_EQ(keys->Check(keys->Make(a, b), a, c), TcpFastOpenKeys::NONE);
    EXPECT_EQ(keys->Check(keys->Make(a, b), b, a), TcpFastOpenKeys::NONE);
}

// In SYN-RCVD an ACK of what was not sent is reset, and the connection stays.
TEST_F(Server, S7_WrongAckInSynRcvdIsReset)
{
    Ptr<RawPeer> peer = PlayClient();
    Respond(100);
    peer->Send({SYN, 0, 0, Option(ValidCookie()), "hello"});
    peer->SendAt(MilliSeconds(120), {ACK, 6, 102, {}, "evil"});
    peer->SendAt(MilliSeconds(140), {ACK, 6, 101, {}, "good"});
    Run(MilliSeconds(500));
    ASSERT_GE(peer->received.size(), 3u);
    EXPECT_EQ(peer->received[2].header.GetFlags(), RST);
    EXPECT_EQ(peer->received[2].header.GetSequenceNumber(), SequenceNumber32(102));
    EXPECT_EQ(accepted.at(0)->received, "hellogood");
}
