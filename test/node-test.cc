/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * N: the node. A: the applications.
 */

#include "fast-open-test.h"

#include "ns3/applications-module.h"
#include "ns3/internet-module.h"
#include "ns3/point-to-point-module.h"

#include <sstream>

class NodeSwitch : public FastOpenTest
{
};

// Bit 1 lets clients, bit 2 servers use Fast Open; the default is the client's.
TEST_F(NodeSwitch, N1_DefaultIsTheClient)
{
    Ptr<TcpFastOpen> fastOpen = CreateObject<TcpFastOpen>();
    EXPECT_TRUE(fastOpen->IsClientEnabled());
    EXPECT_FALSE(fastOpen->IsServerEnabled());
    fastOpen->SetAttribute("Switch", UintegerValue(2));
    EXPECT_FALSE(fastOpen->IsClientEnabled());
    EXPECT_TRUE(fastOpen->IsServerEnabled());
    fastOpen->SetAttribute("Switch", UintegerValue(0));
    EXPECT_FALSE(fastOpen->IsClientEnabled() || fastOpen->IsServerEnabled());
}

TEST_F(NodeSwitch, N1_ServerNeedsItsBit)
{
    serverSwitch = 1;
    Open("hello");
    Run();
    EXPECT_EQ(Segments(2), (Lines{"C SYN 0:0 request", "S SYN|ACK 0:0 ack 1"}));
}

// All of Linux's bits, in any combination.
TEST_F(NodeSwitch, N1_BitsAreLinuxs)
{
    Ptr<TcpFastOpen> fastOpen = CreateObject<TcpFastOpen>();
    fastOpen->SetAttribute("Switch", UintegerValue(0x607));
    for (const auto bit : {0x1, 0x2, 0x4, 0x200, 0x400})
    {
        EXPECT_TRUE(fastOpen->IsSet(static_cast<TcpFastOpen::Switch>(bit)));
    }
    UintegerValue value;
    fastOpen->GetAttribute("Switch", value);
    EXPECT_EQ(value.Get(), 0x607u);
    fastOpen->SetAttribute("Switch", UintegerValue(0x204));
    EXPECT_FALSE(fastOpen->IsClientEnabled());
    EXPECT_TRUE(fastOpen->IsSet(TcpFastOpen::CLIENT_NO_COOKIE));
    EXPECT_FALSE(fastOpen->SetAttributeFailSafe("Switch", UintegerValue(0x800)));
}

// 0 turns all off, whatever the sockets ask for.
TEST_F(NodeSwitch, N1_ZeroIsOff)
{
    clientSwitch = 0;
    serverSwitch = 0;
    auto client = NewClient();
    client->socket->SetAttribute("FastOpenNoCookie", BooleanValue(true));
    client->socket->Connect(server);
    client->socket->Send(MakePacket("hello"));
    Run();
    EXPECT_EQ(Segments(2), (Lines{"C SYN 0:0", "S SYN|ACK 0:0 ack 1"}));
}

// The bits without cookies mean nothing where the main bits are off.
TEST_F(NodeSwitch, N1_NoCookieNeedsTheClientsBit)
{
    clientSwitch = TcpFastOpen::CLIENT_NO_COOKIE;
    Open("hello");
    Run();
    EXPECT_EQ(Segments(1), (Lines{"C SYN 0:0"}));
}

// A bit that is none is named.
TEST(NodeSwitchDeathTest, N1_UnknownBitIsNamed)
{
    EXPECT_DEATH(CreateObject<TcpFastOpen>()->SetAttribute("Switch", UintegerValue(0x8)),
                 "Switch is 0x8; the bits are 1, 2, 4, 0x200 and 0x400");
}

/// The counters of both nodes.
class NodeCounters : public FastOpenTest
{
  protected:
    /// Those of a node that are not 0, as text.
    static Lines Set(Ptr<TcpFastOpen> node)
    {
        Lines lines;
        for (const std::string name : {"Active",
                                       "ActiveFail",
                                       "Passive",
                                       "PassiveFail",
                                       "PassiveAltKey",
                                       "ListenOverflow",
                                       "CookieReqd",
                                       "Blackhole"})
        {
            UintegerValue value;
            node->GetCounters()->GetAttribute(name, value);
            if (value.Get() > 0)
            {
                lines.push_back(name + " " + std::to_string(value.Get()));
            }
        }
        return lines;
    }
};

