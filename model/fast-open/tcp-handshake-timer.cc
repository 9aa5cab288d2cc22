/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-handshake-timer.h"

namespace ns3
{

void
TcpHandshakeTimer::Begin(Role role)
{
    m_role = role;
    m_used = 0;
    m_retransmissions = 0;
}

void
TcpHandshakeTimer::Cross()
{
    m_used = 0;
}

Time
TcpHandshakeTimer::BackOff(Time first, uint32_t tries)
{
    m_timeout = first * (1 << m_used);
    UseUp(tries);
    return m_timeout;
}

Time
TcpHandshakeTimer::GetTimeout() const
{
    return m_timeout;
}

bool
TcpHandshakeTimer::IsLast(uint32_t tries) const
{
    return m_used >= tries;
}

void
TcpHandshakeTimer::NoteRetransmission()
{
    m_retransmissions++;
}

uint32_t
TcpHandshakeTimer::GetRetransmissions() const
{
    return m_retransmissions;
}

TcpHandshakeTimer::Duplicate
TcpHandshakeTimer::NoteDuplicate(uint32_t tries)
{
    if (m_role == Role::EARLY_CHILD)
    {
        return Duplicate::RESTART;
    }
    UseUp(tries); // as TcpSocketBase does
    return Duplicate::KEEP;
}

void
TcpHandshakeTimer::UseUp(uint32_t tries)
{
    if (m_used < tries)
    {
        m_used++;
    }
}

bool
TcpHandshakeTimer::IsLossy() const
{
    return m_retransmissions > 1;
}

} // namespace ns3
