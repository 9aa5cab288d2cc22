/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-long-lived-socket.h"

#include "ns3/boolean.h"
#include "ns3/nstime.h"
#include "ns3/simulator.h"
#include "ns3/tcp-rx-buffer.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(TcpLongLivedSocket);

TypeId
TcpLongLivedSocket::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::TcpLongLivedSocket")
            .SetParent<TcpSoundSocket>()
            .SetGroupName("TcpFastOpen")
            .AddAttribute("AnswerInterval",
                          "At most one segment without data that is not acceptable is answered "
                          "in this time (Linux: 500 ms, tcp_invalid_ratelimit); 0: all are.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&TcpLongLivedSocket::m_answerInterval),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("StallProbes",
                          "Probe a shut window first after the retransmission timeout, then ever "
                          "less often, anew at each stall, whatever PersistTimeout is.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&TcpLongLivedSocket::m_stallProbes),
                          MakeBooleanChecker())
            .AddAttribute("WindowUpdates",
                          "Tell the peer when reading has made much of the window free.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&TcpLongLivedSocket::m_windowUpdates),
                          MakeBooleanChecker())
            .AddAttribute("OrphanRetries",
                          "How often data or FIN are sent again when the application has closed "
                          "(Linux: 8, tcp_orphan_retries); 0: DataRetries holds.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&TcpLongLivedSocket::m_orphanRetries),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("FinWait2Timeout",
                          "How long FIN-WAIT-2 lasts when the application has closed (Linux: 60 s, "
                          "tcp_fin_timeout); 0: for ever.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&TcpLongLivedSocket::m_finWait2Timeout),
                          MakeTimeChecker(Time(0)));
    return tid;
}

TcpLongLivedSocket::TcpLongLivedSocket(const TcpLongLivedSocket& socket)
    : compat::WithTypeId<TcpLongLivedSocket, TcpSoundSocket>(socket),
      m_answerInterval(socket.m_answerInterval),
      m_stallProbes(socket.m_stallProbes),
      m_windowUpdates(socket.m_windowUpdates),
      m_orphanRetries(socket.m_orphanRetries),
      m_finWait2Timeout(socket.m_finWait2Timeout)
{
}

void
TcpLongLivedSocket::Forget()
{
    TcpSoundSocket::Forget();
    m_answerLimit.Reset();
}

bool
TcpLongLivedSocket::MayAnswer(const TcpSegmentView& segment)
{
    return m_answerLimit.MayAnswer(segment, Simulator::Now(), m_answerInterval);
}

std::optional<Time>
TcpLongLivedSocket::GetFirstProbeWait() const
{
    return m_stallProbes ? std::make_optional(GetEstimatedRto()) : std::nullopt;
}

bool
TcpLongLivedSocket::IsWindowNews() const
{
    if (!m_windowUpdates)
    {
        return false;
    }
    TcpWindowUpdate::Room room;
    const int32_t announced = GetAnnouncedEnd() - m_tcb->m_rxBuffer->NextRxSequence();
    room.announced = static_cast<uint32_t>(std::max(announced, 0));
    room.free = uint32_t{AdvertisedWindowSize()} << m_rcvWindShift;
    room.largest = GetLargestAnnounced(); // the buffer may be more than the peer knows of
    room.segment = m_tcb->m_segmentSize;
    return TcpWindowUpdate::IsDue(room);
}

uint32_t
TcpLongLivedSocket::GetOrphanRetries() const
{
    return m_orphanRetries;
}

Time
TcpLongLivedSocket::GetFinWait2Timeout() const
{
    return m_finWait2Timeout;
}

} // namespace ns3
