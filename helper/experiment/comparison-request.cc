/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "comparison-request.h"

#include "flag-reader.h"
#include "scenario-flags.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <regex>

namespace ns3
{

namespace
{

/**
 * ns-3 would end the program at the first pcap file that it cannot write, with the others
 * running.
 *
 * @param prefix prefix of pcap files
 * @throws WrongInput where they cannot be written
 */
void
CheckPcap(const std::string& prefix)
{
    const std::string probe = prefix + "-probe";
    if (!std::ofstream(probe))
    {
        throw WrongInput("--pcap=" + prefix + ": cannot be written: " + std::strerror(errno));
    }
    std::remove(probe.c_str());
}

} // namespace

void
ComparisonRequest::AddFlags(FlagReader& reader)
{
    for (const auto& flag : GetScenarioFlags())
    {
        reader.Add(
            flag.name,
            flag.help,
            flag.standard,
            [this, set = flag.set](const std::string& text) { set(scenario, text); },
            flag.implied);
    }
    reader.AddAttributes(
        [this](const std::string& name, const std::string& value) { scenario.tcp[name] = value; });
    reader.Add("topology",
               "p2p, lan, satellite or mobile; several with commas",
               JoinWords(topologies),
               [this](const std::string& text) { topologies = ReadList(text); });
    reader.Add("modes",
               "3whs (plain handshake) or tfo (Fast Open); several with commas",
               JoinWords(modes),
               [this](const std::string& text) { modes = ReadList(text); });
    reader.Add("runs",
               "runs with different randomness",
               std::to_string(runs),
               [this](const std::string& text) { runs = ReadCount(text, 1); });
    reader.Add("csv", "file for the transfers", "none", [this](const std::string& text) {
        csv = text;
    });
    reader.Add("segments",
               "file for each segment that was sent",
               "none",
               [this](const std::string& text) { segments = text; });
    reader.Add("pcap", "prefix of pcap files", "none", [this](const std::string& text) {
        scenario.pcap = text;
    });
}

void
ComparisonRequest::Check() const
{
    Scenario each = scenario;
    for (const auto& topology : topologies)
    {
        for (const auto& mode : modes)
        {
            each.topology = topology;
            each.mode = mode;
            const std::string wrong = CheckScenario(each);
            if (!wrong.empty())
            {
                throw WrongInput("--" + std::regex_replace(wrong, std::regex("^mode:"), "modes:"));
            }
        }
    }
    if (!scenario.pcap.empty())
    {
        CheckPcap(scenario.pcap);
    }
}

} // namespace ns3
