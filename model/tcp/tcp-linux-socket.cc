/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-linux-socket.h"

#include "rtt-linux.h"

#include "ns3/boolean.h"
#include "ns3/ipv4-end-point.h"
#include "ns3/ipv6-end-point.h"
#include "ns3/log.h"
#include "ns3/rtt-estimator.h"
#include "ns3/simulator.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-option-rfc793.h"
#include "ns3/tcp-option-sack.h"
#include "ns3/tcp-rx-buffer.h"
#include "ns3/tcp-tx-buffer.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("TcpLinuxSocket");

NS_OBJECT_ENSURE_REGISTERED(TcpLinuxSocket);

namespace
{

/// Linux waits this much longer with its reordering timer (TCP_TIMEOUT_MIN).
const Time REORDERING_SLACK = MilliSeconds(2);
/// What a lone segment's probe waits for a delayed ACK (RFC 8985, section 7.2).
const Time LONE_SEGMENT_SLACK = MilliSeconds(200);

/**
 * @param header a header
 * @return the same without options
 */
TcpHeader
WithoutOptions(const TcpHeader& header)
{
    TcpHeader copy;
    copy.SetSourcePort(header.GetSourcePort());
    copy.SetDestinationPort(header.GetDestinationPort());
    copy.SetSequenceNumber(header.GetSequenceNumber());
    copy.SetAckNumber(header.GetAckNumber());
    copy.SetFlags(header.GetFlags());
    copy.SetWindowSize(header.GetWindowSize());
    return copy;
}

/**
 * @param header a header
 * @return the same without a SACK option
 */
TcpHeader
WithoutSack(const TcpHeader& header)
{
    TcpHeader copy = WithoutOptions(header);
    for (const auto& option : header.GetOptionList())
    {
        if (option->GetKind() != TcpOption::SACK)
        {
            copy.AppendOption(option);
        }
    }
    return copy;
}

/// The longest time between two retransmissions (RFC 6298, section 2.5; as the base).
const Time MAX_RTO = Seconds(60);

/// The longest time between two window probes, TcpSocketBase's.
const Time MAX_PERSIST_TIMEOUT = Seconds(60);

/// What decides whether a segment needs care. Reading a whole header costs much
/// more, for each of its options becomes an object.
struct Glimpse
{
    uint8_t flags;        //!< the flags
    SequenceNumber32 ack; //!< the acknowledgement number

    /**
     * @param segment a segment with its TCP header
     */
    explicit Glimpse(Ptr<const Packet> segment)
    {
        uint8_t start[14]{};
        segment->CopyData(start, sizeof start);
        flags = start[13];
        ack = SequenceNumber32(uint32_t{start[8]} << 24 | start[9] << 16 | start[10] << 8 |
                               start[11]);
    }
};

} // namespace

TypeId
TcpLinuxSocket::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::TcpLinuxSocket")
            .SetParent<TcpSocketBase>()
            .SetGroupName("TcpFastOpen")
            .AddConstructor<TcpLinuxSocket>()
            .AddAttribute("QuickAcks",
                          "How many of the first segments that arrive in order are acknowledged "
                          "at once (Linux: 16); after them, and in a dialogue, DelAckCount holds.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&TcpLinuxSocket::m_quickAcks),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("TailRecovery",
                          "Recover losses near the end of the data without a timeout: RACK's "
                          "reordering timer, the loss probe, SACK of a FIN. Needs SACK.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&TcpLinuxSocket::m_tailRecovery),
                          MakeBooleanChecker())
            .AddAttribute("FRto",
                          "Doubt a timeout: answer the first ACK after it by new data (F-RTO, "
                          "RFC 5682). Needs SACK.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&TcpLinuxSocket::m_fRto),
                          MakeBooleanChecker());
    return tid;
}

TcpLinuxSocket::TcpLinuxSocket()
{
    m_txTrace.ConnectWithoutContext(MakeCallback(&TcpLinuxSocket::Dress)); // copies keep it
}

TcpLinuxSocket::TcpLinuxSocket(const TcpLinuxSocket& listener)
    : compat::WithTypeId<TcpLinuxSocket, TcpSocketBase>(listener),
      m_quickAcks(listener.m_quickAcks),
      m_tailRecovery(listener.m_tailRecovery),
      m_fRto(listener.m_fRto)
{
}

