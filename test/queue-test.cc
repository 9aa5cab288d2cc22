/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * S11: a listener's count of connections whose handshake is not complete.
 */

#include "ns3/nstime.h"
#include "ns3/tcp-fast-open-queue.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <vector>

using namespace ns3;

namespace
{

/// A queue, and what was told of it.
class Queue : public ::testing::Test
{
  protected:
    /// @return the place of one more connection
    TcpFastOpenQueue::Slot Enter()
    {
        return queue->Enter([this](int32_t change) {
            told.push_back(change);
            fullWhenTold.push_back(queue->IsFull(now));
        });
    }

    Time now;                                                //!< the time
    Ptr<TcpFastOpenQueue> queue{Create<TcpFastOpenQueue>()}; //!< the queue
    std::vector<int32_t> told;                               //!< what changed
    std::vector<bool> fullWhenTold; //!< whether the queue was full when that was told
};

} // namespace

// One below the limit there is room, at the limit none, nor above.
TEST_F(Queue, S2_IsFullAtItsLimit)
{
    queue->SetLimit(2);
    EXPECT_EQ(queue->GetLimit(), 2u);
    EXPECT_FALSE(queue->IsFull(now));
    auto first = Enter();
    EXPECT_FALSE(queue->IsFull(now));
    auto second = Enter();
    EXPECT_TRUE(queue->IsFull(now));
    auto third = Enter();
    EXPECT_TRUE(queue->IsFull(now));
    first.Leave();
    EXPECT_TRUE(queue->IsFull(now));
    second.Leave();
    EXPECT_FALSE(queue->IsFull(now));
    third.Leave();
    EXPECT_EQ(told, (std::vector<int32_t>{1, 1, 1, -1, -1, -1}));
    EXPECT_EQ(fullWhenTold, (std::vector<bool>{false, true, true, true, false, false}))
        << "told when it is so";
}

// A queue is closed to all at first, and where its limit is 0.
TEST_F(Queue, S1_WithoutALimitThereIsNoRoom)
{
    EXPECT_EQ(queue->GetLimit(), 0u);
    EXPECT_TRUE(queue->IsFull(now));
    queue->SetLimit(1);
    EXPECT_FALSE(queue->IsFull(now));
    queue->SetLimit(0);
    EXPECT_TRUE(queue->IsFull(now));
}

// Another limit counts at once, for those who wait, too.
TEST_F(Queue, LimitMayChange)
{
    queue->SetLimit(1);
    auto slot = Enter();
    EXPECT_TRUE(queue->IsFull(now));
    queue->SetLimit(2);
    EXPECT_FALSE(queue->IsFull(now));
    queue->SetLimit(1);
    EXPECT_TRUE(queue->IsFull(now));
    slot.Leave();
}

// A place is left once, and one that was not taken never.
TEST_F(Queue, S7_PlaceIsLeftOnce)
{
    queue->SetLimit(1);
    auto slot = Enter();
    EXPECT_TRUE(slot.IsTaken());
    slot.Leave();
    EXPECT_FALSE(slot.IsTaken());
    slot.Leave();
    slot.Reset(now);
    EXPECT_EQ(told, (std::vector<int32_t>{1, -1}));
    TcpFastOpenQueue::Slot none;
    EXPECT_FALSE(none.IsTaken());
    none.Leave();
    none.Reset(now);
    EXPECT_EQ(told, (std::vector<int32_t>{1, -1}));
}

// One that was reset counts for 60 s more, and then no longer: whoever looks finds out.
TEST_F(Queue, S11_ResetCountsForAMinute)
{
    queue->SetLimit(1);
    auto slot = Enter();
    now = Seconds(5);
    slot.Reset(now);
    EXPECT_FALSE(slot.IsTaken());
    slot.Leave();
    slot.Reset(now);
    EXPECT_TRUE(queue->IsFull(now));
    now = Seconds(65) - TimeStep(1);
    EXPECT_TRUE(queue->IsFull(now));
    EXPECT_EQ(told, (std::vector<int32_t>{1}));
    now = Seconds(65);
    EXPECT_EQ(told, (std::vector<int32_t>{1})) << "nobody has looked";
    EXPECT_FALSE(queue->IsFull(now));
    EXPECT_EQ(told, (std::vector<int32_t>{1, -1}));
}

// Each has a minute of its own.
TEST_F(Queue, S11_EachResetHasItsMinute)
{
    queue->SetLimit(3);
    std::vector<TcpFastOpenQueue::Slot> slots;
    for (int i = 0; i < 3; i++)
    {
        slots.push_back(Enter());
    }
    for (int i = 0; i < 3; i++)
    {
        slots[i].Reset(Seconds(10 * i));
    }
    EXPECT_TRUE(queue->IsFull(Seconds(59)));
    EXPECT_FALSE(queue->IsFull(Seconds(60)));
    EXPECT_EQ(told, (std::vector<int32_t>{1, 1, 1, -1}));
    EXPECT_FALSE(queue->IsFull(Seconds(100)));
    EXPECT_EQ(told, (std::vector<int32_t>{1, 1, 1, -1, -1, -1}));
}

// When the listener is closed there is nothing to count for any more.
TEST_F(Queue, S11_S15_CloseForgetsResets)
{
    queue->SetLimit(2);
    auto before = Enter();
    auto after = Enter();
    before.Reset(now);
    queue->Close();
    EXPECT_EQ(told, (std::vector<int32_t>{1, 1, -1}));
    after.Reset(now);
    EXPECT_FALSE(after.IsTaken());
    EXPECT_EQ(told, (std::vector<int32_t>{1, 1, -1, -1}));
}

// Whoever has a place keeps the queue, also when the listener has gone; one that was reset
// does not.
TEST_F(Queue, S11_PlaceKeepsTheQueue)
{
    std::vector<int32_t> changes;
    const auto note = [&changes](int32_t change) { changes.push_back(change); };
    TcpFastOpenQueue* const raw = PeekPointer(queue);
    auto left = queue->Enter(note);
    auto reset = queue->Enter(note);
    EXPECT_EQ(raw->GetReferenceCount(), 3u);
    reset.Reset(now);
    EXPECT_EQ(raw->GetReferenceCount(), 2u);
    queue = nullptr;
    EXPECT_EQ(raw->GetReferenceCount(), 1u);
    left.Leave();
    EXPECT_EQ(changes, (std::vector<int32_t>{1, 1, -1}));
}

// A listener that was closed says so to its children, which count as before.
TEST_F(Queue, S15_CloseIsTold)
{
    queue->SetLimit(1);
    auto slot = Enter();
    EXPECT_FALSE(queue->IsClosed());
    queue->Close();
    EXPECT_TRUE(queue->IsClosed());
    EXPECT_TRUE(queue->IsFull(now));
    slot.Leave();
    EXPECT_FALSE(queue->IsFull(now));
    EXPECT_TRUE(queue->IsClosed());
}

// Whoever is told may do something about it: leave another place, say.
TEST_F(Queue, WhoIsToldMayLeaveAnotherPlace)
{
    queue->SetLimit(1);
    auto other = Enter();
    auto slot = queue->Enter([&](int32_t change) {
        if (change < 0)
        {
            other.Leave();
        }
    });
    slot.Leave();
    EXPECT_FALSE(other.IsTaken());
    EXPECT_FALSE(queue->IsFull(now));
    EXPECT_EQ(told, (std::vector<int32_t>{1, -1}));
}
