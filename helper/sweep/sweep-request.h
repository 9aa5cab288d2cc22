/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SWEEP_REQUEST_H
#define SWEEP_REQUEST_H

#include "sweep-grid.h"
#include "sweep-manifest.h"
#include "sweep-point.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * What a sweep is to do. Plain data; SweepRequestReader reads it, SweepRunner runs it.
 */
struct SweepRequest
{
    /// Larger grids have to be confirmed.
    static constexpr uint64_t CONFIRMED_POINTS = 100000;

    SweepGrid grid;                           //!< the points
    SweepPlan plan;                           //!< how often they are run
    std::map<std::string, std::string> flags; //!< each flag that decides on the results
    std::string out{"results/sweep"};         //!< the folder
    uint32_t jobs{std::max(1U, std::thread::hardware_concurrency())}; //!< workers
    double timeout{0};                                                //!< for a point, in s
    uint64_t shard{1};                                                //!< the part to run
    uint64_t shards{1};                                               //!< how many there are
    bool dryRun{false};                                               //!< only tell
    bool yes{false};                                                  //!< however many points

    /**
     * Find what is wrong with the request as a whole.
     *
     * @throws WrongInput where something is
     */
    void Check() const;

    /**
     * @return the points of its shard, in ascending order
     */
    std::vector<uint64_t> GetPoints() const;

    /**
     * @return the part to run, as a flag: `I/N`
     */
    std::string GetShard() const;

    /**
     * @return the command that repeats it
     */
    std::string GetCommand() const;

    /**
     * @return the manifest of the sweep, which starts now
     */
    SweepManifest GetManifest() const;
};

} // namespace ns3

#endif // SWEEP_REQUEST_H
