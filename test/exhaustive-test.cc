/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * A transfer under every loss, duplication and reordering of its first segments.
 */

#include "fast-open-test.h"

#include "ns3/object-vector.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/pointer.h"
#include "ns3/tcp-l4-protocol.h"

#include <algorithm>
#include <bitset>
#include <cstdlib>
#include <deque>
#include <ostream>

namespace
{

/// How many of a connection's segments are harmed, from the first on.
constexpr uint32_t SEGMENTS = 12;
/// How long the applications wait for the other's data.
const Time PATIENCE = Seconds(1000);

/// What the path does to segments. They are numbered from 0 in the order of their
/// sending, both directions together.
struct Harm
{
    /// No segment, where one may be named.
    static constexpr uint32_t NONE = UINT32_MAX;

    uint32_t lost{0};       //!< a bit for each of the first segments, the first one's the lowest
    uint32_t cut{NONE};     //!< from this segment on all are lost
    uint32_t twice{NONE};   //!< this one arrives twice
    Time copyDelay{0};      //!< how long after it the copy arrives
    uint32_t swapped{NONE}; //!< this one arrives right after the next one of its direction
};

void
PrintTo(const Harm& harm, std::ostream* os)
{
    *os << "lost " << std::bitset<SEGMENTS>(harm.lost);
    for (const auto& [name, segment] : {std::pair<const char*, uint32_t>{"cut", harm.cut},
                                        {"twice", harm.twice},
                                        {"swapped", harm.swapped}})
    {
        if (segment != Harm::NONE)
        {
            *os << ", " << name << " " << segment;
        }
    }
    *os << ", copy after " << harm.copyDelay.As(Time::MS);
}

/// Does harm to the segments that arrive at one end of a link.
class HarmModel : public ErrorModel
{
  public:
    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("ns3::TestHarmModel").SetParent<ErrorModel>();
        return tid;
    }

    /**
     * @param harm what to do
     * @param counter numbers the segments of both directions
     * @param from the device that sends
     * @param to the device that receives; this model becomes its own
     */
    void Install(const Harm& harm,
                 std::shared_ptr<uint32_t> counter,
                 Ptr<PointToPointNetDevice> from,
                 Ptr<PointToPointNetDevice> to)
    {
        m_harm = harm;
        m_to = to;
        // The link keeps the order, so the numbers wait in a queue. Packets do not tell
        // them: what is sent again has the old packet's identity.
        from->TraceConnectWithoutContext(
            "PhyTxBegin",
            Callback<void, Ptr<const Packet>>(
                [this, counter](Ptr<const Packet>) { m_underway.push_back((*counter)++); }));
        to->SetAttribute("ReceiveErrorModel", PointerValue(this));
    }

  private:
    bool DoCorrupt(Ptr<Packet> packet) override
    {
        if (m_replaying)
        {
            return false;
        }
        const uint32_t number = m_underway.front();
        m_underway.pop_front();
        if (number >= m_harm.cut || (number < SEGMENTS && (m_harm.lost >> number & 1)))
        {
            return true;
        }
        if (number == m_harm.swapped)
        {
            m_held = packet->Copy();
            return true;
        }
        if (number == m_harm.twice)
        {
            Simulator::Schedule(m_harm.copyDelay, &HarmModel::Replay, this, packet->Copy());
        }
        if (m_held)
        {
            Simulator::ScheduleNow(&HarmModel::Replay, this, m_held);
            m_held = nullptr;
        }
        return false;
    }

    void DoReset() override
    {
    }

    /// Let a packet arrive that the model has kept.
    void Replay(Ptr<Packet> packet)
    {
        m_replaying = true;
        m_to->Receive(packet);
        m_replaying = false;
    }

    Harm m_harm;                     //!< what to do
    Ptr<PointToPointNetDevice> m_to; //!< where the segments arrive
    std::deque<uint32_t> m_underway; //!< the numbers of those under way
    Ptr<Packet> m_held;              //!< what waits for the next one
    bool m_replaying{false};         //!< whether this is a kept one
};

