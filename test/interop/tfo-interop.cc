/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * The simulated link of `test/interop`, in real time. Each end of it is a node of the
 * simulation, with an application over the module's sockets; or, where a TAP device is
 * given, the node is a router, and the end is the operating system behind the TAP.
 *
 *   kernel -- TAP -- client node -- link -- server node -- TAP -- kernel
 *
 * It tells what happens by a line of JSON each on standard output, and ends when its
 * standard input does, with the counters of the simulated ends as nstat prints them.
 */

#include "pattern-exchange.h"
#include "skewed-channel.h"

#include "ns3/arp-cache.h"
#include "ns3/boolean.h"
#include "ns3/config.h"
#include "ns3/data-rate.h"
#include "ns3/fd-net-device.h"
#include "ns3/flag-reader.h"
#include "ns3/global-value.h"
#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-interface.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/ipv6-address-helper.h"
#include "ns3/ipv6-interface.h"
#include "ns3/ipv6-l3-protocol.h"
#include "ns3/ipv6-static-routing-helper.h"
#include "ns3/mac48-address.h"
#include "ns3/ndisc-cache.h"
#include "ns3/p2p-path-helper.h"
#include "ns3/realtime-simulator-impl.h"
#include "ns3/scenario-flags.h"
#include "ns3/scenario.h"
#include "ns3/segment-drop-model.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/tcp-fast-open-helper.h"
#include "ns3/tcp-fast-open-socket-factory.h"
#include "ns3/tcp-fast-open-socket.h"
#include "ns3/tcp-fast-open.h"

#include <algorithm>
#include <iostream>
#include <optional>
#include <set>
#include <sstream>
#include <thread>
#include <unistd.h>

using namespace ns3;

