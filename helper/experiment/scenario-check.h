/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SCENARIO_CHECK_H
#define SCENARIO_CHECK_H

#include <string>

namespace ns3
{

struct Scenario;

/**
 * @ingroup tcp-fast-open
 *
 * Look for what is wrong with a scenario.
 *
 * @param scenario the scenario
 * @return one line that names the member and what is allowed; empty where
 *         nothing is wrong
 */
std::string CheckScenario(const Scenario& scenario);

} // namespace ns3

#endif // SCENARIO_CHECK_H
