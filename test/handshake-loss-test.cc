/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * C6, C8, S9, S17: segments of the handshake that are lost, late or duplicated, with Linux's
 * settings and without.
 */

#include "fast-open-test.h"

#include "ns3/tcp-option-fast-open.h"
#include "ns3/tcp-option-ts.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

namespace
{

constexpr uint8_t SYN = TcpHeader::SYN;
constexpr uint8_t ACK = TcpHeader::ACK;
constexpr uint8_t RST = TcpHeader::RST;

const std::vector<uint8_t> MSS{2, 4, 1460 >> 8, 1460 & 0xff};

/// Options of a SYN or ACK with timestamps.
std::vector<uint8_t>
Timestamps(uint32_t value, uint32_t echo, std::vector<uint8_t> before = {})
{
    before.insert(before.end(), {1, 1, 8, 10});
    for (const uint32_t number : {value, echo})
    {
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            before.push_back(static_cast<uint8_t>(number >> shift));
        }
    }
    return before;
}

/// The timestamp's value in a segment that has the option.
uint32_t
GetTimestamp(const RawPeer::Segment& segment)
{
    const auto option = segment.header.GetOption(TcpOption::TS);
    return option ? DynamicCast<const TcpOptionTS>(option)->GetTimestamp() : 0;
}

/// How long the second transfer of a scenario takes, in ms.
double
Second(Scenario scenario, const std::string& mode)
{
    scenario.mode = mode;
    scenario.transfers = 2;
    const auto result = RunScenario(scenario);
    EXPECT_EQ(result.records.at(1).status, TransferRecord::Status::OK);
    return result.records.at(1).lastByte.GetSeconds() * 1e3;
}

/// A scenario in which segments of the second transfer are lost.
Scenario
Losing(std::initializer_list<Scenario::Drop> drops, Time rtt = MilliSeconds(100))
{
    Scenario scenario;
    scenario.rtt = rtt;
    scenario.drops = drops;
    return scenario;
}

constexpr auto CLIENT = SegmentDropModel::CLIENT; //!< who sends the lost segment
constexpr auto SERVER = SegmentDropModel::SERVER; //!< the same

} // namespace

/// Linux's settings, but for its timer wheel.
class HandshakeLoss : public FastOpenTest
{
  protected:
    /// When a played peer got segments with these flags, in s from now on, rounded to ms.
    static std::vector<double> Times(const Ptr<RawPeer>& peer, uint8_t flags, Time start)
    {
        std::vector<double> times;
        for (const auto& segment : peer->received)
        {
            if ((segment.header.GetFlags() & (SYN | ACK | RST)) == flags)
            {
                times.push_back(std::round((segment.time - start).GetSeconds() * 1e3) / 1e3);
            }
        }
        return times;
    }

    /// The segments of data that a played peer got so far.
    static std::size_t CountData(const Ptr<RawPeer>& peer)
    {
        return std::count_if(peer->received.begin(), peer->received.end(), [](const auto& one) {
            return !one.payload.empty();
        });
    }

    /// Let the server answer its first data by a response larger than any first window.
    void Respond()
    {
        onServerData = [](Connection& end) { end.socket->Send(MakePacket(Pattern(30000))); };
    }
};

// Linux: five timeouts of 1 s, then twice as long each time, ten tries more in all.
TEST_F(HandshakeLoss, C6_LinuxsSynTimerIsLinearAtFirst)
{
    Ptr<RawPeer> peer = PlayServer();
    const Time start = Simulator::Now();
    auto client = Open("hello");
    Run(Seconds(130.9));
    EXPECT_TRUE(client->events.empty());
    Run(Seconds(0.2));
    EXPECT_EQ(client->events, (Lines{"failed"}));
    EXPECT_EQ(client->socket->GetConnectionError(), TcpFastOpenSocket::TIMED_OUT);
    EXPECT_EQ(Times(peer, SYN, start + MilliSeconds(50)),
              (std::vector<double>{0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67}));
}