TcpLinuxSocket::~TcpLinuxSocket()
{
    m_reorderingEvent.Cancel();
    m_probeEvent.Cancel();
}

Ptr<TcpSocketBase>
TcpLinuxSocket::Fork()
{
    return CopyObject<TcpLinuxSocket>(this);
}

// What the segments look like

void
TcpLinuxSocket::NoteWrite(uint32_t size)
{
    m_written += size;
    m_writes.push_back(m_written);
}

void
TcpLinuxSocket::Dress(Ptr<const Packet> packet,
                      const TcpHeader& header,
                      Ptr<const TcpSocketBase> socket)
{
    // Neither is const: the trace shows them so to those who only watch.
    auto& mutableHeader = const_cast<TcpHeader&>(header);
    if (packet->GetSize() > 0 && !(header.GetFlags() & TcpHeader::SYN))
    {
        auto* self =
            const_cast<TcpLinuxSocket*>(static_cast<const TcpLinuxSocket*>(PeekPointer(socket)));
        const bool pushed = self->IsPushed(header.GetSequenceNumber(), packet->GetSize());
        // The base's window probes lack ACK, without which a peer ignores them
        mutableHeader.SetFlags(header.GetFlags() | TcpHeader::ACK | (pushed ? TcpHeader::PSH : 0));
    }
    const auto& options = header.GetOptionList();
    if (options.empty() || (header.GetFlags() & TcpHeader::SYN) ||
        options.front()->GetKind() == TcpOption::NOP)
    {
        return;
    }
    static const Ptr<TcpOptionNOP> nop = CreateObject<TcpOptionNOP>();
    TcpHeader padded = WithoutOptions(header);
    for (const auto& option : options)
    {
        if (option->GetKind() == TcpOption::TS || option->GetKind() == TcpOption::SACK)
        {
            padded.AppendOption(nop);
            padded.AppendOption(nop);
        }
        padded.AppendOption(option);
    }
    if (padded.GetSerializedSize() == header.GetSerializedSize())
    {
        mutableHeader = padded; // elsewhere Linux's segments are longer than ns-3's
    }
}

bool
TcpLinuxSocket::IsPushed(SequenceNumber32 start, uint32_t size)
{
    // Linux's tcp_min_tso_segs, and its sk_pacing_shift: a packet is to last 1 ms, at twice
    // the window's rate, as in slow start
    constexpr uint32_t leastSegments = 2;
    constexpr double packetsPerSecond = 1024;
    constexpr uint32_t largestPacket = 65536;
    const SequenceNumber32 end = start + size;
    const auto isBefore = [](uint32_t a, uint32_t b) { return static_cast<int32_t>(a - b) < 0; };
    const uint32_t acked = m_txBuffer->HeadSequence().GetValue() - 1; // ns-3 starts with 0
    while (!m_writes.empty() && !isBefore(acked, m_writes.front()))
    {
        m_writes.pop_front();
    }

    m_largestWindow = std::max(m_largestWindow, m_rWnd.Get());
    const uint32_t segment = m_tcb->m_segmentSize;
    uint32_t most = std::min(largestPacket, std::max(m_largestWindow / 2, segment));
    if (m_rtt->GetNSamples() > 0)
    {
        const double rate = 2 * m_tcb->m_cWnd.Get() / m_rtt->GetEstimate().GetSeconds();
        const auto segments = static_cast<uint32_t>(
            std::min<double>(rate / packetsPerSecond, largestPacket) / segment);
        most = std::min(most, std::max(segments, leastSegments) * segment);
    }
    if (start != m_burstEnd || m_burstTime != Simulator::Now() ||
        end - m_burstStart > static_cast<int32_t>(most))
    {
        m_burstStart = start;
        m_burstTime = Simulator::Now();
    }
    m_burstEnd = end;
    const uint32_t offset = end.GetValue() - 1;
    const auto write = std::lower_bound(m_writes.begin(), m_writes.end(), offset, isBefore);
    const bool last = write != m_writes.end() && *write == offset;
    if (last || (m_burstStart != start && end - m_burstStart + segment > most))
    {
        m_burstEnd = SequenceNumber32(0); // what follows is another packet
        return true;
    }
    return false;
}

