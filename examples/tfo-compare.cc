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
#include "ns3/path-helper.h"
#include "ns3/result-csv.h"
#include "ns3/scenario.h"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

using namespace ns3;

namespace
{

/**
 * Say what is wrong in one line and end the program.
 *
 * @param message the line
 */
[[noreturn]] void
Refuse(const std::string& message)
{
    std::cerr << "tfo-compare: " << message << std::endl;
    std::exit(2);
}

/**
 * @param text words joined by commas
 * @return the words
 */
std::vector<std::string>
Split(const std::string& text)
{
    std::vector<std::string> words;
    std::istringstream stream(text);
    for (std::string word; std::getline(stream, word, ',');)
    {
        words.push_back(word);
    }
    return words;
}

/**
 * Read a number with a unit.
 *
 * @param flag the flag's name, for the message
 * @param text the text
 * @param units the units and what they multiply by
 * @param allowed what is allowed, for the message
 * @return the number
 */
double
ReadQuantity(const std::string& flag,
             const std::string& text,
             const std::map<std::string, double>& units,
             const std::string& allowed)
{
    static const std::regex form(R"(([0-9]*\.?[0-9]+(?:e-?[0-9]+)?)([A-Za-z/]*))");
    std::smatch match;
    if (!std::regex_match(text, match, form) || units.count(match[2]) == 0)
    {
        Refuse("--" + flag + "=" + text + ": " + allowed);
    }
    return std::strtod(match[1].str().c_str(), nullptr) * units.at(match[2]);
}

/**
 * Read a whole number.
 *
 * @param flag the flag's name, for the message
 * @param text the text
 * @param least the smallest number allowed
 * @return the number
 */
uint32_t
ReadCount(const std::string& flag, const std::string& text, uint32_t least)
{
    const std::string allowed =
        "needs a whole number from " + std::to_string(least) + " to 4294967295";
    const double value = ReadQuantity(flag, text, {{"", 1}}, allowed);
    if (value < least || value > UINT32_MAX || value != std::floor(value))
    {
        Refuse("--" + flag + "=" + text + ": " + allowed);
    }
    return static_cast<uint32_t>(value);
}

/**
 * Read whether something is on.
 *
 * @param flag the flag's name, for the message
 * @param text the text
 * @return whether it is
 */
bool
ReadSwitch(const std::string& flag, const std::string& text)
{
    if (text != "true" && text != "false")
    {
        Refuse("--" + flag + "=" + text + ": needs true, false or no value, which is true");
    }
    return text == "true";
}

/**
 * Read what to drop: TRANSFER:client|server:N, several joined by commas.
 *
 * @param text the text
 * @return the drops
 */
std::vector<Scenario::Drop>
ReadDrops(const std::string& text)
{
    static const std::regex form("([0-9]{1,9}):(client|server):([0-9]{1,9})");
    std::vector<Scenario::Drop> drops;
    for (const auto& word : Split(text))
    {
        std::smatch match;
        if (!std::regex_match(word, match, form))
        {
            Refuse("--drop=" + text + ": needs TRANSFER:client|server:N, as 2:client:1");
        }
        drops.push_back({static_cast<uint32_t>(std::stoul(match[1])),
                         match[2] == "client" ? SegmentDropModel::CLIENT : SegmentDropModel::SERVER,
                         static_cast<uint32_t>(std::stoul(match[3]))});
    }
    return drops;
}

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
            Refuse("--" + flag + "=" + name + ": cannot be written: " + std::strerror(errno));
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

} // namespace

