/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * N4: IPv6 as IPv4, over the topologies.
 */

#include "ns3/boolean.h"
#include "ns3/ipv4.h"
#include "ns3/ipv6.h"
#include "ns3/node-container.h"
#include "ns3/path-helper.h"
#include "ns3/result-csv.h"
#include "ns3/scenario.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <sstream>

using namespace ns3;

namespace
{

/// What IPv6's header is larger than IPv4's, in bits.
constexpr double LARGER_BITS = 20 * 8;

/// A topology by its defaults.
struct Rates
{
    const char* topology; //!< its name
    double fromClient;    //!< bit/s from the client
    double toClient;      //!< bit/s towards the client
    double grainMs;       //!< by how much times differ for other reasons
};

const Rates P2P{"p2p", 10e6, 10e6, 1e-6};
const Rates LAN{"lan", 100e6, 100e6, 1e-6};
const Rates SATELLITE{"satellite", 3e6, 25e6, 0.001}; // the second hop, of 1 Gb/s
const Rates MOBILE{"mobile", 13e6, 13e6, 1};          // LTE's subframe

/// A scenario without loss.
Scenario
Over(const std::string& topology, const std::string& mode, uint32_t response)
{
    Scenario scenario;
    scenario.topology = topology;
    scenario.mode = mode;
    scenario.response = response;
    scenario.loss = 0;
    scenario.transfers = 6;
    scenario.keepSegments = true;
    scenario.tcp["ns3::TcpTimerWheel::Jiffy"] = "0s"; // timers are exact
    return scenario;
}

/// The same scenario over IPv6.
ScenarioResult
RunIpv6(Scenario scenario)
{
    scenario.ipv6 = true;
    return RunScenario(scenario);
}

/// A transfer's completion time in ms.
double
Complete(const ScenarioResult& result, std::size_t index)
{
    const TransferRecord& record = result.records.at(index);
    EXPECT_EQ(record.status, TransferRecord::Status::OK);
    return record.lastByte.GetSeconds() * 1e3;
}

/// The mean completion time of the transfers after the first, in ms.
double
MeanOfLater(const ScenarioResult& result)
{
    double sum = 0;
    for (std::size_t i = 1; i < result.records.size(); i++)
    {
        sum += Complete(result, i);
    }
    return sum / (result.records.size() - 1);
}

/// The segments of a transfer that one side sent.
std::vector<SegmentRecord>
SentBy(bool client, const ScenarioResult& result, std::size_t index)
{
    std::vector<SegmentRecord> segments;
    std::copy_if(result.segments.begin(),
                 result.segments.end(),
                 std::back_inserter(segments),
                 [&](const SegmentRecord& segment) {
                     return segment.fromClient == client &&
                            segment.clientPort == result.records.at(index).clientPort;
                 });
    return segments;
}

/// The sizes of the segments that have data.
std::vector<uint32_t>
SizesOfData(const std::vector<SegmentRecord>& segments)
{
    std::vector<uint32_t> sizes;
    for (const auto& segment : segments)
    {
        if (segment.size > 0)
        {
            sizes.push_back(segment.size);
        }
    }
    return sizes;
}

} // namespace

// A path with Ipv6 has IPv6 addresses and none of IPv4.
TEST(Ipv6, N4_APathHasAddressesOfOneKind)
{
    for (const auto& name : PathHelper::GetNames())
    {
        for (const bool ipv6 : {false, true})
        {
            Ptr<PathHelper> path = PathHelper::Create(name);
            path->SetAttribute("Ipv6", BooleanValue(ipv6));
            path->Build();
            const Address server = path->GetServerAddress();
            EXPECT_EQ(Ipv6Address::IsMatchingType(server), ipv6) << name;
            EXPECT_EQ(Ipv4Address::IsMatchingType(server), !ipv6) << name;
            for (const auto& end : {path->GetClient(), path->GetServer()})
            {
                // Interface 0 is the loopback interface
                EXPECT_EQ(end->GetObject<Ipv4>()->GetNInterfaces(), ipv6 ? 1u : 2u) << name;
                EXPECT_EQ(end->GetObject<Ipv6>()->GetNInterfaces(), ipv6 ? 2u : 1u) << name;
            }
            Simulator::Destroy();
        }
    }
}

