/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-persist.h"

#include <algorithm>

namespace ns3
{

namespace
{

/// The longest time between two probes, TcpSocketBase's.
const Time MAX_TIMEOUT = Seconds(60);

} // namespace

TcpPersist::Probe
TcpPersist::Choose(const Data& data)
{
    if (data.buffered == 0)
    {
        return Probe::NONE;
    }
    return data.next < data.head || data.unsent == 0 ? Probe::HEAD : Probe::NEXT;
}

Time
TcpPersist::BackOff(Time timeout)
{
    return Min(MAX_TIMEOUT, 2 * timeout);
}

void
TcpPersist::NoteSent()
{
    m_probed = true;
}

bool
TcpPersist::NoteAcknowledged(SequenceNumber32 ack, SequenceNumber32 next, SequenceNumber32 highest)
{
    const bool refused = m_probed && ack == next && highest == ack + 1;
    m_probed = false;
    return refused;
}

bool
TcpPersist::IsProbed() const
{
    return m_probed;
}

void
TcpPersist::NoteWindow(uint32_t window)
{
    m_largestWindow = std::max(m_largestWindow, window);
}

bool
TcpPersist::IsWorthFilling(uint32_t window) const
{
    return window >= m_largestWindow - m_largestWindow / 2;
}

void
TcpPersist::Reset()
{
    *this = TcpPersist();
}

} // namespace ns3
