/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-linux-socket.h"

#include "rtt-linux.h"
#include "tcp-time-wait.h"

#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/rtt-estimator.h"
#include "ns3/simulator.h"
#include "ns3/tcp-option-sack.h"
#include "ns3/tcp-rx-buffer.h"
#include "ns3/tcp-tx-buffer.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("TcpLinuxSocket");

NS_OBJECT_ENSURE_REGISTERED(TcpLinuxSocket);

TypeId
TcpLinuxSocket::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::TcpLinuxSocket")
            .SetParent<TcpSoundSocket>()
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

TcpLinuxSocket::TcpLinuxSocket(const TcpLinuxSocket& socket)
    : compat::WithTypeId<TcpLinuxSocket, TcpSoundSocket>(socket),
      m_quickAcks(socket.m_quickAcks),
      m_tailRecovery(socket.m_tailRecovery),
      m_fRto(socket.m_fRto)
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

void
TcpLinuxSocket::Forget()
{
    TcpSoundSocket::Forget();
    m_reorderingEvent.Cancel();
    m_probeEvent.Cancel();
    m_flight.Reset();
    m_ackPolicy.Reset();
    m_doubt = FRto::CERTAIN;
}

// The receiver's side

void
TcpLinuxSocket::ProcessOpen(Ptr<Packet> packet,
                            const TcpSegmentView& segment,
                            const Address& fromAddress,
                            const Address& toAddress)
{
    if (m_tailRecovery && m_state == TIME_WAIT)
    {
        TakeHeader(packet);
        if (TcpTimeWait::Judge(segment) == TcpTimeWait::Answer::ACK)
        {
            SendEmptyPacket(TcpHeader::ACK);
        }
        return;
    }
    const bool earlyFin = WatchesFlight() && m_connected && segment.HasAny(TcpHeader::FIN) &&
                          segment.GetPayloadSize() == 0 &&
                          segment.GetSequenceNumber() > m_tcb->m_rxBuffer->NextRxSequence();
    TcpSoundSocket::ProcessOpen(packet, segment, fromAddress, toAddress);
    if (earlyFin && HasEndPoint())
    {
        AckEarlyFin(segment.GetSequenceNumber());
    }
}

void
TcpLinuxSocket::ReceivedData(Ptr<Packet> packet, const TcpHeader& header)
{
    const bool inOrder = header.GetSequenceNumber() == m_tcb->m_rxBuffer->NextRxSequence();
    if (m_ackPolicy.NoteData(Simulator::Now(), inOrder, m_quickAcks))
    {
        ForceAck();
    }
    TcpSoundSocket::ReceivedData(packet, header);
}

void
TcpLinuxSocket::ForceAck()
{
    m_delAckCount = m_delAckMaxCount; // the base's way to tell that an ACK is due
}

