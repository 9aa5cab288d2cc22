/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-fast-open-socket-factory.h"

#include "tcp-fast-open-socket.h"

#include "ns3/node.h"
#include "ns3/object-factory.h"
#include "ns3/rtt-estimator.h"
#include "ns3/tcp-congestion-ops.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-recovery-ops.h"
#include "ns3/type-id.h"

#include <string>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(TcpFastOpenSocketFactory);

namespace
{

/**
 * Make an object of the type that an attribute of TcpL4Protocol names.
 *
 * @tparam T the object's base class
 * @param tcp the protocol
 * @param attribute the attribute's name
 * @return the object
 */
template <class T>
Ptr<T>
CreateNamed(Ptr<const TcpL4Protocol> tcp, const std::string& attribute)
{
    TypeIdValue type;
    tcp->GetAttribute(attribute, type);
    ObjectFactory factory;
    factory.SetTypeId(type.Get());
    return factory.Create<T>();
}

} // namespace

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
    Ptr<TcpL4Protocol> tcp = GetObject<TcpL4Protocol>();
    NS_ABORT_MSG_UNLESS(tcp, "the node has no TCP; install the Internet stack first");
    Ptr<TcpFastOpenSocket> socket = CreateObject<TcpFastOpenSocket>();
    socket->SetNode(GetObject<Node>());
    socket->SetTcp(tcp);
    socket->SetRtt(CreateNamed<RttEstimator>(tcp, "RttEstimatorType"));
    socket->SetCongestionControlAlgorithm(CreateNamed<TcpCongestionOps>(tcp, "SocketType"));
    socket->SetRecoveryAlgorithm(CreateNamed<TcpRecoveryOps>(tcp, "RecoveryType"));
    tcp->AddSocket(socket);
    return socket;
}

} // namespace ns3
