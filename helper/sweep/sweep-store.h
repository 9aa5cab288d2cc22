/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SWEEP_STORE_H
#define SWEEP_STORE_H

#include "durable-file.h"
#include "sweep-manifest.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * The folder of a sweep:
 *
 * - `results.csv`: the rows of the points that ended, as they ended;
 * - `points.csv`: the journal, a line for each of them, with the size that
 *   `results.csv` had with its rows;
 * - `manifest.json`: the sweep's SweepManifest.
 *
 * Rows reach the disk before the journal tells of them. So after a crash
 * `results.csv` is cut to what the journal knows, and each point is there whole
 * or not at all.
 */
class SweepStore
{
  public:
    /// A line of the journal.
    struct Entry
    {
        uint64_t point{0};  //!< the point, from 0
        bool failed{false}; //!< whether it has failed: then it has no rows
        uint32_t runs{0};   //!< how many runs it had
        uint64_t begin{0};  //!< where its rows begin in `results.csv`
        uint64_t end{0};    //!< where they end
        std::string reason; //!< why it has failed
    };

    /**
     * Open a folder to write, or create it. One that holds the same sweep goes on
     * where it was; points that failed are to be tried again.
     *
     * @param folder the folder
     * @param manifest the sweep
     * @throws WrongInput where it holds another sweep, something else, or is in use
     */
    SweepStore(const std::string& folder, const SweepManifest& manifest);

    /**
     * @param point a point
     * @return whether its rows are there
     */
    bool IsDone(uint64_t point) const;

    /**
     * Add the rows of a point. They are on the disk after the next Flush().
     *
     * @param point the point
     * @param runs how many runs it had
     * @param rows its rows, with their line feeds
     */
    void AddRows(uint64_t point, uint32_t runs, const std::string& rows);

    /**
     * Note that a point has failed.
     *
     * @param point the point
     * @param reason why
     */
    void AddFailure(uint64_t point, const std::string& reason);

    /**
     * Bring what was added to the disk.
     *
     * @throws std::runtime_error where the disk does not take it
     */
    void Flush();

    /**
     * Flush, and note in the manifest when the sweep ended.
     */
    void Finish();

    /**
     * @param folder the folder of a sweep, which may still go on
     * @return the last line of each point that has one, in the order of the points
     * @throws WrongInput where the folder holds no sweep
     */
    static std::vector<Entry> ReadJournal(const std::string& folder);

    /**
     * @param folder the folder of a sweep
     * @return its manifest
     * @throws WrongInput where the folder holds none
     */
    static SweepManifest ReadManifest(const std::string& folder);

    /**
     * @param folder the folder of a sweep
     * @param entry a line of its journal
     * @return the rows of the point
     * @throws WrongInput where they are not there
     */
    static std::string ReadRows(const std::string& folder, const Entry& entry);

  private:
    /**
     * Add a line to the journal.
     *
     * @param entry what it says
     */
    void Note(const Entry& entry);

    std::string m_folder;                 //!< the folder
    SweepManifest m_manifest;             //!< the sweep
    std::optional<DurableFile> m_results; //!< `results.csv`
    std::optional<DurableFile> m_journal; //!< `points.csv`
    std::vector<bool> m_done;             //!< whose rows are there, by point
    std::string m_rows;                   //!< rows that are not on the disk yet
    std::string m_lines;                  //!< lines of the journal that are not
    uint64_t m_size{0};                   //!< size of `results.csv` with m_rows
};

} // namespace ns3

#endif // SWEEP_STORE_H
