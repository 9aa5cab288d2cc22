/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "sweep-request-reader.h"

#include "ns3/scenario-flags.h"

#include <boost/property_tree/ini_parser.hpp>
#include <boost/property_tree/ptree.hpp>
#include <regex>
#include <utility>

namespace ns3
{

namespace
{

/// The value of a flag that is as good as left out.
const std::string NONE = "none";

/**
 * @param text a part of the plain completion time, or NONE
 * @return it as a number, 0 for NONE
 */
double
ReadPrecision(const std::string& text)
{
    if (text == NONE)
    {
        return 0;
    }
    const std::string allowed = "needs a part of the plain completion time, 2% say";
    const double precision = ReadQuantity(text, {{"%", 0.01}}, allowed);
    if (precision <= 0)
    {
        throw WrongInput(allowed);
    }
    return precision;
}

/**
 * @param text a time
 * @return it in s, above 0
 */
double
ReadTimeout(const std::string& text)
{
    const std::string allowed = "needs a time above 0, 60s say";
    const double timeout = ReadSeconds(text, allowed);
    if (timeout <= 0)
    {
        throw WrongInput(allowed);
    }
    return timeout;
}

/**
 * @param text a part to run, I/N
 * @param request takes it
 */
void
ReadShard(const std::string& text, SweepRequest& request)
{
    static const std::regex form("([0-9]{1,6})/([0-9]{1,6})");
    std::smatch match;
    if (std::regex_match(text, match, form))
    {
        request.shard = std::stoull(match[1]);
        request.shards = std::stoull(match[2]);
    }
    if (match.empty() || request.shard < 1 || request.shard > request.shards)
    {
        throw WrongInput("needs I/N, the I-th of N parts, I from 1 to N");
    }
}

} // namespace

SweepRequestReader::SweepRequestReader(const std::string& file,
                                       const std::string& usage,
                                       const Remark& remark)
    : m_flags(file, usage),
      m_remark(remark)
{
    AddGridFlags();
    AddPlanFlags();
    AddFileFlags();
    AddWorkFlags();
}

SweepRequest
SweepRequestReader::Read(int argc, char* argv[])
{
    m_request = SweepRequest();
    // What is not given has its standard value, and says so in the manifest.
    for (const auto& [name, standard] : m_standards)
    {
        if (standard != ScenarioFlag::OF_TOPOLOGY)
        {
            m_flags.Set(name, standard);
        }
    }
    m_flags.Parse(argc, argv);
    return std::move(m_request); // a grid may be large
}

void
SweepRequestReader::AddParameter(const std::string& name,
                                 const std::string& help,
                                 const std::string& standard,
                                 const FlagReader::Reader& read,
                                 const std::string& implied)
{
    m_standards[name] = standard;
    m_flags.Add(
        name,
        help,
        standard,
        [this, name, read](const std::string& text) {
            read(text);
            m_request.flags[name] = text;
        },
        implied);
}

void
SweepRequestReader::AddGridFlags()
{
    for (const auto& flag : GetScenarioFlags())
    {
        AddParameter(
            flag.name,
            flag.help,
            flag.standard,
            [this, name = flag.name](const std::string& text) { m_request.grid.Set(name, text); },
            flag.implied);
    }
    m_flags.AddAttributes([this](const std::string& name, const std::string& value) {
        m_request.grid.Set(name, value);
        m_request.flags[name] = value;
    });
}

void
SweepRequestReader::AddPlanFlags()
{
    AddParameter("modes",
                 "3whs (plain handshake) and tfo (Fast Open), or one of them",
                 JoinWords(m_request.plan.modes),
                 [this](const std::string& text) { m_request.plan.modes = ReadList(text); });
    AddParameter("runs",
                 "runs of each point, with different randomness",
                 std::to_string(m_request.plan.runs),
                 [this](const std::string& text) { m_request.plan.runs = ReadCount(text, 1); });
    AddParameter(
        "precision",
        "add runs until the 95 % interval of the saving is +-2% of the plain time, say",
        NONE,
        [this](const std::string& text) { m_request.plan.precision = ReadPrecision(text); });
    AddParameter("max-runs",
                 "the most runs of a point for the precision",
                 std::to_string(m_request.plan.maxRuns),
                 [this](const std::string& text) { m_request.plan.maxRuns = ReadCount(text, 1); });
}

void
SweepRequestReader::AddFileFlags()
{
    m_flags.Add("grid",
                "file with parameters, a line NAME = VALUES each",
                NONE,
                [this](const std::string& name) { ReadGrid(name); });
    m_flags.Add("manifest",
                "repeat the sweep of a manifest.json",
                NONE,
                [this](const std::string& name) { ReadManifest(name); });
}

void
SweepRequestReader::AddWorkFlags()
{
    m_flags.Add("out", "folder for the results", m_request.out, [this](const std::string& text) {
        m_request.out = text;
    });
    m_flags.Add("jobs", "processes that work", "cores", [this](const std::string& text) {
        m_request.jobs = ReadCount(text, 1, 1024);
    });
    m_flags.Add("timeout",
                "time after which a point has failed, 60s say",
                NONE,
                [this](const std::string& text) { m_request.timeout = ReadTimeout(text); });
    m_flags.Add("shard",
                "run a part alone: I/N, the I-th of N",
                m_request.GetShard(),
                [this](const std::string& text) { ReadShard(text, m_request); });
    m_flags.Add(
        "dry-run",
        "tell the points, the runs and the time only",
        PrintSwitch(m_request.dryRun),
        [this](const std::string& text) { m_request.dryRun = ReadSwitch(text); },
        PrintSwitch(true));
    m_flags.Add(
        "yes",
        "however many points there are",
        PrintSwitch(m_request.yes),
        [this](const std::string& text) { m_request.yes = ReadSwitch(text); },
        PrintSwitch(true));
}

void
SweepRequestReader::ReadParameters(const std::map<std::string, std::string>& texts)
{
    for (const auto& [name, text] : texts)
    {
        if (m_standards.count(name) == 0 && name.compare(0, 5, "ns3::") != 0)
        {
            throw WrongInput("\"" + name + "\" is no parameter of a grid");
        }
        m_flags.Set(name, text);
    }
}

void
SweepRequestReader::ReadGrid(const std::string& name)
{
    try
    {
        boost::property_tree::ptree tree;
        read_ini(name, tree);
        std::map<std::string, std::string> texts;
        for (const auto& [key, value] : tree)
        {
            texts[key] = value.data();
        }
        ReadParameters(texts);
    }
    catch (const boost::property_tree::ini_parser_error& error)
    {
        throw WrongInput("line " + std::to_string(error.line()) + ": " + error.message() +
                         "; needs lines NAME = VALUES");
    }
}

void
SweepRequestReader::ReadManifest(const std::string& name)
{
    const SweepManifest manifest = SweepManifest::Read(name);
    ReadParameters(manifest.flags);
    const SweepManifest own = SweepManifest::Create();
    if (manifest.module != own.module || manifest.ns3 != own.ns3)
    {
        m_remark(name + " was made by version " + manifest.module + " on ns-3 " + manifest.ns3 +
                 ", this is " + own.module + " on ns-3 " + own.ns3 + ": results may differ");
    }
}

} // namespace ns3
