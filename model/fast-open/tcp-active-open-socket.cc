/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-active-open-socket.h"

#include "ns3/ipv4-end-point.h"
#include "ns3/ipv6-end-point.h"
#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/tcp-congestion-ops.h"
#include "ns3/tcp-option-ts.h"
#include "ns3/tcp-rate-ops.h"
#include "ns3/tcp-rx-buffer.h"
#include "ns3/tcp-tx-buffer.h"

#include <algorithm>
#include <type_traits>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("TcpActiveOpenSocket");

TcpActiveOpenSocket::TcpActiveOpenSocket(const TcpActiveOpenSocket& socket)
    : TcpWatchedSocket(socket),
      m_fastOpenConnect(socket.m_fastOpenConnect)
{
}

uint32_t
TcpActiveOpenSocket::GetSynDataSent() const
{
    return m_client.GetDataSize();
}

uint32_t
TcpActiveOpenSocket::GetSynDataAcked() const
{
    return m_client.GetAcknowledged();
}

TcpClientOpening::Failure
TcpActiveOpenSocket::GetFastOpenFailure() const
{
    return m_connects > 0 && !IsDeferred() ? m_client.GetFailure()
                                           : TcpClientOpening::Failure::NONE;
}

// The SYN

void
TcpActiveOpenSocket::OnConnect(uint8_t flags)
{
    m_connects++;
    m_handshakeFlags = flags;
    Open(false);
}

void
TcpActiveOpenSocket::Open(bool plain)
{
    NS_LOG_FUNCTION(this << plain);
    m_client.Begin();
    m_watch.Begin(false, false);
    m_handshake.Begin(TcpHandshakeTimer::Role::CLIENT);
    const auto& fastOpen = GetFastOpen();
    const bool wanted =
        fastOpen && fastOpen->IsClientEnabled() && (m_fastOpenConnect || m_sendToData) && !plain;
    if (wanted && ChooseOpening())
    {
        m_opening = Opening::DEFERRED;
        ReportOpen();
        return;
    }
    m_opening = Opening::CLIENT;
    StartHandshake();
}

bool
TcpActiveOpenSocket::IsDeferred() const
{
    // Where the application connects anew while it is told of a close, the base goes on to
    // CLOSED, whatever has been begun.
    return m_state == SYN_SENT && m_opening == Opening::DEFERRED;
}

bool
TcpActiveOpenSocket::ChooseOpening()
{
    const TcpEndPoint path = GetEndPoint();
    const auto& fastOpen = GetFastOpen();
    auto advice = fastOpen->Advise(path.GetLocalIp(), path.GetPeerIp(), path.GetPeerPort());
    advice.noCookie = advice.noCookie || m_noCookie;
    const bool hasData = m_sendToData || m_txBuffer->Size() > 0;
    if (TcpClientOpening::CanTakeData(advice) && !hasData && !m_shutdownSend)
    {
        return true;
    }
    const bool chosen = m_client.Choose(advice);
    m_watch.Begin(chosen, advice.suspected);
    if (!chosen)
    {
        TellFallback();
    }
    else if (m_client.GetMode() != TcpClientOpening::Mode::ASKING)
    {
        TcpHandshakeOffer offer = MakeOffer();
        offer.fastOpen = m_client.GetOption();
        const bool ipv6 = !Ipv4Address::IsMatchingType(path.GetPeerIp());
        m_client.SetDataLimit(advice, {*offer.mss, ipv6, fastOpen->SynDataFillsSegment()}, offer);
    }
    return false;
}

std::optional<TcpHandshakeOffer::FastOpen>
TcpActiveOpenSocket::GetFastOpenOption() const
{
    return m_opening == Opening::CLIENT ? m_client.GetOption()
                                        : TcpWatchedSocket::GetFastOpenOption();
}

void
TcpActiveOpenSocket::OnNoRoom()
{
    if (m_opening != Opening::CLIENT)
    {
        TcpWatchedSocket::OnNoRoom();
        return;
    }
    m_client.DropOption();
    m_watch.Begin(false, false);
    TellFallback();
}

