/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "fuzz-host.h"

#include "ns3/boolean.h"
#include "ns3/config.h"
#include "ns3/icmpv6-l4-protocol.h"
#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-interface.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/ipv4-route.h"
#include "ns3/ipv6-address-helper.h"
#include "ns3/ipv6-interface.h"
#include "ns3/ipv6-l3-protocol.h"
#include "ns3/ipv6-route.h"
#include "ns3/node.h"
#include "ns3/scenario.h"
#include "ns3/simple-channel.h"
#include "ns3/simple-net-device.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/tcp-fast-open-helper.h"
#include "ns3/tcp-fast-open-socket-factory.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-option-ts.h"
#include "ns3/uinteger.h"

#include <cstdlib>
#include <iostream>

using namespace ns3;

namespace
{

constexpr uint8_t FIN = TcpHeader::FIN;
constexpr uint8_t SYN = TcpHeader::SYN;
constexpr uint8_t RST = TcpHeader::RST;
constexpr uint8_t PSH = TcpHeader::PSH;
constexpr uint8_t ACK = TcpHeader::ACK;

constexpr uint32_t HEADER_SIZE = 20; //!< of TCP's header without options, in bytes
constexpr uint32_t MOST_STEPS = 100; //!< operations of a program that are run

/// What times are chosen from: within a handshake, timeouts, TIME-WAIT, black holes.
const Time DELAYS[] = {MicroSeconds(1),
                       MilliSeconds(1),
                       MilliSeconds(5),
                       MilliSeconds(39),
                       MilliSeconds(41),
                       MilliSeconds(100),
                       MilliSeconds(199),
                       MilliSeconds(201),
                       MilliSeconds(999),
                       MilliSeconds(1001),
                       Seconds(2),
                       Seconds(3),
                       Seconds(7),
                       Seconds(31),
                       Seconds(61),
                       Seconds(4000)};

/// Until then everything has ended that ends.
const Time LONG = Seconds(20000);

/**
 * @param number a sequence number of a peer
 * @return the byte that belongs there
 */
uint8_t
PeersByte(uint32_t number)
{
    return static_cast<uint8_t>(number * 2654435761U >> 24);
}

/**
 * @param place a place in the stream that the node's application writes, from 0
 * @return the byte that belongs there
 */
uint8_t
NodesByte(uint32_t place)
{
    return static_cast<uint8_t>(place * 2246822519U >> 23);
}

/**
 * @param bytes the place of the highest byte
 * @return the four bytes there as a number
 */
uint32_t
Read32(const uint8_t* bytes)
{
    return static_cast<uint32_t>(bytes[0]) << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

/**
 * @param bytes what to append to
 * @param number the number to append, the highest byte first
 */
void
Append32(std::vector<uint8_t>& bytes, uint32_t number)
{
    for (const int shift : {24, 16, 8, 0})
    {
        bytes.push_back(static_cast<uint8_t>(number >> shift));
    }
}

/**
 * Tell of a segment where the environment asks for it, by TFO_FUZZ_TRACE.
 *
 * @param who sends it
 * @param index number of the connection
 * @param flags its flags
 * @param seq its sequence number
 * @param ack its acknowledgement number
 * @param size its data, in bytes
 */
void
Trace(const char* who, std::size_t index, uint8_t flags, uint32_t seq, uint32_t ack, uint32_t size)
{
    static const bool wanted = std::getenv("TFO_FUZZ_TRACE");
    if (wanted)
    {
        std::cerr << Simulator::Now().As(Time::S) << ' ' << who << ' ' << index << ": "
                  << TcpHeader::FlagsToString(flags) << ' ' << seq << ':' << size << " ack " << ack
                  << std::endl;
    }
}

/// Set TCP as scenarios do, but for giving up sooner.
void
SetDefaults()
{
    auto attributes = Scenario::LinuxTcp();
    attributes["ns3::TcpSocket::ConnCount"] = "3";
    attributes["ns3::TcpSocket::DataRetries"] = "3";
    attributes["ns3::TcpSocketBase::MaxSegLifetime"] = "1";
    for (const auto& [name, value] : attributes)
    {
        Config::SetDefault(name, StringValue(value));
    }
}

} // namespace

FuzzHost::FuzzHost(FuzzBytes input)
    : m_input(input)
{
    static const bool once = (SetDefaults(), true);
    static_cast<void>(once);
}

FuzzHost::~FuzzHost()
{
    m_ends.clear();
    m_listener = nullptr;
    m_fastOpen = nullptr;
    m_node = nullptr;
    Simulator::Destroy();
}

void
FuzzHost::Build()
{
    const uint8_t settings = m_input.Get8();
    const uint8_t more = m_input.Get8();
    m_ipv6 = settings & 0x01;
    m_reads = !(settings & 0x02);
    m_echoes = settings & 0x04;
    m_closesWhenTold = settings & 0x08;
    m_closesAtOnce = settings & 0x10;
    m_timestamps = !(more & 0x04);
    m_sack = !(more & 0x08);
    m_scaling = !(more & 0x10);
    m_small = more & 0x20;

    m_node = CreateObject<Node>();
    InternetStackHelper internet;
    internet.SetIpv6StackInstall(m_ipv6);
    internet.Install(m_node);
    Ptr<SimpleNetDevice> device = CreateObject<SimpleNetDevice>();
    device->SetAddress(Mac48Address("00:00:00:00:00:01"));
    m_node->AddDevice(device);
    device->SetChannel(CreateObject<SimpleChannel>());
    device->SetMtu(1500);
    if (m_ipv6)
    {
        m_node->GetObject<Icmpv6L4Protocol>()->SetAttribute("DAD", BooleanValue(false));
        m_node->GetObject<Ipv6>()->SetAttribute("IpForward", BooleanValue(true));
        Ipv6AddressHelper helper(Ipv6Address("fd00::"), Ipv6Prefix(64), Ipv6Address("::1"));
        helper.Assign(NetDeviceContainer(device));
    }
    else
    {
        Ipv4AddressHelper helper("10.0.0.0", "255.255.255.0", "0.0.0.1");
        helper.Assign(NetDeviceContainer(device));
    }

    const uint32_t switches[] = {3, 0x203, 7, 0x407};
    TcpFastOpenHelper fastOpen;
    fastOpen.SetAttribute("Switch", UintegerValue(switches[more & 0x03]));
    fastOpen.SetAttribute("Key",
                          StringValue("00010203-04050607-08090a0b-0c0d0e0f,"
                                      "a0010203-04050607-08090a0b-0c0d0e0f"));
    fastOpen.SetProfile(more & 0x40 ? "rfc7413" : "linux");
    fastOpen.Install(m_node);
    m_fastOpen = m_node->GetObject<TcpFastOpen>();
    m_fastOpen->TraceConnectWithoutContext(
        "PendingCount",
        Callback<void, uint32_t, uint32_t>([this](uint32_t, uint32_t now) { m_pending = now; }));

    Ptr<TcpL4Protocol> tcp = m_node->GetObject<TcpL4Protocol>();
    tcp->SetDownTarget(IpL4Protocol::DownTargetCallback(
        [this](Ptr<Packet> packet, Ipv4Address, Ipv4Address, uint8_t, Ptr<Ipv4Route>) {
            Take(packet);
        }));
    tcp->SetDownTarget6(IpL4Protocol::DownTargetCallback6(
        [this](Ptr<Packet> packet, Ipv6Address, Ipv6Address, uint8_t, Ptr<Ipv6Route>) {
            Take(packet);
        }));
}

Address
FuzzHost::GetPeerIp() const
{
    return m_ipv6 ? Address(Ipv6Address("fd00::2")) : Address(Ipv4Address("10.0.0.2"));
}

Address
FuzzHost::GetNodeIp() const
{
    return m_ipv6 ? Address(Ipv6Address("fd00::1")) : Address(Ipv4Address("10.0.0.1"));
}

Address
FuzzHost::WithPort(const Address& ip, uint16_t port) const
{
    return m_ipv6 ? Address(Inet6SocketAddress(Ipv6Address::ConvertFrom(ip), port))
                  : Address(InetSocketAddress(Ipv4Address::ConvertFrom(ip), port));
}

Ptr<TcpFastOpenSocket>
FuzzHost::CreateSocket() const
{
    auto socket = DynamicCast<TcpFastOpenSocket>(
        Socket::CreateSocket(m_node, TcpFastOpenSocketFactory::GetTypeId()));
    socket->SetAttribute("Timestamp", BooleanValue(m_timestamps));
    socket->SetAttribute("Sack", BooleanValue(m_sack));
    socket->SetAttribute("WindowScaling", BooleanValue(m_scaling));
    if (m_small)
    {
        socket->SetAttribute("RcvBufSize", UintegerValue(2000));
        socket->SetAttribute("SndBufSize", UintegerValue(3000));
        socket->SetAttribute("FastOpenQueueLength", UintegerValue(1));
    }
    return socket;
}

// --- Applications --------------------------------------------------------------------

FuzzHost::End&
FuzzHost::Adopt(Ptr<TcpFastOpenSocket> socket, std::size_t flow)
{
    m_ends.push_back(std::make_unique<End>());
    End* const end = m_ends.back().get();
    end->socket = socket;
    end->flow = flow;
    socket->SetConnectCallback(Callback<void, Ptr<Socket>>([this, end](Ptr<Socket>) {
                                   end->connected++;
                                   FUZZ_CHECK(end->connected == 1 && end->failed == 0);
                                   if (m_echoes)
                                   {
                                       WriteData(*end, 700);
                                   }
                               }),
                               Callback<void, Ptr<Socket>>([this, end](Ptr<Socket>) {
                                   end->failed++;
                                   FUZZ_CHECK(end->connected == 0 && end->failed == 1);
                                   if (m_closesWhenTold)
                                   {
                                       Close(*end);
                                   }
                               }));
    const Callback<void, Ptr<Socket>> ended([this, end](Ptr<Socket>) {
        end->closed = true; // by the peer
        if (m_closesWhenTold)
        {
            Close(*end);
        }
    });
    socket->SetCloseCallbacks(ended, ended);
    socket->SetRecvCallback(Callback<void, Ptr<Socket>>([this, end](Ptr<Socket>) {
        if (m_reads)
        {
            ReadData(*end);
        }
        if (m_echoes)
        {
            WriteData(*end, 100);
        }
    }));
    return *end;
}

void
FuzzHost::Listen()
{
    m_listener = CreateSocket();
    m_listener->Bind(
        WithPort(m_ipv6 ? Address(Ipv6Address::GetAny()) : Address(Ipv4Address::GetAny()),
                 SERVER_PORT));
    m_listener->SetAcceptCallback(
        MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
        Callback<void, Ptr<Socket>, const Address&>(
            [this](Ptr<Socket> socket, const Address& from) {
                const uint16_t port = m_ipv6 ? Inet6SocketAddress::ConvertFrom(from).GetPort()
                                             : InetSocketAddress::ConvertFrom(from).GetPort();
                const std::size_t flow = port - CLIENT_PORT;
                FUZZ_CHECK(flow < FLOWS);
                End& end = Adopt(DynamicCast<TcpFastOpenSocket>(socket), flow);
                if (m_closesAtOnce)
                {
                    WriteData(end, 300);
                    Close(end);
                }
            }));
    m_listener->Listen();
}

void
FuzzHost::Connect(uint8_t how)
{
    if (m_connects == FLOWS)
    {
        return;
    }
    const std::size_t flow = m_connects++;
    if (how & 0x04)
    {
        m_fastOpen->GetCache().Remove(GetNodeIp(), GetPeerIp());
    }
    else
    {
        const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8};
        m_fastOpen->GetCache().Store(
            {GetNodeIp(), GetPeerIp(), TcpFastOpenCookie(bytes, sizeof bytes), 1460});
    }
    End& end = Adopt(CreateSocket(), flow);
    end.socket->SetAttribute("FastOpenConnect", BooleanValue((how & 0x03) < 2));
    end.socket->Bind(WithPort(GetNodeIp(), static_cast<uint16_t>(CLIENT_PORT + flow)));
    if ((how & 0x03) == 3)
    {
        WriteData(end, 600, TcpFastOpenSocket::MSG_FASTOPEN);
        return;
    }
    end.socket->Connect(WithPort(GetPeerIp(), SERVER_PORT));
    if ((how & 0x03) != 1) // else it is deferred where there is a cookie
    {
        WriteData(end, 600);
    }
}

