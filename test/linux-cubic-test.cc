/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * TcpLinuxCubic by itself: the numbers of RFC 9438, and HyStart.
 */

#include "ns3/boolean.h"
#include "ns3/nstime.h"
#include "ns3/simulator.h"
#include "ns3/tcp-linux-cubic.h"
#include "ns3/tcp-socket-state.h"

#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>

using namespace ns3;

namespace
{

constexpr uint32_t SIZE = 1448; //!< a segment's

/// A connection of which only the windows are known.
class LinuxCubic : public ::testing::Test
{
  protected:
    LinuxCubic()
    {
        SetWindows(10, 1000000);
    }

    ~LinuxCubic() override
    {
        Simulator::Destroy();
    }

    /**
     * @param window the congestion window in segments
     * @param threshold the slow start threshold in segments
     */
    void SetWindows(uint32_t window, uint32_t threshold)
    {
        tcb->m_segmentSize = SIZE;
        tcb->m_cWnd = window * SIZE;
        tcb->m_ssThresh = threshold * SIZE;
    }

    /// @return the congestion window in segments
    uint32_t GetWindow() const
    {
        EXPECT_EQ(tcb->m_cWnd.Get() % SIZE, 0u);
        return tcb->m_cWnd.Get() / SIZE;
    }

    /// @return the slow start threshold in segments
    uint32_t GetThreshold() const
    {
        return tcb->m_ssThresh.Get() / SIZE;
    }

    /**
     * Let time pass.
     *
     * @param time how much
     */
    static void Wait(Time time)
    {
        Simulator::Stop(time);
        Simulator::Run();
    }

    /**
     * Something is lost: the window is reduced.
     *
     * @param window the window before, in segments
     */
    void Lose(uint32_t window)
    {
        SetWindows(window, 1);
        const uint32_t threshold = cubic->GetSsThresh(tcb, 0) / SIZE;
        SetWindows(threshold, threshold);
    }

    /**
     * ACKs come evenly, as many as the window has segments in each RTT.
     *
     * @param time for how long
     * @param rtt the RTT
     */
    void Grow(Time time, Time rtt)
    {
        constexpr int parts = 10;
        uint32_t rest = 0;
        for (const Time end = Simulator::Now() + time; Simulator::Now() < end;)
        {
            Wait(rtt / parts);
            rest += GetWindow();
            cubic->PktsAcked(tcb, rest / parts, rtt);
            cubic->IncreaseWindow(tcb, rest / parts);
            rest %= parts;
        }
    }

    /**
     * An ACK of one segment comes in slow start.
     *
     * @param gap how long after the last one
     * @param rtt the RTT that it tells
     * @param round whether it is the first one of another round trip
     */
    void Ack(Time gap, Time rtt, bool round = false)
    {
        Wait(gap);
        if (round)
        {
            tcb->m_lastAckedSeq = tcb->m_highTxMark.Get() + 1;
            tcb->m_highTxMark = tcb->m_highTxMark.Get() + 100000;
        }
        cubic->PktsAcked(tcb, 1, rtt);
    }

    /// Only CUBIC, not what Reno would do.
    void SetUnfriendly()
    {
        cubic->SetAttribute("TcpFriendliness", BooleanValue(false));
    }

    Ptr<TcpLinuxCubic> cubic{CreateObject<TcpLinuxCubic>()}; //!< what is tested
    Ptr<TcpSocketState> tcb{CreateObject<TcpSocketState>()}; //!< the connection
};

/**
 * @param maximum the window before a loss, in segments
 * @param start the window after it, in segments
 * @return K of RFC 9438, figure 2, in seconds
 */
double
GetK(double maximum, double start)
{
    return std::cbrt((maximum - start) / 0.4);
}

} // namespace

// A loss leaves 0.7 of the window (717 of 1,024), and at least two segments.
TEST_F(LinuxCubic, L7_LossLeavesSevenTenths)
{
    for (const auto& [window, left] :
         {std::pair<uint32_t, uint32_t>{1000, 700}, {100, 70}, {10, 7}, {7, 4}, {3, 2}, {1, 2}})
    {
        SetWindows(window, 1);
        EXPECT_EQ(cubic->GetSsThresh(tcb, 0), left * SIZE) << window;
    }
}

// Slow start: one for one, up to the threshold and no further.
TEST_F(LinuxCubic, L7_SlowStart)
{
    SetWindows(10, 15);
    cubic->IncreaseWindow(tcb, 2);
    EXPECT_EQ(GetWindow(), 12u);
    cubic->IncreaseWindow(tcb, 3);
    EXPECT_EQ(GetWindow(), 15u);
    cubic->IncreaseWindow(tcb, 1);
    EXPECT_EQ(GetWindow(), 15u);
}

// Before any loss the window grows by a twentieth in a round trip at least.
TEST_F(LinuxCubic, L7_FirstGrowth)
{
    SetWindows(100, 50);
    cubic->IncreaseWindow(tcb, 19);
    EXPECT_EQ(GetWindow(), 100u);
    cubic->IncreaseWindow(tcb, 1);
    EXPECT_EQ(GetWindow(), 101u);
    cubic->IncreaseWindow(tcb, 40);
    EXPECT_EQ(GetWindow(), 103u);
}

