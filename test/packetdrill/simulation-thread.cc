/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "simulation-thread.h"

#include <sched.h>
#include <thread>

SimulationThread::SimulationThread()
{
    std::thread([this] { Run(); }).detach(); // it has no end before the process's
}

void
SimulationThread::Do(const std::function<void()>& job)
{
    Job entry{&job, {false}};
    while (!m_mutex.try_lock())
    {
        sched_yield();
    }
    m_jobs.push_back(&entry);
    m_mutex.unlock();
    m_arrived.notify_one();
    while (!entry.done.load(std::memory_order_acquire))
    {
        sched_yield();
    }
}

void
SimulationThread::Run()
{
    while (true)
    {
        Job* job = nullptr;
        {
            std::unique_lock<std::mutex> lock(m_mutex);
            m_arrived.wait(lock, [this] { return !m_jobs.empty(); });
            job = m_jobs.front();
            m_jobs.pop_front();
        }
        (*job->function)();
        job->done.store(true, std::memory_order_release);
    }
}
