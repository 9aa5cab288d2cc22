/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "simulated-socket.h"

#include "socket-address.h"

#include "ns3/boolean.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/tcp-fast-open-keys.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iomanip>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sstream>
#include <utility>

using namespace ns3;

namespace
{

/// TCP_INFO's numbers of ns-3's states, in ns-3's order.
constexpr uint8_t LINUX_STATES[] = {7, 10, 2, 3, 1, 8, 9, 4, 5, 11, 6};
constexpr uint8_t SYN_DATA_OPTION = 32;                  //!< TCPI_OPT_SYN_DATA
constexpr uint32_t KEY_SIZE = TcpFastOpenKeys::KEY_SIZE; //!< of a key of Fast Open

/**
 * @param bytes a key as TCP_FASTOPEN_KEY takes it
 * @return its text
 */
std::string
ToKeyText(const uint8_t* bytes)
{
    std::ostringstream text;
    text << std::hex << std::setfill('0');
    for (uint32_t word = 0; word < KEY_SIZE / 4; word++)
    {
        text << (word == 0 ? "" : "-");
        for (int i = 3; i >= 0; i--)
        {
            text << std::setw(2) << +bytes[word * 4 + i];
        }
    }
    return text.str();
}

/**
 * What a kernel does to a connection, and tells of it, and ns-3's sockets keep to
 * themselves.
 */
class Insider : public TcpFastOpenSocket
{
  public:
    /**
     * Leave a connection, and tell nobody.
     * @param socket its socket
     * @param reset whether to send a RST
     */
    static void Abort(TcpFastOpenSocket& socket, bool reset)
    {
        if (reset)
        {
            (socket.*(&Insider::SendEmptyPacket))(TcpHeader::RST);
        }
        (socket.*(&Insider::m_state)) = CLOSED;
        (socket.*(&Insider::DeallocateEndPoint))();
    }

    /**
     * @param socket a socket
     * @return the state of its congestion control
     */
    static const TcpSocketState& GetCongestion(const TcpFastOpenSocket& socket)
    {
        return *(socket.*(&Insider::m_tcb));
    }
};

} // namespace

SimulatedSocket::SimulatedSocket(SimulatedStack& stack, int domain, std::function<void()> changed)
    : SimulatedSocket(stack, domain, stack.CreateSocket(), std::move(changed))
{
}

SimulatedSocket::SimulatedSocket(SimulatedStack& stack,
                                 int domain,
                                 Ptr<TcpFastOpenSocket> socket,
                                 std::function<void()> changed)
    : m_stack(stack),
      m_domain(domain),
      m_changed(std::move(changed)),
      m_socket(std::move(socket))
{
}

