/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_PUSH_H
#define TCP_PUSH_H

#include "ns3/nstime.h"
#include "ns3/sequence-number.h"

#include <cstdint>
#include <deque>
#include <optional>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Which segments have PSH: the last one of a write (RFC 9293, section 3.9.1.2), and the
 * last one of what Linux would hand to the device as one packet for segmentation, if that
 * has several (tcp_mark_push, tcp_tso_autosize). TcpSocketBase never sets it.
 */
class TcpPush
{
  public:
    /// What is known when a segment leaves.
    struct Known
    {
        Time now;                       //!< the time
        SequenceNumber32 acknowledged;  //!< the oldest number that is not acknowledged
        uint32_t peerWindow{0};         //!< the window that the peer has announced, in bytes
        uint32_t congestionWindow{0};   //!< the congestion window in bytes; 0: not known
        uint32_t room{0xffffffff};      //!< what the windows allow behind this segment, in bytes
        std::optional<Time> rtt;        //!< the smoothed RTT, where there is a sample
        uint32_t segmentSize{0};        //!< the largest segment in bytes
        SequenceNumber32 firstSequence; //!< the number of the stream's first byte
    };

    /**
     * Note that the application has written data.
     *
     * @param size how much, in bytes
     */
    void NoteWrite(uint32_t size);

    /**
     * @return how much the application has written, in bytes
     */
    uint32_t GetWritten() const;

    /**
     * Decide on a segment that leaves; each one is to be asked for, in order.
     *
     * @param start its sequence number
     * @param size its data in bytes, not 0
     * @param known what is known
     * @return whether it has PSH
     */
    bool NoteSegment(SequenceNumber32 start, uint32_t size, const Known& known);

    /// Forget the connection.
    void Reset();

  private:
    /**
     * @param known what is known
     * @return the most data that the device would get as one packet, in bytes
     */
    uint32_t UpdateBurstLimit(const Known& known);

    uint32_t m_written{0};         //!< how much was written, in bytes
    std::deque<uint32_t> m_writes; //!< m_written after each write not yet acknowledged
    uint32_t m_largestWindow{0};   //!< the largest window of the peer, in bytes
    SequenceNumber32 m_burstStart; //!< start of what a device would segment
    /// the number behind it so far; none: what follows is another packet
    std::optional<SequenceNumber32> m_burstEnd;
    Time m_burstTime; //!< when it was sent
};

} // namespace ns3

#endif // TCP_PUSH_H
