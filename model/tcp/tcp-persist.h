/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_PERSIST_H
#define TCP_PERSIST_H

#include "ns3/nstime.h"
#include "ns3/sequence-number.h"

#include <cstdint>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * The probes of a shut window (RFC 9293, section 3.8.6.1): which byte one sends, and
 * what became of it; and when a small window is filled.
 *
 * TcpSocketBase probes with the next byte to send, ends the program where there is
 * none, and does not count the byte as sent, which the peer may take.
 */
class TcpPersist
{
  public:
    /// What to probe with.
    enum class Probe
    {
        NONE, //!< with nothing: there is no data
        NEXT, //!< the next byte to send
        HEAD, //!< the first byte that is not acknowledged, for all is sent
    };

    /// What there is to send.
    struct Data
    {
        uint32_t buffered{0};  //!< data that is not acknowledged, sent or not, in bytes
        SequenceNumber32 head; //!< its first number
        SequenceNumber32 next; //!< the next number to send; an earlier one in a retransmission
        uint32_t unsent{0};    //!< data from next on, in bytes; of no meaning before head
    };

    /**
     * @param data what there is to send
     * @return what to probe with
     */
    static Probe Choose(const Data& data);

    /**
     * @param timeout the last time between two probes
     * @return the next one: twice as long, at most 60 s, as TcpSocketBase's
     */
    static Time BackOff(Time timeout);

    /**
     * A byte that was not sent before was sent as a probe: it counts as sent, unless the
     * peer tells that it was not taken.
     */
    void NoteSent();

    /**
     * The peer acknowledges something.
     *
     * @param ack the acknowledgement number
     * @param next the next number to send
     * @param highest the number behind all that counts as sent
     * @return whether the probe's byte was not taken: then it is still to be sent
     */
    bool NoteAcknowledged(SequenceNumber32 ack, SequenceNumber32 next, SequenceNumber32 highest);

    /**
     * @return whether a probe's byte counts as sent, and nothing was heard since
     */
    bool IsProbed() const;

    /**
     * The peer announces a window.
     *
     * @param window the window in bytes
     */
    void NoteWindow(uint32_t window);

    /**
     * Whether to fill a window that is smaller than a segment at once: where it is half of
     * the largest one (RFC 9293, section 3.8.6.2.1). TcpSocketBase never does.
     *
     * @param window the window in bytes
     * @return whether it is large enough
     */
    bool IsWorthFilling(uint32_t window) const;

    /// Forget the connection.
    void Reset();

  private:
    bool m_probed{false};        //!< a probe's byte counts as sent, and nothing was heard since
    uint32_t m_largestWindow{0}; //!< the largest window of the peer, in bytes
};

} // namespace ns3

#endif // TCP_PERSIST_H