void
FuzzHost::WriteData(End& end, uint32_t size, uint32_t flags)
{
    std::vector<uint8_t> bytes(size);
    for (uint32_t i = 0; i < size; i++)
    {
        bytes[i] = NodesByte(end.written + i);
    }
    Flow& flow = m_flows.at(end.flow);
    // What is sent in the call counts, too
    const uint32_t before = flow.written;
    flow.written = std::max(flow.written, end.written + size);
    Ptr<Packet> packet = Create<Packet>(bytes.data(), size);
    const int taken = flags == TcpFastOpenSocket::MSG_FASTOPEN
                          ? end.socket->SendTo(packet, flags, WithPort(GetPeerIp(), SERVER_PORT))
                          : end.socket->Send(packet, flags);
    FUZZ_CHECK(taken <= static_cast<int>(size));
    end.written += std::max(taken, 0);
    flow.written = std::max(before, end.written);
}

void
FuzzHost::ReadData(End& end)
{
    while (Ptr<Packet> packet = end.socket->Recv(UINT32_MAX, 0))
    {
        const uint32_t size = packet->GetSize();
        if (size == 0)
        {
            break; // the end of the peer's stream
        }
        std::vector<uint8_t> bytes(size);
        packet->CopyData(bytes.data(), size);
        if (end.places.empty())
        {
            end.places = m_flows.at(end.flow).starts;
        }
        std::set<uint32_t> behind;
        for (const uint32_t place : end.places)
        {
            uint32_t i = 0;
            while (i < size && bytes[i] == PeersByte(place + i))
            {
                i++;
            }
            if (i == size)
            {
                behind.insert(place + size);
            }
        }
        end.places = behind;
        FUZZ_CHECK(!end.places.empty()); // each byte once, in order, and none from elsewhere
    }
}

