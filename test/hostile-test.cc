/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * Hostile segments: whatever a forger sends, nothing crashes, no data is
 * delivered that was not sent, and connections beside are unharmed.
 */

#include "fast-open-test.h"

#include "ns3/traffic-control-helper.h"

#include <initializer_list>
#include <map>
#include <optional>
#include <random>
#include <sstream>

namespace
{

constexpr uint8_t FIN = TcpHeader::FIN;
constexpr uint8_t SYN = TcpHeader::SYN;
constexpr uint8_t RST = TcpHeader::RST;
constexpr uint8_t ACK = TcpHeader::ACK;

/// What forged data consists of; in no legitimate data.
constexpr char MARK = '!';

/// What forged options are filled with.
constexpr char OPTION = '?';

/// The receive buffers, and thus the window, in bytes.
constexpr uint32_t WINDOW = 20000;

/**
 * @param size how many bytes
 * @param salt tells one text from another
 * @return legitimate data
 */
std::string
Honest(std::size_t size, std::size_t salt)
{
    std::string text(size, 'a');
    for (std::size_t i = 0; i < size; i++)
    {
        text[i] = static_cast<char>('a' + (i * 7 + i / 26 + salt) % 26);
    }
    return text;
}

/// Where the attacked end stands when the forged segment comes.
enum class State
{
    LISTEN,               //!< a listener; no connection
    SYN_SENT_COOKIE,      //!< a client that sent a cookie and data
    SYN_SENT_REQUEST,     //!< one that asked for a cookie
    SYN_SENT_DEFERRED,    //!< one that waits for the first write
    SYN_SENT_PLAIN,       //!< one without Fast Open
    SYN_RCVD_PLAIN,       //!< a child of the plain handshake
    SYN_RCVD_FAST_OPEN,   //!< a child accepted by its cookie that has replied
    FIN_WAIT_1_FAST_OPEN, //!< the same, and its application has closed
    SIMULTANEOUS,         //!< SYN-RCVD of a simultaneous open
    ESTABLISHED_SERVER,   //!< just open, at the server
    ESTABLISHED_CLIENT,   //!< just open, at the client
};

void
PrintTo(State state, std::ostream* os)
{
    const char* names[] = {"LISTEN",
                           "SYN_SENT_COOKIE",
                           "SYN_SENT_REQUEST",
                           "SYN_SENT_DEFERRED",
                           "SYN_SENT_PLAIN",
                           "SYN_RCVD_PLAIN",
                           "SYN_RCVD_FAST_OPEN",
                           "FIN_WAIT_1_FAST_OPEN",
                           "SIMULTANEOUS",
                           "ESTABLISHED_SERVER",
                           "ESTABLISHED_CLIENT"};
    *os << names[static_cast<int>(state)];
}

/// What a forged segment may do to what the applications receive.
enum class May
{
    NOTHING, //!< each receives a prefix of what the other sent
    SHIFT,   //!< the forger chose where the stream begins: no forged data, but a gap
    DELIVER, //!< TCP has to take the forged data, and only that
};

/// All states.
const State ALL_STATES[] = {State::LISTEN,
                            State::SYN_SENT_COOKIE,
                            State::SYN_SENT_REQUEST,
                            State::SYN_SENT_DEFERRED,
                            State::SYN_SENT_PLAIN,
                            State::SYN_RCVD_PLAIN,
                            State::SYN_RCVD_FAST_OPEN,
                            State::FIN_WAIT_1_FAST_OPEN,
                            State::SIMULTANEOUS,
                            State::ESTABLISHED_SERVER,
                            State::ESTABLISHED_CLIENT};

/// What the forger has to know of the attacked end; the sequence numbers start at 0.
struct View
{
    uint32_t receiveNext; //!< what it expects next; in SYN-SENT nothing yet
    uint32_t sendUnacked; //!< what it has sent and not seen acknowledged
    uint32_t sendNext;    //!< what it will send next
};

constexpr uint32_t REQUEST = 2000;  //!< size of a request, in bytes
constexpr uint32_t SYN_DATA = 1420; //!< how much of it a SYN carries
constexpr uint32_t RESPONSE = 3000; //!< size of a response, in bytes
constexpr uint32_t EARLY = 1000;    //!< how much of it is sent before all of the request came

View
GetView(State state)
{
    switch (state)
    {
    case State::LISTEN:
    case State::SYN_SENT_DEFERRED:
        return {0, 0, 0};
    case State::SYN_SENT_COOKIE:
        return {0, 0, 1 + SYN_DATA};
    case State::SYN_SENT_REQUEST:
    case State::SYN_SENT_PLAIN:
        return {0, 0, 1};
    case State::SYN_RCVD_PLAIN:
    case State::SIMULTANEOUS:
        return {1, 0, 1};
    case State::SYN_RCVD_FAST_OPEN:
        return {1 + SYN_DATA, 0, 1 + EARLY};
    case State::FIN_WAIT_1_FAST_OPEN:
        return {1 + SYN_DATA, 0, 2 + RESPONSE};
    case State::ESTABLISHED_SERVER:
        return {1 + REQUEST, 1 + EARLY, 1 + RESPONSE};
    case State::ESTABLISHED_CLIENT:
        return {1 + EARLY, 1 + SYN_DATA, 1 + REQUEST};
    }
    return {};
}

} // namespace

/**
 * Attacks many connections, one forged segment each, and watches over another
 * one all the time.
 */
class HostileNetwork : public FastOpenTest
{
  public:
    HostileNetwork(bool timestamps = false)
    {
        attributes["ns3::P2pPathHelper::Rate"] = "100Gbps"; // no queueing behind the forgeries
        attributes["ns3::TcpSocketBase::Timestamp"] = timestamps ? "true" : "false";
        attributes["ns3::TcpSocketBase::MaxSegLifetime"] = "0.01";
        attributes["ns3::TcpSocket::DataRetries"] = "3";
        attributes["ns3::TcpSocket::RcvBufSize"] = std::to_string(WINDOW);
    }

