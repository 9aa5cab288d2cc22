/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-sound-sender.h"

#include "tcp-option-layout.h"
#include "tcp-sack-check.h"

#include "ns3/log.h"
#include "ns3/ns3-compat.h"
#include "ns3/rtt-estimator.h"
#include "ns3/simulator.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-rx-buffer.h"
#include "ns3/tcp-tx-buffer.h"

#include <algorithm>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("TcpSoundSender");

namespace
{

/// The longest time between two retransmissions (RFC 6298, section 2.5; as the base).
const Time MAX_RTO = Seconds(60);

} // namespace

TcpSoundSender::TcpSoundSender()
{
    m_txTrace.ConnectWithoutContext(
        MakeCallback(&TcpSoundSender::CompleteHeader)); // copies keep it
}

TcpSoundSender::TcpSoundSender(const TcpSoundSender& socket)
    : TcpReusableSocket(socket)
{
}

// What is sent

int
TcpSoundSender::Send(Ptr<Packet> packet, uint32_t flags)
{
    if (m_shutdownSend)
    {
        m_errno = ERROR_SHUTDOWN;
        return -1;
    }
    const int sent = TcpSocketBase::Send(packet, flags);
    if (sent > 0)
    {
        NoteWrite(static_cast<uint32_t>(sent));
        if (m_connected && m_persistEvent.IsExpired())
        {
            if (m_rWnd.Get() == 0)
            {
                BeginStall(); // the base does when a segment comes alone
            }
            else if (m_rWnd.Get() < m_tcb->m_segmentSize)
            {
                Ptr<TcpSoundSender> self(this); // after what the base sends
                Simulator::Schedule(TimeStep(1), [self] { self->HeedSmallWindow(); });
            }
        }
    }
    return sent;
}

void
TcpSoundSender::NoteWrite(uint32_t size)
{
    m_push.NoteWrite(size);
}

void
TcpSoundSender::SendEmptyPacket(uint8_t flags)
{
    NS_LOG_FUNCTION(this << +flags);
    if (flags & TcpHeader::SYN)
    {
        if (m_state == CLOSED)
        {
            Forget();
        }
        m_told = Told::NOTHING;
        m_error = NO_ERROR;
        m_closeNotified = false;
        KeepSettings();
        OnConnect(flags);
        return;
    }
    if (flags & TcpHeader::RST)
    {
        m_told = Told::END; // the base tears the connection down
        OnAbort();
        flags |= m_state == SYN_SENT ? 0 : TcpHeader::ACK; // as Linux aborts
    }
    const SequenceNumber32 next = m_tcb->m_nextTxSequence;
    const SequenceNumber32 number = GetNextNumber() - (IsFinOutstanding() ? 1 : 0);
    if (!(flags & TcpHeader::FIN) && m_state >= ESTABLISHED && next != number)
    {
        // A retransmission has left this behind, or an ACK of our FIN ahead of what the
        // base adds for it. The number would lie before the peer's window, or behind it.
        m_tcb->m_nextTxSequence = number;
        SendWithoutData(flags);
        m_tcb->m_nextTxSequence = next;
        return;
    }
    const SequenceNumber32 fin = m_tcb->m_highTxMark;
    if (flags & TcpHeader::FIN)
    {
        // A retransmission of data has left this behind; the FIN's place is
        // after all data, lest the peer take a part for the whole.
        m_tcb->m_nextTxSequence = fin;
    }
    if ((flags & TcpHeader::FIN) && m_retxEvent.IsExpired() && HasEndPoint())
    {
        // Before the base starts its timer, which sends the FIN for ever
        constexpr uint32_t enough = 10; // a factor beyond every maximum
        StartRetransmissionTimer(
            Min(GetEstimatedRto() * (1 << std::min(m_finTimeouts, enough)), MAX_RTO));
    }
    SendWithoutData(flags);
    if (flags & TcpHeader::FIN)
    {
        OnFin(fin);
    }
}

void
TcpSoundSender::SendWithoutData(uint8_t flags)
{
    TcpSocketBase::SendEmptyPacket(flags);
    if (flags & TcpHeader::RST)
    {
        // The base reports an error, once, and lets go of the end point
        m_closeNotified = true;
        m_state = CLOSED;
    }
}

SequenceNumber32
TcpSoundSender::GetNextNumber() const
{
    if (m_persist.IsProbed())
    {
        return m_tcb->m_nextTxSequence; // the peer may not take the probe's byte
    }
    return m_tcb->m_highTxMark.Get() + (HasSentFin() || m_state == TIME_WAIT ? 1 : 0);
}