// RFC 6298, and ns-3: twice as long from the first one on.
TEST_F(HandshakeLoss, C6_SynTimerDoublesWithoutTheAttribute)
{
    attributes["ns3::TcpFastOpenSocket::SynLinearTimeouts"] = "0";
    Ptr<RawPeer> peer = PlayServer();
    const Time start = Simulator::Now();
    auto client = Open("hello");
    Run(Seconds(126.9));
    EXPECT_TRUE(client->events.empty());
    Run(Seconds(0.2));
    EXPECT_EQ(client->events, (Lines{"failed"}));
    EXPECT_EQ(Times(peer, SYN, start + MilliSeconds(50)),
              (std::vector<double>{0, 1, 3, 7, 15, 31, 63}));
}

// Pauses end at 120 s, however many tries there are, and the last one fails.
TEST_F(HandshakeLoss, C6_C15_PausesEndAtTwoMinutes)
{
    attributes["ns3::TcpFastOpenSocket::SynLinearTimeouts"] = "0";
    attributes["ns3::TcpSocket::ConnCount"] = "64";
    attributes["ns3::TcpSocket::ConnTimeout"] = "1ms";
    Ptr<RawPeer> peer = PlayServer();
    const Time start = Simulator::Now();
    auto client = Open("hello");
    Run(Seconds(10000));
    EXPECT_EQ(client->events, (Lines{"failed"}));
    const auto times = Times(peer, SYN, start + MilliSeconds(50));
    ASSERT_EQ(times.size(), 64u);
    EXPECT_NEAR(times[17], 131.071, 1e-3) << "1 ms * (2^17 - 1)";
    EXPECT_NEAR(times[18] - times[17], 120, 1e-3);
    EXPECT_NEAR(times[63] - times[62], 120, 1e-3);
}

// Two SYNs lost cost 2 s, three 3 s, with Fast Open as without.
TEST(HandshakeLossTimes, C6_T2_LostSynsCostASecondEach)
{
    for (const std::string mode : {"3whs", "tfo"})
    {
        auto scenario = Losing({{2, CLIENT, 1}, {2, CLIENT, 2}});
        EXPECT_NEAR(Second(scenario, mode), 2209, 60) << mode;
        scenario.drops.push_back({2, CLIENT, 3});
        EXPECT_NEAR(Second(scenario, mode), 3209, 80) << mode;
    }
}

// A duplicate that comes before the SYN-ACK's timer expires puts a plain connection's off by
// the whole timeout, and is no loss.
TEST_F(HandshakeLoss, S9_AnswerPutsOffThePlainTimer)
{
    Ptr<RawPeer> peer = PlayClient();
    Respond();
    const Time start = Simulator::Now();
    peer->Send({SYN, 0, 0, MSS, ""});
    peer->SendAt(start + MilliSeconds(900), {SYN, 0, 0, MSS, ""});
    peer->SendAt(start + MilliSeconds(1100), {ACK, 1, 1, {}, "hello"});
    Run(MilliSeconds(1250));
    EXPECT_EQ(Times(peer, SYN | ACK, start), (std::vector<double>{0.1, 1.0}));
    EXPECT_EQ(CountData(peer), 10u);
}

// It goes on from there: the same timeout again, then twice as long.
TEST_F(HandshakeLoss, S9_AnswerUsesNoRetryUp)
{
    Ptr<RawPeer> peer = PlayClient();
    const Time start = Simulator::Now();
    peer->Send({SYN, 0, 0, MSS, ""});
    peer->SendAt(start + MilliSeconds(900), {SYN, 0, 0, MSS, ""});
    Run(Seconds(70));
    EXPECT_EQ(Times(peer, SYN | ACK, start),
              (std::vector<double>{0.1, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0}));
}

