/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_SYN_RCVD_SOCKET_H
#define TCP_SYN_RCVD_SOCKET_H

#include "tcp-handshake-socket.h"

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * SYN-RCVD: a listener's child that waits for the client's ACK, accepted by its SYN or not,
 * and a client whose SYN has crossed the peer's (RFC 9293, section 3.10.7.4). One of the
 * layers of TcpFastOpenSocket, and not to be made alone.
 */
class TcpSynRcvdSocket : public TcpHandshakeSocket
{
  protected:
    TcpSynRcvdSocket() = default;

    /**
     * Copy a socket: its settings, not its connection.
     *
     * @param socket the socket
     */
    TcpSynRcvdSocket(const TcpSynRcvdSocket& socket);

    // Hooks of the layers below
    bool IsOpening() const override;
    uint32_t SendDataPacket(SequenceNumber32 seq, uint32_t maxSize, bool withAck) override;

    /**
     * Process a segment in SYN-RCVD, or in FIN-WAIT-1 before the handshake is
     * complete.
     *
     * @param packet the payload
     * @param header the header
     * @param fromAddress the peer's address and port
     * @param toAddress our address and port
     */
    void ProcessInSynRcvd(Ptr<Packet> packet,
                          const TcpHeader& header,
                          const Address& fromAddress,
                          const Address& toAddress);

    /**
     * The handshake of a client whose SYN has crossed the peer's is complete.
     */
    virtual void OnSimultaneousOpen() = 0;

    /**
     * The peer has reset the connection, which is about to fail.
     */
    virtual void OnResetByPeer() = 0;

  private:
    /**
     * @param seq a segment's sequence number
     * @param size how much of the sequence it takes
     * @return whether some of it lies in the window (RFC 9293, section 3.4)
     */
    bool IsInWindow(SequenceNumber32 seq, uint32_t size) const;

    /**
     * Answer a segment that is not taken by an ACK, unless another one was answered just
     * now (Linux: tcp_oow_rate_limited).
     *
     * @param size the segment's data in bytes; with data it is answered in any case
     */
    void AnswerUnacceptable(uint32_t size);

    /**
     * A duplicate of the peer's SYN has come: the SYN-ACK was lost, or the SYN was
     * duplicated.
     *
     * @param header the duplicate
     */
    void AnswerDuplicateSyn(const TcpHeader& header);

    /**
     * The peer's SYN-ACK has crossed ours, and its SYN is a duplicate: acknowledge it, and
     * say so (RFC 2883).
     */
    void AcknowledgeSynAck();

    /**
     * Take an acceptable acknowledgement, and what comes with it.
     *
     * @param packet the payload
     * @param header the header
     * @param fromAddress the peer's address and port
     */
    void TakeHandshakeAck(Ptr<Packet> packet, const TcpHeader& header, const Address& fromAddress);

    /**
     * Begin to send an early reply again, with a window of one segment: as the SYN-ACK has
     * timed out more than once, the reply has, too (Linux: tcp_fastopen_synack_timer).
     */
    void ResendReply();

    /**
     * The handshake is complete: become open.
     *
     * @param header the segment that has completed it
     * @param fromAddress the peer's address and port
     * @param reduceWindow whether to start with a window of one segment
     */
    void BecomeOpen(const TcpHeader& header, const Address& fromAddress, bool reduceWindow);

    /**
     * @return the number behind what was sent: the SYN, its data or early replies, and a FIN
     */
    SequenceNumber32 GetSendNext() const;
};

} // namespace ns3

#endif // TCP_SYN_RCVD_SOCKET_H
