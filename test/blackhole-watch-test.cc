/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * C10: what a connection tells of black holes.
 */

#include "ns3/tcp-blackhole-watch.h"

#include <cstdint>
#include <gtest/gtest.h>

using namespace ns3;

namespace
{

/// A watch that has begun.
TcpBlackholeWatch
Begun(bool fastOpen = true, bool suspected = false)
{
    TcpBlackholeWatch watch;
    watch.Begin(fastOpen, suspected);
    return watch;
}

} // namespace

// Data ends a suspicion, once, and only on a connection that was fast-opened after it.
TEST(BlackholeWatch, C10_DataEndsASuspicionOnce)
{
    for (const bool fastOpen : {false, true})
    {
        for (const bool suspected : {false, true})
        {
            TcpBlackholeWatch watch = Begun(fastOpen, suspected);
            EXPECT_EQ(watch.NoteData(), fastOpen && suspected);
            EXPECT_FALSE(watch.NoteData());
        }
    }
}

// The third timeout in a row, or the last one before it, on a connection of Fast Open.
TEST(BlackholeWatch, C10_ThirdOrLastTimeoutIsSuspect)
{
    for (const bool fastOpen : {false, true})
    {
        TcpBlackholeWatch watch = Begun(fastOpen);
        for (const bool data : {false, true})
        {
            for (uint32_t earlier = 0; earlier < 6; earlier++)
            {
                EXPECT_EQ(watch.IsTimeoutSuspect(earlier, false), fastOpen && earlier == 2);
                EXPECT_EQ(watch.IsTimeoutSuspect(earlier, true), fastOpen && earlier <= 2);
            }
            if (!data)
            {
                watch.NoteData();
            }
        }
    }
}

// A reset is suspect as long as no data has come, each one.
TEST(BlackholeWatch, C10_ResetBeforeDataIsSuspect)
{
    EXPECT_FALSE(TcpBlackholeWatch().IsResetSuspect());
    EXPECT_FALSE(Begun(false).IsResetSuspect());
    TcpBlackholeWatch watch = Begun();
    EXPECT_TRUE(watch.IsResetSuspect());
    watch.NoteEarlyFin();
    EXPECT_TRUE(watch.IsResetSuspect());
    watch.NoteData();
    EXPECT_FALSE(watch.IsResetSuspect());
}

// A FIN behind what has not come is suspect when the connection is over, once, however often
// it came, and not where any data has come before or after it.
TEST(BlackholeWatch, C10_EarlyFinIsSuspectAtTheEnd)
{
    EXPECT_FALSE(TcpBlackholeWatch().NoteEnd());
    EXPECT_FALSE(Begun().NoteEnd());
    for (const int fins : {1, 8})
    {
        for (const bool fastOpen : {false, true})
        {
            TcpBlackholeWatch watch = Begun(fastOpen);
            for (int i = 0; i < fins; i++)
            {
                watch.NoteEarlyFin();
            }
            EXPECT_EQ(watch.NoteEnd(), fastOpen);
            EXPECT_FALSE(watch.NoteEnd());
            EXPECT_FALSE(watch.IsResetSuspect()) << "it is over";
        }
    }
    TcpBlackholeWatch before = Begun();
    before.NoteData();
    before.NoteEarlyFin();
    EXPECT_FALSE(before.NoteEnd());
    TcpBlackholeWatch after = Begun();
    after.NoteEarlyFin();
    after.NoteData();
    EXPECT_FALSE(after.NoteEnd());
}

// A connection knows nothing of the one before it.
TEST(BlackholeWatch, C10_BeginForgetsTheLastConnection)
{
    TcpBlackholeWatch watch = Begun(true, true);
    watch.NoteEarlyFin();
    watch.Begin(true, false);
    EXPECT_FALSE(watch.NoteEnd());
    watch.Begin(true, false);
    EXPECT_FALSE(watch.NoteData());
    watch.Begin(false, true);
    EXPECT_FALSE(watch.NoteData());
    EXPECT_FALSE(watch.IsTimeoutSuspect(2, true));
}