// The receiver's side

void
TcpLinuxSocket::DoForwardUp(Ptr<Packet> packet,
                            const Address& fromAddress,
                            const Address& toAddress)
{
    Ptr<TcpLinuxSocket> self(this); // an application's callback may let go of us
    if (m_tailRecovery && m_state == TIME_WAIT)
    {
        TcpHeader header;
        packet->RemoveHeader(header);
        m_rxTrace(packet, header, this);
        if (header.GetFlags() & TcpHeader::FIN)
        {
            SendEmptyPacket(TcpHeader::ACK); // our last ACK was lost
        }
        return;
    }
    const Glimpse glimpse(packet);
    if ((m_state == CLOSING || m_state == LAST_ACK) && (glimpse.flags & TcpHeader::ACK) &&
        !(glimpse.flags & (TcpHeader::RST | TcpHeader::SYN)) && glimpse.ack <= m_tcb->m_highTxMark)
    {
        // The base takes any ACK for that of the FIN, and drops what is outstanding.
        TcpHeader header;
        packet->RemoveHeader(header);
        m_rxTrace(packet, header, this);
        ReceivedEarlierAck(header);
        return;
    }
    if ((m_state == FIN_WAIT_1 || m_state == FIN_WAIT_2 || m_state == CLOSE_WAIT) &&
        (glimpse.flags & TcpHeader::FIN) && (glimpse.flags & TcpHeader::ACK) &&
        !(glimpse.flags & (TcpHeader::RST | TcpHeader::SYN)))
    {
        TcpHeader header;
        if (packet->PeekHeader(header) < packet->GetSize() || m_state == CLOSE_WAIT)
        {
            packet->RemoveHeader(header);
            m_rxTrace(packet, header, this);
            if (ReceivedSegment(header))
            {
                ProcessWait(packet, header);
            }
            return;
        }
    }
    if (m_state == ESTABLISHED && (glimpse.flags & TcpHeader::ACK) &&
        !(glimpse.flags & (TcpHeader::RST | TcpHeader::SYN | TcpHeader::FIN)) &&
        glimpse.ack < m_txBuffer->HeadSequence())
    {
        // The ACK is of no use, but the data is; the base drops both.
        TcpHeader header;
        if (packet->PeekHeader(header) < packet->GetSize())
        {
            packet->RemoveHeader(header);
            m_rxTrace(packet, header, this);
            if (ReceivedSegment(header))
            {
                ReceivedData(packet, header);
            }
            return;
        }
    }
    SequenceNumber32 earlyFin;
    bool early = false;
    if (m_tailRecovery && m_sackEnabled && m_connected && (glimpse.flags & TcpHeader::FIN))
    {
        TcpHeader header;
        early = packet->PeekHeader(header) == packet->GetSize() &&
                header.GetSequenceNumber() > m_tcb->m_rxBuffer->NextRxSequence();
        earlyFin = header.GetSequenceNumber();
    }
    if (m_byteProbed && (glimpse.flags & TcpHeader::ACK))
    {
        m_byteProbed = false;
        if (glimpse.ack == m_tcb->m_nextTxSequence && m_tcb->m_highTxMark.Get() == glimpse.ack + 1)
        {
            m_tcb->m_highTxMark = glimpse.ack; // the peer has not taken it
        }
    }
    const bool shut = !m_persistEvent.IsExpired();
    TcpSocketBase::DoForwardUp(packet, fromAddress, toAddress);
    if (!m_endPoint && !m_endPoint6)
    {
        return;
    }
    if (early)
    {
        AckEarlyFin(earlyFin);
    }
    if (shut && m_persistEvent.IsExpired() && m_retxEvent.IsExpired() && m_txBuffer->Size() > 0 &&
        m_tcb->m_highTxMark.Get() > m_txBuffer->HeadSequence())
    {
        // The base has cancelled the timer of what was sent before the window was shut
        m_retxEvent = Simulator::Schedule(m_rto, &TcpLinuxSocket::ReTxTimeout, this);
    }
}