Ptr<Packet>
TcpActiveOpenSocket::LoadSyn()
{
    const TcpEndPoint path = GetEndPoint();
    if (!m_client.IsFastOpen())
    {
        return Create<Packet>();
    }
    if (m_client.GetMode() == TcpClientOpening::Mode::ASKING)
    {
        GetFastOpen()->NotifyCookieRequested(path.GetLocalIp(), path.GetPeerIp());
        return Create<Packet>();
    }
    if (m_sendToData)
    {
        const uint32_t size =
            std::min({m_client.GetDataLimit(), m_sendToData->GetSize(), m_txBuffer->Available()});
        if (m_txBuffer->Add(m_sendToData->CreateFragment(0, size)))
        {
            NoteWrite(size);
        }
    }
    const SequenceNumber32 first = m_iss + 1;
    m_txBuffer->SetHeadSequence(first);
    const uint32_t size = std::min(m_client.GetDataLimit(), m_txBuffer->Size());
    m_client.NoteData(size);
    m_tcb->m_nextTxSequence = first + size;
    m_tcb->m_highTxMark = first + size;
    if (size == 0)
    {
        return Create<Packet>();
    }
    Ptr<TcpActiveOpenSocket> self(this);
    if (m_endPoint)
    {
        m_endPoint->SetIcmpCallback(
            MakeCallback(&TcpActiveOpenSocket::ReceiveIcmp<Ipv4Address>, self));
    }
    else
    {
        m_endPoint6->SetIcmpCallback(
            MakeCallback(&TcpActiveOpenSocket::ReceiveIcmp<Ipv6Address>, self));
    }
    TcpTxItem* item = m_txBuffer->CopyFromSequence(size, first);
    m_rateOps->SkbSent(item, true);
    Simulator::ScheduleNow(&TcpActiveOpenSocket::NotifyDataSent, self, size);
    GetFastOpen()->NotifySynDataSent(path.GetLocalIp(), path.GetPeerIp(), size);
    return item->GetPacketCopy();
}

void
TcpActiveOpenSocket::OnHandshakeTimeout(bool last)
{
    OnTimeout(m_handshake.GetRetransmissions(), last);
    if (m_handshake.GetRetransmissions() > 0)
    {
        return;
    }
    if (m_client.GetDataSize() > 0)
    {
        NoteSynDataFailure();
    }
    if (!last && m_state == SYN_SENT && m_client.NoteTimeout())
    {
        TellFallback();
    }
}

template <class Ip>
void
TcpActiveOpenSocket::ReceiveIcmp(Ip source, uint8_t ttl, uint8_t type, uint8_t code, uint32_t info)
{
    NS_LOG_FUNCTION(this << source << +type << +code);
    if (m_state == SYN_SENT && m_client.GetDataSize() > 0 && m_handshake.GetRetransmissions() == 0)
    {
        NoteSynDataFailure();
    }
    if constexpr (std::is_same<Ip, Ipv4Address>::value)
    {
        ForwardIcmp(source, ttl, type, code, info);
    }
    else
    {
        ForwardIcmp6(source, ttl, type, code, info);
    }
}

// The answer

void
TcpActiveOpenSocket::ProcessInSynSent(Ptr<Packet> packet,
                                      const TcpHeader& header,
                                      const Address& fromAddress,
                                      const Address& toAddress)
{
    NS_LOG_FUNCTION(this << header);
    const uint8_t flags = GetStateFlags(header);
    if (IsDeferred())
    {
        // Nothing was sent that this could answer (RFC 9293, section 3.10.7.1)
        if ((flags & TcpHeader::ACK) && !(flags & TcpHeader::RST))
        {
            SendResetFor(header, fromAddress, toAddress);
        }
        return;
    }

    // RFC 9293, section 3.10.7.3
    const SequenceNumber32 ack = header.GetAckNumber();
    if ((flags & TcpHeader::ACK) && (ack <= m_iss || ack > m_iss + 1 + m_client.GetDataSize()))
    {
        if (!(flags & TcpHeader::RST))
        {
            SendResetFor(header, fromAddress, toAddress);
        }
        return;
    }
    if (flags & TcpHeader::RST)
    {
        if (flags & TcpHeader::ACK)
        {
            FailToOpen(REFUSED);
        }
        return;
    }
    if ((flags & TcpHeader::ACK) && !IsEchoOurs(header))
    {
        SendResetFor(header, fromAddress, toAddress);
        return;
    }
    if (packet->GetSize() > 0)
    {
        NoteDataArrived();
    }
    if (!(flags & TcpHeader::SYN))
    {
        return; // the server's early data, its SYN-ACK lost: it will be sent again
    }
    if (!(flags & TcpHeader::ACK))
    {
        ProcessSimultaneousSyn(header);
        return;
    }
    ReceivedSynAck(packet, header);
}

