/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * Which SACK blocks ns-3's scoreboard is told of: each bound, one below, at and above.
 */

#include "ns3/tcp-header.h"
#include "ns3/tcp-option-sack.h"
#include "ns3/tcp-option-ts.h"
#include "ns3/tcp-sack-check.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <utility>
#include <vector>

using namespace ns3;

namespace
{

/// Blocks, their numbers counted from the first that is not acknowledged.
using Blocks = std::vector<std::pair<int64_t, int64_t>>;

constexpr int32_t SENT = 4000;          //!< what is not acknowledged, in bytes
constexpr int64_t FARTHEST = 1LL << 30; //!< what numbers are compared over

/**
 * @param head the first number that is not acknowledged
 * @param ack the ACK, counted from it
 * @param blocks SACK blocks
 * @return an ACK with them
 */
TcpHeader
AckWith(uint32_t head, int32_t ack, const Blocks& blocks)
{
    TcpHeader header;
    header.SetFlags(TcpHeader::ACK);
    header.SetAckNumber(SequenceNumber32(head + ack));
    header.AppendOption(CreateObject<TcpOptionTS>());
    Ptr<TcpOptionSack> option = CreateObject<TcpOptionSack>();
    for (const auto& [first, second] : blocks)
    {
        option->AddSackBlock({SequenceNumber32(static_cast<uint32_t>(head + first)),
                              SequenceNumber32(static_cast<uint32_t>(head + second))});
    }
    header.AppendOption(option);
    return header;
}

/// Where the numbers begin: also so that they wrap around within what was sent.
const std::vector<uint32_t>
    HEADS{1, 5000, 0x7fffffff, 0x80000000, 0xffffffff, 0, 0U - SENT, 0U - 2};

/**
 * Check blocks wherever the numbers begin.
 *
 * @param ack the ACK, counted from the first number that is not acknowledged
 * @param blocks SACK blocks
 * @param sound whether the scoreboard can take them
 */
void
Expect(int32_t ack, const Blocks& blocks, bool sound)
{
    for (const uint32_t head : HEADS)
    {
        EXPECT_EQ(TcpSackCheck::IsSound(AckWith(head, ack, blocks),
                                        SequenceNumber32(head),
                                        SequenceNumber32(head + SENT)),
                  sound)
            << ::testing::PrintToString(blocks) << " ack " << ack << " from " << head;
    }
}

} // namespace

// A block is of what lies behind the first missing number.
TEST(SackCheck, BlockIsBehindTheHole)
{
    Expect(0, {{0, 100}}, false);
    Expect(0, {{1, 100}}, true);
    Expect(0, {{2, 100}}, true);
    Expect(0, {{-1, 100}}, false);
    Expect(-50, {{0, 100}}, false);
    Expect(-50, {{1, 100}}, true);
}

// It ends behind its beginning.
TEST(SackCheck, BlockIsNotEmpty)
{
    Expect(0, {{100, 101}}, true);
    Expect(0, {{100, 100}}, false);
    Expect(0, {{100, 99}}, false);
    Expect(0, {{-100, -100}}, false);
    Expect(0, {{-100, -101}}, false);
}

// It covers at most what was sent, and a FIN behind it.
TEST(SackCheck, BlockEndsWithWhatWasSent)
{
    Expect(0, {{100, SENT - 1}}, true);
    Expect(0, {{100, SENT}}, true);
    Expect(0, {{100, SENT + 1}}, true);
    Expect(0, {{100, SENT + 2}}, false);
    Expect(0, {{SENT, SENT + 1}}, true);
    Expect(0, {{SENT + 1, SENT + 2}}, false);
}

// An ACK that advances leaves a hole in front of its blocks; what lies before the ACK
// is acknowledged as well.
TEST(SackCheck, BlockIsOnOneSideOfTheAck)
{
    Expect(1000, {{1000, 1100}}, false);
    Expect(1000, {{1001, 1100}}, true);
    Expect(1000, {{500, 999}}, true);
    Expect(1000, {{500, 1000}}, true);
    Expect(1000, {{500, 1001}}, false);
    Expect(1000, {{0, 1000}}, false);
    Expect(SENT, {{500, 1000}}, true);
}

// A duplicate is of what was acknowledged before; very old numbers cannot be told from
// very new ones.
TEST(SackCheck, DuplicatesAreOfWhatWasAcknowledged)
{
    Expect(0, {{-100, -1}}, true);
    Expect(0, {{-100, 0}}, true);
    Expect(0, {{-100, 1}}, false);
    Expect(0, {{-FARTHEST - 100, -FARTHEST + 1}}, true);
    Expect(0, {{-FARTHEST - 100, -FARTHEST}}, false);
    Expect(0, {{-FARTHEST - 100, -FARTHEST - 1}}, false);
}

// One block that is not sound spoils all, in whatever place.
TEST(SackCheck, EachBlockCounts)
{
    Expect(0, {{100, 200}, {300, 400}, {500, 600}}, true);
    Expect(0, {{0, 200}, {300, 400}, {500, 600}}, false);
    Expect(0, {{100, 200}, {400, 300}, {500, 600}}, false);
    Expect(0, {{100, 200}, {300, 400}, {500, 6000}}, false);
    Expect(0, {{-100, 0}, {300, 400}}, true);
    Expect(0, {}, true);
}

// Without a segment under way there is nothing to tell of; without the option all is well.
TEST(SackCheck, ThereIsSomethingUnderWay)
{
    const SequenceNumber32 head(1000);
    const TcpHeader sack = AckWith(1000, 0, {{-100, 0}});
    TcpHeader plain;
    plain.SetFlags(TcpHeader::ACK);
    plain.SetAckNumber(head);
    for (const int32_t sent : {-1, 0, 1})
    {
        EXPECT_EQ(TcpSackCheck::IsSound(sack, head, head + sent), sent > 0) << sent;
        EXPECT_TRUE(TcpSackCheck::IsSound(plain, head, head + sent)) << sent;
    }
}
