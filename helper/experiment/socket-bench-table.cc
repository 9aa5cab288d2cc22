/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "socket-bench-table.h"

#include "format-text.h"

#include <algorithm>
#include <cstddef>

namespace ns3
{

namespace
{

/**
 * @param numbers numbers
 * @return them in ascending order
 */
std::vector<double>
Sort(std::vector<double> numbers)
{
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

/**
 * @param sorted numbers in ascending order, at least one
 * @param part the part of them below the wanted one, 0 to 1
 * @return that quantile, interpolated
 */
double
GetQuantile(const std::vector<double>& sorted, double part)
{
    const double place = part * (sorted.size() - 1);
    const std::size_t below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

} // namespace

std::string
PrintBenchHead(const SocketBenchRequest& request)
{
    const Scenario& scenario = request.scenario;
    return FormatText(
        "Bare link; transfers: %u, rounds: %u, request: %u B, between connections: %g s.\n"
        "stock: ns-3's TCP sockets; off, on: the module's, Fast Open off and on.\n\n"
        "%-10s %-7s | %32s %26s | %s\n"
        "%-10s %-7s | %8s   %7s   %-14s   %-13s | %6s   %5s\n",
        scenario.transfers,
        request.rounds,
        scenario.request,
        scenario.gap->GetSeconds(),
        "",
        "",
        "CPU time of a transfer,",
        "ratio to stock",
        "events of a transfer",
        "response",
        "sockets",
        "us",
        "median",
        "middle half",
        "all rounds",
        "number",
        "ratio");
}

std::string
PrintBenchRows(uint32_t response, const std::vector<SocketBench::Measured>& all)
{
    std::string text;
    for (std::size_t i = 0; i < all.size(); i++)
    {
        const std::vector<double> cpu = Sort(all[i].cpu);
        const std::vector<double> ratio = Sort(all[i].ratio);
        const std::string name = i == 0 ? FormatText("%u B", response) : "";
        const std::string spread = i == 0 ? ""
                                          : FormatText("%.3f to %.3f   %.3f to %.3f",
                                                       GetQuantile(ratio, 0.25),
                                                       GetQuantile(ratio, 0.75),
                                                       ratio.front(),
                                                       ratio.back());
        text += FormatText("%-10s %-7s | %8.1f   %7.3f   %-30s | %6.1f   %5.3f\n",
                           name.c_str(),
                           SocketBench::GetContenders()[i].name.c_str(),
                           GetQuantile(cpu, 0.5),
                           GetQuantile(ratio, 0.5),
                           spread.c_str(),
                           all[i].events,
                           all[i].events / all[0].events);
    }
    return text;
}

} // namespace ns3
