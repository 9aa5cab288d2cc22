/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-push.h"

#include <algorithm>

namespace ns3
{

void
TcpPush::NoteWrite(uint32_t size)
{
    m_written += size;
    m_writes.push_back(m_written);
}

uint32_t
TcpPush::GetWritten() const
{
    return m_written;
}

bool
TcpPush::NoteSegment(SequenceNumber32 start, uint32_t size, const Known& known)
{
    const SequenceNumber32 end = start + size;
    const auto isBefore = [](uint32_t a, uint32_t b) { return static_cast<int32_t>(a - b) < 0; };
    const uint32_t acked = known.acknowledged.GetValue() - known.firstSequence.GetValue();
    while (!m_writes.empty() && !isBefore(acked, m_writes.front()))
    {
        m_writes.pop_front();
    }

    const uint32_t most = UpdateBurstLimit(known);
    if (start != m_burstEnd || m_burstTime != known.now ||
        static_cast<uint32_t>(end - m_burstStart) > most)
    {
        m_burstStart = start;
        m_burstTime = known.now;
    }
    m_burstEnd = end;
    const uint32_t offset = end.GetValue() - known.firstSequence.GetValue();
    const auto write = std::lower_bound(m_writes.begin(), m_writes.end(), offset, isBefore);
    const bool last = write != m_writes.end() && *write == offset;
    const bool full = static_cast<uint32_t>(end - m_burstStart) + known.segmentSize > most ||
                      known.room < known.segmentSize;
    if (last || (m_burstStart != start && full))
    {
        m_burstEnd.reset();
        return true;
    }
    return false;
}

uint32_t
TcpPush::UpdateBurstLimit(const Known& known)
{
    // Linux's tcp_min_tso_segs, and its sk_pacing_shift: a packet is to last 1 ms, at twice
    // the window's rate, as in slow start
    constexpr uint32_t leastSegments = 2;
    constexpr double packetsPerSecond = 1024;
    constexpr uint32_t largestPacket = 65536;
    const uint32_t segment = known.segmentSize;
    m_largestWindow = std::max(m_largestWindow, known.peerWindow);
    uint32_t most = std::min(largestPacket, std::max(m_largestWindow / 2, segment));
    if (known.congestionWindow > 0)
    {
        // Two packets at least are to be under way (tcp_cwnd_test)
        most = std::min(most, std::max(known.congestionWindow / segment / 2, 1U) * segment);
    }
    if (!known.rtt)
    {
        return most;
    }
    const double rate = 2.0 * known.congestionWindow / known.rtt->GetSeconds();
    const auto segments =
        static_cast<uint32_t>(std::min<double>(rate / packetsPerSecond, largestPacket) / segment);
    return std::min(most, std::max(segments, leastSegments) * segment);
}

void
TcpPush::Reset()
{
    *this = TcpPush();
}

} // namespace ns3
