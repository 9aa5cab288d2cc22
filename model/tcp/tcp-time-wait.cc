/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-time-wait.h"

#include "ns3/tcp-header.h"

namespace ns3
{

TcpTimeWait::Answer
TcpTimeWait::Judge(const TcpSegmentView& segment, SequenceNumber32 next)
{
    const SequenceNumber32 seq = segment.GetSequenceNumber();
    if (segment.HasAny(TcpHeader::RST))
    {
        return seq == next ? Answer::END : Answer::NONE;
    }
    if (segment.HasAny(TcpHeader::SYN))
    {
        return Answer::ACK;
    }
    if (!segment.HasAny(TcpHeader::ACK))
    {
        return Answer::NONE;
    }
    if (segment.HasAny(TcpHeader::FIN) && seq + segment.GetPayloadSize() + 1 == next)
    {
        return Answer::RESTART; // it comes again: our last ACK was lost
    }
    // Only an ACK of ours, in its place, is of an honest peer that has all
    const bool last =
        seq == next && segment.GetPayloadSize() == 0 && !segment.HasAny(TcpHeader::FIN);
    return last ? Answer::NONE : Answer::ACK;
}

} // namespace ns3