// It does not put off the timer of a child that was accepted by its SYN.
TEST_F(HandshakeLoss, S9_AnswerLeavesTheTimerOfAnEarlyChild)
{
    Ptr<RawPeer> peer = PlayClient();
    const Time start = Simulator::Now();
    const RawPeer::Spec syn{SYN, 0, 0, Option(ValidCookie()), "hello"};
    peer->Send(syn);
    peer->SendAt(start + MilliSeconds(900), syn);
    Run(Seconds(4));
    EXPECT_EQ(Times(peer, SYN | ACK, start), (std::vector<double>{0.1, 1.0, 1.1, 3.1}));
    EXPECT_EQ(accepted.size(), 1u);
}

// At most one answer in 500 ms, and none uses a retry up.
TEST_F(HandshakeLoss, S9_FloodOfDuplicatesDoesNotEndTheConnection)
{
    for (const bool early : {false, true})
    {
        Ptr<RawPeer> peer = PlayClient(early ? 50001 : 50000);
        accepted.clear();
        const Time start = Simulator::Now();
        const RawPeer::Spec syn{SYN,
                                0,
                                0,
                                early ? Option(ValidCookie()) : MSS,
                                early ? "hello" : ""};
        peer->Send(syn);
        for (int i = 1; i <= 7; i++)
        {
            peer->SendAt(start + MilliSeconds(10 * i), syn);
        }
        peer->SendAt(start + MilliSeconds(600), syn);
        peer->SendAt(start + MilliSeconds(1400), {ACK, early ? 6u : 1u, 1, {}, " world"});
        Run(Seconds(3));
        EXPECT_TRUE(Times(peer, RST, start).empty());
        ASSERT_EQ(accepted.size(), 1u);
        EXPECT_EQ(accepted[0]->received, early ? "hello world" : " world");
        const auto times = Times(peer, SYN | ACK, start);
        EXPECT_EQ(times,
                  early ? (std::vector<double>{0.1, 0.11, 0.7, 1.1})
                        : (std::vector<double>{0.1, 0.11, 0.7}));
    }
}

// Without the attribute each is answered, and uses a retry up, as ns-3 has it.
TEST_F(HandshakeLoss, S9_EachDuplicateIsAnsweredWithoutTheAttribute)
{
    attributes["ns3::TcpFastOpenSocket::SynAnswerInterval"] = "0s";
    attributes["ns3::TcpFastOpenSocket::SynAckRetries"] = "0";
    Ptr<RawPeer> peer = PlayClient();
    const Time start = Simulator::Now();
    peer->Send({SYN, 0, 0, MSS, ""});
    peer->SendAt(start + MilliSeconds(10), {SYN, 0, 0, MSS, ""});
    peer->SendAt(start + MilliSeconds(20), {SYN, 0, 0, MSS, ""});
    Run(Seconds(12));
    EXPECT_EQ(Times(peer, SYN | ACK, start), (std::vector<double>{0.1, 0.11, 0.12, 1.1, 9.1}));
}

/// What happens to the SYN-ACK of a plain connection, and the first window then.
struct FirstWindow
{
    std::vector<int> duplicates; //!< when duplicates of the SYN are sent, in ms
    int ack;                     //!< when the ACK and the request are sent, in ms
    std::size_t segments;        //!< of the first window without timestamps
};