    void TestBody() override
    {
    }

    /// A connection with its applications: a request, a response, close.
    struct Pair
    {
        State state{State::LISTEN};            //!< where it is attacked
        Ptr<TcpFastOpenSocket> client;         //!< the client's end
        std::shared_ptr<uint32_t> clientAcked; //!< the last number that the client acknowledged
        std::shared_ptr<uint32_t> serverAcked; //!< the last number that the server acknowledged
        Ptr<TcpFastOpenSocket> server;         //!< the server's end
        std::string request;                   //!< what the client sends
        std::string response;                  //!< what the server sends
        std::string atServer;                  //!< what the server's application received
        std::string atClient;                  //!< what the client's application received
        Time completed{-1};                    //!< when the client had all of the response
        std::string forged;                    //!< the forged segment, in words
        uint32_t responded{0};                 //!< how much of the response was sent
        May may{May::NOTHING};                 //!< what the forged segment may do
    };

    /// Set up nodes and listeners.
    void Start();

    /**
     * Open a connection, and let a forged segment meet it in a state; Strike()
     * makes it happen.
     *
     * @param state the state
     * @param forged the segment
     * @param may what it may do
     */
    void Attack(State state, const RawPeer::Spec& forged, May may);

    /**
     * The same with a segment of bytes, of which the ports are filled in where
     * there is room for them.
     *
     * @param state the state
     * @param bytes the segment
     * @param forged the segment in words
     * @param may what it may do
     */
    void Attack(State state, const std::vector<uint8_t>& bytes, const std::string& forged, May may);

    /// Let the attacks happen, beside a transfer that nobody attacks, and judge them.
    void Strike();

    /// Let all end and see that no harm was done.
    void Finish();

    uint32_t cases{0};    //!< attacks so far
    uint32_t injected{0}; //!< how often forged data was delivered, where it may be
    uint32_t whole{0};    //!< attacked connections whose transfer was completed nevertheless

  private:
    static constexpr uint16_t VICTIMS = 81;      //!< port of the attacked listener
    static constexpr uint16_t UNHARMED = 82;     //!< port of the other one
    static constexpr uint16_t FIRST_PORT = 2000; //!< of the attacked clients

    /**
     * Let a client connect.
     *
     * @param pair the connection
     * @param port the client's port
     * @param serverPort the server's port
     */
    void Open(Pair* pair, uint16_t port, uint16_t serverPort);

    /**
     * Note what a socket receives.
     *
     * @param socket the socket
     * @param received where to note it
     * @param then what to do then
     */
    void Receive(Ptr<Socket> socket, std::string* received, std::function<void()> then);

    /**
     * Serve a connection.
     *
     * @param socket the server's end
     * @param from the client's address
     */
    void Serve(Ptr<Socket> socket, const Address& from);

    /**
     * Follow what a socket acknowledges.
     *
     * @param socket the socket
     * @return the last acknowledgement number that it sent
     */
    static std::shared_ptr<uint32_t> FollowAcks(Ptr<Socket> socket);

    /**
     * Let an application close when it hears that its connection ends.
     *
     * @param socket the socket
     */
    static void CloseWhenTold(Ptr<Socket> socket);

    /// Check what was received over an attacked connection.
    void Judge(const Pair& pair);

    /**
     * End an attacked connection: one that the attack has set at odds may stay in
     * FIN-WAIT-2, which has no timeout.
     *
     * @param port the client's port
     * @param pair the connection
     */
    void Reset(uint16_t port, const Pair& pair);

    std::map<uint16_t, Pair> m_pairs;                //!< by the client's port
    uint16_t m_nextPort{FIRST_PORT};                 //!< for the next client
    std::vector<Ptr<TcpFastOpenSocket>> m_listeners; //!< victims' and the other one
    uint32_t m_pending{0};                           //!< the server's pending count
    std::optional<Time> m_undisturbed;               //!< completion time without attacks
};

void
HostileNetwork::Start()
{
    Build();
    for (const auto& node : {path->GetClient(), path->GetServer()})
    {
        // FqCoDel parses TCP headers to tell flows apart, and falls over these
        TrafficControlHelper().Uninstall(node->GetDevice(0));
    }
    serverFastOpen->TraceConnectWithoutContext(
        "PendingCount",
        Callback<void, uint32_t, uint32_t>([this](uint32_t, uint32_t now) { m_pending = now; }));
    clientFastOpen->GetCache().Store({clientIp, serverIp, ValidCookie(), 1460});
    for (const uint16_t port : {VICTIMS, UNHARMED})
    {
        auto socket = DynamicCast<TcpFastOpenSocket>(
            Socket::CreateSocket(path->GetServer(), TcpFastOpenSocketFactory::GetTypeId()));
        socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), port));
        socket->SetAcceptCallback(
            MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
            Callback<void, Ptr<Socket>, const Address&>(
                [this](Ptr<Socket> child, const Address& from) { Serve(child, from); }));
        socket->Listen();
        m_listeners.push_back(socket);
    }
    Strike(); // how long the transfer beside takes without attacks
}

void
HostileNetwork::Receive(Ptr<Socket> socket, std::string* received, std::function<void()> then)
{
    socket->SetRecvCallback(Callback<void, Ptr<Socket>>([=](Ptr<Socket> from) {
        while (Ptr<Packet> packet = from->Recv())
        {
            if (packet->GetSize() == 0)
            {
                break;
            }
            std::string text(packet->GetSize(), '\0');
            packet->CopyData(reinterpret_cast<uint8_t*>(&text[0]), text.size());
            *received += text;
        }
        then();
    }));
}

