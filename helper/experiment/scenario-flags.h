/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SCENARIO_FLAGS_H
#define SCENARIO_FLAGS_H

#include "scenario.h"

#include <functional>
#include <string>
#include <vector>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * A flag that sets a member of a scenario: `--rtt=100ms`.
 */
struct ScenarioFlag
{
    /// What holds without a flag whose value is an attribute of the topology.
    static constexpr const char* OF_TOPOLOGY = "topology's";

    std::string name;     //!< its name
    std::string help;     //!< what it means
    std::string standard; //!< what holds without it
    /// Takes its value; throws WrongInput with what is allowed.
    std::function<void(Scenario&, const std::string&)> set;
    std::string implied; //!< its value where it has none; empty: it needs one
};

/**
 * @ingroup tcp-fast-open
 *
 * @return the flags of a scenario, but for its mode and run; attributes of ns-3
 *         (`ns3::TcpSocket::InitialCwnd`) are set in Scenario::tcp
 */
const std::vector<ScenarioFlag>& GetScenarioFlags();

/**
 * @ingroup tcp-fast-open
 *
 * @param scenario a scenario
 * @return what it has set that no other column of a results file tells, as
 *         `name=value` joined by `;`: empty for one that has nothing of the kind
 */
std::string GetVariant(const Scenario& scenario);

} // namespace ns3

#endif // SCENARIO_FLAGS_H
