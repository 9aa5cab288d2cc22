/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-handshake-socket.h"

#include "ns3/ipv4.h"
#include "ns3/ipv6.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/rtt-estimator.h"
#include "ns3/rtt-linux.h"
#include "ns3/simulator.h"
#include "ns3/tcp-option-ts.h"
#include "ns3/tcp-rx-buffer.h"
#include "ns3/tcp-tx-buffer.h"

#include <algorithm>
#include <utility>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("TcpHandshakeSocket");

namespace
{

/// Size of the timestamps option and its padding in each segment, in bytes.
constexpr uint32_t TIMESTAMPS_SIZE = 12;
/// The smallest MSS of a peer that is believed, in bytes (Linux: tcp_min_snd_mss).
constexpr uint32_t MIN_MSS = 48;

} // namespace

TcpHandshakeSocket::TcpHandshakeSocket(const TcpHandshakeSocket& socket)
    : TcpLinuxSocket(socket),
      m_reduceInitialCwnd(socket.m_reduceInitialCwnd),
      m_mss(socket.m_mss),
      m_noCookie(socket.m_noCookie),
      m_synLinearTimeouts(socket.m_synLinearTimeouts),
      m_synAckRetries(socket.m_synAckRetries),
      m_synAnswerInterval(socket.m_synAnswerInterval),
      m_nodesFastOpen(socket.m_nodesFastOpen)
{
}

void
TcpHandshakeSocket::Forget()
{
    TcpLinuxSocket::Forget();
    m_opening = Opening::NONE;
}

// The segments

TcpHandshakeOffer
TcpHandshakeSocket::Negotiate(const TcpHeader& header)
{
    NS_LOG_FUNCTION(this << header);
    const TcpHandshakeOffer offer = TcpHandshakeOffer::Read(header);
    KeepSettings();
    m_rWnd = header.GetWindowSize(); // not scaled in a SYN (RFC 7323, section 2.2)

    m_winScalingEnabled = m_winScalingEnabled && offer.windowScale;
    if (m_winScalingEnabled)
    {
        m_sndWindShift = *offer.windowScale;
    }
    else
    {
        m_rcvWindShift = 0;
        m_sndWindShift = 0;
    }

    m_sackEnabled = m_sackEnabled && offer.sackPermitted;
    m_txBuffer->SetSackEnabled(m_sackEnabled);

    m_timestampEnabled = m_timestampEnabled && offer.timestamps;
    if (m_timestampEnabled)
    {
        m_tcb->m_rcvTimestampValue = offer.timestamps->value;
        m_tcb->m_rcvTimestampEchoReply = offer.timestamps->echo;
        m_timestampToEcho = offer.timestamps->value;
    }

    // A segment has room for the smaller MSS less the options in every segment
    // (RFC 6691). Peers that send no MSS are ns-3's own sockets.
    uint32_t mss = GetMss();
    if (offer.mss)
    {
        mss = std::min<uint32_t>(mss, std::max<uint32_t>(*offer.mss, MIN_MSS));
    }
    m_tcb->m_segmentSize =
        std::min(m_tcb->m_segmentSize, mss - (m_timestampEnabled ? TIMESTAMPS_SIZE : 0));
    m_txBuffer->SetSegmentSize(m_tcb->m_segmentSize);

    m_tcb->m_cWnd = GetInitialCwnd() * GetSegSize();
    m_tcb->m_cWndInfl = m_tcb->m_cWnd;
    m_tcb->m_ssThresh = GetInitialSSThresh();
    return offer;
}

TcpHandshakeOffer
TcpHandshakeSocket::MakeOffer() const
{
    TcpHandshakeOffer offer;
    offer.mss = GetMss();
    offer.sackPermitted = m_sackEnabled;
    if (m_timestampEnabled)
    {
        offer.timestamps =
            TcpHandshakeOffer::Timestamps{TcpOptionTS::NowToTsValue(), m_timestampToEcho};
    }
    if (m_winScalingEnabled)
    {
        offer.windowScale = CalculateWScale();
    }
    return offer;
}

void
TcpHandshakeSocket::StartHandshake()
{
    NS_LOG_FUNCTION(this);
    m_retxEvent.Cancel();
    SendHandshake(true);
    BackOff();
}

