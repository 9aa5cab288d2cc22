/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-timer-wheel.h"

#include "ns3/node.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/rng-stream.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(TcpTimerWheel);

namespace
{

/// The random stream of node 0: the others follow. ns-3 hands out those above 2^63 itself.
constexpr uint64_t FIRST_STREAM = uint64_t{1} << 62;

} // namespace

TypeId
TcpTimerWheel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::TcpTimerWheel")
            .SetParent<Object>()
            .SetGroupName("TcpFastOpen")
            .AddConstructor<TcpTimerWheel>()
            .AddAttribute("Jiffy",
                          "Time between two ticks, at which timers expire (Linux with HZ=250: "
                          "4 ms); 0: timers are exact.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&TcpTimerWheel::m_jiffy),
                          MakeTimeChecker(Time(0)));
    return tid;
}

Ptr<TcpTimerWheel>
TcpTimerWheel::Get(Ptr<Node> node)
{
    Ptr<TcpTimerWheel> wheel = node->GetObject<TcpTimerWheel>();
    if (!wheel)
    {
        wheel = CreateObject<TcpTimerWheel>();
        node->AggregateObject(wheel);
    }
    return wheel;
}

void
TcpTimerWheel::NotifyNewAggregate()
{
    const Ptr<Node> node = GetObject<Node>();
    if (node && m_jiffy.IsStrictlyPositive())
    {
        RngStream random(RngSeedManager::GetSeed(),
                         FIRST_STREAM + node->GetId(),
                         RngSeedManager::GetRun());
        m_phase = TimeStep(static_cast<uint64_t>(random.RandU01() * m_jiffy.GetTimeStep()));
    }
    Object::NotifyNewAggregate();
}

Time
TcpTimerWheel::GetDelay(Time now, Time wait) const
{
    if (m_jiffy.IsZero() || !wait.IsStrictlyPositive())
    {
        return wait;
    }
    // In Linux's words: LVL_SIZE less 1, and LVL_CLK_DIV
    constexpr int64_t slots = 63;
    constexpr int64_t coarser = 8;
    const int64_t jiffy = m_jiffy.GetTimeStep();
    const int64_t whole = (wait.GetTimeStep() + jiffy - 1) / jiffy * jiffy;
    int64_t grid = jiffy;
    while (whole >= slots * grid)
    {
        grid *= coarser;
    }
    const int64_t set = now.GetTimeStep() + whole + (grid - jiffy) / 2;
    const int64_t sinceTick = (set - m_phase.GetTimeStep()) % jiffy;
    return TimeStep(set + jiffy - (sinceTick < 0 ? sinceTick + jiffy : sinceTick)) - now;
}

} // namespace ns3
