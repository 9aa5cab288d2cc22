/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef WORKER_POOL_H
#define WORKER_POOL_H

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Processes that work beside each other. Each is a copy of this one, and does one
 * task after the other; this process only hands the tasks out and takes what they
 * brought. A worker that crashes or takes too long costs its task alone: it is
 * replaced.
 */
class WorkerPool
{
  public:
    /// What came of a task.
    struct Outcome
    {
        uint64_t task{0};   //!< the task
        bool failed{false}; //!< whether it has failed
        std::string text;   //!< what the work returned, or why it has failed
    };

    /// Does a task in a worker; the text goes to the leader. What it throws is a failure.
    using Work = std::function<std::string(uint64_t)>;

    /// What the leader does; called in this process.
    struct Leader
    {
        std::function<std::optional<uint64_t>()> next; //!< the next task; none: there is no more
        std::function<void(const Outcome&)> ended;     //!< a task has ended
        std::function<void()> tick;                    //!< called some times a second
    };

    /**
     * @param jobs how many workers, at least 1
     * @param timeout how long a task may take, in s; 0: as long as it likes
     * @param work does a task
     */
    WorkerPool(uint32_t jobs, double timeout, const Work& work);

    /**
     * Have all tasks done, or as many as are before SIGINT or SIGTERM, at which the
     * workers are ended.
     *
     * @param leader hands out tasks and takes outcomes; what it throws ends the
     *        workers, and is thrown here
     * @return the signal, 0 without one
     * @throws std::runtime_error where the system gives no process
     */
    int Run(const Leader& leader) const;

  private:
    uint32_t m_jobs;  //!< how many workers
    double m_timeout; //!< how long a task may take, in s
    Work m_work;      //!< does a task
};

} // namespace ns3

#endif // WORKER_POOL_H
