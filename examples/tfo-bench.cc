/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * What the module costs the simulator: CPU time and events of a transfer, over
 * ns-3's own TCP sockets, over the module's with Fast Open off, and with it on.
 *
 *   tfo-bench --transfers=2000 --rounds=11
 *
 * The sockets take turns, so that whatever else the machine does meets all of
 * them alike; each round gives one ratio to the stock sockets. By default a
 * connection has left TIME-WAIT before the next one opens: ns-3 goes through a
 * list of all that are in it for each segment, whatever the sockets are.
 */

#include "ns3/flag-reader.h"
#include "ns3/socket-bench-request.h"
#include "ns3/socket-bench-table.h"
#include "ns3/socket-bench.h"

#include <iostream>

using namespace ns3;

namespace
{

/**
 * @param argc number of arguments
 * @param argv the arguments
 * @return the exit code
 */
int
Bench(int argc, char* argv[])
{
    SocketBenchRequest request;
    FlagReader reader(__FILE__,
                      "Measure what the module's sockets cost the simulator, as ratios to ns-3's "
                      "own.");
    request.AddFlags(reader);
    reader.Parse(argc, argv);

    std::cout << PrintBenchHead(request);
    for (const uint32_t response : request.responses)
    {
        Scenario scenario = request.scenario;
        scenario.response = response;
        const SocketBench bench(scenario, request.rounds);
        std::cout << PrintBenchRows(response, bench.Run()) << std::flush;
    }
    return 0;
}

} // namespace

int
main(int argc, char* argv[])
{
    return RunProgram("tfo-bench", [=] { return Bench(argc, argv); });
}