namespace
{

constexpr uint16_t PORT = 80;

/// What the command line asks for.
struct Options
{
    Scenario scenario; //!< link, workload and TCP
    int clientTap{-1}; //!< descriptor of the TAP whose kernel is the client; -1: simulated
    int serverTap{-1}; //!< the same for the server
    std::optional<Time> forward; //!< how long the link takes to the server; half the round trip
};

/// One end of the link.
struct End
{
    Ptr<Node> node;      //!< its node
    Ptr<NetDevice> link; //!< the node's device on the link
    Address address;     //!< the node's address there
};

Time g_late; // the most that a packet left for a kernel behind its time

/**
 * Tell something.
 *
 * @param what what it is
 * @param rest further members of the JSON object, with a comma before each
 */
void
Tell(const std::string& what, const std::string& rest = "")
{
    std::cout << "{\"event\": \"" << what << '"' << rest << '}' << std::endl;
}

/**
 * @param name a member's name
 * @param value its value
 * @return the member, with a comma before it
 */
template <class T>
std::string
Member(const std::string& name, const T& value)
{
    std::ostringstream text;
    text << ", \"" << name << "\": " << std::boolalpha << value;
    return text.str();
}

/**
 * @param name a member's name
 * @param value its value, a text that needs no escapes
 * @return the member, with a comma before it
 */
template <class T>
std::string
TextMember(const std::string& name, const T& value)
{
    std::ostringstream text;
    text << '"' << value << '"';
    return Member(name, text.str());
}

/**
 * @param ip an Ipv4Address or Ipv6Address
 * @return it as text
 */
std::string
Text(const Address& ip)
{
    std::ostringstream text;
    if (Ipv6Address::IsMatchingType(ip))
    {
        text << Ipv6Address::ConvertFrom(ip);
    }
    else
    {
        text << Ipv4Address::ConvertFrom(ip);
    }
    return text.str();
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
 * @param node a node of the path
 * @param ipv6 whether the path has IPv6
 * @return the end
 */
End
GetEnd(Ptr<Node> node, bool ipv6)
{
    for (uint32_t i = 0; i < node->GetNDevices(); i++)
    {
        Ptr<NetDevice> device = node->GetDevice(i);
        if (device->IsPointToPoint())
        {
            if (ipv6)
            {
                Ptr<Ipv6> ip = node->GetObject<Ipv6>();
                const auto interface = ip->GetInterfaceForDevice(device);
                return {node, device, ip->GetAddress(interface, 1).GetAddress()};
            }
            Ptr<Ipv4> ip = node->GetObject<Ipv4>();
            const auto interface = ip->GetInterfaceForDevice(device);
            return {node, device, ip->GetAddress(interface, 0).GetLocal()};
        }
    }
    NS_ABORT_MSG("the path has no link");
}

/**
 * Send what a node has no other route for over the link.
 *
 * @param end the node's end
 * @param other the other one
 */
void
RouteOverLink(const End& end, const End& other)
{
    if (Ipv6Address::IsMatchingType(other.address))
    {
        Ptr<Ipv6> ip = end.node->GetObject<Ipv6>();
        Ipv6StaticRoutingHelper().GetStaticRouting(ip)->SetDefaultRoute(
            Ipv6Address::ConvertFrom(other.address),
            ip->GetInterfaceForDevice(end.link));
        return;
    }
    Ptr<Ipv4> ip = end.node->GetObject<Ipv4>();
    Ipv4StaticRoutingHelper().GetStaticRouting(ip)->SetDefaultRoute(
        Ipv4Address::ConvertFrom(other.address),
        ip->GetInterfaceForDevice(end.link));
}

/**
 * Make a router of a node, with a kernel behind it: 10.2.N.1 for the kernel's 10.2.N.2,
 * fd00:10:2:N::1 for its ::2, with the MAC addresses 02::1:N and 02::2:N.
 *
 * @param end the node's end
 * @param number N, 1 for the client's side and 2 for the server's
 * @param tap the TAP's descriptor
 */
void
AttachTap(const End& end, int number, int tap)
{
    const std::string n = std::to_string(number);
    Ptr<FdNetDevice> device = CreateObject<FdNetDevice>();
    device->SetAttribute("Address", Mac48AddressValue(("02:00:00:00:01:0" + n).c_str()));
    end.node->AddDevice(device);
    device->SetFileDescriptor(tap);
    device->TraceConnectWithoutContext(
        "MacTx",
        Callback<void, Ptr<const Packet>>([](Ptr<const Packet> /* packet */) {
            const auto clock = DynamicCast<RealtimeSimulatorImpl>(Simulator::GetImplementation());
            g_late = std::max(g_late, clock->RealtimeNow() - Simulator::Now());
        }));
    const bool ipv6 = Ipv6Address::IsMatchingType(end.address);
    const std::string network = ipv6 ? "fd00:10:2:" + n + "::" : "10.2." + n + ".";
    if (ipv6)
    {
        Ipv6AddressHelper helper(Ipv6Address(network.c_str()), Ipv6Prefix(64));
        helper.AssignWithoutAddress(NetDeviceContainer(device));
        Ptr<Ipv6> ip = end.node->GetObject<Ipv6>();
        const Ipv6Address address((network + "1").c_str());
        ip->AddAddress(ip->GetInterfaceForDevice(device),
                       Ipv6InterfaceAddress(address, Ipv6Prefix(64)));
    }
    else
    {
        Ipv4AddressHelper helper((network + "0").c_str(), "255.255.255.0");
        helper.Assign(NetDeviceContainer(device));
    }
    // The neighbour is given, since packets beyond the third that wait for its address
    // would be lost; but not before the device starts, which clears the table.
    const Mac48Address mac(("02:00:00:00:02:0" + n).c_str());
    Simulator::Schedule(MilliSeconds(1), [=] {
        const auto add = [&](auto cache, auto neighbour) {
            auto entry = cache->Add(neighbour);
            entry->SetMacAddress(mac);
            entry->MarkPermanent();
        };
        if (ipv6)
        {
            Ptr<Ipv6L3Protocol> ip = end.node->GetObject<Ipv6L3Protocol>();
            add(ip->GetInterface(ip->GetInterfaceForDevice(device))->GetNdiscCache(),
                Ipv6Address((network + "2").c_str()));
        }
        else
        {
            Ptr<Ipv4L3Protocol> ip = end.node->GetObject<Ipv4L3Protocol>();
            add(ip->GetInterface(ip->GetInterfaceForDevice(device))->GetArpCache(),
                Ipv4Address((network + "2").c_str()));
        }
    });
}

/**
 * Tell what a node with Fast Open does.
 *
 * @param node the node
 */
void
Watch(Ptr<Node> node)
{
    Ptr<TcpFastOpen> fastOpen = node->GetObject<TcpFastOpen>();
    fastOpen->TraceConnectWithoutContext(
        "CookieCached",
        Callback<void, const Address&, const Address&, const TcpFastOpenCookie&>(
            [keys = fastOpen->GetKeys()](const Address& client,
                                         const Address& server,
                                         const auto& cookie) {
                // With the key that is set, this is what the server ought to have made.
                const auto own = keys->Make(client, server);
                Tell("cookie", TextMember("got", cookie) + TextMember("made", own));
            }));
    fastOpen->TraceConnectWithoutContext(
        "CookieGranted",
        Callback<void, const Address&, const Address&, const TcpFastOpenCookie&>(
            [](const Address& /* client */, const Address& /* server */, const auto& cookie) {
                Tell("granted", TextMember("cookie", cookie));
            }));
    fastOpen->TraceConnectWithoutContext(
        "SynDataAccepted",
        Callback<void, const Address&, const Address&, uint32_t>(
            [](const Address& /* client */, const Address& /* server */, uint32_t bytes) {
                Tell("syn data accepted", Member("bytes", bytes));
            }));
}

/**
 * Serve requests.
 *
 * @param node the server
 * @param scenario the sizes
 */
void
Serve(Ptr<Node> node, const Scenario& scenario)
{
    Ptr<Socket> listener = Socket::CreateSocket(node, TcpFastOpenSocketFactory::GetTypeId());
    const Address any = scenario.ipv6 ? Address(Ipv6Address::GetAny()) : Ipv4Address::GetAny();
    NS_ABORT_MSG_IF(listener->Bind(WithPort(any)) != 0, "cannot listen");
    listener->SetAcceptCallback(
        MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
        Callback<void, Ptr<Socket>, const Address&>([scenario](Ptr<Socket> socket,
                                                               const Address& /* from */) {
            Create<PatternExchange>(PatternExchange::SERVER,
                                    scenario.response,
                                    scenario.request,
                                    [](const PatternExchange& exchange, Ptr<Socket> /* socket */) {
                                        Tell("request",
                                             Member("bytes", exchange.GetReceived()) +
                                                 Member("exact", exchange.IsExact()));
                                    })
                ->Start(socket);
        }));
    listener->Listen();
}

/**
 * Make transfers, one after the other.
 *
 * @param node the client
 * @param server the server's address
 * @param scenario their number and sizes, and the time between them
 * @param number the number of the next one, from 1
 */
void
MakeTransfers(Ptr<Node> node, Address server, const Scenario& scenario, uint32_t number)
{
    if (number > scenario.transfers)
    {
        Tell("done");
        return;
    }
    const auto ended = [=](const PatternExchange& exchange, Ptr<Socket> used) {
        const auto socket = DynamicCast<TcpFastOpenSocket>(used);
        Tell("transfer",
             Member("number", number) + Member("bytes", exchange.GetReceived()) +
                 Member("exact", exchange.IsExact()) +
                 Member("syn_data", socket->GetSynDataAcked()) +
                 Member("first_ms", exchange.GetFirstByte().GetSeconds() * 1e3) +
                 Member("last_ms", exchange.GetLastByte().GetSeconds() * 1e3));
        Simulator::Schedule(scenario.gap.value_or(*scenario.rtt),
                            &MakeTransfers,
                            node,
                            server,
                            scenario,
                            number + 1);
    };
    Ptr<Socket> socket = Socket::CreateSocket(node, TcpFastOpenSocketFactory::GetTypeId());
    Create<PatternExchange>(PatternExchange::CLIENT, scenario.request, scenario.response, ended)
        ->Start(socket);
    NS_ABORT_MSG_IF(socket->Connect(WithPort(server)) != 0, "cannot connect");
}

/**
 * @param argc number of arguments
 * @param argv the arguments
 * @return what they ask for
 */
Options
ReadOptions(int argc, char* argv[])
{
    Options options;
    options.scenario.rtt = MilliSeconds(100);
    options.scenario.rate = 10e6;
    FlagReader reader(__FILE__, "A simulated link, in real time, with a kernel at either end.");
    const auto add = [&](const std::string& name, int& tap) {
        reader.Add(name, "descriptor of the TAP of a kernel there", "a simulated end", [&](auto t) {
            tap = static_cast<int>(ReadCount(t, 3, 1 << 20));
        });
    };
    add("client-tap", options.clientTap);
    add("server-tap", options.serverTap);
    reader.Add("mode", "3whs or tfo", "tfo", [&](auto text) { options.scenario.mode = text; });
    reader.Add("gap", "time between a transfer and the next", "rtt", [&](auto text) {
        options.scenario.gap = Seconds(ReadSeconds(text, "needs a time, as 100ms"));
    });
    reader.Add("forward", "part of the RTT that is the way to the server", "half", [&](auto text) {
        options.forward = Seconds(ReadSeconds(text, "needs a time, as 40ms"));
    });
    reader.Add("pcap", "prefix of pcap files of the link", "none", [&](auto text) {
        options.scenario.pcap = text;
    });
    static const std::set<std::string>
        used{"rtt", "rate", "request", "response", "transfers", "ipv6", "drop"};
    for (const auto& flag : GetScenarioFlags())
    {
        if (used.count(flag.name) == 0)
        {
            continue;
        }
        reader.Add(
            flag.name,
            flag.help,
            flag.standard,
            [&](const std::string& text) { flag.set(options.scenario, text); },
            flag.implied);
    }
    reader.AddAttributes(
        [&](const auto& name, const auto& value) { options.scenario.tcp[name] = value; });
    reader.Parse(argc, argv);
    const std::string wrong = CheckScenario(options.scenario);
    if (!wrong.empty())
    {
        throw WrongInput(wrong);
    }
    if (options.forward > options.scenario.rtt)
    {
        throw WrongInput("--forward is more than the RTT");
    }
    return options;
}

/**
 * @param argc number of arguments
 * @param argv the arguments
 * @return the exit code
 */
int
Interop(int argc, char* argv[])
{
    const Options options = ReadOptions(argc, argv);
    const Scenario& scenario = options.scenario;
    GlobalValue::Bind("SimulatorImplementationType", StringValue("ns3::RealtimeSimulatorImpl"));
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true)); // kernels look at it
    for (const auto& [name, value] : scenario.tcp)
    {
        Config::SetDefault(name, StringValue(value));
    }

