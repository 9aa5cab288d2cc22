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

#include "ns3/flag-reader.h"
#include "ns3/sweep-merge.h"

#include <iostream>
#include <string>
#include <vector>

using namespace ns3;

namespace
{

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

    SweepMerge merge(out);
    for (const auto& part : parts)
    {
        merge.Add(part);
    }
    const SweepMerge::Outcome outcome = merge.Write();
    std::cout << out << ": " << outcome.found << " of " << outcome.points << " points, "
              << outcome.failed.size() << " failed" << std::endl;
    const std::string lack = outcome.PrintLack();
    if (!lack.empty())
    {
        std::cerr << "tfo-merge: " << lack << "; to have them: ./tfo sweep --manifest=" << out
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
