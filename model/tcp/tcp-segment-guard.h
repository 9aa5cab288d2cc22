/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_SEGMENT_GUARD_H
#define TCP_SEGMENT_GUARD_H

#include "ns3/ip-l4-protocol.h"
#include "ns3/ptr.h"

namespace ns3
{

class Node;
class Packet;

/**
 * @ingroup tcp-fast-open
 *
 * Stands between a node's IP and its TCP and lets through only segments that
 * ns-3 can parse.
 *
 * TcpHeader::Deserialize() trusts what it reads (3.37 to 3.48): an MSS option of
 * a wrong length aborts the program, an unknown option of length 0 is read for
 * ever, and where parsing breaks off, the rest of the options is taken for the
 * application's data. It runs before any socket sees the segment, so that no
 * socket can help it.
 *
 * The guard judges a segment as Linux does. One that is shorter than its header
 * is dropped. Options are read up to END or to the first one whose length is
 * below 2 or runs over the header's end; an option whose length does not fit its
 * kind is ignored (RFC 9293, section 3.1; RFC 7323, section 2.3). What Linux
 * ignores becomes NOP, with a TCP checksum to match, and the rest of the segment
 * goes on as it is. Segments without such damage are not touched.
 *
 * What parses segments before they reach a host is not guarded: among ns-3's own
 * models FqCoDel, the default queue disc of IPv4 interfaces, which does so to
 * tell flows apart. A path that is to carry forged segments needs another one.
 */
class TcpSegmentGuard : public IpL4Protocol
{
  public:
    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Put a guard before the protocol that gets the TCP segments of a node's
     * IPv4, and one before that of its IPv6. Where there is one, or nothing to
     * guard, nothing happens.
     *
     * @param node the node
     */
    static void Install(Ptr<Node> node);

    /**
     * Make a segment one that ns-3 parses as Linux would. For what looks at
     * segments on their way, too.
     *
     * @param packet the segment, TCP header first
     * @return whether it may go on; if not, it is to be dropped
     */
    static bool Check(Ptr<Packet> packet);

    int GetProtocolNumber() const override;
    RxStatus Receive(Ptr<Packet> packet,
                     const Ipv4Header& header,
                     Ptr<Ipv4Interface> interface) override;
    RxStatus Receive(Ptr<Packet> packet,
                     const Ipv6Header& header,
                     Ptr<Ipv6Interface> interface) override;
    void ReceiveIcmp(Ipv4Address icmpSource,
                     uint8_t icmpTtl,
                     uint8_t icmpType,
                     uint8_t icmpCode,
                     uint32_t icmpInfo,
                     Ipv4Address payloadSource,
                     Ipv4Address payloadDestination,
                     const uint8_t payload[8]) override;
    void ReceiveIcmp(Ipv6Address icmpSource,
                     uint8_t icmpTtl,
                     uint8_t icmpType,
                     uint8_t icmpCode,
                     uint32_t icmpInfo,
                     Ipv6Address payloadSource,
                     Ipv6Address payloadDestination,
                     const uint8_t payload[8]) override;
    void SetDownTarget(DownTargetCallback callback) override;
    void SetDownTarget6(DownTargetCallback6 callback) override;
    DownTargetCallback GetDownTarget() const override;
    DownTargetCallback6 GetDownTarget6() const override;

  private:
    Ptr<IpL4Protocol> m_tcp; //!< what is guarded
};

} // namespace ns3

#endif // TCP_SEGMENT_GUARD_H