void
FuzzHost::Close(End& end)
{
    end.closed = true;
    end.socket->Close();
}

void
FuzzHost::Call()
{
    const uint8_t what = m_input.Get8();
    const uint8_t who = m_input.Get8();
    if ((what & 0x0f) == 7)
    {
        if (!m_listener)
        {
            Connect(who);
        }
        else if (who == 0xff)
        {
            m_listener->Close();
        }
        return;
    }
    if (m_ends.empty())
    {
        return;
    }
    End& end = *m_ends.at(who % m_ends.size());
    switch (what & 0x0f)
    {
    case 0:
        WriteData(end, 1 + (what >> 4) * 100);
        break;
    case 2:
        Close(end);
        break;
    case 3:
        WriteData(end, 1 + (what >> 4) * 100, TcpFastOpenSocket::MSG_AFTER_HANDSHAKE);
        break;
    case 4:
        end.socket->ShutdownSend();
        break;
    case 5:
        end.socket->ShutdownRecv();
        break;
    case 6:
    case 8:
        // A socket whose connection has ended may be used again, from another port
        if (m_listener || end.closed || end.connected + end.failed > 0)
        {
            break;
        }
        if ((what & 0x0f) == 6)
        {
            WriteData(end, 600, TcpFastOpenSocket::MSG_FASTOPEN);
        }
        else
        {
            end.socket->Connect(WithPort(GetPeerIp(), SERVER_PORT));
        }
        break;
    case 9:
        WriteData(end, 6000);
        break;
    case 10:
        WriteData(end, 0);
        break;
    default:
        ReadData(end);
        break;
    }
}

