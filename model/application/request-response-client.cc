/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "request-response-client.h"

#include "ns3/tcp-fast-open-socket-factory.h"
#include "ns3/tcp-fast-open-socket.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/log.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("RequestResponseClient");

NS_OBJECT_ENSURE_REGISTERED(RequestResponseClient);

TypeId
RequestResponseClient::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::RequestResponseClient")
            .SetParent<Application>()
            .SetGroupName("TcpFastOpen")
            .AddConstructor<RequestResponseClient>()
            .AddAttribute("Protocol",
                          "The socket factory to use.",
                          TypeIdValue(TcpFastOpenSocketFactory::GetTypeId()),
                          MakeTypeIdAccessor(&RequestResponseClient::m_protocol),
                          MakeTypeIdChecker())
            .AddAttribute("Remote",
                          "The server's address and port.",
                          AddressValue(),
                          MakeAddressAccessor(&RequestResponseClient::m_remote),
                          MakeAddressChecker())
            .AddAttribute("RequestSize",
                          "Bytes of a request.",
                          UintegerValue(300),
                          MakeUintegerAccessor(&RequestResponseClient::m_requestSize),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("ResponseSize",
                          "Bytes of a response.",
                          UintegerValue(10000),
                          MakeUintegerAccessor(&RequestResponseClient::m_responseSize),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("Transfers",
                          "How many transfers to make.",
                          UintegerValue(10),
                          MakeUintegerAccessor(&RequestResponseClient::m_transfers),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("Gap",
                          "Time from a connection's end to the opening of the next.",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&RequestResponseClient::m_gap),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("Timeout",
                          "Time from the opening to giving a transfer up.",
                          TimeValue(Minutes(5)),
                          MakeTimeAccessor(&RequestResponseClient::m_timeout),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddTraceSource("SocketCreated",
                            "Each socket, before it connects.",
                            MakeTraceSourceAccessor(&RequestResponseClient::m_socketCreated),
                            "ns3::Socket::SocketTracedCallback")
            .AddTraceSource("TransferEnded",
                            "Each transfer when it is complete or has failed.",
                            MakeTraceSourceAccessor(&RequestResponseClient::m_transferEnded),
                            "ns3::RequestResponseClient::TransferCallback")
            .AddTraceSource("Finished",
                            "All transfers are over and their connections closed.",
                            MakeTraceSourceAccessor(&RequestResponseClient::m_finished),
                            "ns3::TracedCallback::Void");
    return tid;
}

void
RequestResponseClient::DoDispose()
{
    m_next.Cancel();
    m_giveUp.Cancel();
    m_socket = nullptr;
    Application::DoDispose();
}

void
RequestResponseClient::StartApplication()
{
    NS_LOG_FUNCTION(this);
    Open();
}

void
RequestResponseClient::StopApplication()
{
    NS_LOG_FUNCTION(this);
    m_next.Cancel();
    m_transfers = m_record.transfer; // no further ones
    if (m_socket)
    {
        m_socket->Close();
    }
}

void
RequestResponseClient::Open()
{
    const uint32_t number = m_record.transfer + 1;
    NS_LOG_FUNCTION(this << number);
    m_record = TransferRecord();
    m_record.transfer = number;
    m_record.opened = Simulator::Now();
    m_toSend = m_requestSize;
    m_ended = false;
    m_closed = false;
    m_giveUp = Simulator::Schedule(m_timeout, &RequestResponseClient::GiveUp, this);

    m_socket = Socket::CreateSocket(GetNode(), m_protocol);
    m_socketCreated(m_socket);
    m_socket->SetConnectCallback(MakeCallback(&RequestResponseClient::Request, this),
                                 MakeCallback(&RequestResponseClient::Fail, this));
    m_socket->SetCloseCallbacks(MakeCallback(&RequestResponseClient::PeerClosed, this),
                                MakeCallback(&RequestResponseClient::Fail, this));
    m_socket->SetRecvCallback(MakeCallback(&RequestResponseClient::Receive, this));
    m_socket->TraceConnectWithoutContext("State",
                                         MakeCallback(&RequestResponseClient::StateChanged, this));
    if (m_socket->Connect(m_remote) != 0)
    {
        Simulator::ScheduleNow(&RequestResponseClient::Fail, this, m_socket);
        return;
    }
    Address local;
    m_socket->GetSockName(local);
    m_record.clientPort = InetSocketAddress::IsMatchingType(local)
                              ? InetSocketAddress::ConvertFrom(local).GetPort()
                              : Inet6SocketAddress::ConvertFrom(local).GetPort();
}

void
RequestResponseClient::Request(Ptr<Socket> socket)
{
    socket->SetSendCallback(MakeCallback(&RequestResponseClient::Send, this));
    Send(socket, socket->GetTxAvailable());
}

void
RequestResponseClient::Send(Ptr<Socket> socket, uint32_t available)
{
    const uint32_t size = std::min(m_toSend, available);
    if (socket == m_socket && size > 0 && socket->Send(Create<Packet>(size)) > 0)
    {
        m_toSend -= size;
    }
}

void
RequestResponseClient::Receive(Ptr<Socket> socket)
{
    while (Ptr<Packet> packet = socket->Recv())
    {
        if (packet->GetSize() == 0 || socket != m_socket || m_ended)
        {
            return;
        }
        m_record.lastByte = Simulator::Now() - m_record.opened;
        if (m_record.received == 0)
        {
            m_record.firstByte = m_record.lastByte;
        }
        m_record.received += packet->GetSize();
        if (m_record.received >= m_responseSize)
        {
            End(TransferRecord::Status::OK);
        }
    }
}

void
RequestResponseClient::PeerClosed(Ptr<Socket> socket)
{
    NS_LOG_FUNCTION(this << socket);
    Receive(socket); // what may still be unread
    if (socket == m_socket && !m_ended)
    {
        End(GetFailure());
    }
    // Not within the callback: TCP acknowledges the server's FIN first
    Simulator::ScheduleNow(&Socket::Close, socket);
}

void
RequestResponseClient::Fail(Ptr<Socket> socket)
{
    NS_LOG_FUNCTION(this << socket);
    if (socket == m_socket)
    {
        End(GetFailure());
        StateChanged(TcpSocket::LAST_STATE, TcpSocket::CLOSED);
    }
}

void
RequestResponseClient::End(TransferRecord::Status status)
{
    if (m_ended)
    {
        return;
    }
    m_ended = true;
    m_record.status = status;
    if (Ptr<TcpFastOpenSocket> socket = DynamicCast<TcpFastOpenSocket>(m_socket))
    {
        m_record.synDataBytes = socket->GetSynDataAcked();
    }
    m_transferEnded(m_record);
}

void
RequestResponseClient::StateChanged(TcpSocket::TcpStates_t /* from */, TcpSocket::TcpStates_t to)
{
    if (to != TcpSocket::CLOSED || m_closed)
    {
        return;
    }
    m_closed = true;
    m_giveUp.Cancel();
    if (m_record.transfer < m_transfers)
    {
        m_next = Simulator::Schedule(m_gap, &RequestResponseClient::Open, this);
    }
    else
    {
        m_next = Simulator::ScheduleNow(&RequestResponseClient::Finish, this);
    }
}

void
RequestResponseClient::GiveUp()
{
    NS_LOG_FUNCTION(this);
    m_socket->TraceDisconnectWithoutContext(
        "State",
        MakeCallback(&RequestResponseClient::StateChanged, this));
    End(TransferRecord::Status::TIMEOUT);
    m_socket->Close();
    StateChanged(TcpSocket::LAST_STATE, TcpSocket::CLOSED);
}

void
RequestResponseClient::Finish()
{
    m_finished();
}

TransferRecord::Status
RequestResponseClient::GetFailure() const
{
    Ptr<TcpFastOpenSocket> socket = DynamicCast<TcpFastOpenSocket>(m_socket);
    switch (socket ? socket->GetConnectionError() : TcpFastOpenSocket::NO_ERROR)
    {
    case TcpFastOpenSocket::REFUSED:
        return TransferRecord::Status::REFUSED;
    case TcpFastOpenSocket::TIMED_OUT:
        return TransferRecord::Status::TIMEOUT;
    default:
        return TransferRecord::Status::RESET;
    }
}

} // namespace ns3
