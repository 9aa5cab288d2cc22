/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-passive-open-socket.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/ipv4-interface.h"
#include "ns3/ipv6-interface.h"
#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/tcp-congestion-ops.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-option.h"
#include "ns3/tcp-rx-buffer.h"
#include "ns3/tcp-tx-buffer.h"

#include <algorithm>
#include <type_traits>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("TcpPassiveOpenSocket");

namespace
{

/// What fits Linux's send buffer at first, in bytes (two initial windows of
/// segments of 2304 bytes of memory: tcp_sndbuf_expand).
constexpr uint32_t INITIAL_SEND_BUFFER = 46080;

} // namespace

TcpPassiveOpenSocket::TcpPassiveOpenSocket()
    : m_queue(Create<TcpFastOpenQueue>())
{
}

TcpPassiveOpenSocket::TcpPassiveOpenSocket(const TcpPassiveOpenSocket& socket)
    : TcpHandshakeSocket(socket),
      m_keys(socket.m_keys),
      m_queue(Create<TcpFastOpenQueue>())
{
    m_queue->SetLimit(socket.m_queue->GetLimit());
}

// LISTEN

int
TcpPassiveOpenSocket::Listen()
{
    NS_LOG_FUNCTION(this);
    const int result = TcpHandshakeSocket::Listen();
    if (result != 0)
    {
        return result;
    }
    m_told = Told::NOTHING;
    const auto& fastOpen = GetFastOpen();
    if (fastOpen && fastOpen->IsSet(TcpFastOpen::SERVER_WO_SOCKOPT1) && m_queue->GetLimit() == 0)
    {
        m_queue->SetLimit(DEFAULT_QUEUE_LENGTH);
    }
    return result;
}

void
TcpPassiveOpenSocket::CloseQueue()
{
    m_queue->Close();
    const uint32_t limit = m_queue->GetLimit();
    m_queue = Create<TcpFastOpenQueue>(); // the socket may listen anew
    m_queue->SetLimit(limit);
}

void
TcpPassiveOpenSocket::SetQueueLength(uint32_t length)
{
    m_queue->SetLimit(length);
}

uint32_t
TcpPassiveOpenSocket::GetQueueLength() const
{
    return m_queue->GetLimit();
}

bool
TcpPassiveOpenSocket::IsServing() const
{
    const auto& fastOpen = GetFastOpen();
    return fastOpen && fastOpen->IsServerEnabled() && m_queue->GetLimit() > 0;
}

void
TcpPassiveOpenSocket::ProcessInListen(Ptr<Packet> packet,
                                      const TcpHeader& header,
                                      const Address& fromAddress,
                                      const Address& toAddress)
{
    NS_LOG_FUNCTION(this << header);
    const uint8_t flags = GetStateFlags(header);
    if ((flags & TcpHeader::ACK) && !(flags & TcpHeader::RST) && IsServing())
    {
        SendResetFor(header, fromAddress, toAddress); // of a connection that is over
        return;
    }
    const bool syn =
        flags == TcpHeader::SYN || (flags == (TcpHeader::SYN | TcpHeader::FIN) && IsServing());
    if (syn && NotifyConnectionRequest(fromAddress))
    {
        Ptr<TcpPassiveOpenSocket> child = DynamicCast<TcpPassiveOpenSocket>(Fork());
        child->m_queue = m_queue; // where it may be pending
        Simulator::ScheduleNow(&TcpPassiveOpenSocket::CompleteFork,
                               child,
                               packet,
                               header,
                               fromAddress,
                               toAddress);
    }
}

// The child of a SYN

void
TcpPassiveOpenSocket::CompleteFork(Ptr<Packet> packet,
                                   const TcpHeader& header,
                                   const Address& fromAddress,
                                   const Address& toAddress)
{
    NS_LOG_FUNCTION(this << header << fromAddress << toAddress);
    if (!OpenEndPoint(fromAddress, toAddress))
    {
        return;
    }
    m_opening = Opening::CHILD;
    m_state = SYN_RCVD;
    m_dataRetrCount = m_dataRetries;
    const TcpHandshakeOffer offer = Negotiate(header);
    m_irs = header.GetSequenceNumber();
    m_tcb->m_rxBuffer->SetNextRxSequence(m_irs + 1);
    m_handshakeFlags = TcpHeader::SYN | TcpHeader::ACK;
    m_tcb->m_ecnState = TcpSocketState::ECN_DISABLED;
    if (m_tcb->m_useEcn != TcpSocketState::Off &&
        (header.GetFlags() & (TcpHeader::CWR | TcpHeader::ECE)) ==
            (TcpHeader::CWR | TcpHeader::ECE))
    {
        m_handshakeFlags |= TcpHeader::ECE;
        m_tcb->m_ecnState = TcpSocketState::ECN_IDLE;
    }

    if (!JudgeSyn(offer, packet->GetSize()))
    {
        m_handshake.Begin(TcpHandshakeTimer::Role::CHILD);
        StartHandshake();
        return;
    }
    m_opening = Opening::EARLY_CHILD;
    m_handshake.Begin(TcpHandshakeTimer::Role::EARLY_CHILD);
    TakeSynData(packet, header);
    if (m_queue->IsClosed())
    {
        SendResetFor(header, fromAddress, toAddress);
        FailToOpen(RESET);
        return;
    }
    InterceptSegments();
    StartHandshake();

    // The application may read, and write, before the client's ACK has come.
    SettleSyn(m_iss + 1);
    m_highRxAckMark = m_iss + 1;
    m_connected = true;
    m_told = Told::OPEN;
    ForceAck();
    NotifyNewConnectionCreated(this, fromAddress);
    if (m_opening == Opening::EARLY_CHILD && m_tcb->m_rxBuffer->Available() > 0 && !m_shutdownRecv)
    {
        NotifyDataRecv();
    }
    if (m_opening == Opening::EARLY_CHILD && m_state == SYN_RCVD && GetTxAvailable() > 0)
    {
        NotifySend(GetTxAvailable());
    }
}