void
SimulatedSocket::Watch()
{
    const std::weak_ptr<SimulatedSocket> weak = weak_from_this();
    const auto call = [weak](void (*function)(SimulatedSocket&)) {
        if (const auto self = weak.lock())
        {
            function(*self);
            self->Changed();
        }
    };
    const auto change = [call](Ptr<Socket>) { call([](SimulatedSocket&) {}); };
    const auto fail = [call](Ptr<Socket>) { call([](SimulatedSocket& self) { self.Fail(); }); };
    const auto end = [call](Ptr<Socket>) {
        call([](SimulatedSocket& self) {
            self.m_closedByPeer = true;
            if (self.m_socket->GetConnectionError() != TcpFastOpenSocket::NO_ERROR)
            {
                self.Fail();
            }
        });
    };
    m_socket->SetConnectCallback(Callback<void, Ptr<Socket>>(change),
                                 Callback<void, Ptr<Socket>>(fail));
    m_socket->SetCloseCallbacks(Callback<void, Ptr<Socket>>(end),
                                Callback<void, Ptr<Socket>>(fail));
    m_socket->SetRecvCallback(Callback<void, Ptr<Socket>>(change));
    m_socket->SetSendCallback(Callback<void, Ptr<Socket>, uint32_t>(
        [call](Ptr<Socket>, uint32_t) { call([](SimulatedSocket&) {}); }));

    if (std::exchange(m_watched, true))
    {
        return; // it was connected before
    }
    m_socket->TraceConnectWithoutContext(
        "State",
        Callback<void, TcpSocket::TcpStates_t, TcpSocket::TcpStates_t>(
            [weak](TcpSocket::TcpStates_t, TcpSocket::TcpStates_t now) {
                if (const auto self = weak.lock())
                {
                    self->m_state = now;
                    self->m_finished = self->m_finished || self->IsEstablished();
                    self->Changed();
                }
            }));
    m_socket->TraceConnectWithoutContext("RTT", Callback<void, Time, Time>([weak](Time, Time now) {
                                             if (const auto self = weak.lock())
                                             {
                                                 self->m_rtt = now;
                                             }
                                         }));
    using Trace = Callback<void, Ptr<const Packet>, const TcpHeader&, Ptr<const TcpSocketBase>>;
    m_socket->TraceConnectWithoutContext("Tx",
                                         Trace([weak](Ptr<const Packet> packet,
                                                      const TcpHeader& header,
                                                      Ptr<const TcpSocketBase> socket) {
                                             const auto self = weak.lock();
                                             if (self && socket == self->m_socket)
                                             {
                                                 self->m_ledger.NoteSent(header, packet->GetSize());
                                             }
                                         }));
    m_socket->TraceConnectWithoutContext(
        "Rx",
        Trace([weak](Ptr<const Packet>, const TcpHeader& header, Ptr<const TcpSocketBase> socket) {
            const auto self = weak.lock();
            if (self && socket == self->m_socket)
            {
                self->m_ledger.NoteReceived(header);
            }
        }));
}

void
SimulatedSocket::Changed()
{
    m_changes++;
    m_changed();
}

void
SimulatedSocket::Fail()
{
    m_over = true;
    m_closedByPeer = true;
    switch (m_socket->GetConnectionError())
    {
    case TcpFastOpenSocket::REFUSED:
        m_error = ECONNREFUSED;
        break;
    case TcpFastOpenSocket::TIMED_OUT:
        m_error = ETIMEDOUT;
        break;
    default:
        m_error = ECONNRESET;
        break;
    }
}

TcpSocket::TcpStates_t
SimulatedSocket::State() const
{
    return static_cast<TcpSocket::TcpStates_t>(m_state);
}

bool
SimulatedSocket::IsEstablished() const
{
    return State() >= TcpSocket::ESTABLISHED && State() <= TcpSocket::TIME_WAIT;
}

bool
SimulatedSocket::IsDeferred() const
{
    return m_connected && !m_over && !m_ledger.HasSyn();
}

bool
SimulatedSocket::IsConnecting() const
{
    return m_connected && !m_over && !m_finished && m_ledger.HasSyn();
}

long
SimulatedSocket::TakeError(long otherwise)
{
    return m_error != 0 ? -std::exchange(m_error, 0) : -otherwise;
}

void
SimulatedSocket::SetNonBlocking(bool nonBlocking)
{
    m_nonBlocking = nonBlocking;
}

bool
SimulatedSocket::IsNonBlocking() const
{
    return m_nonBlocking;
}

SimulatedSocket::Result
SimulatedSocket::Bind(const sockaddr* address)
{
    const Address local = socketaddress::FromPosix(address);
    if (local.IsInvalid())
    {
        return -EAFNOSUPPORT;
    }
    m_stack.AddAddress(socketaddress::GetIp(local));
    m_bound = local;
    if (m_socket->Bind(local) == 0)
    {
        return 0;
    }
    // ns-3 has no SO_REUSEADDR: connections of an earlier listener keep the address
    // from a new one, but not from one of any address.
    m_bound = socketaddress::ToAny(local);
    if (m_reuseAddress && m_socket->Bind(m_bound) == 0)
    {
        return 0;
    }
    m_bound = Address();
    return -EADDRINUSE;
}

