/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * W2: what the guard makes of damaged segments, so that ns-3 can parse them.
 */

#include "raw-peer.h"

#include "ns3/boolean.h"
#include "ns3/global-value.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-interface.h"
#include "ns3/ipv4.h"
#include "ns3/ipv6-header.h"
#include "ns3/ipv6-interface.h"
#include "ns3/ipv6.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/tcp-option.h"
#include "ns3/tcp-segment-guard.h"

#include <gtest/gtest.h>
#include <random>
#include <set>

using namespace ns3;

namespace
{

using Bytes = std::vector<uint8_t>;

/// A segment with options and the data "data".
Bytes
SegmentWith(const Bytes& options)
{
    return RawPeer::GetBytes({TcpHeader::SYN, 7, 0, options, "data"}, 1000, 80);
}

/// Options padded by NOP to a multiple of 4.
Bytes
Padded(Bytes options)
{
    options.resize((options.size() + 3) / 4 * 4, TcpOption::NOP);
    return options;
}

/// A checksum as the receiver of an IPv4 segment adds it up; 0 where it is right.
uint16_t
Checksum(const Bytes& segment)
{
    Bytes all{10, 0, 0, 1, 10, 0, 0, 2, 0, 6, 0, static_cast<uint8_t>(segment.size())};
    all.insert(all.end(), segment.begin(), segment.end());
    all.resize((all.size() + 1) / 2 * 2);
    uint32_t sum = 0;
    for (std::size_t i = 0; i < all.size(); i += 2)
    {
        sum += all[i] << 8 | all[i + 1];
    }
    while (sum > 0xffff)
    {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return static_cast<uint16_t>(~sum);
}

} // namespace

class Guard : public ::testing::Test
{
  protected:
    void SetUp() override
    {
        InternetStackHelper internet;
        internet.Install(m_node);
        m_behind->Install(m_node, 80, Ipv4Address("10.0.0.1"));
        m_node->GetObject<Ipv6>()->Insert(m_behind);
        TcpSegmentGuard::Install(m_node);
    }

    void TearDown() override
    {
        GlobalValue::Bind("ChecksumEnabled", BooleanValue(false));
        Simulator::Destroy();
    }

    /// What comes out of the guard, all of the segment; empty where it was dropped.
    Bytes Pass(const Bytes& segment)
    {
        m_behind->received.clear();
        Ptr<Packet> packet = Create<Packet>(segment.data(), segment.size());
        m_node->GetObject<Ipv4>()->GetProtocol(6)->Receive(packet, Ipv4Header(), nullptr);
        if (m_behind->received.empty())
        {
            return {};
        }
        const RawPeer::Segment& out = m_behind->received[0];
        EXPECT_EQ(out.header.GetSerializedSize(), out.raw.size()) << "ns-3 reads the whole header";
        Bytes bytes = out.raw;
        bytes.insert(bytes.end(), out.payload.begin(), out.payload.end());
        return bytes;
    }

    /// The options that come out of the guard.
    Bytes PassOptions(const Bytes& options)
    {
        const Bytes out = Pass(SegmentWith(options));
        EXPECT_EQ(out.size(), 20 + options.size() + 4);
        EXPECT_EQ(m_behind->received.at(0).payload, "data");
        return out.size() < 24 ? Bytes() : Bytes(out.begin() + 20, out.end() - 4);
    }

