/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * A: applications of ns-3 that know nothing of Fast Open, and requests that must
 * not run twice.
 */

#include "fast-open-test.h"

#include "ns3/applications-module.h"
#include "ns3/internet-module.h"
#include "ns3/point-to-point-module.h"

namespace
{

/// A client and a server on a link of 100 ms and 10 Mb/s.
class Link
{
  public:
    /**
     * @param fastOpen whether Fast Open is installed, node-wide
     */
    explicit Link(bool fastOpen)
    {
        Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(1448));
        RngSeedManager::SetRun(1);
        path = CreateObject<P2pPathHelper>();
        path->Build();
        if (fastOpen)
        {
            TcpFastOpenHelper helper;
            helper.SetNodeWide(true);
            helper.SetAttribute("Switch", UintegerValue(3));
            helper.Install(NodeContainer(path->GetClient(), path->GetServer()));
        }
    }

    ~Link()
    {
        path = nullptr;
        Simulator::Destroy();
        Config::Reset();
    }

    Ptr<P2pPathHelper> path; //!< the path
};

/// How long 3GPP HTTP takes to load its first main object, of about 5,000 bytes: each
/// of two clients on one node, one after the other.
std::vector<double>
LoadMainObjects(bool fastOpen)
{
    Link link(fastOpen);
    Config::SetDefault("ns3::ThreeGppHttpVariables::HighMtuProbability", DoubleValue(1));
    Ptr<ThreeGppHttpVariables> variables = CreateObject<ThreeGppHttpVariables>();
    variables->SetMainObjectSizeMean(5000);
    variables->SetMainObjectSizeStdDev(1);
    variables->SetMainObjectGenerationDelay(Time(0));
    variables->AssignStreams(1);

    ThreeGppHttpServerHelper servers(link.path->GetServerAddress());
    ApplicationContainer server = servers.Install(link.path->GetServer());
    server.Get(0)->SetAttribute("Variables", PointerValue(variables));
    server.Start(Seconds(0));

    std::vector<double> times;
    for (const int start : {1, 20})
    {
        ThreeGppHttpClientHelper clients(link.path->GetServerAddress());
        ApplicationContainer client = clients.Install(link.path->GetClient());
        client.Get(0)->SetAttribute("Variables", PointerValue(variables));
        client.Start(Seconds(start));
        client.Stop(Seconds(start + 10));
        client.Get(0)->TraceConnectWithoutContext(
            "RxMainObject",
            Callback<void, Ptr<const ThreeGppHttpClient>, Ptr<const Packet>>(
                [&times, start](Ptr<const ThreeGppHttpClient>, Ptr<const Packet>) {
                    if (times.size() < (start == 1 ? 1U : 2U))
                    {
                        times.push_back(Simulator::Now().GetSeconds() - start);
                    }
                }));
    }
    Simulator::Stop(Seconds(35));
    Simulator::Run();
    return times;
}

} // namespace

class Http : public ::testing::Test
{
};

// 3GPP HTTP, which names ns3::TcpSocketFactory in its code, loads its main object a
// round trip sooner on a returning connection; without the helper it does not.
TEST_F(Http, A1_C11_MainObjectLoadsARoundTripSoonerOnReturning)
{
    const auto plain = LoadMainObjects(false);
    const auto fast = LoadMainObjects(true);
    const auto plainAgain = LoadMainObjects(false);
    ASSERT_EQ(plain.size(), 2u);
    ASSERT_EQ(fast.size(), 2u);
    EXPECT_NEAR(plain[1], plain[0], 0.001);
    EXPECT_NEAR(fast[0], plain[0], 0.001) << "first contact: as plain";
    EXPECT_NEAR(fast[1], plain[1] - 0.100, 0.001);
    EXPECT_EQ(plainAgain, plain) << "the same programs in the same process, as before";
}

// Nodes with and without the helper live side by side.
TEST_F(Http, A1_OtherNodesKeepTheirTcp)
{
    Link link(false);
    TcpFastOpenHelper helper;
    helper.SetNodeWide(true);
    helper.Install(link.path->GetServer());
    const auto type = [](Ptr<Node> node) {
        return Socket::CreateSocket(node, TcpSocketFactory::GetTypeId())->GetInstanceTypeId();
    };
    for (int i = 0; i < 20; i++)
    {
        EXPECT_EQ(type(link.path->GetClient()), TcpSocketBase::GetTypeId());
        EXPECT_EQ(type(link.path->GetServer()), TcpFastOpenSocket::GetTypeId());
    }
}

// It takes the place of a factory that was used before; without the choice it does not.
TEST_F(Http, A1_NodeWideIsAChoice)
{
    for (const bool nodeWide : {false, true})
    {
        Link link(false);
        Ptr<Node> node = link.path->GetClient();
        const auto make = [node](TypeId factory) {
            return Socket::CreateSocket(node, factory)->GetInstanceTypeId();
        };
        for (int i = 0; i < 50; i++)
        {
            make(TcpSocketFactory::GetTypeId());
        }
        TcpFastOpenHelper helper;
        helper.SetNodeWide(nodeWide);
        helper.Install(node);
        for (int i = 0; i < 100; i++)
        {
            EXPECT_EQ(make(TcpFastOpenSocketFactory::GetTypeId()), TcpFastOpenSocket::GetTypeId());
        }
        EXPECT_EQ(make(TcpSocketFactory::GetTypeId()),
                  nodeWide ? TcpFastOpenSocket::GetTypeId() : TcpSocketBase::GetTypeId());
    }
}

