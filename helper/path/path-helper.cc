/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "path-helper.h"

#include "ns3/boolean.h"
#include "ns3/icmpv6-l4-protocol.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/ipv4.h"
#include "ns3/ipv6-address-helper.h"
#include "ns3/ipv6-static-routing-helper.h"
#include "ns3/ipv6.h"
#include "ns3/object-factory.h"
#include "ns3/pointer.h"

#include <map>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(PathHelper);

namespace
{

/// The topologies by the names that users type.
const std::map<std::string, std::string> TOPOLOGIES{
    {"lan", "ns3::LanPathHelper"},
    {"mobile", "ns3::MobilePathHelper"},
    {"p2p", "ns3::P2pPathHelper"},
    {"satellite", "ns3::SatellitePathHelper"},
};

} // namespace

TypeId
PathHelper::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::PathHelper")
            .SetParent<Object>()
            .SetGroupName("TcpFastOpen")
            .AddAttribute("Ipv6",
                          "Whether the path has IPv6 addresses instead of IPv4's.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&PathHelper::m_ipv6),
                          MakeBooleanChecker())
            .AddAttribute("DualStack",
                          "Whether nodes have IPv6 on an IPv4 path, too; it takes long to make.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&PathHelper::m_dualStack),
                          MakeBooleanChecker());
    return tid;
}

Ptr<PathHelper>
PathHelper::Create(const std::string& name)
{
    auto found = TOPOLOGIES.find(name);
    if (found == TOPOLOGIES.end())
    {
        return nullptr;
    }
    ObjectFactory factory;
    factory.SetTypeId(found->second);
    return factory.Create<PathHelper>();
}

std::vector<std::string>
PathHelper::GetNames()
{
    std::vector<std::string> names;
    for (const auto& topology : TOPOLOGIES)
    {
        names.push_back(topology.first);
    }
    return names;
}

void
PathHelper::Build()
{
    NS_ABORT_MSG_IF(m_client, "PathHelper::Build() was called twice");
    NS_ABORT_MSG_IF(m_rtt < GetLeastRtt(),
                    "Rtt is " << m_rtt.As(Time::MS) << ", the path's parts alone take "
                              << GetLeastRtt().As(Time::MS));
    DoBuild();
}

Ptr<Node>
PathHelper::GetClient() const
{
    return m_client;
}

Ptr<Node>
PathHelper::GetServer() const
{
    return m_server;
}

Address
PathHelper::GetServerAddress() const
{
    return m_serverAddress;
}

Time
PathHelper::GetRtt() const
{
    return m_rtt;
}

uint64_t
PathHelper::GetRate() const
{
    return m_rate.GetBitRate();
}

double
PathHelper::GetLoss() const
{
    return m_loss;
}

Time
PathHelper::GetLeastRtt() const
{
    return Time(0);
}

Time
PathHelper::GetReadyTime() const
{
    return Time(0);
}

int64_t
PathHelper::AssignStreams(int64_t stream)
{
    int64_t used = 0;
    for (const auto& model : m_lossModels)
    {
        used += model->AssignStreams(stream + used);
    }
    return used;
}

void
PathHelper::AddLoss(Ptr<NetDevice> device)
{
    Ptr<RateErrorModel> model = CreateObject<RateErrorModel>();
    model->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
    model->SetRate(m_loss);
    m_lossModels.push_back(model);
    device->SetAttribute("ReceiveErrorModel", PointerValue(model));
}

void
PathHelper::InstallInternet(const NodeContainer& nodes) const
{
    InternetStackHelper internet;
    internet.SetIpv6StackInstall(m_ipv6 || m_dualStack);
    internet.Install(nodes);
}

std::vector<Address>
PathHelper::AssignAddresses(uint8_t subnet, const NetDeviceContainer& devices) const
{
    const std::string number = std::to_string(subnet);
    std::vector<Address> addresses;
    if (m_ipv6)
    {
        for (uint32_t i = 0; i < devices.GetN(); ++i)
        {
            PrepareIpv6(devices.Get(i)->GetNode());
        }
        // Unique local addresses (RFC 4193): ns-3's routers drop what is for the
        // prefix of documentation, 2001:db8::/32.
        const std::string network = "fd00:10:1:" + number + "::";
        Ipv6AddressHelper helper(Ipv6Address(network.c_str()), Ipv6Prefix(64));
        Ipv6InterfaceContainer interfaces = helper.Assign(devices);
        for (uint32_t i = 0; i < interfaces.GetN(); ++i)
        {
            addresses.emplace_back(interfaces.GetAddress(i, 1)); // 0 is link-local
        }
        return addresses;
    }
    const std::string network = "10.1." + number + ".0";
    Ipv4AddressHelper helper(network.c_str(), "255.255.255.0");
    Ipv4InterfaceContainer interfaces = helper.Assign(devices);
    for (uint32_t i = 0; i < interfaces.GetN(); ++i)
    {
        addresses.emplace_back(interfaces.GetAddress(i));
    }
    return addresses;
}

void
PathHelper::SetDefaultRoute(Ptr<NetDevice> device, const Address& gateway)
{
    Ptr<Node> node = device->GetNode();
    if (Ipv6Address::IsMatchingType(gateway))
    {
        Ptr<Ipv6> ipv6 = node->GetObject<Ipv6>();
        Ipv6StaticRoutingHelper().GetStaticRouting(ipv6)->SetDefaultRoute(
            Ipv6Address::ConvertFrom(gateway),
            ipv6->GetInterfaceForDevice(device));
        return;
    }
    Ptr<Ipv4> ipv4 = node->GetObject<Ipv4>();
    Ipv4StaticRoutingHelper().GetStaticRouting(ipv4)->SetDefaultRoute(
        Ipv4Address::ConvertFrom(gateway),
        ipv4->GetInterfaceForDevice(device));
}

void
PathHelper::PrepareIpv6(Ptr<Node> node)
{
    // The addresses and routes are given, so there is nothing to detect or solicit.
    // ns-3 would do so in the first milliseconds and again seconds later, between
    // the segments of transfers: it would delay them, and take random numbers that
    // decide on their losses. Solicitation has no switch, but a node that forwards
    // solicits no router (RFC 4861, section 6.3.7, is for hosts).
    node->GetObject<Icmpv6L4Protocol>()->SetAttribute("DAD", BooleanValue(false));
    node->GetObject<Ipv6>()->SetAttribute("IpForward", BooleanValue(true));
}

} // namespace ns3