void
TcpLinuxSocket::ReceivedData(Ptr<Packet> packet, const TcpHeader& header)
{
    m_lastReceived = Simulator::Now();
    if (m_quickAcksUsed < m_quickAcks &&
        header.GetSequenceNumber() == m_tcb->m_rxBuffer->NextRxSequence())
    {
        m_quickAcksUsed++;
        m_delAckCount = m_delAckMaxCount;
    }
    // The base takes what lies behind the peer's FIN, or the window, where all that
    // came before was read.
    const SequenceNumber32 begin = header.GetSequenceNumber();
    const SequenceNumber32 end = m_tcb->m_rxBuffer->MaxRxSequence();
    if (begin >= end && packet->GetSize() > 0)
    {
        SendEmptyPacket(TcpHeader::ACK);
        return;
    }
    if (begin + packet->GetSize() > end)
    {
        packet = packet->CreateFragment(0, end - begin);
    }
    const auto before = m_state.Get();
    TcpSocketBase::ReceivedData(packet, header);
    if (m_state == CLOSE_WAIT && before == FIN_WAIT_1)
    {
        m_state = CLOSING; // the base forgets that we have closed
    }
    else if (m_state == CLOSE_WAIT && before == FIN_WAIT_2)
    {
        TimeWait();
    }
}

void
TcpLinuxSocket::PutAckOff()
{
    m_lastReceived = Simulator::Now();
}

void
TcpLinuxSocket::ReceivedEarlierAck(const TcpHeader& header)
{
    NS_LOG_FUNCTION(this << header);
    if (!ReceivedSegment(header))
    {
        return;
    }
    ReceivedAck(Create<Packet>(), header);
    if (header.GetFlags() & TcpHeader::FIN)
    {
        SendEmptyPacket(TcpHeader::ACK); // it comes again
    }
    if ((m_endPoint || m_endPoint6) && m_txBuffer->Size() == 0 && m_retxEvent.IsExpired())
    {
        m_retxEvent = Simulator::Schedule(m_rto, &TcpLinuxSocket::ReTxTimeout, this);
    }
}

bool
TcpLinuxSocket::ReceivedSegment(const TcpHeader& header)
{
    if (m_timestampEnabled)
    {
        if (!header.HasOption(TcpOption::TS))
        {
            return false;
        }
        ProcessOptionTimestamp(header.GetOption(TcpOption::TS), header.GetSequenceNumber());
    }
    EstimateRtt(header);
    UpdateWindowSize(header);
    return true;
}

void
TcpLinuxSocket::ProcessWait(Ptr<Packet> packet, const TcpHeader& header)
{
    NS_LOG_FUNCTION(this << header);
    const uint8_t flags =
        header.GetFlags() & (TcpHeader::SYN | TcpHeader::ACK | TcpHeader::FIN | TcpHeader::RST);
    if (flags != (TcpHeader::FIN | TcpHeader::ACK) ||
        (packet->GetSize() == 0 && m_state != CLOSE_WAIT))
    {
        TcpSocketBase::ProcessWait(packet, header);
        return;
    }
    Ptr<TcpLinuxSocket> self(this);
    const SequenceNumber32 fin = header.GetSequenceNumber() + packet->GetSize();
    if (m_state != CLOSE_WAIT && fin >= m_tcb->m_rxBuffer->NextRxSequence() &&
        fin <= m_tcb->m_rxBuffer->MaxRxSequence())
    {
        m_tcb->m_rxBuffer->SetFinSequence(fin);
    }
    ReceivedAck(packet, header);
    if (m_state == FIN_WAIT_1 && m_txBuffer->Size() == 0 &&
        header.GetAckNumber() > m_tcb->m_highTxMark)
    {
        m_state = FIN_WAIT_2;
    }
    if (!m_tcb->m_rxBuffer->Finished())
    {
        return;
    }
    if (m_state == FIN_WAIT_1)
    {
        m_state = CLOSING;
    }
    else if (m_state == FIN_WAIT_2)
    {
        TimeWait();
    }
    if (packet->GetSize() == 0 || m_highTxAck < m_tcb->m_rxBuffer->NextRxSequence())
    {
        SendEmptyPacket(TcpHeader::ACK); // unless the data has brought it forth
    }
    if (m_state != CLOSE_WAIT && !m_shutdownRecv)
    {
        NotifyDataRecv();
    }
}

