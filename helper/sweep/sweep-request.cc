/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "sweep-request.h"

#include "ns3/flag-reader.h"

#include <regex>

namespace ns3
{

void
SweepRequest::Check() const
{
    const auto known = Scenario::GetModes();
    const auto& modes = plan.modes;
    for (const auto& mode : modes)
    {
        if (std::find(known.begin(), known.end(), mode) == known.end() ||
            std::count(modes.begin(), modes.end(), mode) > 1)
        {
            throw WrongInput("--modes=" + flags.at("modes") +
                             ": needs 3whs, tfo, or both once, with a comma");
        }
    }
    if (plan.precision > 0 && (modes.size() < 2 || grid.Get(0).transfers < 2))
    {
        throw WrongInput("--precision: needs both modes, and --transfers of 2 or more");
    }
    if (plan.precision > 0 && plan.runs > plan.maxRuns)
    {
        throw WrongInput("--max-runs=" + flags.at("max-runs") + ": is less than --runs");
    }
    const uint64_t points = grid.GetN();
    if (points > CONFIRMED_POINTS && !yes)
    {
        throw WrongInput("the grid has " + std::to_string(points) + " points, " +
                         std::to_string(points * plan.runs * modes.size()) +
                         " simulations; confirm that by --yes");
    }
    grid.Check(modes);
}

std::vector<uint64_t>
SweepRequest::GetPoints() const
{
    std::vector<uint64_t> points;
    for (uint64_t i = shard - 1; i < grid.GetN(); i += shards)
    {
        points.push_back(i);
    }
    return points;
}

std::string
SweepRequest::GetShard() const
{
    return std::to_string(shard) + "/" + std::to_string(shards);
}

std::string
SweepRequest::GetCommand() const
{
    std::string command = "./tfo sweep";
    static const std::regex plain("[A-Za-z0-9_:,.+%/=-]*");
    for (const auto& [name, text] : flags)
    {
        const std::string flag = "--" + name + "=" + text;
        command += std::regex_match(flag, plain) ? " " + flag : " '" + flag + "'";
    }
    return command;
}

SweepManifest
SweepRequest::GetManifest() const
{
    SweepManifest manifest = SweepManifest::Create();
    manifest.flags = flags;
    manifest.points = grid.GetN();
    manifest.shard = shards == 1 ? "" : GetShard();
    manifest.command = GetCommand();
    return manifest;
}

} // namespace ns3
