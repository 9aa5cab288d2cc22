/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SWEEP_MANIFEST_H
#define SWEEP_MANIFEST_H

#include <cstdint>
#include <map>
#include <string>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * What a sweep is and where it comes from: enough to repeat it. Kept as JSON
 * beside the results.
 */
struct SweepManifest
{
    std::map<std::string, std::string> flags; //!< each flag that decides on the results
    std::map<std::string, std::string> tcp;   //!< TCP's settings where no flag changes them
    uint64_t points{0};                       //!< how many points all shards have together
    std::string shard;                        //!< `I/N`, the part that is run; empty: all
    std::string module;                       //!< the module's version
    std::string ns3;                          //!< ns-3's version
    std::string commit;                       //!< the module's commit, if known
    std::string host;                         //!< where the results were made
    std::string started;                      //!< when, in UTC (ISO 8601)
    std::string ended;                        //!< when; empty: not yet
    std::string command;                      //!< the command that repeats it

    /**
     * @return a manifest of this program, with nothing of the sweep yet
     */
    static SweepManifest Create();

    /**
     * @param name a file's name
     * @return the manifest in it
     * @throws WrongInput where there is none
     */
    static SweepManifest Read(const std::string& name);

    /**
     * Write the manifest; the file is there whole or not at all.
     *
     * @param name the file's name
     * @throws WrongInput where it cannot be written
     */
    void Write(const std::string& name) const;

    /**
     * Look for a difference that makes other results.
     *
     * @param other another sweep's manifest
     * @return what is different, with the other's side second; empty: nothing
     */
    std::string Compare(const SweepManifest& other) const;
};

/**
 * @ingroup tcp-fast-open
 *
 * @return the time now, in UTC (ISO 8601)
 */
std::string GetTimestamp();

} // namespace ns3

#endif // SWEEP_MANIFEST_H
