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

TcpPassiveOpenSocket::TcpPassiveOpenSocket()
    : m_queue(Create<TcpFastOpenQueue>())
{
}

TcpPassiveOpenSocket::TcpPassiveOpenSocket(const TcpPassiveOpenSocket& socket)
    : TcpSynRcvdSocket(socket),
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
    if (m_told == Told::END)
    {
        m_state = CLOSED; // the base leaves an aborted connection in its last state
    }
    const int result = TcpSynRcvdSocket::Listen();
    if (result != 0)
    {
        return result;
    }
    // Children are copies, and know nothing of what the socket was before
    Forget();
    m_told = Told::NOTHING;
    m_error = NO_ERROR;
    m_closeNotified = false;
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
TcpPassiveOpenSocket::IsServing(const Ptr<TcpFastOpenQueue>& queue) const
{
    const auto& fastOpen = GetFastOpen();
    return fastOpen && fastOpen->IsServerEnabled() && queue->GetLimit() > 0;
}

void
TcpPassiveOpenSocket::ProcessInListen(Ptr<Packet> packet,
                                      const TcpHeader& header,
                                      const Address& fromAddress,
                                      const Address& toAddress)
{
    NS_LOG_FUNCTION(this << header);
    const uint8_t flags = GetStateFlags(header);
    if ((flags & TcpHeader::ACK) && !(flags & TcpHeader::RST))
    {
        // Of a connection that is over (RFC 9293, section 3.10.7.2)
        SendResetFor(header, fromAddress, toAddress);
        return;
    }
    const bool syn =
        flags == TcpHeader::SYN || (flags == (TcpHeader::SYN | TcpHeader::FIN) &&
                                    IsServing(m_queue) && GetFastOpen()->TakesSynFin());
    if (syn && NotifyConnectionRequest(fromAddress))
    {
        Ptr<TcpPassiveOpenSocket> child = DynamicCast<TcpPassiveOpenSocket>(Fork());
        child->m_listenersQueue = m_queue; // where it may be pending
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
    if (m_listenersQueue->IsClosed())
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
    const auto verdict = TcpSynJudge::Judge(syn,
                                            {IsServing(m_listenersQueue),
                                             m_listenersQueue->IsFull(Simulator::Now()),
                                             cookieNeeded,
                                             m_keys ? m_keys : fastOpen->GetKeys()});
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
        m_slot = m_listenersQueue->Enter(
            [fastOpen](int32_t change) { fastOpen->NotifyPending(change); });
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

void
TcpPassiveOpenSocket::Forget()
{
    TcpSynRcvdSocket::Forget();
    m_grant.reset();
}

void
TcpPassiveOpenSocket::OnAbort()
{
    TcpSynRcvdSocket::OnAbort();
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
    m_listenersQueue = nullptr;
}

void
TcpPassiveOpenSocket::OnResetByPeer()
{
    m_slot.Reset(Simulator::Now());
}

bool
TcpPassiveOpenSocket::IsAbandoned() const
{
    // The application waits for no more connections; what it has accepted lives on
    return m_opening == Opening::CHILD && m_listenersQueue->IsClosed();
}

} // namespace ns3