void
HostileNetwork::Serve(Ptr<Socket> socket, const Address& from)
{
    // A forged SYN may come from any port, and a second child from the same one
    const uint16_t port = InetSocketAddress::ConvertFrom(from).GetPort();
    const auto found = m_pairs.find(port);
    if (found == m_pairs.end())
    {
        socket->Close(); // of an attack that is over
        return;
    }
    Pair* const pair = &found->second;
    if (pair->server)
    {
        pair->server->Close();
        pair->atServer.clear();
        pair->responded = 0;
    }
    pair->server = DynamicCast<TcpFastOpenSocket>(socket);
    Receive(socket, &pair->atServer, [pair] {
        // A part at the first data, the rest when all of the request has come;
        // one that closes early says all it has to say at once.
        const bool all =
            pair->atServer.size() >= REQUEST || pair->state == State::FIN_WAIT_1_FAST_OPEN;
        const uint32_t due = all ? RESPONSE : EARLY;
        if (pair->responded < due)
        {
            const uint32_t rest = due - pair->responded;
            const std::string part = pair->response.substr(pair->responded, rest);
            pair->responded = due;
            pair->server->Send(MakePacket(part));
            if (pair->state == State::FIN_WAIT_1_FAST_OPEN)
            {
                pair->server->Close();
            }
        }
    });
    CloseWhenTold(socket);
    pair->serverAcked = FollowAcks(socket);
}

std::shared_ptr<uint32_t>
HostileNetwork::FollowAcks(Ptr<Socket> socket)
{
    auto acked = std::make_shared<uint32_t>(1); // of the SYN
    socket->TraceConnectWithoutContext(
        "Tx",
        Callback<void, Ptr<const Packet>, const TcpHeader&, Ptr<const TcpSocketBase>>(
            [acked](Ptr<const Packet>, const TcpHeader& header, Ptr<const TcpSocketBase>) {
                *acked = std::max(*acked, header.GetAckNumber().GetValue());
            }));
    return acked;
}

void
HostileNetwork::CloseWhenTold(Ptr<Socket> socket)
{
    const Callback<void, Ptr<Socket>> close([](Ptr<Socket> end) { end->Close(); });
    socket->SetCloseCallbacks(close, close);
}

void
HostileNetwork::Open(Pair* pair, uint16_t port, uint16_t serverPort)
{
    pair->client = DynamicCast<TcpFastOpenSocket>(
        Socket::CreateSocket(path->GetClient(), TcpFastOpenSocketFactory::GetTypeId()));
    Ptr<TcpFastOpenSocket> client = pair->client;
    const State state = pair->state;
    const bool plain = state == State::SYN_SENT_PLAIN || state == State::SYN_RCVD_PLAIN ||
                       state == State::SIMULTANEOUS;
    client->SetAttribute("FastOpenConnect", BooleanValue(!plain));
    client->Bind(InetSocketAddress(Ipv4Address::ConvertFrom(clientIp), port));
    const auto send = [pair] { pair->client->Send(MakePacket(pair->request)); };
    client->SetConnectCallback(Callback<void, Ptr<Socket>>([=](Ptr<Socket>) {
                                   if (state == State::SYN_SENT_DEFERRED)
                                   {
                                       Simulator::Schedule(MilliSeconds(80), send);
                                   }
                                   else
                                   {
                                       send();
                                   }
                               }),
                               MakeNullCallback<void, Ptr<Socket>>());
    CloseWhenTold(client);
    pair->clientAcked = FollowAcks(client);
    Receive(client, &pair->atClient, [pair] {
        if (pair->atClient.size() >= RESPONSE && pair->completed.IsStrictlyNegative())
        {
            pair->completed = Simulator::Now();
            pair->client->Close();
        }
    });
    if (state == State::SYN_SENT_REQUEST)
    {
        clientFastOpen->GetCache().Remove(clientIp, serverIp);
    }
    client->Connect(InetSocketAddress(Ipv4Address::ConvertFrom(serverIp), serverPort));
    if (state == State::SYN_SENT_REQUEST)
    {
        clientFastOpen->GetCache().Store({clientIp, serverIp, ValidCookie(), 1460});
    }
}

void
HostileNetwork::Attack(State state, const RawPeer::Spec& forged, May may)
{
    const uint32_t size = static_cast<uint32_t>(forged.payload.size());
    std::ostringstream words;
    words << TcpHeader::FlagsToString(forged.flags) << " seq " << static_cast<int32_t>(forged.seq)
          << ':' << size << " ack " << static_cast<int32_t>(forged.ack) << " options "
          << ::testing::PrintToString(forged.options);
    Attack(state, RawPeer::GetBytes(forged, 0, 0), words.str(), may);
}

void
HostileNetwork::Attack(State state,
                       const std::vector<uint8_t>& bytes,
                       const std::string& forged,
                       May may)
{
    cases++;
    const uint16_t port = m_nextPort++;
    if (m_nextPort == 0)
    {
        m_nextPort = FIRST_PORT;
    }
    Pair& pair = m_pairs[port];
    pair.state = state;
    pair.request = Honest(REQUEST, port);
    pair.response = Honest(RESPONSE, port + 1);
    pair.forged = forged;
    pair.may = may;
    const uint16_t serverPort = state == State::SIMULTANEOUS ? port : VICTIMS;
    if (state != State::LISTEN)
    {
        Open(&pair, port, serverPort);
    }

    // One way takes 50 ms; a connection begins now.
    bool atServer = false;
    int arrives = 75;
    switch (state)
    {
    case State::LISTEN:
        atServer = true;
        break;
    case State::SYN_RCVD_PLAIN:
    case State::SYN_RCVD_FAST_OPEN:
    case State::FIN_WAIT_1_FAST_OPEN:
        atServer = true;
        arrives = 100;
        break;
    case State::ESTABLISHED_SERVER:
        atServer = true;
        arrives = 151;
        break;
    case State::ESTABLISHED_CLIENT:
        arrives = 101;
        break;
    case State::SIMULTANEOUS: {
        auto server = DynamicCast<TcpFastOpenSocket>(
            Socket::CreateSocket(path->GetServer(), TcpFastOpenSocketFactory::GetTypeId()));
        server->SetAttribute("FastOpenConnect", BooleanValue(false));
        server->Bind(InetSocketAddress(Ipv4Address::ConvertFrom(serverIp), port));
        Serve(server, InetSocketAddress(Ipv4Address::ConvertFrom(clientIp), port));
        server->Connect(InetSocketAddress(Ipv4Address::ConvertFrom(clientIp), port));
        break;
    }
    default:
        break;
    }

    std::vector<uint8_t> segment = bytes;
    const uint16_t from = atServer ? port : serverPort;
    const uint16_t to = atServer ? serverPort : port;
    const uint8_t ports[] = {static_cast<uint8_t>(from >> 8),
                             static_cast<uint8_t>(from),
                             static_cast<uint8_t>(to >> 8),
                             static_cast<uint8_t>(to)};
    std::copy_n(ports, std::min<std::size_t>(segment.size(), 4), segment.begin());
    Simulator::Schedule(MilliSeconds(arrives - 50),
                        &RawPeer::SendBytes,
                        atServer ? path->GetClient() : path->GetServer(),
                        Ipv4Address::ConvertFrom(atServer ? serverIp : clientIp),
                        segment);
}

