/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * C: the client.
 */

#include "fast-open-test.h"

#include "ns3/ipv4.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-option-fast-open.h"

namespace
{

constexpr uint8_t SYN = TcpHeader::SYN;
constexpr uint8_t ACK = TcpHeader::ACK;
constexpr uint8_t RST = TcpHeader::RST;

const std::vector<uint8_t> MSS{2, 4, 1460 >> 8, 1460 & 0xff};

/// A cookie that no server made.
TcpFastOpenCookie
SomeCookie(uint8_t first = 1)
{
    const uint8_t bytes[8] = {first, 2, 3, 4, 5, 6, 7, 8};
    return TcpFastOpenCookie(bytes, sizeof bytes);
}

} // namespace

class Client : public FastOpenTest
{
};

// Off unless the node asks for it.
TEST_F(Client, C1_OffWhereTheNodesSwitchIsOff)
{
    clientSwitch = 0;
    Open("hello");
    Run();
    EXPECT_EQ(Segments(4),
              (Lines{"C SYN 0:0", "S SYN|ACK 0:0 ack 1", "C ACK 1:0 ack 1", "C ACK 1:5 ack 1"}));
}

// Off unless the socket asks for it; other sockets of the node stay as they are.
TEST_F(Client, C1_PlainSocketStaysPlainBesideAFastOne)
{
    FetchCookie();
    auto plain = NewClient();
    plain->socket->SetAttribute("FastOpenConnect", BooleanValue(false));
    plain->socket->Connect(server);
    Run(Seconds(1));
    EXPECT_EQ(Segments(1), (Lines{"C SYN 0:0"}));
    Open("hello");
    Run(Seconds(1));
    EXPECT_EQ(Segments(1), (Lines{"C SYN 0:5 cookie"}));
}

// No cookie: the SYN asks for one and has no data; the data follows.
TEST_F(Client, C2_FirstContactAsksForACookieAndSendsNoData)
{
    Open("hello");
    Run();
    EXPECT_EQ(Segments(4),
              (Lines{"C SYN 0:0 request",
                     "S SYN|ACK 0:0 ack 1 cookie",
                     "C ACK 1:0 ack 1",
                     "C ACK 1:5 ack 1"}));
    EXPECT_EQ(accepted.at(0)->received, "hello");
}

// With a cookie the SYN carries it and the data.
TEST_F(Client, C3_SynCarriesCookieAndData)
{
    FetchCookie();
    auto client = Open("hello");
    Run();
    EXPECT_EQ(Segments(3), (Lines{"C SYN 0:5 cookie", "S SYN|ACK 0:0 ack 6", "C ACK 6:0 ack 1"}));
    EXPECT_EQ(client->socket->GetSynDataSent(), 5u);
    EXPECT_EQ(client->socket->GetSynDataAcked(), 5u);
}

// Linux: the MSS less 40 bytes, 1420 of 1460; the rest follows the handshake.
TEST_F(Client, C3_SynDataIsLimitedAsOnLinux)
{
    FetchCookie();
    const std::string data = Pattern(3000);
    Open(data);
    Run();
    EXPECT_EQ(Segments(5),
              (Lines{"C SYN 0:1420 cookie",
                     "S SYN|ACK 0:0 ack 1421",
                     "C ACK 1421:0 ack 1",
                     "C ACK 1421:1448 ack 1",
                     "C ACK 2869:132 ack 1"}));
    EXPECT_EQ(accepted.at(0)->received, data);
}

// The RFC: the MSS less the options of the SYN, here 32 bytes.
TEST_F(Client, C3_SynDataFillsTheSegmentInTheRfcProfile)
{
    profile = "rfc7413";
    FetchCookie();
    Open(Pattern(3000));
    Run();
    EXPECT_EQ(Segments(1), (Lines{"C SYN 0:1428 cookie"}));
}

