/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_SOCKET_EQUIPMENT_H
#define TCP_SOCKET_EQUIPMENT_H

#include "ns3/abort.h"
#include "ns3/original.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-socket-base.h"
#include "ns3/tcp-socket-state.h"

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Give a new socket what a node's TCP has for its sockets: RTT estimator, congestion
 * control and recovery, as the attributes of TcpL4Protocol name them.
 *
 * @param socket the socket
 * @param tcp the node's TCP, aggregated to the node
 */
void EquipTcpSocket(Ptr<TcpSocketBase> socket, Ptr<TcpL4Protocol> tcp);

/**
 * @ingroup tcp-fast-open
 *
 * Make a socket; what the CreateSocket() of each of the module's socket factories does.
 * Sockets are copies, as Original makes them.
 *
 * @tparam S its class, a descendant of TcpSocketBase
 * @param tcp the node's TCP; without one the program ends
 * @return the socket
 */
template <class S>
Ptr<S>
MakeTcpSocket(Ptr<TcpL4Protocol> tcp)
{
    NS_ABORT_MSG_UNLESS(tcp, "the node has no TCP; install the Internet stack first");
    static Original<S> sockets;
    Ptr<S> socket = CopyObject<S>(sockets.Get(S::GetTypeId(), {TcpSocketState::GetTypeId()}));
    EquipTcpSocket(socket, tcp);
    return socket;
}

} // namespace ns3

#endif // TCP_SOCKET_EQUIPMENT_H