void
HostileNetwork::Strike()
{
    // The transfer beside: with a cookie, and under way when the attacks come
    const uint16_t port = 1000;
    Pair& beside = m_pairs[port];
    beside.state = State::SYN_SENT_COOKIE;
    beside.request = Honest(REQUEST, port);
    beside.response = Honest(RESPONSE, port + 1);
    const Time start = MilliSeconds(30);
    Simulator::Schedule(start, &HostileNetwork::Open, this, &beside, port, UNHARMED);
    const Time began = Simulator::Now() + start;
    Run(MilliSeconds(990));

    EXPECT_TRUE(beside.atClient == beside.response) << "the transfer beside";
    EXPECT_TRUE(beside.atServer == beside.request) << "the transfer beside";
    const Time took = beside.completed - began;
    if (!m_undisturbed)
    {
        m_undisturbed = took;
    }
    EXPECT_LT(Abs(took - *m_undisturbed), MicroSeconds(100)) << "the transfer beside";

    // Long enough for an attacked connection to recover from a timeout, or not
    Run(Seconds(2));
    m_pairs.erase(port);
    for (auto& [number, pair] : m_pairs)
    {
        Judge(pair);
        Reset(number, pair);
    }
    m_pairs.clear();
}

void
HostileNetwork::Judge(const Pair& pair)
{
    std::ostringstream name;
    PrintTo(pair.state, &name);
    name << ": " << pair.forged;
    if (pair.may == May::NOTHING)
    {
        EXPECT_TRUE(pair.request.compare(0, pair.atServer.size(), pair.atServer) == 0)
            << name.str() << ": the server received " << pair.atServer.substr(0, 40) << "..., "
            << pair.atServer.size() << " bytes";
        EXPECT_TRUE(pair.response.compare(0, pair.atClient.size(), pair.atClient) == 0)
            << name.str() << ": the client received " << pair.atClient.substr(0, 40) << "..., "
            << pair.atClient.size() << " bytes";
    }
    const auto received = pair.atServer + pair.atClient;
    if (pair.may != May::DELIVER)
    {
        EXPECT_EQ(received.find(MARK), std::string::npos) << name.str();
    }
    EXPECT_EQ(received.find(OPTION), std::string::npos) << name.str();
    injected += received.find(MARK) != std::string::npos;
    whole += pair.completed.IsStrictlyPositive();
}

void
HostileNetwork::Reset(uint16_t port, const Pair& pair)
{
    const uint16_t serverPort = pair.state == State::SIMULTANEOUS ? port : VICTIMS;
    for (const bool atServer : {false, true})
    {
        Ptr<TcpFastOpenSocket> socket = atServer ? pair.server : pair.client;
        if (!socket)
        {
            continue;
        }
        socket->SetConnectCallback(MakeNullCallback<void, Ptr<Socket>>(),
                                   MakeNullCallback<void, Ptr<Socket>>());
        socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
        socket->SetCloseCallbacks(MakeNullCallback<void, Ptr<Socket>>(),
                                  MakeNullCallback<void, Ptr<Socket>>());
        socket->Close();
        const uint32_t seq = atServer ? *pair.serverAcked : *pair.clientAcked;
        RawPeer::SendBytes(atServer ? path->GetClient() : path->GetServer(),
                           Ipv4Address::ConvertFrom(atServer ? serverIp : clientIp),
                           RawPeer::GetBytes({RST, seq, 0, {}, ""},
                                             atServer ? port : serverPort,
                                             atServer ? serverPort : port));
    }
}

void
HostileNetwork::Finish()
{
    Run(Seconds(1000));
    for (const auto& listener : m_listeners)
    {
        listener->Close(); // those that were reset count until somebody looks
    }
    EXPECT_EQ(m_pending, 0u);
    std::cout << cases << " cases, " << whole << " attacked connections whole, " << injected
              << " took data that looked right" << std::endl;
}

// --- Flags and numbers ---------------------------------------------------------------

