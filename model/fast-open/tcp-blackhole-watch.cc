/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-blackhole-watch.h"

#include <utility>

namespace ns3
{

void
TcpBlackholeWatch::Begin(bool fastOpen, bool suspected)
{
    m_fastOpen = fastOpen;
    m_suspected = fastOpen && suspected;
    m_seen = Seen::NOTHING;
}

bool
TcpBlackholeWatch::NoteData()
{
    m_seen = Seen::DATA;
    return std::exchange(m_suspected, false);
}

void
TcpBlackholeWatch::NoteEarlyFin()
{
    if (m_seen == Seen::NOTHING)
    {
        m_seen = Seen::EARLY_FIN;
    }
}

bool
TcpBlackholeWatch::IsResetSuspect() const
{
    return m_fastOpen && m_seen != Seen::DATA;
}

bool
TcpBlackholeWatch::NoteEnd()
{
    return m_fastOpen && std::exchange(m_seen, Seen::DATA) == Seen::EARLY_FIN;
}

bool
TcpBlackholeWatch::IsTimeoutSuspect(uint32_t earlier, bool last) const
{
    constexpr uint32_t mostTimeouts = 3;
    return m_fastOpen && (earlier + 1 == mostTimeouts || (earlier + 1 < mostTimeouts && last));
}

} // namespace ns3
