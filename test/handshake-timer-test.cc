/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * When a SYN or SYN-ACK is sent again, and when it is given up.
 */

#include "ns3/nstime.h"
#include "ns3/tcp-handshake-timer.h"

#include <cstdint>
#include <gtest/gtest.h>

using namespace ns3;

namespace
{

using Role = TcpHandshakeTimer::Role;
using Duplicate = TcpHandshakeTimer::Duplicate;

constexpr Role ROLES[] = {Role::CLIENT, Role::CHILD, Role::EARLY_CHILD}; //!< all of them

} // namespace

// The first timeout, and then twice as long each time, as often as there are tries.
TEST(HandshakeTimer, C6_C15_TimeoutDoublesUntilTheTriesAreUsedUp)
{
    for (const Role role : ROLES)
    {
        for (uint32_t tries = 1; tries <= 7; tries++)
        {
            TcpHandshakeTimer timer;
            timer.Begin(role);
            for (uint32_t i = 0; i < tries; i++)
            {
                EXPECT_FALSE(timer.IsLast(tries));
                EXPECT_EQ(timer.BackOff(MilliSeconds(1500), tries), MilliSeconds(1500 << i));
                EXPECT_EQ(timer.GetTimeout(), MilliSeconds(1500 << i));
            }
            EXPECT_TRUE(timer.IsLast(tries));
        }
    }
}

// A try more than there are uses none up.
TEST(HandshakeTimer, TriesAreNotOverdrawn)
{
    TcpHandshakeTimer timer;
    timer.Begin(Role::CHILD);
    timer.BackOff(Seconds(1), 1);
    EXPECT_EQ(timer.BackOff(Seconds(1), 1), Seconds(2));
    EXPECT_EQ(timer.BackOff(Seconds(1), 1), Seconds(2));
    EXPECT_FALSE(timer.IsLast(2));
}

// How many tries there are may change on the way.
TEST(HandshakeTimer, C15_TriesMayChangeOnTheWay)
{
    TcpHandshakeTimer timer;
    timer.Begin(Role::CLIENT);
    timer.BackOff(Seconds(1), 7);
    timer.BackOff(Seconds(1), 7);
    EXPECT_TRUE(timer.IsLast(1));
    EXPECT_TRUE(timer.IsLast(2));
    EXPECT_FALSE(timer.IsLast(3));
    EXPECT_TRUE(timer.IsLast(0));
}

// The timeout may change, too, and counts from the first one.
TEST(HandshakeTimer, FirstTimeoutMayChangeOnTheWay)
{
    TcpHandshakeTimer timer;
    timer.Begin(Role::CLIENT);
    EXPECT_EQ(timer.BackOff(Seconds(1), 7), Seconds(1));
    EXPECT_EQ(timer.BackOff(Seconds(3), 7), Seconds(6));
}

// SYNs that cross begin anew, but what was sent again was sent again.
TEST(HandshakeTimer, C14_CrossingSynCountsTriesAnew)
{
    TcpHandshakeTimer timer;
    timer.Begin(Role::CLIENT);
    timer.BackOff(Seconds(1), 2);
    timer.BackOff(Seconds(1), 2);
    timer.NoteRetransmission();
    EXPECT_TRUE(timer.IsLast(2));
    timer.Cross();
    EXPECT_FALSE(timer.IsLast(1));
    EXPECT_EQ(timer.GetTimeout(), Seconds(2));
    EXPECT_EQ(timer.BackOff(Seconds(1), 2), Seconds(1));
    EXPECT_EQ(timer.GetRetransmissions(), 1u);
}

// One retransmission is nothing special, two are.
TEST(HandshakeTimer, HandshakeIsLossyWithTwoRetransmissions)
{
    TcpHandshakeTimer timer;
    timer.Begin(Role::CLIENT);
    for (uint32_t count = 0; count <= 3; count++)
    {
        EXPECT_EQ(timer.GetRetransmissions(), count);
        EXPECT_EQ(timer.IsLossy(), count >= 2) << count;
        timer.NoteRetransmission();
    }
}

// The answer to a duplicate uses a try up, as the base does, as long as there is one.
TEST(HandshakeTimer, S9_DuplicateUsesATryUp)
{
    for (const Role role : {Role::CLIENT, Role::CHILD})
    {
        TcpHandshakeTimer timer;
        timer.Begin(role);
        timer.BackOff(Seconds(1), 3);
        EXPECT_EQ(timer.NoteDuplicate(3), Duplicate::KEEP);
        EXPECT_FALSE(timer.IsLast(3));
        EXPECT_EQ(timer.NoteDuplicate(3), Duplicate::KEEP);
        EXPECT_TRUE(timer.IsLast(3));
        EXPECT_EQ(timer.NoteDuplicate(3), Duplicate::KEEP);
        EXPECT_FALSE(timer.IsLast(4));
        EXPECT_EQ(timer.GetTimeout(), Seconds(1));
        EXPECT_EQ(timer.GetRetransmissions(), 0u);
        EXPECT_EQ(timer.BackOff(Seconds(1), 7), Seconds(8));
    }
}

// To who was accepted by its SYN it uses nothing up: the same timeout again.
TEST(HandshakeTimer, S9_DuplicateRestartsTheTimerOfAnEarlyChild)
{
    TcpHandshakeTimer timer;
    timer.Begin(Role::EARLY_CHILD);
    timer.BackOff(Seconds(1), 3);
    for (int i = 0; i < 5; i++)
    {
        EXPECT_EQ(timer.NoteDuplicate(3), Duplicate::RESTART);
        EXPECT_EQ(timer.GetTimeout(), Seconds(1));
    }
    EXPECT_FALSE(timer.IsLast(2));
    EXPECT_EQ(timer.BackOff(Seconds(1), 3), Seconds(2));
}

// A handshake knows nothing of the one before it.
TEST(HandshakeTimer, BeginForgetsTheLastHandshake)
{
    TcpHandshakeTimer timer;
    timer.Begin(Role::EARLY_CHILD);
    timer.BackOff(Seconds(1), 7);
    timer.BackOff(Seconds(1), 7);
    timer.NoteRetransmission();
    timer.NoteRetransmission();
    timer.Begin(Role::CHILD);
    EXPECT_FALSE(timer.IsLast(1));
    EXPECT_EQ(timer.GetRetransmissions(), 0u);
    EXPECT_FALSE(timer.IsLossy());
    EXPECT_EQ(timer.BackOff(Seconds(1), 7), Seconds(1));
    EXPECT_EQ(timer.NoteDuplicate(7), Duplicate::KEEP);
}

// One that has not begun is a client's that has sent nothing.
TEST(HandshakeTimer, NothingWasSentAtFirst)
{
    TcpHandshakeTimer timer;
    EXPECT_FALSE(timer.IsLast(1));
    EXPECT_TRUE(timer.IsLast(0));
    EXPECT_EQ(timer.GetRetransmissions(), 0u);
    EXPECT_EQ(timer.GetTimeout(), Time(0));
}