namespace
{

/// Numbers around a boundary.
void
AddAround(std::vector<uint32_t>& numbers, uint32_t boundary)
{
    for (const uint32_t number : {boundary - 1, boundary, boundary + 1})
    {
        if (std::find(numbers.begin(), numbers.end(), number) == numbers.end())
        {
            numbers.push_back(number);
        }
    }
}

/**
 * What a forged segment may do: TCP has to take its data where its numbers are
 * right (RFC 9293, section 3.10.7, and RFC 5961, section 5.2, for the oldest
 * acknowledgement number), for only the peer itself ought to know them.
 */
May
WhatMayHappen(State state, uint8_t flags, uint32_t seq, uint32_t ack, uint32_t size)
{
    const View view = GetView(state);
    const uint8_t kind = flags & (SYN | ACK | RST);
    switch (state)
    {
    case State::LISTEN:
    case State::SYN_SENT_DEFERRED:
        return May::NOTHING;
    case State::SYN_SENT_COOKIE:
    case State::SYN_SENT_REQUEST:
    case State::SYN_SENT_PLAIN:
        if (kind == SYN)
        {
            return May::SHIFT; // a simultaneous open
        }
        return kind == (SYN | ACK) && ack > view.sendUnacked && ack <= view.sendNext ? May::DELIVER
                                                                                     : May::NOTHING;
    case State::SIMULTANEOUS:
    case State::SYN_RCVD_PLAIN:
    case State::SYN_RCVD_FAST_OPEN:
    case State::FIN_WAIT_1_FAST_OPEN:
    case State::ESTABLISHED_SERVER:
    case State::ESTABLISHED_CLIENT:
        break;
    }
    // Overlaps the window, and acknowledges what was sent
    const bool synAck = state == State::SIMULTANEOUS && kind == (SYN | ACK);
    const uint32_t start = seq + (synAck ? 1 : 0);
    const auto first = static_cast<int32_t>(start - view.receiveNext);
    const auto last = static_cast<int32_t>(start + size - view.receiveNext);
    const bool established =
        state == State::ESTABLISHED_SERVER || state == State::ESTABLISHED_CLIENT;
    const auto acked = static_cast<int32_t>(ack - view.sendUnacked);
    const bool right = (kind == ACK || synAck) && last > 0 &&
                       first < static_cast<int32_t>(WINDOW) &&
                       acked >= (established ? -65535 : 1) &&
                       acked <= static_cast<int32_t>(view.sendNext - view.sendUnacked);
    return right ? May::DELIVER : May::NOTHING;
}

} // namespace

class HostileSegments : public ::testing::TestWithParam<State>
{
};

// Every combination of flags, and numbers around every boundary.
TEST_P(HostileSegments, A3_NoFlagsAndNumbersInjectData)
{
    HostileNetwork network;
    network.Start();
    const View view = GetView(GetParam());
    std::vector<uint32_t> seqs{0, 0x12345678};
    AddAround(seqs, view.receiveNext);
    AddAround(seqs, view.receiveNext + WINDOW);
    AddAround(seqs, view.receiveNext + 0x80000000);
    std::vector<uint32_t> acks{0x12345678, view.sendNext + 0x80000000};
    AddAround(acks, view.sendUnacked);
    AddAround(acks, view.sendNext);

    const auto attack = [&](uint32_t flags, uint32_t seq, uint32_t ack, uint32_t size) {
        network.Attack(GetParam(),
                       {static_cast<uint8_t>(flags), seq, ack, {}, std::string(size, MARK)},
                       WhatMayHappen(GetParam(), flags, seq, ack, size));
    };
    // All numbers for the flags that matter to the handshake
    for (const uint32_t flags : {0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23})
    {
        for (const uint32_t seq : seqs)
        {
            for (const uint32_t ack : acks)
            {
                attack(flags, seq, ack, 20);
            }
        }
        network.Strike();
    }
    // All flags for the right numbers, and for an ACK of what was not sent
    for (uint32_t flags = 0; flags < 256; flags++)
    {
        attack(flags, view.receiveNext, view.sendNext, 0);
        attack(flags, view.receiveNext, view.sendNext, 20);
        attack(flags, view.receiveNext, view.sendNext + 1, 20);
        if (flags % 32 == 31)
        {
            network.Strike();
        }
    }
    network.Finish();
    // The forger's numbers were meant for what they met
    const bool possible = GetParam() != State::LISTEN && GetParam() != State::SYN_SENT_DEFERRED;
    EXPECT_EQ(network.injected > 0, possible);
}

// --- Headers and options -------------------------------------------------------------

namespace
{

/// The flags and numbers with which a segment gets as far as it can in a state.
RawPeer::Spec
BestForgery(State state)
{
    const View view = GetView(state);
    uint8_t flags = ACK;
    if (state == State::LISTEN)
    {
        flags = SYN;
    }
    else if (view.receiveNext == 0)
    {
        flags = SYN | ACK;
    }
    return {flags, view.receiveNext, view.sendNext, {}, std::string(20, MARK)};
}

} // namespace

// Headers that are cut, too short, or longer than the segment.
TEST_P(HostileSegments, W2_NoDamagedHeaderInjectsData)
{
    HostileNetwork network;
    network.Start();
    RawPeer::Spec forgery = BestForgery(GetParam());
    forgery.options.assign(20, OPTION);
    forgery.payload.clear();
    const auto whole = RawPeer::GetBytes(forgery, 0, 0);
    for (std::size_t size = 0; size <= whole.size(); size++)
    {
        for (uint8_t offset = 0; offset < 16; offset++)
        {
            std::vector<uint8_t> bytes(whole.begin(), whole.begin() + size);
            if (size > 12)
            {
                bytes[12] = static_cast<uint8_t>(offset << 4);
            }
            if (size <= 12 ? offset == 0 : offset < 5 || offset * 4U > size)
            {
                network.Attack(GetParam(),
                               bytes,
                               std::to_string(size) + " bytes, data offset " +
                                   std::to_string(offset),
                               May::NOTHING);
            }
        }
    }
    network.Strike();
    network.Finish();
    // A segment that is no segment does nothing at all
    EXPECT_EQ(network.whole, GetParam() == State::LISTEN ? 0 : network.cases);
}