/// How the connection is opened, and who closes.
struct Opening
{
    const char* name;  //!< the case's name
    bool clientOn;     //!< whether the client has Fast Open on
    bool cookie;       //!< whether it has a cookie
    bool validKey;     //!< whether that is still valid
    bool serverOn;     //!< whether the server has Fast Open on
    bool clientCloses; //!< whether the client closes behind its request
};

void
PrintTo(const Opening& opening, std::ostream* os)
{
    *os << opening.name;
}

/// All ways to open.
const Opening OPENINGS[] = {
    Opening{"plain", false, false, true, true, false},
    Opening{"firstContact", true, false, true, true, false},
    Opening{"fastOpen", true, true, true, true, false},
    Opening{"refused", true, true, false, true, false},
    Opening{"serverOff", true, true, true, false, false},
    Opening{"plainHalfClose", false, false, true, true, true},
    Opening{"firstContactHalfClose", true, false, true, true, true},
    Opening{"fastOpenHalfClose", true, true, true, true, true},
    Opening{"refusedHalfClose", true, true, false, true, true},
    Opening{"serverOffHalfClose", true, true, true, false, true},
};

/// One transfer, with applications that know how it ended for them.
class Trial : public FastOpenTest
{
  public:
    void TestBody() override
    {
    }

    /**
     * Open, send a request, get a response and close.
     *
     * @param opening how to open
     * @param harm what happens to the segments
     * @return what is wrong; empty where nothing is
     */
    std::string Transfer(const Opening& opening, const Harm& harm);

    bool limitReached{false}; //!< whether an end has given up
    uint32_t segments{0};     //!< how many segments were sent

  private:
    /// @return how many sockets a node's TCP knows
    static std::size_t CountSockets(Ptr<Node> node)
    {
        ObjectVectorValue sockets;
        node->GetObject<TcpL4Protocol>()->GetAttribute("SocketList", sockets);
        return sockets.GetN();
    }

    /// @return whether this application was told something
    static bool Has(const Connection& end, const char* event)
    {
        return std::find(end.events.begin(), end.events.end(), event) != end.events.end();
    }

    /// @return whether this application was told of an error, or has found one itself
    static bool WasToldError(const Connection& end)
    {
        return Has(end, "out of patience") ||
               (end.socket->GetConnectionError() != TcpFastOpenSocket::NO_ERROR &&
                (Has(end, "failed") || Has(end, "error")));
    }

    /// Close what is still incomplete.
    static void GiveUp(Connection& end, bool complete)
    {
        if (!complete && !WasToldError(end))
        {
            end.events.push_back("out of patience");
            end.socket->Close();
        }
    }

    /// @return whether a socket is left that may not wait for ever
    bool IsAnyLeft(const Connection& client) const;

    /// @return whether the first text starts with the second one
    static bool StartsWith(const std::string& text, const std::string& start)
    {
        return text.compare(0, start.size(), start) == 0;
    }

    /// Note what the end is told, and close when the peer has closed.
    static void CloseBehindPeer(Connection& connection)
    {
        Connection* const end = &connection;
        connection.socket->SetCloseCallbacks(
            Callback<void, Ptr<Socket>>([end](Ptr<Socket> socket) {
                end->events.push_back("closed");
                Simulator::ScheduleNow(&Socket::Close, socket);
            }),
            Callback<void, Ptr<Socket>>([end](Ptr<Socket>) { end->events.push_back("error"); }));
    }

    /// @return what is wrong after the time; empty where nothing is
    std::string Judge(const Harm& harm,
                      const Connection& client,
                      const std::string& request,
                      const std::string& response);
};

