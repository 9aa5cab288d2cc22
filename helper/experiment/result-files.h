/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef RESULT_FILES_H
#define RESULT_FILES_H

#include "scenario.h"

#include <fstream>
#include <string>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * The files for the results of scenarios: one for transfers, one for segments.
 */
class ResultFiles
{
  public:
    /**
     * Open the files, and write their column names.
     *
     * @param csv name of the file for the transfers; empty: none
     * @param segments name of the file for each segment; empty: none
     * @throws WrongInput with the flag, where one cannot be written
     */
    ResultFiles(const std::string& csv, const std::string& segments);

    /**
     * Write what came out of a scenario.
     *
     * @param scenario what was run
     * @param result what came out
     */
    void Write(const Scenario& scenario, const ScenarioResult& result);

    /**
     * Close the files.
     *
     * @return whether all was written
     */
    bool Close();

  private:
    /// A file of results.
    struct File
    {
        bool wanted;          //!< whether there is one
        std::ofstream stream; //!< writes it
    };

    /**
     * Open a file.
     *
     * @param flag the flag that names it, for the message
     * @param name its name; empty: none
     * @return the file
     */
    static File Open(const std::string& flag, const std::string& name);

    File m_transfers; //!< the transfers
    File m_segments;  //!< the segments
};

} // namespace ns3

#endif // RESULT_FILES_H
