/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-fast-open-socket-factory.h"

#include "tcp-fast-open-socket.h"

#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-socket-equipment.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(TcpFastOpenSocketFactory);

TypeId
TcpFastOpenSocketFactory::GetTypeId()
{
    static TypeId tid = TypeId("ns3::TcpFastOpenSocketFactory")
                            .SetParent<SocketFactory>()
                            .SetGroupName("TcpFastOpen")
                            .AddConstructor<TcpFastOpenSocketFactory>();
    return tid;
}

Ptr<Socket>
TcpFastOpenSocketFactory::CreateSocket()
{
    return MakeTcpSocket<TcpFastOpenSocket>(GetObject<TcpL4Protocol>());
}

} // namespace ns3
