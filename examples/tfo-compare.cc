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

#include "ns3/core-module.h"
#include "ns3/flag-reader.h"
#include "ns3/path-helper.h"
#include "ns3/result-csv.h"
#include "ns3/scenario-flags.h"
#include "ns3/scenario.h"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <regex>

using namespace ns3;

namespace
{

/**
 * Open a file to write.
 *
 * @param flag the flag's name, for the message
 * @param name the file's name; empty for none
 * @return the stream
 */
std::ofstream
OpenFile(const std::string& flag, const std::string& name)
{
    std::ofstream file;
    if (!name.empty())
    {
        file.open(name);
        if (!file)
        {
            throw WrongInput("--" + flag + "=" + name +
                             ": cannot be written: " + std::strerror(errno));
        }
    }
    return file;
}

/// Mean of completion times, for the table.
struct Mean
{
    double sum{0};     //!< sum in ms
    uint32_t count{0}; //!< how many

    /**
     * @param record a transfer; counts only if it is complete
     */
    void Add(const TransferRecord& record)
    {
        if (record.status == TransferRecord::Status::OK)
        {
            sum += record.lastByte.GetSeconds() * 1e3;
            count++;
        }
    }

    /**
     * @return the mean in ms, with one digit, or a dash
     */
    std::string Print() const
    {
        char text[32];
        std::snprintf(text, sizeof text, "%.1f", sum / count);
        return count ? text : "-";
    }
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
 * Print the table.
 *
 * @param order the topologies in the order asked for
 * @param summaries what is to be said of them
 */
void
PrintTable(const std::vector<std::string>& order, const std::map<std::string, Summary>& summaries)
{
    std::printf("%-10s %8s | %28s | %37s | %s\n",
                "",
                "",
                "first transfer, mean ms",
                "later transfers, mean ms",
                "");
    std::printf("%-10s %8s | %13s %14s | %13s %12s %10s | %s\n",
                "topology",
                "RTT ms",
                "plain",
                "Fast Open",
                "plain",
                "Fast Open",
                "saved",
                "failed");
    for (const auto& topology : order)
    {
        const Summary& row = summaries.at(topology);
        const Mean& plain = row.later[0];
        const Mean& tfo = row.later[1];
        char saved[32] = "-";
        if (plain.count && tfo.count)
        {
            const double before = plain.sum / plain.count;
            std::snprintf(saved,
                          sizeof saved,
                          "%.1f%%",
                          100 * (before - tfo.sum / tfo.count) / before);
        }
        std::printf("%-10s %8.1f | %13s %14s | %13s %12s %10s | %u\n",
                    topology.c_str(),
                    row.rtt.GetSeconds() * 1e3,
                    row.first[0].Print().c_str(),
                    row.first[1].Print().c_str(),
                    plain.Print().c_str(),
                    tfo.Print().c_str(),
                    saved,
                    row.failures);
    }
}

/**
 * @param argc number of arguments
 * @param argv the arguments
 * @return the exit code
 */
int
Compare(int argc, char* argv[])
{
    Scenario scenario;
    std::vector<std::string> topologies{scenario.topology};
    std::vector<std::string> modes{Scenario::GetModes()};
    uint32_t runs = 1;
    std::string csvName;
    std::string segmentsName;

    FlagReader reader(__FILE__,
                      "Compare short transfers over TCP Fast Open with the plain handshake.\n"
                      "TCP's settings are Linux's, as attributes (Scenario::LinuxTcp() lists them);"
                      "\nchange them by --ns3::TcpSocket::InitialCwnd=4, say.");
    for (const auto& flag : GetScenarioFlags())
    {
        reader.Add(
            flag.name,
            flag.help,
            flag.standard,
            [&scenario, set = flag.set](const std::string& text) { set(scenario, text); },
            flag.implied);
    }
    reader.AddAttributes(
        [&](const std::string& name, const std::string& value) { scenario.tcp[name] = value; });
    reader.Add("topology",
               "p2p, lan, satellite or mobile; several with commas",
               topologies[0],
               [&](const std::string& text) { topologies = ReadList(text); });
    reader.Add("modes",
               "3whs (plain handshake) or tfo (Fast Open); several with commas",
               "3whs,tfo",
               [&](const std::string& text) { modes = ReadList(text); });
    reader.Add("runs",
               "runs with different randomness",
               std::to_string(runs),
               [&](const std::string& text) { runs = ReadCount(text, 1); });
    reader.Add("csv", "file for the transfers", "none", [&](const std::string& text) {
        csvName = text;
    });
    reader.Add("segments",
               "file for each segment that was sent",
               "none",
               [&](const std::string& text) { segmentsName = text; });
    reader.Add("pcap", "prefix of pcap files", "none", [&](const std::string& text) {
        scenario.pcap = text;
    });
    reader.Parse(argc, argv);

    // Nothing is simulated, and no file touched, before everything is found right.
    for (const auto& topology : topologies)
    {
        for (const auto& mode : modes)
        {
            scenario.topology = topology;
            scenario.mode = mode;
            std::string wrong = CheckScenario(scenario);
            if (!wrong.empty())
            {
                throw WrongInput("--" + std::regex_replace(wrong, std::regex("^mode:"), "modes:"));
            }
        }
    }
    if (!scenario.pcap.empty())
    {
        // ns-3 would end the program at the first pcap file, with the others running
        const std::string probe = scenario.pcap + "-probe";
        if (!std::ofstream(probe))
        {
            throw WrongInput("--pcap=" + scenario.pcap +
                             ": cannot be written: " + std::strerror(errno));
        }
        std::remove(probe.c_str());
    }
    std::ofstream csv = OpenFile("csv", csvName);
    std::ofstream segments = OpenFile("segments", segmentsName);
    WriteTransferHeader(csv);
    WriteSegmentHeader(segments);
    scenario.keepSegments = !segmentsName.empty();

    const std::string pcap = scenario.pcap;
    std::map<std::string, Summary> summaries;
    for (const auto& topology : topologies)
    {
        Summary& summary = summaries[topology];
        for (const auto& mode : modes)
        {
            for (uint32_t run = 1; run <= runs; run++)
            {
                scenario.topology = topology;
                scenario.mode = mode;
                scenario.run = run;
                if (!pcap.empty())
                {
                    scenario.pcap = pcap + "-" + topology + "-" + mode +
                                    (runs > 1 ? "-" + std::to_string(run) : "");
                }
                const ScenarioResult result = RunScenario(scenario);
                WriteTransfers(csv, scenario, result);
                WriteSegments(segments, scenario, result);
                summary.rtt = result.rtt;
                for (const auto& record : result.records)
                {
                    const bool tfo = mode == "tfo";
                    (record.transfer == 1 ? summary.first : summary.later)[tfo].Add(record);
                    summary.failures += record.status != TransferRecord::Status::OK;
                }
            }
        }
    }
    PrintTable(topologies, summaries);

    csv.close();
    segments.close();
    if ((!csvName.empty() && !csv) || (!segmentsName.empty() && !segments))
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
