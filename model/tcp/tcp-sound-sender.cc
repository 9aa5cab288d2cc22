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
    : TcpSocketBase(socket)
{
    compat::CompleteFork(socket.m_congestionControl, m_congestionControl);
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
        if (m_connected && m_rWnd.Get() == 0 && m_persistEvent.IsExpired())
        {
            StartPersistTimer(); // the base does when a segment comes alone
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
        OnConnect(flags);
        return;
    }
    if (flags & TcpHeader::RST)
    {
        m_told = Told::END; // the base tears the connection down
        OnAbort();
        flags |= m_state == SYN_SENT ? 0 : TcpHeader::ACK; // as Linux aborts
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
    TcpSocketBase::SendEmptyPacket(flags);
    if (flags & TcpHeader::FIN)
    {
        OnFin(fin);
    }
}

void
TcpSoundSender::OnConnect(uint8_t flags)
{
    TcpSocketBase::SendEmptyPacket(flags);
}

uint32_t
TcpSoundSender::SendDataPacket(SequenceNumber32 seq, uint32_t maxSize, bool withAck)
{
    if (!HasEndPoint())
    {
        return 0; // the application has torn the connection down in a callback
    }
    return TcpSocketBase::SendDataPacket(seq, maxSize, withAck);
}

uint32_t
TcpSoundSender::AvailableWindow() const
{
    return HasEndPoint() ? TcpSocketBase::AvailableWindow() : 0;
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
        header.SetAckNumber(m_tcb->m_rxBuffer->NextRxSequence());
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
    // Neither is const: the trace shows them so to those who only watch.
    auto& mutableHeader = const_cast<TcpHeader&>(header);
    if (packet->GetSize() > 0 && !(header.GetFlags() & TcpHeader::SYN))
    {
        auto* self =
            const_cast<TcpSoundSender*>(static_cast<const TcpSoundSender*>(PeekPointer(socket)));
        TcpPush::Known known;
        known.now = Simulator::Now();
        known.acknowledged = self->m_txBuffer->HeadSequence();
        known.peerWindow = self->m_rWnd.Get();
        known.congestionWindow = self->m_tcb->m_cWnd.Get();
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
    const bool last = m_dataRetrCount == 0;
    if (!data && IsFinOutstanding())
    {
        FinTimeout();
        return;
    }
    if (data)
    {
        OnTimeout(m_dataRetries - m_dataRetrCount, last);
    }
    if (data && last && m_state != CLOSED && m_state != TIME_WAIT)
    {
        End(TIMED_OUT, Report::ERROR);
        DeallocateEndPoint();
        return;
    }
    ProcessTimeout();
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
    if (m_dataRetrCount == 0)
    {
        NoteEnd(TIMED_OUT);
        m_state = CLOSED;
        End(TIMED_OUT, Report::ERROR);
        DeallocateEndPoint();
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
        StartPersistTimer();
    }
}

Time
TcpSoundSender::GetEstimatedRto() const
{
    return Max(m_rtt->GetEstimate() + Max(m_clockGranularity, m_rtt->GetVariation() * 4), m_minRto);
}

// The beginning and the end of a connection

TcpSoundSender::ConnectionError
TcpSoundSender::GetConnectionError() const
{
    return m_error;
}

void
TcpSoundSender::End(ConnectionError error, Report report)
{
    NS_LOG_FUNCTION(this << error);
    NoteEnd(error);
    switch (report)
    {
    case Report::CLOSE:
        CloseAndNotify();
        break;
    case Report::ERROR:
        NotifyErrorClose();
        break;
    case Report::FAILURE:
        NotifyConnectionFailed();
        break;
    case Report::NONE:
        break;
    }
}

void
TcpSoundSender::NoteEnd(ConnectionError error)
{
    m_error = error;
    m_told = Told::END;
}

void
TcpSoundSender::Forget()
{
    ClearSendBuffer();
    m_closeOnEmpty = m_shutdownSend;
    m_connected = false;
    const uint32_t size = m_tcb->m_rxBuffer->MaxBufferSize();
    m_tcb->m_rxBuffer = CreateObject<TcpRxBuffer>(); // the old one knows a FIN
    m_tcb->m_rxBuffer->SetMaxBufferSize(size);
    m_push.Reset();
    m_persist.Reset();
    m_finTimeouts = 0;
}

void
TcpSoundSender::ClearSendBuffer()
{
    m_txBuffer->DiscardUpTo(m_txBuffer->TailSequence());
}

bool
TcpSoundSender::HasEndPoint() const
{
    return m_endPoint || m_endPoint6;
}

TcpEndPoint
TcpSoundSender::GetEndPoint() const
{
    return {m_endPoint, m_endPoint6};
}

bool
TcpSoundSender::IsFinOutstanding() const
{
    return m_state == FIN_WAIT_1 || m_state == CLOSING || m_state == LAST_ACK;
}

bool
TcpSoundSender::HasSentFin() const
{
    return IsFinOutstanding() || m_state == FIN_WAIT_2;
}

} // namespace ns3
