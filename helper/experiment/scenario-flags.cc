/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "scenario-flags.h"

#include "flag-reader.h"

#include <regex>
#include <sstream>

namespace ns3
{

namespace
{

/// What a probability's message says.
const std::string PROBABILITY = "needs a probability, 0 to 1";

/**
 * Read what to drop.
 *
 * @param text TRANSFER:client|server:N, several joined by plus signs
 * @return the drops
 */
std::vector<Scenario::Drop>
ReadDrops(const std::string& text)
{
    static const std::regex form("([0-9]{1,9}):(client|server):([0-9]{1,9})");
    std::vector<Scenario::Drop> drops;
    if (text == "none")
    {
        return drops;
    }
    std::istringstream words(text + "+");
    for (std::string word; std::getline(words, word, '+');)
    {
        std::smatch match;
        if (word.size() > MAX_FORM || !std::regex_match(word, match, form))
        {
            throw WrongInput("needs TRANSFER:client|server:N, as 2:client:1; several joined by +");
        }
        drops.push_back({static_cast<uint32_t>(std::stoul(match[1])),
                         match[2] == "client" ? SegmentDropModel::CLIENT : SegmentDropModel::SERVER,
                         static_cast<uint32_t>(std::stoul(match[3]))});
    }
    return drops;
}

/**
 * @param number a number
 * @return it without needless digits
 */
std::string
PrintNumber(double number)
{
    std::ostringstream text;
    text << number;
    return text.str();
}

} // namespace

const std::vector<ScenarioFlag>&
GetScenarioFlags()
{
    static const Scenario standard;
    static const std::vector<ScenarioFlag> flags{
        {"topology",
         "p2p, lan, satellite or mobile",
         standard.topology,
         [](Scenario& scenario, const std::string& text) { scenario.topology = text; },
         ""},
        {"ipv6",
         "IPv6 instead of IPv4",
         PrintSwitch(standard.ipv6),
         [](Scenario& scenario, const std::string& text) { scenario.ipv6 = ReadSwitch(text); },
         "true"},
        {"rate",
         "rate towards the client, 10Mbps say",
         ScenarioFlag::OF_TOPOLOGY,
         [](Scenario& scenario, const std::string& text) {
             scenario.rate = ReadQuantity(text,
                                          GetRateUnits(),
                                          "needs a rate, 10Mbps say, from 1kbps to 1000Gbps");
         },
         ""},
        {"request",
         "bytes of a request",
         std::to_string(standard.request),
         [](Scenario& scenario, const std::string& text) { scenario.request = ReadCount(text, 1); },
         ""},
        {"response",
         "bytes of a response",
         std::to_string(standard.response),
         [](Scenario& scenario, const std::string& text) {
             scenario.response = ReadCount(text, 1);
         },
         ""},
        {"transfers",
         "transfers, one after the other; the first has no cookie yet",
         std::to_string(standard.transfers),
         [](Scenario& scenario, const std::string& text) {
             scenario.transfers = ReadCount(text, 1);
         },
         ""},
        {"seed",
         "seed of the randomness",
         std::to_string(standard.seed),
         [](Scenario& scenario, const std::string& text) { scenario.seed = ReadCount(text, 1); },
         ""},
        {"drop",
         "lose segments on p2p: TRANSFER:client|server:N, several joined by +",
         "none",
         [](Scenario& scenario, const std::string& text) { scenario.drops = ReadDrops(text); },
         ""},
        {"syn-data-loss",
         "probability that a SYN with data is lost on p2p, as by a middlebox",
         PrintNumber(standard.synDataLoss),
         [](Scenario& scenario, const std::string& text) {
             scenario.synDataLoss = ReadQuantity(text, {{"", 1}}, PROBABILITY);
         },
         ""},
        {"loss",
         "probability that a packet is lost, each way, 0 to 1",
         ScenarioFlag::OF_TOPOLOGY,
         [](Scenario& scenario, const std::string& text) {
             scenario.loss = ReadQuantity(text, {{"", 1}}, PROBABILITY);
         },
         ""},
        {"rtt",
         "base round-trip time, 100ms say",
         ScenarioFlag::OF_TOPOLOGY,
         [](Scenario& scenario, const std::string& text) {
             scenario.rtt = Seconds(ReadSeconds(text, "needs a time, 100ms say, from 0 to 100s"));
         },
         ""},
    };
    return flags;
}

std::string
GetVariant(const Scenario& scenario)
{
    std::ostringstream text;
    const auto add = [&text](const std::string& name) -> std::ostream& {
        return text << (text.tellp() > 0 ? ";" : "") << name << '=';
    };
    if (scenario.synDataLoss > 0)
    {
        add("syn-data-loss") << scenario.synDataLoss;
    }
    std::string separator;
    for (const auto& drop : scenario.drops)
    {
        (separator.empty() ? add("drop") : text << separator)
            << drop.transfer << (drop.sender == SegmentDropModel::CLIENT ? ":client:" : ":server:")
            << drop.segment;
        separator = "+";
    }
    static const Scenario::Attributes standard = Scenario::LinuxTcp();
    for (const auto& [name, value] : scenario.tcp)
    {
        const auto same = standard.find(name);
        if (same == standard.end() || same->second != value)
        {
            add(name) << value;
        }
    }
    return text.str();
}

} // namespace ns3
