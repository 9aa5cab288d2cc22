/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "request-response-server.h"

#include "ns3/tcp-fast-open-socket-factory.h"

#include "ns3/abort.h"
#include "ns3/log.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("RequestResponseServer");

NS_OBJECT_ENSURE_REGISTERED(RequestResponseServer);

TypeId
RequestResponseServer::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::RequestResponseServer")
            .SetParent<Application>()
            .SetGroupName("TcpFastOpen")
            .AddConstructor<RequestResponseServer>()
            .AddAttribute("Protocol",
                          "The socket factory to use.",
                          TypeIdValue(TcpFastOpenSocketFactory::GetTypeId()),
                          MakeTypeIdAccessor(&RequestResponseServer::m_protocol),
                          MakeTypeIdChecker())
            .AddAttribute("Local",
                          "The address and port to listen on.",
                          AddressValue(),
                          MakeAddressAccessor(&RequestResponseServer::m_local),
                          MakeAddressChecker())
            .AddAttribute("RequestSize",
                          "Bytes of a request.",
                          UintegerValue(300),
                          MakeUintegerAccessor(&RequestResponseServer::m_requestSize),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("ResponseSize",
                          "Bytes of a response.",
                          UintegerValue(10000),
                          MakeUintegerAccessor(&RequestResponseServer::m_responseSize),
                          MakeUintegerChecker<uint32_t>(1))
            .AddTraceSource("SocketCreated",
                            "The listening socket, before it listens.",
                            MakeTraceSourceAccessor(&RequestResponseServer::m_socketCreated),
                            "ns3::Socket::SocketTracedCallback");
    return tid;
}

void
RequestResponseServer::DoDispose()
{
    m_listener = nullptr;
    m_connections.clear();
    Application::DoDispose();
}

void
RequestResponseServer::StartApplication()
{
    NS_LOG_FUNCTION(this);
    m_listener = Socket::CreateSocket(GetNode(), m_protocol);
    m_socketCreated(m_listener);
    NS_ABORT_MSG_IF(m_listener->Bind(m_local) != 0, "cannot listen on " << m_local);
    m_listener->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                  MakeCallback(&RequestResponseServer::Accept, this));
    m_listener->Listen();
}

void
RequestResponseServer::StopApplication()
{
    NS_LOG_FUNCTION(this);
    if (m_listener)
    {
        m_listener->Close();
        m_listener = nullptr;
    }
}

void
RequestResponseServer::Accept(Ptr<Socket> socket, const Address& from)
{
    NS_LOG_FUNCTION(this << socket << from);
    m_connections[socket] = {m_requestSize, m_responseSize};
    socket->SetRecvCallback(MakeCallback(&RequestResponseServer::Receive, this));
    socket->SetCloseCallbacks(MakeNullCallback<void, Ptr<Socket>>(),
                              MakeCallback(&RequestResponseServer::Forget, this));
}

void
RequestResponseServer::Receive(Ptr<Socket> socket)
{
    while (Ptr<Packet> packet = socket->Recv())
    {
        auto connection = m_connections.find(socket);
        if (packet->GetSize() == 0 || connection == m_connections.end())
        {
            return;
        }
        uint32_t& missing = connection->second.toReceive;
        if (missing > 0)
        {
            missing -= std::min(missing, packet->GetSize());
            if (missing == 0)
            {
                socket->SetSendCallback(MakeCallback(&RequestResponseServer::Send, this));
                Send(socket, socket->GetTxAvailable());
            }
        }
    }
}

void
RequestResponseServer::Send(Ptr<Socket> socket, uint32_t available)
{
    auto connection = m_connections.find(socket);
    if (connection == m_connections.end() || connection->second.toSend == 0)
    {
        return;
    }
    uint32_t& missing = connection->second.toSend;
    const uint32_t size = std::min(missing, available);
    if (size > 0 && socket->Send(Create<Packet>(size)) > 0)
    {
        missing -= size;
    }
    if (missing == 0)
    {
        // The socket sends a write one tick after it was made. Closing behind
        // that keeps the FIN a segment of its own where the window has room for
        // all of the response, as it is on a real system.
        socket->SetSendCallback(MakeNullCallback<void, Ptr<Socket>, uint32_t>());
        Simulator::Schedule(TimeStep(2), &RequestResponseServer::Close, this, socket);
    }
}

void
RequestResponseServer::Close(Ptr<Socket> socket)
{
    NS_LOG_FUNCTION(this << socket);
    Forget(socket);
    socket->Close();
}

void
RequestResponseServer::Forget(Ptr<Socket> socket)
{
    m_connections.erase(socket);
}

} // namespace ns3
