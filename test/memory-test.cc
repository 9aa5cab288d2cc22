/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * What many transfers leave behind, counted.
 */

#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/p2p-path-helper.h"
#include "ns3/request-response-client.h"
#include "ns3/request-response-server.h"
#include "ns3/scenario.h"
#include "ns3/tcp-fast-open-helper.h"
#include "ns3/tcp-fast-open.h"

#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>
#include <iterator>
#include <memory>
#include <ostream>

using namespace ns3;

namespace
{

/// Who opens how, and who closes first.
struct Way
{
    const char* name;  //!< the case's name
    bool fastOpen;     //!< whether with Fast Open
    bool clientCloses; //!< whether the client closes first, and goes to TIME-WAIT
};

void
PrintTo(const Way& way, std::ostream* os)
{
    *os << way.name;
}

/// What is there of connections.
struct Left
{
    std::size_t clientSockets;   //!< that the client's TCP knows
    std::size_t serverSockets;   //!< that the server's TCP knows, but for the listener
    std::size_t clientEndPoints; //!< ports of the client that are taken
    std::size_t serverEndPoints; //!< ports of the client towards which the server's is taken
    long objects;                //!< sockets of both sides that have not been destroyed
};

} // namespace

class Memory : public ::testing::TestWithParam<Way>
{
  protected:
    static constexpr uint16_t PORT = 80;
    static constexpr double MSL = 0.5; //!< seconds; half of TIME-WAIT

    void SetUp() override
    {
        for (const auto& [name, value] : Scenario::LinuxTcp())
        {
            Config::SetDefault(name, StringValue(value));
        }
        Config::SetDefault("ns3::TcpSocketBase::MaxSegLifetime", DoubleValue(MSL));
        RngSeedManager::SetSeed(1);
        RngSeedManager::SetRun(1);
        path = CreateObject<P2pPathHelper>();
        path->SetAttribute("Rtt", TimeValue(MilliSeconds(10)));
        path->SetAttribute("Rate", DataRateValue(DataRate("1Gbps")));
        path->Build();
        TcpFastOpenHelper fastOpen;
        fastOpen.SetAttribute("Switch", UintegerValue(GetParam().fastOpen ? 3 : 0));
        fastOpen.Install(NodeContainer(path->GetClient(), path->GetServer()));
        path->GetServer()->GetObject<TcpFastOpen>()->TraceConnectWithoutContext(
            "PendingCount",
            Callback<void, uint32_t, uint32_t>([this](uint32_t before, uint32_t now) {
                becamePending += now > before;
                pending = now;
            }));
    }

    void TearDown() override
    {
        path = nullptr;
        Simulator::Destroy();
        Config::Reset();
    }

    /// @return the sockets that a node's TCP knows
    static ObjectVectorValue GetSockets(Ptr<Node> node)
    {
        ObjectVectorValue sockets;
        node->GetObject<TcpL4Protocol>()->GetAttribute("SocketList", sockets);
        return sockets;
    }

    /// Have a socket counted for as long as it lives: its trace source keeps the token.
    void Count(Ptr<Object> socket)
    {
        socket->TraceConnectWithoutContext(
            "State",
            Callback<void, TcpSocket::TcpStates_t, TcpSocket::TcpStates_t>(
                [token = token](TcpSocket::TcpStates_t, TcpSocket::TcpStates_t) {}));
    }

    /// Run transfers.
    void Transfer(uint32_t transfers);

    /// @return what is there now
    Left Look() const;

    Ptr<P2pPathHelper> path;                              //!< the link
    std::shared_ptr<int> token{std::make_shared<int>(0)}; //!< in each socket
    uint32_t complete{0};                                 //!< transfers that went well
    uint32_t counted{0};                                  //!< the server's sockets in Count()
    uint32_t becamePending{0};                            //!< how often somebody did
    uint32_t pending{0};                                  //!< how many are now
};

