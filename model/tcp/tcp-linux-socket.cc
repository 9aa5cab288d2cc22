/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-linux-socket.h"

#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/rtt-estimator.h"
#include "ns3/simulator.h"
#include "ns3/tcp-congestion-ops.h"
#include "ns3/tcp-option-sack.h"
#include "ns3/tcp-option-ts.h"
#include "ns3/tcp-rx-buffer.h"
#include "ns3/tcp-tx-buffer.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("TcpLinuxSocket");

NS_OBJECT_ENSURE_REGISTERED(TcpLinuxSocket);

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

} // namespace

TypeId
TcpLinuxSocket::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::TcpLinuxSocket")
            .SetParent<TcpLongLivedSocket>()
            .SetGroupName("TcpFastOpen")
            .AddConstructor<TcpLinuxSocket>()
            .AddAttribute("QuickAcks",
                          "How many of the first segments that arrive in order are acknowledged "
                          "at once (Linux: 16); after them, and in a dialogue, DelAckCount holds.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&TcpLinuxSocket::m_quickAcks),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("TailRecovery",
                          "Find and repair losses as Linux does: RACK, the loss probe, "
                          "proportional rate reduction, undo; SACK of a FIN. Needs SACK.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&TcpLinuxSocket::m_tailRecovery),
                          MakeBooleanChecker())
            .AddAttribute("FRto",
                          "Doubt a timeout: answer the first ACK after it by new data (F-RTO, "
                          "RFC 5682). Needs TailRecovery.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&TcpLinuxSocket::m_fRto),
                          MakeBooleanChecker())
            .AddAttribute("IdleRestart",
                          "Start the congestion window anew after a pause of more than the "
                          "retransmission timeout (RFC 5681, section 4.1; Linux's "
                          "tcp_slow_start_after_idle).",
                          BooleanValue(false),
                          MakeBooleanAccessor(&TcpLinuxSocket::m_idleRestart),
                          MakeBooleanChecker());
    return tid;
}

TcpLinuxSocket::TcpLinuxSocket()
    : m_lossRecovery(m_flight, *this)
{
}

TcpLinuxSocket::TcpLinuxSocket(const TcpLinuxSocket& socket)
    : compat::WithTypeId<TcpLinuxSocket, TcpLongLivedSocket>(socket),
      m_quickAcks(socket.m_quickAcks),
      m_tailRecovery(socket.m_tailRecovery),
      m_fRto(socket.m_fRto),
      m_idleRestart(socket.m_idleRestart),
      m_lossRecovery(m_flight, *this),
      m_wheel(socket.m_wheel)
{
}

Ptr<TcpSocketBase>
TcpLinuxSocket::Fork()
{
    return CopyObject<TcpLinuxSocket>(this);
}

void
TcpLinuxSocket::Forget()
{
    TcpLongLivedSocket::Forget();
    m_flight.Reset();
    m_lossRecovery.Reset();
    m_windowUse.Reset();
    m_ackPolicy.Reset();
    m_peerWindow = 0;
    m_congestionControl->Init(m_tcb);
}

// The receiver's side

void
TcpLinuxSocket::ProcessOpen(Ptr<Packet> packet,
                            const TcpSegmentView& segment,
                            const Address& fromAddress,
                            const Address& toAddress)
{
    const bool earlyFin = OwnsRecovery() && m_connected && segment.HasAny(TcpHeader::FIN) &&
                          segment.GetPayloadSize() == 0 &&
                          segment.GetSequenceNumber() > m_tcb->m_rxBuffer->NextRxSequence();
    TcpLongLivedSocket::ProcessOpen(packet, segment, fromAddress, toAddress);
    if (earlyFin && HasEndPoint())
    {
        AckEarlyFin(segment.GetSequenceNumber());
    }
}

void
TcpLinuxSocket::ReceivedData(Ptr<Packet> packet, const TcpHeader& header)
{
    const bool inOrder = header.GetSequenceNumber() == m_tcb->m_rxBuffer->NextRxSequence();
    if (m_ackPolicy.NoteData(Simulator::Now(), inOrder, m_quickAcks))
    {
        ForceAck();
    }
    const bool putOff = m_delAckEvent.IsExpired();
    TcpLongLivedSocket::ReceivedData(packet, header);
    const Time delay = OnWheel(m_delAckTimeout);
    if (putOff && !m_delAckEvent.IsExpired() && delay != m_delAckTimeout)
    {
        m_delAckEvent.Cancel();
        m_delAckEvent = Simulator::Schedule(delay, &TcpLinuxSocket::DelAckTimeout, this);
    }
}

void
TcpLinuxSocket::ForceAck()
{
    m_delAckCount = m_delAckMaxCount; // the base's way to tell that an ACK is due
}

