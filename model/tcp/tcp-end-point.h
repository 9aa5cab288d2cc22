/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_END_POINT_H
#define TCP_END_POINT_H

#include "ns3/address.h"
#include "ns3/ipv4-end-point.h"
#include "ns3/ipv6-end-point.h"
#include "ns3/net-device.h"
#include "ns3/packet.h"
#include "ns3/ptr.h"
#include "ns3/tcp-header.h"
#include "ns3/tcp-l4-protocol.h"

#include <cstdint>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * A connection's end point, whichever of IPv4 and IPv6 it belongs to; ns-3's sockets have
 * a pointer for each. There must be one for what is asked of it.
 */
class TcpEndPoint
{
  public:
    /**
     * @param ipv4 the end point of IPv4, nullptr where it is of IPv6
     * @param ipv6 the end point of IPv6, nullptr where it is of IPv4
     */
    TcpEndPoint(Ipv4EndPoint* ipv4, Ipv6EndPoint* ipv6)
        : m_ipv4(ipv4),
          m_ipv6(ipv6)
    {
    }

    /**
     * @return our IP address; an IPv4 one where it is IPv4-mapped
     */
    Address GetLocalIp() const;

    /**
     * @return the peer's IP address; an IPv4 one where it is IPv4-mapped
     */
    Address GetPeerIp() const;

    /**
     * @return our port
     */
    uint16_t GetLocalPort() const;

    /**
     * @return the peer's port
     */
    uint16_t GetPeerPort() const;

    /**
     * Send a segment to the peer.
     *
     * @param tcp the protocol
     * @param packet the payload
     * @param header the header, complete with ports
     * @param device the device that the socket is bound to, if any
     */
    void Send(Ptr<TcpL4Protocol> tcp,
              Ptr<Packet> packet,
              const TcpHeader& header,
              Ptr<NetDevice> device) const;

  private:
    Ipv4EndPoint* m_ipv4; //!< the end point of IPv4
    Ipv6EndPoint* m_ipv6; //!< the end point of IPv6
};

} // namespace ns3

#endif // TCP_END_POINT_H
