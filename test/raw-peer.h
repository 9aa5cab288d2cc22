/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef RAW_PEER_H
#define RAW_PEER_H

#include "ns3/ip-l4-protocol.h"
#include "ns3/ipv4-address.h"
#include "ns3/ipv4-header.h"
#include "ns3/node.h"
#include "ns3/nstime.h"
#include "ns3/tcp-header.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/**
 * Stands in for the TCP of a node: notes what arrives and sends what a test
 * writes, byte for byte, so that a test can play a peer of any behaviour.
 */
class RawPeer : public ns3::IpL4Protocol
{
  public:
    /// A segment that arrived.
    struct Segment
    {
        ns3::Time time;           //!< when
        ns3::TcpHeader header;    //!< the header
        std::string payload;      //!< the data
        std::vector<uint8_t> raw; //!< the header's bytes
    };

    /// A segment to send.
    struct Spec
    {
        uint8_t flags{0};             //!< TcpHeader::Flags_t
        uint32_t seq{0};              //!< sequence number
        uint32_t ack{0};              //!< acknowledgement number
        std::vector<uint8_t> options; //!< the options' bytes, a multiple of 4
        std::string payload;          //!< the data
        uint16_t window{65535};       //!< the window
        /// data offset in words of 32 bits; by default that of header and options
        std::optional<uint8_t> dataOffset{};
    };

    /**
     * Take the place of TCP on a node.
     *
     * @param node the node, with an IPv4 stack
     * @param localPort our port
     * @param remote the other node's address
     * @param remotePort its port; 0: that of the first segment which arrives
     */
    void Install(ns3::Ptr<ns3::Node> node,
                 uint16_t localPort,
                 ns3::Ipv4Address remote,
                 uint16_t remotePort = 0);

    /**
     * @param spec what to send now
     */
    void Send(const Spec& spec);

    /**
     * @param time when to send
     * @param spec what to send
     */
    void SendAt(ns3::Time time, const Spec& spec);

    /**
     * @param spec a segment
     * @param source the source port
     * @param destination the destination port
     * @return its bytes
     */
    static std::vector<uint8_t> GetBytes(const Spec& spec, uint16_t source, uint16_t destination);

    /**
     * Send any bytes as a TCP segment of a node, whatever its TCP knows of.
     *
     * @param node the node
     * @param destination where to
     * @param bytes the segment's bytes, none of which need make sense
     */
    static void SendBytes(ns3::Ptr<ns3::Node> node,
                          ns3::Ipv4Address destination,
                          const std::vector<uint8_t>& bytes);

    std::vector<Segment> received; //!< what arrived, in order

    int GetProtocolNumber() const override;
    RxStatus Receive(ns3::Ptr<ns3::Packet> packet,
                     const ns3::Ipv4Header& header,
                     ns3::Ptr<ns3::Ipv4Interface> interface) override;
    RxStatus Receive(ns3::Ptr<ns3::Packet> packet,
                     const ns3::Ipv6Header& header,
                     ns3::Ptr<ns3::Ipv6Interface> interface) override;
    void SetDownTarget(DownTargetCallback callback) override;
    void SetDownTarget6(DownTargetCallback6 callback) override;
    DownTargetCallback GetDownTarget() const override;
    DownTargetCallback6 GetDownTarget6() const override;

  private:
    ns3::Ptr<ns3::Node> m_node; //!< the node
    uint16_t m_localPort{0};    //!< our port
    ns3::Ipv4Address m_remote;  //!< the other's address
    uint16_t m_remotePort{0};   //!< the other's port
};

#endif // RAW_PEER_H
