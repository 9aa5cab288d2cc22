/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SWEEP_REQUEST_READER_H
#define SWEEP_REQUEST_READER_H

#include "sweep-request.h"

#include "ns3/flag-reader.h"

#include <functional>
#include <map>
#include <string>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Reads what a sweep is to do: from flags, a file with a grid, the manifest of another
 * sweep.
 */
class SweepRequestReader
{
  public:
    /// Takes what the user should know though nothing is wrong, in one line.
    using Remark = std::function<void(const std::string&)>;

    /**
     * @param file the program's source, __FILE__
     * @param usage what the program does, for the help
     * @param remark takes remarks
     */
    SweepRequestReader(const std::string& file, const std::string& usage, const Remark& remark);

    SweepRequestReader(const SweepRequestReader&) = delete;
    SweepRequestReader& operator=(const SweepRequestReader&) = delete;

    /**
     * Read the command line; a request for help is answered, and ends the program.
     *
     * @param argc number of arguments
     * @param argv the arguments
     * @return what they ask for
     * @throws WrongInput with the flag and what is allowed
     */
    SweepRequest Read(int argc, char* argv[]);

  private:
    /**
     * Add a flag that decides on the results: it may stand in a file, too.
     *
     * @param name its name
     * @param help what it means
     * @param standard what holds without it
     * @param read takes its value
     * @param implied its value where it has none; empty: it needs one
     */
    void AddParameter(const std::string& name,
                      const std::string& help,
                      const std::string& standard,
                      const FlagReader::Reader& read,
                      const std::string& implied = "");

    /**
     * Add the flags of a scenario, which take lists here, and attributes.
     */
    void AddGridFlags();

    /**
     * Add the flags that say how often a point is run.
     */
    void AddPlanFlags();

    /**
     * Add the flags that name a file with parameters.
     */
    void AddFileFlags();

    /**
     * Add the flags that do not decide on the results.
     */
    void AddWorkFlags();

    /**
     * Read parameters from a file.
     *
     * @param texts their values by name
     */
    void ReadParameters(const std::map<std::string, std::string>& texts);

    /**
     * Read a file with lines NAME = VALUES.
     *
     * @param name the file's name
     */
    void ReadGrid(const std::string& name);

    /**
     * Read the manifest of another sweep.
     *
     * @param name the file's name
     */
    void ReadManifest(const std::string& name);

    FlagReader m_flags;                             //!< all flags
    Remark m_remark;                                //!< takes remarks
    SweepRequest m_request;                         //!< what was read up to now
    std::map<std::string, std::string> m_standards; //!< of the flags that decide on the results
};

} // namespace ns3

#endif // SWEEP_REQUEST_READER_H
