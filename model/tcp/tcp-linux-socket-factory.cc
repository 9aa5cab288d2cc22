/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-linux-socket-factory.h"

#include "tcp-linux-socket.h"
#include "tcp-socket-equipment.h"

#include "ns3/tcp-l4-protocol.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(TcpLinuxSocketFactory);

TypeId
TcpLinuxSocketFactory::GetTypeId()
{
    static TypeId tid = TypeId("ns3::TcpLinuxSocketFactory")
                            .SetParent<SocketFactory>()
                            .SetGroupName("TcpFastOpen")
                            .AddConstructor<TcpLinuxSocketFactory>();
    return tid;
}

Ptr<Socket>
TcpLinuxSocketFactory::CreateSocket()
{
    return MakeTcpSocket<TcpLinuxSocket>(GetObject<TcpL4Protocol>());
}

} // namespace ns3
