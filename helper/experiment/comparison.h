/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef COMPARISON_H
#define COMPARISON_H

#include "comparison-request.h"

#include <functional>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Run a comparison: each topology, each mode on it, run after run. The modes see the same
 * randomness.
 *
 * @param request the comparison
 * @param ended takes each scenario and what came out
 */
void RunComparison(const ComparisonRequest& request,
                   const std::function<void(const Scenario&, const ScenarioResult&)>& ended);

} // namespace ns3

#endif // COMPARISON_H
