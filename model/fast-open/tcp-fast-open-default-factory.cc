/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-fast-open-default-factory.h"

#include "tcp-fast-open-socket-factory.h"

#include "ns3/socket.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(TcpFastOpenDefaultFactory);

TypeId
TcpFastOpenDefaultFactory::GetTypeId()
{
    static TypeId tid = TypeId("ns3::TcpFastOpenDefaultFactory")
                            .SetParent<TcpSocketFactory>()
                            .SetGroupName("TcpFastOpen")
                            .AddConstructor<TcpFastOpenDefaultFactory>();
    return tid;
}

void
TcpFastOpenDefaultFactory::Install(Ptr<Node> node)
{
    Ptr<TcpFastOpenDefaultFactory> factory = CreateObject<TcpFastOpenDefaultFactory>();
    node->AggregateObject(factory);
    // Two of the node's objects are a TcpSocketFactory now, and none can be taken
    // away. ns-3 looks objects up in the order of how often each was asked for.
    while (node->GetObject<SocketFactory>(TcpSocketFactory::GetTypeId()) != factory)
    {
        node->GetObject<SocketFactory>(GetTypeId());
        node->GetObject<SocketFactory>(GetTypeId());
    }
}

Ptr<Socket>
TcpFastOpenDefaultFactory::CreateSocket()
{
    return GetObject<TcpFastOpenSocketFactory>()->CreateSocket();
}

} // namespace ns3