bool
TcpPassiveOpenSocket::OpenEndPoint(const Address& fromAddress, const Address& toAddress)
{
    if (InetSocketAddress::IsMatchingType(toAddress))
    {
        const auto local = InetSocketAddress::ConvertFrom(toAddress);
        const auto peer = InetSocketAddress::ConvertFrom(fromAddress);
        m_endPoint = m_tcp->Allocate(GetBoundNetDevice(),
                                     local.GetIpv4(),
                                     local.GetPort(),
                                     peer.GetIpv4(),
                                     peer.GetPort());
    }
    else
    {
        const auto local = Inet6SocketAddress::ConvertFrom(toAddress);
        const auto peer = Inet6SocketAddress::ConvertFrom(fromAddress);
        m_endPoint6 = m_tcp->Allocate6(GetBoundNetDevice(),
                                       local.GetIpv6(),
                                       local.GetPort(),
                                       peer.GetIpv6(),
                                       peer.GetPort());
    }
    if (SetupCallback() != 0)
    {
        return false;
    }
    m_tcp->AddSocket(this);
    return true;
}

bool
TcpPassiveOpenSocket::JudgeSyn(const TcpHandshakeOffer& offer, uint32_t size)
{
    NS_LOG_FUNCTION(this << size);
    const auto& fastOpen = GetFastOpen();
    const TcpSynJudge::Syn syn{GetEndPoint().GetPeerIp(),
                               GetEndPoint().GetLocalIp(),
                               offer.fastOpen,
                               size};
    if (!fastOpen || !syn.IsFastOpen())
    {
        return false;
    }
    if (syn.IsRequest())
    {
        fastOpen->NotifyCookieRequestReceived();
    }
    const bool cookieNeeded = !m_noCookie && !fastOpen->IsSet(TcpFastOpen::SERVER_COOKIE_NOT_REQD);
    const auto verdict = TcpSynJudge::Judge(
        syn,
        {IsServing(), m_queue->IsFull(), cookieNeeded, m_keys ? m_keys : fastOpen->GetKeys()});
    if (verdict.refusal)
    {
        fastOpen->NotifySynDataRefused(syn.client, syn.server, size, *verdict.refusal);
    }
    if (verdict.grant)
    {
        m_grant = verdict.grant;
        fastOpen->NotifyCookieGranted(syn.client, syn.server, m_grant->cookie);
    }
    if (verdict.accepted)
    {
        m_slot = m_queue->Enter([fastOpen](int32_t change) { fastOpen->NotifyPending(change); });
        fastOpen->NotifySynDataAccepted(syn.client, syn.server, size, verdict.byBackup);
    }
    return verdict.accepted;
}

void
TcpPassiveOpenSocket::InterceptSegments()
{
    Ptr<TcpPassiveOpenSocket> self(this);
    if (m_endPoint)
    {
        m_endPoint->SetRxCallback(
            MakeCallback(&TcpPassiveOpenSocket::ReceiveEarly<Ipv4Header, Ptr<Ipv4Interface>>,
                         self));
    }
    else
    {
        m_endPoint6->SetRxCallback(
            MakeCallback(&TcpPassiveOpenSocket::ReceiveEarly<Ipv6Header, Ptr<Ipv6Interface>>,
                         self));
    }
}

template <class Header, class Interface>
void
TcpPassiveOpenSocket::ReceiveEarly(Ptr<Packet> packet,
                                   Header header,
                                   uint16_t port,
                                   Interface interface)
{
    constexpr bool ipv4 = std::is_same<Header, Ipv4Header>::value;
    using SocketAddress =
        typename std::conditional<ipv4, InetSocketAddress, Inet6SocketAddress>::type;
    Ptr<TcpPassiveOpenSocket> self(this); // the endpoint may go
    if (m_opening == Opening::EARLY_CHILD && TcpSegmentView(packet).HasAny(TcpHeader::SYN))
    {
        DoForwardUp(packet,
                    SocketAddress(header.GetSource(), port),
                    SocketAddress(header.GetDestination(), GetEndPoint().GetLocalPort()));
    }
    else if constexpr (ipv4)
    {
        ForwardUp(packet, header, port, interface);
    }
    else
    {
        ForwardUp6(packet, header, port, interface);
    }
}

