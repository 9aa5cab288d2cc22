/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_SOUND_SENDER_H
#define TCP_SOUND_SENDER_H

#include "tcp-persist.h"
#include "tcp-push.h"
#include "tcp-reusable-socket.h"

#include <optional>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * The sending half of TcpSoundSocket: what leaves, and when it is sent again.
 *
 * - A FIN's number is behind all data. One that was put off is sent when the last data is
 *   acknowledged; one that nobody acknowledges is sent again ever less often (RFC 6298,
 *   section 5.5), DataRetries times at most.
 * - A shut window is probed as peers understand it, and as long as it is shut; one that
 *   stays smaller than a segment is filled in the end (TcpPersist).
 * - New data stays within the peer's window also where some of that window has arrived out
 *   of order.
 * - Segments have PSH (TcpPush), and their options are aligned (TcpOptionLayout).
 * - SACK blocks that make no sense are ignored (TcpSackCheck).
 * - An abort is a reset with ACK.
 * - ACKs have the number behind all that was sent.
 *
 * Subclasses fill hooks: OnConnect(), OnAbort() and OnFin() for segments without data,
 * OnTimeout() and ProcessTimeout() for the retransmission timer, Forget() for what they
 * keep of a connection.
 */
class TcpSoundSender : public TcpReusableSocket
{
  public:
    TcpSoundSender();

    /**
     * Copy a socket: its settings, not its connection.
     *
     * @param socket the socket
     */
    TcpSoundSender(const TcpSoundSender& socket);

    using Socket::Send;
    int Send(Ptr<Packet> packet, uint32_t flags) override;

  protected:
    // What is sent

    void SendEmptyPacket(uint8_t flags) final;
    uint32_t SendDataPacket(SequenceNumber32 seq, uint32_t maxSize, bool withAck) override;
    uint32_t AvailableWindow() const override;
    void ReceivedAck(Ptr<Packet> packet, const TcpHeader& header) final;

    /**
     * Process an ACK whose SACK blocks are sound: what is acknowledged, what may be sent,
     * and the data that came with it.
     *
     * @param packet the data
     * @param header the ACK
     */
    virtual void TakeAck(Ptr<Packet> packet, const TcpHeader& header);

    /**
     * Connect(), or the base's handshake, wants to send a SYN.
     *
     * @param flags SYN, with those of ECN and ACK
     */
    virtual void OnConnect(uint8_t flags);

    /**
     * The connection is about to be aborted by a reset.
     */
    virtual void OnAbort()
    {
    }

    /**
     * A FIN was sent without data.
     *
     * @param fin its number
     */
    virtual void OnFin([[maybe_unused]] SequenceNumber32 fin)
    {
    }

    /**
     * Complete a header with the ports and send a segment of our own making.
     *
     * @param packet the payload
     * @param header the header
     */
    void SendSegment(Ptr<Packet> packet, TcpHeader& header);

    /**
     * Answer an unacceptable segment by a reset (RFC 9293, section 3.5.2).
     *
     * @param segment the segment
     * @param fromAddress its sender's address and port
     * @param toAddress our address and port
     */
    void SendResetFor(const TcpHeader& segment,
                      const Address& fromAddress,
                      const Address& toAddress);

    /**
     * Answer a segment that belongs to no connection by a reset (RFC 9293, section
     * 3.10.7.1).
     *
     * @param segment the segment
     * @param size its data in bytes
     * @param fromAddress its sender's address and port
     * @param toAddress our address and port
     */
    void SendResetForStranger(const TcpHeader& segment,
                              uint32_t size,
                              const Address& fromAddress,
                              const Address& toAddress);

    /**
     * @return the number up to which we have acknowledged (RCV.NXT, as the peer knows it)
     */
    SequenceNumber32 GetAcknowledged() const;

    /**
     * @return the number behind the window that we have announced last
     */
    SequenceNumber32 GetAnnouncedEnd() const;

    /**
     * @return the largest window that we have announced, in bytes
     */
    uint32_t GetLargestAnnounced() const;

    /**
     * Note that the application has written data.
     *
     * @param size how much, in bytes
     */
    void NoteWrite(uint32_t size);

