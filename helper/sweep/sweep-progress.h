/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SWEEP_PROGRESS_H
#define SWEEP_PROGRESS_H

#include <chrono>
#include <cstdint>
#include <string>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * How far a sweep is, in one line on stderr that is written again and again where somebody
 * sees it.
 */
class SweepProgress
{
  public:
    /**
     * @param points how many points there are
     * @param done how many are there already
     */
    SweepProgress(uint64_t points, uint64_t done);

    ~SweepProgress();

    SweepProgress(const SweepProgress&) = delete;
    SweepProgress& operator=(const SweepProgress&) = delete;

    /**
     * Count a point that has ended.
     *
     * @param failed whether it has failed
     */
    void Count(bool failed);

    /**
     * Write the line, where somebody sees it.
     */
    void Show();

    /**
     * @return the time since the beginning, in s
     */
    double GetTime() const;

    /**
     * @return points that ended, per second
     */
    double GetRate() const;

    /**
     * @return how many points have ended
     */
    uint64_t GetDone() const;

    /**
     * @return how many of them have failed
     */
    uint64_t GetFailed() const;

    /**
     * @param points how many points there are
     * @param done how many have ended
     * @param failed how many of them have failed
     * @param rate points per second
     * @return the line, for a terminal
     */
    static std::string PrintLine(uint64_t points, uint64_t done, uint64_t failed, double rate);

  private:
    uint64_t m_points;    //!< how many points there are
    uint64_t m_before;    //!< how many were there at the beginning
    uint64_t m_done;      //!< how many have ended
    uint64_t m_failed{0}; //!< how many of them have failed
    bool m_shown{false};  //!< whether a line was written
    bool m_terminal;      //!< whether somebody sees it
    std::chrono::steady_clock::time_point m_begin{std::chrono::steady_clock::now()}; //!< when
};

} // namespace ns3

#endif // SWEEP_PROGRESS_H
