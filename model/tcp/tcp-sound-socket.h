/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_SOUND_SOCKET_H
#define TCP_SOUND_SOCKET_H

#include "tcp-segment-judge.h"
#include "tcp-segment-view.h"
#include "tcp-sound-sender.h"

#include "ns3/ns3-compat.h"

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * TcpSocketBase with what RFC 9293 and RFC 5961 ask of any TCP once a connection is open,
 * and the base lacks. None of it can be switched off. The handshake is still the base's;
 * TcpHandshakeSocket has another one. TcpSoundSender has what concerns sending; this class
 * has what arrives:
 *
 * - A segment is judged before anything acts on it (TcpSegmentJudge): resets, SYNs and
 *   ACKs that nobody can have sent honestly are answered or dropped, and what lies before the
 *   window is answered. So it is in TIME-WAIT (TcpTimeWait) and CLOSED.
 * - While ns-3's own handshake opens the connection, only what may end it does.
 * - Data and FIN arrive whole when segments are lost around the FIN: in CLOSING and
 *   LAST-ACK only an ACK of the FIN ends the connection; a missing segment that completes
 *   the peer's data after Close() does not make the socket forget that it has closed; a FIN
 *   that comes with data is behind the data, new or not, and is acknowledged, after Close()
 *   too; what comes with a FIN acknowledges our data.
 * - Data that comes with an old ACK is taken; data behind the window is not.
 *
 * ### For subclasses
 *
 * A segment takes one way, DoForwardUp(). While the connection is being opened,
 * ProcessOpening() has it; later it is judged, and ProcessOpen() has it if it is
 * acceptable. A subclass fills these and other hooks, and passes on to its base what it
 * does not do itself.
 */
class TcpSoundSocket : public compat::WithTypeId<TcpSoundSocket, TcpSoundSender>
{
  public:
    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    int Close() final;
    using Socket::Recv;
    Ptr<Packet> Recv(uint32_t maxSize, uint32_t flags) override;

  protected:
    // The way of a segment that arrives

    void DoForwardUp(Ptr<Packet> packet,
                     const Address& fromAddress,
                     const Address& toAddress) final;

    /**
     * @return whether the connection is being opened, or is to be
     */
    virtual bool IsOpening() const;

    /**
     * Process a segment while the connection is being opened.
     *
     * @param packet the segment, with its header
     * @param fromAddress the peer's address and port
     * @param toAddress our address and port
     */
    virtual void ProcessOpening(Ptr<Packet> packet,
                                const Address& fromAddress,
                                const Address& toAddress);

    /**
     * A segment was judged, and is about to be treated so.
     *
     * @param segment the segment
     * @param verdict the verdict
     */
    virtual void OnJudged([[maybe_unused]] const TcpSegmentView& segment,
                          [[maybe_unused]] TcpSegmentJudge::Verdict verdict)
    {
    }

    /**
     * A segment that is not acceptable is about to be answered by an ACK.
     *
     * @param segment the segment
     * @return whether it may be, or so many were that this one is not
     */
    virtual bool MayAnswer([[maybe_unused]] const TcpSegmentView& segment)
    {
        return true;
    }

    /**
     * The application has read, after it or the peer were slow.
     *
     * @return whether the peer is to be told of the room at once
     */
    virtual bool IsWindowNews() const
    {
        return false;
    }

    /**
     * Process a segment after the handshake: one that is acceptable, and any one in
     * TIME-WAIT and CLOSED.
     *
     * @param packet the segment, with its header
     * @param segment the same as a view
     * @param fromAddress the peer's address and port
     * @param toAddress our address and port
     */
    virtual void ProcessOpen(Ptr<Packet> packet,
                             const TcpSegmentView& segment,
                             const Address& fromAddress,
                             const Address& toAddress);

    void ReceivedData(Ptr<Packet> packet, const TcpHeader& header) override;

    /**
     * Take the header off a segment, and show both to those who watch.
     *
     * @param packet the segment; its payload afterwards
     * @return the header
     */
    TcpHeader TakeHeader(Ptr<Packet> packet);

    /**
     * Process a segment in ESTABLISHED; in place of the base's function of this name, which
     * does not look at what comes with a FIN.
     *
     * @param packet the payload
     * @param header the header
     */
    void ProcessEstablished(Ptr<Packet> packet, const TcpHeader& header);

    /**
     * Process a segment in FIN-WAIT-1, FIN-WAIT-2 or CLOSE-WAIT; in place of the
     * base's function of this name, to which a FIN is where its segment starts.
     *
     * @param packet the payload
     * @param header the header
     */
    void ProcessWait(Ptr<Packet> packet, const TcpHeader& header);

    Ptr<TcpSocketBase> Fork() override;

    /**
     * The application closes, and the connection has not ended yet.
     *
     * @return 0, or -1 on an error
     */
    virtual int ProcessClose();

  private:
    /// Whether data is being taken.
    enum class Taking
    {
        NO,   //!< no
        YES,  //!< yes
        READ, //!< yes, and the application has read some
    };

    /**
     * @return what the connection expects of a segment
     */
    TcpSegmentJudge::Window GetWindow() const;

    /**
     * While ns-3's handshake opens the connection, answer or drop a segment that the base
     * would take for more than it is (RFC 9293, sections 3.10.7.3 and 3.10.7.4).
     *
     * @param packet the segment
     * @param segment the same as a view
     * @param fromAddress the peer's address and port
     * @param toAddress our address and port
     * @return whether it is done with
     */
    bool SettleOpening(Ptr<Packet> packet,
                       const TcpSegmentView& segment,
                       const Address& fromAddress,
                       const Address& toAddress);

    /**
     * Process a segment in TIME-WAIT.
     *
     * @param segment the segment
     */
    void ProcessTimeWait(const TcpSegmentView& segment);

    /**
     * Process an acceptable segment in CLOSING or LAST-ACK. The base takes any ACK for that
     * of the FIN, drops what is outstanding, and ends CLOSING by a reset or a FIN.
     *
     * @param header the segment's header
     */
    void ProcessLast(const TcpHeader& header);

    /**
     * Process a segment with a FIN in ESTABLISHED, FIN-WAIT-1, FIN-WAIT-2 or CLOSE-WAIT.
     *
     * @param packet the payload
     * @param header the header
     */
    void ProcessFin(Ptr<Packet> packet, const TcpHeader& header);

    /**
     * In FIN-WAIT-1 a segment was processed that may acknowledge our FIN.
     *
     * @param header the segment's header
     */
    void NoteFinAck(const TcpHeader& header);

    /// The peer's FIN has come after ours was sent.
    void EnterClosing();

    /// Tell the peer of room in the window, if it is news.
    void TellWindow();

    /**
     * Take from a segment's timestamps, acknowledgement and window what is of use
     * in any state.
     *
     * @param header the segment's header
     * @return whether the segment may be processed (RFC 7323, section 3.2)
     */
    bool ReceivedSegment(const TcpHeader& header);

    Taking m_taking{Taking::NO}; //!< whether data is being taken
};

} // namespace ns3

#endif // TCP_SOUND_SOCKET_H
