/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-answer-limit.h"

#include "ns3/tcp-header.h"

namespace ns3
{

bool
TcpAnswerLimit::MayAnswer(const TcpSegmentView& segment, Time now, Time interval)
{
    const bool counts = segment.GetPayloadSize() > 0 || segment.HasAny(TcpHeader::FIN);
    if (counts && !segment.HasAny(TcpHeader::SYN))
    {
        return true;
    }
    if (m_last && now < *m_last + interval)
    {
        return false;
    }
    m_last = now;
    return true;
}

void
TcpAnswerLimit::Reset()
{
    m_last.reset();
}

} // namespace ns3
