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

// To a server of unknown MSS Linux fills its own, as with one of the same MSS.
TEST(ClientOpening, C3_LinuxsDataLimitWithoutTheServersMss)
{
    for (const bool ipv6 : {false, true})
    {
        EXPECT_EQ(GetLimit(0, {1460, ipv6, false}), 1420u);
        EXPECT_EQ(GetLimit(0, {576, ipv6, false}), 536u);
        EXPECT_EQ(GetLimit(0, {8960, ipv6, false}), 8920u);
    }
    EXPECT_EQ(GetLimit(1, {1460, false, false}), 0u) << "1 is known, and too small";
}

// The RFC sends what any host takes, by the IP version, or less.
TEST(ClientOpening, C3_RfcsDataLimitWithoutTheServersMss)
{
    EXPECT_EQ(GetLimit(0, {1460, false, true}), 536u);
    EXPECT_EQ(GetLimit(0, {1460, true, true}), 1220u);
    EXPECT_EQ(GetLimit(0, {541, false, true}), 536u);
    EXPECT_EQ(GetLimit(0, {540, false, true}), 536u);
    EXPECT_EQ(GetLimit(0, {539, false, true}), 535u);
    EXPECT_EQ(GetLimit(0, {1224, true, true}), 1220u);
    EXPECT_EQ(GetLimit(0, {1223, true, true}), 1219u);
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

// The node learns of a failure once.
TEST(ClientOpening, C9_NodeLearnsOnce)
{
    TcpClientOpening opening = Chosen(AdviceOf(8 | 4));
    EXPECT_TRUE(opening.NoteFailure());
    EXPECT_FALSE(opening.NoteFailure());
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

// Linux's tcpi_fastopen_client_fail, and ours: why the SYN had no data that was taken.
TEST(ClientOpening, C17_ReasonOfAFailure)
{
    using Failure = TcpClientOpening::Failure;
    EXPECT_EQ(TcpClientOpening().GetFailure(), Failure::OFF);
    EXPECT_EQ(Chosen(AdviceOf(0)).GetFailure(), Failure::COOKIE_UNAVAILABLE);
    EXPECT_EQ(Chosen(AdviceOf(8)).GetFailure(), Failure::NONE);
    EXPECT_EQ(Chosen(AdviceOf(8 | 1)).GetFailure(), Failure::AVOIDED);

    TcpClientOpening opening = Chosen(AdviceOf(8));
    opening.DropOption();
    EXPECT_EQ(opening.GetFailure(), Failure::NO_ROOM);

    opening = Chosen(AdviceOf(0));
    opening.NoteTimeout();
    EXPECT_EQ(opening.GetFailure(), Failure::COOKIE_UNAVAILABLE);

    for (const bool timedOut : {false, true})
    {
        for (const uint32_t acknowledged : {0u, 99u, 100u})
        {
            opening = Chosen(AdviceOf(8));
            opening.NoteData(100);
            if (timedOut)
            {
                opening.NoteTimeout();
                EXPECT_EQ(opening.GetFailure(), Failure::SYN_RETRANSMITTED);
            }
            opening.NoteAcknowledged(acknowledged, timedOut);
            EXPECT_EQ(opening.GetFailure(),
                      acknowledged == 100 ? Failure::NONE
                      : timedOut          ? Failure::SYN_RETRANSMITTED
                                          : Failure::DATA_NOT_ACKED);
        }
    }
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
    EXPECT_TRUE(opening.NoteFailure());
}
