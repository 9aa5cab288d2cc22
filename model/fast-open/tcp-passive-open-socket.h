/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_PASSIVE_OPEN_SOCKET_H
#define TCP_PASSIVE_OPEN_SOCKET_H

#include "tcp-fast-open-keys.h"
#include "tcp-fast-open-queue.h"
#include "tcp-syn-judge.h"
#include "tcp-syn-rcvd-socket.h"

#include <optional>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * The server's side of opening a connection (RFC 9293's passive OPEN): LISTEN, and the
 * making of a child.
 *
 * A SYN with a valid cookie makes a child in SYN-RCVD at once: the accept callback is
 * called, the data is readable, and what the application sends leaves before the client's
 * ACK has come (RFC 7413, section 4.2.2). One of the layers of TcpFastOpenSocket, and not
 * to be made alone.
 */
class TcpPassiveOpenSocket : public TcpSynRcvdSocket
{
  public:
    TcpPassiveOpenSocket();

    /**
     * Copy a socket: its settings, not its connection, nor its queue.
     *
     * @param socket the socket
     */
    TcpPassiveOpenSocket(const TcpPassiveOpenSocket& socket);

    int Listen() override;

  protected:
    /// How many connections a listener may have pending (Linux: somaxconn).
    static constexpr uint32_t DEFAULT_QUEUE_LENGTH = 4096;

    // Hooks of the layers below
    void OnAbort() override;
    void Forget() override;
    void CompleteFork(Ptr<Packet> packet,
                      const TcpHeader& header,
                      const Address& fromAddress,
                      const Address& toAddress) override;
    std::optional<TcpHandshakeOffer::FastOpen> GetFastOpenOption() const override;
    void OnNoRoom() override;
    void LeaveOpening() override;
    void OnResetByPeer() override;
    bool IsAbandoned() const override;

    /**
     * Process a segment in LISTEN.
     *
     * @param packet the payload
     * @param header the header
     * @param fromAddress the client's address and port
     * @param toAddress our address and port
     */
    void ProcessInListen(Ptr<Packet> packet,
                         const TcpHeader& header,
                         const Address& fromAddress,
                         const Address& toAddress);

    /**
     * The listener is closed: its children that wait to be accepted are, too.
     */
    void CloseQueue();

    /**
     * @param length how many connections may be pending
     */
    void SetQueueLength(uint32_t length);

    /**
     * @return how many connections may be pending
     */
    uint32_t GetQueueLength() const;

    Ptr<TcpFastOpenKeys> m_keys; //!< TcpFastOpenSocket's attribute FastOpenKeys

  private:
    /**
     * @param queue a listener's queue
     * @return whether this node and this listener serve Fast Open
     */
    bool IsServing(const Ptr<TcpFastOpenQueue>& queue) const;

    /**
     * Allocate a child's end point, and let it hand its segments to us.
     *
     * @param fromAddress the client's address and port
     * @param toAddress our address and port
     * @return whether that is done; not where a duplicate of the SYN was faster
     */
    bool OpenEndPoint(const Address& fromAddress, const Address& toAddress);

    /**
     * Decide on a SYN's Fast Open option and data, and tell the node.
     *
     * @param offer the SYN's options
     * @param size its data in bytes
     * @return whether to accept the connection with its data now
     */
    bool JudgeSyn(const TcpHandshakeOffer& offer, uint32_t size);

    /**
     * Let the end point hand segments to ReceiveEarly().
     */
    void InterceptSegments();

    /**
     * Receive a segment before the handshake is complete. The base answers a SYN
     * that comes again by an ACK; it is ours to answer.
     *
     * @tparam Header Ipv4Header or Ipv6Header
     * @tparam Interface Ptr<Ipv4Interface> or Ptr<Ipv6Interface>
     * @param packet the segment
     * @param header the IP header
     * @param port the sender's port
     * @param interface where it has come in
     */
    template <class Header, class Interface>
    void ReceiveEarly(Ptr<Packet> packet, Header header, uint16_t port, Interface interface);

    Ptr<TcpFastOpenQueue> m_queue;          //!< a listener's pending connections
    Ptr<TcpFastOpenQueue> m_listenersQueue; //!< a child's listener's, as long as it is pending
    TcpFastOpenQueue::Slot m_slot;          //!< a child's place in it
    std::optional<TcpHandshakeOffer::FastOpen> m_grant; //!< the cookie that our SYN-ACK grants
};

} // namespace ns3

#endif // TCP_PASSIVE_OPEN_SOCKET_H
