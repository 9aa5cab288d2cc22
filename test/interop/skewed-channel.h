/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SKEWED_CHANNEL_H
#define SKEWED_CHANNEL_H

#include "ns3/net-device-container.h"
#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/point-to-point-channel.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/ptr.h"

namespace ns3
{

/**
 * A link that takes longer in one direction than in the other, for the same round trip.
 *
 * Kernels on one machine have one clock: what is due at the same moment at both expires in
 * the same order each time. To a client and a server a link that is skewed is what a server
 * with another clock is, so that with it kernels are as on machines of their own.
 */
class SkewedChannel : public PointToPointChannel
{
  public:
    /**
     * Put a skewed link in the place of an even one.
     *
     * @param devices its two devices
     * @param skew how much longer it takes from the first one to the second one than half the
     * round trip, and the other way shorter; at most half the round trip either way
     */
    static void Replace(const NetDeviceContainer& devices, Time skew);

    bool TransmitStart(Ptr<const Packet> packet,
                       Ptr<PointToPointNetDevice> source,
                       Time transmission) override;

  private:
    Time m_skew; //!< how much longer it takes from the first device
};

} // namespace ns3

#endif // SKEWED_CHANNEL_H
