/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * A first scenario: a client sends 1,000 bytes to a server over a satellite,
 * twice. At first contact it gets a cookie; the second time the bytes ride in
 * the SYN and arrive one round trip sooner.
 *
 *   ./tfo run first-scenario
 *   ./tfo run first-scenario --topology=mobile
 *
 * Change it, or put a .cc of your own beside it: each file here is a program.
 */

#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/path-helper.h"
#include "ns3/tcp-fast-open-helper.h"

#include <iostream>

using namespace ns3;

int
main(int argc, char* argv[])
{
    std::string topology = "satellite";
    CommandLine cmd(__FILE__);
    cmd.AddValue("topology", "p2p, lan, satellite or mobile", topology);
    cmd.Parse(argc, argv);

    Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(1448)); // ns-3: 536

    // 1. The network. Its numbers are attributes: try "Loss" with DoubleValue(0.01).
    Ptr<PathHelper> path = PathHelper::Create(topology);
    if (!path)
    {
        std::cerr << "there is no topology " << topology << std::endl;
        return 2;
    }
    path->SetAttribute("Loss", DoubleValue(0));
    path->Build();

    // 2. Fast Open on both nodes; bit 1 of the switch is the client, bit 2 the server.
    TcpFastOpenHelper fastOpen;
    fastOpen.SetAttribute("Switch", UintegerValue(3));
    fastOpen.Install(NodeContainer(path->GetClient(), path->GetServer()));

    // 3. Applications, any that take a socket factory: both ends name ours where they
    //    would name ns3::TcpSocketFactory.
    const uint16_t port = 80;
    PacketSinkHelper sink("ns3::TcpFastOpenSocketFactory",
                          InetSocketAddress(Ipv4Address::GetAny(), port));
    ApplicationContainer server = sink.Install(path->GetServer());
    server.Start(Seconds(0));

    BulkSendHelper bulk(
        "ns3::TcpFastOpenSocketFactory",
        InetSocketAddress(Ipv4Address::ConvertFrom(path->GetServerAddress()), port));
    bulk.SetAttribute("MaxBytes", UintegerValue(1000));
    bulk.SetAttribute("SendSize", UintegerValue(1000)); // the SYN takes the first write
    const Time starts[] = {path->GetReadyTime(), path->GetReadyTime() + Seconds(5)};
    for (const Time& start : starts)
    {
        bulk.Install(path->GetClient()).Start(start);
    }

    // 4. What is to be seen: when the bytes arrive. Trace sources of the node's
    //    TcpFastOpen tell more: CookieGranted, SynDataAccepted, Fallback ...
    server.Get(0)->TraceConnectWithoutContext(
        "Rx",
        Callback<void, Ptr<const Packet>, const Address&>(
            [&](Ptr<const Packet> packet, const Address&) {
                const bool second = Simulator::Now() >= starts[1];
                std::cout << (second ? "with a cookie: " : "first contact: ") << packet->GetSize()
                          << " bytes after " << (Simulator::Now() - starts[second]).As(Time::MS)
                          << std::endl;
            }));

    Simulator::Stop(Seconds(10));
    Simulator::Run();
    Simulator::Destroy();
    return 0;
}
