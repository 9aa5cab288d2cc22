/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "socket-pair-test.h"

#include "ns3/inet-socket-address.h"
#include "ns3/ipv4.h"
#include "ns3/tcp-linux-socket-factory.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/tcp-sound-socket-factory.h"

#include <sstream>

namespace
{

/**
 * @param flags the flags
 * @param sequence the sequence number
 * @param size bytes of payload
 * @param acknowledged the acknowledgement number
 * @return a line for them
 */
std::string
MakeLine(uint8_t flags, uint32_t sequence, uint32_t size, uint32_t acknowledged)
{
    std::ostringstream line;
    line << TcpHeader::FlagsToString(flags, "|") << ' ' << sequence << ':' << size;
    if (flags & TcpHeader::ACK)
    {
        line << " ack " << acknowledged;
    }
    return line.str();
}

} // namespace

SocketPairTest::SocketPairTest()
    : attributes(Scenario::LinuxTcp())
{
    // ns-3's sockets do not take the timestamps off the size; and what is Linux's alone is
    // for the tests to switch on
    attributes["ns3::TcpSocket::SegmentSize"] = "1448";
    attributes["ns3::TcpLinuxSocket::QuickAcks"] = "0";
    attributes["ns3::TcpRecoverySocket::Recovery"] = "false";
    attributes["ns3::TcpRecoverySocket::FRto"] = "false";
    attributes["ns3::TcpRecoverySocket::IdleRestart"] = "false";
    attributes["ns3::TcpTimerWheel::Jiffy"] = "0s";
}

SocketPairTest::~SocketPairTest()
{
    Restart();
}

void
SocketPairTest::Restart()
{
    m_built = false;
    listener = nullptr;
    accepted.clear();
    m_clients.clear();
    path = nullptr;
    monitor = nullptr;
    drops = CreateObject<SegmentDropModel>(PORT);
    Simulator::Destroy();
    Config::Reset();
}

void
SocketPairTest::Build()
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
    path->Build();
    if (!drops)
    {
        drops = CreateObject<SegmentDropModel>(PORT);
    }
    path->SetErrorModel(drops);
    for (const auto& node : {path->GetClient(), path->GetServer()})
    {
        node->AggregateObject(CreateObject<TcpSoundSocketFactory>());
        node->AggregateObject(CreateObject<TcpLinuxSocketFactory>());
    }
    server = InetSocketAddress(Ipv4Address::ConvertFrom(path->GetServerAddress()), PORT);

    monitor = ns3::Create<SegmentMonitor>(true);
    listener = Create(path->GetServer(), serverKind);
    monitor->WatchServer(listener);
    listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
    listener->SetAcceptCallback(
        MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
        Callback<void, Ptr<Socket>, const Address&>([this](Ptr<Socket> socket, const Address&) {
            auto end = std::make_shared<End>();
            end->socket = DynamicCast<TcpSocketBase>(socket);
            accepted.push_back(end);
            Watch(end);
            if (onAccept)
            {
                onAccept(*end);
            }
        }));
    listener->Listen();
    Run(MilliSeconds(1)); // nodes start with the simulation, and tests send before it
}

Ptr<TcpSocketBase>
SocketPairTest::Create(Ptr<Node> node, Kind kind)
{
    const TypeId factories[] = {TcpSocketFactory::GetTypeId(),
                                TcpSoundSocketFactory::GetTypeId(),
                                TcpLinuxSocketFactory::GetTypeId()};
    return DynamicCast<TcpSocketBase>(
        Socket::CreateSocket(node, factories[static_cast<int>(kind)]));
}

void
SocketPairTest::Watch(std::shared_ptr<End> connection)
{
    End* const end = connection.get(); // the fixture outlives the callbacks' use
    end->socket->SetCloseCallbacks(
        Callback<void, Ptr<Socket>>([end](Ptr<Socket> socket) {
            end->events.push_back("closed");
            if (end->answersClose)
            {
                socket->Close();
            }
        }),
        Callback<void, Ptr<Socket>>([end](Ptr<Socket>) { end->events.push_back("error"); }));
    end->socket->SetRecvCallback(Callback<void, Ptr<Socket>>([end](Ptr<Socket> socket) {
        while (Ptr<Packet> packet = end->reads ? socket->Recv() : nullptr)
        {
            if (packet->GetSize() == 0)
            {
                end->events.push_back("end of data");
                break;
            }
            std::string text(packet->GetSize(), '\0');
            packet->CopyData(reinterpret_cast<uint8_t*>(&text[0]), text.size());
            end->received += text;
        }
    }));
    end->socket->TraceConnectWithoutContext(
        "State",
        Callback<void, TcpSocket::TcpStates_t, TcpSocket::TcpStates_t>(
            [end](TcpSocket::TcpStates_t, TcpSocket::TcpStates_t to) {
                end->states.push_back(TcpSocket::TcpStateName[to]);
            }));
}

