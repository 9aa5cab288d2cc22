/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_FAST_OPEN_BLACKHOLE_H
#define TCP_FAST_OPEN_BLACKHOLE_H

#include "ns3/nstime.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <cstdint>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * A client node's memory of black holes: middleboxes that swallow what follows a
 * SYN with data. Each one that is met pauses Fast Open for the whole node, for
 * timeout * 2^min(n-1, 6) after the n-th; data on a connection that was
 * fast-opened after a pause ends the count (Linux: tcp_fastopen_active_disable).
 */
class TcpFastOpenBlackhole
{
  public:
    /// A black hole was met.
    void Meet()
    {
        m_times++;
        m_last = Simulator::Now();
    }

    /// Data has come through: start anew.
    void Clear()
    {
        m_times = 0;
    }

    /**
     * @return whether one was met, and nothing has come through since
     */
    bool IsSuspected() const
    {
        return m_times > 0;
    }

    /**
     * @param timeout length of the first pause
     * @return whether Fast Open is to pause now
     */
    bool IsPausing(Time timeout) const
    {
        constexpr uint32_t mostDoublings = 6;
        return m_times > 0 &&
               (Simulator::Now() - m_last) / (1 << std::min(m_times - 1, mostDoublings)) < timeout;
    }

  private:
    uint32_t m_times{0}; //!< how many black holes were met in a row
    Time m_last;         //!< when the last one was met
};

} // namespace ns3

#endif // TCP_FAST_OPEN_BLACKHOLE_H
