/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "segment-monitor.h"

#include "ns3/callback.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/tcp-option-fast-open.h"
#include "ns3/tcp-option-ts.h"

#include <algorithm>
#include <sstream>

namespace ns3
{

namespace
{

/**
 * @param header a header
 * @return the value of its timestamps option, 0 without one
 */
uint32_t
GetTimestamp(const TcpHeader& header)
{
    const auto option = DynamicCast<const TcpOptionTS>(header.GetOption(TcpOption::TS));
    return option ? option->GetTimestamp() : 0;
}

} // namespace

SegmentMonitor::SegmentMonitor(bool keep)
    : m_keep(keep)
{
}

void
SegmentMonitor::WatchClient(Ptr<Socket> socket)
{
    Ptr<SegmentMonitor> self(this);
    socket->TraceConnectWithoutContext("Tx", MakeCallback(&SegmentMonitor::Sent, self).Bind(true));
    socket->TraceConnectWithoutContext("Rx",
                                       MakeCallback(&SegmentMonitor::Received, self).Bind(false));
}

void
SegmentMonitor::WatchServer(Ptr<Socket> socket)
{
    Ptr<SegmentMonitor> self(this);
    socket->TraceConnectWithoutContext("Tx", MakeCallback(&SegmentMonitor::Sent, self).Bind(false));
    socket->TraceConnectWithoutContext("Rx",
                                       MakeCallback(&SegmentMonitor::Received, self).Bind(true));
}

uint32_t
SegmentMonitor::GetRetransmissions(uint16_t clientPort) const
{
    auto found = m_retransmissions.find(clientPort);
    return found == m_retransmissions.end() ? 0 : found->second;
}

const std::vector<SegmentRecord>&
SegmentMonitor::GetSegments() const
{
    return m_segments;
}

void
SegmentMonitor::Sent(bool fromClient,
                     Ptr<const Packet> packet,
                     const TcpHeader& header,
                     Ptr<const TcpSocketBase> /* socket */)
{
    const uint16_t port = fromClient ? header.GetSourcePort() : header.GetDestinationPort();
    const uint8_t flags = header.GetFlags();
    const uint32_t length =
        packet->GetSize() + ((flags & TcpHeader::SYN) ? 1 : 0) + ((flags & TcpHeader::FIN) ? 1 : 0);
    bool again = false;
    if (length > 0)
    {
        const SequenceNumber32 end = header.GetSequenceNumber() + length;
        auto [highest, fresh] = m_highest.try_emplace({port, fromClient}, end);
        again = !fresh && end <= highest->second;
        highest->second = std::max(highest->second, end);
        m_retransmissions[port] += again;
    }
    if (!m_keep)
    {
        return;
    }

    SegmentRecord segment;
    segment.fromClient = fromClient;
    segment.clientPort = port;
    segment.sent = Simulator::Now();
    segment.flags = flags;
    segment.sequence = header.GetSequenceNumber().GetValue();
    segment.acknowledged = header.GetAckNumber().GetValue();
    segment.size = packet->GetSize();
    segment.retransmission = again;
    segment.timestamp = GetTimestamp(header);
    if (Ptr<const TcpOptionFastOpen> option = TcpOptionFastOpen::Find(header))
    {
        std::ostringstream text;
        text << option->GetCookie();
        segment.fastOpen = option->IsRequest() ? "request" : text.str();
    }
    m_underway[{port, fromClient}].push_back(m_segments.size());
    m_segments.push_back(segment);
}

void
SegmentMonitor::Received(bool fromClient,
                         Ptr<const Packet> packet,
                         const TcpHeader& header,
                         Ptr<const TcpSocketBase> /* socket */)
{
    if (!m_keep)
    {
        return;
    }
    // Which of the segments under way is this? A retransmission and what it repeats
    // differ in the timestamp.
    const uint16_t port = fromClient ? header.GetSourcePort() : header.GetDestinationPort();
    auto& underway = m_underway[{port, fromClient}];
    auto found = std::find_if(underway.begin(), underway.end(), [&](std::size_t index) {
        const SegmentRecord& segment = m_segments[index];
        return segment.flags == header.GetFlags() && segment.size == packet->GetSize() &&
               segment.sequence == header.GetSequenceNumber().GetValue() &&
               segment.acknowledged == header.GetAckNumber().GetValue() &&
               segment.timestamp == GetTimestamp(header);
    });
    if (found != underway.end())
    {
        m_segments[*found].received = Simulator::Now();
        underway.erase(found);
    }
}

} // namespace ns3
