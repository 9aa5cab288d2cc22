/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "scenario-runner.h"

#include "scenario.h"
#include "temporary-checksums.h"
#include "temporary-defaults.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/data-rate.h"
#include "ns3/double.h"
#include "ns3/fixed-defaults.h"
#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/node.h"
#include "ns3/p2p-path-helper.h"
#include "ns3/path-helper.h"
#include "ns3/request-response-client.h"
#include "ns3/request-response-server.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/tcp-fast-open-helper.h"
#include "ns3/tcp-fast-open.h"
#include "ns3/uinteger.h"

#include <ctime>

namespace ns3
{

namespace
{

/// The server's port.
constexpr uint16_t PORT = 80;

/// First random streams of what a scenario uses, far enough apart.
constexpr int64_t KEY_STREAMS = 1000;
constexpr int64_t PATH_STREAMS = 2000;      //!< the path's
constexpr int64_t MIDDLEBOX_STREAMS = 3000; //!< that of what loses SYNs with data
constexpr int64_t STACK_STREAMS = 10000;    //!< the Internet stacks'

/**
 * @param scenario the scenario
 * @return its path, not yet built
 */
Ptr<PathHelper>
CreatePath(const Scenario& scenario)
{
    Ptr<PathHelper> path = PathHelper::Create(scenario.topology);
    path->SetAttribute("Ipv6", BooleanValue(scenario.ipv6));
    path->SetAttribute("DualStack", BooleanValue(false));
    if (scenario.rtt)
    {
        path->SetAttribute("Rtt", TimeValue(*scenario.rtt));
    }
    if (scenario.rate)
    {
        path->SetAttribute("Rate", DataRateValue(DataRate(static_cast<uint64_t>(*scenario.rate))));
    }
    if (scenario.loss)
    {
        path->SetAttribute("Loss", DoubleValue(*scenario.loss));
    }
    return path;
}

/**
 * @param ip an Ipv4Address or Ipv6Address
 * @return the address with the server's port
 */
Address
WithPort(const Address& ip)
{
    return Ipv6Address::IsMatchingType(ip)
               ? Address(Inet6SocketAddress(Ipv6Address::ConvertFrom(ip), PORT))
               : Address(InetSocketAddress(Ipv4Address::ConvertFrom(ip), PORT));
}

/**
 * Switch Fast Open on at both ends, or off, as the mode has it.
 *
 * @param scenario the scenario
 * @param ends client and server
 */
void
InstallFastOpen(const Scenario& scenario, const NodeContainer& ends)
{
    TcpFastOpenHelper fastOpen;
    fastOpen.SetAttribute(
        "Switch",
        UintegerValue(scenario.mode == "tfo" ? TcpFastOpen::CLIENT | TcpFastOpen::SERVER : 0));
    fastOpen.Install(ends);
}

/**
 * Give each part of the simulation randomness of its own, which is the same in all modes.
 *
 * @param path the path, built
 * @param ends client and server
 */
void
AssignStreams(Ptr<PathHelper> path, const NodeContainer& ends)
{
    path->AssignStreams(PATH_STREAMS);
    TcpFastOpenHelper::AssignStreams(ends, KEY_STREAMS);
    InternetStackHelper().AssignStreams(NodeContainer::GetGlobal(), STACK_STREAMS);
}

/**
 * Have the segments lost that the scenario names, or that a middlebox would lose.
 *
 * @param scenario the scenario
 * @param path its path, built
 */
void
LoseSegments(const Scenario& scenario, Ptr<PathHelper> path)
{
    if (scenario.drops.empty() && scenario.synDataLoss <= 0)
    {
        return;
    }
    Ptr<SegmentDropModel> model = CreateObject<SegmentDropModel>(PORT);
    model->SetAttribute("SynDataLoss", DoubleValue(scenario.synDataLoss));
    model->AssignStreams(MIDDLEBOX_STREAMS);
    for (const auto& drop : scenario.drops)
    {
        model->Drop(drop.transfer, drop.sender, drop.segment);
    }
    DynamicCast<P2pPathHelper>(path)->SetErrorModel(model);
}

/**
 * @param scenario the scenario
 * @param path its path, built
 * @return the server, on its node
 */
Ptr<RequestResponseServer>
InstallServer(const Scenario& scenario, Ptr<PathHelper> path)
{
    Ptr<RequestResponseServer> server = CreateObject<RequestResponseServer>();
    server->SetAttribute("Protocol", TypeIdValue(TypeId::LookupByName(scenario.factory)));
    const Address any = scenario.ipv6 ? Address(Ipv6Address::GetAny()) : Ipv4Address::GetAny();
    server->SetAttribute("Local", AddressValue(WithPort(any)));
    server->SetAttribute("RequestSize", UintegerValue(scenario.request));
    server->SetAttribute("ResponseSize", UintegerValue(scenario.response));
    path->GetServer()->AddApplication(server);
    return server;
}

/**
 * @param scenario the scenario
 * @param path its path, built
 * @return the client, on its node; it starts when the path is ready
 */
Ptr<RequestResponseClient>
InstallClient(const Scenario& scenario, Ptr<PathHelper> path)
{
    Ptr<RequestResponseClient> client = CreateObject<RequestResponseClient>();
    client->SetAttribute("Protocol", TypeIdValue(TypeId::LookupByName(scenario.factory)));
    client->SetAttribute("Remote", AddressValue(WithPort(path->GetServerAddress())));
    client->SetAttribute("RequestSize", UintegerValue(scenario.request));
    client->SetAttribute("ResponseSize", UintegerValue(scenario.response));
    client->SetAttribute("Transfers", UintegerValue(scenario.transfers));
    client->SetAttribute("Gap", TimeValue(scenario.gap.value_or(path->GetRtt())));
    client->SetStartTime(path->GetReadyTime());
    path->GetClient()->AddApplication(client);
    return client;
}

/**
 * Run the simulator until it has nothing left to do, and clear it.
 *
 * @param result takes the number of events and the CPU time
 */
void
Simulate(ScenarioResult& result)
{
    const std::clock_t before = std::clock();
    Simulator::Run();
    result.cpu = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
    result.events = Simulator::GetEventCount();
    Simulator::Destroy();
}

} // namespace

ScenarioResult
RunScenario(const Scenario& scenario)
{
    const std::string wrong = CheckScenario(scenario);
    NS_ABORT_MSG_UNLESS(wrong.empty(), wrong);

    const TemporaryDefaults defaults(scenario.tcp);
    const FixedDefaults fixed;
    // Wireshark wants checksums, which ns-3 leaves at 0 otherwise, and which take time
    const TemporaryChecksums checksums(!scenario.pcap.empty());
    RngSeedManager::SetSeed(scenario.seed);
    RngSeedManager::SetRun(scenario.run);

    Ptr<PathHelper> path = CreatePath(scenario);
    path->Build();
    const NodeContainer ends(path->GetClient(), path->GetServer());
    InstallFastOpen(scenario, ends);
    AssignStreams(path, ends);
    LoseSegments(scenario, path);
    if (!scenario.pcap.empty())
    {
        path->EnablePcap(scenario.pcap);
    }
    Ptr<RequestResponseServer> server = InstallServer(scenario, path);
    Ptr<RequestResponseClient> client = InstallClient(scenario, path);

    ScenarioResult result;
    result.rtt = path->GetRtt();
    result.rate = static_cast<double>(path->GetRate());
    result.loss = path->GetLoss();

    Ptr<SegmentMonitor> monitor = Create<SegmentMonitor>(scenario.keepSegments);
    server->TraceConnectWithoutContext("SocketCreated",
                                       MakeCallback(&SegmentMonitor::WatchServer, monitor));
    client->TraceConnectWithoutContext("SocketCreated",
                                       MakeCallback(&SegmentMonitor::WatchClient, monitor));
    client->TraceConnectWithoutContext(
        "TransferEnded",
        Callback<void, const TransferRecord&>([&result, monitor](const TransferRecord& record) {
            result.records.push_back(record);
            result.records.back().retransmissions = monitor->GetRetransmissions(record.clientPort);
        }));
    client->TraceConnectWithoutContext("Finished", Callback<void>([] { Simulator::Stop(); }));

    Simulate(result);
    result.segments = monitor->GetSegments();
    return result;
}

} // namespace ns3
