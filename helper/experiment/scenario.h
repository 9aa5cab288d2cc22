/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SCENARIO_H
#define SCENARIO_H

#include "scenario-check.h"  // CheckScenario()
#include "scenario-runner.h" // RunScenario()
#include "segment-monitor.h"

#include "ns3/nstime.h"
#include "ns3/segment-drop-model.h"
#include "ns3/transfer-record.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Everything that decides the outcome of a simulation: a client makes transfers
 * to a server, one after the other, over a path. Plain data; RunScenario() runs
 * it.
 */
struct Scenario
{
    /// A segment to lose.
    struct Drop
    {
        uint32_t transfer{1};                                      //!< the transfer, from 1
        SegmentDropModel::Sender sender{SegmentDropModel::CLIENT}; //!< who sends it
        uint32_t segment{1};                                       //!< its number, from 1
    };

    /// Attributes of ns-3's objects by their full name, with their values as text.
    using Attributes = std::map<std::string, std::string>;

    /**
     * Linux's TCP, where ns-3's defaults differ from it and would spoil a
     * comparison with real systems.
     *
     * @return the default of the member `tcp`
     */
    static Attributes LinuxTcp();

    /**
     * @return the default of the member `modes`: every mode there is
     */
    static std::vector<std::string> GetModes();

    // The path
    std::string topology{"p2p"}; //!< one of PathHelper::GetNames()
    std::optional<Time> rtt;     //!< base round-trip time; unset: the topology's own
    std::optional<double> rate;  //!< rate towards the client in bit/s; unset: the topology's own
    std::optional<double> loss;  //!< loss probability 0 to 1, each way; unset: the topology's own
    std::vector<Drop> drops;     //!< segments to lose (p2p only)
    double synDataLoss{0};       //!< probability that a SYN with data is lost (p2p only)
    bool ipv6{false};            //!< IPv6 instead of IPv4

    // The workload
    std::string mode{"tfo"};  //!< `3whs`: plain handshake; `tfo`: Fast Open
    uint32_t request{300};    //!< bytes of a request, at least 1
    uint32_t response{10000}; //!< bytes of a response, at least 1
    uint32_t transfers{10};   //!< how many, at least 1; the first has no cookie yet
    std::optional<Time> gap;  //!< time between two connections; unset: one round trip

    // The stack
    Attributes tcp{LinuxTcp()}; //!< settings of TCP, set for the time of the run
    /// Socket factory of both ends; with ns-3's own ns3::TcpSocketFactory the mode is `3whs`
    std::string factory{"ns3::TcpFastOpenSocketFactory"};

    // Randomness
    uint32_t seed{1}; //!< ns-3's RngSeed, at least 1
    uint64_t run{1};  //!< ns-3's RngRun

    // What to write besides the records
    std::string pcap;         //!< prefix of pcap files; empty: none
    bool keepSegments{false}; //!< whether the result has each segment
};

/// What came out of a scenario.
struct ScenarioResult
{
    Time rtt;                            //!< the path's base round-trip time
    double rate{0};                      //!< its rate towards the client in bit/s
    double loss{0};                      //!< its loss probability for each direction
    std::vector<TransferRecord> records; //!< one for each transfer
    std::vector<SegmentRecord> segments; //!< in the order of sending, if kept
    uint64_t events{0};                  //!< how many events the simulator executed
    double cpu{0}; //!< CPU time that they took, in s: the one figure that differs from run to run
};

} // namespace ns3

#endif // SCENARIO_H
