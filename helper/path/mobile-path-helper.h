/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MOBILE_PATH_HELPER_H
#define MOBILE_PATH_HELPER_H

#include "path-helper.h"

#include "ns3/lte-helper.h"
#include "ns3/net-device-container.h"

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * A 4G network: the client is a UE on ns-3's LTE and EPC models, alone near its
 * one eNB, and the server is behind the PGW over a point-to-point link.
 *
 * The radio and the core take 15.5 ms of the round-trip time at the median; the
 * server's link delays by the rest. The radio is faster than the default `Rate`
 * and free of errors, so that the rate and the losses are those of the server's
 * link. What the radio adds is its timing. Packets leave in subframes of 1 ms:
 * a small packet's round trip takes from `Rtt` to 1 ms more, by the moment at
 * which it starts, and a full one's 1 to 2 ms more than a small one's. A UE that
 * has been silent has to ask before it may send; that is in the 15.5 ms.
 *
 * The client stays connected while it is silent. ns-3 has no idle state of RRC,
 * so the promotion from it, which costs a real UE some hundred milliseconds, is
 * not in the path.
 *
 * LTE runs through a thousand subframes in each simulated second, with or
 * without traffic. Use one such path in a simulation: the EPC hands out the same
 * addresses each time.
 */
class MobilePathHelper : public PathHelper
{
  public:
    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    Time GetLeastRtt() const override;
    Time GetReadyTime() const override;
    void EnablePcap(const std::string& prefix) override;
    int64_t AssignStreams(int64_t stream) override;

  protected:
    void DoBuild() override;

  private:
    /**
     * Make the cell with the client's and the eNB's device.
     *
     * @param enb the eNB's node
     */
    void BuildRadio(Ptr<Node> enb);

    /**
     * Let the queues of the client's bearer hold more than ns-3's 10 KiB, which
     * the initial window of RFC 6928 overflows.
     *
     * @param enb the eNB's node
     */
    void DeepenBearerQueues(Ptr<Node> enb);

    Ptr<LteHelper> m_lte;            //!< maker of the radio
    NetDeviceContainer m_lteDevices; //!< the eNB's device and the client's
    Ptr<NetDevice> m_serverDevice;   //!< the server's end of its link
};

} // namespace ns3

#endif // MOBILE_PATH_HELPER_H
