/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-sound-socket-factory.h"

#include "tcp-socket-equipment.h"
#include "tcp-sound-socket.h"

#include "ns3/tcp-l4-protocol.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(TcpSoundSocketFactory);

TypeId
TcpSoundSocketFactory::GetTypeId()
{
    static TypeId tid = TypeId("ns3::TcpSoundSocketFactory")
                            .SetParent<SocketFactory>()
                            .SetGroupName("TcpFastOpen")
                            .AddConstructor<TcpSoundSocketFactory>();
    return tid;
}

Ptr<Socket>
TcpSoundSocketFactory::CreateSocket()
{
    return MakeTcpSocket<TcpSoundSocket>(GetObject<TcpL4Protocol>());
}

} // namespace ns3
