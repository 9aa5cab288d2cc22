/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-fast-open-socket.h"

#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/tcp-rx-buffer.h"
#include "ns3/tcp-tx-buffer.h"
#include "ns3/uinteger.h"

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("TcpFastOpenSocket");

NS_OBJECT_ENSURE_REGISTERED(TcpFastOpenSocket);

TypeId
TcpFastOpenSocket::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::TcpFastOpenSocket")
            .SetParent<TcpLinuxSocket>()
            .SetGroupName("TcpFastOpen")
            .AddConstructor<TcpFastOpenSocket>()
            .AddAttribute("FastOpenConnect",
                          "Let Connect() use Fast Open (Linux's TCP_FASTOPEN_CONNECT): with a "
                          "cookie the SYN waits for the first Send() and carries its data.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&TcpFastOpenSocket::m_fastOpenConnect),
                          MakeBooleanChecker())
            .AddAttribute("FastOpenQueueLength",
                          "How many connections a listener accepts by cookie whose handshake is "
                          "not complete (Linux's TCP_FASTOPEN); 0 turns Fast Open off.",
                          UintegerValue(DEFAULT_QUEUE_LENGTH),
                          MakeUintegerAccessor(&TcpFastOpenSocket::SetQueueLength,
                                               &TcpFastOpenSocket::GetQueueLength),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("FastOpenKeys",
                          "Keys of this listener alone (Linux's TCP_FASTOPEN_KEY); none: the "
                          "node's.",
                          PointerValue(),
                          MakePointerAccessor(&TcpFastOpenSocket::m_keys),
                          MakePointerChecker<TcpFastOpenKeys>())
            .AddAttribute("FastOpenNoCookie",
                          "Send, or accept, data in the SYN without a cookie (Linux's "
                          "TCP_FASTOPEN_NO_COOKIE).",
                          BooleanValue(false),
                          MakeBooleanAccessor(&TcpFastOpenSocket::m_noCookie),
                          MakeBooleanChecker())
            .AddAttribute("ReduceInitialCwnd",
                          "Start with a window of one segment when the SYN or SYN-ACK was sent "
                          "again more than once, unless timestamps prove that none was lost (RFC "
                          "5681, section 3.1, as Linux applies it).",
                          BooleanValue(false),
                          MakeBooleanAccessor(&TcpFastOpenSocket::m_reduceInitialCwnd),
                          MakeBooleanChecker())
            .AddAttribute("SynLinearTimeouts",
                          "How many timeouts of a SYN behind the first are as long as that one, "
                          "before they double; it has as many more tries (Linux's "
                          "tcp_syn_linear_timeouts: 4; RFC 6298: 0).",
                          UintegerValue(0),
                          MakeUintegerAccessor(&TcpFastOpenSocket::m_synLinearTimeouts),
                          MakeUintegerChecker<uint32_t>(0, 127))
            .AddAttribute("SynAckRetries",
                          "How many times a SYN-ACK is sent again, once more to a client that was "
                          "accepted by its SYN (Linux's tcp_synack_retries: 5); 0: as many as "
                          "ConnCount has for a SYN.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&TcpFastOpenSocket::m_synAckRetries),
                          MakeUintegerChecker<uint32_t>(0, 127))
            .AddAttribute("SynAnswerInterval",
                          "Answer duplicates of a SYN as Linux does: at most one in this time "
                          "(tcp_invalid_ratelimit: 500 ms), without using a retry up; the timer of "
                          "the SYN-ACK starts anew, but for a client that was accepted by its SYN. "
                          "0: answer each, and use a retry up, as TcpSocketBase does.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&TcpFastOpenSocket::m_synAnswerInterval),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("Mss",
                          "The MSS to announce at most, in bytes, 48 or more; 0 and what is too "
                          "large: the interface's MTU less 40 for IPv4 or 60 for IPv6.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&TcpFastOpenSocket::m_mss),
                          MakeUintegerChecker<uint16_t>());
    return tid;
}

Ptr<TcpSocketBase>
TcpFastOpenSocket::Fork()
{
    return CopyObject<TcpFastOpenSocket>(this);
}

// The calls of the application

int
TcpFastOpenSocket::Connect(const Address& address)
{
    NS_LOG_FUNCTION(this << address);
    if (m_told == Told::END)
    {
        m_state = CLOSED; // the base leaves an aborted connection in its last state
    }
    if (m_state == CLOSED || m_state == LISTEN)
    {
        return TcpActiveOpenSocket::Connect(address);
    }
    // The base would send one more SYN, or reset the connection
    const bool underWay = (m_state == SYN_SENT && !IsDeferred()) ||
                          (m_state == SYN_RCVD && m_opening != Opening::EARLY_CHILD);
    m_errno = underWay ? ERROR_AGAIN : ERROR_ISCONN;
    return -1;
}