// A response of one segment is later by the larger headers of what precedes it: of
// SYN and SYN-ACK, and without Fast Open of the handshake's ACK, the request and
// the ACK of the request.
TEST(Ipv6, N4_TimesDifferByTheLargerHeaders)
{
    for (const Rates& rates : {P2P, LAN, SATELLITE})
    {
        for (const auto& mode : Scenario::GetModes())
        {
            const Scenario scenario = Over(rates.topology, mode, 1000);
            const auto ipv4 = RunScenario(scenario);
            const auto ipv6 = RunIpv6(scenario);
            for (std::size_t i = 0; i < scenario.transfers; i++)
            {
                const bool open = mode == "tfo" && i > 0;
                const double larger = LARGER_BITS * ((open ? 1 : 3) / rates.fromClient +
                                                     (open ? 2 : 3) / rates.toClient);
                EXPECT_NEAR(Complete(ipv6, i) - Complete(ipv4, i), larger * 1e3, rates.grainMs)
                    << rates.topology << ' ' << mode << ' ' << i;
                EXPECT_EQ(ipv6.records[i].synDataBytes, open ? 300u : 0u);
            }
        }
    }
}

// Responses within the initial window and beyond it, of as many segments over IPv6
// as over IPv4: later by no more than the larger headers of all segments.
TEST(Ipv6, N4_LongResponsesAreNotLaterThanByTheLargerHeaders)
{
    struct Case
    {
        Rates rates;       //!< the topology
        uint32_t response; //!< bytes of the response
        uint32_t data;     //!< its segments, of up to 1448 or 1428 bytes
    };

    // A long response on the shared medium of the LAN is left out: which station
    // gets the medium first is random.
    for (const auto& [rates, response, data] : {Case{P2P, 9000, 7},
                                                Case{LAN, 9000, 7},
                                                Case{SATELLITE, 9000, 7},
                                                Case{MOBILE, 1000, 1},
                                                Case{MOBILE, 9000, 7},
                                                Case{P2P, 48500, 34},
                                                Case{SATELLITE, 48500, 34},
                                                Case{MOBILE, 48500, 34}})
    {
        for (const auto& mode : Scenario::GetModes())
        {
            const Scenario scenario = Over(rates.topology, mode, response);
            const auto ipv4 = RunScenario(scenario);
            const auto ipv6 = RunIpv6(scenario);
            EXPECT_EQ(SizesOfData(SentBy(false, ipv4, 1)).size(), data);
            EXPECT_EQ(SizesOfData(SentBy(false, ipv6, 1)).size(), data);
            const double larger = LARGER_BITS * (SentBy(true, ipv6, 1).size() / rates.fromClient +
                                                 SentBy(false, ipv6, 1).size() / rates.toClient);
            const double later = MeanOfLater(ipv6) - MeanOfLater(ipv4);
            EXPECT_GT(later, -rates.grainMs) << rates.topology << ' ' << mode << ' ' << response;
            EXPECT_LT(later, larger * 1e3 + rates.grainMs)
                << rates.topology << ' ' << mode << ' ' << response;
            EXPECT_EQ(ipv6.records[1].synDataBytes, mode == "tfo" ? 300u : 0u);
        }
    }
}

// The MSS is 1440, which leaves 1400 bytes for a SYN's data and 1428 for a segment's.
TEST(Ipv6, N4_TheMssIsLessByTwenty)
{
    Scenario scenario = Over("p2p", "tfo", 3000);
    scenario.request = 3000;
    const auto result = RunIpv6(scenario);
    EXPECT_EQ(SizesOfData(SentBy(true, result, 1)), (std::vector<uint32_t>{1400, 1428, 172}));
    EXPECT_EQ(SizesOfData(SentBy(false, result, 1)), (std::vector<uint32_t>{1428, 1428, 144}));
    EXPECT_EQ(result.records[1].synDataBytes, 1400u);
}