// The server's MSS that was cached bounds the data.
TEST_F(Client, C3_CachedMssBoundsTheData)
{
    Build();
    clientFastOpen->GetCache().Store({clientIp, serverIp, ValidCookie(), 1000});
    Open(Pattern(3000));
    Run();
    EXPECT_EQ(Segments(1), (Lines{"C SYN 0:960 cookie"}));
}

// A server of unknown MSS gets 536 bytes at most.
TEST_F(Client, C3_UnknownMssBoundsTheDataTo536)
{
    Build();
    clientFastOpen->GetCache().Store({clientIp, serverIp, ValidCookie(), 0});
    Open(Pattern(3000));
    Run();
    EXPECT_EQ(Segments(1), (Lines{"C SYN 0:536 cookie"}));
    EXPECT_EQ(accepted.at(0)->received, Pattern(3000));
}

// A cookie in the SYN-ACK replaces the cached one, together with the MSS.
TEST_F(Client, C4_CookieOfSynAckReplacesTheCachedOne)
{
    Build();
    clientFastOpen->GetCache().Store({clientIp, serverIp, SomeCookie(), 1000});
    Open("hello");
    Run();
    const auto* entry = clientFastOpen->GetCache().Find(clientIp, serverIp);
    EXPECT_EQ(entry->cookie, ValidCookie());
    EXPECT_EQ(entry->mss, 1460);
}

// So does one that answers a retransmitted SYN.
TEST_F(Client, C4_CookieAfterSynRetransmissionIsKept)
{
    Ptr<RawPeer> peer = PlayServer();
    Open("hello");
    std::vector<uint8_t> options = MSS;
    const auto option = Option(SomeCookie());
    options.insert(options.end(), option.begin(), option.end());
    peer->SendAt(MilliSeconds(1200), {SYN | ACK, 0, 1, options, ""});
    Run(MilliSeconds(1400));
    EXPECT_EQ(Segments(2), (Lines{"C SYN 0:0 request", "C SYN 0:0"}));
    ASSERT_TRUE(clientFastOpen->GetCache().Find(clientIp, serverIp));
    EXPECT_EQ(clientFastOpen->GetCache().Find(clientIp, serverIp)->cookie, SomeCookie());
}

// A cookie that nobody asked for is ignored.
TEST_F(Client, C4_UnsolicitedCookieIsIgnored)
{
    Ptr<RawPeer> peer = PlayServer();
    auto client = NewClient();
    client->socket->SetAttribute("FastOpenConnect", BooleanValue(false));
    client->socket->Connect(server);
    peer->SendAt(MilliSeconds(60), {SYN | ACK, 0, 1, Option(SomeCookie()), ""});
    Run(Seconds(1));
    EXPECT_EQ(client->events.at(0), "connected");
    EXPECT_FALSE(clientFastOpen->GetCache().Find(clientIp, serverIp));
}

// One entry for a pair of addresses, whatever the port.
TEST_F(Client, C5_CacheKnowsAddressesNotPorts)
{
    FetchCookie();
    EXPECT_EQ(clientFastOpen->GetCache().GetSize(), 1u);
    auto other = NewClient();
    other->socket->Bind(InetSocketAddress(Ipv4Address::ConvertFrom(clientIp), 1234));
    other->socket->SendTo(MakePacket("x"), TcpFastOpenSocket::MSG_FASTOPEN, server);
    Run();
    EXPECT_EQ(Segments(1), (Lines{"C SYN 0:1 cookie"}));
    EXPECT_EQ(clientFastOpen->GetCache().GetSize(), 1u);
}

