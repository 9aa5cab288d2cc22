/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_FAST_OPEN_DEFAULT_FACTORY_H
#define TCP_FAST_OPEN_DEFAULT_FACTORY_H

#include "ns3/node.h"
#include "ns3/ptr.h"
#include "ns3/tcp-socket-factory.h"

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Makes sockets of the type TcpFastOpenSocket where an application names
 * ns3::TcpSocketFactory, as many of ns-3's do in their code. It takes the place of
 * a node's own TCP socket factory; see TcpFastOpenHelper::SetNodeWide().
 */
class TcpFastOpenDefaultFactory : public TcpSocketFactory
{
  public:
    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Let ns3::TcpSocketFactory mean this factory on a node.
     *
     * @param node a node with TCP and a TcpFastOpenSocketFactory
     */
    static void Install(Ptr<Node> node);

    Ptr<Socket> CreateSocket() override;
};

} // namespace ns3

#endif // TCP_FAST_OPEN_DEFAULT_FACTORY_H
