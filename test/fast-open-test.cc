/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "fast-open-test.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/ipv4.h"
#include "ns3/ipv6.h"
#include "ns3/tcp-option-fast-open.h"

#include <sstream>

FastOpenTest::FastOpenTest()
    : attributes(Scenario::LinuxTcp())
{
    UseExactTimers();
}

FastOpenTest::~FastOpenTest()
{
    listener = nullptr;
    accepted.clear();
    m_started.clear();
    m_last = nullptr;
    path = nullptr;
    Simulator::Destroy();
    Config::Reset();
}

void
FastOpenTest::UseExactTimers()
{
    for (auto& [name, value] : attributes)
    {
        if (name.find("::Jiffy") != std::string::npos)
        {
            value = "0s";
        }
    }
}

void
FastOpenTest::Build()
{
    if (m_built)
    {
        return;
    }
    m_built = true;
    for (const auto& [name, value] : attributes)
    {
        Config::SetDefault(name, StringValue(value));
    }
    RngSeedManager::SetSeed(1);
    RngSeedManager::SetRun(1);

    path = CreateObject<P2pPathHelper>();
    path->SetAttribute("Ipv6", BooleanValue(family == IPV6));
    path->Build();
    m_drops = CreateObject<SegmentDropModel>(PORT);
    path->SetErrorModel(m_drops);
    serverIp = path->GetServerAddress();
    Address any = InetSocketAddress(Ipv4Address::GetAny(), PORT);
    if (family == IPV6)
    {
        clientIp = path->GetClient()->GetObject<Ipv6>()->GetAddress(1, 1).GetAddress();
        server = Inet6SocketAddress(Ipv6Address::ConvertFrom(serverIp), PORT);
    }
    else
    {
        const Ipv4Address address = Ipv4Address::ConvertFrom(serverIp);
        clientIp = path->GetClient()->GetObject<Ipv4>()->GetAddress(1, 0).GetLocal();
        server = InetSocketAddress(address, PORT);
        if (family == MAPPED)
        {
            server = Inet6SocketAddress(Ipv6Address::MakeIpv4MappedAddress(address), PORT);
        }
    }
    if (family != IPV4)
    {
        any = Inet6SocketAddress(Ipv6Address::GetAny(), PORT);
    }

    TcpFastOpenHelper helper;
    if (!profile.empty())
    {
        helper.SetProfile(profile);
    }
    helper.SetAttribute("Switch", UintegerValue(clientSwitch));
    helper.Install(path->GetClient());
    helper.SetAttribute("Switch", UintegerValue(serverSwitch));
    helper.Install(path->GetServer());
    TcpFastOpenHelper::AssignStreams(NodeContainer(path->GetClient(), path->GetServer()), 10);
    clientFastOpen = path->GetClient()->GetObject<TcpFastOpen>();
    serverFastOpen = path->GetServer()->GetObject<TcpFastOpen>();

    m_monitor = Create<SegmentMonitor>(true);
    listener = DynamicCast<TcpFastOpenSocket>(
        Socket::CreateSocket(path->GetServer(), TcpFastOpenSocketFactory::GetTypeId()));
    m_monitor->WatchServer(listener);
    listener->Bind(any);
    listener->SetAcceptCallback(
        MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
        Callback<void, Ptr<Socket>, const Address&>([this](Ptr<Socket> socket, const Address&) {
            Accept(DynamicCast<TcpFastOpenSocket>(socket));
        }));
    listener->Listen();
    Run(MilliSeconds(1)); // nodes start with the simulation, and tests send before it
}

void
FastOpenTest::Accept(Ptr<TcpFastOpenSocket> socket)
{
    auto connection = std::make_shared<Connection>();
    connection->socket = socket;
    connection->acceptedAt = Simulator::Now();
    accepted.push_back(connection);
    Watch(connection);
    if (onAccept)
    {
        onAccept(*connection);
    }
}

void
FastOpenTest::Watch(std::shared_ptr<Connection> connection)
{
    Connection* const end = connection.get(); // the fixture outlives the callbacks' use
    const bool client = std::find(accepted.begin(), accepted.end(), connection) == accepted.end();
    const auto note = [end](const std::string& event) {
        return Callback<void, Ptr<Socket>>(
            [end, event](Ptr<Socket>) { end->events.push_back(event); });
    };
    end->socket->SetCloseCallbacks(note("closed"), note("error"));
    end->socket->SetRecvCallback(
        Callback<void, Ptr<Socket>>([this, end, client](Ptr<Socket> socket) {
            while (Ptr<Packet> packet = socket->Recv())
            {
                if (packet->GetSize() == 0)
                {
                    end->events.push_back("end of data");
                    break;
                }
                std::string text(packet->GetSize(), '\0');
                packet->CopyData(reinterpret_cast<uint8_t*>(&text[0]), text.size());
                end->received += text;
                end->dataTimes.push_back(Simulator::Now());
            }
            if (!client && onServerData)
            {
                onServerData(*end);
            }
        }));
    end->socket->TraceConnectWithoutContext(
        "State",
        Callback<void, TcpSocket::TcpStates_t, TcpSocket::TcpStates_t>(
            [end](TcpSocket::TcpStates_t, TcpSocket::TcpStates_t to) {
                end->states.push_back(TcpSocket::TcpStateName[to]);
            }));
}

