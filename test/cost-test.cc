/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * What transfers cost the simulator, in events; CPU time is tfo-bench's.
 */

#include "ns3/scenario.h"

#include <gtest/gtest.h>

using namespace ns3;

namespace
{

/**
 * @param factory the socket factory
 * @param mode the mode
 * @param tcp settings of TCP besides those that all sockets have
 * @return the events that 20 transfers took
 */
uint64_t
CountEvents(const std::string& factory,
            const std::string& mode,
            const Scenario::Attributes& tcp = {})
{
    Scenario scenario;
    scenario.factory = factory;
    scenario.mode = mode;
    scenario.transfers = 20;
    scenario.tcp = {{"ns3::TcpSocket::SegmentSize", "1448"}};
    scenario.tcp.insert(tcp.begin(), tcp.end());
    const ScenarioResult result = RunScenario(scenario);
    EXPECT_EQ(result.records.size(), scenario.transfers);
    EXPECT_GT(result.events, 0u);
    return result.events;
}

} // namespace

// With Fast Open off, the same happens as over ns-3's own sockets.
TEST(Costs, A4_OffTakesTheEventsOfTheSimulatorsTcp)
{
    EXPECT_EQ(CountEvents("ns3::TcpFastOpenSocketFactory", "3whs"),
              CountEvents("ns3::TcpSocketFactory", "3whs"));
}

// Fast Open saves segments, hence events.
TEST(Costs, OnTakesFewerEvents)
{
    EXPECT_LT(CountEvents("ns3::TcpFastOpenSocketFactory", "tfo"),
              CountEvents("ns3::TcpFastOpenSocketFactory", "3whs"));
}

// The factory is heeded: an attribute of the module's sockets does not touch ns-3's.
TEST(Costs, FactoryDecidesOnTheSockets)
{
    const Scenario::Attributes mss{{"ns3::TcpFastOpenSocket::Mss", "500"}};
    EXPECT_GT(CountEvents("ns3::TcpFastOpenSocketFactory", "3whs", mss),
              CountEvents("ns3::TcpFastOpenSocketFactory", "3whs"));
    EXPECT_EQ(CountEvents("ns3::TcpSocketFactory", "3whs", mss),
              CountEvents("ns3::TcpSocketFactory", "3whs"));
}

// A factory that is none, or has no Fast Open, is named.
TEST(Costs, WrongFactoriesAreNamed)
{
    Scenario scenario;
    for (const std::string name : {"", "ns3::Nothing", "ns3::Node", "ns3::TcpSocketFactory"})
    {
        scenario.factory = name;
        EXPECT_EQ(CheckScenario(scenario).substr(0, 10 + name.size()), "factory: \"" + name);
    }
    scenario.mode = "3whs";
    EXPECT_EQ(CheckScenario(scenario), "");
}