// What each kind of opening counts, at both ends.
TEST_F(NodeCounters, N2_CountersHaveLinuxsMeanings)
{
    FetchCookie();
    EXPECT_EQ(Set(clientFastOpen), Lines());
    EXPECT_EQ(Set(serverFastOpen), (Lines{"CookieReqd 1"}));
    Open("hello");
    Run(Seconds(1));
    EXPECT_EQ(Set(clientFastOpen), (Lines{"Active 1"}));
    EXPECT_EQ(Set(serverFastOpen), (Lines{"Passive 1", "CookieReqd 1"}));
    serverFastOpen->SetAttribute("Key", StringValue("00000000-00000000-00000000-00000001"));
    Open("hello");
    Run(Seconds(1));
    EXPECT_EQ(Set(clientFastOpen), (Lines{"Active 1", "ActiveFail 1"}));
    EXPECT_EQ(Set(serverFastOpen), (Lines{"Passive 1", "PassiveFail 1", "CookieReqd 1"}));
}

// A server counts requests also where it is off, as Linux does.
TEST_F(NodeCounters, N2_RequestsAreCountedWhereTheServerIsOff)
{
    serverSwitch = 0;
    Open("hello");
    Run(Seconds(1));
    EXPECT_EQ(Set(serverFastOpen), (Lines{"CookieReqd 1"}));
}

// Each counter is an attribute to read, and a trace source, under a path of Config.
TEST_F(NodeCounters, N2_CountersAreAttributesAndTraceSources)
{
    Build();
    std::vector<uint64_t> seen;
    EXPECT_TRUE(Config::ConnectWithoutContextFailSafe(
        "/NodeList/*/$ns3::TcpFastOpen/Counters/CookieReqd",
        Callback<void, uint64_t, uint64_t>([&](uint64_t, uint64_t now) { seen.push_back(now); })));
    FetchCookie();
    EXPECT_EQ(seen, std::vector<uint64_t>{1});
    EXPECT_FALSE(serverFastOpen->GetCounters()->SetAttributeFailSafe("Passive", UintegerValue(7)));
}

// Print() writes what `nstat -az TcpExtTCPFastOpen*` writes.
TEST_F(NodeCounters, N2_PrintHasTheFormOfNstat)
{
    FetchCookie();
    std::ostringstream text;
    serverFastOpen->GetCounters()->Print(text);
    EXPECT_EQ(text.str(),
              "#kernel\n"
              "TcpExtTCPFastOpenActive         0                  0.0\n"
              "TcpExtTCPFastOpenActiveFail     0                  0.0\n"
              "TcpExtTCPFastOpenPassive        0                  0.0\n"
              "TcpExtTCPFastOpenPassiveFail    0                  0.0\n"
              "TcpExtTCPFastOpenListenOverflow 0                  0.0\n"
              "TcpExtTCPFastOpenCookieReqd     1                  0.0\n"
              "TcpExtTCPFastOpenBlackhole      0                  0.0\n"
              "TcpExtTCPFastOpenPassiveAltKey  0                  0.0\n");
}

namespace
{

/**
 * A NAT between the client and the server: at the server's device it gives the
 * client's packets another source address, and at the client's it puts the answers
 * right.
 */
class Nat : public ErrorModel
{
  public:
    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("ns3::TestNat").SetParent<ErrorModel>().AddConstructor<Nat>();
        return tid;
    }

    Ptr<PointToPointNetDevice> client; //!< the device inside
    Ptr<PointToPointNetDevice> server; //!< the device outside
    Ipv4Address inside;                //!< the client's own address
    Ipv4Address outside;               //!< what the server sees

  private:
    bool DoCorrupt(Ptr<Packet> packet) override
    {
        if (m_own)
        {
            return false;
        }
        Ptr<Packet> copy = packet->Copy();
        PppHeader ppp;
        Ipv4Header ip;
        copy->RemoveHeader(ppp);
        copy->RemoveHeader(ip);
        const bool out = ip.GetSource() == inside;
        out ? ip.SetSource(outside) : ip.SetDestination(inside);
        copy->AddHeader(ip);
        copy->AddHeader(ppp);
        m_own = true;
        (out ? server : client)->Receive(copy);
        m_own = false;
        return true;
    }