void
TcpLinuxSocket::AckEarlyFin(SequenceNumber32 fin)
{
    NS_LOG_FUNCTION(this << fin);
    TcpHeader header;
    header.SetFlags(TcpHeader::ACK);
    header.SetSequenceNumber(m_tcb->m_nextTxSequence);
    header.SetAckNumber(m_tcb->m_rxBuffer->NextRxSequence());
    header.SetWindowSize(AdvertisedWindowSize());
    AddOptions(header);

    TcpOptionSack::SackBlock first(fin, fin + 1);
    Ptr<TcpOptionSack> option = CreateObject<TcpOptionSack>();
    auto blocks = m_tcb->m_rxBuffer->GetSackList();
    blocks.remove_if([&first](const TcpOptionSack::SackBlock& block) {
        const bool touches = block.second == first.first;
        first.first = touches ? block.first : first.first;
        return touches;
    });
    option->AddSackBlock(first);
    for (const auto& block : blocks)
    {
        if (header.GetOptionLength() + option->GetSerializedSize() + 8 <=
            header.GetMaxOptionLength())
        {
            option->AddSackBlock(block);
        }
    }
    header.AppendOption(option);

    SendSegment(Create<Packet>(), header);
}

void
TcpLinuxSocket::SendSegment(Ptr<Packet> packet, TcpHeader& header)
{
    header.SetSourcePort(m_endPoint ? m_endPoint->GetLocalPort() : m_endPoint6->GetLocalPort());
    header.SetDestinationPort(m_endPoint ? m_endPoint->GetPeerPort() : m_endPoint6->GetPeerPort());
    compat::AddSocketTags(this, &TcpLinuxSocket::AddSocketTags, packet);
    m_txTrace(packet, header, this);
    if (m_endPoint)
    {
        m_tcp->SendPacket(packet,
                          header,
                          m_endPoint->GetLocalAddress(),
                          m_endPoint->GetPeerAddress(),
                          m_boundnetdevice);
    }
    else
    {
        m_tcp->SendPacket(packet,
                          header,
                          m_endPoint6->GetLocalAddress(),
                          m_endPoint6->GetPeerAddress(),
                          m_boundnetdevice);
    }
}

// The sender's side

void
TcpLinuxSocket::SendEmptyPacket(uint8_t flags)
{
    const SequenceNumber32 fin = m_tcb->m_highTxMark;
    if (flags & TcpHeader::FIN)
    {
        // A retransmission of data has left this behind; the FIN's place is
        // after all data, lest the peer take a part for the whole.
        m_tcb->m_nextTxSequence = fin;
    }
    if ((flags & TcpHeader::FIN) && m_retxEvent.IsExpired() && (m_endPoint || m_endPoint6))
    {
        // Before the base starts its timer, which sends the FIN for ever
        constexpr uint32_t enough = 10; // a factor beyond every maximum
        m_retxEvent = Simulator::Schedule(
            Min(GetEstimatedRto() * (1 << std::min(m_finTimeouts, enough)), MAX_RTO),
            &TcpLinuxSocket::ReTxTimeout,
            this);
    }
    TcpSocketBase::SendEmptyPacket(flags);
    if (flags & TcpHeader::FIN)
    {
        NoteSent(fin, fin + 1);
    }
}

uint32_t
TcpLinuxSocket::SendDataPacket(SequenceNumber32 seq, uint32_t maxSize, bool withAck)
{
    if (seq >= m_tcb->m_highTxMark.Get() && Simulator::Now() < m_lastReceived + m_delAckTimeout)
    {
        m_quickAcksUsed = m_quickAcks; // a dialogue: the next reply is to carry the ACK
    }
    const uint32_t size = TcpSocketBase::SendDataPacket(seq, maxSize, withAck);
    NoteSent(seq, seq + size);
    return size;
}

void
TcpLinuxSocket::ForgetFlight()
{
    m_reorderingEvent.Cancel();
    m_probeEvent.Cancel();
    m_flight.clear();
    m_lastDelivered = Time();
    m_deliveryRtt = Time();
    m_leastRtt = Time::Max();
    m_probed = false;
    m_doubtTimeout = false;
    m_finTimeouts = 0;
    m_lastReceived = Time::Min();
    m_quickAcksUsed = 0;
    m_byteProbed = false;
    m_written = 0;
    m_writes.clear();
    m_largestWindow = 0;
    m_burstEnd = SequenceNumber32(0);
}