// Options of every length, alone or behind others, cut or not: none is data.
TEST_P(HostileSegments, W2_NoOptionLengthInjectsData)
{
    HostileNetwork network;
    network.Start();
    RawPeer::Spec forgery = BestForgery(GetParam());
    const auto may = WhatMayHappen(GetParam(), forgery.flags, forgery.seq, forgery.ack, 20);
    for (const uint8_t kind : {0, 2, 3, 4, 5, 8, 34, 253, 254, 255})
    {
        for (uint32_t length = 0; length <= 41; length++)
        {
            for (const std::size_t room : {std::size_t{4}, std::size_t{12}, std::size_t{40}})
            {
                forgery.options.assign(room, OPTION);
                forgery.options[0] = kind;
                forgery.options[1] = static_cast<uint8_t>(length == 41 ? 255 : length);
                if (kind == 254)
                {
                    forgery.options[2] = 0xf9;
                    forgery.options[3] = 0x89;
                }
                network.Attack(GetParam(), forgery, may);
            }
        }
        network.Strike();
    }
    network.Finish();
}

// Options of the right form that say what cannot be.
TEST_P(HostileSegments, A3_NoOptionContentInjectsData)
{
    using Options = std::vector<uint8_t>;
    for (const bool timestamps : {false, true})
    {
        HostileNetwork network(timestamps);
        network.Start();
        std::vector<Options> contents;
        for (const uint8_t byte : {0, 1, 0x7f, 0x80, 0xff})
        {
            contents.push_back({2, 4, byte, byte});
            contents.push_back({1, 3, 3, byte});
            contents.push_back({8, 10, byte, byte, byte, byte, 0, 0, 0, 0, 1, 1});
            contents.push_back({8, 10, 0, 0, 0, 0, byte, byte, byte, byte, 1, 1});
            for (const uint8_t other : {0, 1, 0x7f, 0x80, 0xff})
            {
                contents.push_back({1, 1, 8, 10, 0,    0,    0, 200, 0,     0,     0,
                                    1, 1, 1, 5,  18,   byte, 0, 0,   0,     other, 0,
                                    0, 1, 0, 0,  byte, 0,    0, 0,   other, 9});
                contents.push_back({1, 1, 5, 10, 0, 0, byte, byte, 0, 0, other, other});
            }
        }
        RawPeer::Spec forgery = BestForgery(GetParam());
        const auto may = WhatMayHappen(GetParam(), forgery.flags, forgery.seq, forgery.ack, 20);
        for (const uint32_t back : {0, 1, 500})
        {
            RawPeer::Spec segment = forgery;
            segment.ack -= back; // leaves something for SACK blocks to be about
            for (const auto& options : contents)
            {
                segment.options = options;
                network.Attack(GetParam(), segment, may);
            }
        }
        network.Strike();
        network.Finish();
    }
}

// Random segments, most of which are nearly right.
TEST_P(HostileSegments, A3_NoRandomSegmentInjectsData)
{
    HostileNetwork network;
    network.Start();
    std::mt19937 random(7);
    const auto pick = [&random](std::initializer_list<uint32_t> values) {
        return *(values.begin() + random() % values.size());
    };
    const View view = GetView(GetParam());
    for (int i = 0; i < 500; i++)
    {
        const std::size_t size = pick({0, 1, 20, 1460});
        RawPeer::Spec spec{
            static_cast<uint8_t>(random()),
            pick({0, view.receiveNext, static_cast<uint32_t>(random())}),
            pick({1, view.sendUnacked, view.sendNext, static_cast<uint32_t>(random())}),
            std::vector<uint8_t>(random() % 11 * 4),
            std::string(size, MARK)};
        spec.window = static_cast<uint16_t>(random());
        for (auto& byte : spec.options)
        {
            byte = static_cast<uint8_t>(pick({0, 1, 2, 3, 4, 5, 8, 10, 34, 254, OPTION}));
        }
        network.Attack(GetParam(),
                       spec,
                       WhatMayHappen(GetParam(), spec.flags, spec.seq, spec.ack, size));
    }
    network.Strike();
    network.Finish();
}

INSTANTIATE_TEST_SUITE_P(, HostileSegments, ::testing::ValuesIn(ALL_STATES));

// --- What the rest of the segment still does -----------------------------------------

class HostileOptions : public FastOpenTest
{
  protected:
    void SetUp() override
    {
        Build();
        for (const auto& node : {path->GetClient(), path->GetServer()})
        {
            TrafficControlHelper().Uninstall(node->GetDevice(0));
        }
        m_cookie = ValidCookie();
    }

    /**
     * Send a SYN with four bytes of data from a new port.
     *
     * @param options its options
     * @return what the SYN-ACK acknowledges, or 0 without an answer
     */
    uint32_t Ask(const std::vector<uint8_t>& options)
    {
        Ptr<RawPeer> peer = CreateObject<RawPeer>();
        peer->Install(path->GetClient(), m_port++, Ipv4Address::ConvertFrom(serverIp), PORT);
        peer->Send({SYN, 0, 0, options, "data"});
        Run(MilliSeconds(110));
        if (peer->received.size() != 1 || peer->received[0].header.GetFlags() != (SYN | ACK))
        {
            return 0;
        }
        peer->Send({RST, peer->received[0].header.GetAckNumber().GetValue(), 0, {}, ""});
        return peer->received[0].header.GetAckNumber().GetValue();
    }

    /**
     * @param kind the option's kind
     * @param length what it says of its length
     * @param start what it starts with
     * @return the option with the valid cookie and what follows, 40 bytes
     */
    std::vector<uint8_t> OptionOf(uint8_t kind, uint32_t length, std::vector<uint8_t> start)
    {
        std::vector<uint8_t> options{kind, static_cast<uint8_t>(length)};
        options.insert(options.end(), start.begin(), start.end());
        options.insert(options.end(),
                       m_cookie.GetBytes(),
                       m_cookie.GetBytes() + m_cookie.GetSize());
        options.resize(40, TcpOption::NOP);
        return options;
    }

  private:
    TcpFastOpenCookie m_cookie; //!< valid for the client
    uint16_t m_port{20000};     //!< for the next SYN
};

