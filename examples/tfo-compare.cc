/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * Compare short transfers over TCP Fast Open with the plain three-way handshake.
 *
 *   tfo-compare --topology=p2p --rtt=100ms --rate=10Mbps --transfers=3
 *
 * Prints a table, and writes one row for each transfer with --csv=FILE.
 * TCP's settings are attributes: --ns3::TcpSocket::InitialCwnd=4, say.
 */

#include "ns3/comparison-request.h"
#include "ns3/comparison-table.h"
#include "ns3/comparison.h"
#include "ns3/flag-reader.h"
#include "ns3/result-files.h"

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
Compare(int argc, char* argv[])
{
    ComparisonRequest request;
    FlagReader reader(__FILE__,
                      "Compare short transfers over TCP Fast Open with the plain handshake.\n"
                      "TCP's settings are Linux's, as attributes (Scenario::LinuxTcp() lists them);"
                      "\nchange them by --ns3::TcpSocket::InitialCwnd=4, say.");
    request.AddFlags(reader);
    reader.Parse(argc, argv);
    request.Check();

    ResultFiles files(request.csv, request.segments);
    ComparisonTable table;
    RunComparison(request, [&](const Scenario& scenario, const ScenarioResult& result) {
        files.Write(scenario, result);
        table.Add(scenario, result);
    });
    std::cout << table.Print(request.topologies);
    if (!files.Close())
    {
        std::cerr << "tfo-compare: the results could not be written whole, is the disk full?"
                  << std::endl;
        return 1;
    }
    return 0;
}

} // namespace

int
main(int argc, char* argv[])
{
    return RunProgram("tfo-compare", [=] { return Compare(argc, argv); });
}
