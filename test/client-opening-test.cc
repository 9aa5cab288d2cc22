/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * C: what a client's SYN shows, how much data it carries, and what became of it.
 */

#include "ns3/packet.h"
#include "ns3/tcp-client-opening.h"
#include "ns3/tcp-header.h"

#include <array>
#include <cstdint>
#include <gtest/gtest.h>
#include <string>

using namespace ns3;

namespace
{

using Advice = TcpClientOpening::Advice;
using Mode = TcpClientOpening::Mode;

/// @return a cookie of eight bytes
TcpFastOpenCookie
SomeCookie()
{
    const std::array<uint8_t, 8> bytes{1, 2, 3, 4, 5, 6, 7, 8};
    return TcpFastOpenCookie(bytes.data(), bytes.size());
}

/**
 * @param bits 1: to be avoided, 2: without a cookie, 4: a black hole was suspected, 8: there
 *        is a cookie, 16: the experimental form
 * @return such an advice
 */
Advice
AdviceOf(uint32_t bits)
{
    Advice advice;
    advice.avoided = bits & 1;
    advice.noCookie = bits & 2;
    advice.suspected = bits & 4;
    advice.cookie = bits & 8 ? SomeCookie() : TcpFastOpenCookie();
    advice.experimental = bits & 16;
    return advice;
}

/**
 * @param advice an advice
 * @return an opening that has chosen by it
 */
TcpClientOpening
Chosen(const Advice& advice)
{
    TcpClientOpening opening;
    opening.Begin();
    opening.Choose(advice);
    return opening;
}

/**
 * @param mss the server's MSS, 0 where it is unknown
 * @param room what limits the data
 * @param offer the SYN's options
 * @return the limit, in bytes
 */
uint32_t
GetLimit(uint16_t mss, const TcpClientOpening::Room& room, const TcpHandshakeOffer& offer = {})
{
    Advice advice;
    advice.mss = mss;
    TcpClientOpening opening;
    opening.SetDataLimit(advice, room, offer);
    return opening.GetDataLimit();
}

} // namespace

// Unless told otherwise a connection is opened the plain way.
TEST(ClientOpening, C1_PlainUnlessToldOtherwise)
{
    TcpClientOpening opening;
    for (int i = 0; i < 2; i++)
    {
        EXPECT_EQ(opening.GetMode(), Mode::PLAIN);
        EXPECT_FALSE(opening.IsFastOpen());
        EXPECT_FALSE(opening.GetOption());
        EXPECT_EQ(opening.GetDataLimit(), 0u);
        EXPECT_EQ(opening.GetDataSize(), 0u);
        EXPECT_EQ(opening.GetAcknowledged(), 0u);
        EXPECT_FALSE(opening.IsDataRefused());
        EXPECT_FALSE(opening.NoteDataArrived());
        EXPECT_FALSE(opening.IsTimeoutSuspect(2, true));
        opening.Begin();
    }
}

// What is to be avoided is not done; data goes without a cookie where that is set; else
// with the cookie, where there is one, and else one is asked for.
TEST(ClientOpening, C2_C3_C9_C16_AdviceDecidesOnTheMode)
{
    for (uint32_t bits = 0; bits < 32; bits++)
    {
        const Advice advice = AdviceOf(bits);
        const TcpClientOpening opening = Chosen(advice);
        Mode expected = advice.cookie.IsEmpty() ? Mode::ASKING : Mode::WITH_COOKIE;
        expected = advice.noCookie ? Mode::WITHOUT_COOKIE : expected;
        expected = advice.avoided ? Mode::PLAIN : expected;
        EXPECT_EQ(opening.GetMode(), expected) << bits;
        EXPECT_EQ(opening.IsFastOpen(), expected != Mode::PLAIN);
        EXPECT_EQ(TcpClientOpening::CanTakeData(advice),
                  expected == Mode::WITH_COOKIE || expected == Mode::WITHOUT_COOKIE);
        const bool option = expected == Mode::WITH_COOKIE || expected == Mode::ASKING;
        ASSERT_EQ(opening.GetOption().has_value(), option) << bits;
        if (option)
        {
            EXPECT_EQ(opening.GetOption()->cookie, advice.cookie);
            EXPECT_EQ(opening.GetOption()->experimental, advice.experimental);
        }
    }
}

// Without room for the option the way is the plain one.
TEST(ClientOpening, W5_WithoutRoomItIsPlain)
{
    for (uint32_t bits = 0; bits < 32; bits++)
    {
        TcpClientOpening opening = Chosen(AdviceOf(bits));
        opening.DropOption();
        EXPECT_EQ(opening.GetMode(), Mode::PLAIN);
        EXPECT_FALSE(opening.IsFastOpen());
        EXPECT_FALSE(opening.GetOption());
    }
}