SimulatedSocket::Result
SimulatedSocket::Listen(int backlog)
{
    m_stack.ReadSettings();
    SimulatedStack::Configure(m_socket);
    Watch();
    UintegerValue length;
    m_socket->GetAttribute("FastOpenQueueLength", length);
    if (length.Get() == 0 && m_stack.GetFastOpen()->IsSet(TcpFastOpen::SERVER_WO_SOCKOPT1))
    {
        m_socket->SetAttribute("FastOpenQueueLength", UintegerValue(std::max(backlog, 1)));
    }
    const std::weak_ptr<SimulatedSocket> weak = weak_from_this();
    // A child's SYN has been judged just before the child is reported.
    m_stack.GetFastOpen()->TraceConnectWithoutContext(
        "SynDataAccepted",
        Callback<void, const Address&, const Address&, uint32_t>(
            [weak](const Address&, const Address&, uint32_t bytes) {
                if (const auto self = weak.lock())
                {
                    self->m_acceptedBySyn = true;
                    self->m_acceptedSynData = bytes;
                }
            }));
    m_socket->SetAcceptCallback(
        MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
        Callback<void, Ptr<Socket>, const Address&>(
            [weak](Ptr<Socket> socket, const Address& peer) {
                const auto self = weak.lock();
                if (!self)
                {
                    return;
                }
                std::shared_ptr<SimulatedSocket> child(
                    new SimulatedSocket(self->m_stack,
                                        self->m_domain,
                                        DynamicCast<TcpFastOpenSocket>(socket),
                                        self->m_changed));
                child->Watch();
                child->m_connected = true;
                child->m_peer = peer;
                child->m_ledger.NoteEarlierSynAck();
                child->m_state = TcpSocket::SYN_RCVD;
                if (self->m_acceptedBySyn)
                {
                    child->m_synDataAccepted = self->m_acceptedSynData > 0;
                }
                else
                {
                    TcpHeader ack; // the handshake's last, which has brought the child forth
                    ack.SetFlags(TcpHeader::ACK);
                    ack.SetAckNumber(SequenceNumber32(1));
                    child->m_ledger.NoteReceived(ack);
                    child->m_state = TcpSocket::ESTABLISHED;
                }
                child->m_finished = true; // its calls do not wait for the handshake
                self->m_acceptedBySyn = false;
                self->m_queue.push_back(child);
                self->Changed();
            }));
    m_state = TcpSocket::LISTEN;
    return m_socket->Listen() == 0 ? 0 : -EINVAL;
}

SimulatedSocket::Result
SimulatedSocket::Connect(const sockaddr* address)
{
    if (address->sa_family == AF_UNSPEC)
    {
        Disconnect();
        return 0;
    }
    if (m_error != 0 && m_connected)
    {
        return TakeError(0);
    }
    if (IsConnecting())
    {
        return -EALREADY;
    }
    if (m_connected)
    {
        return -EISCONN;
    }
    m_stack.ReadSettings();
    SimulatedStack::Configure(m_socket);
    Watch();
    m_connected = true;
    m_error = 0;
    if (m_socket->Connect(socketaddress::FromPosix(address)) != 0)
    {
        m_connected = false;
        return -ENETUNREACH;
    }
    if (IsDeferred())
    {
        return 0;
    }
    return m_nonBlocking ? Result(-EINPROGRESS) : std::nullopt;
}

