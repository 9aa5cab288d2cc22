/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * What is read from the first bytes of a segment, whole or not.
 */

#include "raw-peer.h"

#include "ns3/packet.h"
#include "ns3/tcp-segment-view.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <vector>

using namespace ns3;

namespace
{

using Bytes = std::vector<uint8_t>;

/**
 * @param bytes a segment's bytes
 * @return a view of it
 */
TcpSegmentView
ViewOf(const Bytes& bytes)
{
    return TcpSegmentView(Create<Packet>(bytes.data(), bytes.size()));
}

} // namespace

// Each field is where RFC 9293 has it; no two of these bytes are alike.
TEST(SegmentView, ReadsEachField)
{
    const TcpSegmentView view =
        ViewOf({0x01, 0x02, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8c,
                0x5d, 0x1e, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17});
    EXPECT_TRUE(view.IsWhole());
    EXPECT_EQ(view.GetSourcePort(), 0x0102);
    EXPECT_EQ(view.GetDestinationPort(), 0x8384);
    EXPECT_EQ(view.GetSequenceNumber().GetValue(), 0x85868788u);
    EXPECT_EQ(view.GetAckNumber().GetValue(), 0x898a8b8cu);
    EXPECT_EQ(view.GetFlags(), 0x1e);
    EXPECT_EQ(view.GetHeaderSize(), 20u);
    EXPECT_EQ(view.GetPayloadSize(), 3u);
}

// All that is read of a segment agrees with what ns-3 reads of it.
TEST(SegmentView, AgreesWithTheHeader)
{
    for (uint32_t options = 0; options <= 40; options += 4)
    {
        for (uint32_t payload = 0; payload < 3; payload++)
        {
            const Bytes bytes = RawPeer::GetBytes({static_cast<uint8_t>(options * 5 + payload),
                                                   0xfffffff0 + options,
                                                   0x80000000 + payload,
                                                   Bytes(options, TcpOption::NOP),
                                                   std::string(payload, 'x')},
                                                  65535,
                                                  80);
            const Ptr<Packet> packet = Create<Packet>(bytes.data(), bytes.size());
            const TcpSegmentView view(packet);
            TcpHeader header;
            EXPECT_EQ(packet->RemoveHeader(header), view.GetHeaderSize());
            EXPECT_TRUE(view.IsWhole());
            EXPECT_EQ(view.GetSourcePort(), header.GetSourcePort());
            EXPECT_EQ(view.GetDestinationPort(), header.GetDestinationPort());
            EXPECT_EQ(view.GetSequenceNumber(), header.GetSequenceNumber());
            EXPECT_EQ(view.GetAckNumber(), header.GetAckNumber());
            EXPECT_EQ(view.GetFlags(), header.GetFlags());
            EXPECT_EQ(view.GetPayloadSize(), packet->GetSize());
        }
    }
}

// A segment is whole if it has all of the header that its data offset tells of, and
// that is a header.
TEST(SegmentView, IsWholeWithAllOfItsHeader)
{
    for (std::size_t size = 0; size <= 64; size++)
    {
        for (std::size_t words = 0; words < 16; words++)
        {
            Bytes bytes(size);
            if (size > 12)
            {
                bytes[12] = static_cast<uint8_t>(words << 4 | 0xf); // the other half is no offset
            }
            EXPECT_EQ(ViewOf(bytes).IsWhole(), words >= 5 && size >= words * 4 && size > 12)
                << size << " bytes, " << words << " words";
        }
    }
}

// Of several flags one is enough, and of none there is none.
TEST(SegmentView, HasAnyOfFlags)
{
    for (uint32_t flags = 0; flags < 256; flags++)
    {
        Bytes bytes(20);
        bytes[13] = static_cast<uint8_t>(flags);
        const TcpSegmentView view = ViewOf(bytes);
        for (uint32_t wanted = 0; wanted < 256; wanted++)
        {
            ASSERT_EQ(view.HasAny(static_cast<uint8_t>(wanted)), (flags & wanted) != 0);
        }
    }
}

// To look at a segment does not change it.
TEST(SegmentView, LeavesTheSegmentAsItIs)
{
    const Bytes bytes = RawPeer::GetBytes({TcpHeader::ACK, 1, 2, {1, 1, 1, 1}, "data"}, 3, 4);
    const Ptr<Packet> packet = Create<Packet>(bytes.data(), bytes.size());
    const TcpSegmentView view(packet);
    Bytes after(packet->GetSize());
    packet->CopyData(after.data(), after.size());
    EXPECT_EQ(after, bytes);
    EXPECT_EQ(view.GetPayloadSize(), 4u);
}