    void DoReset() override
    {
    }

    bool m_own{false}; //!< our own packet is on its way
};

} // namespace

/// A client whose address changes.
class AddressChange : public FastOpenTest
{
};

// Behind a NAT that gets another address, the cookie is invalid: the data goes again
// with the first ACK, at the plain handshake's time, and the new cookie serves.
TEST_F(AddressChange, N5_NatWithANewAddressCostsOnlyTheBytes)
{
    Build();
    Ptr<Nat> nat = CreateObject<Nat>();
    nat->client = DynamicCast<PointToPointNetDevice>(path->GetClient()->GetDevice(0));
    nat->server = DynamicCast<PointToPointNetDevice>(path->GetServer()->GetDevice(0));
    nat->inside = Ipv4Address::ConvertFrom(clientIp);
    nat->outside = Ipv4Address("10.1.1.101");
    path->SetErrorModel(nat);
    FetchCookie();
    onServerData = [](Connection& end) { end.socket->Send(MakePacket("answer")); };
    const auto answeredAfter = [this] {
        const Time start = Simulator::Now();
        auto client = Open("hello");
        Run(Seconds(1));
        EXPECT_EQ(client->received, "answer");
        return (client->dataTimes.at(0) - start).GetSeconds();
    };
    EXPECT_NEAR(answeredAfter(), 0.1003, 0.0002) << "one round trip";

    nat->outside = Ipv4Address("10.1.1.102");
    EXPECT_NEAR(answeredAfter(), 0.2003, 0.0002) << "two";
    EXPECT_EQ(Segments(3),
              (Lines{"C SYN 0:5 cookie", "S SYN|ACK 0:0 ack 1 cookie", "C ACK 1:5 ack 1"}));
    EXPECT_NEAR(answeredAfter(), 0.1003, 0.0002) << "one again";
}

// A client that moves to another address of its own has no cookie for it.
TEST_F(AddressChange, N5_NewAddressOfTheClientAsksForANewCookie)
{
    FetchCookie();
    Ptr<Ipv4> ipv4 = path->GetClient()->GetObject<Ipv4>();
    ipv4->RemoveAddress(1, 0);
    ipv4->AddAddress(1, Ipv4InterfaceAddress("10.1.1.103", "255.255.255.0"));
    Open("hello", true);
    Run(Seconds(1));
    EXPECT_EQ(Segments(2), (Lines{"C SYN 0:0 request", "S SYN|ACK 0:0 ack 1 cookie"}));
    Open("hello", true);
    Run(Seconds(1));
    EXPECT_EQ(Segments(2), (Lines{"C SYN 0:5 cookie", "S SYN|ACK 0:0 ack 6"}));
}

class NodeTraces : public FastOpenTest
{
  protected:
    /// Note every trace source of both nodes.
    void Watch()
    {
        Build();
        for (const auto& [name, node] :
             {std::pair<std::string, Ptr<TcpFastOpen>>{"client", clientFastOpen},
              {"server", serverFastOpen}})
        {
            const std::string who = name;
            const auto note = [this, who](const std::string& what) {
                traces.push_back(who + ": " + what);
            };
            node->TraceConnectWithoutContext(
                "CookieRequested",
                Callback<void, const Address&, const Address&>(
                    [note](const Address&, const Address&) { note("cookie requested"); }));
            for (const std::string source : {"CookieGranted", "CookieCached"})
            {
                node->TraceConnectWithoutContext(
                    source,
                    Callback<void, const Address&, const Address&, const TcpFastOpenCookie&>(
                        [note, source](const Address&, const Address&, const TcpFastOpenCookie& c) {
                            std::ostringstream text;
                            text << source << " " << +c.GetSize();
                            note(text.str());
                        }));
            }
            for (const std::string source : {"SynDataSent", "SynDataAccepted"})
            {
                node->TraceConnectWithoutContext(
                    source,
                    Callback<void, const Address&, const Address&, uint32_t>(
                        [note, source](const Address&, const Address&, uint32_t bytes) {
                            note(source + " " + std::to_string(bytes));
                        }));
            }
            node->TraceConnectWithoutContext(
                "SynDataRefused",
                Callback<void, const Address&, const Address&, uint32_t, TcpFastOpen::Refusal>(
                    [note](const Address&,
                           const Address&,
                           uint32_t bytes,
                           TcpFastOpen::Refusal why) {
                        std::ostringstream text;
                        text << "refused " << bytes << ": " << why;
                        note(text.str());
                    }));
            node->TraceConnectWithoutContext(
                "Fallback",
                Callback<void, const Address&, const Address&, TcpFastOpen::Fallback>(
                    [note](const Address&, const Address&, TcpFastOpen::Fallback why) {
                        std::ostringstream text;
                        text << "fallback: " << why;
                        note(text.str());
                    }));
        }
    }