// Linux's way: the least MSS less 40, whatever the options.
TEST(ClientOpening, C3_DataLimitOfLinux)
{
    TcpHandshakeOffer offer;
    offer.windowScale = 7; // 8 bytes of options with the MSS
    for (const bool ipv6 : {false, true})
    {
        EXPECT_EQ(GetLimit(1460, {1460, ipv6, false}, offer), 1420u);
        EXPECT_EQ(GetLimit(1459, {1460, ipv6, false}, offer), 1419u);
        EXPECT_EQ(GetLimit(1460, {1459, ipv6, false}, offer), 1419u);
        EXPECT_EQ(GetLimit(65535, {65535, ipv6, false}, offer), 65495u);
        EXPECT_EQ(GetLimit(65535, {100, ipv6, false}, offer), 60u);
        EXPECT_EQ(GetLimit(100, {65535, ipv6, false}, offer), 60u);
    }
}

// The RFC's way: the least MSS less the SYN's own options.
TEST(ClientOpening, C3_DataLimitOfTheRfc)
{
    TcpHandshakeOffer offer;
    EXPECT_EQ(GetLimit(1460, {1460, false, true}, offer), 1456u);
    offer.sackPermitted = true;
    EXPECT_EQ(GetLimit(1460, {1460, false, true}, offer), 1452u);
    offer.timestamps = TcpHandshakeOffer::Timestamps{1, 2};
    offer.windowScale = 7;
    EXPECT_EQ(GetLimit(1400, {1460, false, true}, offer), 1380u);
    offer.fastOpen = TcpHandshakeOffer::FastOpen{SomeCookie(), false};
    EXPECT_EQ(GetLimit(1400, {1460, false, true}, offer), 1368u);
    EXPECT_EQ(GetLimit(1400, {1460, true, true}, offer), 1368u);
}

// A server of unknown MSS gets what any host takes, by the IP version, or less.
TEST(ClientOpening, C3_DataLimitWithoutTheServersMss)
{
    EXPECT_EQ(GetLimit(0, {1460, false, false}), 536u);
    EXPECT_EQ(GetLimit(0, {1460, true, false}), 1220u);
    EXPECT_EQ(GetLimit(0, {577, false, false}), 536u);
    EXPECT_EQ(GetLimit(0, {576, false, false}), 536u);
    EXPECT_EQ(GetLimit(0, {575, false, false}), 535u);
    EXPECT_EQ(GetLimit(0, {1261, true, false}), 1220u);
    EXPECT_EQ(GetLimit(0, {1260, true, false}), 1220u);
    EXPECT_EQ(GetLimit(0, {1259, true, false}), 1219u);
    EXPECT_EQ(GetLimit(0, {1460, false, true}), 536u);
    EXPECT_EQ(GetLimit(1, {1460, false, false}), 0u) << "1 is known, and too small";
}

// Where options take all of a segment there is no room for data.
TEST(ClientOpening, C3_NoRoomInASmallSegment)
{
    for (const bool known : {false, true})
    {
        EXPECT_EQ(GetLimit(known ? 1460 : 0, {41, false, false}), 1u);
        EXPECT_EQ(GetLimit(known ? 1460 : 0, {40, false, false}), 0u);
        EXPECT_EQ(GetLimit(known ? 1460 : 0, {39, false, false}), 0u);
        EXPECT_EQ(GetLimit(known ? 1460 : 0, {0, false, false}), 0u);
        EXPECT_EQ(GetLimit(known ? 1460 : 0, {5, false, true}), 1u);
        EXPECT_EQ(GetLimit(known ? 1460 : 0, {4, false, true}), 0u);
        EXPECT_EQ(GetLimit(known ? 1460 : 0, {3, false, true}), 0u);
    }
}

// Data is to be sent again unless all of it was acknowledged.
TEST(ClientOpening, C7_DataIsRefusedUnlessAllIsAcknowledged)
{
    for (const uint32_t acknowledged : {0u, 1u, 99u, 100u, 101u})
    {
        TcpClientOpening opening = Chosen(AdviceOf(8));
        opening.NoteData(100);
        EXPECT_EQ(opening.GetDataSize(), 100u);
        opening.NoteAcknowledged(acknowledged, false);
        EXPECT_EQ(opening.GetAcknowledged(), acknowledged);
        EXPECT_EQ(opening.IsDataRefused(), acknowledged < 100) << acknowledged;
    }
    TcpClientOpening opening = Chosen(AdviceOf(8));
    opening.NoteData(0);
    EXPECT_FALSE(opening.IsDataRefused());
}

// The node learns of a failure once, and of the end of a suspicion once.
TEST(ClientOpening, C9_C10_NodeLearnsOnce)
{
    TcpClientOpening opening = Chosen(AdviceOf(8 | 4));
    EXPECT_TRUE(opening.NoteFailure());
    EXPECT_FALSE(opening.NoteFailure());
    EXPECT_TRUE(opening.NoteDataArrived());
    EXPECT_FALSE(opening.NoteDataArrived());
    opening = Chosen(AdviceOf(8));
    EXPECT_FALSE(opening.NoteDataArrived()) << "nothing was suspected";
    opening = Chosen(AdviceOf(8 | 4 | 1));
    EXPECT_FALSE(opening.NoteDataArrived()) << "a plain opening proves nothing";
    opening = Chosen(AdviceOf(8 | 4 | 2));
    EXPECT_TRUE(opening.NoteDataArrived());
}

