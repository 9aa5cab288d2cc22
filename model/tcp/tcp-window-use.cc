/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-window-use.h"

#include <algorithm>

namespace ns3
{

std::optional<uint32_t>
TcpWindowUse::NoteSent(const Known& known)
{
    m_lastSent = known.now;
    const bool limited = known.inFlight >= known.congestionWindow;
    if (known.una >= m_validUntil || limited ||
        (!m_limited && known.outstanding > m_mostOutstanding))
    {
        m_limited = limited;
        m_mostOutstanding = known.outstanding;
        m_validUntil = known.next;
    }
    if (IsLimited(known.congestionWindow, known.slowStart))
    {
        m_used = 0;
        NoteTrue(known.now);
        return {};
    }
    m_used = std::max(m_used, known.outstanding);
    if (!known.timeout || known.now - m_true < *known.timeout)
    {
        return {};
    }
    NoteTrue(known.now);
    if (!known.open)
    {
        return {};
    }
    const uint32_t used = std::max(m_used, known.initialWindow);
    m_used = 0;
    if (used >= known.congestionWindow)
    {
        return {};
    }
    return (known.congestionWindow + used) / 2;
}

void
TcpWindowUse::NoteTrue(Time now)
{
    m_true = now;
}

void
TcpWindowUse::NoteResent(Time now)
{
    m_lastSent = now;
}

bool
TcpWindowUse::IsLimited(uint32_t congestionWindow, bool slowStart) const
{
    return m_limited || (slowStart && congestionWindow < 2 * m_mostOutstanding);
}

std::optional<uint32_t>
TcpWindowUse::Restart(const Known& known)
{
    if (!m_lastSent || !known.timeout || known.now - *m_lastSent <= *known.timeout)
    {
        return {};
    }
    const uint32_t least = std::min(known.initialWindow, known.congestionWindow);
    uint32_t window = known.congestionWindow;
    for (Time rest = known.now - *m_lastSent - *known.timeout;
         rest.IsStrictlyPositive() && window > least;
         rest -= *known.timeout)
    {
        window /= 2;
    }
    m_used = 0;
    NoteTrue(known.now);
    return std::max(window, least);
}

void
TcpWindowUse::Reset()
{
    *this = TcpWindowUse();
}

} // namespace ns3
