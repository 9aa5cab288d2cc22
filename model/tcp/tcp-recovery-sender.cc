/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-recovery-sender.h"

#include "ns3/log.h"
#include "ns3/rtt-estimator.h"
#include "ns3/simulator.h"
#include "ns3/tcp-congestion-ops.h"
#include "ns3/tcp-option-ts.h"
#include "ns3/tcp-tx-buffer.h"

#include <algorithm>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("TcpRecoverySender");

namespace
{

/// Linux waits this much longer, for reordering and with the probe (TCP_TIMEOUT_MIN).
const Time SLACK = MilliSeconds(2);
/// What a lone segment's probe waits for a delayed ACK (RFC 8985, section 7.2).
const Time LONE_SEGMENT_SLACK = MilliSeconds(200);
/// What the probe waits where no RTT is known (TCP_TIMEOUT_INIT).
const Time UNKNOWN_PROBE_WAIT = Seconds(1);
/// The longest retransmission timeout (TCP_RTO_MAX).
const Time MAX_RTO = Seconds(120);

/**
 * Shrink a window that was not used, and remember how large it was (RFC 2861).
 *
 * @param windows the windows
 * @param segments the congestion window from now on
 */
void
Shrink(TcpRecovery::Windows& windows, uint32_t segments)
{
    const uint32_t present = windows.GetCongestionWindow();
    windows.SetThreshold(std::max(windows.GetThreshold(), present / 2 + present / 4));
    windows.SetCongestionWindow(segments);
}

} // namespace

TcpRecoverySender::TcpRecoverySender()
    : m_lossRecovery(m_flight, *this)
{
}

TcpRecoverySender::TcpRecoverySender(const TcpRecoverySender& socket)
    : TcpLongLivedSocket(socket),
      m_recovers(socket.m_recovers),
      m_fRto(socket.m_fRto),
      m_idleRestart(socket.m_idleRestart),
      m_lossRecovery(m_flight, *this),
      m_wheel(socket.m_wheel)
{
}

void
TcpRecoverySender::Forget()
{
    TcpLongLivedSocket::Forget();
    m_flight.Reset();
    m_lossRecovery.Reset();
    m_windowUse.Reset();
    m_congestionControl->Init(m_tcb);
}

// What leaves

int
TcpRecoverySender::Send(Ptr<Packet> packet, uint32_t flags)
{
    if (m_idleRestart && m_connected && m_txBuffer->Size() == 0)
    {
        if (const auto window = m_windowUse.Restart(GetWindowUse()))
        {
            m_congestionControl->CwndEvent(m_tcb, TcpSocketState::CA_EVENT_CWND_RESTART);
            Shrink(*this, *window);
        }
    }
    return TcpLongLivedSocket::Send(packet, flags);
}

uint32_t
TcpRecoverySender::SendDataPacket(SequenceNumber32 seq, uint32_t maxSize, bool withAck)
{
    const bool starts = m_retxEvent.IsExpired();
    const uint32_t size = TcpLongLivedSocket::SendDataPacket(seq, maxSize, withAck);
    if (size == 0)
    {
        return 0;
    }
    if (starts && (OwnsRecovery() || OnWheel(m_rto) != m_rto.Get()))
    {
        StartTimer(Timer::RETRANSMISSION, m_rto); // and not as exactly as the base does
    }
    const bool fin = m_closeOnEmpty && m_txBuffer->SizeFromSequence(seq + size) == 0;
    NoteSent({seq, seq + size + (fin ? 1 : 0)});
    return size;
}

void
TcpRecoverySender::OnFin(SequenceNumber32 fin)
{
    TcpLongLivedSocket::OnFin(fin);
    NoteSent({fin, fin + 1});
}

void
TcpRecoverySender::NoteSent(const TcpFlight::Range& range)
{
    const bool owns = OwnsRecovery();
    if (!owns && !m_idleRestart)
    {
        return;
    }
    const bool idle = m_flight.IsEmpty();
    const bool fresh = idle || range.start >= m_flight.GetLast().end;
    if (owns)
    {
        m_flight.NoteSent(Simulator::Now(), range);
        m_lossRecovery.NoteSent();
    }
    if (!fresh)
    {
        m_windowUse.NoteResent(Simulator::Now());
        return;
    }
    if (const auto window = m_windowUse.NoteSent(GetWindowUse()))
    {
        Shrink(*this, *window);
    }
    if (owns && !IsOpening() && !ScheduleProbe(GetTimeLeft()) && (idle || m_timer == Timer::PROBE))
    {
        RestartTimeout();
    }
}

