/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-linux-cubic.h"

#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <cmath>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("TcpLinuxCubic");

NS_OBJECT_ENSURE_REGISTERED(TcpLinuxCubic);

namespace
{

constexpr uint64_t SCALE = 1024;          //!< of BETA, and units of a second
constexpr uint64_t BETA = 717;            //!< what a reduction leaves, in 1/SCALE: 0.7
constexpr uint64_t CUBE_SCALE = 410;      //!< C of RFC 9438, 0.4, times SCALE
constexpr uint32_t CUBE_SHIFT = 40;       //!< of a time in 1/SCALE s cubed, times CUBE_SCALE
constexpr uint32_t LEAST_COUNT = 2;       //!< a window grows by half in a round trip at most
constexpr uint32_t FIRST_COUNT = 20;      //!< and by 5 % at least, before the first loss
constexpr uint32_t FLAT_COUNT = 100;      //!< round trips to grow by one, where the curve is flat
constexpr uint32_t HYSTART_WINDOW = 16;   //!< HyStart looks at windows of so many segments
constexpr uint32_t HYSTART_SAMPLES = 8;   //!< RTTs of which it takes the least
const Time TICK = MilliSeconds(4);        //!< the curve is looked at once in a tick (HZ=250)
const Time TRAIN_GAP = MilliSeconds(2);   //!< ACKs that are no farther apart make a train
const Time TRAIN_DELAY = MilliSeconds(1); //!< what a train may be delayed by in addition
const Time LEAST_RISE = MilliSeconds(4);  //!< the RTT rises when it is longer by an eighth,
const Time MOST_RISE = MilliSeconds(16);  //!< within these bounds
const Time SETTLING = Seconds(1);         //!< RTTs so soon after a reduction do not count
const Time GROWTH_HOLDS = MicroSeconds(31250); //!< how long the growth of a window is as it was

/**
 * @param cube a number
 * @return the largest number whose cube is not more
 */
uint64_t
GetCubeRoot(uint64_t cube)
{
    uint64_t root = 0;
    for (uint64_t bit = uint64_t{1} << 20; bit > 0; bit >>= 1)
    {
        const uint64_t larger = root | bit;
        root = larger * larger * larger <= cube ? larger : root;
    }
    return root;
}

/**
 * @param time a time
 * @return it in units of 1/1024 s
 */
uint64_t
GetUnits(Time time)
{
    return static_cast<uint64_t>(time.GetMicroSeconds()) * SCALE / 1000000;
}

} // namespace

TypeId
TcpLinuxCubic::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::TcpLinuxCubic")
            .SetParent<TcpCongestionOps>()
            .SetGroupName("TcpFastOpen")
            .AddConstructor<TcpLinuxCubic>()
            .AddAttribute("HyStart",
                          "End slow start when queues build up.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&TcpLinuxCubic::m_hyStart),
                          MakeBooleanChecker())
            .AddAttribute("TcpFriendliness",
                          "Grow no more slowly than Reno would (RFC 9438, section 4.3).",
                          BooleanValue(true),
                          MakeBooleanAccessor(&TcpLinuxCubic::m_friendly),
                          MakeBooleanChecker());
    return tid;
}

std::string
TcpLinuxCubic::GetName() const
{
    return "TcpLinuxCubic";
}

void
TcpLinuxCubic::Init(Ptr<TcpSocketState> tcb)
{
    // As a timeout, so a new connection
    CongestionStateSet(tcb, TcpSocketState::CA_LOSS);
    m_round.reset();
    m_lastSent = Time(0);
}

Ptr<TcpCongestionOps>
TcpLinuxCubic::Fork()
{
    return CopyObject<TcpLinuxCubic>(this);
}

void
TcpLinuxCubic::IncreaseWindow(Ptr<TcpSocketState> tcb, uint32_t segmentsAcked)
{
    const uint32_t segment = tcb->m_segmentSize;
    uint32_t window = tcb->m_cWnd.Get() / segment;
    const uint32_t threshold = tcb->m_ssThresh.Get() / segment;
    if (window < threshold)
    {
        const uint32_t grown = std::min(threshold, window + segmentsAcked);
        segmentsAcked -= grown - window;
        window = grown;
    }
    if (segmentsAcked > 0)
    {
        const uint32_t count = Update(window, segmentsAcked);
        if (m_credit >= count)
        {
            m_credit = 0; // it was earned when the window was to grow more slowly
            window++;
        }
        m_credit += segmentsAcked;
        window += m_credit / count;
        m_credit %= count;
    }
    tcb->m_cWnd = window * segment;
}

