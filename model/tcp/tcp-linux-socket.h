/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_LINUX_SOCKET_H
#define TCP_LINUX_SOCKET_H

#include "tcp-ack-policy.h"
#include "tcp-recovery-socket.h"

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Linux's clocks and habits after the handshake, as far as they decide how long a short
 * transfer takes. Each is an attribute of this class or of the layers below, off by default;
 * without any the socket is a TcpSoundSocket. This class has those of a receiver:
 *
 * - QuickAcks: a receiver acknowledges the first segments of a connection one
 *   by one, and only then every second one (Linux's quick-ACK mode); also as soon
 *   as it replies within the delay of an ACK (its pingpong mode). See TcpAckPolicy.
 * - A FIN that arrives out of order is acknowledged at once, with a SACK block that covers
 *   it (where TcpRecoverySocket's attribute Recovery is set).
 * - Delayed ACKs leave at the node's ticks (TcpTimerWheel).
 */
class TcpLinuxSocket : public compat::WithTypeId<TcpLinuxSocket, TcpRecoverySocket>
{
  public:
    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    TcpLinuxSocket() = default;

    /**
     * Copy a socket: its settings, not its connection.
     *
     * @param socket the socket
     */
    TcpLinuxSocket(const TcpLinuxSocket& socket);

  protected:
    void ProcessOpen(Ptr<Packet> packet,
                     const TcpSegmentView& segment,
                     const Address& fromAddress,
                     const Address& toAddress) override;
    Ptr<TcpSocketBase> Fork() override;
    uint32_t SendDataPacket(SequenceNumber32 seq, uint32_t maxSize, bool withAck) override;
    void ReceivedData(Ptr<Packet> packet, const TcpHeader& header) override;
    void Forget() override;

    /**
     * Acknowledge the next data at once, whatever the policy.
     */
    void ForceAck();

    /**
     * Note that there is something to acknowledge, which data is to do.
     */
    void PutAckOff();

  private:
    /**
     * Acknowledge a FIN that arrived out of order, with a SACK block.
     *
     * @param fin the FIN's sequence number
     */
    void AckEarlyFin(SequenceNumber32 fin);

    uint32_t m_quickAcks{0}; //!< attribute QuickAcks

    TcpAckPolicy m_ackPolicy; //!< which data is acknowledged at once
};

} // namespace ns3

#endif // TCP_LINUX_SOCKET_H