void
SimulatedSocket::Disconnect()
{
    int error = 0;
    switch (State())
    {
    case TcpSocket::SYN_RCVD:
    case TcpSocket::ESTABLISHED:
    case TcpSocket::CLOSE_WAIT:
    case TcpSocket::FIN_WAIT_1:
    case TcpSocket::FIN_WAIT_2:
        error = ECONNRESET;
        Insider::Abort(*m_socket, !m_over);
        break;
    case TcpSocket::SYN_SENT:
        error = ECONNRESET;
        m_socket->Close();
        break;
    case TcpSocket::LISTEN:
        m_socket->Close();
        break;
    default:
        Insider::Abort(*m_socket, false);
        break;
    }
    m_error = error;
    for (const auto& child : std::exchange(m_queue, {}))
    {
        child->Close();
    }
    if (!m_bound.IsInvalid())
    {
        m_socket->Bind(m_bound);
    }
    m_connected = m_finished = m_closedByPeer = m_over = m_noSend = m_synDataAccepted = false;
    m_peer = Address();
    m_state = TcpSocket::CLOSED;
    m_rtt = Time(0);
    m_ledger = SegmentLedger();
    Changed();
}

SimulatedSocket::Result
SimulatedSocket::FinishConnect()
{
    if (m_over)
    {
        return TakeError(ECONNREFUSED);
    }
    return m_finished ? Result(0) : std::nullopt;
}

SimulatedSocket::Result
SimulatedSocket::Accept(std::shared_ptr<SimulatedSocket>& accepted)
{
    if (State() != TcpSocket::LISTEN)
    {
        return -EINVAL;
    }
    if (m_queue.empty())
    {
        return m_nonBlocking ? Result(-EAGAIN) : std::nullopt;
    }
    accepted = m_queue.front();
    m_queue.pop_front();
    return 0;
}

SimulatedSocket::Result
SimulatedSocket::Read(uint8_t* data, std::size_t size, bool dontWait)
{
    if (!m_connected)
    {
        return TakeError(ENOTCONN);
    }
    if (size == 0)
    {
        return 0;
    }
    if (m_socket->GetRxAvailable() > 0)
    {
        Ptr<Packet> packet = m_socket->Recv(static_cast<uint32_t>(size), 0);
        return packet->CopyData(data, static_cast<uint32_t>(size));
    }
    if (m_error != 0)
    {
        return TakeError(0);
    }
    if (m_closedByPeer)
    {
        return 0;
    }
    return m_nonBlocking || dontWait ? Result(-EAGAIN) : std::nullopt;
}

SimulatedSocket::Result
SimulatedSocket::Write(const std::vector<uint8_t>& data,
                       int flags,
                       const sockaddr* address,
                       bool& taken)
{
    const bool fastOpen = flags & MSG_FASTOPEN;
    const bool wait = !m_nonBlocking && !(flags & MSG_DONTWAIT);
    if (m_error != 0 || m_noSend || m_over)
    {
        return TakeError(EPIPE);
    }
    if (fastOpen && IsConnecting())
    {
        return -EALREADY;
    }
    if (!(fastOpen && !m_connected) && !IsDeferred())
    {
        const Result result = FinishWrite(data, taken);
        return result || wait ? result : -EAGAIN;
    }

    // The SYN takes its share; the rest follows the handshake.
    if (!m_connected)
    {
        m_stack.ReadSettings();
        if (!m_stack.GetFastOpen()->IsClientEnabled() ||
            (address && address->sa_family == AF_UNSPEC))
        {
            return -EOPNOTSUPP;
        }
        SimulatedStack::Configure(m_socket);
        Watch();
        m_connected = true;
    }
    const Ptr<Packet> packet = Create<Packet>(data.data(), static_cast<uint32_t>(data.size()));
    const Address server = address ? socketaddress::FromPosix(address) : Address();
    const int sent = m_socket->SendTo(packet, TcpFastOpenSocket::MSG_FASTOPEN, server);
    if (sent < 0 && m_socket->GetConnectionError() != TcpFastOpenSocket::IN_PROGRESS)
    {
        return -ENETUNREACH;
    }
    if (!wait)
    {
        return sent > 0 ? sent : -EINPROGRESS;
    }
    taken = true;
    const uint32_t inSyn = sent > 0 ? static_cast<uint32_t>(sent) : 0;
    if (inSyn < packet->GetSize())
    {
        m_socket->Send(packet->CreateFragment(inSyn, packet->GetSize() - inSyn), 0);
    }
    return std::nullopt;
}

