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

#include "ns3/core-module.h"
#include "ns3/flag-reader.h"
#include "ns3/scenario.h"

#include <algorithm>
#include <cstdio>

using namespace ns3;

namespace
{

/// The largest number that a flag takes.
constexpr uint32_t MOST = 1000000;

/// Sockets to measure.
struct Contender
{
    std::string name;    //!< for the table
    std::string factory; //!< their factory
    std::string mode;    //!< the scenario's mode
};

/// Who is measured; the first one is what the others are compared with.
const std::vector<Contender> CONTENDERS{
    {"stock", "ns3::TcpSocketFactory", "3whs"},
    {"off", "ns3::TcpFastOpenSocketFactory", "3whs"},
    {"on", "ns3::TcpFastOpenSocketFactory", "tfo"},
};

/// What was measured of one contender.
struct Measured
{
    std::vector<double> cpu;   //!< CPU time of a transfer in us, one for each round
    std::vector<double> ratio; //!< the same as a ratio to the stock sockets'
    double events{0};          //!< events of a transfer, the same in each round
};

/**
 * @param time a time
 * @return it in seconds, without needless digits
 */
std::string
PrintTime(Time time)
{
    char text[32];
    std::snprintf(text, sizeof text, "%g s", time.GetSeconds());
    return text;
}

/**
 * Run a contender's transfers. The program ends if one of them fails: what is
 * measured would be something else.
 *
 * @param scenario the scenario but for the sockets
 * @param contender the sockets
 * @param measured takes the number of events
 * @return CPU time of a transfer in us
 */
double
Measure(Scenario scenario, const Contender& contender, Measured& measured)
{
    scenario.factory = contender.factory;
    scenario.mode = contender.mode;
    const ScenarioResult result = RunScenario(scenario);
    for (const auto& record : result.records)
    {
        NS_ABORT_MSG_IF(record.status != TransferRecord::Status::OK,
                        "transfer " << record.transfer << " over " << contender.name
                                    << " sockets has failed");
    }
    NS_ABORT_MSG_IF(result.records.size() != scenario.transfers, "transfers are missing");
    measured.events = static_cast<double>(result.events) / scenario.transfers;
    return 1e6 * result.cpu / scenario.transfers;
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

/**
 * Print the rows of one size of response.
 *
 * @param response bytes of a response
 * @param all what was measured, as CONTENDERS
 */
void
PrintRows(uint32_t response, std::vector<Measured>& all)
{
    for (std::size_t i = 0; i < all.size(); i++)
    {
        auto& [cpu, ratio, events] = all[i];
        std::sort(cpu.begin(), cpu.end());
        std::sort(ratio.begin(), ratio.end());
        char name[32] = "";
        if (i == 0)
        {
            std::snprintf(name, sizeof name, "%u B", response);
        }
        char spread[80] = "";
        if (i > 0)
        {
            std::snprintf(spread,
                          sizeof spread,
                          "%.3f to %.3f   %.3f to %.3f",
                          GetQuantile(ratio, 0.25),
                          GetQuantile(ratio, 0.75),
                          ratio.front(),
                          ratio.back());
        }
        std::printf("%-10s %-7s | %8.1f   %7.3f   %-30s | %6.1f   %5.3f\n",
                    name,
                    CONTENDERS[i].name.c_str(),
                    GetQuantile(cpu, 0.5),
                    GetQuantile(ratio, 0.5),
                    spread,
                    events,
                    events / all[0].events);
    }
}

/**
 * @param argc number of arguments
 * @param argv the arguments
 * @return the exit code
 */
int
Bench(int argc, char* argv[])
{
    Scenario scenario;
    // ns-3's own TCP, with a segment that leaves room for the timestamps and the
    // initial window of today: settings that all three kinds of sockets have.
    scenario.tcp = {
        {"ns3::TcpSocket::SegmentSize", "1448"},
        {"ns3::TcpSocket::InitialCwnd", "10"},
    };
    scenario.transfers = 2000;
    scenario.gap = Seconds(250); // TIME-WAIT lasts 240 s
    std::vector<uint32_t> responses{300, 10000};
    uint32_t rounds = 11;

    FlagReader reader(__FILE__,
                      "Measure what the module's sockets cost the simulator, as ratios to ns-3's "
                      "own.");
    reader.Add("transfers",
               "transfers over each kind of sockets in a round",
               std::to_string(scenario.transfers),
               [&](const std::string& text) { scenario.transfers = ReadCount(text, 1, MOST); });
    reader.Add("rounds",
               "rounds that count; one more goes before them",
               std::to_string(rounds),
               [&](const std::string& text) { rounds = ReadCount(text, 1, MOST); });
    reader.Add("request",
               "bytes of a request",
               std::to_string(scenario.request),
               [&](const std::string& text) { scenario.request = ReadCount(text, 1, MOST); });
    reader.Add("responses",
               "bytes of a response; several with commas",
               "300,10000",
               [&](const std::string& text) {
                   responses.clear();
                   for (const auto& word : ReadList(text))
                   {
                       responses.push_back(ReadCount(word, 1, MOST));
                   }
               });
    reader.Add("gap",
               "time between two connections; those in TIME-WAIT pile up below 240s",
               "250s",
               [&](const std::string& text) {
                   scenario.gap = Seconds(ReadSeconds(text, "needs a time, 100ms say"));
               });
    reader.Parse(argc, argv);

    std::printf("Bare link; transfers: %u, rounds: %u, request: %u B, between connections: %s.\n"
                "stock: ns-3's TCP sockets; off, on: the module's, Fast Open off and on.\n\n"
                "%-10s %-7s | %32s %26s | %s\n"
                "%-10s %-7s | %8s   %7s   %-14s   %-13s | %6s   %5s\n",
                scenario.transfers,
                rounds,
                scenario.request,
                PrintTime(*scenario.gap).c_str(),
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
    for (const uint32_t response : responses)
    {
        scenario.response = response;
        std::vector<Measured> all(CONTENDERS.size());
        for (uint32_t round = 0; round <= rounds; round++)
        {
            std::vector<double> cpu(all.size());
            for (std::size_t turn = 0; turn < all.size(); turn++)
            {
                const std::size_t i = (round + turn) % all.size(); // everyone is first at times
                cpu[i] = Measure(scenario, CONTENDERS[i], all[i]);
            }
            for (std::size_t i = 0; i < all.size() && round > 0; i++)
            {
                all[i].cpu.push_back(cpu[i]);
                all[i].ratio.push_back(cpu[i] / cpu[0]);
            }
        }
        PrintRows(response, all);
        std::fflush(stdout);
    }
    return 0;
}

} // namespace

int
main(int argc, char* argv[])
{
    return RunProgram("tfo-bench", [=] { return Bench(argc, argv); });
}
