/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * When a SYN or SYN-ACK is sent again, and when it is given up.
 */

#include "ns3/nstime.h"
#include "ns3/tcp-handshake-timer.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <vector>

using namespace ns3;

namespace
{

using Role = TcpHandshakeTimer::Role;
using Duplicate = TcpHandshakeTimer::Duplicate;

using Rules = TcpHandshakeTimer::Rules;

constexpr Role ROLES[] = {Role::CLIENT,
                          Role::CROSSED,
                          Role::CHILD,
                          Role::EARLY_CHILD}; //!< all of them

/// The settings of ns-3, with a first timeout and a number of tries.
Rules
Stock(Time first, uint32_t tries)
{
    Rules rules;
    rules.first = first;
    rules.tries = tries;
    return rules;
}

/// The settings of Linux.
Rules
Linux()
{
    return {Seconds(1), 7, 4, 5, MilliSeconds(500)};
}

/// The timeouts until a handshake fails, in s.
std::vector<int64_t>
Timeouts(TcpHandshakeTimer timer, const Rules& rules)
{
    std::vector<int64_t> timeouts;
    while (!timer.IsLast(rules))
    {
        timeouts.push_back(timer.BackOff(rules).GetMilliSeconds() / 1000);
    }
    return timeouts;
}

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
                EXPECT_FALSE(timer.IsLast(Stock(Seconds(1), tries)));
                EXPECT_EQ(timer.BackOff(Stock(MilliSeconds(1500), tries)), MilliSeconds(1500 << i));
                EXPECT_EQ(timer.GetTimeout(), MilliSeconds(1500 << i));
            }
            EXPECT_TRUE(timer.IsLast(Stock(Seconds(1), tries)));
        }
    }
}

// A try more than there are uses none up.
TEST(HandshakeTimer, TriesAreNotOverdrawn)
{
    TcpHandshakeTimer timer;
    timer.Begin(Role::CHILD);
    timer.BackOff(Stock(Seconds(1), 1));
    EXPECT_EQ(timer.BackOff(Stock(Seconds(1), 1)), Seconds(2));
    EXPECT_EQ(timer.BackOff(Stock(Seconds(1), 1)), Seconds(2));
    EXPECT_FALSE(timer.IsLast(Stock(Seconds(1), 2)));
}

// How many tries there are may change on the way.
TEST(HandshakeTimer, C15_TriesMayChangeOnTheWay)
{
    TcpHandshakeTimer timer;
    timer.Begin(Role::CLIENT);
    timer.BackOff(Stock(Seconds(1), 7));
    timer.BackOff(Stock(Seconds(1), 7));
    EXPECT_TRUE(timer.IsLast(Stock(Seconds(1), 1)));
    EXPECT_TRUE(timer.IsLast(Stock(Seconds(1), 2)));
    EXPECT_FALSE(timer.IsLast(Stock(Seconds(1), 3)));
    EXPECT_TRUE(timer.IsLast(Stock(Seconds(1), 0)));
}

// The timeout may change, too, and counts from the first one.
TEST(HandshakeTimer, FirstTimeoutMayChangeOnTheWay)
{
    TcpHandshakeTimer timer;
    timer.Begin(Role::CLIENT);
    EXPECT_EQ(timer.BackOff(Stock(Seconds(1), 7)), Seconds(1));
    EXPECT_EQ(timer.BackOff(Stock(Seconds(3), 7)), Seconds(6));
}

// SYNs that cross begin anew, but what was sent again was sent again.
TEST(HandshakeTimer, C14_CrossingSynCountsTriesAnew)
{
    TcpHandshakeTimer timer;
    timer.Begin(Role::CLIENT);
    timer.BackOff(Stock(Seconds(1), 2));
    timer.BackOff(Stock(Seconds(1), 2));
    timer.NoteTimeout();
    EXPECT_TRUE(timer.IsLast(Stock(Seconds(1), 2)));
    timer.Cross();
    EXPECT_FALSE(timer.IsLast(Stock(Seconds(1), 1)));
    EXPECT_EQ(timer.GetTimeout(), Seconds(2));
    EXPECT_EQ(timer.BackOff(Stock(Seconds(1), 2)), Seconds(1));
    EXPECT_EQ(timer.GetRetransmissions(), 2u);
    EXPECT_EQ(timer.GetTimeouts(), 1u);
}

