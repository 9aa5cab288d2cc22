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
#include "ns3/ppp-header.h"
#include "ns3/tcp-linux-socket-factory.h"
#include "ns3/tcp-sound-socket-factory.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <numeric>
#include <sstream>

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

namespace
{

/// Whose sockets applications use.
struct Sockets
{
    const char* name;     //!< for the test's name
    const char* factory;  //!< what the applications ask for
    bool nodeWide{false}; //!< whether the helper makes ns-3's factory one of ours
    uint32_t bits{0};     //!< the switch of Fast Open
};

void
PrintTo(const Sockets& sockets, std::ostream* os)
{
    *os << sockets.name;
}

/// ns-3's own.
const Sockets STOCK{"Stock", "ns3::TcpSocketFactory"};

/// Puts applications on both ends of a link, the server at port 80.
using Installer = std::function<void(const Link&, const Sockets&)>;

/**
 * Run applications and watch the link.
 *
 * @param sockets whose sockets they use
 * @param install puts the applications on the nodes
 * @return the segments as the link carries them: milliseconds, sender, flags but PSH, numbers
 *         and size
 */
std::vector<std::pair<double, std::string>>
Watch(const Sockets& sockets, const Installer& install)
{
    Link link(sockets.nodeWide);
    const NodeContainer ends(link.path->GetClient(), link.path->GetServer());
    for (const auto& node : {ends.Get(0), ends.Get(1)})
    {
        node->AggregateObject(CreateObject<TcpSoundSocketFactory>());
        node->AggregateObject(CreateObject<TcpLinuxSocketFactory>());
        if (sockets.nodeWide)
        {
            node->GetObject<TcpFastOpen>()->SetAttribute("Switch", UintegerValue(sockets.bits));
        }
    }
    std::vector<std::pair<double, std::string>> seen;
    for (const bool client : {true, false})
    {
        ends.Get(client ? 0 : 1)
            ->GetDevice(0)
            ->TraceConnectWithoutContext(
                "PhyTxBegin",
                Callback<void, Ptr<const Packet>>([&seen, client](Ptr<const Packet> packet) {
                    Ptr<Packet> copy = packet->Copy();
                    PppHeader ppp;
                    Ipv4Header ip;
                    TcpHeader tcp;
                    copy->RemoveHeader(ppp);
                    copy->RemoveHeader(ip);
                    copy->RemoveHeader(tcp);
                    std::ostringstream line;
                    line << (client ? "C " : "S ")
                         << TcpHeader::FlagsToString(tcp.GetFlags() & ~TcpHeader::PSH) << ' '
                         << tcp.GetSequenceNumber() << ' ' << tcp.GetAckNumber() << ' '
                         << copy->GetSize();
                    seen.emplace_back(Simulator::Now().GetSeconds() * 1e3, line.str());
                }));
    }
    install(link, sockets);
    Simulator::Stop(Seconds(300));
    Simulator::Run();
    return seen;
}

/**
 * @param segments segments
 * @return the last ones, a line each
 */
std::string
Tail(const std::vector<std::pair<double, std::string>>& segments)
{
    std::ostringstream text;
    const std::size_t count = segments.size();
    for (std::size_t i = count - std::min<std::size_t>(count, 12); i < count; i++)
    {
        text << segments[i].first << ' ' << segments[i].second << '\n';
    }
    return text.str();
}

/**
 * @param link the link
 * @return the server's address and port
 */
Address
ServerOf(const Link& link)
{
    return InetSocketAddress(Ipv4Address::ConvertFrom(link.path->GetServerAddress()), 80);
}

/**
 * Put a sink on the server.
 *
 * @param link the link
 * @param sockets whose sockets it uses
 * @return the sink
 */
Ptr<PacketSink>
InstallSink(const Link& link, const Sockets& sockets)
{
    PacketSinkHelper sinks(sockets.factory, InetSocketAddress(Ipv4Address::GetAny(), 80));
    ApplicationContainer sink = sinks.Install(link.path->GetServer());
    sink.Start(Seconds(0));
    return DynamicCast<PacketSink>(sink.Get(0));
}

/// A client that writes 1,000 bytes each 100 ms, ten times, and closes when its peer does.
class DripClient
{
  public:
    /**
     * @param link the link
     * @param sockets whose socket it uses
     */
    DripClient(const Link& link, const Sockets& sockets)
    {
        Simulator::Schedule(Seconds(1), [this, &link, sockets] {
            socket =
                Socket::CreateSocket(link.path->GetClient(), TypeId::LookupByName(sockets.factory));
            socket->SetCloseCallbacks(Callback<void, Ptr<Socket>>([this](Ptr<Socket> closed) {
                                          told++;
                                          closed->Close();
                                      }),
                                      MakeNullCallback<void, Ptr<Socket>>());
            socket->Connect(ServerOf(link));
            for (int i = 0; i < 10; i++)
            {
                Simulator::Schedule(MilliSeconds(300 + 100 * i),
                                    [this] { taken += socket->Send(Create<Packet>(1000)); });
            }
        });
    }

