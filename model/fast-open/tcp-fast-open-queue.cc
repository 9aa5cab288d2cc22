/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-fast-open-queue.h"

#include "ns3/nstime.h"
#include "ns3/simulator.h"

#include <memory>
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
    left.m_queue->m_pending--;
    left.m_changed(-1);
}

void
TcpFastOpenQueue::Slot::Reset()
{
    if (IsTaken())
    {
        Simulator::Schedule(
            RESET_MEMORY,
            [left = std::make_shared<Slot>(std::exchange(*this, Slot()))] { left->Leave(); });
    }
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
TcpFastOpenQueue::IsFull() const
{
    return m_pending >= m_limit;
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
}

bool
TcpFastOpenQueue::IsClosed() const
{
    return m_closed;
}

} // namespace ns3