bool
TcpActiveOpenSocket::IsEchoOurs(const TcpHeader& header) const
{
    if (!m_timestampEnabled || !header.HasOption(TcpOption::TS))
    {
        return true;
    }
    // What echoes none of our timestamps answers an earlier SYN (RFC 7323,
    // section 5.1, as Linux applies it to the echo).
    const auto ts = DynamicCast<const TcpOptionTS>(header.GetOption(TcpOption::TS));
    const uint32_t age = TcpOptionTS::NowToTsValue() - m_synTimestamp;
    return ts->GetEcho() == 0 || ts->GetEcho() - m_synTimestamp <= age;
}

void
TcpActiveOpenSocket::ReceivedSynAck(Ptr<Packet> packet, const TcpHeader& header)
{
    m_retxEvent.Cancel();
    const TcpHandshakeOffer offer = Negotiate(header);
    TakeHandshakeRtt(header);
    m_irs = header.GetSequenceNumber();
    m_tcb->m_rxBuffer->SetNextRxSequence(m_irs + 1);
    TakeSynData(packet, header); // a SYN-ACK may carry data
    m_highTxAck = m_tcb->m_rxBuffer->NextRxSequence();
    m_highRxAckMark = header.GetAckNumber();
    LearnOfServer(offer);
    m_congestionControl->CongestionStateSet(m_tcb, TcpSocketState::CA_OPEN);
    m_tcb->m_congState = TcpSocketState::CA_OPEN;
    // Not where our last SYN has not asked for ECN (RFC 3168, section 6.1.1)
    const bool ecn = (m_handshakeFlags & TcpHeader::ECE) &&
                     (header.GetFlags() & (TcpHeader::CWR | TcpHeader::ECE)) == TcpHeader::ECE;
    m_tcb->m_ecnState = ecn ? TcpSocketState::ECN_IDLE : TcpSocketState::ECN_DISABLED;
    m_state = ESTABLISHED;
    m_opening = Opening::NONE;
    m_connected = true;
    m_error = NO_ERROR; // where SendTo() has told that it goes on
    SettleSyn(header.GetAckNumber());
    HeedMissingRtt();
    if (IsWindowReduced(header))
    {
        ReduceWindow();
    }
    UpdatePacingRate();
    const bool replied = SendAfterHandshake(true);
    if (m_told == Told::NOTHING)
    {
        ReportOpen();
    }
    else if (m_told == Told::OPEN && GetTxAvailable() > 0)
    {
        NotifySend(GetTxAvailable());
    }
    if (!replied)
    {
        ForceAck(); // answer the first data at once, as the base does
    }
    StartTimers();

    if (packet->GetSize() > 0 || (header.GetFlags() & TcpHeader::FIN))
    {
        // The application has to know first that it is connected, and may close then.
        Ptr<TcpActiveOpenSocket> self(this);
        Simulator::ScheduleNow([self] { self->ReportSynData(); });
    }
}

void
TcpActiveOpenSocket::ProcessSimultaneousSyn(const TcpHeader& header)
{
    NS_LOG_FUNCTION(this << header);
    Negotiate(header);
    m_irs = header.GetSequenceNumber();
    m_tcb->m_rxBuffer->SetNextRxSequence(m_irs + 1);
    m_tcb->m_ecnState = TcpSocketState::ECN_DISABLED;
    m_state = SYN_RCVD;
    m_opening = Opening::SIMULTANEOUS;
    m_handshake.Cross();
    m_handshakeFlags = TcpHeader::SYN | TcpHeader::ACK;
    m_retxEvent.Cancel();
    SendHandshake(false);
    BackOff();
}

void
TcpActiveOpenSocket::OnSimultaneousOpen()
{
    m_error = NO_ERROR;
    SendAfterHandshake(false);
    if (m_told == Told::NOTHING)
    {
        ReportOpen();
    }
}

void
TcpActiveOpenSocket::LearnOfServer(const TcpHandshakeOffer& offer)
{
    if (!m_client.IsFastOpen())
    {
        return; // a cookie that comes now was not asked for
    }
    TcpFastOpenCache& cache = GetFastOpen()->GetCache();
    TcpFastOpenCache::Entry entry{GetEndPoint().GetLocalIp(), GetEndPoint().GetPeerIp()};
    const auto* known = cache.Find(entry.client, entry.server);
    const auto& granted = offer.fastOpen;
    if (m_client.GetOption() && granted && !granted->cookie.IsEmpty())
    {
        entry.cookie = granted->cookie;
        entry.experimental = granted->experimental;
        entry.mss = offer.mss.value_or(0);
        GetFastOpen()->NotifyCookieReceived(entry);
        return;
    }
    if (known)
    {
        entry = *known;
    }
    entry.mss = offer.mss.value_or(0);
    if (m_client.GetMode() == TcpClientOpening::Mode::ASKING &&
        m_handshake.GetRetransmissions() == 0)
    {
        // It ignored our request: try the other form once, then this one for good.
        entry.triedBoth = entry.triedBoth || m_client.GetOption()->experimental;
        entry.experimental = !entry.triedBoth;
    }
    cache.Store(entry);
}