// The cache is bounded; the least recently used entry goes.
TEST_F(Client, C5_CacheDropsTheLeastRecentlyUsed)
{
    TcpFastOpenCache cache;
    cache.SetLimit(2);
    const Address client(Ipv4Address("10.0.0.1"));
    const Address a(Ipv4Address("10.0.0.2"));
    const Address b(Ipv4Address("10.0.0.3"));
    const Address c(Ipv4Address("10.0.0.4"));
    cache.Store({client, a, SomeCookie(1), 1460});
    cache.Store({client, b, SomeCookie(2), 1460});
    EXPECT_TRUE(cache.Find(client, a)); // now b is the oldest
    cache.Store({client, c, SomeCookie(3), 1460});
    EXPECT_EQ(cache.GetSize(), 2u);
    EXPECT_TRUE(cache.Find(client, a));
    EXPECT_FALSE(cache.Find(client, b));
    EXPECT_TRUE(cache.Find(client, c));
    cache.SetLimit(1);
    EXPECT_TRUE(cache.Find(client, c));
    EXPECT_FALSE(cache.Find(client, a));
    cache.SetLimit(0);
    cache.Store({client, a, SomeCookie(1), 1460});
    EXPECT_EQ(cache.GetSize(), 0u);
}

// After 1 s, then 2 s, 4 s the SYN goes out bare.
TEST_F(Client, C6_SynIsRetransmittedWithoutDataAndOption)
{
    FetchCookie();
    for (uint32_t segment : {1, 2, 3})
    {
        Drop(2, SegmentDropModel::CLIENT, segment);
    }
    const std::string data = Pattern(300);
    Open(data);
    Run();
    EXPECT_EQ(Segments(6),
              (Lines{"C SYN 0:300 cookie",
                     "C SYN 0:0",
                     "C SYN 0:0",
                     "C SYN 0:0",
                     "S SYN|ACK 0:0 ack 1",
                     "C ACK 1:300 ack 1"}));
    EXPECT_DOUBLE_EQ(SentAt(1), 1000);
    EXPECT_DOUBLE_EQ(SentAt(2), 3000);
    EXPECT_DOUBLE_EQ(SentAt(3), 7000);
    EXPECT_NEAR(SentAt(5), 7100, 0.2) << "the data leaves as soon as the SYN-ACK is there";
    EXPECT_EQ(accepted.at(0)->received, data);
}

// Refused data is sent again at once, in the first ACK, and costs no window.
TEST_F(Client, C7_RefusedDataIsSentInTheFirstAck)
{
    FetchCookie();
    serverFastOpen->SetAttribute("Key", StringValue("00000000-00000000-00000000-00000001"));
    uint32_t window = 0;
    const std::string data = Pattern(3000);
    auto client = Open(data);
    client->socket->TraceConnectWithoutContext(
        "CongestionWindow",
        Callback<void, uint32_t, uint32_t>([&](uint32_t, uint32_t now) { window = now; }));
    Run(MilliSeconds(120));
    EXPECT_EQ(Segments(5),
              (Lines{"C SYN 0:1420 cookie",
                     "S SYN|ACK 0:0 ack 1 cookie",
                     "C ACK 1:1420 ack 1",
                     "C ACK 1421:1448 ack 1",
                     "C ACK 2869:132 ack 1"}));
    EXPECT_NEAR(SentAt(2), SentAt(1) + 50, 0.1);
    EXPECT_EQ(window, 14480u) << "the initial window of 10 segments";
    Run();
    EXPECT_EQ(accepted.at(0)->received, data);
}

// So it is with Nagle's algorithm on.
TEST_F(Client, C7_RefusedDataIsSentAtOnceWithNagle)
{
    attributes["ns3::TcpSocket::TcpNoDelay"] = "false";
    FetchCookie();
    serverFastOpen->SetAttribute("Key", StringValue("00000000-00000000-00000000-00000001"));
    Open("hello");
    Run();
    EXPECT_EQ(Segments(3),
              (Lines{"C SYN 0:5 cookie", "S SYN|ACK 0:0 ack 1 cookie", "C ACK 1:5 ack 1"}));
}

