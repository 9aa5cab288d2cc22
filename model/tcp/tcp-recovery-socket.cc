/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-recovery-socket.h"

#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/rtt-estimator.h"
#include "ns3/simulator.h"
#include "ns3/tcp-congestion-ops.h"
#include "ns3/tcp-option-sack.h"
#include "ns3/tcp-option-ts.h"
#include "ns3/tcp-tx-buffer.h"

#include <algorithm>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("TcpRecoverySocket");

NS_OBJECT_ENSURE_REGISTERED(TcpRecoverySocket);

TypeId
TcpRecoverySocket::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::TcpRecoverySocket")
            .SetParent<TcpLongLivedSocket>()
            .SetGroupName("TcpFastOpen")
            .AddAttribute("Recovery",
                          "Find and repair losses as Linux does: RACK, the loss probe, "
                          "proportional rate reduction, undo; SACK of a FIN. Needs SACK.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&TcpRecoverySocket::m_recovers),
                          MakeBooleanChecker())
            .AddAttribute("FRto",
                          "Doubt a timeout: answer the first ACK after it by new data (F-RTO, "
                          "RFC 5682). Needs Recovery.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&TcpRecoverySocket::m_fRto),
                          MakeBooleanChecker())
            .AddAttribute("IdleRestart",
                          "Start the congestion window anew after a pause of more than the "
                          "retransmission timeout (RFC 5681, section 4.1; Linux's "
                          "tcp_slow_start_after_idle).",
                          BooleanValue(false),
                          MakeBooleanAccessor(&TcpRecoverySocket::m_idleRestart),
                          MakeBooleanChecker());
    return tid;
}

void
TcpRecoverySocket::Forget()
{
    TcpRecoverySender::Forget();
    m_peerWindow = 0;
}

void
TcpRecoverySocket::TakeAck(Ptr<Packet> packet, const TcpHeader& header)
{
    if (!OwnsRecovery())
    {
        TcpRecoverySender::TakeAck(packet, header);
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
            WaitForReordering(*answer.wait);
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
TcpRecoverySocket::GetBlocks(const TcpHeader& header) const
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
TcpRecoverySocket::MeasureRtt(const TcpRecovery::Ack& ack)
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
TcpRecoverySocket::EstimateRtt(const TcpHeader& header)
{
    if (OwnsRecovery() && m_history.empty())
    {
        return; // TakeAck() does
    }
    const uint32_t samples = m_rtt->GetNSamples();
    TcpRecoverySender::EstimateRtt(header);
    if (m_rtt->GetNSamples() > samples)
    {
        m_flight.NoteRtt(m_rtt->GetEstimate());
    }
}

void
TcpRecoverySocket::UpdateRttHistory(const SequenceNumber32& seq, uint32_t size, bool again)
{
    if (size == 0 || !OwnsRecovery())
    {
        TcpRecoverySender::UpdateRttHistory(seq, size, again); // of a SYN
    }
}

bool
TcpRecoverySocket::ReceivedEcn(const TcpHeader& header, bool advances)
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

} // namespace ns3
