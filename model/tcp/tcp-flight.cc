/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-flight.h"

#include <algorithm>

namespace ns3
{

// What is sent, and what is known of it

void
TcpFlight::NoteSent(Time now, const Range& range)
{
    if (m_segments.empty() || range.start >= m_segments.back().range.end)
    {
        m_sendings.push_back({m_gone + m_segments.size(), 1});
        m_segments.push_back({range, now});
        m_counts[static_cast<std::size_t>(State::SENT)]++;
        return;
    }
    const SequenceNumber32 end = m_segments.back().range.end;
    for (uint64_t id = Find(range.start);
         id < m_gone + m_segments.size() && At(id).range.start < range.end;
         id++)
    {
        Segment& segment = At(id);
        if (segment.state == State::SACKED)
        {
            continue;
        }
        if (segment.state == State::LOST)
        {
            SetState(segment, State::RESENT);
        }
        segment.sent = now;
        segment.times++;
        m_sendings.push_back({id, segment.times});
    }
    if (range.end > end)
    {
        NoteSent(now, {end, range.end});
    }
}

TcpFlight::Delivery
TcpFlight::NoteAck(Time now,
                   SequenceNumber32 ack,
                   std::vector<Range> blocks,
                   SequenceNumber32 boundary,
                   std::optional<uint32_t> echo)
{
    Delivery delivery;
    const auto highest = m_highest;
    const uint64_t left = Find(ack); // what is acknowledged is not a SACK block's to tell
    std::optional<Time> firstSacked; // when it was sent, of those that were sent once
    std::optional<Time> lastSacked;
    std::sort(blocks.begin(), blocks.end(), [](const Range& a, const Range& b) {
        return a.start < b.start;
    });
    for (const Range& block : blocks)
    {
        SequenceNumber32 start = block.start;
        for (const Range& known : m_blocks)
        {
            if (known.start <= block.start && block.start < known.end && known.end <= block.end)
            {
                start = std::max(start, known.end);
            }
        }
        for (uint64_t id = std::max(left, Find(start)); id < m_gone + m_segments.size(); id++)
        {
            Segment& segment = At(id);
            if (segment.range.end > block.end)
            {
                break;
            }
            if (segment.state == State::SACKED || segment.range.start < block.start)
            {
                continue;
            }
            NoteDelivered(now, segment);
            m_reordered =
                m_reordered || (segment.times == 1 && m_highest && segment.range.end < *m_highest);
            m_highest = std::max(m_highest.value_or(segment.range.end), segment.range.end);
            SetState(segment, State::SACKED);
            delivery.segments++;
            delivery.sacked = true;
            if (segment.times == 1)
            {
                firstSacked = firstSacked.value_or(segment.sent);
                lastSacked = segment.sent;
                delivery.original = delivery.original || segment.range.end <= boundary;
            }
        }
    }
    m_blocks = std::move(blocks);

    std::optional<Time> first;
    std::optional<Time> last;
    for (; !m_segments.empty() && m_segments.front().range.end <= ack; m_gone++)
    {
        Segment& segment = m_segments.front();
        if (segment.state != State::SACKED)
        {
            const auto stamp = static_cast<uint32_t>(segment.sent.GetMilliSeconds());
            const bool earlier = echo.value_or(0) != 0 && static_cast<int32_t>(*echo - stamp) < 0;
            if (segment.times == 1 || !earlier)
            {
                NoteDelivered(now, segment);
            }
            delivery.segments++;
            if (segment.times == 1)
            {
                // Against what had arrived before this ACK: of that the receiver may have
                // put the acknowledgement off
                m_reordered = m_reordered || (highest && segment.range.end < *highest);
                first = first.value_or(segment.sent);
                last = segment.sent;
                delivery.original = delivery.original || segment.range.end <= boundary;
            }
        }
        delivery.resent = delivery.resent || segment.times > 1;
        delivery.acknowledged++;
        m_highest = std::max(m_highest.value_or(segment.range.end), segment.range.end);
        m_counts[static_cast<std::size_t>(segment.state)]--;
        m_segments.pop_front();
    }
    if (!m_segments.empty() && m_segments.front().range.start < ack)
    {
        m_segments.front().range.start = ack; // a part of it
        m_blocks.clear();                     // they may cover the rest
    }
    while (!m_sendings.empty() && m_sendings.front().id < m_gone)
    {
        m_sendings.pop_front();
    }

    if (delivery.resent)
    {
        first.reset(); // which of the sendings has brought forth the ACK?
        last.reset();
    }
    const auto since = [now](const std::optional<Time>& sent) {
        return sent ? std::optional<Time>(now - *sent) : std::nullopt;
    };
    delivery.rtt = since(first ? first : firstSacked);
    delivery.lastRtt = since(lastSacked ? lastSacked : last);
    delivery.restartsTimer = delivery.acknowledged > 0 ||
                             (firstSacked && !m_segments.empty() && *firstSacked < GetHeadSent());
    if (delivery.lastRtt)
    {
        NoteRtt(*delivery.lastRtt);
    }
    return delivery;
}

void
TcpFlight::NoteRtt(Time rtt)
{
    m_leastRtt = Min(m_leastRtt, rtt);
}

void
TcpFlight::NoteReordering()
{
    m_reordered = true;
}

void
TcpFlight::NoteDelivered(Time now, const Segment& segment)
{
    // RFC 8985, section 6.2, step 2. Which of two sendings was delivered cannot be known,
    // unless the second one could not have been.
    const Time took = now - segment.sent;
    if (segment.times > 1 && took < m_leastRtt)
    {
        return;
    }
    m_latestRtt = took;
    m_advanced = true;
    if (!m_latest || segment.sent > *m_latest ||
        (segment.sent == *m_latest && segment.range.end > m_latestEnd))
    {
        m_latest = segment.sent;
        m_latestEnd = segment.range.end;
    }
}

// What is lost

std::optional<Time>
TcpFlight::DetectLoss(Time now, bool certain)
{
    m_advanced = false;
    if (!m_latest)
    {
        return {};
    }
    std::optional<Time> longest;
    const bool patient = (!certain || m_reordered) && m_leastRtt != Time::Max();
    const Time window = patient ? m_leastRtt / 4 : Time(0);
    auto keep = m_sendings.begin();
    auto sending = m_sendings.begin();
    for (; sending != m_sendings.end(); ++sending)
    {
        if (!IsUnderWay(*sending))
        {
            continue;
        }
        const Segment& segment = At(sending->id);
        if (segment.sent > *m_latest ||
            (segment.sent == *m_latest && segment.range.end >= m_latestEnd))
        {
            break;
        }
        const Time remaining = segment.sent + m_latestRtt + window - now;
        if (remaining.IsStrictlyPositive())
        {
            longest = longest ? Max(*longest, remaining) : remaining;
            *keep++ = *sending;
            continue;
        }
        MarkLost(sending->id);
    }
    m_sendings.erase(keep, sending);
    return longest;
}

bool
TcpFlight::HasAdvanced() const
{
    return m_advanced;
}

void
TcpFlight::Reexamine()
{
    m_advanced = true;
}

void
TcpFlight::MarkTimedOut(Time now)
{
    if (m_segments.empty())
    {
        return;
    }
    const bool reneged = m_segments.front().state == State::SACKED;
    if (reneged)
    {
        m_blocks.clear();
    }
    for (uint64_t id = m_gone; id < m_gone + m_segments.size(); id++)
    {
        Segment& segment = At(id);
        if (reneged && segment.state == State::SACKED)
        {
            SetState(segment, State::SENT); // the receiver has dropped it
        }
        const bool recent = m_latest && segment.sent + m_latestRtt > now;
        if (segment.state != State::SACKED && segment.state != State::LOST &&
            (id == m_gone || reneged || !recent))
        {
            MarkLost(id);
        }
    }
}

void
TcpFlight::UnmarkLost()
{
    m_sendings.clear();
    for (uint64_t id = m_gone; id < m_gone + m_segments.size(); id++)
    {
        Segment& segment = At(id);
        if (segment.state != State::SACKED)
        {
            m_sendings.push_back({id, segment.times});
        }
        if (segment.state == State::LOST || segment.state == State::RESENT)
        {
            SetState(segment, State::SENT);
        }
    }
    std::stable_sort(m_sendings.begin(), m_sendings.end(), [this](const auto& a, const auto& b) {
        return At(a.id).sent < At(b.id).sent;
    });
}

std::optional<TcpFlight::Range>
TcpFlight::GetNextLost()
{
    if (Count(State::LOST) == 0)
    {
        return {};
    }
    for (m_nextLost = std::max(m_nextLost, m_gone); At(m_nextLost).state != State::LOST;)
    {
        m_nextLost++;
    }
    return At(m_nextLost).range;
}

void
TcpFlight::MarkLost(uint64_t id)
{
    SetState(At(id), State::LOST);
    m_nextLost = std::min(m_nextLost, id);
    m_totalLost++;
}

// The segments

uint64_t
TcpFlight::Find(SequenceNumber32 number) const
{
    const auto found = std::partition_point(
        m_segments.begin(),
        m_segments.end(),
        [number](const Segment& segment) { return segment.range.end <= number; });
    return m_gone + (found - m_segments.begin());
}

bool
TcpFlight::IsUnderWay(const Sending& sending)
{
    if (sending.id < m_gone)
    {
        return false;
    }
    const Segment& segment = At(sending.id);
    return segment.times == sending.times &&
           (segment.state == State::SENT || segment.state == State::RESENT);
}

TcpFlight::Segment&
TcpFlight::At(uint64_t id)
{
    return m_segments[id - m_gone];
}

void
TcpFlight::SetState(Segment& segment, State state)
{
    m_counts[static_cast<std::size_t>(segment.state)]--;
    m_counts[static_cast<std::size_t>(state)]++;
    segment.state = state;
}

uint32_t
TcpFlight::Count(State state) const
{
    return m_counts[static_cast<std::size_t>(state)];
}

bool
TcpFlight::IsEmpty() const
{
    return m_segments.empty();
}

uint32_t
TcpFlight::GetSize() const
{
    return m_segments.size();
}

uint32_t
TcpFlight::GetInFlight() const
{
    return Count(State::SENT) + Count(State::RESENT);
}

uint32_t
TcpFlight::GetSacked() const
{
    return Count(State::SACKED);
}

uint32_t
TcpFlight::GetLost() const
{
    return Count(State::LOST) + GetResent();
}

uint32_t
TcpFlight::GetResent() const
{
    return Count(State::RESENT);
}

uint64_t
TcpFlight::GetTotalLost() const
{
    return m_totalLost;
}

bool
TcpFlight::HasResent() const
{
    return GetResent() > 0 || (!m_segments.empty() && m_segments.front().times > 1);
}

Time
TcpFlight::GetHeadSent() const
{
    return m_segments.front().sent;
}

TcpFlight::Range
TcpFlight::GetFirst() const
{
    return m_segments.front().range;
}

TcpFlight::Range
TcpFlight::GetLast() const
{
    return m_segments.back().range;
}

void
TcpFlight::Reset()
{
    *this = TcpFlight();
}

} // namespace ns3