std::optional<TcpHandshakeOffer::FastOpen>
TcpPassiveOpenSocket::GetFastOpenOption() const
{
    return m_grant;
}

void
TcpPassiveOpenSocket::OnNoRoom()
{
    m_grant.reset();
}

// SYN-RCVD

bool
TcpPassiveOpenSocket::IsOpening() const
{
    // A child may be closed before its handshake is complete, as on Linux
    return TcpHandshakeSocket::IsOpening() || m_opening == Opening::EARLY_CHILD;
}

uint32_t
TcpPassiveOpenSocket::SendDataPacket(SequenceNumber32 seq, uint32_t maxSize, bool withAck)
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

void
TcpPassiveOpenSocket::ProcessInSynRcvd(Ptr<Packet> packet,
                                       const TcpHeader& header,
                                       const Address& fromAddress,
                                       const Address& toAddress)
{
    NS_LOG_FUNCTION(this << header << fromAddress);
    // RFC 9293, section 3.10.7.4
    const uint8_t flags = GetStateFlags(header);
    const SequenceNumber32 seq = header.GetSequenceNumber();
    const SequenceNumber32 ack = header.GetAckNumber();
    const SequenceNumber32 expected = m_tcb->m_rxBuffer->NextRxSequence();
    const bool child = m_opening != Opening::SIMULTANEOUS;
    if (flags & TcpHeader::RST)
    {
        if (seq == expected)
        {
            m_slot.Reset();
            FailToOpen(child ? RESET : REFUSED);
        }
        return;
    }
    if ((flags & TcpHeader::SYN) && !(flags & TcpHeader::ACK))
    {
        if (seq == m_irs)
        {
            AnswerDuplicateSyn();
        }
        return;
    }
    if (!(flags & TcpHeader::ACK) || ((flags & TcpHeader::SYN) && child))
    {
        return;
    }
    const SequenceNumber32 end = seq + packet->GetSize();
    if (m_opening == Opening::EARLY_CHILD && seq != expected &&
        !(end > expected && seq < m_tcb->m_rxBuffer->MaxRxSequence()))
    {
        SendEmptyPacket(TcpHeader::ACK); // out of the window
        return;
    }
    if (m_timestampEnabled && header.HasOption(TcpOption::TS))
    {
        ProcessOptionTimestamp(header.GetOption(TcpOption::TS), seq); // Linux demands none
    }
    // What was sent: the SYN, its data or early replies, and a FIN
    const SequenceNumber32 next =
        std::max(m_iss + 1, m_tcb->m_highTxMark.Get()) + (m_state == FIN_WAIT_1 ? 1 : 0);
    if (ack <= m_iss || ack > next)
    {
        SendResetFor(header, fromAddress, toAddress);
        return;
    }
    const bool lossy = IsWindowReduced(header);
    const bool replyLost = lossy && m_opening == Opening::EARLY_CHILD && ack == m_iss + 1 &&
                           next > ack && !header.HasOption(TcpOption::SACK) &&
                           !(flags & TcpHeader::FIN);
    BecomeOpen(header, fromAddress, lossy && !replyLost);

    // From here on the segment is one like any other. An ACK of the SYN alone
    // must not count as a duplicate one of the early reply.
    const TcpHeader rest = (flags & TcpHeader::SYN) ? WithoutSyn(header) : header;
    if (GetStateFlags(rest) == TcpHeader::ACK && ack == m_txBuffer->HeadSequence() &&
        !rest.HasOption(TcpOption::SACK))
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
TcpPassiveOpenSocket::AnswerDuplicateSyn()
{
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
TcpPassiveOpenSocket::ResendReply()
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
TcpPassiveOpenSocket::BecomeOpen(const TcpHeader& header,
                                 const Address& fromAddress,
                                 bool reduceWindow)
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
        OnSimultaneousOpen();
        break;
    default:
        SettleSyn(header.GetAckNumber());
        m_told = Told::OPEN;
        NotifyNewConnectionCreated(this, fromAddress);
        break;
    }
}

void
TcpPassiveOpenSocket::Forget()
{
    TcpHandshakeSocket::Forget();
    m_grant.reset();
}

void
TcpPassiveOpenSocket::OnAbort()
{
    TcpHandshakeSocket::OnAbort();
    LeaveOpening();
}

void
TcpPassiveOpenSocket::LeaveOpening()
{
    if (m_opening == Opening::EARLY_CHILD && HasEndPoint())
    {
        // ReceiveEarly() has done its work
        Ptr<TcpPassiveOpenSocket> self(this);
        if (m_endPoint)
        {
            m_endPoint->SetRxCallback(MakeCallback(&TcpPassiveOpenSocket::ForwardUp, self));
        }
        else
        {
            m_endPoint6->SetRxCallback(MakeCallback(&TcpPassiveOpenSocket::ForwardUp6, self));
        }
    }
    m_opening = Opening::NONE;
    m_slot.Leave();
}

} // namespace ns3