// --- Segments ------------------------------------------------------------------------

void
FuzzHost::Take(Ptr<Packet> packet)
{
    TcpHeader header;
    const uint32_t headerSize = packet->RemoveHeader(header);
    FUZZ_CHECK(headerSize == header.GetLength() * 4U);
    const bool fromListener =
        header.GetSourcePort() == SERVER_PORT && header.GetDestinationPort() != SERVER_PORT;
    const std::size_t index =
        (fromListener ? header.GetDestinationPort() : header.GetSourcePort()) - CLIENT_PORT;
    FUZZ_CHECK(index < FLOWS);
    Flow& flow = m_flows[index];
    const uint8_t flags = header.GetFlags();
    const uint32_t sequence = header.GetSequenceNumber().GetValue();
    const uint32_t syn = flags & SYN ? 1 : 0;
    const uint32_t size = packet->GetSize();

    Trace("node", index, flags, sequence, header.GetAckNumber().GetValue(), size);

    std::vector<uint8_t> bytes(size);
    packet->CopyData(bytes.data(), size);
    for (uint32_t i = 0; i < size; i++)
    {
        FUZZ_CHECK(bytes[i] == NodesByte(sequence + syn + i - 1));
    }
    if (size > 0)
    {
        FUZZ_CHECK(!(flags & RST));
        FUZZ_CHECK(sequence + syn + size - 1 <= flow.written);
    }
    if (flags & ACK)
    {
        // Nothing is acknowledged that was not sent, but for what meets no socket: to that
        // TcpL4Protocol::NoEndPointsFound() adds one, whatever it is.
        const uint32_t ack = header.GetAckNumber().GetValue();
        FUZZ_CHECK((flags & RST) ||
                   std::any_of(flow.segments.begin(), flow.segments.end(), [ack](const auto& of) {
                       return ack - of.first <= of.second;
                   }));
        flow.expected = ack;
    }
    if (const auto option = DynamicCast<const TcpOptionTS>(header.GetOption(TcpOption::TS)))
    {
        flow.timestamp = option->GetTimestamp();
    }
    const uint32_t end = sequence + syn + size + (flags & FIN ? 1 : 0);
    if (!(flags & RST) && static_cast<int32_t>(end - flow.sent) > 0)
    {
        flow.sent = end;
    }
}