void
TcpHandshakeSocket::SendHandshake(bool first)
{
    NS_LOG_FUNCTION(this << first);
    TcpHeader header;
    header.SetFlags(m_handshakeFlags);
    header.SetSequenceNumber(m_iss);
    if (m_handshakeFlags & TcpHeader::ACK)
    {
        header.SetAckNumber(m_tcb->m_rxBuffer->NextRxSequence());
        m_highTxAck = m_tcb->m_rxBuffer->NextRxSequence();
    }
    header.SetWindowSize(AdvertisedWindowSize(false));
    TcpHandshakeOffer offer = MakeOffer();
    m_rcvWindShift = offer.windowScale.value_or(m_rcvWindShift);
    if (first)
    {
        offer.fastOpen = GetFastOpenOption();
    }
    if (!offer.Write(header))
    {
        OnNoRoom();
    }
    const bool carriesData = first && !(m_handshakeFlags & TcpHeader::ACK);
    SendSegment(carriesData ? LoadSyn() : Create<Packet>(), header);

    if (first)
    {
        m_synTimestamp = TcpOptionTS::NowToTsValue();
        UpdateRttHistory(m_iss, 0, false); // its answer gives an RTT sample
    }
}

void
TcpHandshakeSocket::TakeSynData(Ptr<Packet> packet, const TcpHeader& header)
{
    const TcpHeader data = WithoutSyn(header);
    const uint32_t room = m_tcb->m_rxBuffer->MaxBufferSize();
    const uint32_t size = std::min(packet->GetSize(), room);
    if (size > 0)
    {
        m_tcb->m_rxBuffer->Add(packet->CreateFragment(0, size), data);
    }
    if ((header.GetFlags() & TcpHeader::FIN) && size == packet->GetSize())
    {
        m_tcb->m_rxBuffer->SetFinSequence(data.GetSequenceNumber() + size);
    }
}

TcpHeader
TcpHandshakeSocket::WithoutSyn(const TcpHeader& header)
{
    TcpHeader rest = header;
    rest.SetFlags(header.GetFlags() & ~TcpHeader::SYN);
    rest.SetSequenceNumber(header.GetSequenceNumber() + 1);
    return rest;
}

uint8_t
TcpHandshakeSocket::GetStateFlags(const TcpHeader& header)
{
    return header.GetFlags() & (TcpHeader::SYN | TcpHeader::ACK | TcpHeader::FIN | TcpHeader::RST);
}

// The timer

void
TcpHandshakeSocket::BackOff()
{
    m_handshake.BackOff(GetTimerRules());
    StartHandshakeTimer();
}

void
TcpHandshakeSocket::StartHandshakeTimer()
{
    m_rto = m_handshake.GetTimeout();
    m_retxEvent.Cancel();
    m_retxEvent = Simulator::Schedule(OnWheel(m_rto), &TcpHandshakeSocket::HandshakeTimeout, this);
}

void
TcpHandshakeSocket::HandshakeTimeout()
{
    NS_LOG_FUNCTION(this);
    const bool last = IsAbandoned() || m_handshake.IsLast(GetTimerRules());
    OnHandshakeTimeout(last);
    if (last)
    {
        FailToOpen(TIMED_OUT);
        return;
    }
    if (m_opening == Opening::CLIENT)
    {
        // What swallows a SYN that asks for ECN may let this one pass (RFC 3168,
        // section 6.1.1.1; Linux: tcp_ecn_fallback)
        m_handshakeFlags = TcpHeader::SYN;
    }
    if (m_handshake.GetTimeouts() == 0)
    {
        m_timeoutTimestamp = TcpOptionTS::NowToTsValue();
    }
    SendHandshake(false);
    m_handshake.NoteTimeout();
    BackOff();
}

TcpHandshakeTimer::Rules
TcpHandshakeSocket::GetTimerRules() const
{
    return {m_cnTimeout, m_synRetries, m_synLinearTimeouts, m_synAckRetries, m_synAnswerInterval};
}

void
TcpHandshakeSocket::FailToOpen(ConnectionError error)
{
    NS_LOG_FUNCTION(this << error);
    Ptr<TcpHandshakeSocket> self(this);
    Report report = Report::NONE;
    if (m_told == Told::OPEN)
    {
        report = m_closeNotified ? Report::NONE : Report::ERROR;
    }
    else if (m_opening != Opening::CHILD && m_opening != Opening::EARLY_CHILD)
    {
        report = Report::FAILURE;
    }
    NoteEnd(error);
    m_rtt->Reset();
    LeaveOpening();
    m_state = CLOSED;
    DeallocateEndPoint();
    // What was not sent is gone, and the application may try again.
    ClearSendBuffer();
    m_history.clear();
    m_closeOnEmpty = false;
    End(error, report);
}

// When the handshake is complete

void
TcpHandshakeSocket::SettleSyn(SequenceNumber32 /* ack */)
{
    const SequenceNumber32 first = m_iss + 1;
    m_tcb->m_nextTxSequence = first;
    m_tcb->m_highTxMark = first;
    m_txBuffer->SetHeadSequence(first);
}

