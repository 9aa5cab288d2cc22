/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * W4: the options of a SYN, byte for byte, in all their combinations.
 */

#include "ns3/packet.h"
#include "ns3/tcp-handshake-offer.h"
#include "ns3/tcp-option-rfc793.h"
#include "ns3/tcp-option-ts.h"
#include "ns3/tcp-option-winscale.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <vector>

using namespace ns3;

namespace
{

using Bytes = std::vector<uint8_t>;

constexpr int SYN = TcpHeader::SYN; //!< flag
constexpr int ACK = TcpHeader::ACK; //!< flag

/**
 * @param size how many bytes
 * @return a cookie of the bytes 1, 2, 3 ...
 */
TcpFastOpenCookie
CookieOf(uint8_t size)
{
    Bytes bytes;
    for (uint8_t i = 1; i <= size; i++)
    {
        bytes.push_back(i);
    }
    return TcpFastOpenCookie(bytes.data(), bytes.size());
}

/// A Fast Open option, and its bytes on the wire.
struct FastOpenCase
{
    std::optional<TcpHandshakeOffer::FastOpen> option; //!< the option
    Bytes bytes;                                       //!< its bytes, padded
};

/// @return none, a request and a cookie of eight bytes, each in either form
std::vector<FastOpenCase>
GetFastOpenCases()
{
    using FastOpen = TcpHandshakeOffer::FastOpen;
    return {{std::nullopt, {}},
            {FastOpen{TcpFastOpenCookie(), false}, {34, 2, 1, 1}},
            {FastOpen{CookieOf(8), false}, {34, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 1}},
            {FastOpen{TcpFastOpenCookie(), true}, {254, 4, 0xf9, 0x89}},
            {FastOpen{CookieOf(8), true}, {254, 12, 0xf9, 0x89, 1, 2, 3, 4, 5, 6, 7, 8}}};
}

/// Which options of the other kinds there are, and their bytes in Linux's order.
struct PlainCase
{
    bool sack;       //!< SACK-permitted
    bool timestamps; //!< timestamps
    bool scale;      //!< window scale
    Bytes bytes;     //!< MSS 1460 and these
};

const std::vector<PlainCase> PLAIN_CASES{
    {false, false, false, {2, 4, 5, 180}},
    {true, false, false, {2, 4, 5, 180, 1, 1, 4, 2}},
    {false,
     true,
     false,
     {2, 4, 5, 180, 1, 1, 8, 10, 0x11, 0x12, 0x13, 0x14, 0x21, 0x22, 0x23, 0x24}},
    {true,
     true,
     false,
     {2, 4, 5, 180, 4, 2, 8, 10, 0x11, 0x12, 0x13, 0x14, 0x21, 0x22, 0x23, 0x24}},
    {false, false, true, {2, 4, 5, 180, 1, 3, 3, 7}},
    {true, false, true, {2, 4, 5, 180, 1, 1, 4, 2, 1, 3, 3, 7}},
    {false, true, true, {2,    4,    5,    180,  1,    1,    8, 10, 0x11, 0x12,
                         0x13, 0x14, 0x21, 0x22, 0x23, 0x24, 1, 3,  3,    7}},
    {true, true, true, {2,    4,    5,    180,  4,    2,    8, 10, 0x11, 0x12,
                        0x13, 0x14, 0x21, 0x22, 0x23, 0x24, 1, 3,  3,    7}},
};

/**
 * @param plain options
 * @param fastOpen the Fast Open option
 * @return an offer of them
 */
TcpHandshakeOffer
MakeOffer(const PlainCase& plain, const FastOpenCase& fastOpen)
{
    TcpHandshakeOffer offer;
    offer.mss = 1460;
    offer.sackPermitted = plain.sack;
    if (plain.timestamps)
    {
        offer.timestamps = TcpHandshakeOffer::Timestamps{0x11121314, 0x21222324};
    }
    if (plain.scale)
    {
        offer.windowScale = 7;
    }
    offer.fastOpen = fastOpen.option;
    return offer;
}

/**
 * @param flags flags
 * @return a header with them and without options
 */
TcpHeader
HeaderWith(uint8_t flags)
{
    TcpHeader header;
    header.SetFlags(flags);
    return header;
}

/**
 * @param header a header
 * @return the bytes of its options
 */
Bytes
OptionBytes(const TcpHeader& header)
{
    Ptr<Packet> packet = Create<Packet>();
    packet->AddHeader(header);
    Bytes bytes(packet->GetSize());
    packet->CopyData(bytes.data(), bytes.size());
    return Bytes(bytes.begin() + 20, bytes.end());
}

/**
 * @param header a header
 * @return the same as the other end reads it
 */
TcpHeader
OverTheWire(const TcpHeader& header)
{
    Ptr<Packet> packet = Create<Packet>();
    packet->AddHeader(header);
    TcpHeader copy;
    packet->RemoveHeader(copy);
    return copy;
}

/**
 * Expect two offers to say the same.
 *
 * @param a the one
 * @param b the other
 */
void
ExpectEqual(const TcpHandshakeOffer& a, const TcpHandshakeOffer& b)
{
    EXPECT_EQ(a.mss, b.mss);
    EXPECT_EQ(a.windowScale, b.windowScale);
    EXPECT_EQ(a.sackPermitted, b.sackPermitted);
    ASSERT_EQ(a.timestamps.has_value(), b.timestamps.has_value());
    if (a.timestamps)
    {
        EXPECT_EQ(a.timestamps->value, b.timestamps->value);
        EXPECT_EQ(a.timestamps->echo, b.timestamps->echo);
    }
    ASSERT_EQ(a.fastOpen.has_value(), b.fastOpen.has_value());
    if (a.fastOpen)
    {
        EXPECT_EQ(a.fastOpen->cookie, b.fastOpen->cookie);
        EXPECT_EQ(a.fastOpen->experimental, b.fastOpen->experimental);
    }
}

} // namespace