// The trace paths that users know reach the module's sockets.
TEST_F(Http, A1_TracePathsOfSocketsWork)
{
    Link link(true);
    const NodeContainer ends(link.path->GetClient(), link.path->GetServer());
    PacketSinkHelper sinks("ns3::TcpSocketFactory", InetSocketAddress(Ipv4Address::GetAny(), 80));
    sinks.Install(ends.Get(1)).Start(Seconds(0));
    BulkSendHelper bulk(
        "ns3::TcpSocketFactory",
        InetSocketAddress(Ipv4Address::ConvertFrom(link.path->GetServerAddress()), 80));
    bulk.SetAttribute("MaxBytes", UintegerValue(100000));
    bulk.Install(ends.Get(0)).Start(Seconds(0));
    uint32_t windows = 0;
    uint32_t states = 0;
    uint32_t congestion = 0;
    Simulator::Schedule(MilliSeconds(1), [&] {
        const std::string sockets = "/NodeList/*/$ns3::TcpL4Protocol/SocketList/*/";
        EXPECT_TRUE(Config::ConnectWithoutContextFailSafe(
            sockets + "CongestionWindow",
            Callback<void, uint32_t, uint32_t>([&](uint32_t, uint32_t) { windows++; })));
        EXPECT_TRUE(Config::ConnectWithoutContextFailSafe(
            sockets + "State",
            Callback<void, TcpSocket::TcpStates_t, TcpSocket::TcpStates_t>(
                [&](TcpSocket::TcpStates_t, TcpSocket::TcpStates_t) { states++; })));
        EXPECT_TRUE(Config::ConnectWithoutContextFailSafe(
            "/NodeList/*/$ns3::TcpL4Protocol/SocketList/*/RTT",
            Callback<void, Time, Time>([&](Time, Time) { congestion++; })));
    });
    Simulator::Stop(Seconds(10));
    Simulator::Run();
    EXPECT_GT(windows, 10u);
    EXPECT_GT(states, 2u);
    EXPECT_GT(congestion, 10u);
}

/// A request that must not run twice: the server counts how often it is asked.
class Idempotence : public FastOpenTest
{
  protected:
    void SetUp() override
    {
        FetchCookie();
        onServerData = [this](Connection& end) {
            if (end.received == "order")
            {
                orders++;
                end.received += '.'; // once for a connection
                end.socket->Send(MakePacket("done"));
            }
        };
        // The network delivers the client's first SYN once more, 10 s later.
        auto* device = // no Ptr: the trace would keep its own object
            PeekPointer(DynamicCast<PointToPointNetDevice>(path->GetServer()->GetDevice(0)));
        device->TraceConnectWithoutContext(
            "PhyRxEnd",
            Callback<void, Ptr<const Packet>>([this, device](Ptr<const Packet> packet) {
                if (!repeated)
                {
                    repeated = true;
                    Simulator::Schedule(Seconds(10),
                                        &PointToPointNetDevice::Receive,
                                        device,
                                        packet->Copy());
                }
            }));
    }

    /// Order over a socket, close, and run until the duplicate has come.
    void Order(Ptr<TcpFastOpenSocket> socket, uint32_t flags)
    {
        socket->SetConnectCallback(Callback<void, Ptr<Socket>>([flags](Ptr<Socket> connected) {
                                       connected->Send(MakePacket("order"), flags);
                                   }),
                                   MakeNullCallback<void, Ptr<Socket>>());
        socket->SetRecvCallback(Callback<void, Ptr<Socket>>([this](Ptr<Socket> connected) {
            Ptr<Packet> packet = connected->Recv();
            answers += packet && packet->GetSize() > 0;
            connected->Close(); // first: the server forgets at once, the client waits
        }));
        socket->Connect(server);
        Run(Seconds(5));
        ASSERT_EQ(orders, 1u);
        ASSERT_EQ(answers, 1u);
        accepted.at(0)->socket->Close();
        Run(Seconds(5));
        ASSERT_EQ(accepted[0]->states.back(), "CLOSED") << "the server has forgotten";
        Run(Seconds(200));
    }

    uint32_t orders{0};   //!< how often the server was asked
    uint32_t answers{0};  //!< how often the client was answered
    bool repeated{false}; //!< whether the SYN was copied
};

// A duplicate of a SYN with data that comes after the connection is over runs the
// request again (RFC 7413, section 2.1).
TEST_F(Idempotence, A2_DuplicateSynRunsTheRequestTwice)
{
    Order(NewClient()->socket, 0);
    EXPECT_EQ(orders, 2u);
    EXPECT_EQ(Segments(1), (Lines{"C SYN 0:5 cookie"}));
}

// Kept out of the SYN by the switch for a write, it runs once.
TEST_F(Idempotence, A2_WriteKeptOutOfTheSynRunsOnce)
{
    Order(NewClient()->socket, TcpFastOpenSocket::MSG_AFTER_HANDSHAKE);
    EXPECT_EQ(orders, 1u);
    EXPECT_EQ(Segments(1), (Lines{"C SYN 0:0"}));
}

// And so it does by the switch for a socket.
TEST_F(Idempotence, A2_SocketKeptOutOfFastOpenRunsOnce)
{
    auto client = NewClient();
    client->socket->SetAttribute("FastOpenConnect", BooleanValue(false));
    Order(client->socket, 0);
    EXPECT_EQ(orders, 1u);
}

// On first contact the flag changes nothing: the SYN asks for a cookie.
TEST_F(Idempotence, A2_FlagStillAsksForACookie)
{
    clientFastOpen->GetCache().Remove(clientIp, serverIp);
    Order(NewClient()->socket, TcpFastOpenSocket::MSG_AFTER_HANDSHAKE);
    EXPECT_EQ(Segments(1), (Lines{"C SYN 0:0 request"}));
    EXPECT_EQ(orders, 1u);
}