    Ptr<Node> m_node{CreateObject<Node>()};         //!< the node
    Ptr<RawPeer> m_behind{CreateObject<RawPeer>()}; //!< what is guarded
};

// What is well-formed is not touched.
TEST_F(Guard, W2_WellFormedSegmentsPassAsTheyAre)
{
    for (const Bytes& options :
         {Bytes(),
          // as Linux writes a SYN
          Bytes{2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7, 34, 2, 1, 1},
          Bytes{1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2},
          Bytes{1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 9},
          Bytes{254, 4, 0xf9, 0x89},
          // as ns-3 pads
          Bytes{3, 3, 14, 0},
          Bytes{4, 2, 0, 0}})
    {
        EXPECT_EQ(PassOptions(options), options);
    }
}

// A header that is not there, or not all of it, or shorter than a header can be.
TEST_F(Guard, W2_SegmentShorterThanItsHeaderIsDropped)
{
    const Bytes whole = SegmentWith(Bytes(40, TcpOption::NOP));
    for (std::size_t size = 0; size <= 60; size++)
    {
        for (uint8_t offset = 0; offset < 16; offset++)
        {
            Bytes segment(whole.begin(), whole.begin() + size);
            if (size > 12)
            {
                segment[12] = static_cast<uint8_t>(offset << 4);
            }
            const bool sound = offset >= 5 && size >= offset * 4U;
            EXPECT_EQ(Pass(segment), sound ? segment : Bytes()) << size << " bytes, " << +offset;
        }
    }
}

// An option that ends behind the header, or has no room for its own length.
TEST_F(Guard, W2_ParsingStopsWhereAnOptionDoesNotFit)
{
    EXPECT_EQ(PassOptions({4, 2, 34, 3}), (Bytes{4, 2, 1, 1}));
    EXPECT_EQ(PassOptions({34, 0, 4, 2}), (Bytes{1, 1, 1, 1}));
    EXPECT_EQ(PassOptions({34, 1, 4, 2}), (Bytes{1, 1, 1, 1}));
    EXPECT_EQ(PassOptions({1, 1, 1, 34}), (Bytes{1, 1, 1, 1}));
    EXPECT_EQ(PassOptions({1, 1, 1, 2}), (Bytes{1, 1, 1, 1}));
    EXPECT_EQ(PassOptions({1, 3, 3, 9, 5, 255, 0, 0}), (Bytes{1, 3, 3, 9, 1, 1, 1, 1}));
}

// An option of a known kind but a wrong length; the one behind it counts.
TEST_F(Guard, W2_WrongLengthOfAKnownKindIsIgnored)
{
    for (const auto& [kind, good] : {std::pair<int, std::set<int>>{TcpOption::MSS, {4}},
                                     {TcpOption::WINSCALE, {3}},
                                     {TcpOption::SACKPERMITTED, {2}},
                                     {TcpOption::SACK, {10, 18, 26, 34}},
                                     {TcpOption::TS, {10}},
                                     {254, {}}})
    {
        for (int length = 2; length <= 36; length++)
        {
            Bytes option(length);
            option[0] = static_cast<uint8_t>(kind);
            option[1] = static_cast<uint8_t>(length);
            Bytes expected = good.empty() || good.count(length)
                                 ? option
                                 : Bytes(length, static_cast<uint8_t>(TcpOption::NOP));
            for (Bytes* options : {&option, &expected})
            {
                options->insert(options->end(), {253, 4, 0, 0});
                *options = Padded(*options);
            }
            EXPECT_EQ(PassOptions(option), expected) << kind << ", length " << length;
        }
    }
}

// Behind END nothing counts, and ns-3 takes no more than a word of it.
TEST_F(Guard, W2_NothingCountsBehindEnd)
{
    EXPECT_EQ(PassOptions({0, 2, 0, 34}), (Bytes{0, 2, 0, 34})) << "ns-3 skips it";
    EXPECT_EQ(PassOptions({4, 2, 0, 0, 0, 0, 0, 0}), (Bytes{4, 2, 1, 1, 1, 1, 1, 1}));
    EXPECT_EQ(PassOptions({0, 1, 1, 1, 34, 4, 7, 7}), (Bytes{1, 1, 1, 1, 1, 1, 1, 1}));
}

// A shift that RFC 7323 forbids counts as 14.
TEST_F(Guard, W2_WindowShiftIsBounded)
{
    EXPECT_EQ(PassOptions({3, 3, 15, 1}), (Bytes{3, 3, 14, 1}));
    EXPECT_EQ(PassOptions({1, 3, 3, 255}), (Bytes{1, 3, 3, 14}));
}

// A right checksum stays right and a wrong one wrong.
TEST_F(Guard, W2_ChecksumFollowsTheRepair)
{
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
    const Bytes damaged{8, 9, 200, 201, 202, 203, 204, 205, 206, 2, 4, 255};
    for (const uint8_t error : {0, 1})
    {
        Bytes segment = SegmentWith(damaged);
        const uint16_t checksum = Checksum(segment);
        segment[16] = static_cast<uint8_t>(checksum >> 8);
        segment[17] = static_cast<uint8_t>(checksum);
        ASSERT_EQ(Checksum(segment), 0);
        segment[5] ^= error;
        const uint16_t wrong = Checksum(segment);
        const Bytes out = Pass(segment);
        EXPECT_NE(out, segment);
        EXPECT_EQ(Checksum(out), wrong);
        EXPECT_EQ(wrong != 0, error != 0);
    }
}

// Without checksums the field stays empty.
TEST_F(Guard, W2_ChecksumStaysEmptyWithoutChecksums)
{
    const Bytes out = Pass(SegmentWith({34, 0, 0, 0}));
    EXPECT_EQ(out.at(16) + out.at(17), 0);
}

// The same for IPv6.
TEST_F(Guard, N4_GuardsIpv6)
{
    const Bytes segment = SegmentWith({2, 3, 0, 0});
    Ptr<Packet> packet = Create<Packet>(segment.data(), segment.size());
    auto tcp = m_node->GetObject<Ipv6>()->GetProtocol(6);
    EXPECT_EQ(tcp->Receive(packet, Ipv6Header(), nullptr), IpL4Protocol::RX_OK);
    EXPECT_EQ(packet->GetSize(), segment.size());
    TcpHeader header;
    EXPECT_EQ(packet->PeekHeader(header), 24u);
    EXPECT_EQ(tcp->Receive(Create<Packet>(3), Ipv6Header(), nullptr), IpL4Protocol::RX_CSUM_FAILED);
}

// One guard is enough.
TEST_F(Guard, W2_InstallingTwiceChangesNothing)
{
    auto before = m_node->GetObject<Ipv4>()->GetProtocol(6);
    TcpSegmentGuard::Install(m_node);
    EXPECT_EQ(m_node->GetObject<Ipv4>()->GetProtocol(6), before);
    EXPECT_TRUE(DynamicCast<TcpSegmentGuard>(before));
}

// Whatever the bytes, ns-3 reads exactly the header, and what it reads is sound.
TEST_F(Guard, W2_AnyBytesCanBeParsed)
{
    std::mt19937 random(1);
    const uint8_t kinds[] = {0, 1, 2, 3, 4, 5, 8, 34, 253, 254, 255};
    for (int i = 0; i < 20000; i++)
    {
        Bytes options(random() % 11 * 4);
        for (auto& byte : options)
        {
            // kinds and small lengths more often than not
            byte = static_cast<uint8_t>(random() % 2   ? kinds[random() % sizeof kinds]
                                        : random() % 4 ? random() % 12
                                                       : random());
        }
        PassOptions(options);
        ASSERT_FALSE(HasFailure()) << ::testing::PrintToString(options);
        for (const auto& option : m_behind->received.at(0).header.GetOptionList())
        {
            ASSERT_GT(option->GetSerializedSize(), 0u) << ::testing::PrintToString(options);
        }
    }
}
