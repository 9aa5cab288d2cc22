/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef P2P_PATH_HELPER_H
#define P2P_PATH_HELPER_H

#include "path-helper.h"

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * The bare link: client and server joined by one point-to-point link of the
 * given rate in both directions, a one-way delay of half the round-trip time,
 * and a queue that never overflows.
 *
 * It is the link on which the Linux kernel's times were measured, and the one
 * on which theory and simulation can be compared.
 */
class P2pPathHelper : public PathHelper
{
  public:
    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    void EnablePcap(const std::string& prefix) override;

    /**
     * Let an error model decide what is lost, instead of the attribute Loss.
     *
     * @param model the model, for what arrives at either end
     */
    void SetErrorModel(Ptr<ErrorModel> model);

  protected:
    void DoBuild() override;

  private:
    Ptr<NetDevice> m_clientDevice; //!< the client's end of the link
    Ptr<NetDevice> m_serverDevice; //!< the server's end of the link
};

} // namespace ns3

#endif // P2P_PATH_HELPER_H
