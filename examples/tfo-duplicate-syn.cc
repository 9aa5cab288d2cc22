/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * Why a request that must not run twice belongs behind the handshake.
 *
 * A client orders something from a server over Fast Open and closes. Ten seconds
 * later the network delivers a copy of the client's SYN once more. The server has
 * forgotten the connection; the cookie in the copy is still valid, and so is the
 * order (RFC 7413, section 2.1). Sent with the flag MSG_AFTER_HANDSHAKE, or over a
 * socket without FastOpenConnect, the order is not in the SYN, and runs once.
 *
 *   ./tfo run tfo-duplicate-syn
 */

#include "ns3/boolean.h"
#include "ns3/command-line.h"
#include "ns3/inet-socket-address.h"
#include "ns3/p2p-path-helper.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/simulator.h"
#include "ns3/tcp-fast-open-helper.h"
#include "ns3/tcp-fast-open-socket-factory.h"
#include "ns3/tcp-fast-open-socket.h"
#include "ns3/uinteger.h"

#include <iostream>

using namespace ns3;

namespace
{

constexpr uint16_t PORT = 80;
constexpr uint32_t ORDER_SIZE = 100; // bytes
const Time FIRST_CONTACT = Seconds(0);
const Time ORDERING = Seconds(1);

/// Where the application keeps its order out of the SYN.
enum class KeepOut
{
    NOWHERE,
    WRITE,
    SOCKET,
};

/**
 * Make a connection, order, wait for the answer, close.
 *
 * @param node the client
 * @param server the server's address and port
 * @param keepOut where the order is kept out of the SYN
 */
void
Order(Ptr<Node> node, InetSocketAddress server, KeepOut keepOut)
{
    Ptr<Socket> socket = Socket::CreateSocket(node, TcpFastOpenSocketFactory::GetTypeId());
    socket->SetAttribute("FastOpenConnect", BooleanValue(keepOut != KeepOut::SOCKET));
    socket->SetConnectCallback(
        Callback<void, Ptr<Socket>>([keepOut](Ptr<Socket> connected) {
            connected->Send(Create<Packet>(ORDER_SIZE),
                            keepOut == KeepOut::WRITE ? TcpFastOpenSocket::MSG_AFTER_HANDSHAKE : 0);
        }),
        MakeNullCallback<void, Ptr<Socket>>());
    socket->SetRecvCallback(Callback<void, Ptr<Socket>>([](Ptr<Socket> connected) {
        connected->Recv();
        connected->Close();
    }));
    socket->Connect(server);
}

/**
 * Count how often the server runs an order that the client makes once.
 *
 * @param keepOut where the order is kept out of the SYN
 * @return how often
 */
uint32_t
CountOrders(KeepOut keepOut)
{
    Ptr<P2pPathHelper> path = CreateObject<P2pPathHelper>();
    path->Build();
    TcpFastOpenHelper fastOpen;
    fastOpen.SetAttribute("Switch", UintegerValue(3));
    fastOpen.Install(NodeContainer(path->GetClient(), path->GetServer()));
    const InetSocketAddress server(Ipv4Address::ConvertFrom(path->GetServerAddress()), PORT);

    // The server runs each order that it reads, answers, and closes when the client has.
    uint32_t orders = 0;
    Ptr<Socket> listener =
        Socket::CreateSocket(path->GetServer(), TcpFastOpenSocketFactory::GetTypeId());
    listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
    listener->SetAcceptCallback(
        MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
        Callback<void, Ptr<Socket>, const Address&>([&orders](Ptr<Socket> child, const Address&) {
            child->SetRecvCallback(Callback<void, Ptr<Socket>>([&orders](Ptr<Socket> connection) {
                Ptr<Packet> packet = connection->Recv();
                if (packet && packet->GetSize() == ORDER_SIZE)
                {
                    orders++;
                    connection->Send(Create<Packet>(1));
                }
            }));
            child->SetCloseCallbacks(Callback<void, Ptr<Socket>>([](Ptr<Socket> connection) {
                                         Simulator::ScheduleNow(&Socket::Close, connection);
                                     }),
                                     MakeNullCallback<void, Ptr<Socket>>());
        }));
    listener->Listen();

    // The network delivers the first segment after ORDERING once more.
    // A trace that held a reference to its own object would keep it for ever.
    auto* device = PeekPointer(DynamicCast<PointToPointNetDevice>(path->GetServer()->GetDevice(0)));
    bool repeated = false;
    device->TraceConnectWithoutContext(
        "PhyRxEnd",
        Callback<void, Ptr<const Packet>>([&repeated, device](Ptr<const Packet> packet) {
            if (!repeated && Simulator::Now() > ORDERING)
            {
                repeated = true;
                Simulator::Schedule(Seconds(10),
                                    &PointToPointNetDevice::Receive,
                                    device,
                                    packet->Copy());
            }
        }));

    // At first contact the client only gets its cookie.
    Simulator::Schedule(FIRST_CONTACT, [&] {
        Ptr<Socket> socket =
            Socket::CreateSocket(path->GetClient(), TcpFastOpenSocketFactory::GetTypeId());
        socket->SetConnectCallback(
            Callback<void, Ptr<Socket>>([](Ptr<Socket> connected) { connected->Close(); }),
            MakeNullCallback<void, Ptr<Socket>>());
        socket->Connect(server);
    });
    Simulator::Schedule(ORDERING, &Order, path->GetClient(), server, keepOut);
    Simulator::Stop(Seconds(60));
    Simulator::Run();
    Simulator::Destroy();
    return orders;
}

} // namespace

int
main(int argc, char* argv[])
{
    CommandLine cmd(__FILE__);
    cmd.Parse(argc, argv);

    std::cout << "One order, and a copy of its SYN 10 s later. The server runs it\n";
    for (const auto& [name, keepOut] :
         {std::pair<const char*, KeepOut>{"in the SYN:                      ", KeepOut::NOWHERE},
          {"kept out by MSG_AFTER_HANDSHAKE: ", KeepOut::WRITE},
          {"kept out by FastOpenConnect:     ", KeepOut::SOCKET}})
    {
        const uint32_t orders = CountOrders(keepOut);
        std::cout << "  " << name << orders << (orders == 1 ? " time\n" : " times\n");
    }
    return 0;
}