    // Timers

    void ReTxTimeout() final;
    void PersistTimeout() final;
    void LastAckTimeout() final;

    /**
     * The retransmission timer of data has expired; this may be the last time.
     *
     * @param earlier how many timeouts in a row came before
     * @param last whether the connection fails now
     */
    virtual void OnTimeout([[maybe_unused]] uint32_t earlier, [[maybe_unused]] bool last)
    {
    }

    /**
     * Send again what has timed out.
     */
    virtual void ProcessTimeout();

    /**
     * Something was acknowledged: a window probe's byte may turn out as not taken.
     *
     * @param ack the acknowledgement number
     */
    void NoteAck(SequenceNumber32 ack);

    /**
     * (Re)start the retransmission timer.
     *
     * @param timeout the time until it expires
     */
    virtual void StartRetransmissionTimer(Time timeout);

    /**
     * Start the timers that should be running: of what is outstanding, and of window
     * probes when the peer's window is shut.
     */
    void StartTimers();

    /**
     * The peer's window has been shut, or is too small for a segment.
     *
     * @return how long until the first probe, if the attribute PersistTimeout and the probes
     *         sent so far do not tell it
     */
    virtual std::optional<Time> GetFirstProbeWait() const
    {
        return std::nullopt;
    }

    /// (Re)start the timer of the first probe of a window that has just been shut.
    void BeginStall();

    /**
     * Look whether the peer's window keeps data back that nothing else will send: one smaller
     * than a segment, with nothing under way. Fill it, at once or after a while (RFC 9293,
     * section 3.8.6.2.1).
     */
    void HeedSmallWindow();

    /**
     * @return the retransmission timeout by the RTT estimator, without backoff
     */
    Time GetEstimatedRto() const;

    /**
     * @return how often data or FIN are sent again after the application has closed, 0:
     *         as often as before
     */
    virtual uint32_t GetOrphanRetries() const
    {
        return 0;
    }

    void Forget() override;

  private:
    /// Send as much new data as the peer's window takes, though it is no whole segment.
    void FillWindow();

    /**
     * Send a segment without data; an abort ends the connection.
     *
     * @param flags its flags
     */
    void SendWithoutData(uint8_t flags);

    /**
     * Send a reset.
     *
     * @param segment the segment that it answers
     * @param next what it acknowledges where that segment acknowledges nothing
     * @param fromAddress the segment's sender's address and port
     * @param toAddress our address and port
     */
    void SendReset(const TcpHeader& segment,
                   SequenceNumber32 next,
                   const Address& fromAddress,
                   const Address& toAddress);

    /**
     * @return the number that a segment without data has (SND.NXT)
     */
    SequenceNumber32 GetNextNumber() const;

    /**
     * @param earlier how many timeouts in a row came before
     * @return whether this timeout ends the connection
     */
    bool IsLastTimeout(uint32_t earlier) const;

    /**
     * Complete the header of a segment that is about to leave: PSH, and padding in front
     * of timestamps and SACK blocks. The base's trace of what is sent is the only place
     * between its making of a header and the sending.
     *
     * @param packet the payload
     * @param header the header, which is the sender's to change
     * @param socket the sender
     */
    static void CompleteHeader(Ptr<const Packet> packet,
                               const TcpHeader& header,
                               Ptr<const TcpSocketBase> socket);

    /**
     * The FIN alone timed out: send it again, or give up.
     */
    void FinTimeout();

    /**
     * Start the timer of window probes.
     */
    void StartPersistTimer();

    TcpPush m_push;                     //!< which segments have PSH
    TcpPersist m_persist;               //!< the probes of a shut window
    uint32_t m_finTimeouts{0};          //!< how often the FIN has timed out
    SequenceNumber32 m_acknowledged{0}; //!< what we have acknowledged
    uint32_t m_largestAnnounced{0};     //!< the largest window announced, in bytes
    SequenceNumber32 m_announcedEnd{0}; //!< behind the window that we have announced
};

} // namespace ns3

#endif // TCP_SOUND_SENDER_H
