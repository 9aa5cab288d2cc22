/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "raw-peer.h"

#include "ns3/ipv4-interface.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/ipv4-route.h"
#include "ns3/ipv4-routing-protocol.h"
#include "ns3/ipv6-interface.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/tcp-l4-protocol.h"

#include <algorithm>

using namespace ns3;

void
RawPeer::Install(Ptr<Node> node, uint16_t localPort, Ipv4Address remote, uint16_t remotePort)
{
    m_node = node;
    m_localPort = localPort;
    m_remote = remote;
    m_remotePort = remotePort;
    node->GetObject<Ipv4>()->Insert(this);
}

void
RawPeer::Send(const Spec& spec)
{
    SendBytes(m_node, m_remote, GetBytes(spec, m_localPort, m_remotePort));
}

std::vector<uint8_t>
RawPeer::GetBytes(const Spec& spec, uint16_t source, uint16_t destination)
{
    std::vector<uint8_t> bytes(20 + spec.options.size() + spec.payload.size());
    const auto put16 = [&bytes](std::size_t at, uint32_t value) {
        bytes[at] = static_cast<uint8_t>(value >> 8);
        bytes[at + 1] = static_cast<uint8_t>(value);
    };
    put16(0, source);
    put16(2, destination);
    put16(4, spec.seq >> 16);
    put16(6, spec.seq);
    put16(8, spec.ack >> 16);
    put16(10, spec.ack);
    const std::size_t words = spec.dataOffset.value_or((20 + spec.options.size()) / 4);
    bytes[12] = static_cast<uint8_t>(words << 4);
    bytes[13] = spec.flags;
    put16(14, spec.window);
    std::copy(spec.payload.begin(),
              spec.payload.end(),
              std::copy(spec.options.begin(), spec.options.end(), bytes.begin() + 20));
    return bytes;
}

void
RawPeer::SendBytes(Ptr<Node> node, Ipv4Address destination, const std::vector<uint8_t>& bytes)
{
    Ptr<Packet> packet = Create<Packet>(bytes.data(), bytes.size());
    Ptr<Ipv4> ipv4 = node->GetObject<Ipv4>();
    const Ipv4Address source = ipv4->GetAddress(1, 0).GetLocal();
    Ipv4Header header;
    header.SetDestination(destination);
    header.SetSource(source);
    Socket::SocketErrno error;
    Ptr<Ipv4Route> route = ipv4->GetRoutingProtocol()->RouteOutput(packet, header, nullptr, error);
    ipv4->Send(packet, source, destination, TcpL4Protocol::PROT_NUMBER, route);
}

void
RawPeer::SendAt(Time time, const Spec& spec)
{
    Simulator::Schedule(time - Simulator::Now(), &RawPeer::Send, this, spec);
}

int
RawPeer::GetProtocolNumber() const
{
    return TcpL4Protocol::PROT_NUMBER;
}

IpL4Protocol::RxStatus
RawPeer::Receive(Ptr<Packet> packet, const Ipv4Header& /* header */, Ptr<Ipv4Interface> /* on */)
{
    Segment segment;
    segment.time = Simulator::Now();
    std::vector<uint8_t> bytes(packet->GetSize());
    packet->CopyData(bytes.data(), bytes.size());
    const std::size_t size = bytes[12] / 16 * 4;
    packet->PeekHeader(segment.header);
    segment.raw.assign(bytes.begin(), bytes.begin() + size);
    segment.payload.assign(bytes.begin() + size, bytes.end());
    if (m_remotePort == 0)
    {
        m_remotePort = segment.header.GetSourcePort();
    }
    received.push_back(segment);
    return RX_OK;
}

IpL4Protocol::RxStatus
RawPeer::Receive(Ptr<Packet> /* packet */,
                 const Ipv6Header& /* header */,
                 Ptr<Ipv6Interface> /* on */)
{
    return RX_OK;
}

void
RawPeer::SetDownTarget(DownTargetCallback /* callback */)
{
}

void
RawPeer::SetDownTarget6(DownTargetCallback6 /* callback */)
{
}

IpL4Protocol::DownTargetCallback
RawPeer::GetDownTarget() const
{
    return DownTargetCallback();
}

IpL4Protocol::DownTargetCallback6
RawPeer::GetDownTarget6() const
{
    return DownTargetCallback6();
}