// Linux: a SYN's first timeouts are equal, and it has as many more tries; SYN-ACKs double
// theirs, and have a number of their own.
TEST(HandshakeTimer, C6_S17_TimeoutsOfLinux)
{
    const std::vector<int64_t> expected[] = {{1, 1, 1, 1, 1, 2, 4, 8, 16, 32, 64},
                                             {1, 2, 4, 8, 16, 32, 64},
                                             {1, 2, 4, 8, 16, 32},
                                             {1, 2, 4, 8, 16, 32, 64}};
    for (std::size_t i = 0; i < 4; i++)
    {
        TcpHandshakeTimer timer;
        timer.Begin(ROLES[i]);
        EXPECT_EQ(Timeouts(timer, Linux()), expected[i]) << i;
    }
}

// Few tries are over when as much time has passed as doubling timeouts would take: with one
// retransmission after 3 s, with two after 7 s (measured on Linux 6.18).
TEST(HandshakeTimer, C6_FewTriesOfLinuxEndByTime)
{
    for (const auto& [tries, expected] : {std::pair<uint32_t, std::vector<int64_t>>{1, {1}},
                                          {2, {1, 1, 1}},
                                          {3, {1, 1, 1, 1, 1, 2}}})
    {
        TcpHandshakeTimer timer;
        timer.Begin(Role::CLIENT);
        auto rules = Linux();
        rules.tries = tries;
        EXPECT_EQ(Timeouts(timer, rules), expected) << tries;
    }
}

// A timeout ends at two minutes, or at the first one if that is longer.
TEST(HandshakeTimer, C6_TimeoutHasALimit)
{
    TcpHandshakeTimer timer;
    timer.Begin(Role::CLIENT);
    auto timeouts = Timeouts(timer, Stock(MilliSeconds(1), 64));
    ASSERT_EQ(timeouts.size(), 64u);
    EXPECT_EQ(timeouts[16], 65);
    EXPECT_EQ(timeouts[17], 120);
    EXPECT_EQ(timeouts[63], 120);
    EXPECT_EQ(Timeouts(timer, Stock(Seconds(50), 4)), (std::vector<int64_t>{50, 100, 120, 120}));
    EXPECT_EQ(Timeouts(timer, Stock(Seconds(200), 2)), (std::vector<int64_t>{200, 200}));
    EXPECT_EQ(Timeouts(timer, Stock(Time::Max(), 2)).size(), 2u);
}

// One retransmission is nothing special, two are.
TEST(HandshakeTimer, S9_HandshakeIsLossyWithTwoRetransmissions)
{
    for (const Role role : ROLES)
    {
        TcpHandshakeTimer timer;
        timer.Begin(role);
        const uint32_t crossed = role == Role::CROSSED ? 1 : 0; // the SYN-ACK in place of SYN
        for (uint32_t count = 0; count <= 3; count++)
        {
            EXPECT_EQ(timer.GetRetransmissions(), count + crossed);
            EXPECT_EQ(timer.GetTimeouts(), count);
            EXPECT_EQ(timer.IsLossy(), count >= 2) << count;
            timer.NoteTimeout();
        }
    }
}

// Duplicates of the SYN count where the timer has expired, too, but not to who was accepted
// by its SYN.
TEST(HandshakeTimer, S9_DuplicatesAloneAreNoLoss)
{
    for (const Role role : {Role::CROSSED, Role::CHILD, Role::EARLY_CHILD})
    {
        for (const Rules& rules : {Stock(Seconds(1), 7), Linux()})
        {
            TcpHandshakeTimer timer;
            timer.Begin(role);
            for (int i = 0; i < 3; i++)
            {
                EXPECT_NE(timer.NoteDuplicate(rules, Seconds(i)), Duplicate::IGNORE);
                EXPECT_FALSE(timer.IsLossy());
            }
            timer.NoteTimeout();
            EXPECT_EQ(timer.IsLossy(), role != Role::EARLY_CHILD);
            timer.NoteTimeout();
            EXPECT_TRUE(timer.IsLossy());
        }
    }
}

// The answer to a duplicate uses a try up, as the base does, as long as there is one.
TEST(HandshakeTimer, S9_DuplicateUsesATryUp)
{
    for (const Role role : {Role::CLIENT, Role::CROSSED, Role::CHILD})
    {
        const Rules rules = Stock(Seconds(1), 3);
        TcpHandshakeTimer timer;
        timer.Begin(role);
        timer.BackOff(rules);
        EXPECT_EQ(timer.NoteDuplicate(rules, Time(0)), Duplicate::ANSWER);
        EXPECT_FALSE(timer.IsLast(rules));
        EXPECT_EQ(timer.NoteDuplicate(rules, Time(0)), Duplicate::ANSWER);
        EXPECT_TRUE(timer.IsLast(rules));
        EXPECT_EQ(timer.NoteDuplicate(rules, Time(0)), Duplicate::ANSWER);
        EXPECT_FALSE(timer.IsLast(Stock(Seconds(1), 4)));
        EXPECT_EQ(timer.GetTimeout(), Seconds(1));
        EXPECT_EQ(timer.GetRetransmissions(), role == Role::CROSSED ? 4u : 3u);
        EXPECT_EQ(timer.BackOff(Stock(Seconds(1), 7)), Seconds(8));
    }
}

