/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * The padding of options, byte for byte, and a header without its SACK blocks.
 */

#include "ns3/packet.h"
#include "ns3/tcp-header.h"
#include "ns3/tcp-option-layout.h"
#include "ns3/tcp-option-rfc793.h"
#include "ns3/tcp-option-sack.h"
#include "ns3/tcp-option-ts.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <vector>

using namespace ns3;

namespace
{

using Bytes = std::vector<uint8_t>;
using Options = std::vector<Ptr<TcpOption>>;

constexpr int SYN = TcpHeader::SYN; //!< flag
constexpr int ACK = TcpHeader::ACK; //!< flag

/// @return timestamps of the bytes 1 to 8
Ptr<TcpOption>
Timestamps()
{
    Ptr<TcpOptionTS> option = CreateObject<TcpOptionTS>();
    option->SetTimestamp(0x01020304);
    option->SetEcho(0x05060708);
    return option;
}

/**
 * @param blocks how many blocks
 * @return an option with them, each of the bytes 0 0 0 1 0 0 0 2
 */
Ptr<TcpOption>
Sack(int blocks)
{
    Ptr<TcpOptionSack> option = CreateObject<TcpOptionSack>();
    for (int i = 0; i < blocks; i++)
    {
        option->AddSackBlock({SequenceNumber32(1), SequenceNumber32(2)});
    }
    return option;
}

/// @return a NOP
Ptr<TcpOption>
Nop()
{
    return CreateObject<TcpOptionNOP>();
}

/// @return an MSS of 1460
Ptr<TcpOption>
Mss()
{
    Ptr<TcpOptionMSS> option = CreateObject<TcpOptionMSS>();
    option->SetMSS(1460);
    return option;
}

/**
 * @param options its options
 * @param flags its flags
 * @return a header with them
 */
TcpHeader
HeaderWith(const Options& options, uint8_t flags = TcpHeader::ACK)
{
    TcpHeader header;
    header.SetSourcePort(50000);
    header.SetDestinationPort(80);
    header.SetSequenceNumber(SequenceNumber32(0xfffffff1));
    header.SetAckNumber(SequenceNumber32(0x80000002));
    header.SetFlags(flags);
    header.SetWindowSize(12345);
    for (const auto& option : options)
    {
        EXPECT_TRUE(header.AppendOption(option));
    }
    return header;
}

/**
 * @param header a header
 * @return its bytes
 */
Bytes
BytesOf(const TcpHeader& header)
{
    Ptr<Packet> packet = Create<Packet>();
    packet->AddHeader(header);
    Bytes bytes(packet->GetSize());
    packet->CopyData(bytes.data(), bytes.size());
    return bytes;
}

/**
 * @param header a header
 * @return the bytes of its options
 */
Bytes
OptionBytes(const TcpHeader& header)
{
    const Bytes bytes = BytesOf(header);
    return Bytes(bytes.begin() + 20, bytes.end());
}

/**
 * @param blocks how many SACK blocks
 * @return the option's bytes
 */
Bytes
SackBytes(int blocks)
{
    Bytes bytes{5, static_cast<uint8_t>(2 + blocks * 8)};
    for (int i = 0; i < blocks; i++)
    {
        bytes.insert(bytes.end(), {0, 0, 0, 1, 0, 0, 0, 2});
    }
    return bytes;
}

const Bytes TS{8, 10, 1, 2, 3, 4, 5, 6, 7, 8}; //!< the timestamps' bytes

/**
 * @param parts bytes
 * @return all of them, one behind the other
 */
Bytes
Join(const std::vector<Bytes>& parts)
{
    Bytes all;
    for (const Bytes& part : parts)
    {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

} // namespace

// Timestamps alone, and SACK blocks alone, stand behind two NOPs.
TEST(OptionLayout, W4_TimestampsAndSackArePaddedInFront)
{
    TcpHeader header = HeaderWith({Timestamps()});
    TcpOptionLayout::Align(header);
    EXPECT_EQ(OptionBytes(header), Join({{1, 1}, TS}));
    for (int blocks = 1; blocks <= 4; blocks++)
    {
        header = HeaderWith({Sack(blocks)});
        TcpOptionLayout::Align(header);
        EXPECT_EQ(OptionBytes(header), Join({{1, 1}, SackBytes(blocks)}));
    }
}

// What is in front of them, or behind, stays there.
TEST(OptionLayout, OtherOptionsKeepTheirOrder)
{
    TcpHeader header = HeaderWith({Mss(), Timestamps()});
    TcpOptionLayout::Align(header);
    EXPECT_EQ(OptionBytes(header), Join({{2, 4, 5, 180, 1, 1}, TS}));
    header = HeaderWith({Timestamps(), Mss()});
    TcpOptionLayout::Align(header);
    EXPECT_EQ(OptionBytes(header), Join({{1, 1}, TS, {2, 4, 5, 180}}));
}

// Padding that would make the header longer is left out.
TEST(OptionLayout, HeaderDoesNotBecomeLonger)
{
    for (int blocks = 1; blocks <= 3; blocks++)
    {
        TcpHeader header = HeaderWith({Timestamps(), Sack(blocks)});
        TcpOptionLayout::Align(header);
        EXPECT_EQ(OptionBytes(header), Join({TS, SackBytes(blocks)}));
    }
    TcpHeader header = HeaderWith({Mss(), Sack(1), Nop(), Nop()});
    const Bytes before = BytesOf(header);
    TcpOptionLayout::Align(header);
    EXPECT_EQ(BytesOf(header), before) << "16 bytes as they are, 18 with padding";
}

// Options that are padded already, those of a SYN, and none at all, stay as they are.
TEST(OptionLayout, OtherHeadersStayAsTheyAre)
{
    const Options padded[] = {{},
                              {Nop(), Nop(), Timestamps()},
                              {Nop(), Nop(), Nop(), Timestamps()}};
    for (const Options& options : padded)
    {
        TcpHeader header = HeaderWith(options);
        const Bytes before = BytesOf(header);
        TcpOptionLayout::Align(header);
        EXPECT_EQ(BytesOf(header), before);
    }
    for (const int flags : {SYN, SYN | ACK})
    {
        TcpHeader header = HeaderWith({Timestamps()}, flags);
        const Bytes before = BytesOf(header);
        TcpOptionLayout::Align(header);
        EXPECT_EQ(BytesOf(header), before);
    }
}

// To align once is enough.
TEST(OptionLayout, AlignedHeadersStayAsTheyAre)
{
    for (const Options& options : {Options{Timestamps()}, Options{Sack(2)}, Options{Sack(4)}})
    {
        TcpHeader header = HeaderWith(options);
        TcpOptionLayout::Align(header);
        const Bytes once = BytesOf(header);
        TcpOptionLayout::Align(header);
        EXPECT_EQ(BytesOf(header), once);
    }
}

// All else in the header is what it was, whatever the flags.
TEST(OptionLayout, AllElseInTheHeaderIsKept)
{
    for (const uint8_t flags : {0x10, 0x18, 0x11, 0xd0, 0x14})
    {
        const Bytes before = BytesOf(HeaderWith({Timestamps()}, flags));
        TcpHeader header = HeaderWith({Timestamps()}, flags);
        TcpOptionLayout::Align(header);
        const Bytes after = BytesOf(header);
        ASSERT_EQ(after.size(), before.size());
        EXPECT_EQ(Bytes(after.begin(), after.begin() + 20),
                  Bytes(before.begin(), before.begin() + 20));
        EXPECT_NE(after, before);
    }
}

// Without SACK: all other options, in their order, and all else in the header.
TEST(OptionLayout, WithoutSackHasAllElse)
{
    const TcpHeader header = HeaderWith({Nop(), Timestamps(), Sack(2), Mss()});
    const TcpHeader without = TcpOptionLayout::WithoutSack(header);
    EXPECT_EQ(BytesOf(without), BytesOf(HeaderWith({Nop(), Timestamps(), Mss()})));
    EXPECT_TRUE(header.HasOption(TcpOption::SACK)) << "the header itself is untouched";
    EXPECT_EQ(OptionBytes(TcpOptionLayout::WithoutSack(HeaderWith({Sack(1)}))), Bytes());
    for (const Options& options : {Options{}, Options{Timestamps()}, Options{Nop(), Mss()}})
    {
        EXPECT_EQ(BytesOf(TcpOptionLayout::WithoutSack(HeaderWith(options))),
                  BytesOf(HeaderWith(options)));
    }
}