std::shared_ptr<SocketPairTest::End>
SocketPairTest::NewClient()
{
    Build();
    auto client = std::make_shared<End>();
    client->socket = Create(path->GetClient(), clientKind);
    monitor->WatchClient(client->socket);
    Watch(client);
    m_clients.push_back(client);
    return client;
}

std::shared_ptr<SocketPairTest::End>
SocketPairTest::Connect(std::function<void(End&)> then)
{
    auto client = NewClient();
    End* const end = client.get();
    end->socket->SetConnectCallback(
        Callback<void, Ptr<Socket>>([end, then](Ptr<Socket>) {
            end->events.push_back("connected");
            then(*end);
        }),
        Callback<void, Ptr<Socket>>([end](Ptr<Socket>) { end->events.push_back("failed"); }));
    end->socket->Connect(server);
    return client;
}

Ptr<RawPeer>
SocketPairTest::PlayServer()
{
    Build();
    Ptr<RawPeer> peer = CreateObject<RawPeer>();
    peer->Install(path->GetServer(),
                  PORT,
                  path->GetClient()->GetObject<Ipv4>()->GetAddress(1, 0).GetLocal());
    return peer;
}

void
SocketPairTest::Run(Time time)
{
    Build();
    Simulator::Stop(time);
    Simulator::Run();
}

Lines
SocketPairTest::Segments(std::size_t from) const
{
    Lines lines;
    for (const auto& segment : monitor->GetSegments())
    {
        if (from > 0)
        {
            from--;
            continue;
        }
        lines.push_back(
            (segment.fromClient ? "C " : "S ") +
            MakeLine(segment.flags, segment.sequence, segment.size, segment.acknowledged));
    }
    return lines;
}

std::string
SocketPairTest::Show(const RawPeer::Segment& segment)
{
    return MakeLine(segment.header.GetFlags(),
                    segment.header.GetSequenceNumber().GetValue(),
                    segment.payload.size(),
                    segment.header.GetAckNumber().GetValue());
}

TcpSoundSender::ConnectionError
SocketPairTest::GetError(Ptr<TcpSocketBase> socket)
{
    return DynamicCast<TcpSoundSender>(socket)->GetConnectionError();
}

PlayedServerTest::PlayedServerTest()
{
    attributes["ns3::TcpSocketBase::Timestamp"] = "false";
}

void
PlayedServerTest::PlayAnew()
{
    Restart();
    peer = PlayServer();
    seen = 0;
}

void
PlayedServerTest::Open(std::function<void(End&)> then, uint16_t window)
{
    client = Connect(then);
    Run(MilliSeconds(60));
    peer->Send({TcpHeader::SYN | TcpHeader::ACK, 0, 1, {2, 4, 5, 180, 4, 2, 1, 1}, "", window});
    Run(MilliSeconds(110));
    opening = News();
}

Lines
PlayedServerTest::Answer(const RawPeer::Spec& spec)
{
    News();
    peer->Send(spec);
    Run(MilliSeconds(110));
    return News();
}

Lines
PlayedServerTest::News()
{
    Lines lines;
    for (; seen < peer->received.size(); seen++)
    {
        lines.push_back(Show(peer->received[seen]));
    }
    return lines;
}

std::vector<Time>
PlayedServerTest::SentAt(uint32_t from) const
{
    std::vector<Time> times;
    for (const auto& segment : monitor->GetSegments())
    {
        if (segment.sequence == from && (segment.size > 0 || (segment.flags & TcpHeader::FIN)))
        {
            times.push_back(segment.sent);
        }
    }
    return times;
}

const std::string&
PlayedServerTest::GetState() const
{
    return client->states.back();
}

std::vector<uint8_t>
PlayedServerTest::Sack(uint32_t first, uint32_t end)
{
    std::vector<uint8_t> bytes{1, 1, 5, 10};
    for (const uint32_t number : {first, end})
    {
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            bytes.push_back(static_cast<uint8_t>(number >> shift));
        }
    }
    return bytes;
}
