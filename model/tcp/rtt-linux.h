/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef RTT_LINUX_H
#define RTT_LINUX_H

#include "ns3/ns3-compat.h"
#include "ns3/rtt-estimator.h"

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * An RTT estimator that leads to Linux's retransmission timeout.
 *
 * RFC 6298 bounds the timeout from below; Linux bounds the variation's share:
 *
 *   RTO = SRTT + max (4 RTTVAR, 200 ms)
 *
 * so that the timeout of a path of 50 ms is 250 ms and not 200 ms. Besides,
 * Linux follows a falling RTT more slowly with the variation, and lets it
 * shrink at most once in a round trip. Without a sample from the handshake the
 * timeout is 3 s (RFC 6298, section 5.7), unless the RTT of an earlier connection
 * is known (Expect()).
 *
 * Set it as the RttEstimatorType of a node's TcpL4Protocol.
 */
class RttLinux : public compat::WithTypeId<RttLinux, RttEstimator>
{
  public:
    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    void Measurement(Time sample) override;
    Ptr<RttEstimator> Copy() const override;
    void Reset() override;

    /**
     * Begin with the RTT of an earlier connection: until there is a sample, the
     * retransmission timeout is RTT + max(2 RTT, MinVariation) (Linux: tcp_init_metrics).
     *
     * @param rtt the RTT
     */
    void Expect(Time rtt);

  protected:
    void NotifyConstructionCompleted() override;

  private:
    /**
     * Set the variation that TcpSocketBase reads.
     */
    void Publish();

    Time m_fallback;      //!< timeout without a sample
    Time m_minVariation;  //!< least share of the variation in the RTO
    Time m_deviation;     //!< smoothed mean deviation, times 4
    Time m_maxDeviation;  //!< its maximum in the current round trip
    Time m_variation;     //!< the variation's share in the RTO
    Time m_roundTripEnds; //!< when the current round trip is over
};

} // namespace ns3

#endif // RTT_LINUX_H
