/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_SEGMENT_JUDGE_H
#define TCP_SEGMENT_JUDGE_H

#include "tcp-segment-view.h"

#include "ns3/sequence-number.h"

#include <cstdint>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Judges a segment that arrives when the handshake is complete (RFC 9293, section
 * 3.10.7.4, with RFC 5961's checks). TcpSocketBase takes a reset with any number, data
 * without ACK, and the options of any SYN.
 */
class TcpSegmentJudge
{
  public:
    /// What is to be done with a segment.
    enum class Verdict
    {
        ACCEPT, //!< process it
        RESET,  //!< it ends the connection
        ANSWER, //!< drop it, and answer by an ACK
        DROP,   //!< drop it
    };

    /// What the connection expects.
    struct Window
    {
        SequenceNumber32 next;     //!< the number that comes next (RCV.NXT)
        SequenceNumber32 end;      //!< the number behind the window
        SequenceNumber32 told;     //!< what of RCV.NXT the peer was told
        SequenceNumber32 oldest;   //!< the oldest number that we wait to be acknowledged (SND.UNA)
        SequenceNumber32 sent;     //!< the number behind all that we have sent, FIN included
        uint32_t largestWindow{0}; //!< the largest window that the peer can announce, in bytes
    };

    /**
     * @param segment the segment
     * @param window what the connection expects
     * @return what is to be done with it
     */
    static Verdict Judge(const TcpSegmentView& segment, const Window& window);
};

} // namespace ns3

#endif // TCP_SEGMENT_JUDGE_H
