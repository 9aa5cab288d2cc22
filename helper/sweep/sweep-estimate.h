/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SWEEP_ESTIMATE_H
#define SWEEP_ESTIMATE_H

#include "sweep-request.h"

#include <cstdint>
#include <string>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * How much there is to do for a sweep.
 */
class SweepEstimate
{
  public:
    /**
     * @param request the sweep
     * @param runTime the time of a run of one point in all modes, in s
     */
    SweepEstimate(const SweepRequest& request, double runTime);

    /**
     * Measure a run: one of each of some points.
     *
     * @param request the sweep
     * @return the mean time of a run, in s; 0 where there is no point
     */
    static double MeasureRun(const SweepRequest& request);

    /**
     * @return how many simulations there are, at least
     */
    uint64_t GetSimulations() const;

    /**
     * @return the time that they take, in s
     */
    double GetTime() const;

    /**
     * @return all of it, in one line
     */
    std::string Print() const;

  private:
    uint64_t m_points; //!< how many points there are
    SweepPlan m_plan;  //!< how often they are run
    uint32_t m_jobs;   //!< workers
    double m_runTime;  //!< the time of a run, in s
};

} // namespace ns3

#endif // SWEEP_ESTIMATE_H
