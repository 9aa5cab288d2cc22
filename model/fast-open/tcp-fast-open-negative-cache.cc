/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-fast-open-negative-cache.h"

#include "ns3/simulator.h"

#include <tuple>

namespace ns3
{

void
TcpFastOpenNegativeCache::SetLimit(std::size_t limit)
{
    m_limit = limit;
    Shrink();
}

std::size_t
TcpFastOpenNegativeCache::GetSize() const
{
    return m_entries.size();
}

void
TcpFastOpenNegativeCache::Add(const Path& path, Time first, Time most)
{
    Entry entry{path, Time(), Min(first, most)};
    const auto found = m_entries.find(std::tie(path.client, path.server, path.port));
    if (found != m_entries.end())
    {
        if (Simulator::Now() < found->until)
        {
            return; // another connection that was under way at the time
        }
        entry.wait = found->wait > most / 2 ? most : 2 * found->wait;
        m_entries.erase(found);
    }
    entry.until = Simulator::Now() + Min(entry.wait, Time::Max() - Simulator::Now());
    m_entries.get<1>().push_front(entry);
    Shrink();
}

void
TcpFastOpenNegativeCache::Remove(const Path& path)
{
    const auto found = m_entries.find(std::tie(path.client, path.server, path.port));
    if (found != m_entries.end())
    {
        m_entries.erase(found);
    }
}

bool
TcpFastOpenNegativeCache::IsNegative(const Path& path) const
{
    const auto found = m_entries.find(std::tie(path.client, path.server, path.port));
    return found != m_entries.end() && Simulator::Now() < found->until;
}

void
TcpFastOpenNegativeCache::Shrink()
{
    while (m_entries.size() > m_limit)
    {
        m_entries.get<1>().pop_back();
    }
}

} // namespace ns3
