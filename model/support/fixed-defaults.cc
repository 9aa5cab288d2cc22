/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "fixed-defaults.h"

namespace ns3
{

uint64_t FixedDefaults::m_last = 0;
uint32_t FixedDefaults::m_alive = 0;

FixedDefaults::FixedDefaults()
{
    if (m_alive++ == 0)
    {
        m_last++;
    }
}

FixedDefaults::~FixedDefaults()
{
    m_alive--;
}

uint64_t
FixedDefaults::GetPromise()
{
    return m_alive == 0 ? 0 : m_last;
}

} // namespace ns3
