/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-end-point.h"

namespace ns3
{

namespace
{

/**
 * @param address an IPv6 address
 * @return the address, an IPv4 one where it is IPv4-mapped
 */
Address
Unmap(Ipv6Address address)
{
    return address.IsIpv4MappedAddress() ? Address(address.GetIpv4MappedAddress())
                                         : Address(address);
}

} // namespace

Address
TcpEndPoint::GetLocalIp() const
{
    return m_ipv4 ? Address(m_ipv4->GetLocalAddress()) : Unmap(m_ipv6->GetLocalAddress());
}

Address
TcpEndPoint::GetPeerIp() const
{
    return m_ipv4 ? Address(m_ipv4->GetPeerAddress()) : Unmap(m_ipv6->GetPeerAddress());
}

uint16_t
TcpEndPoint::GetLocalPort() const
{
    return m_ipv4 ? m_ipv4->GetLocalPort() : m_ipv6->GetLocalPort();
}

uint16_t
TcpEndPoint::GetPeerPort() const
{
    return m_ipv4 ? m_ipv4->GetPeerPort() : m_ipv6->GetPeerPort();
}

void
TcpEndPoint::Send(Ptr<TcpL4Protocol> tcp,
                  Ptr<Packet> packet,
                  const TcpHeader& header,
                  Ptr<NetDevice> device) const
{
    if (m_ipv4)
    {
        tcp->SendPacket(packet,
                        header,
                        m_ipv4->GetLocalAddress(),
                        m_ipv4->GetPeerAddress(),
                        device);
    }
    else
    {
        tcp->SendPacket(packet,
                        header,
                        m_ipv6->GetLocalAddress(),
                        m_ipv6->GetPeerAddress(),
                        device);
    }
}

} // namespace ns3
