/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "sweep-manifest.h"

#include "durable-file.h"
#include "module-version.h"

#include "ns3/flag-reader.h"
#include "ns3/scenario.h"

#define BOOST_BIND_GLOBAL_PLACEHOLDERS // of Boost 1.74's parser, which else remarks on itself
#include <boost/property_tree/json_parser.hpp>
#include <boost/property_tree/ptree.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <sstream>
#include <unistd.h>

namespace ns3
{

namespace
{

using boost::property_tree::ptree;

/// The format's number; another one is for another program.
const std::string FORMAT = "1";

/**
 * @param texts texts by name
 * @return them as a JSON object
 */
ptree
ToTree(const std::map<std::string, std::string>& texts)
{
    ptree tree;
    for (const auto& [name, text] : texts)
    {
        tree.push_back({name, ptree(text)}); // put() would take the dots for paths
    }
    return tree;
}

/**
 * @param tree a JSON object
 * @return its texts by name
 */
std::map<std::string, std::string>
FromTree(const ptree& tree)
{
    std::map<std::string, std::string> texts;
    for (const auto& [name, text] : tree)
    {
        texts[name] = text.data();
    }
    return texts;
}

} // namespace

std::string
GetTimestamp()
{
    const std::time_t now = std::time(nullptr);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
    return text;
}

SweepManifest
SweepManifest::Create()
{
    SweepManifest manifest;
    manifest.tcp = Scenario::LinuxTcp();
    manifest.module = GetModuleVersion();
    manifest.ns3 = GetNs3Version();
    manifest.commit = GetModuleCommit();
    char host[256]{};
    gethostname(host, sizeof host - 1);
    manifest.host = host;
    manifest.started = GetTimestamp();
    return manifest;
}

SweepManifest
SweepManifest::Read(const std::string& name)
{
    try
    {
        ptree tree;
        read_json(name, tree);
        SweepManifest manifest;
        if (tree.get<std::string>("format") != FORMAT)
        {
            throw WrongInput(name + ": is of format " + tree.get<std::string>("format") + ", not " +
                             FORMAT);
        }
        manifest.flags = FromTree(tree.get_child("flags"));
        manifest.tcp = FromTree(tree.get_child("tcp"));
        manifest.points = tree.get<uint64_t>("points");
        manifest.shard = tree.get<std::string>("shard");
        manifest.module = tree.get<std::string>("module");
        manifest.ns3 = tree.get<std::string>("ns3");
        manifest.commit = tree.get<std::string>("commit");
        manifest.host = tree.get<std::string>("host");
        manifest.started = tree.get<std::string>("started");
        manifest.ended = tree.get<std::string>("ended");
        manifest.command = tree.get<std::string>("command");
        return manifest;
    }
    catch (const boost::property_tree::json_parser_error& error)
    {
        throw WrongInput(name + ": is no manifest of a sweep: " + error.message());
    }
    catch (const boost::property_tree::ptree_error& error)
    {
        throw WrongInput(name + ": is no manifest of a sweep: " + error.what());
    }
}

void
SweepManifest::Write(const std::string& name) const
{
    ptree tree;
    tree.put("format", FORMAT);
    tree.put("command", command);
    tree.add_child("flags", ToTree(flags));
    tree.add_child("tcp", ToTree(tcp));
    tree.put("points", points);
    tree.put("shard", shard);
    tree.put("module", module);
    tree.put("commit", commit);
    tree.put("ns3", ns3);
    tree.put("host", host);
    tree.put("started", started);
    tree.put("ended", ended);
    std::ostringstream text;
    write_json(text, tree);
    DurableFile::Replace(name, text.str());
}

std::string
SweepManifest::Compare(const SweepManifest& other) const
{
    const auto gather = [](const SweepManifest& manifest) {
        std::map<std::string, std::string> texts;
        for (const auto& [name, text] : manifest.flags)
        {
            texts["--" + name] = text;
        }
        texts["--shard"] = manifest.shard;
        texts["the module's version"] = manifest.module;
        texts["ns-3's version"] = manifest.ns3;
        return texts;
    };
    auto ours = gather(*this);
    auto theirs = gather(other);
    auto all = ours;
    all.insert(theirs.begin(), theirs.end());
    for (const auto& entry : all)
    {
        const std::string& mine = ours[entry.first];
        const std::string& its = theirs[entry.first];
        if (mine != its)
        {
            return entry.first + " is " + (mine.empty() ? "not given" : mine) + ", not " +
                   (its.empty() ? "left out" : its);
        }
    }
    return "";
}

} // namespace ns3