void
FastOpenTest::Drop(uint32_t connection, SegmentDropModel::Sender sender, uint32_t segment)
{
    Build();
    m_drops->Drop(connection, sender, segment);
}

std::shared_ptr<FastOpenTest::Connection>
FastOpenTest::NewClient(Ptr<Node> node)
{
    Build();
    auto connection = std::make_shared<Connection>();
    Connection* const end = connection.get();
    end->socket =
        DynamicCast<TcpFastOpenSocket>(Socket::CreateSocket(node ? node : path->GetClient(),
                                                            TcpFastOpenSocketFactory::GetTypeId()));
    m_monitor->WatchClient(end->socket);
    end->socket->SetConnectCallback(
        Callback<void, Ptr<Socket>>([end](Ptr<Socket>) {
            end->connectedAt = Simulator::Now();
            end->events.push_back("connected");
        }),
        Callback<void, Ptr<Socket>>([end](Ptr<Socket>) { end->events.push_back("failed"); }));
    Watch(connection);
    m_last = connection;
    m_started[connection] = Simulator::Now();
    return connection;
}

std::shared_ptr<FastOpenTest::Connection>
FastOpenTest::Open(const std::string& request, bool close)
{
    auto connection = NewClient();
    Connection* const end = connection.get();
    end->socket->SetConnectCallback(
        Callback<void, Ptr<Socket>>([=](Ptr<Socket> socket) {
            end->connectedAt = Simulator::Now();
            end->events.push_back("connected");
            if (!request.empty())
            {
                socket->Send(MakePacket(request));
            }
            if (close)
            {
                socket->Close();
            }
        }),
        Callback<void, Ptr<Socket>>([end](Ptr<Socket>) { end->events.push_back("failed"); }));
    end->socket->Connect(server);
    return connection;
}

void
FastOpenTest::FetchCookie()
{
    Open("", true);
    Run(Seconds(2));
    ASSERT_NE(clientFastOpen->GetCache().Find(clientIp, serverIp), nullptr);
    accepted.clear();
}

void
FastOpenTest::Run(Time time)
{
    Build();
    Simulator::Stop(time);
    Simulator::Run();
}

Lines
FastOpenTest::Segments(std::size_t count, std::shared_ptr<Connection> client)
{
    const auto& of = client ? client : m_last;
    Lines lines;
    for (const auto& segment : m_monitor->GetSegments())
    {
        if (segment.sent < m_started[of] || lines.size() == count)
        {
            continue;
        }
        std::string flags = TcpHeader::FlagsToString(segment.flags & ~TcpHeader::PSH);
        std::ostringstream line;
        line << (segment.fromClient ? "C " : "S ") << flags << ' ' << segment.sequence << ':'
             << segment.size;
        if (segment.flags & TcpHeader::ACK)
        {
            line << " ack " << segment.acknowledged;
        }
        if (!segment.fastOpen.empty())
        {
            line << (segment.fastOpen == "request" ? " request" : " cookie");
        }
        lines.push_back(line.str());
    }
    return lines;
}

double
FastOpenTest::SentAt(std::size_t index, std::shared_ptr<Connection> client)
{
    const auto& of = client ? client : m_last;
    for (const auto& segment : m_monitor->GetSegments())
    {
        if (segment.sent >= m_started[of] && index-- == 0)
        {
            return (segment.sent - m_started[of]).GetSeconds() * 1e3;
        }
    }
    return -1;
}

Ptr<RawPeer>
FastOpenTest::PlayServer()
{
    Build();
    Ptr<RawPeer> peer = CreateObject<RawPeer>();
    peer->Install(path->GetServer(), PORT, Ipv4Address::ConvertFrom(clientIp));
    return peer;
}

Ptr<RawPeer>
FastOpenTest::PlayClient(uint16_t port)
{
    Build();
    Ptr<RawPeer> peer = CreateObject<RawPeer>();
    peer->Install(path->GetClient(), port, Ipv4Address::ConvertFrom(serverIp), PORT);
    return peer;
}

TcpFastOpenCookie
FastOpenTest::ValidCookie()
{
    Build();
    return serverFastOpen->GetKeys()->Make(clientIp, serverIp);
}

std::vector<uint8_t>
FastOpenTest::Option(const TcpFastOpenCookie& cookie, bool experimental)
{
    std::vector<uint8_t> bytes{34, 2};
    if (experimental)
    {
        bytes = {254, 4, 0xf9, 0x89};
    }
    bytes[1] += cookie.GetSize();
    bytes.insert(bytes.end(), cookie.GetBytes(), cookie.GetBytes() + cookie.GetSize());
    bytes.resize((bytes.size() + 3) / 4 * 4, TcpOption::NOP);
    return bytes;
}

std::string
Pattern(std::size_t size)
{
    // 251 is prime: the pattern does not repeat with any power of two
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; i++)
    {
        text[i] = static_cast<char>(i * 7 % 251 + i / 251 % 5);
    }
    return text;
}

Ptr<Packet>
MakePacket(const std::string& text)
{
    return Create<Packet>(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}
