/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_SOUND_SENDER_H
#define TCP_SOUND_SENDER_H

#include "tcp-end-point.h"
#include "tcp-persist.h"
#include "tcp-push.h"

#include "ns3/tcp-socket-base.h"

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * The sending half of TcpSoundSocket: what leaves, when it is sent again, and how a
 * connection begins and ends.
 *
 * - A FIN's number is behind all data. One that was put off is sent when the last data is
 *   acknowledged; one that nobody acknowledges is sent again ever less often (RFC 6298,
 *   section 5.5), DataRetries times at most.
 * - A shut window is probed as peers understand it, and as long as it is shut
 *   (TcpPersist).
 * - Segments have PSH (TcpPush), and their options are aligned (TcpOptionLayout).
 * - SACK blocks that make no sense are ignored (TcpSackCheck).
 * - An abort is a reset with ACK.
 * - A socket that is connected anew has none of the data, timers and counts of its last
 *   connection.
 *
 * Subclasses fill hooks: OnConnect(), OnAbort() and OnFin() for segments without data,
 * OnTimeout() and ProcessTimeout() for the retransmission timer, Forget() for what they
 * keep of a connection.
 */
class TcpSoundSender : public TcpSocketBase
{
  public:
    /**
     * How opening or using the connection failed. ns3::Socket has no numbers for it;
     * GetConnectionError() tells it, as SO_ERROR does on Linux. Failures to open are told
     * by TcpFastOpenSocket alone: ns-3's own handshake does not tell them apart.
     */
    enum ConnectionError
    {
        NO_ERROR,    //!< it did not fail
        IN_PROGRESS, //!< SendTo() asked for a cookie and took no data (EINPROGRESS)
        REFUSED,     //!< the SYN was answered by RST (ECONNREFUSED)
        TIMED_OUT,   //!< all retransmissions went unanswered (ETIMEDOUT)
        RESET,       //!< the connection was reset by the peer (ECONNRESET)
    };

    TcpSoundSender();

    /**
     * Copy a socket: its settings, not its connection.
     *
     * @param socket the socket
     */
    TcpSoundSender(const TcpSoundSender& socket);

    /**
     * @return how the connection failed, if it did
     */
    ConnectionError GetConnectionError() const;

    using Socket::Send;
    int Send(Ptr<Packet> packet, uint32_t flags) override;

  protected:
    // What is sent

    void SendEmptyPacket(uint8_t flags) final;
    uint32_t SendDataPacket(SequenceNumber32 seq, uint32_t maxSize, bool withAck) override;
    uint32_t AvailableWindow() const override;
    void ReceivedAck(Ptr<Packet> packet, const TcpHeader& header) override;

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
     * Note that the application has written data.
     *
     * @param size how much, in bytes
     */
    void NoteWrite(uint32_t size);

    // Timers

    void ReTxTimeout() final;
    void PersistTimeout() final;

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
    void StartRetransmissionTimer(Time timeout);

    /**
     * Start the timers that should be running: of what is outstanding, and of window
     * probes when the peer's window is shut.
     */
    void StartTimers();

    /**
     * @return the retransmission timeout by the RTT estimator, without backoff
     */
    Time GetEstimatedRto() const;

    // The beginning and the end of a connection

    /// What the application was told of the connection.
    enum class Told
    {
        NOTHING, //!< nothing yet; or what ns-3's own handshake tells
        OPEN,    //!< that it is open
        END,     //!< that it has ended, other than by FINs: there is nothing left to close
    };

    /// How an end is reported.
    enum class Report
    {
        CLOSE,   //!< as a close: ns-3's way where the peer has reset the connection
        ERROR,   //!< as a close on an error
        FAILURE, //!< as a failure to open
        NONE,    //!< not at all: nobody knows of the connection
    };

    /**
     * The connection has ended other than by FINs: tell the application.
     *
     * @param error why
     * @param report how to tell
     */
    void End(ConnectionError error, Report report);

    /**
     * The connection has ended so: note it before its state shows it.
     *
     * @param error why
     */
    virtual void NoteEnd(ConnectionError error);

    /**
     * Forget the last connection: the socket is to be used anew. What a class keeps of
     * a connection it forgets here.
     */
    virtual void Forget();

    /**
     * Drop what the application has written and nobody will get.
     */
    void ClearSendBuffer();

    // What is known of the connection

    /**
     * @return whether there is an end point; not, once the connection is torn down
     */
    bool HasEndPoint() const;

    /**
     * @return the end point; there must be one
     */
    TcpEndPoint GetEndPoint() const;

    /**
     * @return whether a FIN of ours was sent and is not yet acknowledged
     */
    bool IsFinOutstanding() const;

    /**
     * @return whether a FIN of ours was sent, acknowledged or not; not in TIME-WAIT
     */
    bool HasSentFin() const;

    Told m_told{Told::NOTHING};        //!< what the application was told
    ConnectionError m_error{NO_ERROR}; //!< how the connection failed

  private:
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

    TcpPush m_push;            //!< which segments have PSH
    TcpPersist m_persist;      //!< the probes of a shut window
    uint32_t m_finTimeouts{0}; //!< how often the FIN has timed out
};

} // namespace ns3

#endif // TCP_SOUND_SENDER_H