// One segment where the SYN-ACK was sent again more than once and once by the timer, unless
// the timestamp proves that the first one arrived.
TEST_F(HandshakeLoss, S9_FirstWindow)
{
    const FirstWindow cases[] = {
        {{}, 500, 10},
        {{}, 1500, 10},         // once by the timer
        {{}, 3500, 1},          // twice by the timer
        {{400}, 900, 10},       // once by a duplicate
        {{200, 800}, 1500, 10}, // twice by duplicates
        {{1200}, 1500, 1},      // once each
        {{300, 310, 320}, 900, 10},
    };
    Respond();
    uint16_t port = 50000;
    for (const auto& one : cases)
    {
        for (const int echoed : {-1, 0, 1}) // no timestamps, that of the first SYN-ACK, the last's
        {
            Ptr<RawPeer> peer = PlayClient(port++);
            const Time start = Simulator::Now();
            const auto options = echoed < 0 ? MSS : Timestamps(1, 0, MSS);
            peer->Send({SYN, 0, 0, options, ""});
            for (const int ms : one.duplicates)
            {
                peer->SendAt(start + MilliSeconds(ms), {SYN, 0, 0, options, ""});
            }
            Run(MilliSeconds(one.ack));
            const auto& synAck = echoed == 1 ? peer->received.back() : peer->received.front();
            peer->Send({ACK,
                        1,
                        1,
                        echoed < 0 ? std::vector<uint8_t>() : Timestamps(2, GetTimestamp(synAck)),
                        "hello"});
            Run(MilliSeconds(150));
            EXPECT_EQ(CountData(peer), echoed == 0 ? 10u : one.segments)
                << "ACK at " << one.ack << " ms, echo " << echoed;
            peer->Send({RST, 6, 0, {}, ""});
            Run(Seconds(1));
        }
    }
}

// To a child that was accepted by its SYN two timeouts do it, and its reply is lost with
// them: it is sent again at once. Duplicates of the SYN count for nothing.
TEST_F(HandshakeLoss, S8_S9_ReplyIsSentAgainAfterTwoTimeouts)
{
    Respond();

    struct
    {
        std::vector<int> duplicates; //!< when they are sent, in ms
        int ack;                     //!< when the ACK is sent, in ms
        int echoed;                  //!< -1: no timestamps, 0: the first one's, 1: the last one's
        bool again;                  //!< whether the reply's first segment comes at once
    } cases[] = {
        {{}, 500, -1, false},
        {{}, 1500, -1, false},
        {{400, 1600, 2200}, 2500, -1, false},
        {{}, 3500, -1, true},
        {{}, 3500, 0, false},
        {{}, 3500, 1, true},
    };

    uint16_t port = 50000;
    for (const auto& one : cases)
    {
        Ptr<RawPeer> peer = PlayClient(port++);
        const Time start = Simulator::Now();
        auto options = Option(ValidCookie());
        if (one.echoed >= 0)
        {
            options = Timestamps(1, 0, options);
        }
        const RawPeer::Spec syn{SYN, 0, 0, options, "hello"};
        peer->Send(syn);
        for (const int ms : one.duplicates)
        {
            peer->SendAt(start + MilliSeconds(ms), syn);
        }
        Run(MilliSeconds(one.ack));
        EXPECT_GE(CountData(peer), 10u);
        const auto& synAck = one.echoed == 1 ? peer->received.back() : peer->received.front();
        const std::size_t seen = peer->received.size();
        peer->Send({ACK,
                    6,
                    1,
                    one.echoed < 0 ? std::vector<uint8_t>() : Timestamps(2, GetTimestamp(synAck)),
                    ""});
        Run(MilliSeconds(150));
        EXPECT_EQ(peer->received.size() - seen, one.again ? 1u : 0u) << one.ack << " ms";
        if (one.again && peer->received.size() > seen)
        {
            EXPECT_EQ(peer->received[seen].header.GetSequenceNumber(), SequenceNumber32(1));
        }
        peer->Send({RST, 6, 0, {}, ""});
        Run(Seconds(1));
    }
}

// SYN-ACKs have a number of retries of their own.
TEST_F(HandshakeLoss, S17_PlainSynAckHasFiveRetries)
{
    Ptr<RawPeer> peer = PlayClient();
    const Time start = Simulator::Now();
    peer->Send({SYN, 0, 0, MSS, ""});
    Run(Seconds(200));
    EXPECT_EQ(Times(peer, SYN | ACK, start + MilliSeconds(100)),
              (std::vector<double>{0, 1, 3, 7, 15, 31}));
    EXPECT_TRUE(accepted.empty());
}