std::string
Trial::Transfer(const Opening& opening, const Harm& harm)
{
    clientSwitch = opening.clientOn ? 1 : 0;
    Build();
    if (opening.cookie)
    {
        clientFastOpen->GetCache().Store({clientIp, serverIp, ValidCookie(), 1460});
    }
    if (!opening.validKey)
    {
        serverFastOpen->SetAttribute("Key", StringValue("00000000-00000000-00000000-00000001"));
    }
    serverFastOpen->SetAttribute("Switch", UintegerValue(opening.serverOn ? 3 : 0));
    uint32_t pending = 0;
    serverFastOpen->TraceConnectWithoutContext(
        "PendingCount",
        Callback<void, uint32_t, uint32_t>([&](uint32_t, uint32_t now) { pending = now; }));

    const auto counter = std::make_shared<uint32_t>(0);
    Ptr<HarmModel> atClient = CreateObject<HarmModel>();
    Ptr<HarmModel> atServer = CreateObject<HarmModel>();
    const auto clientDevice = DynamicCast<PointToPointNetDevice>(path->GetClient()->GetDevice(0));
    const auto serverDevice = DynamicCast<PointToPointNetDevice>(path->GetServer()->GetDevice(0));
    atServer->Install(harm, counter, clientDevice, serverDevice);
    atClient->Install(harm, counter, serverDevice, clientDevice);

    const std::string request = Pattern(300);
    const std::string response = Pattern(7007).substr(7);
    onAccept = CloseBehindPeer;
    onServerData = [&](Connection& end) {
        if (end.received == request && !Has(end, "served"))
        {
            end.events.push_back("served");
            end.socket->Send(MakePacket(response));
            end.socket->Close();
        }
    };
    auto client = Open(request, opening.clientCloses);
    CloseBehindPeer(*client);
    // The applications' patience: a path that has died says so to nobody
    Simulator::Schedule(PATIENCE, [&] {
        GiveUp(*client, client->received == response);
        for (const auto& end : accepted)
        {
            GiveUp(*end, end->received == request);
        }
    });
    // Fifteen retransmissions that are a minute apart, twice, and TIME-WAIT
    FastOpenTest::Run(Seconds(4000));

    segments = *counter;
    if (harm.cut == Harm::NONE && segments > 4 * SEGMENTS)
    {
        return "somebody does not stop sending";
    }
    // Those that were reset count until somebody looks, or the listener is closed
    Address local;
    listener->GetSockName(local);
    listener->Close();
    listener->Bind(local);
    listener->Listen();
    if (pending != 0)
    {
        return "somebody is pending";
    }
    return Judge(harm, *client, request, response);
}

bool
Trial::IsAnyLeft(const Connection& client) const
{
    // Who has said all and been acknowledged waits for the peer's FIN: TCP has no
    // limit for that (RFC 9293, section 3.6), and only a dead path makes it last.
    const auto waits = [](const Connection& end) {
        return !end.states.empty() && end.states.back() == "FIN_WAIT_2";
    };
    const std::size_t left = CountSockets(path->GetClient());
    const std::size_t atServer = CountSockets(path->GetServer()) - 1; // but the listener
    const auto waiting = static_cast<std::size_t>(
        std::count_if(accepted.begin(), accepted.end(), [&](const auto& end) {
            return waits(*end);
        }));
    return left != waits(client) || atServer != waiting;
}

std::string
Trial::Judge(const Harm& harm,
             const Connection& client,
             const std::string& request,
             const std::string& response)
{
    if (IsAnyLeft(client))
    {
        return "a socket waits for ever";
    }
    const bool complete = client.received == response;
    const bool told = WasToldError(client);
    limitReached = told;
    if (!StartsWith(response, client.received))
    {
        return "not a prefix of the response";
    }
    if (!complete && !told)
    {
        return "the client has no response and was not told";
    }
    if (complete && !told && !Has(client, "closed"))
    {
        return "the client does not know that the response is complete";
    }
    bool served = false;
    for (const auto& end : accepted)
    {
        served = served || end->received == request;
        if (!StartsWith(request, end->received))
        {
            return "not a prefix of the request";
        }
        if (end != accepted.front() && harm.twice == 0)
        {
            continue; // an old SYN has opened another connection: the client resets it
        }
        const bool error = WasToldError(*end);
        limitReached = limitReached || error;
        if (end->received != request && !error)
        {
            return "the server has no request and was not told";
        }
        if (!complete && !error)
        {
            return "the client has no response and the server was not told";
        }
    }
    if (complete && !served)
    {
        return "a response without a request";
    }
    // Seven SYNs or SYN-ACKs have to be lost before anyone may give up
    if (limitReached && harm.cut == Harm::NONE && std::bitset<SEGMENTS>(harm.lost).count() < 7)
    {
        return "an end gave up too early";
    }
    return "";
}

} // namespace

