/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-recovery.h"

#include <algorithm>

namespace ns3
{

namespace
{

/// How many segments delivered behind a hole make a loss plain (tcp_reordering).
constexpr uint32_t REORDERING = 3;

/**
 * @param state the congestion state
 * @param flight what is under way
 * @return whether it is plain that segments are lost, and not merely overtaken
 */
bool
IsCertain(TcpRecovery::State state, const TcpFlight& flight)
{
    return state >= TcpRecovery::State::RECOVERY || flight.GetSacked() >= REORDERING;
}

} // namespace

TcpRecovery::TcpRecovery(TcpFlight& flight, Windows& windows)
    : m_flight(flight),
      m_windows(windows)
{
}

TcpRecovery::State
TcpRecovery::GetState() const
{
    return m_state;
}

bool
TcpRecovery::IsReducing() const
{
    return m_state == State::CWR || m_state == State::RECOVERY;
}

SequenceNumber32
TcpRecovery::GetBoundary() const
{
    return m_boundary;
}

void
TcpRecovery::SetState(State state)
{
    if (state != m_state)
    {
        m_state = state;
        m_windows.OnState(state);
    }
}

// An ACK

TcpRecovery::Answer
TcpRecovery::OnAck(Time now, const Ack& ack)
{
    Answer answer;
    answer.restartsTimer = ack.delivery.restartsTimer;
    if (ack.number > ack.before)
    {
        m_timeouts = 0;
    }
    ProcessProbe(ack);
    if (!ack.outstanding)
    {
        return answer;
    }
    const bool duplicate = ack.pure && ack.delivery.acknowledged == 0;
    if (duplicate || ack.delivery.sacked || ack.congestion || m_state != State::OPEN)
    {
        Alert(now, ack, answer);
    }
    return answer;
}

void
TcpRecovery::Alert(Time now, const Ack& ack, Answer& answer)
{
    const bool advances = ack.number > ack.before;
    if (ack.congestion && m_undo)
    {
        m_undo->threshold = 0;
    }
    // What ends a state
    if (m_state == State::OPEN)
    {
        m_firstResent.reset();
    }
    else if (ack.number >= m_boundary && m_state == State::CWR && ack.number != m_boundary)
    {
        EndReduction();
        SetState(State::OPEN);
    }
    else if (ack.number >= m_boundary && m_state == State::RECOVERY)
    {
        if (IsSpurious(ack))
        {
            UndoReduction(false);
        }
        EndReduction();
        SetState(State::OPEN);
    }
    // What goes on in it
    switch (m_state)
    {
    case State::RECOVERY:
        if (advances && IsSpurious(ack))
        {
            // What was thought lost was late (tcp_try_undo_partial)
            m_flight.NoteReordering();
            if (m_flight.GetResent() > 0)
            {
                return;
            }
            UndoReduction(true);
            KeepOpen(ack.next);
        }
        Detect(now, answer);
        if (m_state != State::RECOVERY)
        {
            if (m_flight.GetLost() == 0)
            {
                return;
            }
            EnterRecovery(ack.congestion, ack);
        }
        break;
    case State::LOSS: {
        ProcessLoss(ack, answer);
        const bool lostAgain = Detect(now, answer);
        if (m_state != State::OPEN && !lostAgain)
        {
            return;
        }
        if (m_flight.GetLost() == 0)
        {
            TryOpen(ack);
            return;
        }
        EnterRecovery(ack.congestion, ack);
        break;
    }
    default:
        Detect(now, answer);
        if (m_flight.GetLost() == 0)
        {
            TryOpen(ack);
            return;
        }
        EnterRecovery(ack.congestion, ack);
        break;
    }
    answer.send = Send::LOST;
}

void
TcpRecovery::ProcessLoss(const Ack& ack, Answer& answer)
{
    const bool advances = ack.number > ack.before;
    const bool recovered = ack.number >= m_boundary;
    if (advances && IsSpurious(ack))
    {
        UndoReduction(true);
        SetState(State::OPEN);
        return;
    }
    if (m_doubted)
    {
        if (ack.delivery.original)
        {
            // Something arrived that was not sent again (RFC 5682, section 3.1, step 3b)
            UndoReduction(true);
            SetState(State::OPEN);
            return;
        }
        if (ack.next > m_boundary)
        {
            m_doubted = !ack.delivery.sacked && (advances || !ack.pure); // step 3a
        }
        else if (advances && !recovered)
        {
            m_boundary = ack.next;
            if (ack.moreData)
            {
                answer.send = Send::NEW; // step 2b
                return;
            }
            m_doubted = false;
        }
    }
    if (recovered)
    {
        if (IsSpurious(ack))
        {
            UndoReduction(false);
        }
        m_undo.reset();
        SetState(State::OPEN);
        return;
    }
    answer.send = Send::LOST;
}

bool
TcpRecovery::Detect(Time now, Answer& answer)
{
    if (!m_flight.HasAdvanced() || m_flight.IsEmpty())
    {
        return false;
    }
    const uint32_t resent = m_flight.GetResent();
    const auto wait = m_flight.DetectLoss(now, IsCertain(m_state, m_flight));
    if (wait)
    {
        answer.wait = wait;
        answer.restartsTimer = false;
    }
    return m_flight.GetResent() < resent;
}

void
TcpRecovery::TryOpen(const Ack& ack)
{
    if (!m_flight.HasResent())
    {
        m_firstResent.reset();
    }
    if (ack.congestion && m_state != State::CWR)
    {
        m_undo.reset();
        BeginReduction(ack.next);
        SetState(State::CWR);
    }
    if (m_state != State::CWR)
    {
        KeepOpen(ack.next);
    }
}

void
TcpRecovery::KeepOpen(SequenceNumber32 next)
{
    const bool disorder = m_flight.GetSacked() + m_flight.GetLost() > 0 || m_flight.HasResent();
    const State state = disorder ? State::DISORDER : State::OPEN;
    if (state != m_state)
    {
        SetState(state);
        m_boundary = next;
    }
}

// The window

void
TcpRecovery::EnterRecovery(bool congestion, const Ack& ack)
{
    if (!m_flight.HasResent())
    {
        m_firstResent.reset(); // that of an earlier recovery proves nothing in this one
    }
    const Undo undo{m_windows.GetCongestionWindow(), congestion ? 0 : GetPresentThreshold()};
    if (!IsReducing())
    {
        BeginReduction(ack.next);
        m_undo = undo;
    }
    else
    {
        m_undo = Undo{m_priorWindow, 0};
    }
    SetState(State::RECOVERY);
}

void
TcpRecovery::BeginReduction(SequenceNumber32 next)
{
    m_boundary = next;
    m_probe.reset();
    m_priorWindow = m_windows.GetCongestionWindow();
    m_delivered = 0;
    m_sent = 0;
    m_windows.SetThreshold(m_windows.GetReducedWindow());
}

bool
TcpRecovery::Reduce(uint32_t delivered, bool advances)
{
    const bool lost = m_flight.GetTotalLost() > m_lostBefore;
    m_lostBefore = m_flight.GetTotalLost();
    if (!IsReducing())
    {
        return false;
    }
    if (delivered == 0 || m_priorWindow == 0)
    {
        return true;
    }
    const auto inFlight = static_cast<int64_t>(m_flight.GetInFlight());
    const int64_t target = m_windows.GetThreshold();
    m_delivered += delivered;
    int64_t quota;
    if (inFlight > target)
    {
        // In proportion to what is delivered
        quota = (target * m_delivered + m_priorWindow - 1) / m_priorWindow - m_sent;
    }
    else
    {
        // Back to the target, as fast as in slow start where nothing more is lost
        quota = std::max<int64_t>(int64_t{m_delivered} - m_sent, delivered);
        quota = std::min(target - inFlight, quota + (advances && !lost ? 1 : 0));
    }
    // At least one, the first one that is sent again
    quota = std::max<int64_t>(quota, m_sent > 0 ? 0 : 1);
    m_windows.SetCongestionWindow(static_cast<uint32_t>(inFlight + quota));
    return true;
}

void
TcpRecovery::EndReduction()
{
    if (m_state == State::CWR || m_undo)
    {
        m_windows.SetCongestionWindow(m_windows.GetThreshold());
    }
    m_undo.reset();
}

uint32_t
TcpRecovery::GetPresentThreshold() const
{
    const uint32_t window = m_windows.GetCongestionWindow();
    return IsReducing() ? m_windows.GetThreshold()
                        : std::max(m_windows.GetThreshold(), window / 2 + window / 4);
}

bool
TcpRecovery::IsSpurious(const Ack& ack) const
{
    if (!m_undo)
    {
        return false;
    }
    // Where nothing was sent again it was late, not lost (tcp_packet_delayed)
    return !m_firstResent ||
           (ack.echo && *ack.echo != 0 && static_cast<int32_t>(*ack.echo - *m_firstResent) < 0);
}

void
TcpRecovery::UndoReduction(bool unmark)
{
    if (unmark)
    {
        m_flight.UnmarkLost();
    }
    if (m_undo && m_undo->threshold > 0)
    {
        m_windows.SetCongestionWindow(std::max(m_windows.GetCongestionWindow(), m_undo->window));
        m_windows.SetThreshold(std::max(m_windows.GetThreshold(), m_undo->threshold));
    }
    m_undo.reset();
    m_firstResent.reset();
    m_flight.Reexamine();
}

// Timers

TcpRecovery::Answer
TcpRecovery::OnReorderingTimeout(Time now, SequenceNumber32 next)
{
    Answer answer;
    const uint32_t before = m_flight.GetInFlight();
    m_flight.DetectLoss(now, IsCertain(m_state, m_flight));
    if (m_flight.GetInFlight() != before)
    {
        if (m_state != State::RECOVERY)
        {
            Ack ack;
            ack.next = next;
            EnterRecovery(false, ack);
            Reduce(1, false);
        }
        answer.send = Send::LOST;
    }
    return answer;
}

void
TcpRecovery::OnTimeout(Time now, SequenceNumber32 una, SequenceNumber32 next, bool doubts)
{
    const bool first = m_state < State::RECOVERY;
    const bool again = m_timeouts > 0;
    m_timeouts++;
    m_flight.MarkTimedOut(now);
    if (m_state <= State::DISORDER || m_boundary <= una || (m_state == State::LOSS && !again))
    {
        m_undo = Undo{m_windows.GetCongestionWindow(), GetPresentThreshold()};
        m_priorWindow = m_undo->window;
        m_windows.SetThreshold(m_windows.GetReducedWindow());
    }
    m_windows.SetCongestionWindow(m_flight.GetInFlight() + 1);
    SetState(State::LOSS);
    m_boundary = next;
    m_probe.reset();
    m_doubted = doubts && (first || again);
}

void
TcpRecovery::OnRefused(SequenceNumber32 next)
{
    m_boundary = next;
    m_undo.reset();
    SetState(State::LOSS);
}

void
TcpRecovery::EndDoubt()
{
    m_doubted = false;
}

void
TcpRecovery::NoteResent(uint32_t timestamp)
{
    m_firstResent = m_firstResent.value_or(timestamp);
}

void
TcpRecovery::NoteSent()
{
    if (IsReducing())
    {
        m_sent++;
    }
}

// The loss probe

void
TcpRecovery::NoteProbe(SequenceNumber32 next, bool again)
{
    m_probe = Probe{next, again};
}

bool
TcpRecovery::IsProbing() const
{
    return m_probe.has_value();
}

void
TcpRecovery::ProcessProbe(const Ack& ack)
{
    if (!m_probe || ack.number < m_probe->boundary)
    {
        return;
    }
    const bool advances = ack.number > ack.before;
    if (!m_probe->again)
    {
        m_probe.reset(); // new data, and it is acknowledged
    }
    else if (ack.number > m_probe->boundary)
    {
        // Behind the probe something was acknowledged, and nobody has told that the probe
        // came twice: it has repaired a loss.
        m_probe.reset();
        BeginReduction(ack.next);
        SetState(State::CWR);
        EndReduction();
        KeepOpen(ack.next);
    }
    else if (!advances && ack.pure && !ack.delivery.sacked)
    {
        m_probe.reset(); // both the segment and the probe have come
    }
}

void
TcpRecovery::Reset()
{
    m_state = State::OPEN;
    m_boundary = SequenceNumber32(0);
    m_undo.reset();
    m_priorWindow = 0;
    m_delivered = 0;
    m_sent = 0;
    m_lostBefore = 0;
    m_firstResent.reset();
    m_probe.reset();
    m_doubted = false;
    m_timeouts = 0;
}

} // namespace ns3