// Of all lengths of kind 34 only that of the cookie opens with data; the others
// leave a plain SYN.
TEST_F(HostileOptions, W2_OnlyTheCookiesLengthOpens)
{
    for (uint32_t length = 0; length <= 40; length++)
    {
        EXPECT_EQ(Ask(OptionOf(34, length, {})), length == 10 ? 5u : 1u) << length;
    }
}

// The experimental kind: without the magic number no length opens, and with it at
// most the cookie's.
TEST_F(HostileOptions, W3_OnlyTheCookiesLengthOpensWithTheExperimentalKind)
{
    for (uint32_t length = 0; length <= 40; length++)
    {
        EXPECT_EQ(Ask(OptionOf(254, length, {0xf9, 0x88})), 1u) << length;
        const uint32_t acked = Ask(OptionOf(254, length, {0xf9, 0x89}));
        EXPECT_TRUE(acked == 1 || (length == 12 && acked == 5)) << length << ": " << acked;
    }
}

// A cookie counts behind a damaged option of its own length, and not behind one at
// which parsing stops.
TEST_F(HostileOptions, W2_CookieBehindADamagedOption)
{
    const auto cookie = Option(ValidCookie());
    const auto behind = [&cookie](std::vector<uint8_t> options) {
        options.insert(options.end(), cookie.begin(), cookie.end());
        return options;
    };
    EXPECT_EQ(Ask(behind({2, 3, 5, 1})), 5u);
    EXPECT_EQ(Ask(behind({8, 4, 0, 0})), 5u);
    EXPECT_EQ(Ask(behind({34, 3, 0, 1})), 5u);
    EXPECT_EQ(Ask(behind({34, 1, 1, 1})), 1u);
    EXPECT_EQ(Ask(behind({253, 0, 1, 1})), 1u);
    EXPECT_EQ(Ask(behind({253, 41, 1, 1})), 1u);
    EXPECT_EQ(Ask(behind({0, 0, 0, 0})), 1u);
}

// A SYN with more data than the window: what fits is taken and acknowledged, in
// one IP packet or in fragments.
TEST_F(HostileOptions, S10_SynDataBeyondTheWindowIsCut)
{
    constexpr uint32_t window = 5000;
    listener->SetAttribute("RcvBufSize", UintegerValue(window));
    uint16_t port = 30000;
    for (const uint32_t size : {1U, window - 1, window, window + 1, 2 * window, 60000U})
    {
        Ptr<RawPeer> peer = CreateObject<RawPeer>();
        peer->Install(path->GetClient(), port++, Ipv4Address::ConvertFrom(serverIp), PORT);
        const std::string data = Pattern(size);
        peer->Send({SYN, 0, 0, Option(ValidCookie()), data});
        Run(MilliSeconds(200));
        const uint32_t taken = std::min(size, window);
        ASSERT_EQ(peer->received.size(), 1u) << size;
        EXPECT_EQ(peer->received[0].header.GetAckNumber(), SequenceNumber32(1 + taken)) << size;
        EXPECT_TRUE(accepted.back()->received == data.substr(0, taken)) << size;
        peer->Send({RST, 1 + taken, 0, {}, ""});
    }
}

// A SYN-ACK with more data than the window: the client takes what it acknowledges.
TEST_F(HostileOptions, W7_SynAckDataBeyondTheWindow)
{
    constexpr uint32_t window = 5000;
    for (const uint32_t size : {window - 1, window, window + 1, 60000U})
    {
        Ptr<RawPeer> peer = PlayServer();
        auto client = NewClient();
        client->socket->SetAttribute("RcvBufSize", UintegerValue(window));
        client->socket->Connect(server);
        Run(MilliSeconds(60));
        const std::string data = Pattern(size);
        peer->Send({SYN | ACK, 0, 1, {}, data});
        Run(MilliSeconds(300));
        const uint32_t acked = peer->received.back().header.GetAckNumber().GetValue();
        EXPECT_GE(acked, 1 + std::min(size, window)) << size;
        EXPECT_TRUE(client->received == data.substr(0, acked - 1)) << size;
        peer->Send({RST, acked, 0, {}, ""});
        Run(MilliSeconds(100));
    }
}

// --- An open connection, segment by segment ------------------------------------------

/// A raw client with an open connection; both sides expect 1 and nothing is under way.
class HostileToOpen : public FastOpenTest
{
  protected:
    void SetUp() override
    {
        attributes["ns3::TcpSocketBase::Timestamp"] = "false";
        m_peer = PlayClient();
        m_peer->Send({SYN, 0, 0, {2, 4, 5, 180, 1, 3, 3, 2}, ""});
        Run(MilliSeconds(110));
        m_peer->Send({ACK, 1, 1, {}, ""});
        Run(MilliSeconds(110));
        ASSERT_EQ(accepted.size(), 1u);
    }

    /// Send a segment, and give back what is answered to it.
    Lines Answers(const RawPeer::Spec& segment)
    {
        m_peer->received.clear();
        m_peer->Send(segment);
        Run(MilliSeconds(110));
        Lines lines;
        for (const auto& answer : m_peer->received)
        {
            std::ostringstream line;
            line << TcpHeader::FlagsToString(answer.header.GetFlags()) << ' '
                 << answer.header.GetSequenceNumber() << " ack " << answer.header.GetAckNumber();
            lines.push_back(line.str());
        }
        return lines;
    }

    const Lines challenge{"ACK 1 ack 1"}; //!< the answer to what may be forged

    Ptr<RawPeer> m_peer; //!< the client
};

// Data needs an ACK (RFC 9293, section 3.10.7.4); but window probes of TcpSocketBase have none.
TEST_F(HostileToOpen, A3_DataWithoutAckIsIgnored)
{
    EXPECT_EQ(Answers({0, 1, 0, {}, "forged"}), challenge);
    EXPECT_EQ(Answers({0, 1, 0, {}, ""}), Lines());
    EXPECT_EQ(accepted[0]->received, "");
}

