/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "simulated-stack.h"

#include "socket-address.h"

#include "ns3/boolean.h"
#include "ns3/config.h"
#include "ns3/global-value.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/ipv4.h"
#include "ns3/ipv6-static-routing-helper.h"
#include "ns3/ipv6.h"
#include "ns3/mac48-address.h"
#include "ns3/nstime.h"
#include "ns3/scenario.h"
#include "ns3/simulator.h"
#include "ns3/socket-factory.h"
#include "ns3/string.h"
#include "ns3/tcp-fast-open-helper.h"
#include "ns3/tcp-fast-open-socket-factory.h"
#include "ns3/uinteger.h"

#include <fstream>
#include <utility>

using namespace ns3;

namespace
{

/// The bits of net.ipv4.tcp_fastopen that mean something today.
constexpr uint32_t SWITCH_BITS =
    TcpFastOpen::CLIENT | TcpFastOpen::SERVER | TcpFastOpen::CLIENT_NO_COOKIE |
    TcpFastOpen::SERVER_COOKIE_NOT_REQD | TcpFastOpen::SERVER_WO_SOCKOPT1;
constexpr uint16_t IPV4_ETHERTYPE = 0x0800; //!< Ethertype of IPv4
constexpr uint16_t IPV6_ETHERTYPE = 0x86DD; //!< Ethertype of IPv6
constexpr uint8_t ICMPV6 = 58;              //!< IPv6's next header: ICMPv6
constexpr uint32_t CACHE_SIZE = 1024;       //!< cookies to keep

/**
 * @param bytes a datagram
 * @return whether it is IPv6's own talk with its neighbours (RFC 4861, RFC 3810),
 *         of which packetdrill knows nothing
 */
bool
IsNeighborDiscovery(const std::vector<uint8_t>& bytes)
{
    constexpr std::size_t type = 40; // behind the header
    constexpr uint8_t hopByHop = 0;  // of reports on multicast groups alone
    if (bytes.size() <= type || bytes[0] >> 4 != 6)
    {
        return false;
    }
    return bytes[6] == hopByHop || (bytes[6] == ICMPV6 && bytes[type] >= 130 && bytes[type] <= 143);
}

/**
 * @param text a number, decimal or with 0x
 * @param otherwise its value where it is none
 * @return its value
 */
uint32_t
ToNumber(const std::string& text, uint32_t otherwise)
{
    char* end = nullptr;
    const unsigned long value = std::strtoul(text.c_str(), &end, 0);
    return end == text.c_str() ? otherwise : static_cast<uint32_t>(value);
}

} // namespace

SimulatedStack::SimulatedStack(const std::string& address, std::string metrics, uint16_t mtu)
    : m_metrics(std::move(metrics))
{
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
    auto attributes = Scenario::LinuxTcp();
    attributes["ns3::TcpSocket::RcvBufSize"] = "15728640"; // tcp_rmem's last number
    attributes["ns3::TcpFastOpenSocket::FastOpenConnect"] = "false";
    attributes["ns3::TcpFastOpenSocket::FastOpenQueueLength"] = "0";
    attributes["ns3::TcpFastOpenSocket::Mss"] = "0";    // that of the device
    attributes["ns3::Icmpv6L4Protocol::DAD"] = "false"; // an address is to be of use at once
    for (const auto& [name, value] : attributes)
    {
        Config::SetDefault(name, StringValue(value));
    }

    m_node = CreateObject<Node>();
    m_device = CreateObject<VirtualNetDevice>();
    m_device->SetAddress(Mac48Address("02:00:00:00:00:01"));
    m_device->SetMtu(mtu);
    m_device->SetIsPointToPoint(true);
    m_device->SetNeedsArp(false);
    m_device->SetSendCallback(Callback<bool, Ptr<Packet>, const Address&, const Address&, uint16_t>(
        [this](Ptr<Packet> packet, const Address&, const Address&, uint16_t) {
            Send(packet);
            return true;
        }));
    m_node->AddDevice(m_device);
    InternetStackHelper().Install(m_node);
    Ptr<Ipv4> ipv4 = m_node->GetObject<Ipv4>();
    m_interface = ipv4->AddInterface(m_device);
    ipv4->SetUp(m_interface);
    Ptr<Ipv6> ipv6 = m_node->GetObject<Ipv6>();
    m_interface6 = ipv6->AddInterface(m_device);
    ipv6->SetUp(m_interface6);
    AddAddress(socketaddress::ParseIp(address));
    Ipv4StaticRoutingHelper().GetStaticRouting(ipv4)->AddNetworkRouteTo(Ipv4Address("0.0.0.0"),
                                                                        Ipv4Mask("0.0.0.0"),
                                                                        m_interface);
    Ipv6StaticRoutingHelper().GetStaticRouting(ipv6)->AddNetworkRouteTo(Ipv6Address::GetAny(),
                                                                        Ipv6Prefix::GetZero(),
                                                                        m_interface6);
    TcpFastOpenHelper().Install(m_node);
    m_fastOpen = m_node->GetObject<TcpFastOpen>();
    // Timestamps that are 0 would mean that there are none.
    RunTo(Seconds(10));
    m_sent.clear();
}

void
SimulatedStack::RunTo(Time time)
{
    RunUntil(nullptr, time);
}

bool
SimulatedStack::RunUntil(const std::function<bool()>& condition, Time latest)
{
    if (condition && condition())
    {
        return true;
    }
    if (latest <= Simulator::Now())
    {
        return false;
    }
    m_condition = condition;
    EventId stop = Simulator::Schedule(latest - Simulator::Now(), [] { Simulator::Stop(); });
    while (!stop.IsExpired())
    {
        Simulator::Run();
        if (m_condition && m_condition())
        {
            break;
        }
    }
    stop.Cancel();
    m_condition = nullptr;
    return condition && condition();
}