    Lines traces; //!< what was traced, in order
};

// First contact, then data in the SYN.
TEST_F(NodeTraces, N3_CookieAndSynDataAreTraced)
{
    Watch();
    FetchCookie();
    EXPECT_EQ(
        traces,
        (Lines{"client: cookie requested", "server: CookieGranted 8", "client: CookieCached 8"}));
    traces.clear();
    Open("hello");
    Run();
    EXPECT_EQ(traces, (Lines{"client: SynDataSent 5", "server: SynDataAccepted 5"}));
    EXPECT_EQ(clientFastOpen->GetCounters()->active, 1u);
    EXPECT_EQ(serverFastOpen->GetCounters()->passive, 1u);
    EXPECT_EQ(serverFastOpen->GetCounters()->cookieReqd, 1u);
}

// Refused data, and why.
TEST_F(NodeTraces, N3_RefusalAndFallbackAreTracedWithTheirReasons)
{
    Watch();
    FetchCookie();
    traces.clear();
    serverFastOpen->SetAttribute("Key", StringValue("00000000-00000000-00000000-00000001"));
    Open("hello");
    Run();
    EXPECT_EQ(traces,
              (Lines{"client: SynDataSent 5",
                     "server: refused 5: invalid cookie",
                     "server: CookieGranted 8",
                     "client: CookieCached 8",
                     "client: fallback: data not acknowledged"}));
    EXPECT_EQ(clientFastOpen->GetCounters()->activeFail, 1u);
    EXPECT_EQ(serverFastOpen->GetCounters()->passiveFail, 1u);

    traces.clear();
    serverFastOpen->SetAttribute("Switch", UintegerValue(1));
    Open("hello");
    Run();
    EXPECT_EQ(traces.at(1), "server: refused 5: Fast Open is off");
}

TEST_F(NodeTraces, N3_RetransmittedSynIsTracedAsAFallback)
{
    Watch();
    FetchCookie();
    traces.clear();
    Drop(2, SegmentDropModel::CLIENT, 1);
    Open("hello");
    Run();
    EXPECT_EQ(traces, (Lines{"client: SynDataSent 5", "client: fallback: SYN retransmitted"}));
    EXPECT_EQ(clientFastOpen->GetCounters()->activeFail, 1u);
}

// Applications of ns-3 over the factory: they gain, and nothing is lost.
class Applications : public FastOpenTest
{
  protected:
    /// When the sink got its first byte, counted from the application's start.
    Time FirstByte(const std::string& source, uint32_t* total)
    {
        Ptr<Node> client = path->GetClient();
        PacketSinkHelper sinks("ns3::TcpFastOpenSocketFactory",
                               InetSocketAddress(Ipv4Address::GetAny(), ++m_port));
        ApplicationContainer sink = sinks.Install(path->GetServer());
        const Address remote = InetSocketAddress(Ipv4Address::ConvertFrom(serverIp), m_port);
        ApplicationContainer app;
        if (source == "bulk")
        {
            BulkSendHelper bulk("ns3::TcpFastOpenSocketFactory", remote);
            bulk.SetAttribute("MaxBytes", UintegerValue(100000));
            app = bulk.Install(client);
        }
        else
        {
            OnOffHelper onOff("ns3::TcpFastOpenSocketFactory", remote);
            onOff.SetConstantRate(DataRate("10Mbps"), 500);
            onOff.SetAttribute("MaxBytes", UintegerValue(100000));
            app = onOff.Install(client);
        }
        Time first{-1};
        uint32_t bytes = 0;
        sink.Get(0)->TraceConnectWithoutContext("Rx",
                                                Callback<void, Ptr<const Packet>, const Address&>(
                                                    [&](Ptr<const Packet> packet, const Address&) {
                                                        bytes += packet->GetSize();
                                                        first = first.IsStrictlyNegative()
                                                                    ? Simulator::Now()
                                                                    : first;
                                                    }));
        const Time start = Simulator::Now() + MilliSeconds(10);
        app.Start(start - Simulator::Now());
        sink.Start(Time(0));
        Run(Seconds(10));
        *total = bytes;
        return first - start;
    }

