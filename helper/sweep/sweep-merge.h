/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SWEEP_MERGE_H
#define SWEEP_MERGE_H

#include "sweep-store.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Joins the parts of a sweep that ran as shards into one folder, with the points in their
 * order.
 */
class SweepMerge
{
  public:
    /// What the parts have together.
    struct Outcome
    {
        uint64_t points{0};            //!< how many points the sweep has
        uint64_t found{0};             //!< how many of them ended, well or not
        std::vector<uint64_t> missing; //!< those that did not
        std::vector<uint64_t> failed;  //!< those that failed

        /**
         * @return in one line what the whole lacks; empty: nothing
         */
        std::string PrintLack() const;
    };

    /**
     * @param out the folder for the whole
     * @throws WrongInput where it is not empty
     */
    explicit SweepMerge(const std::string& out);

    /**
     * Look at a part.
     *
     * @param folder its folder
     * @throws WrongInput where it is none, or does not fit those before it
     */
    void Add(const std::string& folder);

    /**
     * Write the whole.
     *
     * @return what it has
     * @throws WrongInput where it cannot be written
     */
    Outcome Write();

  private:
    /// A point, and the folder that has it.
    struct Found
    {
        std::string folder;      //!< the folder
        SweepStore::Entry entry; //!< the line of its journal
    };

    /**
     * Take a point of a part, if it is better than what is there.
     *
     * @param folder the part
     * @param entry a line of its journal
     */
    void AddPoint(const std::string& folder, const SweepStore::Entry& entry);

    std::string m_out;                  //!< the folder for the whole
    std::string m_first;                //!< the first part's folder
    SweepManifest m_whole;              //!< what all parts have in common
    std::map<uint64_t, Found> m_points; //!< the points that ended
    std::set<std::string> m_hosts;      //!< where they did
};

} // namespace ns3

#endif // SWEEP_MERGE_H