void
SimulatedStack::Wake()
{
    if (m_condition && m_condition())
    {
        Simulator::Stop();
    }
}

void
SimulatedStack::Inject(const uint8_t* bytes, std::size_t size)
{
    const int version = size > 0 ? bytes[0] >> 4 : 0;
    const bool ipv4 = version == 4 && size >= 20;
    if (!ipv4 && !(version == 6 && size >= 40))
    {
        return; // not whole
    }
    AddAddress(ipv4 ? Address(Ipv4Address::Deserialize(bytes + 16))
                    : Address(Ipv6Address::Deserialize(bytes + 24)));
    Ptr<Packet> packet = Create<Packet>(bytes, static_cast<uint32_t>(size));
    Simulator::ScheduleWithContext(m_node->GetId(), Time(0), [device = m_device, packet, ipv4] {
        device->Receive(packet,
                        ipv4 ? IPV4_ETHERTYPE : IPV6_ETHERTYPE,
                        device->GetBroadcast(),
                        device->GetAddress(),
                        NetDevice::PACKET_HOST);
    });
}

std::deque<SimulatedStack::Datagram>&
SimulatedStack::GetSent()
{
    return m_sent;
}

void
SimulatedStack::Send(Ptr<Packet> packet)
{
    std::vector<uint8_t> bytes(packet->GetSize());
    packet->CopyData(bytes.data(), packet->GetSize());
    if (IsNeighborDiscovery(bytes))
    {
        return;
    }
    m_sent.push_back({std::move(bytes), Simulator::Now()});
    Wake();
}

void
SimulatedStack::AddAddress(const Address& address)
{
    if (Ipv4Address::IsMatchingType(address))
    {
        const Ipv4Address ip = Ipv4Address::ConvertFrom(address);
        Ptr<Ipv4> ipv4 = m_node->GetObject<Ipv4>();
        if (!ip.IsAny() && ipv4->GetInterfaceForAddress(ip) < 0)
        {
            ipv4->AddAddress(m_interface, Ipv4InterfaceAddress(ip, Ipv4Mask::GetOnes()));
        }
        return;
    }
    const Ipv6Address ip = Ipv6Address::ConvertFrom(address);
    Ptr<Ipv6> ipv6 = m_node->GetObject<Ipv6>();
    if (!ip.IsAny() && ipv6->GetInterfaceForAddress(ip) < 0)
    {
        ipv6->AddAddress(m_interface6, Ipv6InterfaceAddress(ip, Ipv6Prefix::GetOnes()));
    }
}

std::string
SimulatedStack::GetSetting(const std::string& name, const std::string& otherwise)
{
    std::ifstream file("/proc/sys/net/ipv4/" + name);
    std::string value;
    return std::getline(file, value) ? value : otherwise;
}

void
SimulatedStack::ReadSettings()
{
    m_fastOpen->SetAttribute(
        "Switch",
        UintegerValue(ToNumber(GetSetting("tcp_fastopen", "1"), 1) & SWITCH_BITS));
    const std::string key = GetSetting("tcp_fastopen_key", "");
    TcpFastOpenKeys::Key parsed;
    StringValue old;
    m_fastOpen->GetAttribute("Key", old);
    if (key != old.Get() && TcpFastOpenKeys::Parse(key.substr(0, key.find(',')), parsed))
    {
        m_fastOpen->SetAttribute("Key", StringValue(key));
    }
    m_fastOpen->SetAttribute(
        "BlackholeTimeout",
        TimeValue(Seconds(ToNumber(GetSetting("tcp_fastopen_blackhole_timeout_sec", "0"), 0))));

    std::ifstream file(m_metrics, std::ios::ate);
    const std::streamoff size = file ? static_cast<std::streamoff>(file.tellg()) : 0;
    if (size != m_metricsSize)
    {
        m_metricsSize = size;
        m_fastOpen->SetAttribute("CacheSize", UintegerValue(0));
        m_fastOpen->SetAttribute("CacheSize", UintegerValue(CACHE_SIZE));
    }
}

void
SimulatedStack::Configure(Ptr<TcpFastOpenSocket> socket)
{
    const auto isOn = [](const std::string& name) {
        return BooleanValue(ToNumber(GetSetting(name, "1"), 1) != 0);
    };
    socket->SetAttribute("Timestamp", isOn("tcp_timestamps"));
    socket->SetAttribute("Sack", isOn("tcp_sack"));
    socket->SetAttribute("WindowScaling", isOn("tcp_window_scaling"));
    // As far as the module has them
    socket->SetAttributeFailSafe("IdleRestart", isOn("tcp_slow_start_after_idle"));
    const auto number = [](const std::string& name, uint32_t otherwise) {
        return UintegerValue(ToNumber(GetSetting(name, ""), otherwise));
    };
    socket->SetAttributeFailSafe("SynLinearTimeouts", number("tcp_syn_linear_timeouts", 4));
    socket->SetAttributeFailSafe("SynAckRetries", number("tcp_synack_retries", 5));
    const uint32_t ecn = ToNumber(GetSetting("tcp_ecn", "2"), 2);
    socket->SetAttribute("UseEcn", StringValue(ecn == 0 ? "Off" : ecn == 1 ? "On" : "AcceptOnly"));
}

Ptr<TcpFastOpenSocket>
SimulatedStack::CreateSocket()
{
    return DynamicCast<TcpFastOpenSocket>(
        m_node->GetObject<TcpFastOpenSocketFactory>()->CreateSocket());
}

Ptr<TcpFastOpen>
SimulatedStack::GetFastOpen() const
{
    return m_fastOpen;
}
