/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "sweep-progress.h"

#include "ns3/format-text.h"

#include <algorithm>
#include <iostream>
#include <unistd.h>

namespace ns3
{

SweepProgress::SweepProgress(uint64_t points, uint64_t done)
    : m_points(points),
      m_before(done),
      m_done(done),
      m_terminal(isatty(STDERR_FILENO) != 0)
{
}

SweepProgress::~SweepProgress()
{
    if (m_shown)
    {
        std::cerr << std::endl;
    }
}

void
SweepProgress::Count(bool failed)
{
    m_done++;
    m_failed += failed;
}

void
SweepProgress::Show()
{
    if (m_terminal)
    {
        std::cerr << PrintLine(m_points, m_done, m_failed, GetRate()) << std::flush;
        m_shown = true;
    }
}

double
SweepProgress::GetTime() const
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_begin).count();
}

double
SweepProgress::GetRate() const
{
    return (m_done - m_before) / std::max(GetTime(), 1e-3);
}

uint64_t
SweepProgress::GetDone() const
{
    return m_done;
}

uint64_t
SweepProgress::GetFailed() const
{
    return m_failed;
}

std::string
SweepProgress::PrintLine(uint64_t points, uint64_t done, uint64_t failed, double rate)
{
    const double left = rate > 0 ? (points - done) / rate : 0;
    return FormatText("\r%llu of %llu points, %.1f/s, %llu:%02llu:%02llu left, %llu failed\033[K",
                      static_cast<unsigned long long>(done),
                      static_cast<unsigned long long>(points),
                      rate,
                      static_cast<unsigned long long>(left / 3600),
                      static_cast<unsigned long long>(left / 60) % 60,
                      static_cast<unsigned long long>(left) % 60,
                      static_cast<unsigned long long>(failed));
}

} // namespace ns3
