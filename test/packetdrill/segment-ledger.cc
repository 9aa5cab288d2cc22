/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "segment-ledger.h"

#include "ns3/tcp-option-sack.h"

#include <algorithm>

using namespace ns3;

void
SegmentLedger::NoteSent(const TcpHeader& header, uint32_t size)
{
    const bool syn = header.GetFlags() & TcpHeader::SYN;
    const bool fin = header.GetFlags() & TcpHeader::FIN;
    const SequenceNumber32 start = header.GetSequenceNumber();
    const SequenceNumber32 end = start + size + (syn ? 1 : 0) + (fin ? 1 : 0);
    if (end == start)
    {
        return;
    }
    const bool again = m_hasSyn && start < m_highest;
    m_segments.erase(std::remove_if(m_segments.begin(),
                                    m_segments.end(),
                                    [&](const Segment& other) {
                                        return other.start < end && start < other.end;
                                    }),
                     m_segments.end());
    m_segments.push_back({start, end, syn, again, false});
    m_highest = m_hasSyn ? std::max(m_highest, end) : end;
    m_hasSyn = true;
}

void
SegmentLedger::NoteReceived(const TcpHeader& header)
{
    if (!(header.GetFlags() & TcpHeader::ACK))
    {
        return;
    }
    const SequenceNumber32 ack = header.GetAckNumber();
    for (auto& segment : m_segments)
    {
        if (segment.end <= ack)
        {
            m_delivered += segment.delivered ? 0 : 1;
        }
        else if (segment.syn && segment.start < ack)
        {
            m_delivered++; // the SYN without its data
            segment.syn = false;
        }
    }
    m_segments.erase(std::remove_if(m_segments.begin(),
                                    m_segments.end(),
                                    [&](const Segment& segment) { return segment.end <= ack; }),
                     m_segments.end());
    if (!header.HasOption(TcpOption::SACK))
    {
        return;
    }
    const auto sack = DynamicCast<const TcpOptionSack>(header.GetOption(TcpOption::SACK));
    for (const auto& block : sack->GetSackList())
    {
        for (auto& segment : m_segments)
        {
            if (!segment.delivered && block.first <= segment.start && segment.end <= block.second)
            {
                m_delivered++;
                segment.delivered = true;
                segment.again = false;
            }
        }
    }
}

void
SegmentLedger::NoteEarlierSynAck()
{
    TcpHeader header; // ns-3's connections start with 0
    header.SetFlags(TcpHeader::SYN | TcpHeader::ACK);
    NoteSent(header, 0);
}

bool
SegmentLedger::HasSyn() const
{
    return m_hasSyn;
}

uint32_t
SegmentLedger::GetDelivered() const
{
    return m_delivered;
}

uint32_t
SegmentLedger::GetUnacked() const
{
    return static_cast<uint32_t>(m_segments.size());
}

uint32_t
SegmentLedger::GetRetransmitted() const
{
    return static_cast<uint32_t>(
        std::count_if(m_segments.begin(), m_segments.end(), [](const Segment& segment) {
            return segment.again;
        }));
}