int
TcpFastOpenSocket::Send(Ptr<Packet> packet, uint32_t flags)
{
    NS_LOG_FUNCTION(this << packet << flags);
    const bool early = m_opening == Opening::EARLY_CHILD || m_opening == Opening::SIMULTANEOUS;
    if (m_state == SYN_RCVD && early && !m_shutdownSend)
    {
        return SendEarly(packet);
    }
    const int sent = TcpActiveOpenSocket::Send(packet, flags & ~MSG_AFTER_HANDSHAKE);
    if (sent >= 0 && IsDeferred())
    {
        m_sendToData = sent == 0 ? packet : nullptr; // who writes nothing wants the SYN to leave
        Open(flags & MSG_AFTER_HANDSHAKE);
        m_sendToData = nullptr;
    }
    return sent;
}

int
TcpFastOpenSocket::SendEarly(Ptr<Packet> packet)
{
    if (!m_txBuffer->Add(packet))
    {
        m_errno = ERROR_MSGSIZE;
        return -1;
    }
    NoteWrite(packet->GetSize());
    if (m_opening == Opening::EARLY_CHILD && m_sendPendingDataEvent.IsExpired())
    {
        m_sendPendingDataEvent =
            Simulator::Schedule(TimeStep(1), &TcpFastOpenSocket::SendPendingData, this, true);
    }
    return static_cast<int>(packet->GetSize());
}

int
TcpFastOpenSocket::SendTo(Ptr<Packet> packet, uint32_t flags, const Address& address)
{
    NS_LOG_FUNCTION(this << packet << flags << address);
    if (!(flags & MSG_FASTOPEN))
    {
        return Send(packet, flags);
    }
    const bool deferred = IsDeferred();
    if (m_state != CLOSED && m_told != Told::END && !deferred)
    {
        m_errno = ERROR_ISCONN;
        return -1;
    }
    const auto& fastOpen = GetFastOpen();
    if (!fastOpen || !fastOpen->IsClientEnabled())
    {
        m_errno = ERROR_OPNOTSUPP;
        return -1;
    }

    m_sendToData = packet;
    int result = 0;
    if (deferred)
    {
        Open(false); // the address is Connect()'s
    }
    else
    {
        result = Connect(address); // calls Open()
    }
    m_sendToData = nullptr;
    if (result < 0)
    {
        return result;
    }
    const auto mode = m_client.GetMode();
    if (m_client.GetDataSize() == 0 &&
        (packet->GetSize() > 0 || mode == TcpClientOpening::Mode::PLAIN ||
         mode == TcpClientOpening::Mode::ASKING))
    {
        m_error = IN_PROGRESS;
        m_errno = ERROR_AGAIN;
        return -1;
    }
    return static_cast<int>(m_client.GetDataSize());
}

int
TcpFastOpenSocket::ShutdownSend()
{
    NS_LOG_FUNCTION(this);
    const int result = TcpActiveOpenSocket::ShutdownSend();
    if (IsDeferred())
    {
        Open(false); // no write will come
    }
    return result;
}

int
TcpFastOpenSocket::ProcessClose()
{
    NS_LOG_FUNCTION(this);
    if (m_state == LISTEN)
    {
        CloseQueue();
    }
    const bool waiting = m_state == SYN_SENT && m_opening == Opening::CLIENT;
    const bool written = m_txBuffer->Size() > 0;
    if (IsDeferred() || (waiting && !written && m_client.IsFastOpen()))
    {
        m_opening = Opening::NONE;
        End(m_error, Report::CLOSE); // no segment tells of it (RFC 9293, section 3.10.4)
        return 0;
    }
    if ((waiting && written) ||
        (m_opening == Opening::SIMULTANEOUS && m_tcb->m_rxBuffer->Size() == 0))
    {
        // The data may be in the SYN already; it and the FIN still have to arrive.
        m_closeOnEmpty = true;
        return 0;
    }
    return TcpActiveOpenSocket::ProcessClose();
}

// The way of a segment

void
TcpFastOpenSocket::ProcessOpening(Ptr<Packet> packet,
                                  const Address& fromAddress,
                                  const Address& toAddress)
{
    SocketPriorityTag priorityTag;
    packet->RemovePacketTag(priorityTag);
    const TcpHeader header = TakeHeader(packet);
    switch (m_state)
    {
    case LISTEN:
        ProcessInListen(packet, header, fromAddress, toAddress);
        break;
    case SYN_SENT:
        ProcessInSynSent(packet, header, fromAddress, toAddress);
        break;
    default:
        ProcessInSynRcvd(packet, header, fromAddress, toAddress);
        break;
    }
}

} // namespace ns3
