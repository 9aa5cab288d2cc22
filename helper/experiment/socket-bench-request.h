/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SOCKET_BENCH_REQUEST_H
#define SOCKET_BENCH_REQUEST_H

#include "scenario.h"

#include <cstdint>
#include <vector>

namespace ns3
{

class FlagReader;

/**
 * @ingroup tcp-fast-open
 *
 * What a SocketBench is to measure.
 */
struct SocketBenchRequest
{
    Scenario scenario{GetScenario()};            //!< all of it but sockets, mode and response
    std::vector<uint32_t> responses{300, 10000}; //!< bytes of a response, each of them
    uint32_t rounds{11};                         //!< rounds that count

    /**
     * Have it set by flags.
     *
     * @param reader reads them while this object lives
     */
    void AddFlags(FlagReader& reader);

    /**
     * A scenario that all kinds of sockets can run alike.
     *
     * @return the default of the member `scenario`
     */
    static Scenario GetScenario();
};

} // namespace ns3

#endif // SOCKET_BENCH_REQUEST_H