void
FuzzHost::Inject(std::size_t index, std::vector<uint8_t> segment)
{
    Flow& flow = m_flows.at(index);
    const auto clientPort = static_cast<uint8_t>(CLIENT_PORT + index);
    const uint8_t ports[] = {0,
                             m_listener ? clientPort : static_cast<uint8_t>(SERVER_PORT),
                             0,
                             m_listener ? static_cast<uint8_t>(SERVER_PORT) : clientPort};
    std::copy_n(ports, std::min(segment.size(), sizeof ports), segment.begin());
    const std::size_t offset = segment.size() > 12 ? segment[12] / 16 * 4 : 0;
    if (offset >= HEADER_SIZE && offset <= segment.size())
    {
        const uint8_t flags = segment[13];
        const uint32_t sequence = Read32(&segment[4]);
        const uint32_t syn = flags & SYN ? 1 : 0;
        Trace("peer", index, flags, sequence, Read32(&segment[8]), segment.size() - offset);
        for (std::size_t i = offset; i < segment.size(); i++)
        {
            segment[i] = PeersByte(sequence + syn + (i - offset));
        }
        if (syn)
        {
            flow.starts.insert(sequence + 1);
        }
        flow.segments.emplace_back(sequence,
                                   syn + (segment.size() - offset) + (flags & FIN ? 1 : 0));
        if (flags & ACK)
        {
            flow.acked = Read32(&segment[8]);
        }
    }
    Ptr<Packet> packet = Create<Packet>(segment.data(), segment.size());
    if (m_ipv6)
    {
        Ptr<Ipv6L3Protocol> ip = m_node->GetObject<Ipv6L3Protocol>();
        Ipv6Header header;
        header.SetSource(Ipv6Address::ConvertFrom(GetPeerIp()));
        header.SetDestination(Ipv6Address::ConvertFrom(GetNodeIp()));
        header.SetNextHeader(TcpL4Protocol::PROT_NUMBER);
        header.SetPayloadLength(static_cast<uint16_t>(segment.size()));
        header.SetHopLimit(64);
        ip->GetProtocol(TcpL4Protocol::PROT_NUMBER)->Receive(packet, header, ip->GetInterface(1));
        return;
    }
    Ptr<Ipv4L3Protocol> ip = m_node->GetObject<Ipv4L3Protocol>();
    Ipv4Header header;
    header.SetSource(Ipv4Address::ConvertFrom(GetPeerIp()));
    header.SetDestination(Ipv4Address::ConvertFrom(GetNodeIp()));
    header.SetProtocol(TcpL4Protocol::PROT_NUMBER);
    header.SetPayloadSize(static_cast<uint16_t>(segment.size()));
    header.SetTtl(64);
    ip->GetProtocol(TcpL4Protocol::PROT_NUMBER)->Receive(packet, header, ip->GetInterface(1));
}

