/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "scenario-check.h"

#include "attribute-check.h"
#include "flag-reader.h"
#include "scenario.h"

#include "ns3/path-helper.h"
#include "ns3/socket-factory.h"
#include "ns3/tcp-fast-open-socket-factory.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace ns3
{

namespace
{

/**
 * Look for what is wrong with TCP's settings.
 *
 * @param attributes full names and values
 * @return one line; empty where nothing is wrong
 */
std::string
CheckSettings(const Scenario::Attributes& attributes)
{
    for (const auto& [name, value] : attributes)
    {
        if (name == "ns3::TcpFastOpen::Switch")
        {
            return name + ": the mode sets it";
        }
        const std::string wrong = CheckAttribute(name, value);
        if (!wrong.empty())
        {
            return wrong;
        }
    }
    return "";
}

} // namespace

std::string
CheckScenario(const Scenario& scenario)
{
    std::ostringstream wrong;
    const auto names = PathHelper::GetNames();
    const auto modes = Scenario::GetModes();
    const auto inRange = [](double value, double low, double high) {
        return std::isfinite(value) && value >= low && value <= high;
    };
    if (std::find(names.begin(), names.end(), scenario.topology) == names.end())
    {
        wrong << "topology: \"" << scenario.topology << "\" is none of " << JoinWords(names, ", ");
    }
    else if (std::find(modes.begin(), modes.end(), scenario.mode) == modes.end())
    {
        wrong << "mode: \"" << scenario.mode << "\" is none of " << JoinWords(modes, ", ");
    }
    else if (scenario.rate && !inRange(*scenario.rate, 1e3, 1e12))
    {
        wrong << "rate: " << *scenario.rate << " bit/s is not between 1kbps and 1000Gbps";
    }
    else if (scenario.loss && !inRange(*scenario.loss, 0, 1))
    {
        wrong << "loss: " << *scenario.loss << " is not a probability from 0 to 1";
    }
    else if (scenario.rtt && !inRange(scenario.rtt->GetSeconds(), 0, 100))
    {
        wrong << "rtt: " << scenario.rtt->As(Time::MS) << " is not between 0 and 100s";
    }
    else if (const Time least = PathHelper::Create(scenario.topology)->GetLeastRtt();
             scenario.rtt && *scenario.rtt < least)
    {
        wrong << "rtt: " << scenario.rtt->As(Time::MS) << " is less than the " << least.As(Time::MS)
              << " that parts of the " << scenario.topology << " path take";
    }
    else if (scenario.request < 1 || scenario.response < 1)
    {
        wrong << (scenario.request < 1 ? "request" : "response") << ": at least 1 byte";
    }
    else if (scenario.transfers < 1)
    {
        wrong << "transfers: at least 1";
    }
    else if (scenario.gap && scenario.gap->IsStrictlyNegative())
    {
        wrong << "gap: not below 0";
    }
    else if (scenario.seed < 1)
    {
        wrong << "seed: at least 1";
    }
    else if (TypeId factory; !TypeId::LookupByNameFailSafe(scenario.factory, &factory) ||
                             !factory.IsChildOf(SocketFactory::GetTypeId()))
    {
        wrong << "factory: \"" << scenario.factory << "\" is no socket factory";
    }
    else if (scenario.mode == "tfo" && factory != TcpFastOpenSocketFactory::GetTypeId())
    {
        wrong << "factory: \"" << scenario.factory << "\" has no Fast Open, mode 3whs alone";
    }
    else if (!inRange(scenario.synDataLoss, 0, 1))
    {
        wrong << "syn-data-loss: " << scenario.synDataLoss << " is not a probability from 0 to 1";
    }
    else if (const std::string what = !scenario.drops.empty()    ? "drop"
                                      : scenario.synDataLoss > 0 ? "syn-data-loss"
                                                                 : "";
             !what.empty() && (scenario.topology != "p2p" || (scenario.loss && *scenario.loss > 0)))
    {
        wrong << what << ": only with the topology p2p, and not together with loss";
    }
    for (const auto& drop : scenario.drops)
    {
        if (wrong.str().empty() &&
            (drop.transfer < 1 || drop.transfer > scenario.transfers || drop.segment < 1))
        {
            wrong << "drop: " << drop.transfer
                  << (drop.sender == SegmentDropModel::CLIENT ? ":client:" : ":server:")
                  << drop.segment << " needs a transfer from 1 to " << scenario.transfers
                  << " and a segment from 1";
        }
    }
    static Scenario::Attributes sound; // most scenarios have those of the last one
    if (wrong.str().empty() && scenario.tcp != sound)
    {
        wrong << CheckSettings(scenario.tcp);
        sound = wrong.str().empty() ? scenario.tcp : Scenario::Attributes();
    }
    return wrong.str();
}

} // namespace ns3