// A lost segment costs over IPv6 what it costs over IPv4: of the first transfer with
// a cookie the SYN, the SYN-ACK, or one of the response.
TEST(Ipv6, N4_ALostSegmentCostsAsMuch)
{
    const Scenario::Drop syn{2, SegmentDropModel::CLIENT, 1};
    const Scenario::Drop synAck{2, SegmentDropModel::SERVER, 1};
    const Scenario::Drop data{2, SegmentDropModel::SERVER, 5};
    for (const auto& [drop, leastCost] : {std::pair(syn, 999), {synAck, 999}, {data, 10}})
    {
        for (const auto& mode : Scenario::GetModes())
        {
            Scenario scenario = Over("p2p", mode, 9000);
            scenario.transfers = 2;
            const double without = Complete(RunIpv6(scenario), 1);
            scenario.drops = {drop};
            const auto ipv4 = RunScenario(scenario);
            const auto ipv6 = RunIpv6(scenario);
            EXPECT_EQ(ipv6.records[1].retransmissions, ipv4.records[1].retransmissions);
            EXPECT_EQ(SentBy(true, ipv6, 1).size(), SentBy(true, ipv4, 1).size());
            EXPECT_EQ(SentBy(false, ipv6, 1).size(), SentBy(false, ipv4, 1).size());
            EXPECT_GT(Complete(ipv6, 1), without + leastCost) << mode;
            const double larger = LARGER_BITS * 1e3 *
                                  (SentBy(true, ipv6, 1).size() + SentBy(false, ipv6, 1).size()) /
                                  P2P.toClient;
            EXPECT_GT(Complete(ipv6, 1), Complete(ipv4, 1)) << mode;
            EXPECT_LT(Complete(ipv6, 1), Complete(ipv4, 1) + larger) << mode;
        }
    }
}

// A SYN that is sent again has neither data nor option.
TEST(Ipv6, C6_N4_SynIsSentAgainBare)
{
    Scenario scenario = Over("p2p", "tfo", 9000);
    scenario.drops = {{2, SegmentDropModel::CLIENT, 1}};
    const auto sent = SentBy(true, RunIpv6(scenario), 1);
    EXPECT_EQ(sent.at(0).size, 300u);
    EXPECT_EQ(sent.at(0).fastOpen.size(), 16u);
    EXPECT_EQ(sent.at(1).flags, TcpHeader::SYN);
    EXPECT_EQ(sent.at(1).size, 0u);
    EXPECT_EQ(sent.at(1).fastOpen, "");
    EXPECT_NEAR((sent.at(1).sent - sent.at(0).sent).GetMilliSeconds(), 1018, 18); // timer wheel
}

// Nothing but the connections is on the path: the same random numbers lose the same
// segments as over IPv4, in both modes.
TEST(Ipv6, N4_TheSameSegmentsAreLost)
{
    for (const auto& mode : Scenario::GetModes())
    {
        Scenario scenario = Over("p2p", mode, 1000);
        scenario.loss = 0.05;
        scenario.transfers = 30;
        const auto ipv4 = RunScenario(scenario);
        const auto ipv6 = RunIpv6(scenario);
        uint32_t retransmissions = 0;
        for (std::size_t i = 0; i < scenario.transfers; i++)
        {
            // Timeouts are counted in jiffies of 4 ms
            EXPECT_NEAR(Complete(ipv6, i), Complete(ipv4, i), 4.2) << mode << ' ' << i;
            EXPECT_EQ(ipv6.records[i].retransmissions, ipv4.records[i].retransmissions);
            retransmissions += ipv6.records[i].retransmissions;
        }
        EXPECT_GT(retransmissions, 5u);
    }
}

// The same scenario brings the same rows, which say what they were measured over.
TEST(Ipv6, N4_SameScenarioSameBytes)
{
    const auto csv = [](Scenario scenario, bool ipv6) {
        scenario.ipv6 = ipv6;
        std::ostringstream text;
        WriteTransfers(text, scenario, RunScenario(scenario));
        return text.str();
    };
    for (const auto& topology : PathHelper::GetNames())
    {
        Scenario scenario = Over(topology, "tfo", 10000);
        scenario.loss = 0.02;
        const std::string first = csv(scenario, true);
        EXPECT_EQ(first.rfind(topology + ",tfo,6,", 0), 0u) << first;
        EXPECT_EQ(csv(scenario, false).rfind(topology + ",tfo,4,", 0), 0u);
        EXPECT_EQ(csv(scenario, true), first);
    }
}