// The connection is gone when the sixth would be due, at 63 s.
TEST_F(HandshakeLoss, S17_PlainConnectionIsGoneAfter63Seconds)
{
    for (const bool late : {false, true})
    {
        Ptr<RawPeer> peer = PlayClient(late ? 50001 : 50000);
        const Time start = Simulator::Now();
        peer->Send({SYN, 0, 0, MSS, ""});
        Run(Seconds(late ? 63.1 : 62.9));
        peer->Send({ACK, 1, 1, {}, "hello"});
        Run(Seconds(1));
        EXPECT_EQ(accepted.size(), 1u) << late;
        EXPECT_EQ(Times(peer, RST, start).size(), late ? 1u : 0u);
    }
}

// A child that was accepted by its SYN has one more, and its end is told.
TEST_F(HandshakeLoss, S17_EarlyChildHasSixRetries)
{
    Ptr<RawPeer> peer = PlayClient();
    const Time start = Simulator::Now();
    peer->Send({SYN, 0, 0, Option(ValidCookie()), "hello"});
    Run(Seconds(126.9));
    ASSERT_EQ(accepted.size(), 1u);
    EXPECT_TRUE(accepted[0]->events.empty());
    Run(Seconds(0.2));
    EXPECT_EQ(accepted[0]->events, (Lines{"error"}));
    EXPECT_EQ(accepted[0]->socket->GetConnectionError(), TcpFastOpenSocket::TIMED_OUT);
    EXPECT_EQ(Times(peer, SYN | ACK, start + MilliSeconds(100)),
              (std::vector<double>{0, 1, 3, 7, 15, 31, 63}));
}

// It is not the client's number.
TEST_F(HandshakeLoss, S17_ClientsNumberIsAnotherOne)
{
    attributes["ns3::TcpSocket::ConnCount"] = "2";
    attributes["ns3::TcpFastOpenSocket::SynLinearTimeouts"] = "0";
    Ptr<RawPeer> peer = PlayClient();
    const Time start = Simulator::Now();
    peer->Send({SYN, 0, 0, MSS, ""});
    Run(Seconds(100));
    EXPECT_EQ(Times(peer, SYN | ACK, start).size(), 6u);
    Ptr<RawPeer> other = PlayServer();
    const Time later = Simulator::Now();
    Open("hello");
    Run(Seconds(100));
    EXPECT_EQ(Times(other, SYN, later).size(), 2u);
}

// First contact: the SYN is lost, then the request. The SYN-ACK's timestamp gives an RTT with
// Fast Open as without.
TEST(HandshakeLossTimes, C8_FirstContactIsAsPlain)
{
    Scenario scenario;
    scenario.transfers = 1;
    scenario.drops = {{1, CLIENT, 1}, {1, CLIENT, 4}};
    for (const bool ipv6 : {false, true})
    {
        scenario.ipv6 = ipv6;
        double times[2];
        for (const int fast : {0, 1})
        {
            scenario.mode = fast ? "tfo" : "3whs";
            const auto result = RunScenario(scenario);
            ASSERT_EQ(result.records.at(0).status, TransferRecord::Status::OK);
            times[fast] = result.records[0].lastByte.GetSeconds() * 1e3;
        }
        EXPECT_NEAR(times[0], 1525, 60);
        EXPECT_NEAR(times[0], times[1], 0.1);
    }
}

/// An RTT of more than a second, and what then takes how long, in ms.
struct LongRtt
{
    int rtt;      //!< in ms
    double plain; //!< the second transfer
    double fast;  //!< the same with Fast Open
};

