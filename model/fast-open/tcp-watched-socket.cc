/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-watched-socket.h"

#include "ns3/tcp-rx-buffer.h"

namespace ns3
{

TcpWatchedSocket::TcpWatchedSocket(const TcpWatchedSocket& socket)
    : TcpPassiveOpenSocket(socket)
{
}

void
TcpWatchedSocket::OnJudged(const TcpSegmentView& segment, TcpSegmentJudge::Verdict verdict)
{
    TcpPassiveOpenSocket::OnJudged(segment, verdict);
    if (segment.GetPayloadSize() > 0)
    {
        NoteDataArrived();
    }
    if (verdict == TcpSegmentJudge::Verdict::ACCEPT && segment.HasAny(TcpHeader::FIN) &&
        segment.GetSequenceNumber() > m_tcb->m_rxBuffer->NextRxSequence())
    {
        m_watch.NoteEarlyFin();
    }
    if (verdict == TcpSegmentJudge::Verdict::ANSWER && segment.HasAny(TcpHeader::RST) &&
        m_state == ESTABLISHED && m_watch.IsResetSuspect())
    {
        GetFastOpen()->NotifyBlackhole();
    }
}

void
TcpWatchedSocket::OnTimeout(uint32_t earlier, bool last)
{
    TcpPassiveOpenSocket::OnTimeout(earlier, last);
    if (m_watch.IsTimeoutSuspect(earlier, last))
    {
        GetFastOpen()->NotifyTimeouts();
    }
}

void
TcpWatchedSocket::ReceivedData(Ptr<Packet> packet, const TcpHeader& header)
{
    NoteDataArrived();
    TcpPassiveOpenSocket::ReceivedData(packet, header);
}

void
TcpWatchedSocket::NoteDataArrived()
{
    if (m_watch.NoteData())
    {
        GetFastOpen()->NotifyBlackholeOver();
    }
}

void
TcpWatchedSocket::OnAbort()
{
    EndWatch();
    TcpPassiveOpenSocket::OnAbort();
}

void
TcpWatchedSocket::NoteEnd(ConnectionError error)
{
    EndWatch();
    TcpPassiveOpenSocket::NoteEnd(error);
}

void
TcpWatchedSocket::Forget()
{
    EndWatch();
    TcpPassiveOpenSocket::Forget();
}

void
TcpWatchedSocket::EndWatch()
{
    if (m_watch.NoteEnd())
    {
        GetFastOpen()->NotifyBlackhole();
    }
}

} // namespace ns3