// To who was accepted by its SYN it uses nothing up, and the timer goes on.
TEST(HandshakeTimer, S9_DuplicateLeavesAnEarlyChildAlone)
{
    for (const Rules& rules : {Stock(Seconds(1), 3), Linux()})
    {
        TcpHandshakeTimer timer;
        timer.Begin(Role::EARLY_CHILD);
        timer.BackOff(rules);
        for (int i = 0; i < 5; i++)
        {
            EXPECT_EQ(timer.NoteDuplicate(rules, Seconds(i)), Duplicate::ANSWER);
            EXPECT_EQ(timer.GetTimeout(), Seconds(1));
        }
        EXPECT_FALSE(timer.IsLast(rules));
        EXPECT_EQ(timer.BackOff(rules), Seconds(2));
    }
}

// Linux: at most one answer in a time; it uses nothing up, and the same timeout begins anew.
TEST(HandshakeTimer, S9_AnswersOfLinux)
{
    for (const Role role : {Role::CROSSED, Role::CHILD, Role::EARLY_CHILD})
    {
        const Duplicate answer = role == Role::CHILD ? Duplicate::RESTART : Duplicate::ANSWER;
        TcpHandshakeTimer timer;
        timer.Begin(role);
        timer.BackOff(Linux());
        const uint32_t before = timer.GetRetransmissions();
        EXPECT_EQ(timer.NoteDuplicate(Linux(), MilliSeconds(0)), answer);
        EXPECT_EQ(timer.NoteDuplicate(Linux(), MilliSeconds(0)), Duplicate::IGNORE);
        EXPECT_EQ(timer.NoteDuplicate(Linux(), MilliSeconds(499)), Duplicate::IGNORE);
        EXPECT_EQ(timer.NoteDuplicate(Linux(), MilliSeconds(500)), answer);
        EXPECT_EQ(timer.NoteDuplicate(Linux(), MilliSeconds(999)), Duplicate::IGNORE);
        EXPECT_EQ(timer.NoteDuplicate(Linux(), MilliSeconds(1500)), answer);
        EXPECT_EQ(timer.GetTimeout(), Seconds(1));
        EXPECT_EQ(timer.GetRetransmissions() - before, 3u);
        EXPECT_EQ(timer.BackOff(Linux()), Seconds(2));
        timer.Begin(role);
        EXPECT_EQ(timer.NoteDuplicate(Linux(), MilliSeconds(1501)), answer);
    }
}

// A handshake knows nothing of the one before it.
TEST(HandshakeTimer, BeginForgetsTheLastHandshake)
{
    TcpHandshakeTimer timer;
    timer.Begin(Role::EARLY_CHILD);
    timer.BackOff(Stock(Seconds(1), 7));
    timer.BackOff(Stock(Seconds(1), 7));
    timer.NoteTimeout();
    timer.NoteTimeout();
    timer.NoteDuplicate(Linux(), Seconds(1));
    timer.Begin(Role::CHILD);
    EXPECT_FALSE(timer.IsLast(Stock(Seconds(1), 1)));
    EXPECT_EQ(timer.GetRetransmissions(), 0u);
    EXPECT_FALSE(timer.IsLossy());
    EXPECT_EQ(timer.BackOff(Stock(Seconds(1), 7)), Seconds(1));
    EXPECT_EQ(timer.NoteDuplicate(Linux(), Seconds(1)), Duplicate::RESTART);
}

// One that has not begun is a client's that has sent nothing.
TEST(HandshakeTimer, NothingWasSentAtFirst)
{
    TcpHandshakeTimer timer;
    EXPECT_FALSE(timer.IsLast(Stock(Seconds(1), 1)));
    EXPECT_TRUE(timer.IsLast(Stock(Seconds(1), 0)));
    EXPECT_EQ(timer.GetRetransmissions(), 0u);
    EXPECT_EQ(timer.GetTimeout(), Time(0));
}
