/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "comparison.h"

#include <cstdint>
#include <string>

namespace ns3
{

void
RunComparison(const ComparisonRequest& request,
              const std::function<void(const Scenario&, const ScenarioResult&)>& ended)
{
    Scenario scenario = request.scenario;
    scenario.keepSegments = !request.segments.empty();
    for (const auto& topology : request.topologies)
    {
        for (const auto& mode : request.modes)
        {
            for (uint32_t run = 1; run <= request.runs; run++)
            {
                scenario.topology = topology;
                scenario.mode = mode;
                scenario.run = run;
                if (!request.scenario.pcap.empty())
                {
                    scenario.pcap = request.scenario.pcap + "-" + topology + "-" + mode +
                                    (request.runs > 1 ? "-" + std::to_string(run) : "");
                }
                ended(scenario, RunScenario(scenario));
            }
        }
    }
}

} // namespace ns3