// Timeouts of SYN and SYN-ACK that were none are undone, at both ends.
TEST(HandshakeLossTimes, C8_S9_LongRttIsNoLoss)
{
    for (const LongRtt& one :
         {LongRtt{990, 1988, 998}, {1010, 2028, 1018}, {1500, 3008, 1508}, {2500, 5008, 2508}})
    {
        for (const bool ipv6 : {false, true})
        {
            auto scenario = Losing({}, MilliSeconds(one.rtt));
            scenario.ipv6 = ipv6;
            EXPECT_NEAR(Second(scenario, "3whs"), one.plain, 2) << one.rtt;
            EXPECT_NEAR(Second(scenario, "tfo"), one.fast, 2) << one.rtt;
        }
    }
}

// With a loss, too (measured on kernels).
TEST(HandshakeLossTimes, S9_LongRttWithALoss)
{
    EXPECT_NEAR(Second(Losing({{2, SERVER, 5}}, MilliSeconds(1500)), "3whs"), 4507, 45);
    EXPECT_NEAR(Second(Losing({{2, SERVER, 1}}, MilliSeconds(2500)), "tfo"), 11025, 110);
}

// Without timestamps nothing can be proven, nor is there an RTT.
TEST(HandshakeLossTimes, S9_LongRttWithoutTimestampsLooksLikeALoss)
{
    auto scenario = Losing({}, MilliSeconds(2500));
    scenario.request = 5000;
    EXPECT_NEAR(Second(scenario, "3whs"), 5013, 5);
    scenario.tcp["ns3::TcpSocketBase::Timestamp"] = "false";
    EXPECT_GT(Second(scenario, "3whs"), 7500);
}

// A SYN-ACK that echoes 0 tells no time of long ago.
TEST_F(HandshakeLoss, C8_EchoOfZeroIsNoTime)
{
    for (const bool again : {false, true})
    {
        Ptr<RawPeer> peer = PlayServer();
        auto client = NewClient();
        std::vector<Time> samples;
        client->socket->TraceConnectWithoutContext(
            "RTT",
            Callback<void, Time, Time>([&](Time, Time now) { samples.push_back(now); }));
        client->socket->Connect(server);
        Run(MilliSeconds(again ? 1100 : 100));
        peer->Send({SYN | ACK, 0, 1, Timestamps(7, 0, MSS), ""});
        Run(MilliSeconds(200));
        ASSERT_EQ(samples.size(), again ? 0u : 1u);
        EXPECT_EQ(client->states.back(), "ESTABLISHED");
        if (!again)
        {
            EXPECT_NEAR(samples[0].GetSeconds(), 0.150, 0.001);
        }
    }
}

// Without timestamps a SYN-ACK that was sent again gives its server no sample, whether the
// connection is fast-opened or not.
TEST_F(HandshakeLoss, C8_SynAckSentAgainGivesNoSample)
{
    for (const bool early : {false, true})
    {
        for (const bool timestamps : {false, true})
        {
            const uint16_t port = 50000 + 2 * early + timestamps;
            Ptr<RawPeer> peer = PlayClient(port);
            std::vector<Time> samples;
            onAccept = [&samples](Connection& end) {
                const auto rtt = [&samples](Time, Time now) { samples.push_back(now); };
                end.socket->TraceConnectWithoutContext("RTT", Callback<void, Time, Time>(rtt));
            };
            auto options = early ? Option(ValidCookie()) : MSS;
            if (timestamps)
            {
                options = Timestamps(1, 0, options);
            }
            peer->Send({SYN, 0, 0, options, ""});
            Run(MilliSeconds(1200));
            ASSERT_EQ(peer->received.size(), 2u);
            peer->Send({ACK,
                        1,
                        1,
                        timestamps ? Timestamps(2, GetTimestamp(peer->received[1]))
                                   : std::vector<uint8_t>(),
                        ""});
            Run(MilliSeconds(100));
            if (early)
            {
                EXPECT_EQ(samples.size(), timestamps ? 1u : 0u);
            }
            else
            {
                ASSERT_EQ(accepted.back()->socket->GetConnectionError(),
                          TcpFastOpenSocket::NO_ERROR);
            }
        }
    }
}
