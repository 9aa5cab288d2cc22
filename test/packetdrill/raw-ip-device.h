/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef RAW_IP_DEVICE_H
#define RAW_IP_DEVICE_H

#include "ns3/net-device.h"
#include "ns3/node.h"

#include <functional>

/**
 * A network device without a link: what the node sends goes to a function, what is
 * injected the node receives. There is no link-layer header and no ARP.
 */
class RawIpDevice : public ns3::NetDevice
{
  public:
    /// Takes a datagram that the node sends.
    using Sink = std::function<void(ns3::Ptr<ns3::Packet>)>;

    /**
     * @param sink where the node's datagrams go
     */
    explicit RawIpDevice(Sink sink);

    /**
     * Let the node receive a datagram.
     *
     * @param packet the datagram, IPv4 or IPv6 header first
     * @param protocolNumber its Ethertype
     */
    void Inject(ns3::Ptr<ns3::Packet> packet, uint16_t protocolNumber);

    void SetIfIndex(uint32_t index) override;
    uint32_t GetIfIndex() const override;
    ns3::Ptr<ns3::Channel> GetChannel() const override;
    void SetAddress(ns3::Address address) override;
    ns3::Address GetAddress() const override;
    bool SetMtu(uint16_t mtu) override;
    uint16_t GetMtu() const override;
    bool IsLinkUp() const override;
    void AddLinkChangeCallback(ns3::Callback<void> callback) override;
    bool IsBroadcast() const override;
    ns3::Address GetBroadcast() const override;
    bool IsMulticast() const override;
    ns3::Address GetMulticast(ns3::Ipv4Address group) const override;
    ns3::Address GetMulticast(ns3::Ipv6Address group) const override;
    bool IsBridge() const override;
    bool IsPointToPoint() const override;
    bool Send(ns3::Ptr<ns3::Packet> packet,
              const ns3::Address& dest,
              uint16_t protocolNumber) override;
    bool SendFrom(ns3::Ptr<ns3::Packet> packet,
                  const ns3::Address& source,
                  const ns3::Address& dest,
                  uint16_t protocolNumber) override;
    ns3::Ptr<ns3::Node> GetNode() const override;
    void SetNode(ns3::Ptr<ns3::Node> node) override;
    bool NeedsArp() const override;
    void SetReceiveCallback(ReceiveCallback callback) override;
    void SetPromiscReceiveCallback(PromiscReceiveCallback callback) override;
    bool SupportsSendFrom() const override;

  private:
    Sink m_sink;                //!< where datagrams go
    ReceiveCallback m_receive;  //!< the node's
    ns3::Ptr<ns3::Node> m_node; //!< the node
    uint32_t m_index{0};        //!< our number there
    uint16_t m_mtu{1500};       //!< size of the largest datagram
    ns3::Address m_address;     //!< of no meaning
};

#endif // RAW_IP_DEVICE_H
