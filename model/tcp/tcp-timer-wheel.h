/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_TIMER_WHEEL_H
#define TCP_TIMER_WHEEL_H

#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/ptr.h"

namespace ns3
{

class Node;

/**
 * @ingroup tcp-fast-open
 *
 * A node's clock of coarse timers, as Linux's timer wheel is.
 *
 * Timers expire at the node's ticks, one in each jiffy. Where the ticks lie is a matter of
 * when the machine was started: chosen once for a node and a run, from a random stream of
 * its own, so that of two timers on one instant either may be the first. Long timeouts are
 * rounded up to a coarser grid than a tick, of 8 jiffies from 63 jiffies on, of 64 from 504
 * on, and so on; of that the average is added, half the grid.
 *
 * With a jiffy of 0, which is the default, timers are exact.
 */
class TcpTimerWheel : public Object
{
  public:
    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @param node a node
     * @return its wheel; it is given one if it has none
     */
    static Ptr<TcpTimerWheel> Get(Ptr<Node> node);

    /**
     * @param now the time
     * @param wait what a timer is set to
     * @return how long it takes
     */
    Time GetDelay(Time now, Time wait) const;

  protected:
    void NotifyNewAggregate() override;

  private:
    Time m_jiffy; //!< attribute Jiffy: time between two ticks
    Time m_phase; //!< when the first tick is
};

} // namespace ns3

#endif // TCP_TIMER_WHEEL_H
