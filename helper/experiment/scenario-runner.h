/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SCENARIO_RUNNER_H
#define SCENARIO_RUNNER_H

namespace ns3
{

struct Scenario;
struct ScenarioResult;

/**
 * @ingroup tcp-fast-open
 *
 * Run a scenario in a simulation of its own. The same scenario brings the same
 * result but for the CPU time, however many were run before; scenarios that
 * differ in the mode alone see the same randomness.
 *
 * @param scenario the scenario; one that CheckScenario() objects to ends the program
 * @return what came out
 */
ScenarioResult RunScenario(const Scenario& scenario);

} // namespace ns3

#endif // SCENARIO_RUNNER_H
