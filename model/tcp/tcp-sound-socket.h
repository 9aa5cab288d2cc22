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
 *   ACKs that nobody can have sent honestly are answered or dropped.
 * - Data and FIN arrive whole when segments are lost around the FIN: in CLOSING and
 *   LAST-ACK only an ACK of the FIN ends the connection; a missing segment that completes
 *   the peer's data after Close() does not make the socket forget that it has closed; a FIN
 *   that comes with data is behind the data, and is acknowledged, after Close() too.
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
    /**
     * @return what the connection expects of a segment
     */
    TcpSegmentJudge::Window GetWindow() const;

    /**
     * Process an ACK in CLOSING or LAST-ACK that does not acknowledge our FIN.
     *
     * @param header the ACK
     */
    void ReceivedEarlierAck(const TcpHeader& header);

    /**
     * Take from a segment's timestamps, acknowledgement and window what is of use
     * in any state.
     *
     * @param header the segment's header
     * @return whether the segment may be processed (RFC 7323, section 3.2)
     */
    bool ReceivedSegment(const TcpHeader& header);
};

} // namespace ns3

#endif // TCP_SOUND_SOCKET_H