// A partial acknowledgement: the rest at once.
TEST_F(Client, C7_PartlyAcknowledgedDataIsCompleted)
{
    Ptr<RawPeer> peer = PlayServer();
    clientFastOpen->GetCache().Store({clientIp, serverIp, SomeCookie(), 1460});
    auto client = Open("0123456789");
    peer->SendAt(MilliSeconds(60), {SYN | ACK, 0, 5, MSS, ""});
    Run(MilliSeconds(200));
    ASSERT_EQ(peer->received.size(), 2u);
    EXPECT_EQ(peer->received[1].header.GetSequenceNumber(), SequenceNumber32(5));
    EXPECT_EQ(peer->received[1].payload, "456789");
    EXPECT_EQ(client->socket->GetSynDataAcked(), 4u);
}

// An acknowledgement beyond what was sent: RST, and the cache stays as it is.
TEST_F(Client, C7_AckBeyondWhatWasSentIsReset)
{
    Ptr<RawPeer> peer = PlayServer();
    clientFastOpen->GetCache().Store({clientIp, serverIp, SomeCookie(1), 1460});
    auto client = Open("hello");
    std::vector<uint8_t> options = MSS;
    const auto option = Option(SomeCookie(9));
    options.insert(options.end(), option.begin(), option.end());
    peer->SendAt(MilliSeconds(60), {SYN | ACK, 0, 7, options, ""});
    Run(MilliSeconds(200));
    ASSERT_EQ(peer->received.size(), 2u);
    EXPECT_EQ(peer->received[1].header.GetFlags(), RST);
    EXPECT_EQ(peer->received[1].header.GetSequenceNumber(), SequenceNumber32(7));
    EXPECT_EQ(clientFastOpen->GetCache().Find(clientIp, serverIp)->cookie, SomeCookie(1));

    // The right answer still opens the connection
    peer->Send({SYN | ACK, 0, 6, MSS, ""});
    Run(MilliSeconds(200));
    EXPECT_EQ(client->states.back(), "ESTABLISHED");
}

/// With timestamps and without; acknowledging the SYN alone and its data.
class ClientRtt : public FastOpenTest,
                  public ::testing::WithParamInterface<std::tuple<bool, uint32_t>>
{
};

// The SYN-ACK gives an RTT sample, whether or not it acknowledges data.
TEST_P(ClientRtt, C8_SynAckGivesAnRttSample)
{
    const auto [timestamps, ack] = GetParam();
    Ptr<RawPeer> peer = PlayServer();
    clientFastOpen->GetCache().Store({clientIp, serverIp, SomeCookie(), 1460});
    auto client = NewClient();
    client->socket->SetAttribute("Timestamp", BooleanValue(timestamps));
    std::vector<Time> samples;
    client->socket->TraceConnectWithoutContext(
        "RTT",
        Callback<void, Time, Time>([&](Time, Time now) { samples.push_back(now); }));
    client->socket->SendTo(MakePacket("hello"), TcpFastOpenSocket::MSG_FASTOPEN, server);
    Run(MilliSeconds(60));
    std::vector<uint8_t> options = MSS;
    if (timestamps)
    {
        const auto& syn = peer->received.at(0).raw; // MSS, SACK-permitted, then timestamps
        options.insert(options.end(), {1, 1, 8, 10, 0, 0, 0, 1});
        options.insert(options.end(), syn.begin() + 28, syn.begin() + 32);
    }
    peer->Send({SYN | ACK, 0, ack, options, ""});
    Run(MilliSeconds(100));
    ASSERT_EQ(samples.size(), 1u);
    EXPECT_NEAR(samples[0].GetSeconds(), 0.110, 0.001);
}

INSTANTIATE_TEST_SUITE_P(,
                         ClientRtt,
                         ::testing::Combine(::testing::Bool(), ::testing::Values(1, 6)));

// Never from a SYN that was sent twice.
TEST_F(Client, C8_RetransmittedSynGivesNoRttSample)
{
    FetchCookie();
    Drop(2, SegmentDropModel::CLIENT, 1);
    auto client = NewClient();
    uint32_t samples = 0;
    client->socket->TraceConnectWithoutContext("RTT", Callback<void, Time, Time>([&](Time, Time) {
                                                   samples++;
                                               }));
    client->socket->SendTo(MakePacket("hello"), TcpFastOpenSocket::MSG_FASTOPEN, server);
    Run(MilliSeconds(1120));
    EXPECT_EQ(client->states.back(), "ESTABLISHED");
    EXPECT_EQ(samples, 0u);
}

