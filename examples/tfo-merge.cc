/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * Join the parts of a sweep that ran as shards.
 *
 *   tfo-merge --out=DIR PART...
 *
 * DIR is then the folder of a sweep like any other, with the points in their order.
 * Exit code 1: points are missing, and the last line says which.
 */

#include "ns3/core-module.h"
#include "ns3/flag-reader.h"
#include "ns3/sweep-store.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

using namespace ns3;

namespace
{

/// A point, and the folder that has it.
struct Found
{
    std::string folder;      //!< the folder
    SweepStore::Entry entry; //!< the line of its journal
};

/**
 * @param numbers numbers in ascending order
 * @return the first ones of them as a text
 */
std::string
List(const std::vector<uint64_t>& numbers)
{
    constexpr std::size_t most = 10;
    std::ostringstream text;
    for (std::size_t i = 0; i < std::min(most, numbers.size()); i++)
    {
        text << (i == 0 ? "" : ", ") << numbers[i];
    }
    text << (numbers.size() > most ? ", ..." : "");
    return text.str();
}

/**
 * @param argc number of arguments
 * @param argv the arguments
 * @return the exit code
 */
int
Merge(int argc, char* argv[])
{
    std::string out;
    std::vector<std::string> parts;
    FlagReader reader(__FILE__, "Join the parts of a sweep: --out=DIR PART...");
    reader.Add("out", "folder for the whole", "none", [&](const std::string& text) { out = text; });
    reader.AddWords([&](const std::string& text) { parts.push_back(text); });
    reader.Parse(argc, argv);
    if (out.empty() || parts.empty())
    {
        throw WrongInput("needs --out=DIR and the folders of the parts");
    }
    std::error_code error;
    if (std::filesystem::exists(out, error) && !std::filesystem::is_empty(out, error))
    {
        throw WrongInput("--out=" + out + ": is not empty; take another folder");
    }

    SweepManifest whole;
    std::map<uint64_t, Found> points;
    std::set<std::string> hosts;
    for (const auto& part : parts)
    {
        SweepManifest manifest = SweepStore::ReadManifest(part);
        hosts.insert(manifest.host);
        manifest.shard = "";
        if (whole.points == 0)
        {
            whole = manifest;
        }
        const std::string difference = manifest.Compare(whole);
        if (!difference.empty())
        {
            throw WrongInput(part + ": is of another sweep than " + parts[0] + ": " + difference);
        }
        whole.started = std::min(whole.started, manifest.started);
        for (const auto& entry : SweepStore::ReadJournal(part))
        {
            if (entry.point >= whole.points)
            {
                throw WrongInput(part + ": has a point " + std::to_string(entry.point) + " of " +
                                 std::to_string(whole.points));
            }
            const auto found = points.find(entry.point);
            if (found == points.end() || found->second.entry.failed)
            {
                points[entry.point] = {part, entry};
            }
            else if (!entry.failed &&
                     SweepStore::ReadRows(part, entry) !=
                         SweepStore::ReadRows(found->second.folder, found->second.entry))
            {
                throw WrongInput(part + ": has other rows for point " +
                                 std::to_string(entry.point) + " than " + found->second.folder);
            }
        }
    }
    whole.host.clear();
    for (const auto& host : hosts)
    {
        whole.host += (whole.host.empty() ? "" : ", ") + host;
    }
    whole.ended = "";

    std::vector<uint64_t> missing;
    std::vector<uint64_t> failed;
    SweepStore store(out, whole);
    for (uint64_t point = 0; point < whole.points; point++)
    {
        const auto found = points.find(point);
        if (found == points.end())
        {
            missing.push_back(point);
            continue;
        }
        const auto& [folder, entry] = found->second;
        if (entry.failed)
        {
            failed.push_back(point);
            store.AddFailure(point, entry.reason);
        }
        else
        {
            store.AddRows(point, entry.runs, SweepStore::ReadRows(folder, entry));
        }
    }
    missing.empty() ? store.Finish() : store.Flush();
    std::cout << out << ": " << points.size() << " of " << whole.points << " points, "
              << failed.size() << " failed" << std::endl;
    if (!missing.empty() || !failed.empty())
    {
        const bool some = !missing.empty();
        std::cerr << "tfo-merge: " << (some ? missing : failed).size()
                  << (some ? " points are missing: " : " points failed: ")
                  << List(some ? missing : failed)
                  << "; to have them: ./tfo sweep --manifest=" << out
                  << "/manifest.json --out=" << out << std::endl;
        return 1;
    }
    return 0;
}

} // namespace

int
main(int argc, char* argv[])
{
    return RunProgram("tfo-merge", [=] { return Merge(argc, argv); });
}
