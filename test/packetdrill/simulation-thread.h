/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SIMULATION_THREAD_H
#define SIMULATION_THREAD_H

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

/**
 * The thread that owns the simulator: ns-3 wants all calls from one thread, and
 * packetdrill has two.
 *
 * packetdrill takes a thread that sleeps for one that waits in a system call, so
 * who has something done here spins until it is done.
 */
class SimulationThread
{
  public:
    SimulationThread();

    /**
     * Have something done, and wait for the end.
     *
     * @param job what to do
     */
    void Do(const std::function<void()>& job);

  private:
    /// Something to do.
    struct Job
    {
        const std::function<void()>* function; //!< what
        std::atomic<bool> done;                //!< whether it is done
    };

    /// Do what comes.
    [[noreturn]] void Run();

    std::mutex m_mutex;                //!< guards the queue
    std::condition_variable m_arrived; //!< there is a job
    std::deque<Job*> m_jobs;           //!< the queue
};

#endif // SIMULATION_THREAD_H
