/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-time-wait.h"

#include "ns3/tcp-header.h"

namespace ns3
{

TcpTimeWait::Answer
TcpTimeWait::Judge(const TcpSegmentView& segment)
{
    // A FIN that comes again: our last ACK was lost
    return segment.HasAny(TcpHeader::FIN) ? Answer::ACK : Answer::NONE;
}

} // namespace ns3