int
main(int argc, char* argv[])
{
    Scenario scenario;
    std::vector<std::string> topologies{scenario.topology};
    std::vector<std::string> modes{Scenario::GetModes()};
    uint32_t runs = 1;
    std::string csvName;
    std::string segmentsName;

    const std::map<std::string, double> seconds{{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}};
    const std::map<std::string, double> bits{{"bps", 1},
                                             {"kbps", 1e3},
                                             {"Mbps", 1e6},
                                             {"Gbps", 1e9},
                                             {"b/s", 1},
                                             {"kb/s", 1e3},
                                             {"Mb/s", 1e6},
                                             {"Gb/s", 1e9}};

    using Reader = std::function<void(const std::string&)>;

    struct Flag
    {
        std::string help;
        std::string standard;
        Reader read;
        std::string implied{}; //!< the value of the flag without one; empty: it needs one
    };

    const std::map<std::string, Flag> flags{
        {"topology",
         {"p2p, lan, satellite or mobile; several with commas",
          topologies[0],
          [&](const std::string& text) { topologies = Split(text); }}},
        {"rtt",
         {"base round-trip time, 100ms say",
          "the topology's",
          [&](const std::string& text) {
              scenario.rtt = Seconds(
                  ReadQuantity("rtt", text, seconds, "needs a time, 100ms say, from 0 to 100s"));
          }}},
        {"rate",
         {"rate towards the client, 10Mbps say",
          "the topology's",
          [&](const std::string& text) {
              scenario.rate = ReadQuantity("rate",
                                           text,
                                           bits,
                                           "needs a rate, 10Mbps say, from 1kbps to 1000Gbps");
          }}},
        {"loss",
         {"probability that a packet is lost, each way, 0 to 1",
          "the topology's",
          [&](const std::string& text) {
              scenario.loss = ReadQuantity("loss", text, {{"", 1}}, "needs a probability, 0 to 1");
          }}},
        {"request",
         {"bytes of a request",
          std::to_string(scenario.request),
          [&](const std::string& text) { scenario.request = ReadCount("request", text, 1); }}},
        {"response",
         {"bytes of a response",
          std::to_string(scenario.response),
          [&](const std::string& text) { scenario.response = ReadCount("response", text, 1); }}},
        {"transfers",
         {"transfers, one after the other; the first has no cookie yet",
          std::to_string(scenario.transfers),
          [&](const std::string& text) { scenario.transfers = ReadCount("transfers", text, 1); }}},
        {"modes",
         {"3whs (plain handshake) or tfo (Fast Open); several with commas",
          "3whs,tfo",
          [&](const std::string& text) { modes = Split(text); }}},
        {"runs",
         {"runs with different randomness",
          std::to_string(runs),
          [&](const std::string& text) { runs = ReadCount("runs", text, 1); }}},
        {"seed",
         {"seed of the randomness",
          std::to_string(scenario.seed),
          [&](const std::string& text) { scenario.seed = ReadCount("seed", text, 1); }}},
        {"csv",
         {"file for the transfers", "none", [&](const std::string& text) { csvName = text; }}},
        {"segments",
         {"file for each segment that was sent",
          "none",
          [&](const std::string& text) { segmentsName = text; }}},
        {"pcap",
         {"prefix of pcap files", "none", [&](const std::string& text) { scenario.pcap = text; }}},
        {"drop",
         {"lose segments on p2p: TRANSFER:client|server:N, several with commas",
          "none",
          [&](const std::string& text) { scenario.drops = ReadDrops(text); }}},
        {"syn-data-loss",
         {"probability that a SYN with data is lost on p2p, as by a middlebox",
          "0",
          [&](const std::string& text) {
              scenario.synDataLoss =
                  ReadQuantity("syn-data-loss", text, {{"", 1}}, "needs a probability, 0 to 1");
          }}},
        {"ipv6",
         {"IPv6 instead of IPv4",
          "false",
          [&](const std::string& text) { scenario.ipv6 = ReadSwitch("ipv6", text); },
          "true"}},
    };

    // Our own flags and attributes are read here; --PrintHelp and its kind are ns-3's.
    CommandLine help(__FILE__);
    help.Usage("Compare short transfers over TCP Fast Open with the plain handshake.\n"
               "TCP's settings are Linux's, as attributes (Scenario::LinuxTcp() lists them);\n"
               "change them by --ns3::TcpSocket::InitialCwnd=4, say.");
    std::map<std::string, std::string> standards; // what help keeps references to
    for (const auto& [name, flag] : flags)
    {
        help.AddValue(name, flag.help, standards[name] = flag.standard);
    }
    static const std::regex form("--([^=]+)(?:=(.*))?");
    for (int i = 1; i < argc; i++)
    {
        const std::string argument(argv[i]);
        std::smatch match;
        if (!std::regex_match(argument, match, form))
        {
            Refuse(argument + ": flags have the form --name=value, see --help");
        }
        const std::string name = match[1];
        if (name == "help" || name.compare(0, 5, "Print") == 0)
        {
            help.Parse(argc, argv); // prints and ends the program
        }
        else if (name.compare(0, 5, "ns3::") == 0)
        {
            scenario.tcp[name] = match[2];
        }
        else if (flags.count(name) == 0)
        {
            Refuse("--" + name + ": there is no such flag, see --help");
        }
        else
        {
            const Flag& flag = flags.at(name);
            const std::string value = match[2].matched ? match[2].str() : flag.implied;
            if (value.empty())
            {
                Refuse("--" + name + ": needs a value, --" + name + "=VALUE");
            }
            flag.read(value);
        }
    }

    // Nothing is simulated, and no file touched, before everything is found right.
    if (topologies.empty() || modes.empty())
    {
        Refuse(std::string(topologies.empty() ? "--topology" : "--modes") + ": needs a name");
    }
    for (const auto& topology : topologies)
    {
        for (const auto& mode : modes)
        {
            scenario.topology = topology;
            scenario.mode = mode;
            std::string wrong = CheckScenario(scenario);
            if (!wrong.empty())
            {
                Refuse("--" + std::regex_replace(wrong, std::regex("^mode:"), "modes:"));
            }
        }
    }
    if (!scenario.pcap.empty())
    {
        // ns-3 would end the program at the first pcap file, with the others running
        const std::string probe = scenario.pcap + "-probe";
        if (!std::ofstream(probe))
        {
            Refuse("--pcap=" + scenario.pcap + ": cannot be written: " + std::strerror(errno));
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
