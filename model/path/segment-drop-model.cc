/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "segment-drop-model.h"

#include "ns3/double.h"
#include "ns3/ipv4-header.h"
#include "ns3/ipv6-header.h"
#include "ns3/packet.h"
#include "ns3/ppp-header.h"
#include "ns3/tcp-header.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-segment-view.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(SegmentDropModel);

TypeId
SegmentDropModel::GetTypeId()
{
    static TypeId tid = TypeId("ns3::SegmentDropModel")
                            .SetParent<ErrorModel>()
                            .SetGroupName("TcpFastOpen")
                            .AddConstructor<SegmentDropModel>()
                            .AddAttribute("SynDataLoss",
                                          "Probability that a SYN with data is lost.",
                                          DoubleValue(0),
                                          MakeDoubleAccessor(&SegmentDropModel::m_synDataLoss),
                                          MakeDoubleChecker<double>(0.0, 1.0));
    return tid;
}

SegmentDropModel::SegmentDropModel()
    : m_random(CreateObject<UniformRandomVariable>())
{
}

SegmentDropModel::SegmentDropModel(uint16_t serverPort)
    : SegmentDropModel()
{
    m_serverPort = serverPort;
}

int64_t
SegmentDropModel::AssignStreams(int64_t stream)
{
    m_random->SetStream(stream);
    return 1;
}

void
SegmentDropModel::Drop(uint32_t connection, Sender sender, uint32_t segment)
{
    m_drops.insert({connection, sender, segment});
}

bool
SegmentDropModel::DoCorrupt(Ptr<Packet> packet)
{
    Ptr<Packet> copy = packet->Copy();
    PppHeader ppp;
    copy->RemoveHeader(ppp);
    constexpr uint16_t pppIpv4 = 0x0021;
    constexpr uint16_t pppIpv6 = 0x0057;
    uint8_t protocol = 0;
    if (ppp.GetProtocol() == pppIpv4)
    {
        Ipv4Header ip;
        copy->RemoveHeader(ip);
        protocol = ip.GetProtocol();
    }
    else if (ppp.GetProtocol() == pppIpv6)
    {
        Ipv6Header ip;
        copy->RemoveHeader(ip);
        protocol = ip.GetNextHeader();
    }
    const TcpSegmentView tcp(copy);
    if (protocol != TcpL4Protocol::PROT_NUMBER || !tcp.IsWhole())
    {
        return false;
    }
    const Sender sender = tcp.GetDestinationPort() == m_serverPort ? CLIENT : SERVER;
    const uint16_t port = sender == CLIENT ? tcp.GetSourcePort() : tcp.GetDestinationPort();
    const auto next = static_cast<uint32_t>(m_connections.size()) + 1;
    const uint32_t connection = m_connections.try_emplace(port, next).first->second;
    const uint32_t segment = ++m_segments[{connection, sender}];
    const bool synData = sender == CLIENT && tcp.HasAny(TcpHeader::SYN) && tcp.GetPayloadSize() > 0;
    return m_drops.count({connection, sender, segment}) > 0 ||
           (synData && m_random->GetValue() < m_synDataLoss);
}

void
SegmentDropModel::DoReset()
{
    m_connections.clear();
    m_segments.clear();
}

} // namespace ns3
