/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LAN_PATH_HELPER_H
#define LAN_PATH_HELPER_H

#include "path-helper.h"

#include "ns3/net-device-container.h"

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * A local network: client and server as the two hosts of one CSMA segment.
 *
 * The cable of such a segment takes about half a microsecond (100BASE-TX spans
 * 100 m, and the slot time of IEEE Std 802.3, 512 bit times, allows a collision
 * domain of 100 Mb/s only 5.12 us for its whole round trip). What a LAN takes
 * beyond that, its hosts take: interrupts, drivers and stacks. So the path
 * gives the cable 0.5 us and the receiving host the rest of half the round-trip
 * time. CSMA stays as efficient as it is on a short cable, while a channel with
 * the whole delay would stand idle for most of the time.
 *
 * Both caches of neighbours are filled for good, so that no transfer pays for ARP
 * or IPv6's neighbour discovery.
 *
 * The segment is half duplex. A station that finds it busy asks again within a
 * few microseconds and never gives a frame up; there are no collisions in
 * ns-3's CSMA. Nothing is lost but by `Loss`.
 */
class LanPathHelper : public PathHelper
{
  public:
    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    void EnablePcap(const std::string& prefix) override;
    int64_t AssignStreams(int64_t stream) override;

  protected:
    void DoBuild() override;

  private:
    /**
     * Let a host take its time before its IP layer gets what arrives.
     *
     * @param node the host
     * @param device its device
     * @param delay the time that the host takes
     */
    void AddHostDelay(Ptr<Node> node, Ptr<NetDevice> device, Time delay) const;

    NetDeviceContainer m_devices; //!< the client's device and the server's
};

} // namespace ns3

#endif // LAN_PATH_HELPER_H
