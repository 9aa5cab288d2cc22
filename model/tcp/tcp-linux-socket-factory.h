/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_LINUX_SOCKET_FACTORY_H
#define TCP_LINUX_SOCKET_FACTORY_H

#include "ns3/socket-factory.h"

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Makes sockets of the type TcpLinuxSocket, equipped as the node's TcpL4Protocol names it.
 * Aggregate one to a node that has an Internet stack:
 *
 * @code
 *   node->AggregateObject(CreateObject<TcpLinuxSocketFactory>());
 *   BulkSendHelper bulk("ns3::TcpLinuxSocketFactory", server);
 * @endcode
 */
class TcpLinuxSocketFactory : public SocketFactory
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

#endif // TCP_LINUX_SOCKET_FACTORY_H
