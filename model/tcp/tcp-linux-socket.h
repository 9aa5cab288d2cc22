/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_LINUX_SOCKET_H
#define TCP_LINUX_SOCKET_H

#include "tcp-ack-policy.h"
#include "tcp-flight.h"
#include "tcp-sound-socket.h"

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Linux's clocks and habits after the handshake, as far as they decide how long a short
 * transfer takes. Each is an attribute, off by default; without any the socket is a
 * TcpSoundSocket.
 *
 * - QuickAcks: a receiver acknowledges the first segments of a connection one
 *   by one, and only then every second one (Linux's quick-ACK mode); also as soon
 *   as it replies within the delay of an ACK (its pingpong mode). See TcpAckPolicy.
 * - TailRecovery: a loss near the end of a response leaves too few segments
 *   behind it for three duplicate ACKs, and TcpSocketBase waits for the
 *   retransmission timeout. Linux does better, in these ways (see TcpFlight):
 *   - A FIN that arrives out of order is acknowledged at once, with a SACK block
 *     that covers it, and counts for the sender like a segment of data.
 *   - When a segment was delivered that was sent after one still missing, the
 *     missing one counts as lost after a quarter of the least RTT (the
 *     reordering timer of RACK, RFC 8985, section 6.2).
 *   - When nothing at all was heard for two round trips, the last segment is
 *     sent once more to bring forth an ACK (the loss probe, RFC 8985, section 7).
 *   - New data stays within the peer's window also where some of that window has
 *     arrived out of order.
 *   - In TIME-WAIT a FIN that comes again is acknowledged again (TcpTimeWait).
 * - FRto: after a timeout, the first ACK is followed by two new segments instead
 *   of retransmissions, to find out whether anything was lost at all (RFC 5682,
 *   section 3).
 */
class TcpLinuxSocket : public compat::WithTypeId<TcpLinuxSocket, TcpSoundSocket>
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
    ~TcpLinuxSocket() override;

  protected:
    void ProcessOpen(Ptr<Packet> packet,
                     const TcpSegmentView& segment,
                     const Address& fromAddress,
                     const Address& toAddress) override;
    Ptr<TcpSocketBase> Fork() override;
    uint32_t SendDataPacket(SequenceNumber32 seq, uint32_t maxSize, bool withAck) override;
    void OnFin(SequenceNumber32 fin) override;
    void ReceivedAck(Ptr<Packet> packet, const TcpHeader& header) override;
    void ReceivedData(Ptr<Packet> packet, const TcpHeader& header) override;
    void ProcessTimeout() override;
    uint32_t AvailableWindow() const override;
    void Forget() override;

    /**
     * Acknowledge the next data at once, whatever the policy.
     */
    void ForceAck();

    /**
     * Note that there is something to acknowledge, which data is to do.
     */
    void PutAckOff();

    /**
     * @param wait what a timer is set to
     * @return how long it takes, by the RTT estimator's timer wheel
     */
    Time OnWheel(Time wait) const;

  private:
    /// Whether the last timeout may have been spurious (RFC 5682).
    enum class FRto
    {
        CERTAIN,   //!< there is no doubt about it, or was none
        DOUBTED,   //!< the first ACK after it is to tell
        ANSWERING, //!< this ACK is being processed: nothing else may be sent
    };

    /**
     * @return whether the flight is watched: for TailRecovery, and with SACK alone
     */
    bool WatchesFlight() const;

    /**
     * Note that a segment was sent.
     *
     * @param start its first sequence number
     * @param end the sequence number behind it
     */
    void NoteSent(SequenceNumber32 start, SequenceNumber32 end);

    /**
     * Take from an ACK what has been delivered.
     *
     * @param header the ACK
     */
    void NoteDelivered(const TcpHeader& header);

    /**
     * Look for a segment that must be lost, as RACK does, and start the timer
     * of one that may be.
     */
    void DetectLoss();

    /**
     * (Re)start the timer of the loss probe.
     */
    void ScheduleProbe();

    /**
     * Send the loss probe.
     */
    void Probe();

    /**
     * After a timeout, send new data for the first ACK.
     */
    void ProbeTimeout();

    /**
     * Acknowledge a FIN that arrived out of order, with a SACK block.
     *
     * @param fin the FIN's sequence number
     */
    void AckEarlyFin(SequenceNumber32 fin);

    uint32_t m_quickAcks{0};    //!< attribute QuickAcks
    bool m_tailRecovery{false}; //!< attribute TailRecovery
    bool m_fRto{false};         //!< attribute FRto

    TcpAckPolicy m_ackPolicy;    //!< which data is acknowledged at once
    TcpFlight m_flight;          //!< what is under way
    FRto m_doubt{FRto::CERTAIN}; //!< whether the last timeout may have been spurious
    EventId m_reorderingEvent;   //!< the reordering timer
    EventId m_probeEvent;        //!< the loss probe's timer
};

} // namespace ns3

#endif // TCP_LINUX_SOCKET_H