void
TcpLinuxSocket::PutAckOff()
{
    m_ackPolicy.NotePutOff(Simulator::Now());
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

// The sender's side

uint32_t
TcpLinuxSocket::SendDataPacket(SequenceNumber32 seq, uint32_t maxSize, bool withAck)
{
    if (seq >= m_tcb->m_highTxMark.Get())
    {
        m_ackPolicy.NoteReply(Simulator::Now(), m_delAckTimeout);
    }
    const uint32_t size = TcpSoundSocket::SendDataPacket(seq, maxSize, withAck);
    if (size > 0)
    {
        NoteSent(seq, seq + size);
    }
    return size;
}

void
TcpLinuxSocket::OnFin(SequenceNumber32 fin)
{
    TcpSoundSocket::OnFin(fin);
    NoteSent(fin, fin + 1);
}

void
TcpLinuxSocket::ReceivedAck(Ptr<Packet> packet, const TcpHeader& header)
{
    Ptr<TcpLinuxSocket> self(this);
    if (WatchesFlight())
    {
        NoteDelivered(header);
    }
    const bool advances = header.GetAckNumber() > m_txBuffer->HeadSequence();
    if (m_doubt == FRto::DOUBTED && advances)
    {
        const bool canAnswer = header.GetAckNumber() < m_recover &&
                               m_txBuffer->SizeFromSequence(m_tcb->m_highTxMark) > 0;
        m_doubt = canAnswer ? FRto::ANSWERING : FRto::CERTAIN;
    }
    TcpSoundSocket::ReceivedAck(packet, header);
    if (m_doubt == FRto::ANSWERING)
    {
        m_doubt = FRto::CERTAIN;
        if (HasEndPoint()) // the application may have closed in a callback
        {
            ProbeTimeout();
        }
    }
    if (WatchesFlight())
    {
        DetectLoss();
    }
}

void
TcpLinuxSocket::ProcessTimeout()
{
    const bool fresh = m_tcb->m_congState != TcpSocketState::CA_LOSS;
    TcpSoundSocket::ProcessTimeout();
    const bool doubted =
        m_fRto && m_sackEnabled && fresh && m_tcb->m_congState == TcpSocketState::CA_LOSS;
    m_doubt = doubted ? FRto::DOUBTED : FRto::CERTAIN;
}

uint32_t
TcpLinuxSocket::AvailableWindow() const
{
    if (m_doubt == FRto::ANSWERING)
    {
        return 0;
    }
    // The base counts what is in flight alone. Where some of the window has arrived
    // out of order, new data would go beyond it.
    const uint32_t available = TcpSoundSocket::AvailableWindow();
    const SequenceNumber32 highest = m_tcb->m_highTxMark;
    const int32_t room = m_highRxAckMark.Get() + m_rWnd.Get() - highest;
    if (!m_tailRecovery || (room >= 0 && available <= static_cast<uint32_t>(room)))
    {
        return available;
    }
    SequenceNumber32 next;
    SequenceNumber32 nextEnd;
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

bool
TcpLinuxSocket::WatchesFlight() const
{
    return m_tailRecovery && m_sackEnabled;
}

void
TcpLinuxSocket::NoteSent(SequenceNumber32 start, SequenceNumber32 end)
{
    if (WatchesFlight() && m_flight.NoteSent(Simulator::Now(), {start, end}))
    {
        ScheduleProbe();
    }
}

void
TcpLinuxSocket::NoteDelivered(const TcpHeader& header)
{
    const Time now = Simulator::Now();
    if (m_flight.NoteAcknowledged(now, header.GetAckNumber()))
    {
        m_probeEvent.Cancel();
    }
    if (header.HasOption(TcpOption::SACK))
    {
        const auto sack = DynamicCast<const TcpOptionSack>(header.GetOption(TcpOption::SACK));
        for (const auto& [first, end] : sack->GetSackList())
        {
            m_flight.NoteSacked(now, {first, end});
        }
    }
}

void
TcpLinuxSocket::DetectLoss()
{
    m_reorderingEvent.Cancel();
    const bool open = m_tcb->m_congState == TcpSocketState::CA_OPEN ||
                      m_tcb->m_congState == TcpSocketState::CA_DISORDER;
    if (!open || m_flight.IsEmpty() || !HasEndPoint() || m_txBuffer->Size() == 0)
    {
        return; // recovery is under way, or all is well
    }
    const TcpFlight::Verdict verdict = m_flight.Judge(Simulator::Now(), m_retxThresh);
    if (verdict.kind == TcpFlight::Verdict::NOTHING)
    {
        if (m_probeEvent.IsExpired())
        {
            ScheduleProbe();
        }
        return;
    }
    m_probeEvent.Cancel();
    if (verdict.kind == TcpFlight::Verdict::WAIT)
    {
        m_reorderingEvent =
            Simulator::Schedule(OnWheel(verdict.wait), &TcpLinuxSocket::DetectLoss, this);
        return;
    }
    NS_LOG_LOGIC("the first segment under way is lost");
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
    if (m_flight.IsProbed() || m_flight.IsEmpty() || m_rtt->GetNSamples() == 0 ||
        m_state < ESTABLISHED || m_tcb->m_congState != TcpSocketState::CA_OPEN)
    {
        return;
    }
    const Time wait = OnWheel(m_flight.GetProbeWait(m_rtt->GetEstimate()));
    if (m_retxEvent.IsExpired() || wait < Simulator::GetDelayLeft(m_retxEvent))
    {
        m_probeEvent = Simulator::Schedule(wait, &TcpLinuxSocket::Probe, this);
    }
}

void
TcpLinuxSocket::Probe()
{
    NS_LOG_FUNCTION(this);
    if (m_flight.IsEmpty() || !HasEndPoint() || m_state == CLOSED || m_state == TIME_WAIT ||
        m_tcb->m_congState != TcpSocketState::CA_OPEN || m_txBuffer->GetSacked() > 0)
    {
        return; // with a hole there is no probe (RFC 8985, section 7.2)
    }
    m_flight.NoteProbe();
    // The base takes some ACKs without telling (that of a FIN, say)
    const TcpFlight::Range last = m_flight.GetLast();
    const SequenceNumber32 start = std::max(last.start, m_txBuffer->HeadSequence());
    if (last.end <= start)
    {
        return;
    }
    m_retxEvent.Cancel(); // the timeout counts from the probe
    if (start < m_txBuffer->TailSequence())
    {
        SendDataPacket(start, last.end - start, true);
        m_tcb->m_nextTxSequence = m_tcb->m_highTxMark.Get();
    }
    else
    {
        SendEmptyPacket(TcpHeader::FIN);
    }
    if (m_txBuffer->Size() > 0)
    {
        // Not the timer that the base starts for a FIN: it sends nothing else.
        StartRetransmissionTimer(m_rto);
    }
}

} // namespace ns3
