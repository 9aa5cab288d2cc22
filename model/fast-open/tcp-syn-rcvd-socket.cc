/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-syn-rcvd-socket.h"

#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/tcp-congestion-ops.h"
#include "ns3/tcp-option-sack.h"
#include "ns3/tcp-rx-buffer.h"
#include "ns3/tcp-tx-buffer.h"

#include <algorithm>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("TcpSynRcvdSocket");

namespace
{

/// What fits Linux's send buffer at first, in bytes (two initial windows of
/// segments of 2304 bytes of memory: tcp_sndbuf_expand).
constexpr uint32_t INITIAL_SEND_BUFFER = 46080;

} // namespace

TcpSynRcvdSocket::TcpSynRcvdSocket(const TcpSynRcvdSocket& socket)
    : TcpHandshakeSocket(socket)
{
}

bool
TcpSynRcvdSocket::IsOpening() const
{
    // A child may be closed before its handshake is complete, as on Linux
    return TcpHandshakeSocket::IsOpening() || m_opening == Opening::EARLY_CHILD;
}

uint32_t
TcpSynRcvdSocket::SendDataPacket(SequenceNumber32 seq, uint32_t maxSize, bool withAck)
{
    const uint32_t size = TcpHandshakeSocket::SendDataPacket(seq, maxSize, withAck);
    if (size > 0 && m_state == SYN_RCVD && m_closeOnEmpty &&
        m_txBuffer->SizeFromSequence(seq + size) == 0)
    {
        // The base has put the FIN on this segment, but knows the transition
        // only from ESTABLISHED and CLOSE-WAIT.
        m_state = FIN_WAIT_1;
    }
    return size;
}

SequenceNumber32
TcpSynRcvdSocket::GetSendNext() const
{
    return std::max(m_iss + 1, m_tcb->m_highTxMark.Get()) + (m_state == FIN_WAIT_1 ? 1 : 0);
}

bool
TcpSynRcvdSocket::IsInWindow(SequenceNumber32 seq, uint32_t size) const
{
    const SequenceNumber32 begin = m_tcb->m_rxBuffer->NextRxSequence();
    const SequenceNumber32 end = std::max(begin, m_tcb->m_rxBuffer->MaxRxSequence());
    return seq == begin || (size == 0 && seq == end) || (seq + size > begin && seq < end);
}

void
TcpSynRcvdSocket::ProcessInSynRcvd(Ptr<Packet> packet,
                                   const TcpHeader& header,
                                   const Address& fromAddress,
                                   const Address& toAddress)
{
    NS_LOG_FUNCTION(this << header << fromAddress);
    const uint8_t flags = GetStateFlags(header);
    const SequenceNumber32 seq = header.GetSequenceNumber();
    const SequenceNumber32 ack = header.GetAckNumber();
    const bool child = m_opening != Opening::SIMULTANEOUS;
    const bool reset = flags & TcpHeader::RST;
    if (IsAbandoned())
    {
        if (!reset)
        {
            SendResetFor(header, fromAddress, toAddress);
        }
        FailToOpen(RESET);
        return;
    }
    if ((flags & (TcpHeader::SYN | TcpHeader::ACK | TcpHeader::RST)) == TcpHeader::SYN &&
        seq == m_irs)
    {
        AnswerDuplicateSyn(header);
        return;
    }
    // RFC 9293, section 3.10.7.4. A SYN-ACK that crosses ours is that of the SYN which we
    // have (Linux: tcp_validate_incoming).
    const bool crossing = !child && seq == m_irs && (flags & TcpHeader::SYN);
    const uint32_t size =
        packet->GetSize() + ((flags & TcpHeader::SYN) ? 1 : 0) + ((flags & TcpHeader::FIN) ? 1 : 0);
    if (!crossing && !IsInWindow(seq, size))
    {
        if (!reset)
        {
            AnswerUnacceptable(packet->GetSize());
        }
        return;
    }
    if (reset && seq == m_tcb->m_rxBuffer->NextRxSequence())
    {
        OnResetByPeer();
        FailToOpen(child ? RESET : REFUSED);
        return;
    }
    const bool otherSyn = (flags & TcpHeader::SYN) && !crossing;
    if (otherSyn && !reset && m_opening == Opening::CHILD)
    {
        FailToOpen(RESET); // back to LISTEN: the SYN's next copy makes another child
        return;
    }
    if (reset || otherSyn)
    {
        AnswerUnacceptable(0); // a forgery, or the peer will tell (RFC 5961, sections 3.2 and 4.2)
        return;
    }
    if (!(flags & TcpHeader::ACK))
    {
        return;
    }
    if (ack <= m_iss || ack > GetSendNext())
    {
        SendResetFor(header, fromAddress, toAddress);
        return;
    }
    if (m_timestampEnabled && header.HasOption(TcpOption::TS))
    {
        ProcessOptionTimestamp(header.GetOption(TcpOption::TS), seq); // Linux demands none
    }
    TakeHandshakeAck(packet, header, fromAddress);
}

void
TcpSynRcvdSocket::AnswerUnacceptable(uint32_t size)
{
    if (size == 0 && !m_handshake.MayAnswer(GetTimerRules(), Simulator::Now()))
    {
        return;
    }
    if (m_opening != Opening::EARLY_CHILD)
    {
        m_tcb->m_nextTxSequence = GetSendNext(); // the base leaves it at the SYN
    }
    SendEmptyPacket(TcpHeader::ACK);
}