TcpWindowUse::Known
TcpRecoverySender::GetWindowUse() const
{
    const uint32_t segment = m_tcb->m_segmentSize;
    TcpWindowUse::Known known;
    known.now = Simulator::Now();
    known.una = m_txBuffer->HeadSequence();
    known.next = GetNext();
    known.outstanding =
        OwnsRecovery() ? m_flight.GetSize() : (UnAckDataCount() + segment - 1) / segment;
    known.inFlight =
        OwnsRecovery() ? m_flight.GetInFlight() : (BytesInFlight() + segment - 1) / segment;
    known.congestionWindow = GetCongestionWindow();
    known.initialWindow = GetInitialCwnd();
    known.slowStart = known.congestionWindow < GetThreshold();
    known.open = m_tcb->m_congState == TcpSocketState::CA_OPEN;
    if (m_idleRestart)
    {
        known.timeout = m_rto.Get();
    }
    return known;
}

uint32_t
TcpRecoverySender::AvailableWindow() const
{
    if (!OwnsRecovery())
    {
        return TcpLongLivedSocket::AvailableWindow();
    }
    // Of new data alone: what is sent again does not go through SendPendingData()
    const SequenceNumber32 highest = m_tcb->m_highTxMark;
    const int32_t room =
        std::max(m_highRxAckMark.Get(), m_txBuffer->HeadSequence()) + m_rWnd.Get() - highest;
    const uint32_t window = GetCongestionWindow();
    const uint32_t inFlight = m_flight.GetInFlight();
    if (!HasEndPoint() || room <= 0 || window <= inFlight ||
        m_txBuffer->SizeFromSequence(highest) == 0)
    {
        return 0;
    }
    return std::min((window - inFlight) * m_tcb->m_segmentSize, static_cast<uint32_t>(room));
}

uint32_t
TcpRecoverySender::BytesInFlight() const
{
    if (!OwnsRecovery())
    {
        return TcpLongLivedSocket::BytesInFlight();
    }
    const uint32_t outstanding = m_tcb->m_highTxMark.Get() - m_txBuffer->HeadSequence();
    m_tcb->m_bytesInFlight = std::min(m_flight.GetInFlight() * m_tcb->m_segmentSize, outstanding);
    return m_tcb->m_bytesInFlight;
}

bool
TcpRecoverySender::OwnsRecovery() const
{
    return m_recovers && m_sackEnabled && !m_congestionControl->HasCongControl();
}

SequenceNumber32
TcpRecoverySender::GetNext() const
{
    return std::max(m_tcb->m_highTxMark.Get() + (IsFinOutstanding() ? 1 : 0),
                    m_txBuffer->HeadSequence());
}

void
TcpRecoverySender::SendInAnswer(TcpRecovery::Send send)
{
    if (send == TcpRecovery::Send::NEW)
    {
        const SequenceNumber32 highest = m_tcb->m_highTxMark;
        SendPendingData(m_connected);
        if (m_tcb->m_highTxMark.Get() > highest)
        {
            return;
        }
        m_lossRecovery.EndDoubt();
    }
    if (send != TcpRecovery::Send::AS_EVER)
    {
        SendLost();
    }
}

void
TcpRecoverySender::NoteRefused()
{
    if (OwnsRecovery())
    {
        m_lossRecovery.OnRefused(GetNext());
    }
}

void
TcpRecoverySender::SendLost()
{
    bool first = false;
    const SequenceNumber32 edge = m_highRxAckMark.Get() + m_rWnd.Get();
    while (HasEndPoint() && GetCongestionWindow() > m_flight.GetInFlight())
    {
        const auto lost = m_flight.GetNextLost();
        if (!lost || (lost->start >= edge && lost->start != m_txBuffer->HeadSequence()))
        {
            break;
        }
        first = first || lost->start == m_flight.GetFirst().start;
        m_lossRecovery.NoteResent(TcpOptionTS::NowToTsValue());
        SendAgain(*lost);
    }
    const bool waits = m_timer == Timer::REORDERING && !m_retxEvent.IsExpired();
    if (first && !waits && HasEndPoint())
    {
        StartTimer(Timer::RETRANSMISSION, m_rto);
    }
}