void
TcpLinuxSocket::PutAckOff()
{
    m_ackPolicy.NotePutOff(Simulator::Now());
}

void
TcpLinuxSocket::AckEarlyFin(SequenceNumber32 fin)
{
    NS_LOG_FUNCTION(this << fin);
    TcpHeader header;
    header.SetFlags(TcpHeader::ACK);
    header.SetSequenceNumber(m_tcb->m_nextTxSequence);
    header.SetAckNumber(m_tcb->m_rxBuffer->NextRxSequence());
    header.SetWindowSize(AdvertisedWindowSize());
    AddOptions(header);

    TcpOptionSack::SackBlock first(fin, fin + 1);
    Ptr<TcpOptionSack> option = CreateObject<TcpOptionSack>();
    auto blocks = m_tcb->m_rxBuffer->GetSackList();
    blocks.remove_if([&first](const TcpOptionSack::SackBlock& block) {
        const bool touches = block.second == first.first;
        first.first = touches ? block.first : first.first;
        return touches;
    });
    option->AddSackBlock(first);
    for (const auto& block : blocks)
    {
        if (header.GetOptionLength() + option->GetSerializedSize() + 8 <=
            header.GetMaxOptionLength())
        {
            option->AddSackBlock(block);
        }
    }
    header.AppendOption(option);

    SendSegment(Create<Packet>(), header);
}

// The sender's side: what leaves

int
TcpLinuxSocket::Send(Ptr<Packet> packet, uint32_t flags)
{
    if (m_idleRestart && m_connected && m_txBuffer->Size() == 0)
    {
        if (const auto window = m_windowUse.Restart(GetWindowUse()))
        {
            const uint32_t present = GetCongestionWindow();
            m_congestionControl->CwndEvent(m_tcb, TcpSocketState::CA_EVENT_CWND_RESTART);
            SetThreshold(std::max(GetThreshold(), present / 2 + present / 4));
            SetCongestionWindow(*window);
        }
    }
    return TcpLongLivedSocket::Send(packet, flags);
}

uint32_t
TcpLinuxSocket::SendDataPacket(SequenceNumber32 seq, uint32_t maxSize, bool withAck)
{
    if (seq >= m_tcb->m_highTxMark.Get())
    {
        m_ackPolicy.NoteReply(Simulator::Now(), m_delAckTimeout);
    }
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
TcpLinuxSocket::OnFin(SequenceNumber32 fin)
{
    TcpLongLivedSocket::OnFin(fin);
    NoteSent({fin, fin + 1});
}

void
TcpLinuxSocket::NoteSent(const TcpFlight::Range& range)
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
        const uint32_t present = GetCongestionWindow();
        SetThreshold(std::max(GetThreshold(), present / 2 + present / 4));
        SetCongestionWindow(*window);
    }
    if (owns && !IsOpening() && !ScheduleProbe(GetTimeLeft()) && (idle || m_timer == Timer::PROBE))
    {
        RestartTimeout();
    }
}

TcpWindowUse::Known
TcpLinuxSocket::GetWindowUse() const
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
TcpLinuxSocket::AvailableWindow() const
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
TcpLinuxSocket::BytesInFlight() const
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
TcpLinuxSocket::OwnsRecovery() const
{
    return m_tailRecovery && m_sackEnabled && !m_congestionControl->HasCongControl();
}

SequenceNumber32
TcpLinuxSocket::GetNext() const
{
    return std::max(m_tcb->m_highTxMark.Get() + (IsFinOutstanding() ? 1 : 0),
                    m_txBuffer->HeadSequence());
}

// The sender's side: an ACK

