/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-segment-judge.h"

#include "ns3/tcp-header.h"

#include <algorithm>

namespace ns3
{

TcpSegmentJudge::Verdict
TcpSegmentJudge::Judge(const TcpSegmentView& segment, const Window& window)
{
    const SequenceNumber32 seq = segment.GetSequenceNumber();
    const SequenceNumber32 ack = segment.GetAckNumber();
    const bool beyond = seq > std::max(window.next, window.end);
    if (segment.HasAny(TcpHeader::RST))
    {
        if (seq == window.next)
        {
            return Verdict::RESET;
        }
        // In the window, but not exact: a forgery, or a true peer that will send
        // it again when it is answered (RFC 5961, section 3.2).
        return seq > window.next && !beyond ? Verdict::ANSWER : Verdict::DROP;
    }
    if (segment.HasAny(TcpHeader::SYN) || beyond)
    {
        // The handshake's last ACK was lost, and the peer has to learn of it; or
        // a forgery. The base would start anew with the SYN's options.
        return Verdict::ANSWER;
    }
    if (!segment.HasAny(TcpHeader::ACK))
    {
        // Data may be a window probe of TcpSocketBase, which waits for our window
        return segment.GetPayloadSize() > 0 ? Verdict::ANSWER : Verdict::DROP;
    }
    const bool empty = segment.GetPayloadSize() == 0 && !segment.HasAny(TcpHeader::FIN);
    if (empty && seq < window.told)
    {
        // Before the window: a keepalive, a window probe, or one who has lost our ACK. What
        // was under way while we acknowledged is of use, and not meant so.
        return Verdict::ANSWER;
    }
    // What lies behind by more than any window can only be a guess (RFC 5961,
    // section 5.2).
    return ack > window.sent || ack < window.oldest - window.largestWindow ? Verdict::ANSWER
                                                                           : Verdict::ACCEPT;
}

} // namespace ns3