void
FuzzHost::Send(std::size_t index,
               uint8_t flags,
               uint32_t seq,
               uint32_t ack,
               const std::vector<uint8_t>& options,
               uint32_t size,
               uint16_t window)
{
    std::vector<uint8_t> segment(4);
    Append32(segment, seq);
    Append32(segment, ack);
    segment.push_back(static_cast<uint8_t>((HEADER_SIZE + options.size()) / 4 << 4));
    segment.push_back(flags);
    segment.push_back(static_cast<uint8_t>(window >> 8));
    segment.push_back(static_cast<uint8_t>(window));
    segment.resize(HEADER_SIZE); // checksum and urgent pointer
    segment.insert(segment.end(), options.begin(), options.end());
    segment.resize(segment.size() + size);
    Inject(index, segment);
}

std::vector<uint8_t>
FuzzHost::GetOption(uint8_t form)
{
    TcpFastOpenCookie valid = m_fastOpen->GetKeys()->Make(GetPeerIp(), GetNodeIp());
    std::vector<uint8_t> cookie(valid.GetBytes(), valid.GetBytes() + valid.GetSize());
    const bool experimental = form & 0x08;
    switch (form & 0x07)
    {
    case 0:
        cookie.clear(); // a request
        break;
    case 1:
        cookie[3] ^= 0x10; // not the right one
        break;
    case 2:
        cookie = m_input.GetBytes(form >> 4);
        break;
    default:
        break;
    }
    std::vector<uint8_t> option{34, static_cast<uint8_t>(2 + cookie.size())};
    if (experimental)
    {
        option = {254, static_cast<uint8_t>(4 + cookie.size()), 0xf9, 0x89};
    }
    option.insert(option.end(), cookie.begin(), cookie.end());
    return option;
}

std::vector<uint8_t>
FuzzHost::GetOptions(const Flow& flow)
{
    const uint8_t which = m_input.Get8();
    std::vector<uint8_t> options;
    const auto add = [&options](const std::vector<uint8_t>& option) {
        options.insert(options.end(), option.begin(), option.end());
    };
    if (which & 0x01)
    {
        const uint16_t mss = m_input.Get16();
        add({2, 4, static_cast<uint8_t>(mss >> 8), static_cast<uint8_t>(mss)});
    }
    if (which & 0x02)
    {
        add({3, 3, m_input.Get8()});
    }
    if (which & 0x04)
    {
        add({4, 2});
    }
    if (which & 0x08)
    {
        add({8, 10});
        Append32(options, m_input.Get8());
        Append32(options, flow.timestamp);
    }
    if (which & 0x10)
    {
        add(GetOption(m_input.Get8()));
    }
    if (which & 0x20)
    {
        const uint32_t left = flow.acked + m_input.Get16();
        add({5, 10});
        Append32(options, left);
        Append32(options, left + m_input.Get16());
    }
    if (which & 0x40)
    {
        add(m_input.GetBytes(m_input.Get8() % 12));
    }
    options.resize(std::min<std::size_t>((options.size() + 3) / 4 * 4, 40), TcpOption::NOP);
    return options;
}

