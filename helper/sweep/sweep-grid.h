/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SWEEP_GRID_H
#define SWEEP_GRID_H

#include "ns3/scenario.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * The points of a sweep: each combination of the values that the flags of a
 * scenario are given. A flag takes a list, whose parts may be ranges:
 *
 *     20ms,50ms        two values
 *     20ms:100ms:20ms  from 20 ms to 100 ms in steps of 20 ms, five values
 *
 * Points are numbered from 0 in a fixed order that the order of the flags does
 * not change.
 */
class SweepGrid
{
  public:
    /// The largest number of points.
    static constexpr uint64_t MAX_POINTS = 10000000;

    /// The largest number of values in a range of one flag; each of them takes memory.
    static constexpr uint64_t MAX_VALUES = 1000000;

    SweepGrid();

    /**
     * Set the values of a flag in place of its standard one.
     *
     * @param name a flag of GetScenarioFlags() or an attribute's full name
     * @param text a list
     * @throws WrongInput with what is allowed
     */
    void Set(const std::string& name, const std::string& text);

    /**
     * @return the lists as they were set, by flag
     */
    const std::map<std::string, std::string>& GetTexts() const;

    /**
     * @return how many points there are, at least 1
     * @throws WrongInput where there are more than MAX_POINTS
     */
    uint64_t GetN() const;

    /**
     * @param index a point, from 0
     * @return its scenario
     */
    Scenario Get(uint64_t index) const;

    /**
     * Look for points that cannot be simulated.
     *
     * @param modes the modes that they are to run in
     * @throws WrongInput with the flag and what is allowed, for the first one
     */
    void Check(const std::vector<std::string>& modes) const;

  private:
    /// Sets a member of a scenario.
    using Setter = std::function<void(Scenario&, const std::string&)>;

    /// The values of a flag.
    struct Axis
    {
        std::string name;                //!< the flag
        Setter set;                      //!< sets one of them
        std::vector<std::string> values; //!< the values; none: the standard one
    };

    std::vector<Axis> m_axes;                   //!< the last one changes fastest
    std::map<std::string, std::string> m_texts; //!< the lists as they were set
};

/**
 * @ingroup tcp-fast-open
 *
 * Write out a list with ranges.
 *
 * @param text words joined by commas; of the form FROM:TO:STEP, with numbers of
 *        the same unit, a word is a range
 * @return the values
 * @throws WrongInput for a range that is reversed or makes no step
 */
std::vector<std::string> ExpandList(const std::string& text);

} // namespace ns3

#endif // SWEEP_GRID_H
