/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef COMPARISON_REQUEST_H
#define COMPARISON_REQUEST_H

#include "scenario.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{

class FlagReader;

/**
 * @ingroup tcp-fast-open
 *
 * What a comparison is to do. Plain data; RunComparison() runs it.
 */
struct ComparisonRequest
{
    Scenario scenario; //!< all of it but topology, mode and run
    std::vector<std::string> topologies{scenario.topology}; //!< the topologies, each of them
    std::vector<std::string> modes{Scenario::GetModes()};   //!< the modes on each of them
    uint32_t runs{1};                                       //!< runs of each mode
    std::string csv;                                        //!< file for the transfers; empty: none
    std::string segments; //!< file for each segment that was sent; empty: none

    /**
     * Have it set by flags.
     *
     * @param reader reads them while this object lives
     */
    void AddFlags(FlagReader& reader);

    /**
     * Find what is wrong with the request as a whole. Nothing is simulated, and no file
     * touched, before everything is found right.
     *
     * @throws WrongInput where something is
     */
    void Check() const;
};

} // namespace ns3

#endif // COMPARISON_REQUEST_H
