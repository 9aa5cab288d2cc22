/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef COMPARISON_TABLE_H
#define COMPARISON_TABLE_H

#include "scenario.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * A table of mean completion times, a row for each topology.
 */
class ComparisonTable
{
  public:
    /**
     * Add what came out of a scenario.
     *
     * @param scenario the scenario
     * @param result what came out
     */
    void Add(const Scenario& scenario, const ScenarioResult& result);

    /**
     * @param topologies topologies that something was added of, in the order of their rows
     * @return the table
     */
    std::string Print(const std::vector<std::string>& topologies) const;

  private:
    /// Mean of completion times.
    struct Mean
    {
        double sum{0};     //!< sum in ms
        uint32_t count{0}; //!< how many

        /**
         * @param record a transfer; counts only if it is complete
         */
        void Add(const TransferRecord& record);

        /**
         * @return the mean in ms; there has to be one
         */
        double Get() const;

        /**
         * @return the mean in ms, with one digit, or a dash
         */
        std::string Print() const;
    };

    /// What the table says of a topology.
    struct Summary
    {
        Time rtt;             //!< base round-trip time
        Mean first[2];        //!< first transfers, by mode: plain, Fast Open
        Mean later[2];        //!< the others
        uint32_t failures{0}; //!< transfers that did not complete
    };

    /**
     * @param plain mean with the plain handshake
     * @param fastOpen mean with Fast Open
     * @return what Fast Open saves, in %, or a dash
     */
    static std::string PrintSaving(const Mean& plain, const Mean& fastOpen);

    std::map<std::string, Summary> m_summaries; //!< by topology
};

} // namespace ns3

#endif // COMPARISON_TABLE_H
