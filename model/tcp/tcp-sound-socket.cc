/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-sound-socket.h"

#include "tcp-time-wait.h"

#include "ns3/log.h"
#include "ns3/tcp-option.h"
#include "ns3/tcp-rx-buffer.h"
#include "ns3/tcp-tx-buffer.h"

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("TcpSoundSocket");

NS_OBJECT_ENSURE_REGISTERED(TcpSoundSocket);

TypeId
TcpSoundSocket::GetTypeId()
{
    static TypeId tid = TypeId("ns3::TcpSoundSocket")
                            .SetParent<TcpSocketBase>()
                            .SetGroupName("TcpFastOpen")
                            .AddConstructor<TcpSoundSocket>();
    return tid;
}

Ptr<TcpSocketBase>
TcpSoundSocket::Fork()
{
    return CopyObject<TcpSoundSocket>(this);
}

int
TcpSoundSocket::Close()
{
    NS_LOG_FUNCTION(this);
    if (m_state == CLOSING || m_told == Told::END)
    {
        // Closed already. The base would reset the connection and tell the
        // application, for ever if that closes when it is told.
        return 0;
    }
    NoteClose();
    return ProcessClose();
}

int
TcpSoundSocket::ProcessClose()
{
    return TcpSocketBase::Close();
}

void
TcpSoundSocket::DoForwardUp(Ptr<Packet> packet,
                            const Address& fromAddress,
                            const Address& toAddress)
{
    NS_LOG_FUNCTION(this << packet << fromAddress << toAddress);
    Ptr<TcpSoundSocket> self(this); // a callback may let go of us, and the end point may go
    if (IsOpening())
    {
        ProcessOpening(packet, fromAddress, toAddress);
        return;
    }
    const TcpSegmentView segment(packet);
    if (m_state != CLOSED && m_state != TIME_WAIT)
    {
        const auto verdict = TcpSegmentJudge::Judge(segment, GetWindow());
        OnJudged(segment, verdict);
        if (verdict != TcpSegmentJudge::Verdict::ACCEPT)
        {
            TakeHeader(packet);
            if (verdict == TcpSegmentJudge::Verdict::ANSWER && MayAnswer(segment))
            {
                SendEmptyPacket(TcpHeader::ACK);
            }
            else if (verdict == TcpSegmentJudge::Verdict::RESET)
            {
                // The base would answer a reset with ACK by one of its own, and report
                // two ends. Like the base, report it as a close; the error tells it apart.
                End(m_state == LAST_ACK ? NO_ERROR : RESET, Report::CLOSE);
            }
            return;
        }
    }
    ProcessOpen(packet, segment, fromAddress, toAddress);
}

bool
TcpSoundSocket::IsOpening() const
{
    return m_state == LISTEN || m_state == SYN_SENT || m_state == SYN_RCVD;
}

void
TcpSoundSocket::ProcessOpening(Ptr<Packet> packet,
                               const Address& fromAddress,
                               const Address& toAddress)
{
    const TcpSegmentView segment(packet);
    if (SettleOpening(packet, segment, fromAddress, toAddress))
    {
        return;
    }
    const bool listens = m_state == LISTEN;
    if (listens)
    {
        // The base comes to terms with the SYN before it makes a child, which copies them
        KeepSettings();
        m_sndWindShift = 0;
    }
    TcpSocketBase::DoForwardUp(packet, fromAddress, toAddress);
    if (listens)
    {
        RestoreSettings();
    }
    if (m_told == Told::NOTHING && m_state >= ESTABLISHED)
    {
        m_told = Told::OPEN;
        if (!m_persistEvent.IsExpired())
        {
            BeginStall();
        }
        HeedSmallWindow();
    }
}

bool
TcpSoundSocket::SettleOpening(Ptr<Packet> packet,
                              const TcpSegmentView& segment,
                              const Address& fromAddress,
                              const Address& toAddress)
{
    if (m_state == LISTEN)
    {
        return false;
    }
    const bool rst = segment.HasAny(TcpHeader::RST);
    const bool ack = segment.HasAny(TcpHeader::ACK);
    const bool sent = m_state == SYN_SENT;
    if (ack && segment.GetAckNumber() != m_tcb->m_nextTxSequence.Get() + 1)
    {
        const TcpHeader header = TakeHeader(packet);
        if (!rst)
        {
            SendResetFor(header, fromAddress, toAddress);
        }
        return true;
    }
    if (rst)
    {
        TakeHeader(packet);
        if (sent ? ack : segment.GetSequenceNumber() == m_tcb->m_rxBuffer->NextRxSequence())
        {
            End(sent ? REFUSED : RESET, sent ? Report::FAILURE : Report::NONE);
        }
        return true;
    }
    if (!ack && !segment.HasAny(TcpHeader::SYN))
    {
        TakeHeader(packet);
        return true;
    }
    TcpHeader header;
    if (segment.HasAny(TcpHeader::SYN) && packet->PeekHeader(header) > 0 &&
        !header.HasOption(TcpOption::WINSCALE))
    {
        m_rcvWindShift = 0; // not ours alone (RFC 7323, section 2.2)
        m_sndWindShift = 0;
    }
    return false;
}

