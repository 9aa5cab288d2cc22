/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SATELLITE_PATH_HELPER_H
#define SATELLITE_PATH_HELPER_H

#include "path-helper.h"

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * A geostationary satellite: the client is a user terminal, which reaches a
 * gateway over the satellite, and the server is behind the gateway.
 *
 * Both hops are point-to-point links. The satellite hop has a rate for each
 * direction, the losses, and drop-tail queues of one bandwidth-delay product;
 * the terrestrial hop is fast and never drops.
 *
 * There is no performance-enhancing proxy (RFC 3135) at the gateway: the
 * connection runs from end to end.
 */
class SatellitePathHelper : public PathHelper
{
  public:
    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    Time GetLeastRtt() const override;
    void EnablePcap(const std::string& prefix) override;

  protected:
    void DoBuild() override;

  private:
    /**
     * Set up one end of the satellite hop.
     *
     * @param device the device that sends
     * @param rate the rate at which it sends
     */
    void SetUpSatelliteDevice(Ptr<NetDevice> device, DataRate rate);

    Time m_terrestrialRtt;         //!< round-trip time from gateway to server
    DataRate m_uplinkRate;         //!< rate from the client
    Time m_queueDelay;             //!< time that a full queue takes to drain
    Ptr<NetDevice> m_clientDevice; //!< the client's end of the satellite hop
    Ptr<NetDevice> m_serverDevice; //!< the server's end of the terrestrial hop
};

} // namespace ns3

#endif // SATELLITE_PATH_HELPER_H