void
TcpSynRcvdSocket::AnswerDuplicateSyn(const TcpHeader& header)
{
    if (!(header.GetFlags() & TcpHeader::ECE))
    {
        // The client asks for ECN no more (RFC 3168, section 6.1.1)
        m_handshakeFlags = TcpHeader::SYN | TcpHeader::ACK;
        m_tcb->m_ecnState = TcpSocketState::ECN_DISABLED;
    }
    switch (m_handshake.NoteDuplicate(GetTimerRules(), Simulator::Now()))
    {
    case TcpHandshakeTimer::Duplicate::IGNORE:
        return;
    case TcpHandshakeTimer::Duplicate::ANSWER:
        SendHandshake(false);
        return;
    case TcpHandshakeTimer::Duplicate::RESTART:
        SendHandshake(false);
        StartHandshakeTimer();
        return;
    }
}

void
TcpSynRcvdSocket::AcknowledgeSynAck()
{
    TcpHeader header;
    header.SetFlags(TcpHeader::ACK);
    header.SetSequenceNumber(m_tcb->m_nextTxSequence);
    header.SetAckNumber(m_tcb->m_rxBuffer->NextRxSequence());
    header.SetWindowSize(AdvertisedWindowSize());
    AddOptions(header);
    if (m_sackEnabled && !header.HasOption(TcpOption::SACK))
    {
        Ptr<TcpOptionSack> option = CreateObject<TcpOptionSack>();
        option->AddSackBlock({m_irs, m_irs + 1});
        header.AppendOption(option);
    }
    SendSegment(Create<Packet>(), header);
}

void
TcpSynRcvdSocket::TakeHandshakeAck(Ptr<Packet> packet,
                                   const TcpHeader& header,
                                   const Address& fromAddress)
{
    const bool child = m_opening != Opening::SIMULTANEOUS;
    const SequenceNumber32 ack = header.GetAckNumber();
    const TcpHeader rest = (header.GetFlags() & TcpHeader::SYN) ? WithoutSyn(header) : header;
    const bool pure = GetStateFlags(rest) == TcpHeader::ACK && !rest.HasOption(TcpOption::SACK);
    const bool lossy = IsWindowReduced(header);
    const bool replyLost = lossy && pure && m_opening == Opening::EARLY_CHILD && ack == m_iss + 1 &&
                           GetSendNext() > ack;
    BecomeOpen(header, fromAddress, lossy && !replyLost);

    // From here on the segment is one like any other. An ACK of the SYN alone
    // must not count as a duplicate one of the early reply.
    if (pure && ack == m_txBuffer->HeadSequence())
    {
        if (packet->GetSize() > 0)
        {
            ReceivedData(packet, rest);
        }
        if (replyLost && HasEndPoint())
        {
            ResendReply();
        }
        SendPendingData(true);
    }
    else if (m_state == ESTABLISHED)
    {
        ProcessEstablished(packet, rest);
    }
    else
    {
        ProcessWait(packet, rest);
    }
    UpdatePacingRate();
    if (child && GetTxAvailable() > 0)
    {
        NotifySend(GetTxAvailable());
    }
    CloseIfAllSent();
    StartTimers();
}

void
TcpSynRcvdSocket::ResendReply()
{
    if (m_txBuffer->Size() == 0)
    {
        SendEmptyPacket(TcpHeader::FIN);
        return;
    }
    // As after a timeout of the reply, but that no retry of its own is used up
    const Time rto = m_rto;
    m_dataRetrCount++;
    ProcessTimeout();
    m_rto = rto;
    StartRetransmissionTimer(m_rto);
}

void
TcpSynRcvdSocket::BecomeOpen(const TcpHeader& header, const Address& fromAddress, bool reduceWindow)
{
    const Opening opened = m_opening;
    m_retxEvent.Cancel();
    if (m_handshake.GetRetransmissions() > 0 &&
        (m_state == FIN_WAIT_1 || (m_closeOnEmpty && m_txBuffer->Size() <= INITIAL_SEND_BUFFER)))
    {
        // Once the application has closed, Linux takes no sample of a SYN-ACK
        // sent twice. It has if the response went into the send buffer at once.
        m_history.clear();
    }
    LeaveOpening();
    TakeHandshakeRtt(header);
    HeedMissingRtt();
    if (reduceWindow && opened == Opening::EARLY_CHILD)
    {
        m_tcb->m_ssThresh = m_congestionControl->GetSsThresh(m_tcb, BytesInFlight());
    }
    if (reduceWindow)
    {
        ReduceWindow();
    }
    UpdateWindowSize(header);
    m_highRxAckMark = std::max(m_highRxAckMark.Get(), m_iss + 1); // the window counts from here
    m_congestionControl->CongestionStateSet(m_tcb, TcpSocketState::CA_OPEN);
    m_tcb->m_congState = TcpSocketState::CA_OPEN;
    if (m_state == SYN_RCVD)
    {
        m_state = ESTABLISHED;
    }
    m_connected = true;
    ForceAck();
    switch (opened)
    {
    case Opening::EARLY_CHILD:
        if (m_state == ESTABLISHED && m_tcb->m_rxBuffer->Finished())
        {
            DoPeerClose(); // the SYN carried a FIN
        }
        break;
    case Opening::SIMULTANEOUS:
        SettleSyn(header.GetAckNumber());
        if (header.GetFlags() & TcpHeader::SYN)
        {
            AcknowledgeSynAck();
        }
        OnSimultaneousOpen();
        break;
    default:
        SettleSyn(header.GetAckNumber());
        m_told = Told::OPEN;
        NotifyNewConnectionCreated(this, fromAddress);
        break;
    }
}

} // namespace ns3