void
FuzzHost::SendSegment()
{
    const uint8_t kind = m_input.Get8();
    const uint8_t numbers = m_input.Get8();
    const uint8_t length = m_input.Get8();
    const uint8_t window = m_input.Get8();
    const std::size_t index = (kind >> 3) % FLOWS;
    const Flow& flow = m_flows[index];
    const uint8_t usual[] = {ACK, SYN, SYN | ACK, FIN | ACK, RST, RST | ACK, ACK | PSH};
    const uint8_t flags = (kind & 0x07) == 7 ? m_input.Get8() : usual[kind & 0x07];
    uint32_t seq = flow.expected;
    switch (numbers & 0x0f)
    {
    case 1:
        seq--;
        break;
    case 2:
        seq++;
        break;
    case 3:
        seq += m_input.Get16();
        break;
    case 4:
        seq -= m_input.Get16();
        break;
    case 5:
        seq = m_input.Get32();
        break;
    default:
        break;
    }
    uint32_t ack = flow.sent;
    switch (numbers >> 4)
    {
    case 1:
        ack--;
        break;
    case 2:
        ack++;
        break;
    case 3:
        ack -= m_input.Get16();
        break;
    case 4:
        ack += m_input.Get16();
        break;
    case 5:
        ack = m_input.Get32();
        break;
    case 6:
        ack = 1;
        break;
    case 7:
        ack = flow.acked;
        break;
    default:
        break;
    }
    const uint32_t size = length < 128 ? length : (length - 127U) * 40;
    const auto options = GetOptions(flow);
    Send(index, flags, seq, ack, options, size, static_cast<uint16_t>(65535 - window * 257));
}

void
FuzzHost::SendBytes()
{
    const std::size_t index = m_input.Get8() % FLOWS;
    Inject(index, m_input.GetBytes(m_input.Get8() % 100));
}

void
FuzzHost::SendIcmp()
{
    const uint8_t type = m_input.Get8();
    const uint8_t code = m_input.Get8();
    const std::size_t index = m_input.Get8() % FLOWS;
    const auto clientPort = static_cast<uint8_t>(CLIENT_PORT + index);
    std::vector<uint8_t> start{0,
                               m_listener ? static_cast<uint8_t>(SERVER_PORT) : clientPort,
                               0,
                               m_listener ? clientPort : static_cast<uint8_t>(SERVER_PORT)};
    Append32(start, m_input.Get8());
    if (m_ipv6)
    {
        m_node->GetObject<Ipv6L3Protocol>()
            ->GetProtocol(TcpL4Protocol::PROT_NUMBER)
            ->ReceiveIcmp(Ipv6Address::ConvertFrom(GetPeerIp()),
                          64,
                          type,
                          code,
                          0,
                          Ipv6Address::ConvertFrom(GetNodeIp()),
                          Ipv6Address::ConvertFrom(GetPeerIp()),
                          start.data());
        return;
    }
    m_node->GetObject<Ipv4L3Protocol>()
        ->GetProtocol(TcpL4Protocol::PROT_NUMBER)
        ->ReceiveIcmp(Ipv4Address::ConvertFrom(GetPeerIp()),
                      64,
                      type,
                      code,
                      0,
                      Ipv4Address::ConvertFrom(GetNodeIp()),
                      Ipv4Address::ConvertFrom(GetPeerIp()),
                      start.data());
}

// --- The program ---------------------------------------------------------------------