TcpSegmentJudge::Window
TcpSoundSocket::GetWindow() const
{
    return {m_tcb->m_rxBuffer->NextRxSequence(),
            m_tcb->m_rxBuffer->MaxRxSequence(),
            GetAcknowledged(),
            m_txBuffer->HeadSequence(),
            m_tcb->m_highTxMark.Get() + (HasSentFin() ? 1 : 0),
            uint32_t{65535} << m_sndWindShift};
}

void
TcpSoundSocket::ProcessOpen(Ptr<Packet> packet,
                            const TcpSegmentView& segment,
                            const Address& fromAddress,
                            const Address& toAddress)
{
    if (m_state == TIME_WAIT)
    {
        TakeHeader(packet);
        ProcessTimeWait(segment);
        return;
    }
    if (m_state == CLOSED)
    {
        const TcpHeader header = TakeHeader(packet);
        if (!segment.HasAny(TcpHeader::RST))
        {
            SendResetForStranger(header, packet->GetSize(), fromAddress, toAddress);
        }
        return;
    }
    const bool fin = segment.HasAny(TcpHeader::FIN);
    const bool data = segment.GetPayloadSize() > 0;
    const SequenceNumber32 ack = segment.GetAckNumber();
    if (m_state == CLOSING || m_state == LAST_ACK)
    {
        const TcpHeader header = TakeHeader(packet);
        if (ReceivedSegment(header))
        {
            ProcessLast(header);
        }
        return;
    }
    if (fin)
    {
        const TcpHeader header = TakeHeader(packet);
        if (ReceivedSegment(header))
        {
            NoteAck(ack);
            ProcessFin(packet, header);
            if (m_rWnd.Get() > 0 && !m_persistEvent.IsExpired())
            {
                m_persistEvent.Cancel(); // as the base does
                SendPendingData(m_connected);
            }
            StartTimers();
        }
        return;
    }
    if (m_state == ESTABLISHED && !fin && data && ack < m_txBuffer->HeadSequence())
    {
        // The ACK is of no use, but the data is; the base drops both.
        const TcpHeader header = TakeHeader(packet);
        if (ReceivedSegment(header))
        {
            ReceivedData(packet, header);
        }
        return;
    }
    if (segment.HasAny(TcpHeader::ACK))
    {
        NoteAck(ack);
    }
    const bool shut = !m_persistEvent.IsExpired();
    TcpSocketBase::DoForwardUp(packet, fromAddress, toAddress);
    if (!shut && !m_persistEvent.IsExpired() && m_rWnd.Get() == 0)
    {
        BeginStall();
    }
    HeedSmallWindow();
    if (HasEndPoint() && shut && m_persistEvent.IsExpired() && m_retxEvent.IsExpired() &&
        m_txBuffer->Size() > 0 && m_tcb->m_highTxMark.Get() > m_txBuffer->HeadSequence())
    {
        // The base has cancelled the timer of what was sent before the window was shut
        StartRetransmissionTimer(m_rto);
    }
}

TcpHeader
TcpSoundSocket::TakeHeader(Ptr<Packet> packet)
{
    TcpHeader header;
    packet->RemoveHeader(header);
    m_rxTrace(packet, header, this);
    return header;
}

bool
TcpSoundSocket::ReceivedSegment(const TcpHeader& header)
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
TcpSoundSocket::ProcessTimeWait(const TcpSegmentView& segment)
{
    const auto answer = TcpTimeWait::Judge(segment, m_tcb->m_rxBuffer->NextRxSequence());
    if (answer == TcpTimeWait::Answer::END)
    {
        CloseAndNotify();
        return;
    }
    if (answer == TcpTimeWait::Answer::RESTART)
    {
        TimeWait();
    }
    if (answer != TcpTimeWait::Answer::NONE && MayAnswer(segment))
    {
        SendEmptyPacket(TcpHeader::ACK);
    }
}

