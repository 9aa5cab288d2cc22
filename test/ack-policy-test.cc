/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * Which data is acknowledged at once: the first segments, until a dialogue is recognized.
 */

#include "ns3/nstime.h"
#include "ns3/tcp-ack-policy.h"

#include <gtest/gtest.h>
#include <vector>

using namespace ns3;

namespace
{

const Time DELAY = MilliSeconds(40); //!< the delay of an ACK

/**
 * @param policy the policy
 * @param segments how many segments of data arrive in order
 * @param quickAcks how many are acknowledged at once
 * @return how many were
 */
uint32_t
CountQuick(TcpAckPolicy& policy, uint32_t segments, uint32_t quickAcks)
{
    uint32_t quick = 0;
    for (uint32_t i = 0; i < segments; i++)
    {
        quick += policy.NoteData(Seconds(1), true, quickAcks);
    }
    return quick;
}

} // namespace

// As many segments as asked for are acknowledged at once, and no more.
TEST(AckPolicy, FirstSegmentsAreAcknowledgedAtOnce)
{
    for (const uint32_t quickAcks : {0u, 1u, 2u, 16u})
    {
        TcpAckPolicy policy;
        std::vector<bool> quick;
        std::vector<bool> expected;
        for (uint32_t i = 0; i < 20; i++)
        {
            quick.push_back(policy.NoteData(Seconds(i), true, quickAcks));
            expected.push_back(i < quickAcks);
        }
        EXPECT_EQ(quick, expected) << quickAcks;
    }
}

// What is out of order has an ACK at once in any case: it uses no quick ACK up.
TEST(AckPolicy, OutOfOrderUsesNoQuickAckUp)
{
    TcpAckPolicy policy;
    EXPECT_FALSE(policy.NoteData(Seconds(1), false, 2));
    EXPECT_TRUE(policy.NoteData(Seconds(1), true, 2));
    EXPECT_FALSE(policy.NoteData(Seconds(1), false, 2));
    EXPECT_TRUE(policy.NoteData(Seconds(1), true, 2));
    EXPECT_FALSE(policy.NoteData(Seconds(1), true, 2));
}

// A reply within the delay of an ACK is a dialogue, whose replies carry the ACKs.
TEST(AckPolicy, ReplyWithinTheDelayIsADialogue)
{
    struct Case
    {
        Time after;    //!< when the reply leaves, after the data
        bool dialogue; //!< whether it is one
    };

    for (const auto& [after, dialogue] : {Case{Time(0), true},
                                          Case{DELAY - TimeStep(1), true},
                                          Case{DELAY, false},
                                          Case{DELAY + TimeStep(1), false},
                                          Case{Seconds(100), false}})
    {
        TcpAckPolicy policy;
        policy.NoteData(Seconds(5), true, 16);
        policy.NoteReply(Seconds(5) + after, DELAY);
        EXPECT_EQ(CountQuick(policy, 30, 16), dialogue ? 0 : 15) << after.As(Time::MS);
    }
}

// The time counts from the last data, in order or not, quick or not.
TEST(AckPolicy, DelayCountsFromTheLastData)
{
    for (const bool inOrder : {true, false})
    {
        TcpAckPolicy policy;
        policy.NoteData(Seconds(5), true, 16);
        policy.NoteData(Seconds(6), inOrder, 16);
        policy.NoteReply(Seconds(6) + DELAY - TimeStep(1), DELAY);
        EXPECT_EQ(CountQuick(policy, 30, 16), 0u);
    }
}

// Who has heard nothing does not reply.
TEST(AckPolicy, FirstDataIsNoReply)
{
    TcpAckPolicy policy;
    policy.NoteReply(Time(0), DELAY);
    policy.NoteReply(Seconds(1), Time::Max());
    EXPECT_EQ(CountQuick(policy, 30, 16), 16u);
}

// An ACK that was put off counts as data: what leaves soon after it is a reply.
TEST(AckPolicy, DataSoonAfterAnAckThatWasPutOffIsAReply)
{
    for (const bool soon : {true, false})
    {
        TcpAckPolicy policy;
        policy.NotePutOff(Seconds(3));
        policy.NoteReply(Seconds(3) + DELAY - TimeStep(soon ? 1 : 0), DELAY);
        EXPECT_EQ(CountQuick(policy, 30, 16), soon ? 0 : 16);
    }
}

// A dialogue does not end with the next late reply.
TEST(AckPolicy, DialogueLasts)
{
    TcpAckPolicy policy;
    policy.NoteData(Seconds(1), true, 16);
    policy.NoteReply(Seconds(1), DELAY);
    policy.NoteData(Seconds(2), true, 16);
    policy.NoteReply(Seconds(3), DELAY);
    EXPECT_EQ(CountQuick(policy, 30, 16), 0u);
}

// A new connection begins with all quick ACKs, and nothing was heard on it.
TEST(AckPolicy, ResetForgetsAll)
{
    TcpAckPolicy policy;
    EXPECT_EQ(CountQuick(policy, 30, 16), 16u);
    policy.NoteReply(Seconds(1), DELAY);
    policy.Reset();
    policy.NoteReply(Seconds(1), DELAY);
    EXPECT_EQ(CountQuick(policy, 30, 16), 16u);
}