SimulatedSocket::Result
SimulatedSocket::FinishWrite(const std::vector<uint8_t>& data, bool& taken)
{
    if (m_over || m_noSend)
    {
        return TakeError(EPIPE);
    }
    if (!m_connected)
    {
        return -EPIPE;
    }
    if (!m_finished)
    {
        return std::nullopt;
    }
    if (!taken && !data.empty())
    {
        if (m_socket->Send(data.data(), static_cast<uint32_t>(data.size()), 0) < 0)
        {
            return std::nullopt;
        }
        taken = true;
    }
    return static_cast<long>(data.size());
}

SimulatedSocket::Result
SimulatedSocket::Shutdown(int how)
{
    if (!m_connected)
    {
        return -ENOTCONN;
    }
    if (how == SHUT_WR || how == SHUT_RDWR)
    {
        m_noSend = true;
        m_socket->ShutdownSend();
    }
    if (how == SHUT_RD || how == SHUT_RDWR)
    {
        m_socket->ShutdownRecv();
    }
    return 0;
}

void
SimulatedSocket::Close()
{
    m_socket->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                MakeNullCallback<void, Ptr<Socket>, const Address&>());
    if (!m_over)
    {
        m_socket->Close();
    }
    for (const auto& child : m_queue)
    {
        child->Close();
    }
    m_queue.clear();
}

SimulatedSocket::Result
SimulatedSocket::SetOption(int level, int name, const void* value, socklen_t size)
{
    if (level == IPPROTO_TCP && name == TCP_FASTOPEN_KEY)
    {
        const auto* bytes = static_cast<const uint8_t*>(value);
        if (size != KEY_SIZE && size != 2 * KEY_SIZE)
        {
            return -EINVAL;
        }
        Ptr<TcpFastOpenKeys> keys = CreateObject<TcpFastOpenKeys>();
        keys->SetText(ToKeyText(bytes) +
                      (size == KEY_SIZE ? "" : "," + ToKeyText(bytes + KEY_SIZE)));
        m_socket->SetAttribute("FastOpenKeys", PointerValue(keys));
        return 0;
    }
    int number = 0;
    if (size < sizeof number)
    {
        return -EINVAL;
    }
    std::memcpy(&number, value, sizeof number);
    if (level != IPPROTO_TCP)
    {
        m_reuseAddress = name == SO_REUSEADDR ? number != 0 : m_reuseAddress;
        return 0; // the others have nothing to act on
    }
    m_stack.ReadSettings();
    switch (name)
    {
    case TCP_FASTOPEN:
        m_socket->SetAttribute("FastOpenQueueLength",
                               UintegerValue(static_cast<uint32_t>(std::max(number, 0))));
        return 0;
    case TCP_FASTOPEN_CONNECT:
        if (!m_stack.GetFastOpen()->IsClientEnabled())
        {
            return -EOPNOTSUPP;
        }
        m_socket->SetAttribute("FastOpenConnect", BooleanValue(number != 0));
        return 0;
    case TCP_FASTOPEN_NO_COOKIE:
        m_socket->SetAttribute("FastOpenNoCookie", BooleanValue(number != 0));
        return 0;
    case TCP_MAXSEG:
        m_socket->SetAttribute("Mss", UintegerValue(static_cast<uint16_t>(number)));
        return 0;
    case TCP_SYNCNT:
        if (number < 1 || number > 127)
        {
            return -EINVAL;
        }
        // ns-3 counts the first SYN, too
        m_socket->SetAttribute("ConnCount", UintegerValue(static_cast<uint32_t>(number) + 1));
        return 0;
    case TCP_NODELAY:
        m_socket->SetAttribute("TcpNoDelay", BooleanValue(number != 0));
        return 0;
    case TCP_KEEPIDLE:
    case TCP_KEEPINTVL:
    case TCP_KEEPCNT:
        return 0; // ns-3 has no probes of idle connections
    default:
        return -ENOPROTOOPT;
    }
}