/**
 * Whatever happens to the first segments, the transfer ends: complete, or with an
 * error that both applications can tell. What is delivered is exact, and whole
 * where nobody had to give up. No socket waits for ever, and nobody stays pending.
 */
class Exhaustive : public ::testing::TestWithParam<Opening>
{
  protected:
    void TearDown() override
    {
        EXPECT_GT(m_cases, 0u);
        std::cout << m_cases << " cases; an end gave up in " << m_limits << "; at most "
                  << m_segments << " segments" << std::endl;
    }

    /// Make a transfer. @return how many segments it took
    uint32_t Try(const Harm& harm)
    {
        Trial trial;
        const std::string wrong = trial.Transfer(GetParam(), harm);
        m_cases++;
        m_limits += trial.limitReached;
        m_segments = std::max(m_segments, trial.segments);
        EXPECT_EQ(wrong, "") << ::testing::PrintToString(harm);
        return trial.segments;
    }

    /**
     * A slow build tries a part: every N-th pattern with TFO_TEST_THIN=N. An even
     * step would spare the first segments, the next odd one does not.
     *
     * @return how far apart the tried loss patterns are
     */
    static uint32_t GetStep()
    {
        const char* const thin = std::getenv("TFO_TEST_THIN");
        return thin ? std::max(1, std::atoi(thin)) | 1 : 1;
    }

  private:
    uint32_t m_cases{0};    //!< how many transfers were made
    uint32_t m_limits{0};   //!< in how many an end gave up
    uint32_t m_segments{0}; //!< how many segments the longest took
};

// Without harm there are twelve segments to be harmed, and not many more.
TEST_P(Exhaustive, A3_TransferHasTwelveSegments)
{
    EXPECT_GE(Try(Harm()), SEGMENTS);
}

// Every pattern of loss.
TEST_P(Exhaustive, A3_StreamIsExactWhateverIsLost)
{
    for (uint32_t pattern = 0; pattern < 1 << SEGMENTS; pattern += GetStep())
    {
        Harm harm;
        harm.lost = pattern;
        Try(harm);
    }
}

// Every segment twice, at once and when the connection may be over.
TEST_P(Exhaustive, A3_StreamIsExactWhateverComesTwice)
{
    for (const Time& delay : {Time(0), MilliSeconds(70), Seconds(1), Seconds(500)})
    {
        for (uint32_t segment = 0; segment < SEGMENTS; segment++)
        {
            Harm harm;
            harm.twice = segment;
            harm.copyDelay = delay;
            Try(harm);
        }
    }
}

// Every segment behind its neighbour.
TEST_P(Exhaustive, A3_StreamIsExactWhateverIsSwapped)
{
    for (uint32_t segment = 0; segment < SEGMENTS; segment++)
    {
        Harm harm;
        harm.swapped = segment;
        Try(harm);
    }
}

// The path dies behind every segment: whoever still waits is told.
TEST_P(Exhaustive, A3_BothEndsEndWhenThePathDies)
{
    for (uint32_t segment = 0; segment < 2 * SEGMENTS; segment++)
    {
        Harm harm;
        harm.cut = segment;
        Try(harm);
    }
}

INSTANTIATE_TEST_SUITE_P(, Exhaustive, ::testing::ValuesIn(OPENINGS), [](const auto& info) {
    return std::string(info.param.name);
});
