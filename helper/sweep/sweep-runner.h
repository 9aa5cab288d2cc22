/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SWEEP_RUNNER_H
#define SWEEP_RUNNER_H

#include "sweep-progress.h"
#include "sweep-request.h"
#include "sweep-store.h"
#include "worker-pool.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Runs a sweep: the points that its folder has not got yet, with workers.
 */
class SweepRunner
{
  public:
    /// What came of a run.
    struct Outcome
    {
        int signal{0};         //!< the signal that interrupted it; 0: none
        double leaderShare{0}; //!< CPU time of the leader, in % of that of all processes
    };

    /**
     * Open the folder.
     *
     * @param request the sweep; has to outlive this
     * @throws WrongInput where it holds another sweep, something else, or is in use
     */
    explicit SweepRunner(const SweepRequest& request);

    /**
     * @return how many points there are
     */
    std::size_t GetN() const;

    /**
     * @return how many of them were in the folder when it was opened
     */
    std::size_t GetFound() const;

    /**
     * Run the points that are not there, to the end or the first SIGINT or SIGTERM.
     *
     * @param progress counts them
     * @return what came of it
     * @throws std::runtime_error where the disk does not take the results
     */
    Outcome Run(SweepProgress& progress);

  private:
    /**
     * Run a point, in a worker.
     *
     * @param point the point
     * @return how often it was run, in the first line, and its rows
     */
    std::string Work(uint64_t point) const;

    /**
     * Keep what came of a point.
     *
     * @param outcome what Work() returned, or why it has failed
     */
    void Keep(const WorkerPool::Outcome& outcome);

    const SweepRequest& m_request; //!< the sweep
    SweepStore m_store;            //!< its folder
    std::size_t m_n;               //!< how many points there are
    std::vector<uint64_t> m_todo;  //!< the points that are not there
};

} // namespace ns3

#endif // SWEEP_RUNNER_H
