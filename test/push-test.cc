/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * Which segments have PSH: the last one of a write, and the last one of a burst.
 */

#include "ns3/nstime.h"
#include "ns3/tcp-push.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <vector>

using namespace ns3;

namespace
{

constexpr uint32_t SEGMENT = 1000; //!< the size of segments in bytes

/// A sender whose segments follow one another.
struct Sender
{
    /**
     * @param first the number of the stream's first byte
     */
    explicit Sender(uint32_t first = 1)
        : next(first)
    {
        known.segmentSize = SEGMENT;
        known.acknowledged = SequenceNumber32(first);
        known.firstSequence = SequenceNumber32(first);
    }

    /**
     * Send the next segment.
     *
     * @param size its size in bytes
     * @return whether it has PSH
     */
    bool Send(uint32_t size = SEGMENT)
    {
        const bool pushed = push.NoteSegment(next, size, known);
        next += size;
        return pushed;
    }

    /**
     * @param count how many segments to send
     * @return the numbers of those with PSH, from 1
     */
    std::vector<uint32_t> SendMany(uint32_t count)
    {
        std::vector<uint32_t> pushed;
        for (uint32_t i = 1; i <= count; i++)
        {
            if (Send())
            {
                pushed.push_back(i);
            }
        }
        return pushed;
    }

    TcpPush push;          //!< what is tested
    TcpPush::Known known;  //!< what it knows
    SequenceNumber32 next; //!< the next number to send
};

using Numbers = std::vector<uint32_t>; //!< numbers of segments

} // namespace

// The last segment of a write, however many there are.
TEST(Push, LastSegmentOfAWrite)
{
    Sender sender;
    sender.push.NoteWrite(1000);
    sender.push.NoteWrite(2500);
    sender.push.NoteWrite(1);
    EXPECT_TRUE(sender.Send());
    EXPECT_FALSE(sender.Send());
    EXPECT_FALSE(sender.Send());
    EXPECT_TRUE(sender.Send(500));
    EXPECT_TRUE(sender.Send(1));
}

// One that goes beyond the end of a write is not the last one of it, nor one before it.
TEST(Push, EndOfAWriteWithinASegmentDoesNotCount)
{
    for (const uint32_t size : {99u, 100u, 101u})
    {
        Sender sender;
        sender.push.NoteWrite(100);
        sender.push.NoteWrite(200);
        EXPECT_EQ(sender.Send(size), size == 100) << size;
        EXPECT_TRUE(sender.Send(300 - size));
    }
}

// A segment that is sent again has PSH again, until it is acknowledged.
TEST(Push, RetransmissionHasPushAgain)
{
    Sender sender;
    sender.push.NoteWrite(100);
    sender.push.NoteWrite(100);
    for (const uint32_t acknowledged : {1u, 2u, 100u})
    {
        sender.known.acknowledged = SequenceNumber32(acknowledged);
        EXPECT_TRUE(sender.push.NoteSegment(SequenceNumber32(1), 100, sender.known))
            << acknowledged;
    }
    sender.known.acknowledged = SequenceNumber32(101);
    EXPECT_FALSE(sender.push.NoteSegment(SequenceNumber32(1), 100, sender.known));
    EXPECT_TRUE(sender.push.NoteSegment(SequenceNumber32(101), 100, sender.known));
}

// A burst ends with what fills half of the largest window; one byte less is not enough.
TEST(Push, LastSegmentOfABurst)
{
    struct Case
    {
        uint32_t window; //!< the peer's window in bytes
        Numbers pushed;  //!< which segments of twelve have PSH
    };

    for (const auto& [window, pushed] : {Case{8000, {4, 8, 12}},
                                         Case{7999, {3, 6, 9, 12}},
                                         Case{9999, {4, 8, 12}},
                                         Case{10000, {5, 10}},
                                         Case{4000, {2, 4, 6, 8, 10, 12}},
                                         Case{3999, {}}, // a lone segment is no burst
                                         Case{0, {}}})
    {
        Sender sender;
        sender.push.NoteWrite(1000000);
        sender.known.peerWindow = window;
        EXPECT_EQ(sender.SendMany(12), pushed) << window;
    }
}

// The largest window counts, not the last one.
TEST(Push, LargestWindowCounts)
{
    Sender sender;
    sender.push.NoteWrite(1000000);
    sender.known.peerWindow = 8000;
    EXPECT_FALSE(sender.Send());
    sender.known.peerWindow = 0;
    EXPECT_EQ(sender.SendMany(7), (Numbers{3, 7}));
}

// No packet of Linux has more than 64 KiB.
TEST(Push, BurstHasAtMost64KiB)
{
    Sender sender;
    sender.push.NoteWrite(1000000);
    sender.known.peerWindow = 1 << 20;
    EXPECT_EQ(sender.SendMany(130), (Numbers{65, 130}));
    sender.known.rtt = NanoSeconds(1);
    sender.known.congestionWindow = 1 << 20;
    EXPECT_EQ(sender.SendMany(130), (Numbers{65, 130}));
}

// With an RTT a burst lasts 1/1024 s at twice the window's rate, two segments at least.
TEST(Push, BurstFollowsTheRate)
{
    struct Case
    {
        uint32_t window;   //!< the congestion window in bytes
        Time rtt;          //!< the RTT
        uint32_t segments; //!< of which each last one has PSH
    };

    for (const auto& [window, rtt, segments] : {Case{4000, Seconds(1), 2},
                                                Case{2 * 512000, Seconds(1), 2},
                                                Case{0x80000000, Seconds(1000), 4},
                                                Case{3 * 512000 - 1, Seconds(1), 2},
                                                Case{3 * 512000, Seconds(1), 3},
                                                Case{3 * 512000, Seconds(2), 2},
                                                Case{3 * 512000, MilliSeconds(500), 6},
                                                Case{3 * 512000, MilliSeconds(10), 10}})
    {
        Sender sender;
        sender.push.NoteWrite(1000000);
        sender.known.peerWindow = 20000;
        sender.known.congestionWindow = window;
        sender.known.rtt = rtt;
        EXPECT_EQ(sender.SendMany(2 * segments), (Numbers{segments, 2 * segments})) << window;
    }
}