void
TcpActiveOpenSocket::SettleSyn(SequenceNumber32 ack)
{
    NS_LOG_FUNCTION(this << ack);
    if (m_client.GetDataSize() == 0)
    {
        TcpWatchedSocket::SettleSyn(ack);
        return;
    }
    const bool fellBack =
        m_client.NoteAcknowledged(ack - (m_iss + 1), m_handshake.GetRetransmissions() > 0);
    if (m_client.GetAcknowledged() > 0)
    {
        m_txBuffer->DiscardUpTo(ack, MakeCallback(&TcpRateOps::SkbDelivered, m_rateOps));
    }
    const bool refused = m_client.IsDataRefused();
    if (refused)
    {
        // Neither congestion nor a reordering: the window stays as it is
        // (RFC 7413, section 4.2.1).
        m_txBuffer->SetSentListLost(false);
    }
    const TcpEndPoint path = GetEndPoint();
    GetFastOpen()->NotifySynDataAnswered(path.GetLocalIp(),
                                         path.GetPeerIp(),
                                         path.GetPeerPort(),
                                         !refused);
    if (refused)
    {
        NoteSynDataFailure();
    }
    if (fellBack)
    {
        TellFallback();
    }
}

bool
TcpActiveOpenSocket::SendAfterHandshake(bool mustAck)
{
    NS_LOG_FUNCTION(this << mustAck);
    bool replied = false;
    if (m_client.IsDataRefused())
    {
        // In the first ACK, whatever Nagle's algorithm says to a short segment. The
        // peer's MSS may have become smaller.
        NoteRefused();
        SequenceNumber32 seq = m_txBuffer->HeadSequence();
        while (HasEndPoint() && seq < m_tcb->m_highTxMark.Get())
        {
            seq += SendDataPacket(seq, GetSegSize(), true);
        }
        m_tcb->m_nextTxSequence = m_tcb->m_highTxMark.Get();
    }
    else if (mustAck && m_client.IsFastOpen() &&
             m_txBuffer->SizeFromSequence(m_tcb->m_highTxMark) > 0)
    {
        // The rest of a write carries the ACK, if it can leave (Linux: sk_write_pending)
        PutAckOff();
        replied = SendPendingData(true);
        if (!replied)
        {
            SendEmptyPacket(TcpHeader::ACK);
        }
    }
    else if (mustAck)
    {
        SendEmptyPacket(TcpHeader::ACK);
    }
    SendPendingData(true);
    CloseIfAllSent();
    return replied;
}

// What is told, to the application and to the node

void
TcpActiveOpenSocket::ReportOpen()
{
    m_told = Told::OPEN;
    // The application may let go of the socket, or close it, before it hears of this.
    Ptr<TcpActiveOpenSocket> self(this);
    Simulator::ScheduleNow([self, connects = m_connects] {
        if (connects == self->m_connects && self->HasEndPoint())
        {
            self->ConnectionSucceeded();
        }
    });
}

void
TcpActiveOpenSocket::ReportSynData()
{
    NS_LOG_FUNCTION(this);
    if (m_tcb->m_rxBuffer->Available() > 0 && !m_shutdownRecv && m_told != Told::END)
    {
        NotifyDataRecv();
    }
    if (!m_tcb->m_rxBuffer->Finished() || m_told == Told::END)
    {
        return;
    }
    // The FIN is acknowledged already
    if (m_state == FIN_WAIT_1)
    {
        m_state = CLOSING;
    }
    else if (m_state == ESTABLISHED)
    {
        m_state = CLOSE_WAIT;
        if (!m_closeNotified)
        {
            NotifyNormalClose();
            m_closeNotified = true;
        }
        if (m_shutdownSend)
        {
            Close();
        }
    }
}

void
TcpActiveOpenSocket::NoteSynDataFailure()
{
    if (m_client.NoteFailure())
    {
        const TcpEndPoint path = GetEndPoint();
        GetFastOpen()->NotifySynDataFailed(path.GetLocalIp(), path.GetPeerIp(), path.GetPeerPort());
    }
}

void
TcpActiveOpenSocket::TellFallback()
{
    const TcpEndPoint path = GetEndPoint();
    GetFastOpen()->NotifyFallback(path.GetLocalIp(), path.GetPeerIp(), *m_client.GetFallback());
}

} // namespace ns3