    Ptr<P2pPathHelper> path = CreateObject<P2pPathHelper>();
    path->SetAttribute("Ipv6", BooleanValue(scenario.ipv6));
    path->SetAttribute("DualStack", BooleanValue(false));
    path->SetAttribute("Rtt", TimeValue(*scenario.rtt));
    path->SetAttribute("Rate", DataRateValue(DataRate(static_cast<uint64_t>(*scenario.rate))));
    path->Build();
    const End client = GetEnd(path->GetClient(), scenario.ipv6);
    const End server = GetEnd(path->GetServer(), scenario.ipv6);
    if (options.forward)
    {
        SkewedChannel::Replace({client.link, server.link}, *options.forward - *scenario.rtt / 2);
    }
    RouteOverLink(client, server);
    RouteOverLink(server, client);
    for (const auto& [end, number, tap] : {std::make_tuple(client, 1, options.clientTap),
                                           std::make_tuple(server, 2, options.serverTap)})
    {
        if (tap >= 0)
        {
            AttachTap(end, number, tap);
        }
    }

    TcpFastOpenHelper fastOpen;
    fastOpen.SetAttribute(
        "Switch",
        UintegerValue(scenario.mode == "tfo" ? TcpFastOpen::CLIENT | TcpFastOpen::SERVER : 0));
    fastOpen.Install({client.node, server.node});