void
TcpSoundSender::OnConnect(uint8_t flags)
{
    if (m_synCount == 0)
    {
        m_rtt->Reset(); // RFC 6298, section 5, as the base
        End(TIMED_OUT, Report::FAILURE);
        return;
    }
    TcpSocketBase::SendEmptyPacket(flags);
}

uint32_t
TcpSoundSender::SendDataPacket(SequenceNumber32 seq, uint32_t maxSize, bool withAck)
{
    if (!HasEndPoint())
    {
        return 0; // the application has torn the connection down in a callback
    }
    // The base does not learn it from the ACK of a SYN-ACK
    m_highRxAckMark = std::max(m_highRxAckMark.Get(), m_txBuffer->HeadSequence());
    return TcpSocketBase::SendDataPacket(seq, maxSize, withAck);
}

uint32_t
TcpSoundSender::AvailableWindow() const
{
    if (!HasEndPoint())
    {
        return 0;
    }
    // The base counts what is in flight alone. Where some of the window has arrived
    // out of order, new data would go beyond it.
    const uint32_t available = TcpSocketBase::AvailableWindow();
    const SequenceNumber32 highest = m_tcb->m_highTxMark;
    const int32_t room =
        std::max(m_highRxAckMark.Get(), m_txBuffer->HeadSequence()) + m_rWnd.Get() - highest;
    if (room >= 0 && available <= static_cast<uint32_t>(room))
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
TcpSoundSender::SendSegment(Ptr<Packet> packet, TcpHeader& header)
{
    const TcpEndPoint endPoint = GetEndPoint();
    header.SetSourcePort(endPoint.GetLocalPort());
    header.SetDestinationPort(endPoint.GetPeerPort());
    compat::AddSocketTags(this, &TcpSoundSender::AddSocketTags, packet);
    m_txTrace(packet, header, this);
    endPoint.Send(m_tcp, packet, header, m_boundnetdevice);
}

void
TcpSoundSender::SendResetFor(const TcpHeader& segment,
                             const Address& fromAddress,
                             const Address& toAddress)
{
    SendReset(segment, m_tcb->m_rxBuffer->NextRxSequence(), fromAddress, toAddress);
}

void
TcpSoundSender::SendResetForStranger(const TcpHeader& segment,
                                     uint32_t size,
                                     const Address& fromAddress,
                                     const Address& toAddress)
{
    const bool syn = segment.GetFlags() & TcpHeader::SYN;
    const bool fin = segment.GetFlags() & TcpHeader::FIN;
    SendReset(segment,
              segment.GetSequenceNumber() + size + (syn ? 1 : 0) + (fin ? 1 : 0),
              fromAddress,
              toAddress);
}

void
TcpSoundSender::SendReset(const TcpHeader& segment,
                          SequenceNumber32 next,
                          const Address& fromAddress,
                          const Address& toAddress)
{
    NS_LOG_FUNCTION(this << segment << fromAddress << toAddress);
    TcpHeader header;
    header.SetFlags(TcpHeader::RST);
    if (segment.GetFlags() & TcpHeader::ACK)
    {
        header.SetSequenceNumber(segment.GetAckNumber());
    }
    else
    {
        header.SetFlags(TcpHeader::RST | TcpHeader::ACK);
        header.SetAckNumber(next);
    }
    header.SetWindowSize(0);
    header.SetSourcePort(segment.GetDestinationPort());
    header.SetDestinationPort(segment.GetSourcePort());
    Ptr<Packet> packet = Create<Packet>();
    m_txTrace(packet, header, this);
    m_tcp->SendPacket(packet, header, toAddress, fromAddress, m_boundnetdevice);
}

void
TcpSoundSender::CompleteHeader(Ptr<const Packet> packet,
                               const TcpHeader& header,
                               Ptr<const TcpSocketBase> socket)
{
    // None is const: the trace shows them so to those who only watch.
    auto& mutableHeader = const_cast<TcpHeader&>(header);
    auto* self =
        const_cast<TcpSoundSender*>(static_cast<const TcpSoundSender*>(PeekPointer(socket)));
    const bool syn = header.GetFlags() & TcpHeader::SYN;
    if (header.GetFlags() & TcpHeader::ACK)
    {
        const uint32_t window =
            syn ? header.GetWindowSize() : uint32_t{header.GetWindowSize()} << self->m_rcvWindShift;
        self->m_acknowledged = header.GetAckNumber();
        self->m_announcedEnd = self->m_acknowledged + window;
        self->m_largestAnnounced = std::max(self->m_largestAnnounced, window);
    }
    if (packet->GetSize() > 0 && !syn)
    {
        TcpPush::Known known;
        known.now = Simulator::Now();
        known.acknowledged = self->m_txBuffer->HeadSequence();
        known.peerWindow = self->m_rWnd.Get();
        known.congestionWindow = self->m_tcb->m_cWnd.Get();
        known.room = self->TcpSocketBase::AvailableWindow(); // this segment counts already
        known.segmentSize = self->m_tcb->m_segmentSize;
        known.firstSequence = self->m_txBuffer->TailSequence() - self->m_push.GetWritten();
        if (self->m_rtt->GetNSamples() > 0)
        {
            known.rtt = self->m_rtt->GetEstimate();
        }
        const bool pushed =
            self->m_push.NoteSegment(header.GetSequenceNumber(), packet->GetSize(), known);
        // The base's window probes lack ACK, without which a peer ignores them
        mutableHeader.SetFlags(header.GetFlags() | TcpHeader::ACK | (pushed ? TcpHeader::PSH : 0));
    }
    TcpOptionLayout::Align(mutableHeader);
}

void
TcpSoundSender::ReceivedAck(Ptr<Packet> packet, const TcpHeader& header)
{
    const bool sound =
        TcpSackCheck::IsSound(header, m_txBuffer->HeadSequence(), m_tcb->m_highTxMark);
    TakeAck(packet, sound ? header : TcpOptionLayout::WithoutSack(header));
    if (m_closeOnEmpty && m_txBuffer->Size() == 0 &&
        (m_state == ESTABLISHED || m_state == CLOSE_WAIT))
    {
        DoClose(); // the base adds the FIN to data alone, and all data is gone
    }
}

void
TcpSoundSender::TakeAck(Ptr<Packet> packet, const TcpHeader& header)
{
    TcpSocketBase::ReceivedAck(packet, header);
}

// Timers

void
TcpSoundSender::ReTxTimeout()
{
    Ptr<TcpSoundSender> self(this);
    const bool data = m_txBuffer->Size() > 0;
    if (!data && IsFinOutstanding())
    {
        FinTimeout();
        return;
    }
    if (data && m_state >= ESTABLISHED && m_tcb->m_highTxMark.Get() == m_txBuffer->HeadSequence())
    {
        // Nothing is under way that may be lost: the base's timer waits for what the peer's
        // window keeps back (RFC 6298, section 5.2)
        SendPendingData(m_connected);
        HeedSmallWindow();
        return;
    }
    const uint32_t earlier = m_dataRetries - m_dataRetrCount;
    const bool last = IsLastTimeout(earlier);
    if (data)
    {
        OnTimeout(earlier, last);
    }
    if (data && last && m_state != CLOSED && m_state != TIME_WAIT)
    {
        End(TIMED_OUT, Report::ERROR);
        return;
    }
    ProcessTimeout();
}

bool
TcpSoundSender::IsLastTimeout(uint32_t earlier) const
{
    const uint32_t retries = m_orphaned ? GetOrphanRetries() : 0;
    return m_dataRetrCount == 0 || (retries > 0 && earlier >= retries);
}

void
TcpSoundSender::ProcessTimeout()
{
    TcpSocketBase::ReTxTimeout();
}

void
TcpSoundSender::FinTimeout()
{
    NS_LOG_FUNCTION(this << m_dataRetrCount);
    if (IsLastTimeout(m_dataRetries - m_dataRetrCount))
    {
        End(TIMED_OUT, Report::ERROR);
        return;
    }
    m_dataRetrCount--;
    m_finTimeouts++;
    SendEmptyPacket(TcpHeader::FIN);
}

void
TcpSoundSender::PersistTimeout()
{
    if (!HasEndPoint())
    {
        return;
    }
    if (m_rWnd.Get() > 0)
    {
        FillWindow();
        return;
    }
    const SequenceNumber32 next = m_tcb->m_nextTxSequence;
    const SequenceNumber32 head = m_txBuffer->HeadSequence();
    const uint32_t unsent = next < head ? 0 : m_txBuffer->SizeFromSequence(next);
    switch (TcpPersist::Choose({m_txBuffer->Size(), head, next, unsent}))
    {
    case TcpPersist::Probe::NONE:
        // Until the next Send(). A FIN needs no window, and the base has cancelled its timer.
        if (IsFinOutstanding() && m_retxEvent.IsExpired())
        {
            StartRetransmissionTimer(m_rto);
        }
        return;
    case TcpPersist::Probe::HEAD:
        m_persistTimeout = TcpPersist::BackOff(m_persistTimeout);
        TcpSocketBase::SendDataPacket(head, 1, true);
        m_retxEvent.Cancel();
        StartPersistTimer();
        return;
    case TcpPersist::Probe::NEXT:
        TcpSocketBase::PersistTimeout();
        if (m_tcb->m_highTxMark.Get() == next)
        {
            m_tcb->m_highTxMark = next + 1; // the peer may take the byte, and acknowledge it
            m_persist.NoteSent();
        }
        return;
    }
}

void
TcpSoundSender::LastAckTimeout()
{
    m_lastAckEvent.Cancel(); // the FIN has the retransmission timer, which backs off
}

void
TcpSoundSender::BeginStall()
{
    m_persistTimeout = GetFirstProbeWait().value_or(m_persistTimeout);
    m_persistEvent.Cancel();
    StartPersistTimer();
}

void
TcpSoundSender::HeedSmallWindow()
{
    const uint32_t window = m_rWnd.Get();
    const SequenceNumber32 highest = m_tcb->m_highTxMark;
    m_persist.NoteWindow(window);
    if (!HasEndPoint() || !m_connected || (m_state != ESTABLISHED && m_state != CLOSE_WAIT) ||
        window == 0 || window >= m_tcb->m_segmentSize || highest > m_txBuffer->HeadSequence() ||
        m_txBuffer->SizeFromSequence(highest) <= window || !m_persistEvent.IsExpired())
    {
        return; // the base sends all that there is, or something else will come
    }
    if (m_persist.IsWorthFilling(window))
    {
        FillWindow();
        return;
    }
    const Time longest = Seconds(1); // RFC 9293, section 3.8.6.2.1
    m_persistEvent =
        Simulator::Schedule(GetFirstProbeWait().value_or(Min(m_persistTimeout, longest)),
                            &TcpSoundSender::PersistTimeout,
                            this);
}

void
TcpSoundSender::FillWindow()
{
    const SequenceNumber32 highest = m_tcb->m_highTxMark;
    const uint32_t size =
        std::min({AvailableWindow(), m_txBuffer->SizeFromSequence(highest), m_tcb->m_segmentSize});
    if (size > 0)
    {
        SendDataPacket(highest, size, true);
        m_tcb->m_nextTxSequence = m_tcb->m_highTxMark.Get();
    }
}

void
TcpSoundSender::NoteAck(SequenceNumber32 ack)
{
    if (m_persist.NoteAcknowledged(ack, m_tcb->m_nextTxSequence, m_tcb->m_highTxMark))
    {
        m_tcb->m_highTxMark = ack;
    }
}

void
TcpSoundSender::StartRetransmissionTimer(Time timeout)
{
    m_retxEvent.Cancel();
    m_retxEvent = Simulator::Schedule(timeout, &TcpSoundSender::ReTxTimeout, this);
}

void
TcpSoundSender::StartPersistTimer()
{
    m_persistEvent = Simulator::Schedule(m_persistTimeout, &TcpSoundSender::PersistTimeout, this);
}

void
TcpSoundSender::StartTimers()
{
    if (!HasEndPoint())
    {
        return; // the application has torn the connection down in a callback
    }
    if (m_retxEvent.IsExpired() &&
        (m_tcb->m_highTxMark.Get() > m_txBuffer->HeadSequence() || m_state == FIN_WAIT_1))
    {
        StartRetransmissionTimer(m_rto);
    }
    if (m_rWnd.Get() == 0 && m_txBuffer->SizeFromSequence(m_tcb->m_highTxMark) > 0 &&
        m_persistEvent.IsExpired())
    {
        BeginStall();
    }
    HeedSmallWindow();
}

Time
TcpSoundSender::GetEstimatedRto() const
{
    return Max(m_rtt->GetEstimate() + Max(m_clockGranularity, m_rtt->GetVariation() * 4), m_minRto);
}

void
TcpSoundSender::Forget()
{
    TcpReusableSocket::Forget();
    m_push.Reset();
    m_persist.Reset();
    m_finTimeouts = 0;
    m_acknowledged = SequenceNumber32(0);
    m_announcedEnd = SequenceNumber32(0);
    m_largestAnnounced = 0;
}

SequenceNumber32
TcpSoundSender::GetAcknowledged() const
{
    return m_acknowledged;
}

SequenceNumber32
TcpSoundSender::GetAnnouncedEnd() const
{
    return m_announcedEnd;
}

uint32_t
TcpSoundSender::GetLargestAnnounced() const
{
    return m_largestAnnounced;
}

} // namespace ns3
