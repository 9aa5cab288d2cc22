/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "sweep-runner.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <sys/resource.h>

namespace ns3
{

namespace
{

/**
 * @param who RUSAGE_SELF or RUSAGE_CHILDREN
 * @return CPU time in s
 */
double
GetCpuTime(int who)
{
    struct rusage usage
    {
    };

    getrusage(who, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
           1e-6 * (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

} // namespace

SweepRunner::SweepRunner(const SweepRequest& request)
    : m_request(request),
      m_store(request.out, request.GetManifest())
{
    const std::vector<uint64_t> points = request.GetPoints();
    m_n = points.size();
    std::copy_if(points.begin(), points.end(), std::back_inserter(m_todo), [this](uint64_t point) {
        return !m_store.IsDone(point);
    });
}

std::size_t
SweepRunner::GetN() const
{
    return m_n;
}

std::size_t
SweepRunner::GetFound() const
{
    return m_n - m_todo.size();
}

SweepRunner::Outcome
SweepRunner::Run(SweepProgress& progress)
{
    Outcome outcome;
    if (m_todo.empty())
    {
        m_store.Finish();
        return outcome;
    }
    const double before = GetCpuTime(RUSAGE_SELF);
    const WorkerPool pool(m_request.jobs, m_request.timeout, [this](uint64_t point) {
        return Work(point);
    });
    auto next = m_todo.begin();
    WorkerPool::Leader leader;
    leader.next = [this, &next]() -> std::optional<uint64_t> {
        return next == m_todo.end() ? std::nullopt : std::optional<uint64_t>(*next++);
    };
    leader.ended = [this, &progress](const WorkerPool::Outcome& ended) {
        Keep(ended);
        progress.Count(ended.failed);
    };
    leader.tick = [this, &progress] {
        m_store.Flush();
        progress.Show();
    };
    outcome.signal = pool.Run(leader);
    leader.tick();
    const double own = GetCpuTime(RUSAGE_SELF) - before;
    const double all = own + GetCpuTime(RUSAGE_CHILDREN);
    outcome.leaderShare = all > 0 ? 100 * own / all : 0;
    if (outcome.signal == 0)
    {
        m_store.Finish();
    }
    return outcome;
}

std::string
SweepRunner::Work(uint64_t point) const
{
    uint32_t runs = 0;
    const std::string rows = RunPoint(m_request.grid.Get(point), m_request.plan, runs);
    return std::to_string(runs) + "\n" + rows;
}

void
SweepRunner::Keep(const WorkerPool::Outcome& outcome)
{
    if (outcome.failed)
    {
        m_store.AddFailure(outcome.task, outcome.text);
        return;
    }
    const std::size_t feed = outcome.text.find('\n');
    m_store.AddRows(outcome.task,
                    static_cast<uint32_t>(std::stoul(outcome.text.substr(0, feed))),
                    outcome.text.substr(feed + 1));
}

} // namespace ns3