    Ptr<SegmentDropModel> losses = CreateObject<SegmentDropModel>(PORT);
    for (const auto& drop : scenario.drops)
    {
        losses->Drop(drop.transfer, drop.sender, drop.segment);
    }
    path->SetErrorModel(losses);
    if (!scenario.pcap.empty())
    {
        path->EnablePcap(scenario.pcap);
    }
    for (const End& end : {client, server})
    {
        end.link->TraceConnectWithoutContext(
            "PhyRxDrop",
            Callback<void, Ptr<const Packet>>(
                [](Ptr<const Packet> /* packet */) { Tell("lost"); }));
    }

    const std::string prefix = scenario.ipv6 ? "fd00:10:2:2::" : "10.2.2.";
    const std::string serverAddress = options.serverTap < 0 ? Text(server.address) : prefix + "2";
    if (options.serverTap < 0)
    {
        Watch(server.node);
        Serve(server.node, scenario);
    }
    if (options.clientTap < 0)
    {
        Watch(client.node);
        const Address address = scenario.ipv6 ? Address(Ipv6Address(serverAddress.c_str()))
                                              : Address(Ipv4Address(serverAddress.c_str()));
        Simulator::Schedule(MilliSeconds(50), &MakeTransfers, client.node, address, scenario, 1);
    }

    std::thread end([] {
        char byte;
        while (read(STDIN_FILENO, &byte, 1) > 0)
        {
        }
        Simulator::ScheduleWithContext(Simulator::NO_CONTEXT, Time(0), [] { Simulator::Stop(); });
    });
    Simulator::Schedule(MilliSeconds(2),
                        [&] { Tell("ready", TextMember("server", serverAddress)); });
    Simulator::Stop(Hours(1)); // without an event to come it would end at once
    Simulator::Run();
    end.join();

    for (const auto& [side, node, tap] :
         {std::make_tuple("client", client.node, options.clientTap),
          std::make_tuple("server", server.node, options.serverTap)})
    {
        if (tap < 0)
        {
            node->GetObject<TcpFastOpen>()->GetCounters()->Print(std::cout);
        }
    }
    Tell("end", Member("late_ms", g_late.GetSeconds() * 1e3));
    Simulator::Destroy();
    return 0;
}

} // namespace

int
main(int argc, char* argv[])
{
    return RunProgram("tfo-interop", [&] { return Interop(argc, argv); });
}
