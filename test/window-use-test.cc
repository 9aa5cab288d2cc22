/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * TcpWindowUse by itself: whether the window limits what is sent, and what idle time makes
 * of it.
 */

#include "ns3/nstime.h"
#include "ns3/tcp-window-use.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <optional>

using namespace ns3;

namespace
{

constexpr uint32_t NONE = 0; //!< the window stays as it is

/// A sender with a timeout of 300 ms and an initial window of 10.
class WindowUse : public ::testing::Test
{
  protected:
    WindowUse()
    {
        known.congestionWindow = 40;
        known.initialWindow = 10;
        known.open = true;
        known.timeout = MilliSeconds(300);
    }

    /**
     * New data leaves.
     *
     * @param ms when
     * @param outstanding how many segments are under way then
     * @param acknowledge whether all before was acknowledged
     * @return the new window, or NONE
     */
    uint32_t Send(int64_t ms, uint32_t outstanding, bool acknowledge = true)
    {
        known.now = MilliSeconds(ms);
        known.una = acknowledge ? known.next : known.una;
        known.next += 100;
        known.outstanding = outstanding;
        known.inFlight = outstanding;
        return use.NoteSent(known).value_or(NONE);
    }

    /**
     * New data is about to leave.
     *
     * @param ms when
     * @return the new window, or NONE
     */
    uint32_t Restart(int64_t ms)
    {
        known.now = MilliSeconds(ms);
        return use.Restart(known).value_or(NONE);
    }

    TcpWindowUse use;          //!< what is tested
    TcpWindowUse::Known known; //!< what it is told
};

} // namespace

// A window is halved for each timeout of a pause, and not below the initial window.
TEST_F(WindowUse, L3_PauseHalvesTheWindow)
{
    struct Case
    {
        int64_t pause;     //!< in ms
        uint32_t window;   //!< before it
        uint32_t restarts; //!< the window afterwards
    };

    for (const auto& [pause, window, restarts] : {Case{0, 40, NONE},
                                                  Case{300, 40, NONE},
                                                  Case{301, 40, 20},
                                                  Case{600, 40, 20},
                                                  Case{601, 40, 10},
                                                  Case{20000, 40, 10},
                                                  Case{601, 400, 100},
                                                  Case{20000, 4000, 10},
                                                  Case{3600000, 1 << 30, 10},
                                                  Case{301, 25, 12},
                                                  Case{601, 25, 10},
                                                  Case{20000, 10, 10},
                                                  Case{20000, 4, 4}})
    {
        use.Reset();
        known.congestionWindow = window;
        Send(1000, 1);
        EXPECT_EQ(Restart(1000 + pause), restarts) << pause << ' ' << window;
    }
}

// Before anything was sent there is no pause; nor without the attribute.
TEST_F(WindowUse, L3_NoPauseBeforeTheFirstData)
{
    EXPECT_EQ(Restart(20000), NONE);
    Send(20000, 1);
    known.timeout.reset();
    EXPECT_EQ(Restart(40000), NONE);
}

// A pause begins with what was sent last, a retransmission, too.
TEST_F(WindowUse, L3_PauseBeginsWithTheLastSegment)
{
    Send(0, 1);
    use.NoteResent(MilliSeconds(1000));
    EXPECT_EQ(Restart(1300), NONE);
    EXPECT_EQ(Restart(1301), 20u);
}

// A window that the application does not fill shrinks after a timeout to the mean of it and
// what was used, or the initial window.
TEST_F(WindowUse, L3_UnusedWindowShrinks)
{
    Send(0, 5);
    EXPECT_EQ(Send(299, 30), NONE);
    EXPECT_EQ(Send(300, 20), 35u) << "30 of 40";
    EXPECT_EQ(Send(599, 20), NONE);
    EXPECT_EQ(Send(600, 5), 30u) << "20";
    EXPECT_EQ(Send(900, 5), 25u) << "10";
    known.congestionWindow = 10;
    EXPECT_EQ(Send(1200, 5), NONE);
    known.congestionWindow = 9;
    EXPECT_EQ(Send(1500, 5), NONE);
}

// Not as long as ACKs come; and not while something is amiss: then it may after another
// timeout.
TEST_F(WindowUse, L3_WindowIsTrueAsLongAsAcksCome)
{
    Send(0, 5);
    use.NoteTrue(MilliSeconds(200));
    EXPECT_EQ(Send(499, 5), NONE);
    known.open = false;
    EXPECT_EQ(Send(500, 25), NONE);
    known.open = true;
    EXPECT_EQ(Send(799, 5), NONE);
    EXPECT_EQ(Send(800, 5), 32u) << "25 were used meanwhile";
    known.timeout.reset();
    EXPECT_EQ(Send(8000, 5), NONE);
}

// A window that is filled does not shrink; nor does one in slow start of which half is used.
TEST_F(WindowUse, L3_FilledWindowDoesNotShrink)
{
    Send(0, 5);
    Send(300, 40);
    EXPECT_EQ(Send(599, 5), NONE);
    use.Reset();
    known.slowStart = true;
    Send(0, 21);
    EXPECT_EQ(Send(1000, 21), NONE);
    EXPECT_EQ(Send(1299, 20), NONE);
    EXPECT_EQ(Send(1300, 20), 30u) << "20, since it was filled last";
}

// The window limits what is sent if it was full at the end of the last flight; in slow start
// half of it is enough.
TEST_F(WindowUse, L3_WhatLimits)
{
    EXPECT_FALSE(use.IsLimited(40, false));
    EXPECT_FALSE(use.IsLimited(40, true));
    Send(0, 20);
    EXPECT_FALSE(use.IsLimited(40, false));
    EXPECT_FALSE(use.IsLimited(40, true));
    Send(0, 21, false);
    EXPECT_FALSE(use.IsLimited(40, false));
    EXPECT_TRUE(use.IsLimited(40, true));
    Send(1, 40, false);
    EXPECT_TRUE(use.IsLimited(40, false));
    Send(2, 3, false);
    EXPECT_TRUE(use.IsLimited(40, false)) << "as long as that flight is under way";
    Send(3, 3);
    EXPECT_FALSE(use.IsLimited(40, false));
    EXPECT_FALSE(use.IsLimited(40, true));
    EXPECT_TRUE(use.IsLimited(5, true));
}

// What is in the network counts against the window, not what was delivered already.
TEST_F(WindowUse, L3_DeliveredSegmentsDoNotFillTheWindow)
{
    known.outstanding = 45;
    known.inFlight = 39;
    known.next += 100;
    use.NoteSent(known);
    EXPECT_FALSE(use.IsLimited(40, false));
    EXPECT_TRUE(use.IsLimited(40, true));
}

// A new connection knows nothing of the last one.
TEST_F(WindowUse, C18_ResetForgetsAll)
{
    Send(0, 40);
    use.Reset();
    EXPECT_FALSE(use.IsLimited(40, true));
    EXPECT_EQ(Restart(20000), NONE);
}