void
TcpRecoverySender::SendAgain(const TcpFlight::Range& range)
{
    NS_LOG_FUNCTION(this << range.start << range.end);
    const SequenceNumber32 start = std::max(range.start, m_txBuffer->HeadSequence());
    if (start < m_txBuffer->TailSequence())
    {
        SendDataPacket(start, range.end - start, true);
    }
    else
    {
        SendEmptyPacket(TcpHeader::FIN);
    }
}

// The timer

Time
TcpRecoverySender::OnWheel(Time wait) const
{
    if (!m_wheel)
    {
        m_wheel = TcpTimerWheel::Get(m_node);
    }
    return m_wheel->GetDelay(Simulator::Now(), wait);
}

void
TcpRecoverySender::StartTimer(Timer timer, Time wait)
{
    const Time delay = OnWheel(wait);
    const Time expiry = Simulator::Now() + delay;
    if (timer == m_timer && expiry == m_timerExpiry && !m_retxEvent.IsExpired())
    {
        return;
    }
    m_retxEvent.Cancel();
    m_timer = timer;
    m_timerExpiry = expiry;
    switch (timer)
    {
    case Timer::RETRANSMISSION:
        m_retxEvent = Simulator::Schedule(delay, &TcpRecoverySender::ReTxTimeout, this);
        break;
    case Timer::REORDERING:
        m_retxEvent = Simulator::Schedule(delay, &TcpRecoverySender::ReorderingTimeout, this);
        break;
    case Timer::PROBE:
        m_retxEvent = Simulator::Schedule(delay, &TcpRecoverySender::Probe, this);
        break;
    }
}

void
TcpRecoverySender::StartRetransmissionTimer(Time timeout)
{
    StartTimer(Timer::RETRANSMISSION, timeout);
}

Time
TcpRecoverySender::GetTimeLeft() const
{
    return Max(m_flight.GetHeadSent() + m_rto.Get() - Simulator::Now(), MicroSeconds(1));
}

void
TcpRecoverySender::RestartTimeout()
{
    if (m_flight.IsEmpty())
    {
        m_retxEvent.Cancel();
        return;
    }
    const bool running = !m_retxEvent.IsExpired();
    const bool other = running && m_timer != Timer::RETRANSMISSION;
    StartTimer(Timer::RETRANSMISSION, other ? GetTimeLeft() : m_rto.Get());
}

bool
TcpRecoverySender::ScheduleProbe(Time timeout)
{
    const TcpRecovery::State state = m_lossRecovery.GetState();
    if (IsOpening() || m_flight.IsEmpty() ||
        (state != TcpRecovery::State::OPEN && state != TcpRecovery::State::CWR))
    {
        return false;
    }
    Time wait = UNKNOWN_PROBE_WAIT;
    if (m_rtt->GetNSamples() > 0)
    {
        wait = 2 * m_rtt->GetEstimate() + (m_flight.GetSize() == 1 ? LONE_SEGMENT_SLACK : SLACK);
    }
    StartTimer(Timer::PROBE, Min(wait, timeout));
    return true;
}

void
TcpRecoverySender::WaitForReordering(Time wait)
{
    StartTimer(Timer::REORDERING, Min(wait + SLACK, m_rto));
}

void
TcpRecoverySender::ReorderingTimeout()
{
    NS_LOG_FUNCTION(this);
    if (m_flight.IsEmpty() || !HasEndPoint())
    {
        return;
    }
    Ptr<TcpRecoverySender> self(this);
    SendInAnswer(m_lossRecovery.OnReorderingTimeout(Simulator::Now(), GetNext()).send);
    if (HasEndPoint() && m_retxEvent.IsExpired())
    {
        StartTimer(Timer::RETRANSMISSION, GetTimeLeft());
    }
}