    /// Expect the second transfer a round trip sooner than the first, both whole;
    /// returns when the second one's first byte came.
    Time ExpectGain(const std::string& source)
    {
        Build();
        uint32_t bytes = 0;
        const Time first = FirstByte(source, &bytes);
        EXPECT_EQ(bytes, 100000u);
        const Time again = FirstByte(source, &bytes);
        EXPECT_EQ(bytes, 100000u);
        EXPECT_NEAR((first - again).GetSeconds(), 0.100, 0.002);
        return again;
    }

  private:
    uint16_t m_port{1000};
};

TEST_F(Applications, A1_BulkSendGainsARoundTrip)
{
    EXPECT_NEAR(ExpectGain("bulk").GetSeconds(), 0.0505, 0.001);
}

TEST_F(Applications, A1_OnOffGainsARoundTrip)
{
    ExpectGain("onoff");
}

// The stream is exact over random loss, duplication and reordering.
class ExactStream : public ::testing::TestWithParam<int>
{
};

namespace
{

/**
 * Loses, holds back and repeats packets at random. Those held back and repeated
 * come out again at the receiving device after a random time.
 */
class Troublemaker : public ErrorModel
{
  public:
    static TypeId GetTypeId()
    {
        static TypeId tid =
            TypeId("ns3::TestTroublemaker").SetParent<ErrorModel>().AddConstructor<Troublemaker>();
        return tid;
    }

    Ptr<UniformRandomVariable> random{CreateObject<UniformRandomVariable>()};
    Ptr<PointToPointNetDevice> device; //!< where packets arrive
    double loss{0.05};                 //!< probability of loss
    double hold{0.05};                 //!< probability of being held back
    double repeat{0.05};               //!< probability of being repeated

  private:
    bool DoCorrupt(Ptr<Packet> packet) override
    {
        if (m_own)
        {
            return false;
        }
        const double dice = random->GetValue();
        if (dice < loss)
        {
            return true;
        }
        if (dice < loss + hold + repeat)
        {
            Simulator::Schedule(MilliSeconds(random->GetInteger(1, 300)),
                                &Troublemaker::Deliver,
                                this,
                                packet->Copy());
        }
        return dice < loss + hold;
    }

    void Deliver(Ptr<Packet> packet)
    {
        m_own = true;
        device->Receive(packet);
        m_own = false;
    }

    void DoReset() override
    {
    }

    bool m_own{false}; //!< our own packet is on its way
};

} // namespace

