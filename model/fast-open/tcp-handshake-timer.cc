/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-handshake-timer.h"

#include <algorithm>

namespace ns3
{

namespace
{

/// The longest timeout, unless the first one is longer (Linux: TCP_RTO_MAX).
const Time MAX_TIMEOUT = Seconds(120);

} // namespace

void
TcpHandshakeTimer::Begin(Role role)
{
    *this = TcpHandshakeTimer();
    m_role = role;
}

void
TcpHandshakeTimer::Cross()
{
    m_role = Role::CROSSED;
    m_used = 0;
}

Time
TcpHandshakeTimer::BackOff(const Rules& rules)
{
    const uint32_t equal = m_role == Role::CLIENT ? rules.linear : 0;
    const Time most = Max(rules.first, MAX_TIMEOUT);
    m_timeout = rules.first;
    for (uint32_t i = equal; i < m_used && m_timeout < most; i++)
    {
        m_timeout = Min(2 * m_timeout, most);
    }
    UseUp(rules);
    m_waited = m_timeout < Time::Max() - m_waited ? m_waited + m_timeout : Time::Max();
    return m_timeout;
}

Time
TcpHandshakeTimer::GetTimeout() const
{
    return m_timeout;
}

bool
TcpHandshakeTimer::IsLast(const Rules& rules) const
{
    if (m_used >= GetTries(rules))
    {
        return true;
    }
    // Few tries are over when doubling timeouts would be, equal ones or not
    // (tcp_write_timeout: retransmits_timed_out)
    constexpr uint32_t mostDoublings = 30;
    return m_role == Role::CLIENT && rules.linear > 0 && rules.tries <= mostDoublings &&
           rules.first.IsStrictlyPositive() &&
           m_waited.GetTimeStep() / rules.first.GetTimeStep() >= (int64_t{1} << rules.tries) - 1;
}

void
TcpHandshakeTimer::NoteTimeout()
{
    m_timeouts++;
}

uint32_t
TcpHandshakeTimer::GetRetransmissions() const
{
    return m_timeouts + m_answers + (m_role == Role::CROSSED ? 1 : 0);
}

uint32_t
TcpHandshakeTimer::GetTimeouts() const
{
    return m_timeouts;
}

TcpHandshakeTimer::Duplicate
TcpHandshakeTimer::NoteDuplicate(const Rules& rules, Time now)
{
    if (!MayAnswer(rules, now))
    {
        return Duplicate::IGNORE;
    }
    m_answers++;
    const bool limited = rules.answerInterval.IsStrictlyPositive();
    if (!limited && m_role != Role::EARLY_CHILD)
    {
        UseUp(rules); // as TcpSocketBase does
    }
    return limited && m_role == Role::CHILD ? Duplicate::RESTART : Duplicate::ANSWER;
}

bool
TcpHandshakeTimer::MayAnswer(const Rules& rules, Time now)
{
    if (m_answered && now - *m_answered < rules.answerInterval)
    {
        return false;
    }
    m_answered = now;
    return true;
}

bool
TcpHandshakeTimer::IsLossy() const
{
    if (m_role == Role::EARLY_CHILD)
    {
        return m_timeouts > 1;
    }
    return m_timeouts > 0 && m_timeouts + m_answers > 1;
}

uint32_t
TcpHandshakeTimer::GetTries(const Rules& rules) const
{
    switch (m_role)
    {
    case Role::CLIENT:
        return rules.tries + rules.linear;
    case Role::CHILD:
        return rules.synAckRetries > 0 ? rules.synAckRetries + 1 : rules.tries;
    case Role::EARLY_CHILD:
        return rules.synAckRetries > 0 ? rules.synAckRetries + 2 : rules.tries;
    default:
        return rules.tries;
    }
}

void
TcpHandshakeTimer::UseUp(const Rules& rules)
{
    if (m_used < GetTries(rules))
    {
        m_used++;
    }
}

} // namespace ns3