// After a loss it is W(t) = 0.4 (t - K)^3 + Wmax: steep, flat after K = 4.2 s, steep again.
TEST_F(LinuxCubic, L7_WindowIsACube)
{
    SetUnfriendly();
    const Time rtt = MilliSeconds(100);
    cubic->PktsAcked(tcb, 1, rtt);
    Lose(100);
    EXPECT_EQ(GetWindow(), 70u);
    const double k = GetK(100, 70);
    EXPECT_NEAR(k, 4.217, 0.001);
    for (int t = 1; t <= 12; t++)
    {
        Grow(Seconds(1), rtt);
        const double expected = 0.4 * std::pow(t - k, 3) + 100;
        EXPECT_NEAR(GetWindow(), expected, 2 + expected / 100) << t;
    }
    EXPECT_GT(GetWindow(), 280u);
}

// A second loss below the last maximum: the curve is flat at 0.85 of the window already (fast
// convergence).
TEST_F(LinuxCubic, L7_FastConvergence)
{
    SetUnfriendly();
    const Time rtt = MilliSeconds(100);
    cubic->PktsAcked(tcb, 1, rtt);
    Lose(100);
    Lose(80);
    EXPECT_EQ(GetWindow(), 56u);
    const double flat = 80 * 1741 / 2048; // 68
    Grow(Seconds(GetK(flat, 56)), rtt);
    EXPECT_NEAR(GetWindow(), flat, 1.5);
    Grow(Seconds(1), rtt);
    EXPECT_NEAR(GetWindow(), flat, 1.5);
}

// In a small network it is as fast as Reno would be with the same reduction: 0.53 segments
// in a round trip.
TEST_F(LinuxCubic, L7_FriendlyToReno)
{
    for (const bool friendly : {true, false})
    {
        cubic = CreateObject<TcpLinuxCubic>();
        cubic->SetAttribute("TcpFriendliness", BooleanValue(friendly));
        const Time rtt = MilliSeconds(20);
        cubic->PktsAcked(tcb, 1, rtt);
        Lose(20);
        EXPECT_EQ(GetWindow(), 14u);
        Grow(Seconds(1), rtt);
        if (friendly)
        {
            EXPECT_NEAR(GetWindow(), 14 + 50 / 1.875, 3);
        }
        else
        {
            EXPECT_NEAR(GetWindow(), 0.4 * std::pow(1 - GetK(20, 14), 3) + 20, 1);
        }
    }
}

// After a day the curve is beyond all numbers; the window grows by half in a round trip.
TEST_F(LinuxCubic, L7_NoOverflow)
{
    const Time rtt = MilliSeconds(100);
    cubic->PktsAcked(tcb, 1, rtt);
    Lose(100);
    cubic->IncreaseWindow(tcb, 1);
    Wait(Hours(24));
    for (uint32_t i = 0; i < 20; i++)
    {
        const uint32_t before = GetWindow();
        cubic->IncreaseWindow(tcb, before);
        EXPECT_NEAR(GetWindow(), before * 1.5, 1);
        Wait(rtt);
    }
    EXPECT_GT(GetWindow(), 100000u);
    EXPECT_NEAR(cubic->GetSsThresh(tcb, 0) / SIZE, GetWindow() * 0.7, GetWindow() * 0.001);
    Lose(1000000);
    EXPECT_EQ(GetWindow(), 700195u);
    cubic->IncreaseWindow(tcb, 1000);
    EXPECT_LT(GetWindow(), 700300u);
}

// How fast the window grows is computed anew when it has grown, and 32 times in a second.
TEST_F(LinuxCubic, L7_GrowthHoldsForAWhile)
{
    SetUnfriendly();
    cubic->PktsAcked(tcb, 1, MilliSeconds(100));
    Lose(100);
    cubic->IncreaseWindow(tcb, 1);
    // At K the target is 100: after 70 / 30 segments the window grows by one; now it is after
    // 70 / 2
    Wait(MilliSeconds(31));
    cubic->IncreaseWindow(tcb, 1);
    EXPECT_EQ(GetWindow(), 70u);
    Wait(Seconds(4));
    cubic->IncreaseWindow(tcb, 1);
    EXPECT_EQ(GetWindow(), 71u);
}

// The curve stands still while nothing is sent.
TEST_F(LinuxCubic, L7_PauseIsNotCounted)
{
    SetUnfriendly();
    const Time rtt = MilliSeconds(100);
    for (const bool pause : {false, true})
    {
        cubic = CreateObject<TcpLinuxCubic>();
        cubic->PktsAcked(tcb, 1, rtt);
        Lose(100);
        Grow(Seconds(2), rtt);
        if (pause)
        {
            Wait(Seconds(100));
            cubic->CwndEvent(tcb, TcpSocketState::CA_EVENT_TX_START);
        }
        Grow(Seconds(1), rtt);
        EXPECT_NEAR(GetWindow(), 0.4 * std::pow(3 - GetK(100, 70), 3) + 100, 2) << pause;
    }
}