uint32_t
TcpLinuxCubic::Update(uint32_t window, uint32_t acknowledged)
{
    const Time now = Simulator::Now();
    if (m_epoch)
    {
        m_epoch->acknowledged += acknowledged;
        if (m_growth && m_growth->window == window && now - m_growth->since <= GROWTH_HOLDS)
        {
            return m_growth->count;
        }
        if (m_growth && now.GetTimeStep() / TICK.GetTimeStep() ==
                            m_growth->since.GetTimeStep() / TICK.GetTimeStep())
        {
            return Befriend(window, m_growth->count);
        }
    }
    else
    {
        m_epoch = Epoch{now, window, 0, acknowledged, window};
        if (m_lastMaximum > window)
        {
            m_epoch->origin = m_lastMaximum;
            m_epoch->flatAfter =
                GetCubeRoot((uint64_t{1} << CUBE_SHIFT) / CUBE_SCALE * (m_lastMaximum - window));
        }
    }
    const uint64_t elapsed = GetUnits(now - m_epoch->start + m_leastRtt.value_or(Time(0)));
    const bool below = elapsed < m_epoch->flatAfter;
    const uint64_t distance = below ? m_epoch->flatAfter - elapsed : elapsed - m_epoch->flatAfter;
    // Beyond this the window is larger than any that there is
    const uint64_t bounded = std::min<uint64_t>(distance, 1 << 17);
    const auto delta =
        static_cast<uint32_t>((CUBE_SCALE * bounded * bounded * bounded) >> CUBE_SHIFT);
    const uint32_t target =
        below ? m_epoch->origin - std::min(delta, m_epoch->origin) : m_epoch->origin + delta;
    uint32_t count = target > window ? window / (target - window) : FLAT_COUNT * window;
    if (m_lastMaximum == 0)
    {
        count = std::min(count, FIRST_COUNT);
    }
    m_growth = Growth{now, window, Befriend(window, count)};
    return m_growth->count;
}

uint32_t
TcpLinuxCubic::Befriend(uint32_t window, uint32_t count)
{
    if (m_friendly)
    {
        // What Reno's window grows after, with a reduction to BETA (RFC 9438, section 4.3)
        constexpr uint64_t scale = 8 * (SCALE + BETA) / 3 / (SCALE - BETA);
        const auto step = std::max<uint32_t>(1, window * scale / 8);
        while (m_epoch->acknowledged > step)
        {
            m_epoch->acknowledged -= step;
            m_epoch->renoWindow++;
        }
        if (m_epoch->renoWindow > window)
        {
            count = std::min(count, window / (m_epoch->renoWindow - window));
        }
    }
    return std::max(count, LEAST_COUNT);
}

uint32_t
TcpLinuxCubic::GetSsThresh(Ptr<const TcpSocketState> tcb, uint32_t /* bytesInFlight */)
{
    const uint32_t window = tcb->m_cWnd.Get() / tcb->m_segmentSize;
    m_epoch.reset();
    m_growth.reset();
    m_credit = 0;
    // Another flow may need the room, if this one has not reached what it had (RFC 9438,
    // section 4.7)
    m_lastMaximum = window < m_lastMaximum ? window * (SCALE + BETA) / (2 * SCALE) : window;
    return std::max<uint32_t>(window * BETA / SCALE, 2) * tcb->m_segmentSize;
}

void
TcpLinuxCubic::CongestionStateSet(Ptr<TcpSocketState> tcb,
                                  const TcpSocketState::TcpCongState_t newState)
{
    if (newState == TcpSocketState::CA_LOSS)
    {
        m_epoch.reset();
        m_growth.reset();
        m_lastMaximum = 0;
        m_credit = 0;
        m_leastRtt.reset();
        m_found = false;
        BeginRound(tcb);
    }
}

void
TcpLinuxCubic::CwndEvent(Ptr<TcpSocketState> /* tcb */, const TcpSocketState::TcpCAEvent_t event)
{
    if (event == TcpSocketState::CA_EVENT_TX_START && m_epoch)
    {
        // The curve stands still while nothing is sent
        const Time now = Simulator::Now();
        m_epoch->start = Min(now, m_epoch->start + (now - m_lastSent));
    }
}

void
TcpLinuxCubic::PktsAcked(Ptr<TcpSocketState> tcb, uint32_t /* segmentsAcked */, const Time& rtt)
{
    m_lastSent = Max(m_lastSent, Simulator::Now() - rtt);
    if (!rtt.IsStrictlyPositive() || (m_epoch && Simulator::Now() - m_epoch->start < SETTLING))
    {
        return;
    }
    m_leastRtt = Min(m_leastRtt.value_or(rtt), rtt);
    if (m_hyStart && !m_found && tcb->m_cWnd.Get() < tcb->m_ssThresh.Get())
    {
        EndSlowStart(tcb, rtt);
    }
}

void
TcpLinuxCubic::BeginRound(Ptr<const TcpSocketState> tcb)
{
    const Time now = Simulator::Now();
    m_round = Round{now, tcb->m_highTxMark.Get(), now, {}, 0};
}

void
TcpLinuxCubic::EndSlowStart(Ptr<TcpSocketState> tcb, Time rtt)
{
    const Time now = Simulator::Now();
    if (!m_round || tcb->m_lastAckedSeq > m_round->end)
    {
        BeginRound(tcb);
    }
    if (tcb->m_cWnd.Get() < HYSTART_WINDOW * tcb->m_segmentSize)
    {
        return;
    }
    if (now - m_round->lastAck <= TRAIN_GAP)
    {
        // A train of ACKs that is as long as half a round trip: the path is full
        m_round->lastAck = now;
        m_found = now - m_round->start > (*m_leastRtt + TRAIN_DELAY) / 2;
    }
    if (m_round->samples < HYSTART_SAMPLES)
    {
        m_round->rtt = Min(m_round->rtt.value_or(rtt), rtt);
        m_round->samples++;
    }
    else
    {
        const Time rise = Max(LEAST_RISE, Min(MOST_RISE, *m_leastRtt / 8));
        m_round->rtt = Min(*m_round->rtt, rtt);
        m_found = m_found || *m_round->rtt > *m_leastRtt + rise;
    }
    if (m_found)
    {
        NS_LOG_LOGIC("slow start ends at " << tcb->m_cWnd);
        tcb->m_ssThresh = tcb->m_cWnd.Get();
    }
}

} // namespace ns3