SimulatedSocket::Result
SimulatedSocket::GetOption(int level, int name, void* value, socklen_t* size)
{
    std::memset(value, 0, *size);
    if (level == IPPROTO_TCP && name == TCP_INFO)
    {
        tcp_info info{};
        FillInfo(info);
        std::memcpy(value, &info, std::min<std::size_t>(*size, sizeof info));
        return 0;
    }
    if ((level == IPPROTO_TCP && name == TCP_CC_INFO) ||
        (level == SOL_SOCKET && name == SO_MEMINFO))
    {
        return 0;
    }
    int number = 0;
    if (level == SOL_SOCKET && name == SO_ERROR)
    {
        number = static_cast<int>(-TakeError(0));
    }
    else if (level == IPPROTO_TCP && name == TCP_FASTOPEN)
    {
        UintegerValue length;
        m_socket->GetAttribute("FastOpenQueueLength", length);
        number = static_cast<int>(length.Get());
    }
    else if (level == IPPROTO_TCP && name == TCP_FASTOPEN_CONNECT)
    {
        BooleanValue on;
        m_socket->GetAttribute("FastOpenConnect", on);
        number = on.Get() ? 1 : 0;
    }
    else
    {
        return -ENOPROTOOPT;
    }
    *size = std::min<socklen_t>(*size, sizeof number);
    std::memcpy(value, &number, *size);
    return 0;
}

void
SimulatedSocket::FillInfo(tcp_info& info) const
{
    const bool client = m_socket->GetSynDataSent() > 0 && m_finished &&
                        m_socket->GetSynDataAcked() == m_socket->GetSynDataSent();
    const TcpSocketState& congestion = Insider::GetCongestion(*m_socket);
    const uint32_t segmentSize = std::max(congestion.m_segmentSize, 1u);
    info.tcpi_state = LINUX_STATES[m_state];
    info.tcpi_ca_state = congestion.m_congState;
    info.tcpi_options = client || m_synDataAccepted ? SYN_DATA_OPTION : 0;
    info.tcpi_rtt = static_cast<uint32_t>(m_rtt.GetMicroSeconds());
    info.tcpi_unacked = m_ledger.GetUnacked();
    info.tcpi_retrans = m_ledger.GetRetransmitted();
    info.tcpi_delivered = m_ledger.GetDelivered();
    info.tcpi_snd_mss = segmentSize;
    info.tcpi_snd_cwnd = congestion.m_cWnd / segmentSize;
    info.tcpi_snd_ssthresh = congestion.m_ssThresh / segmentSize;
}

short
SimulatedSocket::GetReadiness() const
{
    if (State() == TcpSocket::LISTEN)
    {
        return m_queue.empty() ? 0 : POLLIN;
    }
    short ready = 0;
    if (m_error != 0)
    {
        ready |= POLLERR;
    }
    if (m_over || !m_connected)
    {
        ready |= POLLHUP | POLLOUT;
    }
    if (m_closedByPeer)
    {
        ready |= POLLIN | POLLRDHUP;
    }
    if (m_connected && m_socket->GetRxAvailable() > 0)
    {
        ready |= POLLIN;
    }
    if (IsDeferred() || (m_finished && m_socket->GetTxAvailable() > 0))
    {
        ready |= POLLOUT;
    }
    return ready;
}

uint64_t
SimulatedSocket::GetChanges() const
{
    return m_changes;
}

socklen_t
SimulatedSocket::GetPeer(sockaddr_storage& peer) const
{
    return socketaddress::ToPosix(m_peer, m_domain, peer);
}
