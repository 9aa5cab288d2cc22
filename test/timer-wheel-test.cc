/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * TcpTimerWheel by itself: timers expire at the node's ticks.
 */

#include "ns3/config.h"
#include "ns3/node.h"
#include "ns3/nstime.h"
#include "ns3/random-variable-stream.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/tcp-timer-wheel.h"

#include <gtest/gtest.h>
#include <set>
#include <vector>

using namespace ns3;

namespace
{

/// Nodes with wheels.
class TimerWheel : public ::testing::Test
{
  protected:
    TimerWheel()
    {
        Restart(1);
    }

    ~TimerWheel() override
    {
        Simulator::Destroy();
        Config::Reset();
    }

    /**
     * Another simulation.
     *
     * @param run its number
     */
    static void Restart(uint64_t run)
    {
        Simulator::Destroy();
        RngSeedManager::SetSeed(1);
        RngSeedManager::SetRun(run);
        Config::SetDefault("ns3::TcpTimerWheel::Jiffy", TimeValue(JIFFY));
    }

    /**
     * @param node a node
     * @return its first tick, from the wheel's delays
     */
    static Time GetPhase(Ptr<Node> node)
    {
        return TcpTimerWheel::Get(node)->GetDelay(Time(0), TimeStep(1)) - JIFFY;
    }

    /**
     * @param wheel a wheel
     * @param wait what a timer is set to, in ms
     * @return what it takes beyond that, when it is set at a tick
     */
    static Time GetExcess(Ptr<TcpTimerWheel> wheel, int64_t wait)
    {
        const Time tick = wheel->GetDelay(Time(0), TimeStep(1));
        return wheel->GetDelay(tick, MilliSeconds(wait)) - MilliSeconds(wait);
    }

    static const Time JIFFY; //!< HZ=250
};

const Time TimerWheel::JIFFY = MilliSeconds(4);

} // namespace

// Without the attribute timers are exact.
TEST_F(TimerWheel, S9_NoPhaseWithoutTheAttribute)
{
    Config::Reset();
    const Ptr<TcpTimerWheel> wheel = TcpTimerWheel::Get(CreateObject<Node>());
    for (const int64_t wait : {0, 1, 999999, 1000000000})
    {
        EXPECT_EQ(wheel->GetDelay(NanoSeconds(12345), NanoSeconds(wait)), NanoSeconds(wait));
    }
}

// A node has one wheel.
TEST_F(TimerWheel, S9_OneWheelForANode)
{
    const Ptr<Node> node = CreateObject<Node>();
    EXPECT_EQ(TcpTimerWheel::Get(node), TcpTimerWheel::Get(node));
    EXPECT_EQ(TcpTimerWheel::Get(node), node->GetObject<TcpTimerWheel>());
}

// A timer is never early, and at most a jiffy late, once it is a number of whole jiffies; all
// of a node expire at its ticks, whenever they are set.
TEST_F(TimerWheel, S9_TimersExpireAtTicks)
{
    const Ptr<Node> node = CreateObject<Node>();
    const Ptr<TcpTimerWheel> wheel = TcpTimerWheel::Get(node);
    const Time phase = GetPhase(node);
    ASSERT_GE(phase, Time(0));
    ASSERT_LT(phase, JIFFY);
    for (int64_t now = 0; now < 100000000; now += 333333)
    {
        for (int64_t wait = 1; wait < 240000000; wait += 7777777)
        {
            const Time delay = wheel->GetDelay(NanoSeconds(now), NanoSeconds(wait));
            const int64_t whole = (wait + 3999999) / 4000000 * 4000000;
            ASSERT_GT(delay.GetNanoSeconds(), whole);
            ASSERT_LE(delay.GetNanoSeconds(), whole + 4000000);
            ASSERT_EQ((now + delay.GetNanoSeconds() - phase.GetNanoSeconds()) % 4000000, 0);
        }
    }
    EXPECT_EQ(wheel->GetDelay(Seconds(1), Time(0)), Time(0)) << "at once";
    EXPECT_EQ(wheel->GetDelay(Seconds(1), Seconds(-1)), Seconds(-1));
}

// From 63 jiffies on timers expire on a grid of 8, from 504 on of 64, and so on: half of
// that in addition.
TEST_F(TimerWheel, S9_LongTimersAreCoarse)
{
    const Ptr<TcpTimerWheel> wheel = TcpTimerWheel::Get(CreateObject<Node>());
    EXPECT_EQ(GetExcess(wheel, 200), JIFFY);
    EXPECT_EQ(GetExcess(wheel, 62 * 4), JIFFY);
    EXPECT_EQ(GetExcess(wheel, 63 * 4), MilliSeconds(16));
    EXPECT_EQ(GetExcess(wheel, 1000), MilliSeconds(16)) << "1,004 to 1,032 ms";
    EXPECT_EQ(GetExcess(wheel, 2000), MilliSeconds(16)) << "500 jiffies";
    EXPECT_EQ(GetExcess(wheel, 503 * 4), MilliSeconds(16));
    EXPECT_EQ(GetExcess(wheel, 504 * 4), MilliSeconds(128));
    EXPECT_EQ(GetExcess(wheel, 3000), MilliSeconds(128)) << "3,004 to 3,256 ms";
    EXPECT_EQ(GetExcess(wheel, 4031 * 4), MilliSeconds(128));
    EXPECT_EQ(GetExcess(wheel, 4032 * 4), MilliSeconds(1024));
}

// Each node and each run have a phase of their own, the same each time.
TEST_F(TimerWheel, S9_PhaseIsThatOfNodeAndRun)
{
    std::set<Time> phases;
    for (const bool again : {false, true})
    {
        for (uint64_t run = 1; run <= 10; run++)
        {
            Restart(run);
            for (int i = 0; i < 3; i++)
            {
                phases.insert(GetPhase(CreateObject<Node>()));
            }
        }
        EXPECT_EQ(phases.size(), 30u) << again;
    }
    EXPECT_LT(*phases.begin(), JIFFY / 4) << "they are spread";
    EXPECT_GT(*phases.rbegin(), JIFFY * 3 / 4);
}

// A wheel takes no random stream from others, and it does not matter when it is made.
TEST_F(TimerWheel, S9_PhaseHasAStreamOfItsOwn)
{
    std::vector<Time> phases;
    for (const bool before : {false, true})
    {
        Restart(5);
        const Ptr<Node> node = CreateObject<Node>();
        const uint64_t stream = RngSeedManager::GetNextStreamIndex();
        if (before)
        {
            CreateObject<UniformRandomVariable>()->GetValue();
        }
        phases.push_back(GetPhase(node));
        EXPECT_EQ(RngSeedManager::GetNextStreamIndex(), stream + (before ? 2 : 1));
    }
    EXPECT_EQ(phases.at(0), phases.at(1));
}