void
TcpLinuxSocket::TakeAck(Ptr<Packet> packet, const TcpHeader& header)
{
    if (!OwnsRecovery())
    {
        TcpLongLivedSocket::TakeAck(packet, header);
        return;
    }
    // The order is that of Linux's tcp_ack
    const Time now = Simulator::Now();
    TcpRecovery::Ack ack;
    ack.before = m_txBuffer->HeadSequence();
    ack.number = header.GetAckNumber();
    ack.next = GetNext();
    const bool advances = ack.number > ack.before;
    if (ack.number < ack.before)
    {
        ReceivedData(packet, header);
        return;
    }
    ack.pure = packet->GetSize() == 0 && m_rWnd.Get() == m_peerWindow;
    m_peerWindow = m_rWnd.Get();
    if (m_timestampEnabled)
    {
        ack.echo = m_tcb->m_rcvTimestampEchoReply;
    }
    ack.outstanding = !m_flight.IsEmpty();
    ack.delivery = m_flight.NoteAck(now,
                                    ack.number,
                                    GetBlocks(header),
                                    m_lossRecovery.GetBoundary(),
                                    ack.echo);
    m_txBuffer->DiscardUpTo(ack.number);
    m_tcb->m_lastAckedSeq = ack.number;
    m_tcb->m_lastAckedSackedBytes = ack.delivery.segments * m_tcb->m_segmentSize;
    if (advances)
    {
        m_dataRetrCount = m_dataRetries;
        m_tcb->m_nextTxSequence = std::max(m_tcb->m_nextTxSequence.Get(), ack.number);
    }
    MeasureRtt(ack);
    ack.congestion = ReceivedEcn(header, advances);
    ack.moreData = m_txBuffer->SizeFromSequence(m_tcb->m_highTxMark) > 0 &&
                   m_highRxAckMark.Get() + m_rWnd.Get() > m_tcb->m_highTxMark.Get();

    const TcpRecovery::Answer answer = m_lossRecovery.OnAck(now, ack);
    if (ack.outstanding)
    {
        if (answer.wait)
        {
            StartTimer(Timer::REORDERING, Min(*answer.wait + SLACK, m_rto));
        }
        else if (answer.restartsTimer && !ScheduleProbe(m_rto))
        {
            RestartTimeout();
        }
        const uint32_t window = GetCongestionWindow();
        if (!m_lossRecovery.Reduce(ack.delivery.segments, advances) &&
            ack.delivery.acknowledged > 0)
        {
            m_windowUse.NoteTrue(now);
            if (m_windowUse.IsLimited(window, window < GetThreshold()))
            {
                m_congestionControl->IncreaseWindow(m_tcb, ack.delivery.segments);
                m_tcb->m_cWndInfl = m_tcb->m_cWnd;
            }
        }
    }
    UpdatePacingRate();
    BytesInFlight(); // for those that watch it
    SendInAnswer(answer.send);
    if (advances && GetTxAvailable() > 0)
    {
        NotifySend(GetTxAvailable());
    }
    if (!HasEndPoint())
    {
        return; // the application has torn the connection down in the callback
    }
    if (packet->GetSize() > 0)
    {
        ReceivedData(packet, header);
    }
    SendPendingData(m_connected);
}

std::vector<TcpFlight::Range>
TcpLinuxSocket::GetBlocks(const TcpHeader& header) const
{
    std::vector<TcpFlight::Range> blocks;
    if (!header.HasOption(TcpOption::SACK))
    {
        return blocks;
    }
    const auto option = DynamicCast<const TcpOptionSack>(header.GetOption(TcpOption::SACK));
    const SequenceNumber32 tail = m_txBuffer->TailSequence();
    const bool finWithData =
        !m_flight.IsEmpty() && m_flight.GetLast().start < tail && m_flight.GetLast().end > tail;
    for (const auto& [start, end] : option->GetSackList())
    {
        blocks.push_back({start, end == tail && finWithData ? end + 1 : end});
    }
    return blocks;
}

void
TcpLinuxSocket::MeasureRtt(const TcpRecovery::Ack& ack)
{
    // As tcp_ack_update_rtt: timestamps serve where segments were sent more than once
    std::optional<Time> sample = ack.delivery.rtt;
    std::optional<Time> last = ack.delivery.lastRtt;
    if (!sample && ack.delivery.acknowledged > 0 && ack.echo && *ack.echo != 0)
    {
        sample = Max(MilliSeconds(1), TcpOptionTS::ElapsedTimeFromTsValue(*ack.echo));
        last = sample;
        m_flight.NoteRtt(*sample);
    }
    if (sample)
    {
        m_rtt->Measurement(Max(*sample, MicroSeconds(1)));
        m_rto = GetEstimatedRto();
        compat::SetRtt(m_tcb, *sample, m_rtt->GetEstimate());
        m_tcb->m_minRtt = Min(m_tcb->m_minRtt, *sample);
    }
    if (last)
    {
        m_congestionControl->PktsAcked(m_tcb, ack.delivery.acknowledged, *last);
    }
}

void
TcpLinuxSocket::EstimateRtt(const TcpHeader& header)
{
    if (OwnsRecovery() && m_history.empty())
    {
        return; // TakeAck() does
    }
    const uint32_t samples = m_rtt->GetNSamples();
    TcpLongLivedSocket::EstimateRtt(header);
    if (m_rtt->GetNSamples() > samples)
    {
        m_flight.NoteRtt(m_rtt->GetEstimate());
    }
}

void
TcpLinuxSocket::UpdateRttHistory(const SequenceNumber32& seq, uint32_t size, bool again)
{
    if (size == 0 || !OwnsRecovery())
    {
        TcpLongLivedSocket::UpdateRttHistory(seq, size, again); // of a SYN
    }
}