// Connect and send in one call; it returns what the SYN takes.
TEST_F(Client, C12_SendToReturnsTheBytesInTheSyn)
{
    FetchCookie();
    auto client = NewClient();
    EXPECT_EQ(client->socket->SendTo(MakePacket("hello"), TcpFastOpenSocket::MSG_FASTOPEN, server),
              5);
    auto big = NewClient();
    EXPECT_EQ(
        big->socket->SendTo(MakePacket(Pattern(3000)), TcpFastOpenSocket::MSG_FASTOPEN, server),
        1420);
    EXPECT_EQ(big->socket->Send(MakePacket(Pattern(3000).substr(1420))), 1580);
    Run();
    ASSERT_EQ(accepted.size(), 2u);
    EXPECT_EQ(accepted[0]->received, "hello");
    EXPECT_EQ(accepted[1]->received, Pattern(3000));
    EXPECT_EQ(client->events.at(0), "connected");
}

// Without a cookie it takes nothing, opens the connection and says so.
TEST_F(Client, C12_SendToWithoutCookieTakesNothing)
{
    auto client = NewClient();
    EXPECT_EQ(client->socket->SendTo(MakePacket("hello"), TcpFastOpenSocket::MSG_FASTOPEN, server),
              -1);
    EXPECT_EQ(client->socket->GetConnectionError(), TcpFastOpenSocket::IN_PROGRESS);
    Run(Seconds(1));
    EXPECT_EQ(Segments(1), (Lines{"C SYN 0:0 request"}));
    EXPECT_EQ(client->events, (Lines{"connected"}));
    EXPECT_EQ(client->socket->Send(MakePacket("hello")), 5);
    Run(Seconds(1));
    EXPECT_EQ(accepted.at(0)->received, "hello");
}

// It serves sockets with FastOpenConnect off too: the flag asks for it.
TEST_F(Client, C12_SendToWorksWithoutDeferredConnect)
{
    FetchCookie();
    auto client = NewClient();
    client->socket->SetAttribute("FastOpenConnect", BooleanValue(false));
    client->socket->SendTo(MakePacket("hello"), TcpFastOpenSocket::MSG_FASTOPEN, server);
    Run();
    EXPECT_EQ(Segments(1), (Lines{"C SYN 0:5 cookie"}));
}

// It needs a fresh socket and a node that allows it.
TEST_F(Client, C12_SendToIsRefusedWhereItCannotBe)
{
    FetchCookie();
    auto client = Open("hello");
    EXPECT_EQ(client->socket->SendTo(MakePacket("x"), TcpFastOpenSocket::MSG_FASTOPEN, server), -1);
    EXPECT_EQ(client->socket->GetErrno(), Socket::ERROR_ISCONN);
    clientFastOpen->SetAttribute("Switch", UintegerValue(0));
    auto off = NewClient();
    EXPECT_EQ(off->socket->SendTo(MakePacket("x"), TcpFastOpenSocket::MSG_FASTOPEN, server), -1);
    EXPECT_EQ(off->socket->GetErrno(), Socket::ERROR_OPNOTSUPP);
}

// A write larger than the SYN's share arrives whole and in order.
TEST_F(Client, C13_LargeWriteArrivesWhole)
{
    FetchCookie();
    const std::string data = Pattern(100000);
    Open(data, true);
    Run();
    EXPECT_EQ(accepted.at(0)->received, data);
    EXPECT_EQ(accepted.at(0)->events, (Lines{"closed"}));
}