std::optional<uint32_t>
TcpHandshakeSocket::GetEcho(const TcpHeader& header) const
{
    if (!m_timestampEnabled || !header.HasOption(TcpOption::TS))
    {
        return std::nullopt;
    }
    const auto option = DynamicCast<const TcpOptionTS>(header.GetOption(TcpOption::TS));
    return option->GetEcho() != 0 ? std::make_optional(option->GetEcho()) : std::nullopt;
}

void
TcpHandshakeSocket::TakeHandshakeRtt(const TcpHeader& header)
{
    const bool echoes = GetEcho(header).has_value();
    if (!echoes && m_handshake.GetRetransmissions() > 0)
    {
        m_history.clear();
    }
    // The base takes an echo of 0 for a time of long ago
    const bool enabled = std::exchange(m_timestampEnabled, echoes);
    EstimateRtt(header);
    m_timestampEnabled = enabled;
}

bool
TcpHandshakeSocket::IsWindowReduced(const TcpHeader& header) const
{
    if (!m_reduceInitialCwnd || !m_handshake.IsLossy())
    {
        return false;
    }
    const auto echo = GetEcho(header);
    const bool spurious = echo && (m_opening == Opening::EARLY_CHILD
                                       ? static_cast<int32_t>(*echo - m_timeoutTimestamp) < 0
                                       : *echo == m_synTimestamp);
    return !spurious;
}

void
TcpHandshakeSocket::HeedMissingRtt()
{
    if (m_rtt->GetNSamples() > 0)
    {
        return;
    }
    const auto rtt = DynamicCast<RttLinux>(m_rtt);
    const auto& fastOpen = GetFastOpen();
    if (rtt && fastOpen)
    {
        const Time known = fastOpen->GetRtt(GetEndPoint().GetLocalIp(), GetEndPoint().GetPeerIp());
        if (known.IsStrictlyPositive())
        {
            rtt->Expect(known);
        }
    }
    // Not what was left of the SYN's backoff
    m_rto = GetEstimatedRto();
}

void
TcpHandshakeSocket::ReduceWindow()
{
    m_tcb->m_cWnd = GetSegSize();
    m_tcb->m_cWndInfl = m_tcb->m_cWnd;
}

void
TcpHandshakeSocket::ProcessOpen(Ptr<Packet> packet,
                                const TcpSegmentView& segment,
                                const Address& fromAddress,
                                const Address& toAddress)
{
    if (!HasSentFin())
    {
        TcpLinuxSocket::ProcessOpen(packet, segment, fromAddress, toAddress);
        return;
    }
    const TcpEndPoint path = GetEndPoint(); // it may be gone then
    const Address local = path.GetLocalIp();
    const Address peer = path.GetPeerIp();
    TcpLinuxSocket::ProcessOpen(packet, segment, fromAddress, toAddress);
    const auto& fastOpen = GetFastOpen();
    if (fastOpen && m_rtt->GetNSamples() > 0 && DynamicCast<RttLinux>(m_rtt) &&
        (m_state == TIME_WAIT || m_state == CLOSED))
    {
        // The connection has ended in good order: keep its RTT for later ones
        fastOpen->NotifyRtt(local, peer, m_rtt->GetEstimate());
    }
}

void
TcpHandshakeSocket::CloseIfAllSent()
{
    if (m_closeOnEmpty && m_state == ESTABLISHED &&
        m_txBuffer->SizeFromSequence(m_tcb->m_highTxMark) == 0)
    {
        DoClose();
    }
}

const Ptr<TcpFastOpen>&
TcpHandshakeSocket::GetFastOpen() const
{
    if (!m_nodesFastOpen)
    {
        m_nodesFastOpen = m_node->GetObject<TcpFastOpen>();
    }
    return m_nodesFastOpen;
}

uint16_t
TcpHandshakeSocket::GetMss() const
{
    uint32_t mtu = 0;
    uint32_t headers = 40;
    const Address local = GetEndPoint().GetLocalIp();
    if (Ipv4Address::IsMatchingType(local))
    {
        Ptr<Ipv4> ipv4 = m_node->GetObject<Ipv4>();
        const int32_t interface = ipv4->GetInterfaceForAddress(Ipv4Address::ConvertFrom(local));
        mtu = interface < 0 ? 576 : ipv4->GetMtu(interface);
    }
    else
    {
        Ptr<Ipv6> ipv6 = m_node->GetObject<Ipv6>();
        const int32_t interface = ipv6->GetInterfaceForAddress(Ipv6Address::ConvertFrom(local));
        mtu = interface < 0 ? 1280 : ipv6->GetMtu(interface);
        headers = 60;
    }
    const uint32_t mss = std::clamp<uint32_t>(mtu, MIN_MSS + headers, 65535) - headers;
    return static_cast<uint16_t>(m_mss != 0 ? std::clamp<uint32_t>(m_mss, MIN_MSS, mss) : mss);
}

} // namespace ns3