bool
TcpLinuxSocket::IsSackSound(const TcpHeader& header) const
{
    constexpr int32_t farthest = 1 << 30; // what numbers can be compared over
    const SequenceNumber32 head = m_txBuffer->HeadSequence();
    const SequenceNumber32 next = std::max(head, header.GetAckNumber());
    const SequenceNumber32 end = m_tcb->m_highTxMark.Get() + 1; // behind a FIN
    const auto isSound = [&](const TcpOptionSack::SackBlock& block) {
        const bool duplicate = block.second <= head && head - block.second < farthest;
        return block.first < block.second &&
               (duplicate || (block.first > head && block.second <= end &&
                              (block.first > next || block.second <= next)));
    };
    for (const auto& option : header.GetOptionList())
    {
        if (option->GetKind() == TcpOption::SACK)
        {
            const auto blocks = DynamicCast<const TcpOptionSack>(option)->GetSackList();
            if (head >= m_tcb->m_highTxMark.Get() ||
                !std::all_of(blocks.begin(), blocks.end(), isSound))
            {
                return false;
            }
        }
    }
    return true;
}

void
TcpLinuxSocket::ReceivedAck(Ptr<Packet> packet, const TcpHeader& header)
{
    Ptr<TcpLinuxSocket> self(this);
    if (m_tailRecovery && m_sackEnabled)
    {
        NoteDelivered(header);
    }
    const SequenceNumber32 head = m_txBuffer->HeadSequence();
    const bool advances = header.GetAckNumber() > head;
    m_hold = m_doubtTimeout && advances && header.GetAckNumber() < m_recover &&
             m_txBuffer->SizeFromSequence(m_tcb->m_highTxMark) > 0;
    m_doubtTimeout = m_doubtTimeout && !advances;
    TcpSocketBase::ReceivedAck(packet, IsSackSound(header) ? header : WithoutSack(header));
    if (m_hold)
    {
        m_hold = false;
        if (m_endPoint || m_endPoint6) // the application may have closed in a callback
        {
            ProbeTimeout();
        }
    }
    if (m_closeOnEmpty && m_txBuffer->Size() == 0 &&
        (m_state == ESTABLISHED || m_state == CLOSE_WAIT))
    {
        DoClose(); // the base adds the FIN to data alone, and all data is gone
    }
    if (m_tailRecovery && m_sackEnabled)
    {
        DetectLoss();
    }
}

bool
TcpLinuxSocket::IsFinOutstanding() const
{
    return m_state == FIN_WAIT_1 || m_state == CLOSING || m_state == LAST_ACK;
}

Time
TcpLinuxSocket::GetEstimatedRto() const
{
    return Max(m_rtt->GetEstimate() + Max(m_clockGranularity, m_rtt->GetVariation() * 4), m_minRto);
}

void
TcpLinuxSocket::PersistTimeout()
{
    if (!m_endPoint && !m_endPoint6)
    {
        return;
    }
    // The base probes with the next byte to send, and ends the program where there is none.
    if (m_txBuffer->Size() == 0)
    {
        // Nothing to probe with until the next Send(). A FIN needs no window, and the base
        // has cancelled its timer.
        if (IsFinOutstanding() && m_retxEvent.IsExpired())
        {
            m_retxEvent = Simulator::Schedule(m_rto, &TcpLinuxSocket::ReTxTimeout, this);
        }
        return;
    }
    const SequenceNumber32 next = m_tcb->m_nextTxSequence;
    const SequenceNumber32 head = m_txBuffer->HeadSequence();
    if (next < head || m_txBuffer->SizeFromSequence(next) == 0)
    {
        // All is sent: the first byte that is not acknowledged
        m_persistTimeout = Min(MAX_PERSIST_TIMEOUT, 2 * m_persistTimeout);
        TcpSocketBase::SendDataPacket(head, 1, true);
        m_retxEvent.Cancel();
        m_persistEvent =
            Simulator::Schedule(m_persistTimeout, &TcpLinuxSocket::PersistTimeout, this);
        return;
    }
    TcpSocketBase::PersistTimeout();
    if (m_tcb->m_highTxMark.Get() == next)
    {
        m_tcb->m_highTxMark = next + 1; // the peer may take the byte, and acknowledge it
        m_byteProbed = true;
    }
}

