/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-segment-view.h"

#include "ns3/packet.h"

#include <array>
#include <cstddef>

namespace ns3
{

TcpSegmentView::TcpSegmentView(Ptr<const Packet> segment)
    : m_size(segment->GetSize())
{
    // The layout of RFC 9293, section 3.1; what is missing reads as 0
    std::array<uint8_t, MIN_HEADER_SIZE> bytes{};
    segment->CopyData(bytes.data(), bytes.size());
    const auto get16 = [&bytes](std::size_t at) {
        return static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]);
    };
    const auto get32 = [&get16](std::size_t at) {
        return SequenceNumber32(uint32_t{get16(at)} << 16 | get16(at + 2));
    };
    m_sourcePort = get16(0);
    m_destinationPort = get16(2);
    m_sequence = get32(4);
    m_ackNumber = get32(8);
    m_headerSize = bytes[12] / 16 * 4U;
    m_flags = bytes[13];
}

bool
TcpSegmentView::IsWhole() const
{
    return m_headerSize >= MIN_HEADER_SIZE && m_headerSize <= m_size;
}

uint16_t
TcpSegmentView::GetSourcePort() const
{
    return m_sourcePort;
}

uint16_t
TcpSegmentView::GetDestinationPort() const
{
    return m_destinationPort;
}

SequenceNumber32
TcpSegmentView::GetSequenceNumber() const
{
    return m_sequence;
}

SequenceNumber32
TcpSegmentView::GetAckNumber() const
{
    return m_ackNumber;
}

uint8_t
TcpSegmentView::GetFlags() const
{
    return m_flags;
}

bool
TcpSegmentView::HasAny(uint8_t flags) const
{
    return (m_flags & flags) != 0;
}

uint32_t
TcpSegmentView::GetHeaderSize() const
{
    return m_headerSize;
}

uint32_t
TcpSegmentView::GetPayloadSize() const
{
    return m_size > m_headerSize ? m_size - m_headerSize : 0;
}

} // namespace ns3
