/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "sweep-point.h"

#include "ns3/result-csv.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/statistics/univariate_statistics.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <sstream>

namespace ns3
{

std::string
RunPoint(Scenario scenario, const SweepPlan& plan, uint32_t& runs)
{
    std::ostringstream rows;
    PairedSaving saving;
    runs = 0;
    do
    {
        scenario.run = ++runs;
        std::map<std::string, ScenarioResult> results;
        for (const auto& mode : plan.modes)
        {
            scenario.mode = mode;
            results[mode] = RunScenario(scenario);
            WriteTransfers(rows, scenario, results[mode]);
        }
        saving.Add(results["3whs"].records, results["tfo"].records);
    } while (runs < plan.runs ||
             (plan.precision > 0 && runs < plan.maxRuns && saving.GetHalfWidth() > plan.precision));
    return rows.str();
}

void
PairedSaving::Add(const std::vector<TransferRecord>& plain,
                  const std::vector<TransferRecord>& fastOpen)
{
    double saved = 0;
    double time = 0;
    uint32_t pairs = 0;
    for (std::size_t i = 1; i < std::min(plain.size(), fastOpen.size()); i++)
    {
        if (plain[i].status == TransferRecord::Status::OK &&
            fastOpen[i].status == TransferRecord::Status::OK)
        {
            saved += (plain[i].lastByte - fastOpen[i].lastByte).GetSeconds();
            time += plain[i].lastByte.GetSeconds();
            pairs++;
        }
    }
    if (pairs > 0)
    {
        m_savings.push_back(saved / pairs);
        m_plain.push_back(time / pairs);
    }
}

double
PairedSaving::GetHalfWidth() const
{
    if (m_savings.size() < 2)
    {
        return std::numeric_limits<double>::infinity();
    }
    namespace math = boost::math;
    const double runs = static_cast<double>(m_savings.size());
    const double t = math::quantile(math::students_t(runs - 1), 0.975);
    const double deviation = std::sqrt(math::statistics::sample_variance(m_savings));
    return t * deviation / std::sqrt(runs) / math::statistics::mean(m_plain);
}

} // namespace ns3