void
TcpLinuxSocket::ReTxTimeout()
{
    if (m_txBuffer->Size() == 0 && IsFinOutstanding())
    {
        FinTimeout();
        return;
    }
    const bool fresh = m_tcb->m_congState != TcpSocketState::CA_LOSS;
    TcpSocketBase::ReTxTimeout();
    m_doubtTimeout =
        m_fRto && m_sackEnabled && fresh && m_tcb->m_congState == TcpSocketState::CA_LOSS;
}

void
TcpLinuxSocket::FinTimeout()
{
    NS_LOG_FUNCTION(this << m_dataRetrCount);
    if (m_dataRetrCount == 0)
    {
        m_state = CLOSED;
        NotifyErrorClose();
        DeallocateEndPoint();
        return;
    }
    m_dataRetrCount--;
    m_finTimeouts++;
    SendEmptyPacket(TcpHeader::FIN);
}

uint32_t
TcpLinuxSocket::AvailableWindow() const
{
    if (m_hold || (!m_endPoint && !m_endPoint6))
    {
        return 0; // the application may have torn the connection down in a callback
    }
    // The base counts what is in flight alone. Where some of the window has arrived
    // out of order, new data would go beyond it.
    const uint32_t available = TcpSocketBase::AvailableWindow();
    const SequenceNumber32 highest = m_tcb->m_highTxMark;
    const int32_t room = m_highRxAckMark.Get() + m_rWnd.Get() - highest;
    SequenceNumber32 next;
    SequenceNumber32 nextEnd;
    if (!m_tailRecovery || (room >= 0 && available <= static_cast<uint32_t>(room)))
    {
        return available;
    }
    const bool recovery = m_sackEnabled && m_tcb->m_congState == TcpSocketState::CA_RECOVERY;
    const bool fresh = m_txBuffer->NextSeg(&next, &nextEnd, recovery) && next >= highest;
    return fresh ? std::max(room, 0) : available;
}

void
TcpLinuxSocket::ProbeTimeout()
{
    NS_LOG_FUNCTION(this);
    for (int i = 0; i < 2; i++)
    {
        const uint32_t size = std::min({m_tcb->m_segmentSize,
                                        AvailableWindow(),
                                        m_txBuffer->SizeFromSequence(m_tcb->m_highTxMark)});
        if (size > 0)
        {
            SendDataPacket(m_tcb->m_highTxMark, size, true);
        }
    }
    m_tcb->m_nextTxSequence = m_tcb->m_highTxMark.Get();
}

void
TcpLinuxSocket::NoteSent(SequenceNumber32 start, SequenceNumber32 end)
{
    if (!m_tailRecovery || !m_sackEnabled)
    {
        return;
    }
    auto [entry, fresh] = m_flight.try_emplace(start);
    Flight& flight = entry->second;
    flight.end = end;
    flight.sent = Simulator::Now();
    flight.again = !fresh;
    if (fresh)
    {
        ScheduleProbe();
    }
}

void
TcpLinuxSocket::NoteDelivered(const TcpHeader& header)
{
    const auto deliver = [this](const Flight& flight) {
        // Which of two transmissions was delivered cannot be known, unless the
        // second one could not have been (RFC 8985, section 6.2, step 2).
        const Time took = Simulator::Now() - flight.sent;
        if (!flight.delivered && (!flight.again || took >= m_leastRtt))
        {
            m_lastDelivered = Max(m_lastDelivered, flight.sent);
            m_deliveryRtt = took;
            m_leastRtt = Min(m_leastRtt, took);
        }
    };

    const SequenceNumber32 ack = header.GetAckNumber();
    while (!m_flight.empty() && m_flight.begin()->second.end <= ack)
    {
        deliver(m_flight.begin()->second);
        m_flight.erase(m_flight.begin());
        m_probed = false;
        m_probeEvent.Cancel();
    }
    if (header.HasOption(TcpOption::SACK))
    {
        const auto sack = DynamicCast<const TcpOptionSack>(header.GetOption(TcpOption::SACK));
        for (const auto& block : sack->GetSackList())
        {
            for (auto flight = m_flight.lower_bound(block.first);
                 flight != m_flight.end() && flight->second.end <= block.second;
                 ++flight)
            {
                deliver(flight->second);
                flight->second.delivered = true;
            }
        }
    }
}

