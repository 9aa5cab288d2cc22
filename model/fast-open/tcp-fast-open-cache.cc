/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-fast-open-cache.h"

#include <tuple>

namespace ns3
{

void
TcpFastOpenCache::SetLimit(std::size_t limit)
{
    m_limit = limit;
    Shrink();
}

std::size_t
TcpFastOpenCache::GetLimit() const
{
    return m_limit;
}

std::size_t
TcpFastOpenCache::GetSize() const
{
    return m_entries.size();
}

const TcpFastOpenCache::Entry*
TcpFastOpenCache::Find(const Address& client, const Address& server)
{
    auto found = m_entries.find(std::make_tuple(client, server));
    if (found == m_entries.end())
    {
        return nullptr;
    }
    auto& byUse = m_entries.get<1>();
    byUse.relocate(byUse.begin(), m_entries.project<1>(found));
    return &*found;
}

void
TcpFastOpenCache::Store(const Entry& entry)
{
    Remove(entry.client, entry.server);
    m_entries.get<1>().push_front(entry);
    Shrink();
}

bool
TcpFastOpenCache::Remove(const Address& client, const Address& server)
{
    auto found = m_entries.find(std::make_tuple(client, server));
    if (found == m_entries.end())
    {
        return false;
    }
    m_entries.erase(found);
    return true;
}

void
TcpFastOpenCache::Shrink()
{
    while (m_entries.size() > m_limit)
    {
        m_entries.get<1>().pop_back();
    }
}

} // namespace ns3
