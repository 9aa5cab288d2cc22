/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "rtt-linux.h"

#include "ns3/simulator.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(RttLinux);

TypeId
RttLinux::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::RttLinux")
            .SetParent<RttEstimator>()
            .SetGroupName("TcpFastOpen")
            .AddConstructor<RttLinux>()
            .AddAttribute("MinVariation",
                          "Least time that the variation adds to the RTT in the retransmission "
                          "timeout (Linux's tcp_rto_min).",
                          TimeValue(MilliSeconds(200)),
                          MakeTimeAccessor(&RttLinux::m_minVariation),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("Fallback",
                          "Retransmission timeout while there is no sample, nor an RTT of an "
                          "earlier connection (RFC 6298, section 5.7; Linux's "
                          "TCP_TIMEOUT_FALLBACK).",
                          TimeValue(Seconds(3)),
                          MakeTimeAccessor(&RttLinux::m_fallback),
                          MakeTimeChecker(Time(0)));
    return tid;
}

void
RttLinux::NotifyConstructionCompleted()
{
    RttEstimator::NotifyConstructionCompleted();
    Reset(); // not in the constructor, which does not know the attributes yet
}

void
RttLinux::Measurement(Time sample)
{
    if (m_nSamples == 0)
    {
        m_estimatedRtt = sample;
        m_deviation = 2 * sample; // the first RTO is three times the RTT
        m_variation = Max(m_deviation, m_minVariation);
        m_maxDeviation = m_variation;
        m_roundTripEnds = Simulator::Now() + sample;
    }
    else
    {
        const Time error = sample - m_estimatedRtt;
        m_estimatedRtt += error / 8;
        Time change = Abs(error) - m_deviation / 4;
        if (error.IsStrictlyNegative() && change.IsStrictlyPositive())
        {
            change = change / 8; // a falling RTT is no reason to wait longer
        }
        m_deviation += change;
        if (m_deviation > m_maxDeviation)
        {
            m_maxDeviation = m_deviation;
            m_variation = Max(m_variation, m_maxDeviation);
        }
        if (Simulator::Now() > m_roundTripEnds)
        {
            if (m_maxDeviation < m_variation)
            {
                m_variation -= (m_variation - m_maxDeviation) / 4;
            }
            m_roundTripEnds = Simulator::Now() + m_estimatedRtt;
            m_maxDeviation = m_minVariation;
        }
    }
    m_nSamples++;
    Publish();
}

void
RttLinux::Publish()
{
    m_estimatedVariation = m_variation / 4; // TcpSocketBase adds four times this
}

void
RttLinux::Expect(Time rtt)
{
    m_estimatedRtt = rtt;
    m_variation = Max(2 * rtt, m_minVariation);
    Publish();
}

Ptr<RttEstimator>
RttLinux::Copy() const
{
    return CopyObject<RttLinux>(this);
}

void
RttLinux::Reset()
{
    RttEstimator::Reset();
    m_deviation = Time(0);
    m_maxDeviation = Time(0);
    m_variation = m_fallback - m_estimatedRtt;
    m_roundTripEnds = Time(0);
    Publish();
}

} // namespace ns3