TEST_P(ExactStream, A3_EachByteOnceAndInOrder)
{
    const Scenario::Attributes attributes = Scenario::LinuxTcp();
    for (const auto& [name, value] : attributes)
    {
        Config::SetDefault(name, StringValue(value));
    }
    RngSeedManager::SetRun(GetParam());
    Ptr<P2pPathHelper> path = CreateObject<P2pPathHelper>();
    path->SetAttribute("Rtt", TimeValue(MilliSeconds(40)));
    path->Build();
    const NodeContainer ends(path->GetClient(), path->GetServer());
    TcpFastOpenHelper helper;
    helper.SetAttribute("Switch", UintegerValue(3));
    helper.Install(ends);
    TcpFastOpenHelper::AssignStreams(ends, 10);
    std::vector<Ptr<Troublemaker>> trouble;
    for (int i = 0; i < 2; i++)
    {
        Ptr<Troublemaker> model = CreateObject<Troublemaker>();
        model->random->SetStream(100 + i);
        model->device = DynamicCast<PointToPointNetDevice>(ends.Get(i)->GetDevice(0));
        model->device->SetReceiveErrorModel(model);
        trouble.push_back(model);
    }

    // Each connection: a request of some size, an answer to it, both patterns.
    const std::string requests[] = {Pattern(1),
                                    Pattern(300),
                                    Pattern(1420),
                                    Pattern(1421),
                                    Pattern(20000)};
    const std::string answer = Pattern(30000).substr(17);

    struct Served
    {
        std::string got;
        std::size_t sent{0};
    };

    std::map<Ptr<Socket>, std::shared_ptr<Served>> served;
    Ptr<Socket> listener = Socket::CreateSocket(ends.Get(1), TcpFastOpenSocketFactory::GetTypeId());
    listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), 80));
    listener->Listen();
    const auto read = [](Ptr<Socket> socket) {
        std::string text;
        while (Ptr<Packet> packet = socket->Recv())
        {
            if (packet->GetSize() == 0)
            {
                break;
            }
            std::string piece(packet->GetSize(), '\0');
            packet->CopyData(reinterpret_cast<uint8_t*>(&piece[0]), piece.size());
            text += piece;
        }
        return text;
    };
    std::string expected;
    listener->SetAcceptCallback(
        MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
        Callback<void, Ptr<Socket>, const Address&>([&](Ptr<Socket> socket, const Address&) {
            auto state = std::make_shared<Served>();
            served[socket] = state;
            socket->SetRecvCallback(
                Callback<void, Ptr<Socket>>([&, state, read](Ptr<Socket> connection) {
                    state->got += read(connection);
                    ASSERT_TRUE(expected.compare(0, state->got.size(), state->got) == 0);
                    if (state->got.size() == expected.size() && state->sent == 0)
                    {
                        state->sent = answer.size();
                        connection->Send(MakePacket(answer));
                        connection->Close();
                    }
                }));
        }));

    for (const auto& request : requests)
    {
        for (int repetition = 0; repetition < 3; repetition++)
        {
            expected = request;
            served.clear();
            std::string got;
            bool gone = false;
            Ptr<Socket> client =
                Socket::CreateSocket(ends.Get(0), TcpFastOpenSocketFactory::GetTypeId());
            client->SetConnectCallback(
                Callback<void, Ptr<Socket>>(
                    [&](Ptr<Socket> socket) { socket->Send(MakePacket(request)); }),
                Callback<void, Ptr<Socket>>([&](Ptr<Socket>) { gone = true; }));
            client->SetRecvCallback(
                Callback<void, Ptr<Socket>>([&](Ptr<Socket> socket) { got += read(socket); }));
            client->SetCloseCallbacks(
                Callback<void, Ptr<Socket>>([&](Ptr<Socket> socket) { socket->Close(); }),
                Callback<void, Ptr<Socket>>([&](Ptr<Socket>) { gone = true; }));
            Simulator::Schedule(MilliSeconds(1), [&] {
                client->Connect(
                    InetSocketAddress(Ipv4Address::ConvertFrom(path->GetServerAddress()), 80));
            });
            Simulator::Stop(Seconds(100));
            Simulator::Run();
            EXPECT_FALSE(gone && got != answer);
            EXPECT_TRUE(got == answer) << got.size() << " bytes of " << answer.size();
            std::size_t complete = 0;
            for (const auto& [socket, state] : served)
            {
                complete += state->got == request;
            }
            EXPECT_GE(complete, 1u);
            client->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
            client->SetCloseCallbacks(MakeNullCallback<void, Ptr<Socket>>(),
                                      MakeNullCallback<void, Ptr<Socket>>());
        }
    }
    EXPECT_GT(ends.Get(0)->GetObject<TcpFastOpen>()->GetCounters()->active, 0u);
    served.clear();
    listener = nullptr;
    Simulator::Destroy();
    Config::Reset();
}

INSTANTIATE_TEST_SUITE_P(, ExactStream, ::testing::Range(1, 41));
