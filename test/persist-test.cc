/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * The probes of a shut window: with which byte, how often, and whether the peer took it.
 */

#include "ns3/nstime.h"
#include "ns3/tcp-persist.h"

#include <cstdint>
#include <gtest/gtest.h>

using namespace ns3;

namespace
{

using Probe = TcpPersist::Probe;

/**
 * @param buffered data that is not acknowledged, in bytes
 * @param next the next number to send, from the first that is not acknowledged
 * @param head the latter
 * @return what to probe with
 */
Probe
Choose(uint32_t buffered, int32_t next, uint32_t head)
{
    const uint32_t unsent = next < 0 ? 12345 : buffered - next; // of no meaning before head
    return TcpPersist::Choose(
        {buffered, SequenceNumber32(head), SequenceNumber32(head + next), unsent});
}

} // namespace

// The next byte, if there is one; else the first that is not acknowledged.
TEST(Persist, ProbesWithTheNextByte)
{
    for (const uint32_t head : {1u, 1000u, 0x7ffffffeu, 0xfffffffeu, 0xffffffffu, 0u})
    {
        EXPECT_EQ(Choose(0, 0, head), Probe::NONE);
        EXPECT_EQ(Choose(0, 1, head), Probe::NONE) << "the FIN is sent";
        EXPECT_EQ(Choose(1, 0, head), Probe::NEXT);
        EXPECT_EQ(Choose(1, 1, head), Probe::HEAD);
        EXPECT_EQ(Choose(5, 0, head), Probe::NEXT);
        EXPECT_EQ(Choose(5, 4, head), Probe::NEXT);
        EXPECT_EQ(Choose(5, 5, head), Probe::HEAD);
    }
}

// In a retransmission the next number may lie before all that is left.
TEST(Persist, ProbesWithTheFirstByteWhereTheNextOneIsAcknowledged)
{
    for (const uint32_t head : {1u, 1000u, 0x80000000u, 0u})
    {
        EXPECT_EQ(Choose(5, -1, head), Probe::HEAD);
        EXPECT_EQ(Choose(5, -1000, head), Probe::HEAD);
        EXPECT_EQ(Choose(0, -1, head), Probe::NONE);
    }
}

// Twice the time, up to a minute.
TEST(Persist, BacksOffUpToAMinute)
{
    EXPECT_EQ(TcpPersist::BackOff(Time(0)), Time(0));
    EXPECT_EQ(TcpPersist::BackOff(MilliSeconds(200)), MilliSeconds(400));
    EXPECT_EQ(TcpPersist::BackOff(Seconds(29)), Seconds(58));
    EXPECT_EQ(TcpPersist::BackOff(Seconds(30) - TimeStep(1)), Seconds(60) - TimeStep(2));
    EXPECT_EQ(TcpPersist::BackOff(Seconds(30)), Seconds(60));
    EXPECT_EQ(TcpPersist::BackOff(Seconds(30) + TimeStep(1)), Seconds(60));
    EXPECT_EQ(TcpPersist::BackOff(Seconds(60)), Seconds(60));
    EXPECT_EQ(TcpPersist::BackOff(Seconds(1000)), Seconds(60));
}

// An ACK of all but the probe's byte tells that it was not taken, wherever the numbers
// wrap around.
TEST(Persist, ByteIsRefusedByAnAckThatLeavesItOut)
{
    struct Case
    {
        int32_t ack;     //!< the ACK, from the probe's byte
        int32_t next;    //!< the next number to send
        int32_t highest; //!< the number behind all that counts as sent
        bool refused;    //!< whether the byte is still to be sent
    };

    for (const uint32_t byte : {1u, 0x7fffffffu, 0xffffffffu, 0u})
    {
        for (const auto& [ack, next, highest, refused] : {Case{0, 0, 1, true},
                                                          Case{-1, 0, 1, false},
                                                          Case{1, 0, 1, false},
                                                          Case{1, 1, 1, false},
                                                          Case{0, 1, 1, false},
                                                          Case{0, -1, 1, false},
                                                          Case{0, 0, 0, false},
                                                          Case{0, 0, 2, false},
                                                          Case{-1, -1, 1, false}})
        {
            TcpPersist persist;
            persist.NoteSent();
            EXPECT_EQ(persist.NoteAcknowledged(SequenceNumber32(byte + ack),
                                               SequenceNumber32(byte + next),
                                               SequenceNumber32(byte + highest)),
                      refused)
                << byte << ": " << ack << ' ' << next << ' ' << highest;
        }
    }
}

// Without a probe nothing is refused; the first answer decides, and one answer alone.
TEST(Persist, OnlyAnAnswerToAProbeRefuses)
{
    const SequenceNumber32 byte(7);
    TcpPersist persist;
    EXPECT_FALSE(persist.NoteAcknowledged(byte, byte, byte + 1));
    persist.NoteSent();
    EXPECT_TRUE(persist.NoteAcknowledged(byte, byte, byte + 1));
    EXPECT_FALSE(persist.NoteAcknowledged(byte, byte, byte + 1));
    persist.NoteSent();
    EXPECT_FALSE(persist.NoteAcknowledged(byte + 1, byte, byte + 1)) << "it was taken";
    EXPECT_FALSE(persist.NoteAcknowledged(byte, byte, byte + 1));
}

// A new connection has sent no probe.
TEST(Persist, ResetForgetsTheProbe)
{
    TcpPersist persist;
    persist.NoteSent();
    persist.Reset();
    EXPECT_FALSE(
        persist.NoteAcknowledged(SequenceNumber32(7), SequenceNumber32(7), SequenceNumber32(8)));
}

// A window is worth filling at once where it is half of the largest; the largest is the
// connection's.
TEST(Persist, L6_HalfOfTheLargestWindowIsWorthFilling)
{
    TcpPersist persist;
    EXPECT_TRUE(persist.IsWorthFilling(1)) << "the first";
    persist.NoteWindow(1001);
    persist.NoteWindow(1000);
    EXPECT_FALSE(persist.IsWorthFilling(500));
    EXPECT_TRUE(persist.IsWorthFilling(501));
    persist.NoteWindow(0xffffffff);
    EXPECT_FALSE(persist.IsWorthFilling(0x7fffffff));
    EXPECT_TRUE(persist.IsWorthFilling(0x80000000));
    persist.Reset();
    EXPECT_TRUE(persist.IsWorthFilling(1));
}