void
TcpLinuxSocket::DetectLoss()
{
    m_reorderingEvent.Cancel();
    const bool open = m_tcb->m_congState == TcpSocketState::CA_OPEN ||
                      m_tcb->m_congState == TcpSocketState::CA_DISORDER;
    if (!open || m_flight.empty() || (!m_endPoint && !m_endPoint6) || m_txBuffer->Size() == 0)
    {
        return; // recovery is under way, or all is well
    }
    const auto delivered = std::count_if(m_flight.begin(), m_flight.end(), [](const auto& flight) {
        return flight.second.delivered;
    });
    const Flight& head = m_flight.begin()->second;
    if (delivered == 0 || head.delivered || head.sent > m_lastDelivered)
    {
        if (m_probeEvent.IsExpired())
        {
            ScheduleProbe();
        }
        return; // nothing overtook the head
    }

    // Three segments behind the hole prove the loss; fewer may have overtaken it.
    const Time grace = delivered >= m_retxThresh ? Time(0) : m_leastRtt / 4 + REORDERING_SLACK;
    const Time rest = head.sent + m_deliveryRtt + grace - Simulator::Now();
    m_probeEvent.Cancel();
    if (rest.IsStrictlyPositive())
    {
        m_reorderingEvent = Simulator::Schedule(OnWheel(rest), &TcpLinuxSocket::DetectLoss, this);
        return;
    }
    NS_LOG_LOGIC("segment at " << m_flight.begin()->first << " is lost");
    // From here the base resends (3.48). It notes ACKs that it then ignores, too.
    m_highRxAckMark = m_txBuffer->HeadSequence();
    EnterRecovery(0);
    SendPendingData(m_connected);
}

Time
TcpLinuxSocket::OnWheel(Time wait) const
{
    const auto rtt = DynamicCast<RttLinux>(m_rtt);
    return rtt ? rtt->GetExpiry(wait) : wait;
}

void
TcpLinuxSocket::ScheduleProbe()
{
    m_probeEvent.Cancel();
    if (m_probed || m_flight.empty() || m_rtt->GetNSamples() == 0 || m_state < ESTABLISHED ||
        m_tcb->m_congState != TcpSocketState::CA_OPEN)
    {
        return;
    }
    const Time wait = OnWheel(2 * m_rtt->GetEstimate() +
                              (m_flight.size() == 1 ? LONE_SEGMENT_SLACK : REORDERING_SLACK));
    if (m_retxEvent.IsExpired() || wait < Simulator::GetDelayLeft(m_retxEvent))
    {
        m_probeEvent = Simulator::Schedule(wait, &TcpLinuxSocket::Probe, this);
    }
}

void
TcpLinuxSocket::Probe()
{
    NS_LOG_FUNCTION(this);
    if (m_flight.empty() || (!m_endPoint && !m_endPoint6) || m_state == CLOSED ||
        m_state == TIME_WAIT || m_tcb->m_congState != TcpSocketState::CA_OPEN ||
        m_txBuffer->GetSacked() > 0)
    {
        return; // with a hole there is no probe (RFC 8985, section 7.2)
    }
    m_probed = true;
    // The base takes some ACKs without telling (that of a FIN, say)
    const SequenceNumber32 start = std::max(m_flight.rbegin()->first, m_txBuffer->HeadSequence());
    const SequenceNumber32 end = m_flight.rbegin()->second.end;
    if (end <= start)
    {
        return;
    }
    m_retxEvent.Cancel(); // the timeout counts from the probe
    if (start < m_txBuffer->TailSequence())
    {
        SendDataPacket(start, end - start, true);
        m_tcb->m_nextTxSequence = m_tcb->m_highTxMark.Get();
    }
    else
    {
        SendEmptyPacket(TcpHeader::FIN);
    }
    if (m_txBuffer->Size() > 0)
    {
        // Not the timer that the base starts for a FIN: it sends nothing else.
        m_retxEvent.Cancel();
        m_retxEvent = Simulator::Schedule(m_rto, &TcpLinuxSocket::ReTxTimeout, this);
    }
}

} // namespace ns3
