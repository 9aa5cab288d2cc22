/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_LINUX_SOCKET_H
#define TCP_LINUX_SOCKET_H

#include "ns3/ns3-compat.h"

#include "ns3/tcp-socket-base.h"

#include <deque>
#include <map>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * What Linux's TCP does after the handshake and ns-3's does not, as far as it
 * decides how long a short transfer takes. All of it is off by default.
 *
 * Always on is how Linux writes its segments: PSH on the last segment of a write that
 * NoteWrite() was told of, and padding in front of the options.
 *
 * What else is always on keeps the stream whole where TcpSocketBase would cut it or
 * never end when segments are lost around the FIN: the FIN's sequence number is
 * behind all data; in CLOSING and LAST-ACK only an ACK of the FIN ends the
 * connection; a FIN that was put off is sent when the last data is acknowledged;
 * a missing segment that completes the peer's data after Close() does not make
 * the socket forget that it has closed; a FIN that comes with data is behind the
 * data, and is acknowledged, after Close() too; and a FIN that nobody
 * acknowledges is sent again ever less often (RFC 6298, section 5.5), and
 * DataRetries times at most.
 *
 * - QuickAcks: a receiver acknowledges the first segments of a connection one
 *   by one, and only then every second one (Linux's quick-ACK mode); also as soon
 *   as it replies within the delay of an ACK (its pingpong mode).
 * - TailRecovery: a loss near the end of a response leaves too few segments
 *   behind it for three duplicate ACKs, and TcpSocketBase waits for the
 *   retransmission timeout. Linux does better, in these ways:
 *   - A FIN that arrives out of order is acknowledged at once, with a SACK block
 *     that covers it, and counts for the sender like a segment of data.
 *   - When a segment was delivered that was sent after one still missing, the
 *     missing one counts as lost after a quarter of the least RTT (the
 *     reordering timer of RACK, RFC 8985, section 6.2).
 *   - When nothing at all was heard for two round trips, the last segment is
 *     sent once more to bring forth an ACK (the loss probe, RFC 8985, section 7).
 *   - New data stays within the peer's window also where some of that window has
 *     arrived out of order.
 *   - In TIME-WAIT a FIN that comes again is acknowledged again (RFC 9293,
 *     section 3.10.7.4), so that the peer need not send it for ever.
 * - FRto: after a timeout, the first ACK is followed by two new segments instead
 *   of retransmissions, to find out whether anything was lost at all (RFC 5682,
 *   section 3).
 */
class TcpLinuxSocket : public compat::WithTypeId<TcpLinuxSocket, TcpSocketBase>
{
  public:
    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    TcpLinuxSocket();

    /**
     * Copy a listener: its settings, not its connection.
     *
     * @param listener the listener
     */
    TcpLinuxSocket(const TcpLinuxSocket& listener);
    ~TcpLinuxSocket() override;

  protected:
    void DoForwardUp(Ptr<Packet> packet,
                     const Address& fromAddress,
                     const Address& toAddress) override;
    Ptr<TcpSocketBase> Fork() override;
    void SendEmptyPacket(uint8_t flags) override;
    uint32_t SendDataPacket(SequenceNumber32 seq, uint32_t maxSize, bool withAck) override;
    void ReceivedAck(Ptr<Packet> packet, const TcpHeader& header) override;
    void ReceivedData(Ptr<Packet> packet, const TcpHeader& header) override;
    void ReTxTimeout() override;
    void PersistTimeout() override;
    uint32_t AvailableWindow() const override;

    /**
     * Complete a header with the ports and send a segment of our own making.
     *
     * @param packet the payload
     * @param header the header
     */
    void SendSegment(Ptr<Packet> packet, TcpHeader& header);

    /**
     * Forget what was under way: the socket is to be used anew.
     */
    void ForgetFlight();

    /**
     * @return whether a FIN of ours was sent and is not yet acknowledged
     */
    bool IsFinOutstanding() const;

    /**
     * @return the retransmission timeout by the RTT estimator, without backoff
     */
    Time GetEstimatedRto() const;

    /**
     * Note that the application has written data.
     *
     * @param size how much, in bytes
     */
    void NoteWrite(uint32_t size);

    /**
     * Note that there is something to acknowledge, which data is to do.
     */
    void PutAckOff();

    /**
     * Process a segment in FIN-WAIT-1, FIN-WAIT-2 or CLOSE-WAIT; in place of the
     * base's function of this name, to which a FIN is where its segment starts.
     *
     * @param packet the payload
     * @param header the header
     */
    void ProcessWait(Ptr<Packet> packet, const TcpHeader& header);

  private:
    /**
     * Complete the header of a segment that is about to leave, as Linux writes it:
     * PSH, and padding in front of timestamps and SACK blocks. The base's trace of
     * what is sent is the only place between its making of a header and the sending.
     *
     * @param packet the payload
     * @param header the header, which is the sender's to change
     * @param socket the sender
     */
    static void Dress(Ptr<const Packet> packet,
                      const TcpHeader& header,
                      Ptr<const TcpSocketBase> socket);

    /**
     * Decide whether a segment has PSH: the last one of a write, and of what Linux
     * would hand to the device as one packet for segmentation, if it has several.
     *
     * @param start the segment's sequence number
     * @param size its data in bytes, not 0
     * @return whether it has
     */
    bool IsPushed(SequenceNumber32 start, uint32_t size);

    /// A segment that was sent and not yet acknowledged.
    struct Flight
    {
        SequenceNumber32 end;  //!< the sequence number behind it
        Time sent;             //!< when it was sent last
        bool again{false};     //!< whether it was sent more than once
        bool delivered{false}; //!< whether a SACK block covers it
    };

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
     * @param header an ACK
     * @return whether ns-3's scoreboard can take its SACK blocks: it wants a segment
     *         under way, and blocks of what is behind the first missing one, or of
     *         what was acknowledged before (RFC 2883)
     */
    bool IsSackSound(const TcpHeader& header) const;

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
     * @param wait what a timer is set to
     * @return how long it takes, by the RTT estimator's timer wheel
     */
    Time OnWheel(Time wait) const;

    /**
     * Send the loss probe.
     */
    void Probe();

    /**
     * After a timeout, send new data for the first ACK.
     */
    void ProbeTimeout();

    /**
     * Process an ACK in CLOSING or LAST-ACK that does not acknowledge our FIN.
     *
     * @param header the ACK
     */
    void ReceivedEarlierAck(const TcpHeader& header);

    /**
     * The FIN alone timed out: send it again, or give up.
     */
    void FinTimeout();

    /**
     * Take from a segment's timestamps, acknowledgement and window what is of use
     * in any state.
     *
     * @param header the segment's header
     * @return whether the segment may be processed (RFC 7323, section 3.2)
     */
    bool ReceivedSegment(const TcpHeader& header);

    /**
     * Acknowledge a FIN that arrived out of order, with a SACK block.
     *
     * @param fin the FIN's sequence number
     */
    void AckEarlyFin(SequenceNumber32 fin);

    uint32_t m_quickAcks{0};    //!< attribute QuickAcks
    bool m_tailRecovery{false}; //!< attribute TailRecovery
    bool m_fRto{false};         //!< attribute FRto

    uint32_t m_quickAcksUsed{0}; //!< how many of QuickAcks are used up
    bool m_byteProbed{false};    //!< highTxMark has a window probe that may not be taken

    uint32_t m_finTimeouts{0}; //!< how often the FIN has timed out

    Time m_lastReceived{Time::Min()}; //!< when data arrived last, or an ACK was put off

    uint32_t m_written{0};         //!< how much was written, in bytes
    std::deque<uint32_t> m_writes; //!< m_written after each write not yet acknowledged
    uint32_t m_largestWindow{0};   //!< the largest window of the peer, in bytes
    SequenceNumber32 m_burstStart; //!< start of what a device would segment
    SequenceNumber32 m_burstEnd;   //!< the number behind it so far
    Time m_burstTime;              //!< when it was sent

    std::map<SequenceNumber32, Flight> m_flight; //!< what is under way, by its start
    Time m_lastDelivered;                        //!< when the latest delivered one was sent
    Time m_deliveryRtt;                          //!< the time that took
    Time m_leastRtt{Time::Max()};                //!< the shortest such time
    bool m_probed{false};                        //!< a probe is under way
    bool m_doubtTimeout{false};                  //!< the timeout may have been spurious
    bool m_hold{false};                          //!< nothing may be sent now
    EventId m_reorderingEvent;                   //!< the reordering timer
    EventId m_probeEvent;                        //!< the loss probe's timer
};

} // namespace ns3

#endif // TCP_LINUX_SOCKET_H
