/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "raw-ip-device.h"

#include "ns3/channel.h"
#include "ns3/mac48-address.h"

#include <utility>

using namespace ns3;

RawIpDevice::RawIpDevice(Sink sink)
    : m_sink(std::move(sink)),
      m_address(Mac48Address("02:00:00:00:00:01"))
{
}

void
RawIpDevice::Inject(Ptr<Packet> packet, uint16_t protocolNumber)
{
    m_receive(this, packet, protocolNumber, GetBroadcast());
}

void
RawIpDevice::SetIfIndex(uint32_t index)
{
    m_index = index;
}

uint32_t
RawIpDevice::GetIfIndex() const
{
    return m_index;
}

Ptr<Channel>
RawIpDevice::GetChannel() const
{
    return nullptr;
}

void
RawIpDevice::SetAddress(Address address)
{
    m_address = address;
}

Address
RawIpDevice::GetAddress() const
{
    return m_address;
}

bool
RawIpDevice::SetMtu(uint16_t mtu)
{
    m_mtu = mtu;
    return true;
}

uint16_t
RawIpDevice::GetMtu() const
{
    return m_mtu;
}

bool
RawIpDevice::IsLinkUp() const
{
    return true;
}

void
RawIpDevice::AddLinkChangeCallback(Callback<void> /* callback */)
{
}

bool
RawIpDevice::IsBroadcast() const
{
    return true;
}

Address
RawIpDevice::GetBroadcast() const
{
    return Mac48Address::GetBroadcast();
}

bool
RawIpDevice::IsMulticast() const
{
    return true;
}

Address
RawIpDevice::GetMulticast(Ipv4Address group) const
{
    return Mac48Address::GetMulticast(group);
}

Address
RawIpDevice::GetMulticast(Ipv6Address group) const
{
    return Mac48Address::GetMulticast(group);
}

bool
RawIpDevice::IsBridge() const
{
    return false;
}

bool
RawIpDevice::IsPointToPoint() const
{
    return true;
}

bool
RawIpDevice::Send(Ptr<Packet> packet, const Address& /* dest */, uint16_t /* protocolNumber */)
{
    m_sink(packet);
    return true;
}

bool
RawIpDevice::SendFrom(Ptr<Packet> packet,
                      const Address& /* source */,
                      const Address& dest,
                      uint16_t protocolNumber)
{
    return Send(packet, dest, protocolNumber);
}

Ptr<Node>
RawIpDevice::GetNode() const
{
    return m_node;
}

void
RawIpDevice::SetNode(Ptr<Node> node)
{
    m_node = node;
}

bool
RawIpDevice::NeedsArp() const
{
    return false;
}

void
RawIpDevice::SetReceiveCallback(ReceiveCallback callback)
{
    m_receive = callback;
}

void
RawIpDevice::SetPromiscReceiveCallback(PromiscReceiveCallback /* callback */)
{
}

bool
RawIpDevice::SupportsSendFrom() const
{
    return false;
}
