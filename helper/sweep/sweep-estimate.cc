/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "sweep-estimate.h"

#include "ns3/format-text.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

namespace ns3
{

SweepEstimate::SweepEstimate(const SweepRequest& request, double runTime)
    : m_points(request.GetPoints().size()),
      m_plan(request.plan),
      m_jobs(request.jobs),
      m_runTime(runTime)
{
}

double
SweepEstimate::MeasureRun(const SweepRequest& request)
{
    constexpr uint64_t samples = 9;
    constexpr double enough = 10; // s
    const std::vector<uint64_t> points = request.GetPoints();
    SweepPlan once = request.plan;
    once.runs = 1;
    once.precision = 0;
    const auto begin = std::chrono::steady_clock::now();
    double time = 0;
    uint64_t tried = 0;
    for (uint64_t i = 0; i < std::min<uint64_t>(samples, points.size()) && time < enough; i++)
    {
        uint32_t runs = 0;
        const uint64_t place = i * (points.size() - 1) / std::max<uint64_t>(samples - 1, 1);
        RunPoint(request.grid.Get(points[place]), once, runs);
        time = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        tried++;
    }
    return tried == 0 ? 0 : time / tried;
}

uint64_t
SweepEstimate::GetSimulations() const
{
    return m_points * m_plan.runs * m_plan.modes.size();
}

double
SweepEstimate::GetTime() const
{
    const double all = m_runTime * m_points * m_plan.runs;
    return all / std::min<uint64_t>(m_jobs, std::max<uint64_t>(m_points, 1));
}

std::string
SweepEstimate::Print() const
{
    return FormatText("%llu points, %u runs of each%s, %zu modes: %llu simulations; about %.0f s "
                      "with %u jobs",
                      static_cast<unsigned long long>(m_points),
                      m_plan.runs,
                      m_plan.precision > 0 ? " at least" : "",
                      m_plan.modes.size(),
                      static_cast<unsigned long long>(GetSimulations()),
                      std::ceil(GetTime()),
                      m_jobs);
}

} // namespace ns3
