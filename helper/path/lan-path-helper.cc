/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "lan-path-helper.h"

#include "ns3/arp-l3-protocol.h"
#include "ns3/csma-helper.h"
#include "ns3/csma-net-device.h"
#include "ns3/data-rate.h"
#include "ns3/double.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/ipv6-l3-protocol.h"
#include "ns3/neighbor-cache-helper.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/traffic-control-layer.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(LanPathHelper);

namespace
{

/// What 100 m of twisted pair take in nanoseconds, at about 5 ns/m.
constexpr uint64_t CABLE_DELAY_NS = 500;

/// The gap between frames of IEEE Std 802.3, in bit times.
constexpr uint32_t GAP_BITS = 96;

/**
 * Hand a packet to the layers above once the host has taken its time.
 *
 * @param delay the time that the host takes
 * @param layer what is above the device
 * @param device the device that received
 * @param packet the packet
 * @param protocol the packet's protocol
 * @param from the sender's address
 * @param to the receiver's address
 * @param type the kind of address that `to` is
 */
void
ReceiveLater(Time delay,
             Ptr<TrafficControlLayer> layer,
             Ptr<NetDevice> device,
             Ptr<const Packet> packet,
             uint16_t protocol,
             const Address& from,
             const Address& to,
             NetDevice::PacketType type)
{
    Simulator::Schedule(delay,
                        &TrafficControlLayer::Receive,
                        layer,
                        device,
                        packet,
                        protocol,
                        from,
                        to,
                        type);
}

} // namespace

TypeId
LanPathHelper::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::LanPathHelper")
            .SetParent<PathHelper>()
            .SetGroupName("TcpFastOpen")
            .AddConstructor<LanPathHelper>()
            .AddAttribute("Rtt",
                          "Base round-trip time, nearly all of it the hosts'. The default is our "
                          "choice: some hundred microseconds, between the 5.12 us that IEEE Std "
                          "802.3 allows the cable (slot time of 512 bits) and a millisecond.",
                          TimeValue(MicroSeconds(300)),
                          MakeTimeAccessor(&LanPathHelper::m_rtt),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("Rate",
                          "Rate of the segment, which both directions share. The default is "
                          "100BASE-TX (IEEE Std 802.3, clause 25).",
                          DataRateValue(DataRate("100Mbps")),
                          MakeDataRateAccessor(&LanPathHelper::m_rate),
                          MakeDataRateChecker())
            .AddAttribute("Loss",
                          "Probability that a packet is lost, for each direction. The default is "
                          "our choice: a cable loses next to nothing.",
                          DoubleValue(0.0),
                          MakeDoubleAccessor(&LanPathHelper::m_loss),
                          MakeDoubleChecker<double>(0.0, 1.0));
    return tid;
}

void
LanPathHelper::DoBuild()
{
    m_client = CreateObject<Node>();
    m_server = CreateObject<Node>();
    NodeContainer nodes(m_client, m_server);
    Time cableDelay = std::min(NanoSeconds(CABLE_DELAY_NS), m_rtt / 2);

    CsmaHelper segment;
    segment.SetChannelAttribute("DataRate", DataRateValue(m_rate));
    segment.SetChannelAttribute("Delay", TimeValue(cableDelay));
    segment.SetQueue("ns3::DropTailQueue", "MaxSize", StringValue("1000000p"));
    m_devices = segment.Install(nodes);

    InternetStackHelper().Install(nodes); // NeighborCacheHelper takes IPv6 for granted
    m_serverAddress = AssignAddresses(2, m_devices).at(1);
    NeighborCacheHelper().PopulateNeighborCache(m_devices);

    for (uint32_t i = 0; i < m_devices.GetN(); ++i)
    {
        Ptr<CsmaNetDevice> device = DynamicCast<CsmaNetDevice>(m_devices.Get(i));
        device->SetInterframeGap(m_rate.CalculateBitsTxTime(GAP_BITS));
        // Polling every one to three microseconds stands in for a station that
        // senses the end of the other's frame. With ns-3's defaults it may wait
        // for a millisecond each time, and gives the frame up after 1000 times.
        device->SetBackoffParams(MicroSeconds(1), 1, 3, 2, std::numeric_limits<uint32_t>::max());
        AddLoss(device);
        AddHostDelay(nodes.Get(i), device, m_rtt / 2 - cableDelay);
    }
}

void
LanPathHelper::AddHostDelay(Ptr<Node> node, Ptr<NetDevice> device, Time delay) const
{
    Ptr<TrafficControlLayer> layer = node->GetObject<TrafficControlLayer>();
    auto above = MakeCallback(&TrafficControlLayer::Receive, layer);
    const auto protocols =
        m_ipv6 ? std::vector<uint16_t>{Ipv6L3Protocol::PROT_NUMBER}
               : std::vector<uint16_t>{Ipv4L3Protocol::PROT_NUMBER, ArpL3Protocol::PROT_NUMBER};
    for (const uint16_t protocol : protocols)
    {
        // Each call takes the handler of one protocol out.
        node->UnregisterProtocolHandler(above);
        node->RegisterProtocolHandler(MakeBoundCallback(&ReceiveLater, delay, layer),
                                      protocol,
                                      device);
    }
}

void
LanPathHelper::EnablePcap(const std::string& prefix)
{
    CsmaHelper segment;
    segment.EnablePcap(prefix + "-client.pcap", m_devices.Get(0), false, true);
    segment.EnablePcap(prefix + "-server.pcap", m_devices.Get(1), false, true);
}

int64_t
LanPathHelper::AssignStreams(int64_t stream)
{
    int64_t used = PathHelper::AssignStreams(stream);
    return used + CsmaHelper().AssignStreams(m_devices, stream + used);
}

} // namespace ns3
