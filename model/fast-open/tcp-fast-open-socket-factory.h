/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_FAST_OPEN_SOCKET_FACTORY_H
#define TCP_FAST_OPEN_SOCKET_FACTORY_H

#include "ns3/socket-factory.h"

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Makes sockets of the type TcpFastOpenSocket. Applications name it where they
 * would name ns3::TcpSocketFactory:
 *
 * @code
 *   BulkSendHelper bulk("ns3::TcpFastOpenSocketFactory", server);
 * @endcode
 *
 * RTT estimator, congestion control and recovery are those that the node's
 * TcpL4Protocol names. TcpFastOpenHelper aggregates the factory to a node.
 */
class TcpFastOpenSocketFactory : public SocketFactory
{
  public:
    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    Ptr<Socket> CreateSocket() override;
};

} // namespace ns3

#endif // TCP_FAST_OPEN_SOCKET_FACTORY_H