// Every combination has the bytes that Linux writes, takes the room that was told, and
// is read as what was written.
TEST(HandshakeOffer, W3_W4_EachCombinationByteForByte)
{
    for (const PlainCase& plain : PLAIN_CASES)
    {
        for (const FastOpenCase& fastOpen : GetFastOpenCases())
        {
            for (const int flags : {SYN, SYN | ACK})
            {
                const TcpHandshakeOffer offer = MakeOffer(plain, fastOpen);
                TcpHeader header = HeaderWith(flags);
                EXPECT_TRUE(offer.Write(header));
                Bytes expected = plain.bytes;
                expected.insert(expected.end(), fastOpen.bytes.begin(), fastOpen.bytes.end());
                EXPECT_EQ(OptionBytes(header), expected);
                EXPECT_EQ(offer.GetSize(), expected.size());
                EXPECT_EQ(offer.GetSize(), header.GetOptionLength());
                ExpectEqual(TcpHandshakeOffer::Read(header), offer);
                ExpectEqual(TcpHandshakeOffer::Read(OverTheWire(header)), offer);
            }
        }
    }
}

// Cookies of all sizes are padded to whole words; the longest one fills the header.
TEST(HandshakeOffer, W1_W4_W5_CookiesOfAllSizesFit)
{
    for (const bool experimental : {false, true})
    {
        for (uint8_t size = 4; size <= 16; size += 2)
        {
            TcpHandshakeOffer offer = MakeOffer(PLAIN_CASES.back(), {});
            offer.fastOpen = TcpHandshakeOffer::FastOpen{CookieOf(size), experimental};
            TcpHeader header = HeaderWith(TcpHeader::SYN);
            EXPECT_TRUE(offer.Write(header));
            const uint32_t length = (experimental ? 4 : 2) + size;
            EXPECT_EQ(offer.GetSize(), 20 + (length + 3) / 4 * 4);
            EXPECT_EQ(header.GetOptionLength(), offer.GetSize());
            ExpectEqual(TcpHandshakeOffer::Read(OverTheWire(header)), offer);
        }
    }
}

