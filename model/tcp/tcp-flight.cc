/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-flight.h"

namespace ns3
{

namespace
{

/// Linux waits this much longer with its reordering timer (TCP_TIMEOUT_MIN).
const Time REORDERING_SLACK = MilliSeconds(2);
/// What a lone segment's probe waits for a delayed ACK (RFC 8985, section 7.2).
const Time LONE_SEGMENT_SLACK = MilliSeconds(200);

} // namespace

bool
TcpFlight::NoteSent(Time now, const Range& range)
{
    auto [entry, fresh] = m_segments.try_emplace(range.start);
    Segment& segment = entry->second;
    segment.end = range.end;
    segment.sent = now;
    segment.again = !fresh;
    if (fresh)
    {
        m_missing.insert(m_missing.end(), range.start);
    }
    return fresh;
}

bool
TcpFlight::NoteAcknowledged(Time now, SequenceNumber32 ack)
{
    bool left = false;
    for (auto first = m_segments.begin(); first != m_segments.end() && first->second.end <= ack;
         first = m_segments.erase(first))
    {
        if (!first->second.delivered)
        {
            NoteDelivered(now, first->second);
            m_missing.erase(first->first);
        }
        left = true;
    }
    m_probed = m_probed && !left;
    return left;
}

void
TcpFlight::NoteSacked(Time now, const Range& block)
{
    for (auto start = m_missing.lower_bound(block.start); start != m_missing.end();)
    {
        Segment& segment = m_segments.at(*start);
        if (segment.end > block.end)
        {
            return;
        }
        NoteDelivered(now, segment);
        segment.delivered = true;
        start = m_missing.erase(start);
    }
}

void
TcpFlight::NoteDelivered(Time now, const Segment& segment)
{
    // Which of two transmissions was delivered cannot be known, unless the
    // second one could not have been (RFC 8985, section 6.2, step 2).
    const Time took = now - segment.sent;
    if (!segment.again || took >= m_leastRtt)
    {
        m_lastDelivered = Max(m_lastDelivered, segment.sent);
        m_deliveryRtt = took;
        m_leastRtt = Min(m_leastRtt, took);
    }
}

TcpFlight::Verdict
TcpFlight::Judge(Time now, uint32_t threshold) const
{
    const std::size_t delivered = m_segments.size() - m_missing.size();
    if (delivered == 0)
    {
        return {};
    }
    const Segment& head = m_segments.begin()->second;
    if (head.delivered || head.sent > m_lastDelivered)
    {
        return {};
    }
    // Three segments behind the hole prove the loss; fewer may have overtaken it.
    const Time grace = delivered >= threshold ? Time(0) : m_leastRtt / 4 + REORDERING_SLACK;
    const Time wait = head.sent + m_deliveryRtt + grace - now;
    return {wait.IsStrictlyPositive() ? Verdict::WAIT : Verdict::LOST, wait};
}

bool
TcpFlight::IsEmpty() const
{
    return m_segments.empty();
}

Time
TcpFlight::GetProbeWait(Time rtt) const
{
    return 2 * rtt + (m_segments.size() == 1 ? LONE_SEGMENT_SLACK : REORDERING_SLACK);
}

TcpFlight::Range
TcpFlight::GetLast() const
{
    return {m_segments.rbegin()->first, m_segments.rbegin()->second.end};
}

void
TcpFlight::NoteProbe()
{
    m_probed = true;
}

bool
TcpFlight::IsProbed() const
{
    return m_probed;
}

void
TcpFlight::Reset()
{
    *this = TcpFlight();
}

} // namespace ns3
