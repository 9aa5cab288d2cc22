/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * C: the client.
 */

#include "fast-open-test.h"

#include "ns3/icmpv4-l4-protocol.h"
#include "ns3/ipv4.h"
#include "ns3/tcp-fast-open-blackhole.h"
#include "ns3/tcp-fast-open-negative-cache.h"
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
    EXPECT_EQ(Segments(4),
              (Lines{"C SYN 0:1420 cookie",
                     "S SYN|ACK 0:0 ack 1421",
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
TEST_F(Client, C3_UnknownMssBoundsTheDataTo536InTheRfcProfile)
{
    profile = "rfc7413";
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

// After a second each time the SYN goes out bare.
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
    EXPECT_DOUBLE_EQ(SentAt(2), 2000);
    EXPECT_DOUBLE_EQ(SentAt(3), 3000);
    EXPECT_NEAR(SentAt(5), 3100, 0.2) << "the data leaves as soon as the SYN-ACK is there";
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

// From a SYN that was sent twice only where timestamps tell which one is answered, whether
// it asked for Fast Open or not.
TEST_F(Client, C8_RetransmittedSynGivesASampleByTimestampsAlone)
{
    FetchCookie();
    uint32_t connection = 2;
    for (const bool fast : {false, true})
    {
        for (const bool timestamps : {false, true})
        {
            Drop(connection++, SegmentDropModel::CLIENT, 1);
            auto client = NewClient();
            client->socket->SetAttribute("FastOpenConnect", BooleanValue(fast));
            client->socket->SetAttribute("Timestamp", BooleanValue(timestamps));
            std::vector<Time> samples;
            client->socket->TraceConnectWithoutContext(
                "RTT",
                Callback<void, Time, Time>([&](Time, Time now) { samples.push_back(now); }));
            client->socket->Connect(server);
            if (fast)
            {
                client->socket->Send(MakePacket("hello"));
            }
            Run(MilliSeconds(1120));
            EXPECT_EQ(client->states.back(), "ESTABLISHED");
            ASSERT_EQ(samples.size(), timestamps ? 1u : 0u);
            if (timestamps)
            {
                EXPECT_NEAR(samples[0].GetSeconds(), 0.1, 0.002);
            }
            client->socket->Close();
            Run(Seconds(5));
        }
    }
}

/// A client with a negative cache.
class NegativeCache : public FastOpenTest
{
  protected:
    NegativeCache()
    {
        profile = "rfc7413";
    }

    /// What the SYN of a connection that is opened now is like.
    std::string NextSyn()
    {
        Open("hello");
        Run(MilliSeconds(500));
        return Segments(1).at(0);
    }
};

// Linux has none: a lost SYN changes nothing.
TEST_F(NegativeCache, C9_LinuxAvoidsNoPath)
{
    profile = "linux";
    FetchCookie();
    Drop(2, SegmentDropModel::CLIENT, 1);
    NextSyn();
    Run(Seconds(3));
    EXPECT_EQ(NextSyn(), "C SYN 0:5 cookie");
}

// A SYN with data that had to be sent again without: the plain way, for a minute.
TEST_F(NegativeCache, C9_PathOfALostSynWithDataIsAvoided)
{
    FetchCookie();
    Drop(2, SegmentDropModel::CLIENT, 1);
    const Time start = Simulator::Now();
    NextSyn(); // it is sent again after 1 s
    Run(Seconds(3));
    EXPECT_EQ(NextSyn(), "C SYN 0:0");
    Run(start + MilliSeconds(60990) - Simulator::Now());
    EXPECT_EQ(NextSyn(), "C SYN 0:0");
    EXPECT_EQ(NextSyn(), "C SYN 0:5 cookie") << "61 s after the start";
}

// A lost request for a cookie has no data, and is no reason.
TEST_F(NegativeCache, C9_LostCookieRequestIsNoReason)
{
    Drop(1, SegmentDropModel::CLIENT, 1);
    NextSyn();
    Run(Seconds(3));
    EXPECT_NE(NextSyn(), "C SYN 0:0");
}

// Data that the SYN-ACK does not acknowledge is a reason.
TEST_F(NegativeCache, C9_PathOfUnacknowledgedDataIsAvoided)
{
    FetchCookie();
    serverFastOpen->SetAttribute("Switch", UintegerValue(0));
    NextSyn();
    serverFastOpen->SetAttribute("Switch", UintegerValue(3));
    EXPECT_EQ(NextSyn(), "C SYN 0:0");
    Run(Seconds(60));
    EXPECT_EQ(NextSyn(), "C SYN 0:5 cookie");
}

// An ICMP error in answer to a SYN with data is a reason, and the connection goes on.
TEST_F(NegativeCache, C9_PathOfAnIcmpErrorIsAvoided)
{
    FetchCookie();
    Ptr<RawPeer> peer = PlayServer();
    Open("hello");
    Run(MilliSeconds(60));
    Ipv4Header header;
    header.SetSource(Ipv4Address::ConvertFrom(clientIp));
    header.SetDestination(Ipv4Address::ConvertFrom(serverIp));
    header.SetProtocol(TcpL4Protocol::PROT_NUMBER);
    const auto& raw = peer->received.at(0).raw;
    path->GetServer()->GetObject<Icmpv4L4Protocol>()->SendDestUnreachPort(
        header,
        Create<Packet>(raw.data(), raw.size()));
    Run(MilliSeconds(100));
    auto second = Open("hello");
    Run(MilliSeconds(100));
    EXPECT_EQ(Segments(1), (Lines{"C SYN 0:0"}));
}

// Each further failure doubles the time, up to the limit.
TEST_F(NegativeCache, C9_AvoidanceDoublesUpToItsLimit)
{
    Build();
    TcpFastOpenNegativeCache cache;
    cache.SetLimit(10);
    const TcpFastOpenNegativeCache::Path path{Ipv4Address("10.0.0.1"), Ipv4Address("10.0.0.2")};
    for (const int seconds : {60, 120, 240, 300, 300})
    {
        cache.Add(path, Seconds(60), Seconds(300));
        cache.Add(path, Seconds(60), Seconds(300)); // under way at the same time
        Run(Seconds(seconds) - NanoSeconds(1));
        EXPECT_TRUE(cache.IsNegative(path)) << seconds;
        Run(NanoSeconds(1));
        EXPECT_FALSE(cache.IsNegative(path)) << seconds;
    }
    cache.Remove(path);
    cache.Add(path, Seconds(60), Seconds(300));
    Run(Seconds(60));
    EXPECT_FALSE(cache.IsNegative(path)) << "a success starts anew";
}

// Acknowledged data makes the path a good one again.
TEST_F(NegativeCache, C9_SuccessIsForgiveness)
{
    FetchCookie();
    Drop(2, SegmentDropModel::CLIENT, 1);
    NextSyn();
    Run(Seconds(62));
    EXPECT_EQ(NextSyn(), "C SYN 0:5 cookie");
    serverFastOpen->SetAttribute("Switch", UintegerValue(0));
    NextSyn();
    Run(Seconds(60));
    EXPECT_EQ(NextSyn(), "C SYN 0:5 cookie") << "60 s, not 120 s";
}

// A path is a pair of addresses, or with the attribute one of a port.
TEST_F(NegativeCache, C9_PortsBelongToThePathByAttribute)
{
    for (const bool byPort : {false, true})
    {
        Ptr<TcpFastOpen> node = CreateObject<TcpFastOpen>();
        node->SetProfile("rfc7413");
        node->SetAttribute("NegativeByPort", BooleanValue(byPort));
        const Address a(Ipv4Address("10.0.0.1"));
        const Address b(Ipv4Address("10.0.0.2"));
        node->NotifySynDataFailed(a, b, 80);
        EXPECT_TRUE(node->IsToBeAvoided(a, b, 80));
        EXPECT_EQ(node->IsToBeAvoided(a, b, 443), !byPort);
        EXPECT_FALSE(node->IsToBeAvoided(b, a, 80));
    }
}

// The RFC's profile has them (section 4.1.3.1), Linux's would not.
TEST_F(NegativeCache, C9_PortsBelongToThePathInTheRfcProfile)
{
    Ptr<TcpFastOpen> node = CreateObject<TcpFastOpen>();
    BooleanValue byPort;
    for (const std::string name : {"rfc7413", "linux", "rfc7413"})
    {
        node->SetProfile(name);
        node->GetAttribute("NegativeByPort", byPort);
        EXPECT_EQ(byPort.Get(), name == "rfc7413");
    }
    const Address a(Ipv4Address("10.0.0.1"));
    const Address b(Ipv4Address("10.0.0.2"));
    node->NotifySynDataFailed(a, b, 80);
    EXPECT_TRUE(node->IsToBeAvoided(a, b, 80));
    EXPECT_FALSE(node->IsToBeAvoided(a, b, 443));
}

// It is bounded; the path that failed first goes.
TEST_F(NegativeCache, C9_CacheIsBounded)
{
    TcpFastOpenNegativeCache cache;
    cache.SetLimit(2);
    const Address client(Ipv4Address("10.0.0.1"));
    for (const uint32_t server : {1, 2, 3})
    {
        cache.Add({client, Ipv4Address(server)}, Seconds(60), Seconds(60));
    }
    EXPECT_EQ(cache.GetSize(), 2u);
    EXPECT_FALSE(cache.IsNegative({client, Ipv4Address(1)}));
    EXPECT_TRUE(cache.IsNegative({client, Ipv4Address(3)}));
}

/// A client with black-hole detection, whose first pause is 100 s.
class Blackhole : public FastOpenTest
{
  protected:
    /// Switch it on, and get a cookie.
    void SetUp() override
    {
        FetchCookie();
        clientFastOpen->SetAttribute("BlackholeTimeout", TimeValue(Seconds(100)));
    }

    /// What the SYN of a connection that is opened now is like.
    std::string NextSyn()
    {
        Open("hello");
        Run(MilliSeconds(500));
        return Segments(1).at(0);
    }

    /// The server's TCP is itself again.
    void Restore()
    {
        path->GetServer()->GetObject<Ipv4>()->Insert(path->GetServer()->GetObject<TcpL4Protocol>());
    }
};

// Off by default: SYNs may be lost as they like.
TEST_F(Blackhole, C10_OffByDefault)
{
    clientFastOpen->SetAttribute("BlackholeTimeout", TimeValue(Seconds(0)));
    PlayServer();
    Open("hello");
    Run(Seconds(20));
    Restore();
    EXPECT_EQ(NextSyn(), "C SYN 0:5 cookie");
    EXPECT_EQ(clientFastOpen->GetCounters()->blackhole, 0u);
    EXPECT_EQ(clientFastOpen->GetCounters()->activeFail, 1u) << "Linux counts it all the same";
}

// The third timeout of the SYN, after 3 s, pauses the node's Fast Open for 100 s.
TEST_F(Blackhole, C10_ThirdTimeoutOfTheSynPausesTheNode)
{
    PlayServer();
    Open("hello");
    Run(MilliSeconds(2999));
    EXPECT_EQ(clientFastOpen->GetCounters()->blackhole, 0u);
    Run(MilliSeconds(2));
    EXPECT_EQ(clientFastOpen->GetCounters()->blackhole, 1u);
    Restore();
    EXPECT_EQ(NextSyn(), "C SYN 0:0");
    Run(Seconds(98));
    EXPECT_EQ(NextSyn(), "C SYN 0:0");
    Run(Seconds(2));
    EXPECT_EQ(NextSyn(), "C SYN 0:5 cookie");
}

// So does the last timeout where the application allows fewer.
TEST_F(Blackhole, C10_LastTimeoutPausesTheNode)
{
    PlayServer();
    auto client = NewClient();
    client->socket->SetAttribute("ConnCount", UintegerValue(2));
    client->socket->SetAttribute("SynLinearTimeouts", UintegerValue(0));
    client->socket->Connect(server);
    client->socket->Send(MakePacket("hello"));
    Run(Seconds(10));
    EXPECT_EQ(client->socket->GetConnectionError(), TcpFastOpenSocket::TIMED_OUT);
    EXPECT_EQ(clientFastOpen->GetCounters()->blackhole, 1u);
}

// Timeouts after the handshake count as well.
TEST_F(Blackhole, C10_ThirdTimeoutOfDataPausesTheNode)
{
    Ptr<RawPeer> peer = PlayServer();
    auto client = Open("hello");
    peer->SendAt(Simulator::Now() + MilliSeconds(60), {SYN | ACK, 0, 6, MSS, ""});
    Run(MilliSeconds(200));
    client->socket->Send(MakePacket("more"));
    Run(MilliSeconds(900)); // about 0.3 s and 0.9 s: two timeouts
    EXPECT_EQ(clientFastOpen->GetCounters()->blackhole, 0u);
    Run(Seconds(3));
    EXPECT_EQ(clientFastOpen->GetCounters()->blackhole, 1u);
}

// A FIN that leaves a gap before any data has come is suspicious, once, when the connection
// is over, however often it came.
TEST_F(Blackhole, C10_EarlyFinPausesTheNodeWhenTheConnectionEnds)
{
    for (const bool reset : {true, false}) // by the server, by the application's abort
    {
        const uint64_t before = clientFastOpen->GetCounters()->blackhole;
        clientFastOpen->SetAttribute("BlackholeTimeout", TimeValue(Seconds(1000)));
        Ptr<RawPeer> peer = PlayServer();
        auto client = Open("hello");
        const Time now = Simulator::Now();
        peer->SendAt(now + MilliSeconds(60), {SYN | ACK, 0, 6, MSS, ""});
        for (int i = 0; i < 8; i++)
        {
            peer->SendAt(now + MilliSeconds(70 + 10 * i), {TcpHeader::FIN | ACK, 101, 6, {}, ""});
        }
        Run(Seconds(1));
        EXPECT_EQ(clientFastOpen->GetCounters()->blackhole, before);
        if (reset)
        {
            peer->Send({RST, 1, 0, {}, ""});
        }
        else
        {
            client->socket->Connect(server); // refused: the connection is open
            EXPECT_EQ(clientFastOpen->GetCounters()->blackhole, before);
            peer->Send({RST | ACK, 1, 6, {}, ""});
        }
        Run(Seconds(1));
        EXPECT_EQ(clientFastOpen->GetCounters()->blackhole, before + 1);
        Run(Seconds(2000));
    }
}

// So is a RST in the window that leaves a gap; each one, as it comes.
TEST_F(Blackhole, C10_EarlyResetInTheWindowPausesTheNode)
{
    Ptr<RawPeer> peer = PlayServer();
    Open("hello");
    peer->SendAt(Simulator::Now() + MilliSeconds(60), {SYN | ACK, 0, 6, MSS, ""});
    peer->SendAt(Simulator::Now() + MilliSeconds(70), {RST | ACK, 101, 6, {}, ""});
    Run(MilliSeconds(200));
    EXPECT_EQ(clientFastOpen->GetCounters()->blackhole, 1u);
}

// One beyond the window is nobody's.
TEST_F(Blackhole, C10_ResetBeyondTheWindowIsNoReason)
{
    Ptr<RawPeer> peer = PlayServer();
    auto client = Open("hello");
    peer->SendAt(Simulator::Now() + MilliSeconds(60), {SYN | ACK, 0, 6, MSS, ""});
    for (const uint32_t seq : {1u << 30, 0u, 0x80000000u})
    {
        peer->SendAt(Simulator::Now() + MilliSeconds(70), {RST | ACK, seq, 6, {}, ""});
    }
    Run(MilliSeconds(200));
    EXPECT_EQ(client->states.back(), "ESTABLISHED");
    EXPECT_EQ(clientFastOpen->GetCounters()->blackhole, 0u);
}

/// FIN and RST.
class BlackholeFlags : public Blackhole, public ::testing::WithParamInterface<uint8_t>
{
};

// One in order, or where data has come, before it or after, is none.
TEST_P(BlackholeFlags, C10_FinOrRstInOrderOrWithDataIsNoReason)
{
    const uint8_t flags = GetParam();
    for (const uint32_t data : {0, 1, 51}) // no data, in order, out of order
    {
        for (const int late : {0, 10})
        {
            if (late > 0 && flags & RST)
            {
                continue; // it tells when it comes
            }
            Ptr<RawPeer> peer = PlayServer();
            auto client = Open("hello");
            const Time now = Simulator::Now();
            peer->SendAt(now + MilliSeconds(60), {SYN | ACK, 0, 6, MSS, ""});
            if (data > 0)
            {
                peer->SendAt(now + MilliSeconds(65 + late), {ACK, data, 6, {}, "data"});
            }
            peer->SendAt(now + MilliSeconds(70), {flags, data == 0 ? 1U : 101U, 6, {}, ""});
            Run(MilliSeconds(200));
            peer->Send({RST, data == 1 ? 5u : 1u, 0, {}, ""});
            Run(MilliSeconds(200));
        }
    }
    EXPECT_EQ(clientFastOpen->GetCounters()->blackhole, 0u);
}

INSTANTIATE_TEST_SUITE_P(,
                         BlackholeFlags,
                         ::testing::Values(TcpHeader::FIN | TcpHeader::ACK,
                                           TcpHeader::RST | TcpHeader::ACK));

// A response of which the first segment is lost is no black hole.
TEST_F(Blackhole, C10_ResponseWithALostSegmentIsNone)
{
    onServerData = [](Connection& end) {
        end.socket->Send(MakePacket(Pattern(5000)));
        end.socket->Close();
    };
    for (const uint32_t segment : {2, 3, 4, 5})
    {
        Drop(segment, SegmentDropModel::SERVER, segment);
        auto client = Open("hello", true);
        Run(Seconds(10));
        EXPECT_EQ(client->received, Pattern(5000));
    }
    EXPECT_EQ(clientFastOpen->GetCounters()->blackhole, 0u);
    EXPECT_EQ(clientFastOpen->GetCounters()->active, 4u);
}

// Early data that came while the SYN-ACK was lost is data, too.
TEST_F(Blackhole, C10_DataBeforeTheSynAckCounts)
{
    Ptr<RawPeer> peer = PlayServer();
    Open("hello");
    const Time now = Simulator::Now();
    peer->SendAt(now + MilliSeconds(60), {ACK, 1, 6, {}, "early"});
    peer->SendAt(now + MilliSeconds(70), {SYN | ACK, 0, 6, MSS, ""});
    peer->SendAt(now + MilliSeconds(80), {RST | ACK, 101, 6, {}, ""});
    Run(MilliSeconds(200));
    EXPECT_EQ(clientFastOpen->GetCounters()->blackhole, 0u);
}

// The n-th pause is 2^min(n-1, 6) times as long as the first.
TEST_F(Blackhole, C10_PausesDoubleUpTo64Times)
{
    TcpFastOpenBlackhole blackhole;
    for (const int factor : {1, 2, 4, 8, 16, 32, 64, 64})
    {
        blackhole.Meet();
        Run(Seconds(10 * factor) - NanoSeconds(1));
        EXPECT_TRUE(blackhole.IsPausing(Seconds(10))) << factor;
        Run(NanoSeconds(1));
        EXPECT_FALSE(blackhole.IsPausing(Seconds(10))) << factor;
    }
}

// Data on a later fast-opened connection ends it: the next pause is a first one.
TEST_F(Blackhole, C10_DataOnALaterConnectionClearsIt)
{
    onServerData = [](Connection& end) { end.socket->Send(MakePacket("answer")); };
    PlayServer();
    Open("hello");
    Run(Seconds(8));
    Restore();
    Run(Seconds(100));
    EXPECT_TRUE(clientFastOpen->IsBlackholeSuspected());
    EXPECT_EQ(NextSyn(), "C SYN 0:5 cookie");
    EXPECT_FALSE(clientFastOpen->IsBlackholeSuspected());
}

// Data on a plain connection, opened in the pause, does not.
TEST_F(Blackhole, C10_DataOnAPlainConnectionDoesNotClearIt)
{
    onServerData = [](Connection& end) { end.socket->Send(MakePacket("answer")); };
    PlayServer();
    Open("hello");
    Run(Seconds(8));
    Restore();
    EXPECT_EQ(NextSyn(), "C SYN 0:0");
    EXPECT_TRUE(clientFastOpen->IsBlackholeSuspected());
}

/// Two sockets that open towards each other.
class SimultaneousOpen : public FastOpenTest
{
  protected:
    /// Bind both, connect both, and let both write; returns both ends.
    std::pair<std::shared_ptr<Connection>, std::shared_ptr<Connection>> Cross()
    {
        constexpr uint16_t a = 1111;
        constexpr uint16_t b = 2222;
        auto left = NewClient();
        auto right = NewClient(path->GetServer());
        const auto at = [](const Address& ip, uint16_t port) {
            return InetSocketAddress(Ipv4Address::ConvertFrom(ip), port);
        };
        left->socket->Bind(at(clientIp, a));
        right->socket->Bind(at(serverIp, b));
        left->socket->Connect(at(serverIp, b));
        right->socket->Connect(at(clientIp, a));
        left->socket->Send(MakePacket("from left"));
        right->socket->Send(MakePacket("from right"));
        Run(Seconds(5));
        return {left, right};
    }
};

// As in RFC 793: both SYNs cross, both ends answer, both are connected.
TEST_F(SimultaneousOpen, C14_CrossingSynsOpenOneConnection)
{
    clientSwitch = 0;
    serverSwitch = 0;
    Build();
    const auto [left, right] = Cross();
    EXPECT_EQ(left->received, "from right");
    EXPECT_EQ(right->received, "from left");
    EXPECT_EQ(left->states, (Lines{"SYN_SENT", "SYN_RCVD", "ESTABLISHED"}));
    EXPECT_EQ(right->states, (Lines{"SYN_SENT", "SYN_RCVD", "ESTABLISHED"}));
    EXPECT_EQ(left->events, (Lines{"connected"}));
}

// The data in the crossing SYNs is ignored and sent again.
TEST_F(SimultaneousOpen, C14_DataInCrossingSynsIsSentAgain)
{
    Build();
    const uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    const TcpFastOpenCookie cookie(bytes, sizeof bytes);
    clientFastOpen->GetCache().Store({clientIp, serverIp, cookie, 1460});
    serverFastOpen->GetCache().Store({serverIp, clientIp, cookie, 1460});
    const auto [left, right] = Cross();
    EXPECT_EQ(left->received, "from right");
    EXPECT_EQ(right->received, "from left");
    EXPECT_EQ(left->socket->GetSynDataSent(), 9u);
    EXPECT_EQ(left->socket->GetSynDataAcked(), 0u);
    EXPECT_EQ(left->events, (Lines{"connected"}));
    EXPECT_EQ(right->states.back(), "ESTABLISHED");
}

// A SYN from a peer of ours crosses one with data: the SYN-ACK acknowledges the SYN
// alone, and the data goes out with the ACK of ours.
TEST_F(SimultaneousOpen, C14_SegmentsOfACrossingSyn)
{
    FetchCookie();
    Ptr<RawPeer> peer = PlayServer();
    Open("hello");
    const Time now = Simulator::Now();
    Run(MilliSeconds(60));
    peer->Send({SYN, 0, 0, MSS, "ignored"});
    peer->SendAt(now + MilliSeconds(220), {SYN | ACK, 0, 1, MSS, ""});
    Run(MilliSeconds(300));
    ASSERT_GE(peer->received.size(), 4u);
    EXPECT_EQ(peer->received[1].header.GetFlags(), SYN | ACK);
    EXPECT_EQ(peer->received[1].header.GetAckNumber(), SequenceNumber32(1));
    EXPECT_EQ(peer->received[1].payload, "");
    EXPECT_EQ(peer->received[2].payload, "") << "the SYN-ACK is acknowledged";
    EXPECT_EQ(peer->received[3].payload, "hello");
    EXPECT_EQ(peer->received[3].header.GetSequenceNumber(), SequenceNumber32(1));
}

/// Clients that send data without a cookie.
class NoCookie : public FastOpenTest
{
  protected:
    NoCookie()
    {
        clientSwitch = TcpFastOpen::CLIENT | TcpFastOpen::CLIENT_NO_COOKIE;
    }
};

// Bit 0x4: data in the very first SYN, and no option.
TEST_F(NoCookie, C16_SynHasDataAndNoOption)
{
    serverSwitch = 3;
    Open("hello");
    Run();
    EXPECT_EQ(Segments(3), (Lines{"C SYN 0:5", "S SYN|ACK 0:0 ack 1", "C ACK 1:5 ack 1"}));
    EXPECT_EQ(accepted.at(0)->received, "hello") << "a server that wants a cookie drops the data";
    EXPECT_EQ(clientFastOpen->GetCounters()->activeFail, 1u);
}

// With a server that wants none the round trip is saved on first contact.
TEST_F(NoCookie, C16_S14_ServerWithoutCookiesAcceptsTheData)
{
    serverSwitch = TcpFastOpen::SERVER | TcpFastOpen::SERVER_COOKIE_NOT_REQD;
    Open("hello");
    Run();
    EXPECT_EQ(Segments(3), (Lines{"C SYN 0:5", "S SYN|ACK 0:0 ack 6", "C ACK 6:0 ack 1"}));
    EXPECT_EQ(accepted.at(0)->received, "hello");
    EXPECT_EQ(clientFastOpen->GetCounters()->active, 1u);
}

// The MSS of the last SYN-ACK bounds the data; before there is one, 536 bytes.
TEST_F(NoCookie, C16_ServersMssIsRemembered)
{
    serverSwitch = TcpFastOpen::SERVER | TcpFastOpen::SERVER_COOKIE_NOT_REQD;
    Build();
    listener->SetAttribute("Mss", UintegerValue(1000));
    Open(Pattern(3000));
    Run();
    EXPECT_EQ(Segments(1), (Lines{"C SYN 0:1420"})) << "our own less 40, as on Linux";
    Open(Pattern(3000));
    Run();
    EXPECT_EQ(Segments(1), (Lines{"C SYN 0:960"}));
}

// A cookie that comes was not asked for.
TEST_F(NoCookie, C4_C16_CookieIsIgnored)
{
    Ptr<RawPeer> peer = PlayServer();
    Open("x");
    std::vector<uint8_t> options = MSS;
    const auto option = Option(SomeCookie());
    options.insert(options.end(), option.begin(), option.end());
    peer->SendAt(MilliSeconds(60), {SYN | ACK, 0, 2, options, ""});
    Run(Seconds(1));
    EXPECT_TRUE(clientFastOpen->GetCache().Find(clientIp, serverIp)->cookie.IsEmpty());
}

// A socket can have it alone.
TEST_F(NoCookie, C16_PerSocket)
{
    clientSwitch = 1;
    serverSwitch = TcpFastOpen::SERVER | TcpFastOpen::SERVER_COOKIE_NOT_REQD;
    auto client = NewClient();
    client->socket->SetAttribute("FastOpenNoCookie", BooleanValue(true));
    client->socket->Connect(server);
    client->socket->Send(MakePacket("hello"));
    Run();
    EXPECT_EQ(Segments(1), (Lines{"C SYN 0:5"}));
    EXPECT_EQ(accepted.at(0)->received, "hello");
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
    Run(MilliSeconds(1)); // the SYN has gone
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
    for (uint32_t segment = 1; segment <= 11; segment++)
    {
        Drop(1, SegmentDropModel::CLIENT, segment);
    }
    auto client = Open("hello");
    Run(MilliSeconds(130999));
    EXPECT_EQ(client->events, Lines());
    Run(MilliSeconds(2));
    EXPECT_EQ(client->events, (Lines{"failed"}));
    EXPECT_EQ(client->socket->GetConnectionError(), TcpFastOpenSocket::TIMED_OUT);
    EXPECT_EQ(Segments(100).size(), 11u);
}

// A reset of the open connection is told apart from a close.
TEST_F(Client, C15_ResetOfTheConnectionIsReportedAsReset)
{
    Ptr<RawPeer> peer = PlayServer();
    auto client = Open("hello");
    peer->SendAt(MilliSeconds(60), {SYN | ACK, 0, 1, MSS, ""});
    peer->SendAt(MilliSeconds(300), {RST | ACK, 1, 6, {}, ""});
    Run(Seconds(1));
    EXPECT_EQ(client->events, (Lines{"connected", "closed"})) << "as ns-3 does";
    EXPECT_EQ(client->socket->GetConnectionError(), TcpFastOpenSocket::RESET);
}

// Data that nobody acknowledges, after all retries: timed out.
TEST_F(Client, C15_UnacknowledgedDataIsReportedAsTimedOut)
{
    attributes["ns3::TcpSocket::DataRetries"] = "3";
    Ptr<RawPeer> peer = PlayServer();
    auto client = Open("hello");
    peer->SendAt(MilliSeconds(60), {SYN | ACK, 0, 1, MSS, ""});
    Run(Seconds(100));
    EXPECT_EQ(client->events, (Lines{"connected", "error"}));
    EXPECT_EQ(client->socket->GetConnectionError(), TcpFastOpenSocket::TIMED_OUT);
}

// A close by the peer is no error.
TEST_F(Client, C15_CloseIsNoError)
{
    onServerData = [](Connection& end) { end.socket->Close(); };
    auto client = Open("hello");
    Run(Seconds(1));
    EXPECT_EQ(client->events, (Lines{"connected", "closed"}));
    EXPECT_EQ(client->socket->GetConnectionError(), TcpFastOpenSocket::NO_ERROR);
}

// A socket that was told it is connected is told again when it connects again.
TEST_F(Client, C11_ReusedSocketIsToldThatItIsConnected)
{
    FetchCookie();
    auto client = NewClient();
    client->socket->Connect(server);
    client->socket->Close(); // before the first write: nothing has been sent
    clientFastOpen->SetAttribute("Switch", UintegerValue(0));
    client->events.clear();
    client->socket->Connect(server);
    EXPECT_TRUE(client->events.empty());
    Run(Seconds(1));
    ASSERT_FALSE(client->events.empty());
    EXPECT_EQ(client->events.back(), "connected");
    EXPECT_NEAR((client->connectedAt - Simulator::Now()).GetSeconds(), -0.9, 0.01);
}

// What a connection had not sent when it was reset is not the next one's.
TEST_F(Client, C13_ReusedSocketSendsNothingOfTheLastConnection)
{
    FetchCookie();
    Ptr<RawPeer> peer = PlayServer();
    auto client = Open("old");
    peer->SendAt(Simulator::Now() + MilliSeconds(60), {SYN | ACK, 0, 1, MSS, ""});
    peer->SendAt(Simulator::Now() + MilliSeconds(120), {RST, 1, 0, {}, ""});
    Run(MilliSeconds(300));
    EXPECT_EQ(client->socket->GetConnectionError(), TcpFastOpenSocket::RESET);
    path->GetServer()->GetObject<Ipv4>()->Insert(path->GetServer()->GetObject<TcpL4Protocol>());
    client->socket->SetConnectCallback(MakeNullCallback<void, Ptr<Socket>>(),
                                       MakeNullCallback<void, Ptr<Socket>>());
    EXPECT_EQ(client->socket->Connect(server), 0);
    client->socket->Send(MakePacket("new"));
    Run(Seconds(2));
    EXPECT_EQ(accepted.at(0)->received, "new");
}

// One connection is one failure, however often its SYN was lost.
TEST_F(NegativeCache, C9_OneConnectionFailsOnce)
{
    FetchCookie();
    clientFastOpen->SetAttribute("NegativeTimeout", TimeValue(Seconds(1)));
    Drop(2, SegmentDropModel::CLIENT, 1);
    Drop(2, SegmentDropModel::CLIENT, 2);
    const Time start = Simulator::Now();
    NextSyn(); // again after 1 s and 3 s
    Run(start + MilliSeconds(3500) - Simulator::Now());
    EXPECT_EQ(NextSyn(), "C SYN 0:5 cookie") << "1 s after the first timeout is over";
}

// A time without end has none.
TEST_F(NegativeCache, C9_TimeWithoutEndIsForEver)
{
    Build();
    TcpFastOpenNegativeCache cache;
    cache.SetLimit(1);
    const TcpFastOpenNegativeCache::Path path{Ipv4Address("10.0.0.1"), Ipv4Address("10.0.0.2")};
    cache.Add(path, Time::Max(), Time::Max());
    Run(Seconds(1000000));
    EXPECT_TRUE(cache.IsNegative(path));
}