// A cookie that finds no room is left out, and told of; all else is there.
TEST(HandshakeOffer, W5_CookieWithoutRoomIsLeftOut)
{
    TcpHandshakeOffer offer = MakeOffer(PLAIN_CASES.back(), {});
    offer.fastOpen = TcpHandshakeOffer::FastOpen{CookieOf(16), false};
    TcpHeader header = HeaderWith(TcpHeader::SYN);
    header.AppendOption(CreateObject<TcpOptionNOP>()); // one byte too many
    EXPECT_FALSE(offer.Write(header));
    EXPECT_EQ(header.GetOptionLength(), 21u);
    offer.fastOpen.reset();
    ExpectEqual(TcpHandshakeOffer::Read(OverTheWire(header)), offer);
}

// Numbers at their ends are written and read as they are.
TEST(HandshakeOffer, W4_NumbersAtTheirEnds)
{
    for (const uint16_t mss : {0, 1, 255, 256, 65535})
    {
        for (const uint8_t scale : {0, 1, 14})
        {
            for (const uint32_t clock : {0u, 1u, 0xffffffffu})
            {
                TcpHandshakeOffer offer;
                offer.mss = mss;
                offer.windowScale = scale;
                offer.timestamps = TcpHandshakeOffer::Timestamps{clock, ~clock};
                TcpHeader header = HeaderWith(TcpHeader::SYN);
                EXPECT_TRUE(offer.Write(header));
                ExpectEqual(TcpHandshakeOffer::Read(OverTheWire(header)), offer);
            }
        }
    }
}

// A header without options says nothing; an MSS is always written.
TEST(HandshakeOffer, W4_NothingIsSaidWithoutOptions)
{
    const TcpHandshakeOffer nothing;
    ExpectEqual(TcpHandshakeOffer::Read(HeaderWith(TcpHeader::SYN)), nothing);
    TcpHeader header = HeaderWith(TcpHeader::SYN);
    EXPECT_TRUE(nothing.Write(header));
    EXPECT_EQ(OptionBytes(header), (Bytes{2, 4, 0, 0}));
    EXPECT_EQ(nothing.GetSize(), 4u);
}

// Of several options of a kind the first one counts.
TEST(HandshakeOffer, W4_FirstOfSeveralCounts)
{
    TcpHeader header = HeaderWith(TcpHeader::SYN);
    for (const uint8_t number : {1, 2})
    {
        Ptr<TcpOptionMSS> mss = CreateObject<TcpOptionMSS>();
        mss->SetMSS(number * 100);
        header.AppendOption(mss);
        Ptr<TcpOptionWinScale> scale = CreateObject<TcpOptionWinScale>();
        scale->SetScale(number);
        header.AppendOption(scale);
        Ptr<TcpOptionTS> timestamps = CreateObject<TcpOptionTS>();
        timestamps->SetTimestamp(number * 1000);
        timestamps->SetEcho(number * 2000);
        header.AppendOption(timestamps);
    }
    const TcpHandshakeOffer offer = TcpHandshakeOffer::Read(OverTheWire(header));
    EXPECT_EQ(offer.mss, 100);
    EXPECT_EQ(offer.windowScale, 1);
    ASSERT_TRUE(offer.timestamps);
    EXPECT_EQ(offer.timestamps->value, 1000u);
    EXPECT_EQ(offer.timestamps->echo, 2000u);
    EXPECT_FALSE(offer.sackPermitted);
}

// The Fast Open option counts in segments with SYN alone.
TEST(HandshakeOffer, W2_FastOpenCountsWithSynAlone)
{
    for (const FastOpenCase& fastOpen : GetFastOpenCases())
    {
        TcpHandshakeOffer offer = MakeOffer(PLAIN_CASES.back(), fastOpen);
        TcpHeader header = HeaderWith(TcpHeader::ACK);
        EXPECT_TRUE(offer.Write(header));
        offer.fastOpen.reset();
        ExpectEqual(TcpHandshakeOffer::Read(OverTheWire(header)), offer);
    }
}