// Close() right behind the write: all data, then FIN.
TEST_F(Client, C13_CloseBehindTheWriteSendsEverythingThenFin)
{
    FetchCookie();
    onServerData = [](Connection& end) {
        if (end.states.empty())
        {
            end.socket->Close();
        }
    };
    auto client = Open("hello", true);
    Run();
    const Lines lines = Segments(20);
    EXPECT_EQ(lines[0], "C SYN 0:5 cookie");
    EXPECT_EQ(accepted.at(0)->received, "hello");
    EXPECT_EQ(accepted.at(0)->events, (Lines{"closed"}));
    EXPECT_EQ(client->states.back(), "TIME_WAIT");
    EXPECT_EQ(std::count(lines.begin(), lines.end(), "C FIN|ACK 6:0 ack 1"), 1);
}

// The same where the server refuses the data.
TEST_F(Client, C13_CloseBehindARefusedWriteSendsEverythingThenFin)
{
    FetchCookie();
    serverFastOpen->SetAttribute("Key", StringValue("00000000-00000000-00000000-00000001"));
    Open("hello", true);
    Run();
    EXPECT_EQ(accepted.at(0)->received, "hello");
    EXPECT_EQ(accepted.at(0)->events, (Lines{"closed"}));
}

// RST in answer to the SYN: refused.
TEST_F(Client, C15_ResetOfTheSynIsReportedAsRefused)
{
    Build();
    listener->Close();
    auto client = Open("hello");
    Run();
    EXPECT_EQ(client->events, (Lines{"failed"}));
    EXPECT_EQ(client->socket->GetConnectionError(), TcpFastOpenSocket::REFUSED);
    EXPECT_EQ(Segments(10), (Lines{"C SYN 0:0 request"}));
}

// The same when the application was told before that it is connected.
TEST_F(Client, C15_ResetOfADeferredSynIsReportedAsRefused)
{
    FetchCookie();
    listener->Close();
    auto client = Open("hello");
    Run();
    EXPECT_EQ(client->events, (Lines{"connected", "error"}));
    EXPECT_EQ(client->socket->GetConnectionError(), TcpFastOpenSocket::REFUSED);
}

// After a refusal the same socket can be connected again.
TEST_F(Client, C15_RefusedSocketCanTryAgain)
{
    FetchCookie();
    for (const bool fastOpen : {true, false})
    {
        Ptr<RawPeer> peer = PlayServer();
        auto client = NewClient();
        client->socket->SetAttribute("FastOpenConnect", BooleanValue(fastOpen));
        client->socket->Connect(server);
        client->socket->Send(MakePacket("lost"));
        Run(MilliSeconds(60));
        peer->Send({RST | ACK, 0, 1, {}, ""});
        Run(MilliSeconds(60));
        EXPECT_EQ(client->socket->GetConnectionError(), TcpFastOpenSocket::REFUSED);
        path->GetServer()->GetObject<Ipv4>()->Insert(path->GetServer()->GetObject<TcpL4Protocol>());
        EXPECT_EQ(client->socket->Connect(server), 0);
        EXPECT_EQ(client->socket->Send(MakePacket("again")), 5);
        Run(Seconds(1));
        EXPECT_EQ(accepted.back()->received, "again");
        EXPECT_EQ(client->socket->GetConnectionError(), TcpFastOpenSocket::NO_ERROR);
    }
}

// All SYNs lost: timed out. 7 SYNs, the last at 63 s, the end at 127 s.
TEST_F(Client, C15_ExhaustedRetriesAreReportedAsTimedOut)
{
    for (uint32_t segment = 1; segment <= 7; segment++)
    {
        Drop(1, SegmentDropModel::CLIENT, segment);
    }
    auto client = Open("hello");
    Run(MilliSeconds(126999));
    EXPECT_EQ(client->events, Lines());
    Run(MilliSeconds(2));
    EXPECT_EQ(client->events, (Lines{"failed"}));
    EXPECT_EQ(client->socket->GetConnectionError(), TcpFastOpenSocket::TIMED_OUT);
    EXPECT_EQ(Segments(100).size(), 7u);
}