void
TcpRecoverySender::Probe()
{
    NS_LOG_FUNCTION(this);
    if (m_flight.IsEmpty() || !HasEndPoint())
    {
        return;
    }
    Ptr<TcpRecoverySender> self(this);
    if (m_lossRecovery.IsProbing())
    {
        StartTimer(Timer::RETRANSMISSION, GetTimeLeft()); // one at a time
        return;
    }
    const SequenceNumber32 highest = m_tcb->m_highTxMark;
    const int32_t room = m_highRxAckMark.Get() + m_rWnd.Get() - highest;
    const uint32_t size = std::min(m_tcb->m_segmentSize, m_txBuffer->SizeFromSequence(highest));
    const bool fresh = size > 0 && room >= static_cast<int32_t>(size);
    if (fresh)
    {
        SendDataPacket(highest, size, true);
        m_tcb->m_nextTxSequence = m_tcb->m_highTxMark.Get();
    }
    else
    {
        SendAgain(m_flight.GetLast());
    }
    if (HasEndPoint())
    {
        m_lossRecovery.NoteProbe(GetNext(), !fresh);
        StartTimer(Timer::RETRANSMISSION, m_rto); // it counts from the probe
    }
}

void
TcpRecoverySender::ProcessTimeout()
{
    if (!OwnsRecovery())
    {
        TcpLongLivedSocket::ProcessTimeout();
        return;
    }
    NS_LOG_FUNCTION(this);
    if (m_state == CLOSED || m_state == TIME_WAIT || !HasEndPoint())
    {
        return;
    }
    if (m_flight.IsEmpty())
    {
        SendPendingData(m_connected);
        return;
    }
    m_dataRetrCount--;
    m_lossRecovery.OnTimeout(Simulator::Now(), m_txBuffer->HeadSequence(), GetNext(), m_fRto);
    m_rto = Min(2 * m_rto.Get(), MAX_RTO);
    m_pacingTimer.Cancel();
    TcpFlight::Range first = m_flight.GetFirst();
    if (m_txBuffer->HeadSequence() < first.start)
    {
        first = {m_txBuffer->HeadSequence(), first.start}; // a probe of a shut window was
    }
    m_lossRecovery.NoteResent(TcpOptionTS::NowToTsValue());
    SendAgain(first);
    if (HasEndPoint())
    {
        StartTimer(Timer::RETRANSMISSION, m_rto);
    }
}

// The windows

uint32_t
TcpRecoverySender::GetCongestionWindow() const
{
    return m_tcb->m_cWnd.Get() / m_tcb->m_segmentSize;
}

void
TcpRecoverySender::SetCongestionWindow(uint32_t segments)
{
    m_tcb->m_cWnd = segments * m_tcb->m_segmentSize;
    m_tcb->m_cWndInfl = m_tcb->m_cWnd;
    m_windowUse.NoteTrue(Simulator::Now());
}

uint32_t
TcpRecoverySender::GetThreshold() const
{
    return m_tcb->m_ssThresh.Get() / m_tcb->m_segmentSize;
}

void
TcpRecoverySender::SetThreshold(uint32_t segments)
{
    m_tcb->m_ssThresh = segments * m_tcb->m_segmentSize;
}

uint32_t
TcpRecoverySender::GetReducedWindow()
{
    return m_congestionControl->GetSsThresh(m_tcb, BytesInFlight()) / m_tcb->m_segmentSize;
}

void
TcpRecoverySender::OnState(TcpRecovery::State state)
{
    const auto before = m_tcb->m_congState.Get();
    const auto after = static_cast<TcpSocketState::TcpCongState_t>(state);
    if (after == TcpSocketState::CA_LOSS)
    {
        m_congestionControl->CwndEvent(m_tcb, TcpSocketState::CA_EVENT_LOSS);
    }
    else if (before == TcpSocketState::CA_CWR || before == TcpSocketState::CA_RECOVERY)
    {
        m_congestionControl->CwndEvent(m_tcb, TcpSocketState::CA_EVENT_COMPLETE_CWR);
    }
    m_congestionControl->CongestionStateSet(m_tcb, after);
    m_tcb->m_congState = after;
}

} // namespace ns3