    Ptr<Socket> socket; //!< its socket
    int taken{0};       //!< how much it could write, in bytes
    int told{0};        //!< how often it heard that its peer closes
};

/// Applications, by name.
const std::pair<const char*, Installer> APPLICATIONS[] = {
    {"Bulk",
     [](const Link& link, const Sockets& sockets) {
         InstallSink(link, sockets);
         BulkSendHelper bulk(sockets.factory, ServerOf(link));
         bulk.SetAttribute("MaxBytes", UintegerValue(300000));
         bulk.Install(link.path->GetClient()).Start(Seconds(1));
     }},
    {"OnOff",
     [](const Link& link, const Sockets& sockets) {
         InstallSink(link, sockets);
         OnOffHelper onOff(sockets.factory, ServerOf(link));
         onOff.SetConstantRate(DataRate("200kb/s"), 700);
         ApplicationContainer client = onOff.Install(link.path->GetClient());
         client.Start(Seconds(1));
         client.Stop(Seconds(6));
     }},
    {"OnOffAndSinkStopsFirst",
     [](const Link& link, const Sockets& sockets) {
         Ptr<PacketSink> sink = InstallSink(link, sockets);
         sink->SetStopTime(Seconds(3));
         OnOffHelper onOff(sockets.factory, ServerOf(link));
         onOff.SetConstantRate(DataRate("200kb/s"), 700);
         ApplicationContainer client = onOff.Install(link.path->GetClient());
         client.Start(Seconds(1));
         client.Stop(Seconds(6));
     }},
    {"Http", [](const Link& link, const Sockets&) {
         Config::SetDefault("ns3::ThreeGppHttpVariables::HighMtuProbability", DoubleValue(1));
         Ptr<ThreeGppHttpVariables> variables = CreateObject<ThreeGppHttpVariables>();
         variables->AssignStreams(1);
         ThreeGppHttpServerHelper servers(link.path->GetServerAddress());
         ApplicationContainer server = servers.Install(link.path->GetServer());
         server.Get(0)->SetAttribute("Variables", PointerValue(variables));
         server.Start(Seconds(0));
         ThreeGppHttpClientHelper clients(link.path->GetServerAddress());
         ApplicationContainer client = clients.Install(link.path->GetClient());
         client.Get(0)->SetAttribute("Variables", PointerValue(variables));
         client.Start(Seconds(1));
         client.Stop(Seconds(20));
     }}};

} // namespace

class EverySocket : public ::testing::TestWithParam<Sockets>
{
};

// Each application's whole exchange is that over ns-3's sockets, with the FINs of both ends:
// the same segments, at the same times but for a few bytes of options.
TEST_P(EverySocket, A1_A4_ExchangesAreThoseOverStockSockets)
{
    for (const auto& [name, install] : APPLICATIONS)
    {
        SCOPED_TRACE(name);
        if (std::string(name) == "Http" && !GetParam().nodeWide)
        {
            continue; // it asks for ns-3's factory, whatever one wants
        }
        auto stock = Watch(STOCK, install);
        // They take the first ACK in LAST-ACK for that of their FIN, and reset what follows
        stock.erase(
            std::remove_if(stock.begin(),
                           stock.end(),
                           [](const auto& segment) { return segment.second.find("C RST") == 0; }),
            stock.end());
        const auto ours = Watch(GetParam(), install);
        ASSERT_GE(stock.size(), 10u);
        for (std::size_t i = 0; i < std::min(stock.size(), ours.size()); i++)
        {
            ASSERT_EQ(ours[i].second, stock[i].second) << i << " at " << stock[i].first;
            ASSERT_NEAR(ours[i].first, stock[i].first, 0.1) << i;
        }
        EXPECT_EQ(ours.size(), stock.size()) << Tail(stock) << "and ours:\n" << Tail(ours);
        const std::string all = std::accumulate(
            stock.begin(),
            stock.end(),
            std::string(),
            [](const std::string& text, const auto& line) { return text + line.second + '\n'; });
        EXPECT_NE(all.find("C FIN"), std::string::npos);
        EXPECT_NE(all.find("S FIN"), std::string::npos);
    }
}

INSTANTIATE_TEST_SUITE_P(,
                         EverySocket,
                         ::testing::Values(Sockets{"Sound", "ns3::TcpSoundSocketFactory"},
                                           Sockets{"Linux", "ns3::TcpLinuxSocketFactory"},
                                           Sockets{"Off", "ns3::TcpSocketFactory", true, 0}),
                         ::testing::PrintToStringParamName());

class Sink : public ::testing::TestWithParam<Sockets>
{
};

// ns-3's sink says that it sends nothing, to its listener and before any connection; its end
// of a connection is open until the client closes, nevertheless, and all arrives.
TEST_P(Sink, A1_A3_DoesNotCloseBeforeItsClient)
{
    Ptr<PacketSink> sink;
    std::unique_ptr<DripClient> client;
    const auto segments = Watch(GetParam(), [&](const Link& link, const Sockets& sockets) {
        sink = InstallSink(link, sockets);
        client = std::make_unique<DripClient>(link, sockets);
        Simulator::Schedule(Seconds(10), [&client] {
            EXPECT_EQ(client->told, 0);
            client->socket->Close();
        });
    });
    EXPECT_EQ(client->taken, 10000);
    EXPECT_EQ(sink->GetTotalRx(), 10000u);
    EXPECT_EQ(client->told, 1) << "of the FIN that answers its own";
    ASSERT_GE(segments.size(), 3u);
    const auto isFin = [](const auto& segment) {
        return segment.second.find("FIN") != std::string::npos;
    };
    EXPECT_EQ(std::count_if(segments.begin(), segments.end(), isFin), 2);
    EXPECT_TRUE(isFin(segments[segments.size() - 3]));
    EXPECT_TRUE(isFin(segments[segments.size() - 2]));
}

INSTANTIATE_TEST_SUITE_P(,
                         Sink,
                         ::testing::Values(STOCK,
                                           Sockets{"Sound", "ns3::TcpSoundSocketFactory"},
                                           Sockets{"Linux", "ns3::TcpLinuxSocketFactory"},
                                           Sockets{"Off", "ns3::TcpSocketFactory", true, 0},
                                           Sockets{"On", "ns3::TcpSocketFactory", true, 3}),
                         ::testing::PrintToStringParamName());

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