// Segments are one burst where each begins at the end of the one before, at its time.
TEST(Push, BurstIsOfOneTimeAndPlace)
{
    const auto makeSender = [] {
        Sender sender;
        sender.push.NoteWrite(1000000);
        sender.known.peerWindow = 8000;
        sender.known.now = Seconds(1);
        EXPECT_EQ(sender.SendMany(3), Numbers());
        return sender;
    };
    Sender sender = makeSender();
    EXPECT_TRUE(sender.Send()) << "the fourth";
    sender = makeSender();
    sender.known.now += TimeStep(1);
    EXPECT_EQ(sender.SendMany(4), (Numbers{4})) << "later";
    sender = makeSender();
    sender.next += 1;
    EXPECT_EQ(sender.SendMany(4), (Numbers{4})) << "elsewhere";
    sender = makeSender();
    sender.next += -1000;
    EXPECT_EQ(sender.SendMany(4), (Numbers{4})) << "again";
}

// The end of a write ends a burst, and so does the end of a burst.
TEST(Push, WriteEndsABurst)
{
    Sender sender;
    sender.push.NoteWrite(2000);
    sender.push.NoteWrite(1000000);
    sender.known.peerWindow = 8000;
    EXPECT_EQ(sender.SendMany(10), (Numbers{2, 6, 10}));
}

// Where the rate has fallen, what goes beyond a burst begins another one; what just
// fills it ends it.
TEST(Push, BurstThatGrewTooLongIsAnotherOne)
{
    for (const bool fills : {true, false})
    {
        Sender sender;
        sender.push.NoteWrite(1000000);
        sender.known.peerWindow = 8000;
        EXPECT_EQ(sender.SendMany(2), Numbers());
        sender.known.rtt = Seconds(1);
        sender.known.congestionWindow = fills ? 3 * 512000 : 2 * 512000;
        EXPECT_EQ(sender.SendMany(2), fills ? Numbers{1} : Numbers{2});
    }
}

// The numbers wrap around, and so do the bytes that were written.
TEST(Push, NumbersWrapAround)
{
    for (const uint32_t first : {1u, 0u, 0xfffffff0u, 0x7ffffff0u})
    {
        Sender sender(first);
        sender.push.NoteWrite(0xfffffe00);
        sender.next += 0x7fffff00; // a step is less than half of the numbers
        sender.next += 0x7fffff00;
        sender.known.acknowledged = sender.next;
        sender.push.NoteWrite(488 + 1000);
        sender.push.NoteWrite(700);
        EXPECT_FALSE(sender.Send(488)) << first;
        EXPECT_TRUE(sender.Send(1000)) << first;
        EXPECT_TRUE(sender.Send(700)) << first;
    }
}

// A new connection has no writes, no burst and no window.
TEST(Push, ResetForgetsAll)
{
    Sender sender;
    sender.push.NoteWrite(1000);
    sender.known.peerWindow = 8000;
    sender.Send();
    sender.push.Reset();
    Sender fresh;
    fresh.push = sender.push;
    fresh.push.NoteWrite(6000);
    EXPECT_EQ(fresh.SendMany(8), (Numbers{6}));
}

// Half of the congestion window at most is one packet.
TEST(Push, W4_BurstIsAtMostHalfTheCongestionWindow)
{
    struct Case
    {
        uint32_t segments; //!< the congestion window in segments
        Numbers pushed;    //!< which segments of twelve have PSH
    };

    for (const auto& [segments, pushed] : {Case{10, {5, 10}},
                                           Case{11, {5, 10}},
                                           Case{4, {2, 4, 6, 8, 10, 12}},
                                           Case{3, {}},
                                           Case{1, {}}})
    {
        Sender sender;
        sender.push.NoteWrite(1000000);
        sender.known.peerWindow = 1 << 20;
        sender.known.congestionWindow = segments * SEGMENT;
        EXPECT_EQ(sender.SendMany(12), pushed) << segments;
    }
}

// A packet ends where no further segment may leave.
TEST(Push, W4_FullWindowEndsABurst)
{
    for (const uint32_t room : {SEGMENT, SEGMENT - 1, 0U})
    {
        Sender sender;
        sender.push.NoteWrite(1000000);
        sender.known.peerWindow = 1 << 20;
        EXPECT_FALSE(sender.Send());
        sender.known.room = room;
        EXPECT_EQ(sender.Send(), room < SEGMENT) << room;
        EXPECT_FALSE(sender.Send()) << "a lone segment, or the third of a burst";
    }
}

// Number 0 is one like any other.
TEST(Push, W4_BurstAcrossNumberZero)
{
    Sender sender(0U - 3 * SEGMENT);
    sender.push.NoteWrite(1000000);
    sender.known.peerWindow = 8000;
    EXPECT_EQ(sender.SendMany(8), (Numbers{4, 8}));
    Sender ends(0U - 4 * SEGMENT);
    ends.push.NoteWrite(1000000);
    ends.known.peerWindow = 8000;
    EXPECT_EQ(ends.SendMany(12), (Numbers{4, 8, 12}));
}
