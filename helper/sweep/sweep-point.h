/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SWEEP_POINT_H
#define SWEEP_POINT_H

#include "ns3/scenario.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * How often the points of a sweep are run.
 */
struct SweepPlan
{
    std::vector<std::string> modes{Scenario::GetModes()}; //!< the modes, each of them
    uint32_t runs{10};                                    //!< runs, at least 1
    /// How narrow the interval of the saving has to be, as a part of the plain
    /// completion time: runs are added until it is; 0: no matter
    double precision{0};
    uint32_t maxRuns{1000}; //!< the most runs that are made for the precision
};

/**
 * @ingroup tcp-fast-open
 *
 * Run a point of a sweep: run after run, each in all modes with the same
 * randomness.
 *
 * @param scenario the point; its mode and run are set here
 * @param plan how often
 * @param runs set to how many runs were made
 * @return the rows of the transfers
 */
std::string RunPoint(Scenario scenario, const SweepPlan& plan, uint32_t& runs);

/**
 * @ingroup tcp-fast-open
 *
 * Savings of Fast Open, paired: one for each run, the mean over the transfers
 * that completed in both modes. The first transfer, which has no cookie, does not
 * count.
 */
class PairedSaving
{
  public:
    /**
     * Add a run.
     *
     * @param plain its transfers with the plain handshake
     * @param fastOpen the same with Fast Open
     */
    void Add(const std::vector<TransferRecord>& plain, const std::vector<TransferRecord>& fastOpen);

    /**
     * @return half the width of the 95 % interval (t) of the mean saving, as a part of
     *         the mean plain completion time; infinite with less than two runs
     */
    double GetHalfWidth() const;

  private:
    std::vector<double> m_savings; //!< mean saving of each run, in s
    std::vector<double> m_plain;   //!< mean plain completion time of each run, in s
};

} // namespace ns3

#endif // SWEEP_POINT_H
