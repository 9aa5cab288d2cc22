/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-sound-socket.h"

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
            if (verdict == TcpSegmentJudge::Verdict::ANSWER)
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
    TcpSocketBase::DoForwardUp(packet, fromAddress, toAddress);
}

TcpSegmentJudge::Window
TcpSoundSocket::GetWindow() const
{
    return {m_tcb->m_rxBuffer->NextRxSequence(),
            m_tcb->m_rxBuffer->MaxRxSequence(),
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
    const bool fin = segment.HasAny(TcpHeader::FIN);
    const bool data = segment.GetPayloadSize() > 0;
    const SequenceNumber32 ack = segment.GetAckNumber();
    if ((m_state == CLOSING || m_state == LAST_ACK) && ack <= m_tcb->m_highTxMark)
    {
        // The base takes any ACK for that of the FIN, and drops what is outstanding.
        ReceivedEarlierAck(TakeHeader(packet));
        return;
    }
    if (((m_state == FIN_WAIT_1 || m_state == FIN_WAIT_2) && fin && data) ||
        (m_state == CLOSE_WAIT && fin))
    {
        const TcpHeader header = TakeHeader(packet);
        if (ReceivedSegment(header))
        {
            ProcessWait(packet, header);
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
TcpSoundSocket::ReceivedEarlierAck(const TcpHeader& header)
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
    if (HasEndPoint() && m_txBuffer->Size() == 0 && m_retxEvent.IsExpired())
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
TcpSoundSocket::ProcessWait(Ptr<Packet> packet, const TcpHeader& header)
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
    Ptr<TcpSoundSocket> self(this);
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

} // namespace ns3