bool
TcpLinuxSocket::ReceivedEcn(const TcpHeader& header, bool advances)
{
    const bool echo = header.GetFlags() & TcpHeader::ECE;
    if (advances && echo && m_tcb->m_ecnState != TcpSocketState::ECN_DISABLED)
    {
        if (m_ecnEchoSeq.Get() >= header.GetAckNumber())
        {
            return false;
        }
        m_ecnEchoSeq = header.GetAckNumber();
        m_tcb->m_ecnState = TcpSocketState::ECN_ECE_RCVD;
        return true;
    }
    if (!echo && m_tcb->m_ecnState == TcpSocketState::ECN_ECE_RCVD)
    {
        m_tcb->m_ecnState = TcpSocketState::ECN_IDLE;
    }
    return false;
}

void
TcpLinuxSocket::SendInAnswer(TcpRecovery::Send send)
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
TcpLinuxSocket::SendLost()
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
TcpLinuxSocket::SendAgain(const TcpFlight::Range& range)
{
    NS_LOG_FUNCTION(this << range.start << range.end);
    const SequenceNumber32 start = std::max(range.start, m_txBuffer->HeadSequence());
    if (start < m_txBuffer->TailSequence())
    {
        SendDataPacket(start, range.end - start, true);
        m_tcb->m_nextTxSequence = m_tcb->m_highTxMark.Get();
    }
    else
    {
        SendEmptyPacket(TcpHeader::FIN);
    }
}

// The sender's side: the timer

Time
TcpLinuxSocket::OnWheel(Time wait) const
{
    if (!m_wheel)
    {
        m_wheel = TcpTimerWheel::Get(m_node);
    }
    return m_wheel->GetDelay(Simulator::Now(), wait);
}

void
TcpLinuxSocket::StartTimer(Timer timer, Time wait)
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
        m_retxEvent = Simulator::Schedule(delay, &TcpLinuxSocket::ReTxTimeout, this);
        break;
    case Timer::REORDERING:
        m_retxEvent = Simulator::Schedule(delay, &TcpLinuxSocket::ReorderingTimeout, this);
        break;
    case Timer::PROBE:
        m_retxEvent = Simulator::Schedule(delay, &TcpLinuxSocket::Probe, this);
        break;
    }
}

void
TcpLinuxSocket::StartRetransmissionTimer(Time timeout)
{
    StartTimer(Timer::RETRANSMISSION, timeout);
}

Time
TcpLinuxSocket::GetTimeLeft() const
{
    return Max(m_flight.GetHeadSent() + m_rto.Get() - Simulator::Now(), MicroSeconds(1));
}

void
TcpLinuxSocket::RestartTimeout()
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
TcpLinuxSocket::ScheduleProbe(Time timeout)
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
TcpLinuxSocket::ReorderingTimeout()
{
    NS_LOG_FUNCTION(this);
    if (m_flight.IsEmpty() || !HasEndPoint())
    {
        return;
    }
    Ptr<TcpLinuxSocket> self(this);
    SendInAnswer(m_lossRecovery.OnReorderingTimeout(Simulator::Now(), GetNext()).send);
    if (HasEndPoint() && m_retxEvent.IsExpired())
    {
        StartTimer(Timer::RETRANSMISSION, GetTimeLeft());
    }
}

void
TcpLinuxSocket::Probe()
{
    NS_LOG_FUNCTION(this);
    if (m_flight.IsEmpty() || !HasEndPoint())
    {
        return;
    }
    Ptr<TcpLinuxSocket> self(this);
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
TcpLinuxSocket::ProcessTimeout()
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
TcpLinuxSocket::GetCongestionWindow() const
{
    return m_tcb->m_cWnd.Get() / m_tcb->m_segmentSize;
}

void
TcpLinuxSocket::SetCongestionWindow(uint32_t segments)
{
    m_tcb->m_cWnd = segments * m_tcb->m_segmentSize;
    m_tcb->m_cWndInfl = m_tcb->m_cWnd;
    m_windowUse.NoteTrue(Simulator::Now());
}

uint32_t
TcpLinuxSocket::GetThreshold() const
{
    return m_tcb->m_ssThresh.Get() / m_tcb->m_segmentSize;
}

void
TcpLinuxSocket::SetThreshold(uint32_t segments)
{
    m_tcb->m_ssThresh = segments * m_tcb->m_segmentSize;
}

uint32_t
TcpLinuxSocket::GetReducedWindow()
{
    return m_congestionControl->GetSsThresh(m_tcb, BytesInFlight()) / m_tcb->m_segmentSize;
}

void
TcpLinuxSocket::OnState(TcpRecovery::State state)
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
