/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-fast-open-queue.h"

#include <utility>

namespace ns3
{

namespace
{

/// How long a connection that was reset in SYN-RCVD counts as pending.
const Time RESET_MEMORY = Seconds(60);

} // namespace

bool
TcpFastOpenQueue::Slot::IsTaken() const
{
    return static_cast<bool>(m_queue);
}

void
TcpFastOpenQueue::Slot::Leave()
{
    if (!IsTaken())
    {
        return;
    }
    const Slot left = std::exchange(*this, Slot());
    left.m_queue->CountOut(left.m_changed);
}

void
TcpFastOpenQueue::Slot::Reset(Time now)
{
    if (!IsTaken())
    {
        return;
    }
    if (m_queue->IsClosed())
    {
        Leave();
        return;
    }
    Slot left = std::exchange(*this, Slot());
    left.m_queue->m_resets.push_back({now + RESET_MEMORY, std::move(left.m_changed)});
}

void
TcpFastOpenQueue::SetLimit(uint32_t limit)
{
    m_limit = limit;
}

uint32_t
TcpFastOpenQueue::GetLimit() const
{
    return m_limit;
}

bool
TcpFastOpenQueue::IsFull(Time now)
{
    while (!m_resets.empty() && m_resets.front().until <= now)
    {
        const WasReset over = std::move(m_resets.front());
        m_resets.pop_front();
        CountOut(over.changed);
    }
    return m_pending >= m_limit;
}

void
TcpFastOpenQueue::CountOut(const std::function<void(int32_t)>& changed)
{
    m_pending--;
    changed(-1);
}

TcpFastOpenQueue::Slot
TcpFastOpenQueue::Enter(std::function<void(int32_t)> changed)
{
    m_pending++;
    changed(+1);
    Slot slot;
    slot.m_queue = Ptr<TcpFastOpenQueue>(this);
    slot.m_changed = std::move(changed);
    return slot;
}

void
TcpFastOpenQueue::Close()
{
    m_closed = true;
    for (const WasReset& left : std::exchange(m_resets, {}))
    {
        CountOut(left.changed);
    }
}

bool
TcpFastOpenQueue::IsClosed() const
{
    return m_closed;
}

} // namespace ns3
