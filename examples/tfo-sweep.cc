/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * Compare short transfers over TCP Fast Open with the plain handshake, at each point
 * of a grid of parameters, with several processes.
 *
 *   tfo-sweep --rtt=20ms:200ms:20ms --loss=0,0.01,0.02 --runs=30 --jobs=4 --out=DIR
 *
 * Leaves DIR/results.csv, with the columns of tfo-compare, beside the journal and the
 * manifest of SweepStore. The same command goes on where it was interrupted.
 *
 * The exit code is the number of points that failed, 100 for more than 99; 125: the
 * sweep could not run; 128 and a signal's number: it was interrupted.
 */

#include "ns3/flag-reader.h"
#include "ns3/sweep-estimate.h"
#include "ns3/sweep-progress.h"
#include "ns3/sweep-request-reader.h"
#include "ns3/sweep-runner.h"

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <string>

using namespace ns3;

namespace
{

/// Exit codes.
constexpr int MOST_FAILURES = 100; //!< 100 failed points or more
constexpr int CANNOT_RUN = 125;    //!< wrong input, or no place for the results
constexpr int SIGNALLED = 128;     //!< with the signal's number added

/**
 * @param text what the user should know
 */
void
Remark(const std::string& text)
{
    std::cerr << "tfo-sweep: " << text << std::endl;
}

/**
 * @param argc number of arguments
 * @param argv the arguments
 * @return the exit code
 */
int
Sweep(int argc, char* argv[])
{
    SweepRequestReader reader(
        __FILE__,
        "Compare short transfers over TCP Fast Open with the plain handshake, at each point of a "
        "grid.\nThe flags of tfo-compare, and attributes of TCP, take lists and ranges:\n"
        "--rtt=20ms,50ms --loss=0:0.1:0.01 --ns3::TcpSocket::InitialCwnd=4,10",
        Remark);
    const SweepRequest request = reader.Read(argc, argv);
    request.Check();
    if (request.dryRun)
    {
        const SweepEstimate estimate(request, SweepEstimate::MeasureRun(request));
        std::cout << estimate.Print() << std::endl;
        return 0;
    }

    SweepRunner runner(request);
    SweepProgress progress(runner.GetN(), runner.GetFound());
    const std::string ofPoints = " of " + std::to_string(runner.GetN()) + " points";
    if (runner.GetFound() > 0)
    {
        Remark(std::to_string(runner.GetFound()) + ofPoints + " are there already");
    }
    const SweepRunner::Outcome outcome = runner.Run(progress);
    if (outcome.signal != 0)
    {
        std::cerr << std::endl; // behind the progress line
        Remark("interrupted with " + std::to_string(progress.GetDone()) + ofPoints +
               "; the same command goes on");
        return SIGNALLED + outcome.signal;
    }
    if (runner.GetFound() == runner.GetN())
    {
        std::printf("%s: nothing is left to do; 0 failed\n", request.out.c_str());
        return 0;
    }
    std::printf("%s: %zu points in %.1f s, %.1f/s; leader %.1f %% of the CPU time; %llu failed\n",
                request.out.c_str(),
                runner.GetN(),
                progress.GetTime(),
                progress.GetRate(),
                outcome.leaderShare,
                static_cast<unsigned long long>(progress.GetFailed()));
    return static_cast<int>(std::min<uint64_t>(progress.GetFailed(), MOST_FAILURES));
}

} // namespace

int
main(int argc, char* argv[])
{
    std::signal(SIGXFSZ, SIG_IGN); // a file too large is an error to report
    return RunProgram(
        "tfo-sweep",
        [=] { return Sweep(argc, argv); },
        CANNOT_RUN);
}