void
Memory::Transfer(uint32_t transfers)
{
    Ptr<RequestResponseServer> server = CreateObject<RequestResponseServer>();
    server->SetAttribute("Local", AddressValue(InetSocketAddress(Ipv4Address::GetAny(), PORT)));
    path->GetServer()->AddApplication(server);
    Ptr<RequestResponseClient> client = CreateObject<RequestResponseClient>();
    client->SetAttribute(
        "Remote",
        AddressValue(InetSocketAddress(Ipv4Address::ConvertFrom(path->GetServerAddress()), PORT)));
    client->SetAttribute("Transfers", UintegerValue(transfers));
    client->SetAttribute("Gap", TimeValue(Time(0)));
    path->GetClient()->AddApplication(client);

    client->TraceConnectWithoutContext(
        "SocketCreated",
        Callback<void, Ptr<Socket>>([this](Ptr<Socket> socket) {
            Count(socket);
            if (GetParam().clientCloses)
            {
                Socket* const closing = PeekPointer(socket); // no reference that would keep it
                socket->TraceConnectWithoutContext(
                    "State",
                    Callback<void, TcpSocket::TcpStates_t, TcpSocket::TcpStates_t>(
                        [closing](TcpSocket::TcpStates_t, TcpSocket::TcpStates_t to) {
                            if (to == TcpSocket::ESTABLISHED)
                            {
                                // Behind the request, which leaves in this moment
                                Simulator::Schedule(NanoSeconds(10),
                                                    &Socket::Close,
                                                    Ptr<Socket>(closing));
                            }
                        }));
            }
        }));
    client->TraceConnectWithoutContext(
        "TransferEnded",
        Callback<void, const TransferRecord&>([this, transfers](const TransferRecord& record) {
            complete += record.status == TransferRecord::Status::OK;
            const ObjectVectorValue sockets = GetSockets(path->GetServer());
            Count(std::prev(sockets.End())->second); // the newest is this transfer's
            counted++;
            if (record.transfer == transfers)
            {
                Simulator::Stop(MilliSeconds(100)); // both have closed, TIME-WAIT goes on
            }
        }));
    Simulator::Run();
}

Left
Memory::Look() const
{
    const auto tcp = [](Ptr<Node> node) { return node->GetObject<TcpL4Protocol>(); };
    const Ipv4Address server = Ipv4Address::ConvertFrom(path->GetServerAddress());
    const Ipv4Address client = path->GetClient()->GetObject<Ipv4>()->GetAddress(1, 0).GetLocal();
    Left left{GetSockets(path->GetClient()).GetN(),
              GetSockets(path->GetServer()).GetN() - 1,
              0,
              0,
              token.use_count() - 1};
    for (uint32_t port = 1; port <= UINT16_MAX; port++)
    {
        // What cannot be allocated is taken
        const auto number = static_cast<uint16_t>(port);
        for (const auto& address : {client, Ipv4Address::GetAny()})
        {
            Ipv4EndPoint* const atClient =
                tcp(path->GetClient())->Allocate(nullptr, address, number);
            left.clientEndPoints += !atClient;
            if (atClient)
            {
                tcp(path->GetClient())->DeAllocate(atClient);
            }
        }
        Ipv4EndPoint* const atServer =
            tcp(path->GetServer())->Allocate(nullptr, server, PORT, client, number);
        left.serverEndPoints += !atServer;
        if (atServer)
        {
            tcp(path->GetServer())->DeAllocate(atServer);
        }
    }
    return left;
}

// Ten thousand transfers one after another leave no socket, endpoint or pending entry
// behind once TIME-WAIT is over.
TEST_P(Memory, A1_TransfersLeaveNothingBehind)
{
    const char* const thin = std::getenv("TFO_TEST_THIN"); // a slow build makes fewer
    const uint32_t transfers = 10000 / (thin ? std::max(1, std::atoi(thin)) : 1);
    Transfer(transfers);
    EXPECT_EQ(complete, transfers);
    EXPECT_EQ(counted, transfers);

    // In TIME-WAIT all of it is there, at the end that closed first
    const Left before = Look();
    const bool atClient = GetParam().clientCloses;
    EXPECT_GT(atClient ? before.clientSockets : before.serverSockets, 0u);
    EXPECT_GT(atClient ? before.clientEndPoints : before.serverEndPoints, 0u);
    EXPECT_GT(before.objects, 1);

    Simulator::Stop(Seconds(2 * MSL));
    Simulator::Run();
    const Left after = Look();
    EXPECT_EQ(after.clientSockets, 0u);
    EXPECT_EQ(after.serverSockets, 0u);
    EXPECT_EQ(after.clientEndPoints, 0u);
    EXPECT_EQ(after.serverEndPoints, 0u);
    EXPECT_EQ(after.objects, 1) << "the last one, which the client application keeps";
    EXPECT_EQ(pending, 0u);
    EXPECT_EQ(becamePending, GetParam().fastOpen ? transfers - 1 : 0u);
    std::cout << transfers << " transfers; in TIME-WAIT " << before.clientSockets << " and "
              << before.serverSockets << " sockets, " << before.objects << " objects" << std::endl;
}

INSTANTIATE_TEST_SUITE_P(,
                         Memory,
                         ::testing::Values(Way{"plain", false, false},
                                           Way{"fastOpen", true, false},
                                           Way{"plainClientCloses", false, true},
                                           Way{"fastOpenClientCloses", true, true}),
                         [](const auto& info) { return std::string(info.param.name); });