// The third timeout in a row, or the last one before it, on a connection of Fast Open.
TEST(ClientOpening, C10_ThirdOrLastTimeoutIsSuspect)
{
    for (const uint32_t bits : {0u, 2u, 8u, 1u, 9u})
    {
        const TcpClientOpening opening = Chosen(AdviceOf(bits));
        const bool fastOpen = !(bits & 1);
        for (uint32_t earlier = 0; earlier < 6; earlier++)
        {
            EXPECT_EQ(opening.IsTimeoutSuspect(earlier, false), fastOpen && earlier == 2);
            EXPECT_EQ(opening.IsTimeoutSuspect(earlier, true), fastOpen && earlier <= 2);
        }
    }
}

// An end that comes before any data, and out of order, may be that of a black hole.
TEST(ClientOpening, C10_EarlyEndOutOfOrderIsSuspect)
{
    const SequenceNumber32 first(1);
    const auto segment = [](uint8_t flags, uint32_t sequence) {
        TcpHeader header;
        header.SetFlags(flags);
        header.SetSequenceNumber(SequenceNumber32(sequence));
        Ptr<Packet> packet = Create<Packet>();
        packet->AddHeader(header);
        return TcpSegmentView(packet);
    };
    const TcpClientOpening opening = Chosen(AdviceOf(8));
    for (const uint8_t end : {TcpHeader::FIN, TcpHeader::RST})
    {
        EXPECT_TRUE(opening.IsEndSuspect(segment(end, 2), first, first));
        EXPECT_TRUE(opening.IsEndSuspect(segment(end | TcpHeader::ACK, 2), first, first));
        EXPECT_FALSE(opening.IsEndSuspect(segment(end, 1), first, first)) << "in order";
        EXPECT_FALSE(opening.IsEndSuspect(segment(end, 0), first, first)) << "of old";
        EXPECT_FALSE(opening.IsEndSuspect(segment(end, 9), first, first + 1)) << "data has come";
        EXPECT_FALSE(Chosen(AdviceOf(8 | 1)).IsEndSuspect(segment(end, 2), first, first));
    }
    EXPECT_FALSE(opening.IsEndSuspect(segment(TcpHeader::ACK, 2), first, first));
}

// It can be asked why a connection went on the plain way, each reason told when it comes up.
TEST(ClientOpening, ReasonOfAFallbackIsKept)
{
    using Fallback = TcpClientOpening::Fallback;
    TcpClientOpening opening;
    EXPECT_FALSE(opening.GetFallback());
    EXPECT_FALSE(opening.NoteTimeout()) << "it was a plain one";
    EXPECT_FALSE(opening.GetFallback());
    EXPECT_FALSE(opening.Choose(AdviceOf(8 | 1)));
    EXPECT_EQ(opening.GetFallback(), Fallback::AVOIDED);

    for (const uint32_t bits : {0u, 2u, 8u})
    {
        opening = Chosen(AdviceOf(bits));
        EXPECT_FALSE(opening.GetFallback());
        EXPECT_TRUE(opening.NoteTimeout());
        EXPECT_EQ(opening.GetFallback(), Fallback::SYN_RETRANSMITTED);
    }
    opening.NoteData(100);
    EXPECT_FALSE(opening.NoteAcknowledged(0, true)) << "told already";
    EXPECT_EQ(opening.GetFallback(), Fallback::SYN_RETRANSMITTED);

    opening = Chosen(AdviceOf(8));
    opening.NoteData(100);
    EXPECT_FALSE(opening.NoteAcknowledged(100, false));
    EXPECT_FALSE(opening.GetFallback());
    EXPECT_TRUE(opening.NoteAcknowledged(99, false));
    EXPECT_EQ(opening.GetFallback(), Fallback::DATA_NOT_ACKED);

    opening = Chosen(AdviceOf(8));
    opening.DropOption();
    EXPECT_EQ(opening.GetFallback(), Fallback::NO_ROOM);
    EXPECT_FALSE(opening.IsFastOpen());
}

// A connection knows nothing of the one before it.
TEST(ClientOpening, BeginForgetsTheLastConnection)
{
    TcpClientOpening opening = Chosen(AdviceOf(8 | 4));
    Advice advice;
    advice.mss = 1460;
    opening.SetDataLimit(advice, {1460, false, false}, {});
    opening.NoteData(100);
    opening.NoteAcknowledged(50, false);
    opening.NoteFailure();
    opening.Begin();
    EXPECT_EQ(opening.GetMode(), Mode::PLAIN);
    EXPECT_FALSE(opening.GetOption());
    EXPECT_EQ(opening.GetDataLimit(), 0u);
    EXPECT_EQ(opening.GetDataSize(), 0u);
    EXPECT_EQ(opening.GetAcknowledged(), 0u);
    EXPECT_FALSE(opening.GetFallback());
    EXPECT_FALSE(opening.NoteDataArrived());
    EXPECT_TRUE(opening.NoteFailure());
}
