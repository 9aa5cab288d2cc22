/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "skewed-channel.h"

#include "ns3/node.h"
#include "ns3/simulator.h"

namespace ns3
{

void
SkewedChannel::Replace(const NetDeviceContainer& devices, Time skew)
{
    Ptr<SkewedChannel> channel = CreateObject<SkewedChannel>();
    TimeValue delay;
    devices.Get(0)->GetChannel()->GetAttribute("Delay", delay);
    channel->SetAttribute("Delay", delay);
    channel->m_skew = skew;
    for (uint32_t i = 0; i < devices.GetN(); i++)
    {
        DynamicCast<PointToPointNetDevice>(devices.Get(i))->Attach(channel);
    }
}

bool
SkewedChannel::TransmitStart(Ptr<const Packet> packet,
                             Ptr<PointToPointNetDevice> source,
                             Time transmission)
{
    const bool isFirst = source == GetPointToPointDevice(0);
    const Ptr<PointToPointNetDevice> to = GetPointToPointDevice(isFirst ? 1 : 0);
    const Time delay = isFirst ? GetDelay() + m_skew : GetDelay() - m_skew;
    Simulator::ScheduleWithContext(to->GetNode()->GetId(),
                                   transmission + delay,
                                   &PointToPointNetDevice::Receive,
                                   to,
                                   packet->Copy());
    return true;
}

} // namespace ns3