// A timeout forgets all: the last maximum, and that slow start has ended.
TEST_F(LinuxCubic, L7_TimeoutForgets)
{
    Lose(100);
    cubic->CongestionStateSet(tcb, TcpSocketState::CA_LOSS);
    SetWindows(100, 50);
    cubic->IncreaseWindow(tcb, 20);
    EXPECT_EQ(GetWindow(), 101u) << "as before any loss";
    for (const auto state : {TcpSocketState::CA_RECOVERY, TcpSocketState::CA_CWR})
    {
        Lose(100);
        cubic->CongestionStateSet(tcb, state);
        Grow(Seconds(3), MilliSeconds(100));
        EXPECT_NEAR(GetWindow(), 99, 2) << "towards 100";
    }
}

// A socket that is used anew, and a copy, begin as a new one.
TEST_F(LinuxCubic, C18_InitForgetsAll)
{
    Lose(100);
    cubic->IncreaseWindow(tcb, 1);
    const Ptr<TcpCongestionOps> copy = cubic->Fork();
    for (const Ptr<TcpCongestionOps>& other : {Ptr<TcpCongestionOps>(cubic), copy})
    {
        other->Init(tcb);
        SetWindows(100, 50);
        other->IncreaseWindow(tcb, 20);
        EXPECT_EQ(GetWindow(), 101u);
    }
}

// HyStart: when the RTT has risen by an eighth, 4 ms at least and 16 at most, slow start
// ends.
TEST_F(LinuxCubic, L7_RisingRttEndsSlowStart)
{
    struct Case
    {
        uint32_t rtt;    //!< the least RTT in ms
        uint32_t risen;  //!< what it is then
        uint32_t window; //!< in segments
        bool ends;       //!< whether slow start ends
    };

    for (const auto& [rtt, risen, window, ends] : {Case{100, 112, 20, false},
                                                   Case{100, 113, 20, true},
                                                   Case{100, 113, 15, false},
                                                   Case{100, 113, 16, true},
                                                   Case{10, 14, 20, false},
                                                   Case{10, 15, 20, true},
                                                   Case{400, 416, 20, false},
                                                   Case{400, 417, 20, true}})
    {
        cubic = CreateObject<TcpLinuxCubic>();
        SetWindows(window, 1000);
        Ack(MilliSeconds(5), MilliSeconds(rtt), true);
        for (int i = 0; i < 9; i++)
        {
            EXPECT_EQ(GetThreshold(), 1000u) << "eight samples do not count yet";
            Ack(MilliSeconds(5), MilliSeconds(risen), i == 0);
        }
        EXPECT_EQ(GetThreshold(), ends ? window : 1000u) << rtt << ' ' << risen;
    }
}

// A train of ACKs, no farther apart than 2 ms, that is longer than half the RTT and 0.5 ms.
TEST_F(LinuxCubic, L7_TrainOfAcksEndsSlowStart)
{
    for (const bool train : {true, false})
    {
        cubic = CreateObject<TcpLinuxCubic>();
        SetWindows(40, 1000);
        Ack(Time(0), MilliSeconds(100), true);
        const Time gap = train ? MilliSeconds(2) : MilliSeconds(3);
        for (Time passed = gap; passed <= MicroSeconds(50500); passed += gap)
        {
            Ack(gap, MilliSeconds(100));
            EXPECT_EQ(GetThreshold(), 1000u) << passed.As(Time::MS);
        }
        Ack(gap, MilliSeconds(100));
        EXPECT_EQ(GetThreshold(), train ? 40u : 1000u);
    }
}

// A round trip begins with its first ACK, also where the window is still too small for
// HyStart: no train begins in its middle.
TEST_F(LinuxCubic, L7_RoundBeginsInASmallWindow)
{
    SetWindows(10, 1000);
    Ack(Time(0), MilliSeconds(100), true);
    for (int i = 0; i < 40; i++)
    {
        SetWindows(10 + i, 1000);
        Ack(MilliSeconds(2), MilliSeconds(100));
    }
    EXPECT_EQ(GetThreshold(), 1000u);
    for (int i = 0; i < 26; i++)
    {
        Ack(MilliSeconds(2), MilliSeconds(100), i == 0);
    }
    EXPECT_EQ(GetThreshold(), 1000u);
    Ack(MilliSeconds(2), MilliSeconds(100));
    EXPECT_EQ(GetThreshold(), 49u);
}

// HyStart can be switched off, and does not act beyond slow start.
TEST_F(LinuxCubic, L7_HyStartIsForSlowStart)
{
    for (const bool on : {true, false})
    {
        cubic = CreateObject<TcpLinuxCubic>();
        cubic->SetAttribute("HyStart", BooleanValue(on));
        const uint32_t threshold = on ? 40 : 1000;
        SetWindows(40, threshold);
        Ack(Time(0), MilliSeconds(100), true);
        for (int i = 0; i < 40; i++)
        {
            Ack(MilliSeconds(2), MilliSeconds(150));
        }
        EXPECT_EQ(GetThreshold(), threshold);
    }
}