void
TcpSoundSocket::ProcessLast(const TcpHeader& header)
{
    NS_LOG_FUNCTION(this << header);
    const bool fin = header.GetFlags() & TcpHeader::FIN; // it comes again
    if (header.GetAckNumber() > m_tcb->m_highTxMark)
    {
        if (m_state == LAST_ACK)
        {
            CloseAndNotify();
            return;
        }
        TimeWait();
    }
    else
    {
        ReceivedAck(Create<Packet>(), header);
    }
    if (fin)
    {
        SendEmptyPacket(TcpHeader::ACK);
    }
    if (HasEndPoint() && m_state != TIME_WAIT && m_txBuffer->Size() == 0 && m_retxEvent.IsExpired())
    {
        StartRetransmissionTimer(m_rto);
    }
}

void
TcpSoundSocket::ReceivedData(Ptr<Packet> packet, const TcpHeader& header)
{
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
    // To the base a hole that is filled in front of the peer's FIN is the way to CLOSE-WAIT,
    // though we have closed; where the FIN is this segment's it leaves that to the caller.
    TcpHeader shown = header;
    const bool closed = HasSentFin();
    if (closed)
    {
        shown.SetFlags(header.GetFlags() | TcpHeader::FIN);
    }
    m_taking = Taking::YES;
    TcpSocketBase::ReceivedData(packet, shown);
    const bool read = m_taking == Taking::READ;
    m_taking = Taking::NO;
    if (read)
    {
        TellWindow();
    }
    if (closed && m_tcb->m_rxBuffer->Finished() && !(header.GetFlags() & TcpHeader::FIN))
    {
        NoteFinAck(header); // before the base looks
        EnterClosing();
    }
}

void
TcpSoundSocket::NoteFinAck(const TcpHeader& header)
{
    if (m_state == FIN_WAIT_1 && m_txBuffer->Size() == 0 &&
        header.GetAckNumber() > m_tcb->m_highTxMark)
    {
        m_state = FIN_WAIT_2;
    }
}

void
TcpSoundSocket::EnterClosing()
{
    if (m_state == FIN_WAIT_1)
    {
        m_state = CLOSING;
    }
    else if (m_state == FIN_WAIT_2)
    {
        TimeWait();
    }
}

Ptr<Packet>
TcpSoundSocket::Recv(uint32_t maxSize, uint32_t flags)
{
    Ptr<Packet> packet = TcpSoundSender::Recv(maxSize, flags);
    if (packet && packet->GetSize() > 0)
    {
        if (m_taking == Taking::NO)
        {
            TellWindow();
        }
        else
        {
            m_taking = Taking::READ; // an ACK may follow that tells
        }
    }
    return packet;
}

void
TcpSoundSocket::TellWindow()
{
    const bool expects = m_state == ESTABLISHED || m_state == FIN_WAIT_1 || m_state == FIN_WAIT_2;
    if (expects && HasEndPoint() && IsWindowNews())
    {
        SendEmptyPacket(TcpHeader::ACK);
    }
}

void
TcpSoundSocket::ProcessEstablished(Ptr<Packet> packet, const TcpHeader& header)
{
    if (header.GetFlags() & TcpHeader::FIN)
    {
        ProcessFin(packet, header);
        return;
    }
    TcpSocketBase::ProcessEstablished(packet, header);
}

void
TcpSoundSocket::ProcessWait(Ptr<Packet> packet, const TcpHeader& header)
{
    if (header.GetFlags() & TcpHeader::FIN)
    {
        ProcessFin(packet, header);
        return;
    }
    TcpSocketBase::ProcessWait(packet, header);
}

void
TcpSoundSocket::ProcessFin(Ptr<Packet> packet, const TcpHeader& header)
{
    NS_LOG_FUNCTION(this << header);
    Ptr<TcpSoundSocket> self(this);
    const bool again = m_state == CLOSE_WAIT;
    const SequenceNumber32 fin = header.GetSequenceNumber() + packet->GetSize();
    if (!again && fin >= m_tcb->m_rxBuffer->NextRxSequence() &&
        fin <= m_tcb->m_rxBuffer->MaxRxSequence())
    {
        m_tcb->m_rxBuffer->SetFinSequence(fin);
    }
    ReceivedAck(packet, header);
    NoteFinAck(header);
    if (!m_tcb->m_rxBuffer->Finished() || !HasEndPoint())
    {
        return;
    }
    if (m_state == ESTABLISHED)
    {
        DoPeerClose(); // acknowledges it, and tells the application
        return;
    }
    const bool closed = HasSentFin();
    EnterClosing();
    if (packet->GetSize() == 0 || m_highTxAck < m_tcb->m_rxBuffer->NextRxSequence())
    {
        SendEmptyPacket(TcpHeader::ACK); // unless the data has brought it forth
    }
    if (closed && !m_shutdownRecv)
    {
        NotifyDataRecv();
    }
}

} // namespace ns3