void
FuzzHost::Step()
{
    while (!m_input.IsEmpty() && m_steps++ < MOST_STEPS)
    {
        const uint8_t what = m_input.Get8();
        switch (what & 0x07)
        {
        case 0:
        case 1:
            Simulator::Schedule(DELAYS[what >> 4], &FuzzHost::Step, this);
            return;
        case 2:
            Call();
            break;
        case 3:
            SendBytes();
            break;
        case 4:
            SendIcmp();
            break;
        default:
            SendSegment();
            break;
        }
    }
    Finish();
}

void
FuzzHost::Finish()
{
    if (m_listener)
    {
        m_listener->Close();
    }
    for (std::size_t i = 0; i < m_ends.size(); i++)
    {
        Close(*m_ends[i]);
    }
    Reset(0);
}

void
FuzzHost::Reset(uint32_t times)
{
    // A connection whose ends disagree may last for ever: FIN-WAIT-2 has no timeout. A
    // reset with the right number ends it; the answer to the first tells it.
    for (std::size_t i = 0; i < FLOWS; i++)
    {
        if (m_flows[i].sent > 0)
        {
            Send(i, RST | ACK, m_flows[i].expected, m_flows[i].sent);
            Send(i, RST, m_flows[i].expected, 0);
        }
    }
    if (times < 3)
    {
        Simulator::Schedule(Seconds(1), &FuzzHost::Reset, this, times + 1);
        return;
    }
    Simulator::Schedule(LONG, [this] {
        FUZZ_CHECK(Simulator::IsFinished()); // no event is left
        if (m_listener)
        {
            m_listener->Close(); // those that were reset count until somebody looks
        }
        FUZZ_CHECK(m_pending == 0);
    });
}

void
FuzzHost::RunServer()
{
    const uint8_t state = m_input.Get8();
    Build();
    Listen();
    Simulator::Schedule(MilliSeconds(1), [this, state] {
        const auto cookie = [this] {
            auto option = GetOption(7);
            option.resize((option.size() + 3) / 4 * 4, TcpOption::NOP);
            return option;
        };
        const uint32_t iss = state & 0x80 ? 0xfffffff0 : 0;
        m_flows[0].expected = iss;
        switch (state % 6)
        {
        case 1: // SYN-RCVD by the plain handshake
            Send(0, SYN, iss, 0, {2, 4, 5, 180});
            break;
        case 2: // SYN-RCVD with the SYN's data
            Send(0, SYN, iss, 0, cookie(), 500);
            break;
        case 3: // the same, with an early reply
            Send(0, SYN, iss, 0, cookie(), 500);
            if (!m_ends.empty())
            {
                WriteData(*m_ends[0], 3000);
            }
            break;
        case 4: // open
            Send(0, SYN, iss, 0, {2, 4, 5, 180});
            Send(0, ACK, m_flows[0].expected, m_flows[0].sent);
            break;
        case 5: // open, and the SYN's data taken
            Send(0, SYN, iss, 0, cookie(), 500);
            Send(0, ACK, m_flows[0].expected, m_flows[0].sent);
            break;
        default: // LISTEN
            break;
        }
        Step();
    });
    Simulator::Run();
}

void
FuzzHost::RunClient()
{
    const uint8_t state = m_input.Get8();
    Build();
    Simulator::Schedule(MilliSeconds(1), [this, state] {
        const uint32_t iss = state & 0x80 ? 0xfffffff0 : 0;
        Connect(state >> 3);
        m_flows[0].expected = iss;
        Flow& flow = m_flows[0];
        switch (state & 0x07)
        {
        case 1: // open, the SYN's data taken
            Send(0, SYN | ACK, iss, flow.sent, {2, 4, 5, 180});
            break;
        case 2: // open, the SYN's data refused
            Send(0, SYN | ACK, iss, 1, {2, 4, 5, 180});
            break;
        case 3: // open with a cookie
            Send(0, SYN | ACK, iss, 1, {34, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 1});
            break;
        case 4: // a simultaneous open
            Send(0, SYN, iss, 0, {2, 4, 5, 180});
            break;
        default: // SYN-SENT
            break;
        }
        Step();
    });
    Simulator::Run();
}
