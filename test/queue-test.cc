/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * S11: a listener's count of connections whose handshake is not complete.
 */

#include "ns3/simulator.h"
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
    ~Queue() override
    {
        Simulator::Destroy();
    }

    /// @return the place of one more connection
    TcpFastOpenQueue::Slot Enter()
    {
        return queue->Enter([this](int32_t change) {
            told.push_back(change);
            fullWhenTold.push_back(queue->IsFull());
        });
    }

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
    EXPECT_FALSE(queue->IsFull());
    auto first = Enter();
    EXPECT_FALSE(queue->IsFull());
    auto second = Enter();
    EXPECT_TRUE(queue->IsFull());
    auto third = Enter();
    EXPECT_TRUE(queue->IsFull());
    first.Leave();
    EXPECT_TRUE(queue->IsFull());
    second.Leave();
    EXPECT_FALSE(queue->IsFull());
    third.Leave();
    EXPECT_EQ(told, (std::vector<int32_t>{1, 1, 1, -1, -1, -1}));
    EXPECT_EQ(fullWhenTold, (std::vector<bool>{false, true, true, true, false, false}))
        << "told when it is so";
}

// A queue is closed to all at first, and where its limit is 0.
TEST_F(Queue, S1_WithoutALimitThereIsNoRoom)
{
    EXPECT_EQ(queue->GetLimit(), 0u);
    EXPECT_TRUE(queue->IsFull());
    queue->SetLimit(1);
    EXPECT_FALSE(queue->IsFull());
    queue->SetLimit(0);
    EXPECT_TRUE(queue->IsFull());
}

// Another limit counts at once, for those who wait, too.
TEST_F(Queue, LimitMayChange)
{
    queue->SetLimit(1);
    auto slot = Enter();
    EXPECT_TRUE(queue->IsFull());
    queue->SetLimit(2);
    EXPECT_FALSE(queue->IsFull());
    queue->SetLimit(1);
    EXPECT_TRUE(queue->IsFull());
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
    slot.Reset();
    EXPECT_EQ(told, (std::vector<int32_t>{1, -1}));
    TcpFastOpenQueue::Slot none;
    EXPECT_FALSE(none.IsTaken());
    none.Leave();
    none.Reset();
    Simulator::Run();
    EXPECT_EQ(Simulator::Now(), Time(0)) << "nothing was scheduled";
    EXPECT_EQ(told, (std::vector<int32_t>{1, -1}));
}

// One that was reset counts for 60 s more, and then no longer.
TEST_F(Queue, S11_ResetCountsForAMinute)
{
    queue->SetLimit(1);
    auto slot = Enter();
    Simulator::Stop(Seconds(5));
    Simulator::Run();
    slot.Reset();
    EXPECT_FALSE(slot.IsTaken());
    slot.Leave();
    slot.Reset();
    EXPECT_TRUE(queue->IsFull());
    Simulator::Stop(Seconds(60) - TimeStep(1));
    Simulator::Run();
    EXPECT_TRUE(queue->IsFull());
    EXPECT_EQ(told, (std::vector<int32_t>{1}));
    Simulator::Stop(TimeStep(1));
    Simulator::Run();
    EXPECT_FALSE(queue->IsFull());
    EXPECT_EQ(told, (std::vector<int32_t>{1, -1}));
    EXPECT_EQ(Simulator::Now(), Seconds(65));
}

// Whoever has a place keeps the queue: also when the listener has gone, and until the
// minute after a reset is over.
TEST_F(Queue, S11_PlaceKeepsTheQueue)
{
    std::vector<int32_t> changes;
    const auto note = [&changes](int32_t change) { changes.push_back(change); };
    TcpFastOpenQueue* const raw = PeekPointer(queue);
    auto left = queue->Enter(note);
    auto reset = queue->Enter(note);
    queue = nullptr;
    EXPECT_EQ(raw->GetReferenceCount(), 2u);
    reset.Reset();
    EXPECT_EQ(raw->GetReferenceCount(), 2u);
    left.Leave();
    EXPECT_EQ(raw->GetReferenceCount(), 1u);
    Simulator::Run();
    EXPECT_EQ(changes, (std::vector<int32_t>{1, 1, -1, -1}));
}

// A listener that was closed says so to its children, which count as before.
TEST_F(Queue, S15_CloseIsTold)
{
    queue->SetLimit(1);
    auto slot = Enter();
    EXPECT_FALSE(queue->IsClosed());
    queue->Close();
    EXPECT_TRUE(queue->IsClosed());
    EXPECT_TRUE(queue->IsFull());
    slot.Leave();
    EXPECT_FALSE(queue->IsFull());
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
    EXPECT_FALSE(queue->IsFull());
    EXPECT_EQ(told, (std::vector<int32_t>{1, -1}));
}