// An ACK of what was not sent, with or without FIN, is answered, and its data ignored.
TEST_F(HostileToOpen, A3_DataThatAcknowledgesTheUnsentIsIgnored)
{
    EXPECT_EQ(Answers({ACK, 1, 2, {}, "forged"}), challenge);
    EXPECT_EQ(Answers({FIN | ACK, 1, 2, {}, "forged"}), challenge);
    EXPECT_EQ(Answers({FIN | ACK, 1, 0x80000002, {}, "forged"}), challenge);
    EXPECT_EQ(accepted[0]->received, "");
    EXPECT_EQ(accepted[0]->events, Lines());
}

// A reset counts in sequence alone; in the window it is questioned (RFC 5961).
TEST_F(HostileToOpen, S11_ResetOfAnOpenConnectionHasToFit)
{
    EXPECT_EQ(Answers({RST, 0, 0, {}, ""}), Lines());
    EXPECT_EQ(Answers({RST, 0x70000000, 0, {}, ""}), Lines());
    EXPECT_EQ(Answers({RST, 2, 0, {}, ""}), challenge);
    EXPECT_EQ(accepted[0]->events, Lines());
    EXPECT_EQ(Answers({RST, 1, 0, {}, ""}), Lines());
    EXPECT_EQ(accepted[0]->socket->GetConnectionError(), TcpFastOpenSocket::RESET);
}

// A SYN, forged or late, is answered and changes nothing: the window is still scaled.
TEST_F(HostileToOpen, S9_SynInAnOpenConnectionChangesNothing)
{
    Answers({ACK, 1, 1, {}, "a"});
    const uint16_t window = m_peer->received.at(0).header.GetWindowSize();
    EXPECT_EQ(Answers({SYN, 0, 0, {}, ""}), (Lines{"ACK 1 ack 2"}));
    Run(MilliSeconds(500)); // one in this time is answered
    EXPECT_EQ(Answers({SYN | ACK, 77, 1, {}, ""}), (Lines{"ACK 1 ack 2"}));
    Answers({ACK, 2, 1, {}, "b"});
    EXPECT_EQ(m_peer->received.at(0).header.GetWindowSize(), window);
    EXPECT_EQ(accepted[0]->received, "ab");
}

// Flags that make no sense do not end the connection.
TEST_F(HostileToOpen, S9_SynFinInAnOpenConnectionChangesNothing)
{
    EXPECT_EQ(Answers({SYN | FIN, 1, 1, {}, ""}), challenge);
    EXPECT_EQ(accepted[0]->events, Lines());
}

// An application may close when it is told that the connection has ended, whether or
// not it has closed before and whatever it has not read.
TEST_F(HostileToOpen, A1_CloseInTheCloseCallbacks)
{
    const Callback<void, Ptr<Socket>> close([](Ptr<Socket> end) { end->Close(); });
    accepted[0]->socket->SetCloseCallbacks(close, close);
    accepted[0]->socket->Close();
    Run(MilliSeconds(110));
    m_peer->Send({FIN | ACK, 1, 1, {}, ""}); // crosses the FIN: CLOSING
    Run(MilliSeconds(110));
    EXPECT_EQ(accepted[0]->states.back(), "CLOSING");
    m_peer->Send({RST, 2, 0, {}, ""});
    Run(MilliSeconds(110));
    EXPECT_EQ(accepted[0]->states.back(), "CLOSED");
}

// The same where the end is an error and data is unread.
TEST_F(HostileToOpen, A1_CloseInTheErrorCallbackWithUnreadData)
{
    const Callback<void, Ptr<Socket>> close([](Ptr<Socket> end) { end->Close(); });
    accepted[0]->socket->SetCloseCallbacks(close, close);
    accepted[0]->socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
    Answers({ACK, 1, 1, {}, "unread"});
    accepted[0]->socket->Close();
    Run(MilliSeconds(110));
    EXPECT_EQ(m_peer->received.back().header.GetFlags() & RST, RST);
}

// A window that is shut while there is nothing to send is no end of the program; what
// is written then is probed with, and sent when the window opens.
TEST_F(HostileToOpen, A3_WindowShutWithNothingToSend)
{
    RawPeer::Spec shut{ACK, 1, 1, {}, "x"};
    shut.window = 0;
    m_peer->Send(shut);
    Run(Seconds(20));
    EXPECT_EQ(accepted[0]->received, "x");
    m_peer->received.clear();
    accepted[0]->socket->Send(MakePacket("answer"));
    const Time written = Simulator::Now();
    Run(MilliSeconds(700));
    ASSERT_EQ(m_peer->received.size(), 1u) << "after the timeout, as Linux does";
    EXPECT_GT(m_peer->received[0].time - written, MilliSeconds(200));
    EXPECT_EQ(m_peer->received[0].payload, "a");
    EXPECT_EQ(Answers({ACK, 2, 2, {}, ""}), (Lines{"PSH|ACK 2 ack 2"}));
    EXPECT_EQ(m_peer->received[0].payload, "nswer");
}

// The same where all was sent and is not acknowledged: its first byte is the probe.
TEST_F(HostileToOpen, A3_WindowShutWithAllSent)
{
    accepted[0]->socket->Send(MakePacket("answer"));
    Run(MilliSeconds(110));
    RawPeer::Spec shut{ACK, 1, 1, {}, "x"};
    shut.window = 0;
    m_peer->Send(shut);
    Run(MilliSeconds(110));
    m_peer->received.clear();
    Run(Seconds(7));
    ASSERT_FALSE(m_peer->received.empty());
    EXPECT_EQ(m_peer->received[0].payload, "a");
    EXPECT_EQ(m_peer->received[0].header.GetSequenceNumber(), SequenceNumber32(1));
}
