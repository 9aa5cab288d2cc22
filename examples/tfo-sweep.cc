/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * Compare short transfers over TCP Fast Open with the plain handshake, at each point
 * of a grid of parameters, with several processes.
 *
 *   tfo-sweep --rtt=20ms:200ms:20ms --loss=0,0.01,0.02 --runs=30 --jobs=4 --out=DIR
 *
 * Leaves DIR/results.csv, with the columns of tfo-compare, beside the journal and the
 * manifest of SweepStore. The same command goes on where it was interrupted.
 *
 * The exit code is the number of points that failed, 100 for more than 99; 125: the
 * sweep could not run; 128 and a signal's number: it was interrupted.
 */

#include "ns3/core-module.h"
#include "ns3/flag-reader.h"
#include "ns3/scenario-flags.h"
#include "ns3/sweep-grid.h"
#include "ns3/sweep-point.h"
#include "ns3/sweep-store.h"
#include "ns3/worker-pool.h"

#include <algorithm>
#include <boost/property_tree/ini_parser.hpp>
#include <boost/property_tree/ptree.hpp>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <regex>
#include <set>
#include <sstream>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

using namespace ns3;

namespace
{

/// Exit codes.
constexpr int MOST_FAILURES = 100; //!< 100 failed points or more
constexpr int CANNOT_RUN = 125;    //!< wrong input, or no place for the results
constexpr int SIGNALLED = 128;     //!< with the signal's number added

/// Larger grids have to be confirmed.
constexpr uint64_t CONFIRMED_POINTS = 100000;

/// What the command line asks for.
struct Request
{
    SweepGrid grid;                           //!< the points
    SweepPlan plan;                           //!< how often they are run
    std::map<std::string, std::string> flags; //!< each flag that decides on the results
    std::string out{"results/sweep"};         //!< the folder
    uint32_t jobs{std::max(1U, std::thread::hardware_concurrency())}; //!< workers
    double timeout{0};                                                //!< for a point, in s
    uint64_t shard{1};                                                //!< the part to run
    uint64_t shards{1};                                               //!< how many there are
    bool dryRun{false};                                               //!< only tell
    bool yes{false};                                                  //!< however many points
};

/**
 * @param argc number of arguments
 * @param argv the arguments
 * @return what they ask for
 */
Request
Read(int argc, char* argv[])
{
    Request request;
    FlagReader reader(
        __FILE__,
        "Compare short transfers over TCP Fast Open with the plain handshake, at each point of a "
        "grid.\nThe flags of tfo-compare, and attributes of TCP, take lists and ranges:\n"
        "--rtt=20ms,50ms --loss=0:0.1:0.01 --ns3::TcpSocket::InitialCwnd=4,10");

    // Flags that decide on the results: these may stand in a file, too.
    std::set<std::string> parameters;
    const auto add = [&](const std::string& name,
                         const std::string& help,
                         const std::string& standard,
                         const FlagReader::Reader& read,
                         const std::string& implied = "") {
        parameters.insert(name);
        const auto keep = [&request, name, read](const std::string& text) {
            read(text);
            request.flags[name] = text;
        };
        reader.Add(name, help, standard, keep, implied);
    };
    for (const auto& flag : GetScenarioFlags())
    {
        add(
            flag.name,
            flag.help,
            flag.standard,
            [&request, name = flag.name](const std::string& text) { request.grid.Set(name, text); },
            flag.implied);
    }
    reader.AddAttributes([&](const std::string& name, const std::string& value) {
        request.grid.Set(name, value);
        request.flags[name] = value;
    });
    add("modes",
        "3whs (plain handshake) and tfo (Fast Open), or one of them",
        "3whs,tfo",
        [&](const std::string& text) { request.plan.modes = ReadList(text); });
    add("runs",
        "runs of each point, with different randomness",
        std::to_string(request.plan.runs),
        [&](const std::string& text) { request.plan.runs = ReadCount(text, 1); });
    add("precision",
        "add runs until the 95 % interval of the saving is +-2% of the plain time, say",
        "none",
        [&](const std::string& text) {
            if (text == "none")
            {
                request.plan.precision = 0;
                return;
            }
            const std::string allowed = "needs a part of the plain completion time, 2% say";
            request.plan.precision = ReadQuantity(text, {{"%", 0.01}}, allowed);
            if (request.plan.precision <= 0)
            {
                throw WrongInput(allowed);
            }
        });
    add("max-runs",
        "the most runs of a point for the precision",
        std::to_string(request.plan.maxRuns),
        [&](const std::string& text) { request.plan.maxRuns = ReadCount(text, 1); });

    const auto readAll = [&](const std::map<std::string, std::string>& texts) {
        for (const auto& [name, text] : texts)
        {
            if (parameters.count(name) == 0 && name.compare(0, 5, "ns3::") != 0)
            {
                throw WrongInput("\"" + name + "\" is no parameter of a grid");
            }
            reader.Set(name, text);
        }
    };
    reader.Add("grid",
               "file with parameters, a line NAME = VALUES each",
               "none",
               [&](const std::string& name) {
                   try
                   {
                       boost::property_tree::ptree tree;
                       read_ini(name, tree);
                       std::map<std::string, std::string> texts;
                       for (const auto& [key, value] : tree)
                       {
                           texts[key] = value.data();
                       }
                       readAll(texts);
                   }
                   catch (const boost::property_tree::ini_parser_error& error)
                   {
                       throw WrongInput("line " + std::to_string(error.line()) + ": " +
                                        error.message() + "; needs lines NAME = VALUES");
                   }
               });
    reader.Add("manifest",
               "repeat the sweep of a manifest.json",
               "none",
               [&](const std::string& name) {
                   const SweepManifest manifest = SweepManifest::Read(name);
                   readAll(manifest.flags);
                   const SweepManifest own = SweepManifest::Create();
                   if (manifest.module != own.module || manifest.ns3 != own.ns3)
                   {
                       std::cerr << "tfo-sweep: " << name << " was made by version "
                                 << manifest.module << " on ns-3 " << manifest.ns3 << ", this is "
                                 << own.module << " on ns-3 " << own.ns3 << ": results may differ"
                                 << std::endl;
                   }
               });
    reader.Add("out", "folder for the results", request.out, [&](const std::string& text) {
        request.out = text;
    });
    reader.Add("jobs", "processes that work", "cores", [&](const std::string& text) {
        request.jobs = ReadCount(text, 1, 1024);
    });
    reader.Add("timeout",
               "time after which a point has failed, 60s say",
               "none",
               [&](const std::string& text) {
                   const std::string allowed = "needs a time above 0, 60s say";
                   request.timeout = ReadSeconds(text, allowed);
                   if (request.timeout <= 0)
                   {
                       throw WrongInput(allowed);
                   }
               });
    reader.Add("shard",
               "run a part alone: I/N, the I-th of N",
               "1/1",
               [&](const std::string& text) {
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
               });
    reader.Add(
        "dry-run",
        "tell the points, the runs and the time only",
        "false",
        [&](const std::string& text) { request.dryRun = ReadSwitch(text); },
        "true");
    reader.Add(
        "yes",
        "however many points there are",
        "false",
        [&](const std::string& text) { request.yes = ReadSwitch(text); },
        "true");

    // What is not given has its standard value, and says so in the manifest.
    for (const auto& name : parameters)
    {
        for (const auto& flag : GetScenarioFlags())
        {
            if (flag.name == name && flag.standard != ScenarioFlag::OF_TOPOLOGY)
            {
                reader.Set(name, flag.standard);
            }
        }
    }
    reader.Set("modes", "3whs,tfo");
    reader.Set("runs", std::to_string(request.plan.runs));
    reader.Set("precision", "none");
    reader.Set("max-runs", std::to_string(request.plan.maxRuns));
    reader.Parse(argc, argv);
    return request;
}

/**
 * Find what is wrong with a request as a whole.
 *
 * @param request the request
 * @throws WrongInput where something is
 */
void
Check(const Request& request)
{
    const auto known = Scenario::GetModes();
    const auto& modes = request.plan.modes;
    for (const auto& mode : modes)
    {
        if (std::find(known.begin(), known.end(), mode) == known.end() ||
            std::count(modes.begin(), modes.end(), mode) > 1)
        {
            throw WrongInput("--modes=" + request.flags.at("modes") +
                             ": needs 3whs, tfo, or both once, with a comma");
        }
    }
    if (request.plan.precision > 0 && (modes.size() < 2 || request.grid.Get(0).transfers < 2))
    {
        throw WrongInput("--precision: needs both modes, and --transfers of 2 or more");
    }
    if (request.plan.precision > 0 && request.plan.runs > request.plan.maxRuns)
    {
        throw WrongInput("--max-runs=" + request.flags.at("max-runs") + ": is less than --runs");
    }
    const uint64_t points = request.grid.GetN();
    if (points > CONFIRMED_POINTS && !request.yes)
    {
        throw WrongInput("the grid has " + std::to_string(points) + " points, " +
                         std::to_string(points * request.plan.runs * modes.size()) +
                         " simulations; confirm that by --yes");
    }
    request.grid.Check(modes);
}

/**
 * @param request a request
 * @return the command that repeats it
 */
std::string
GetCommand(const Request& request)
{
    std::string command = "./tfo sweep";
    static const std::regex plain("[A-Za-z0-9_:,.+%/=-]*");
    for (const auto& [name, text] : request.flags)
    {
        const std::string flag = "--" + name + "=" + text;
        command += std::regex_match(flag, plain) ? " " + flag : " '" + flag + "'";
    }
    return command;
}

/// How far the sweep is, in one line that is written again and again.
class Progress
{
  public:
    /**
     * @param points how many points there are
     * @param done how many are there already
     */
    Progress(uint64_t points, uint64_t done)
        : m_points(points),
          m_before(done),
          m_done(done)
    {
    }

    ~Progress()
    {
        if (m_shown)
        {
            std::cerr << std::endl;
        }
    }

    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /**
     * Count a point that has ended.
     *
     * @param failed whether it has failed
     */
    void Count(bool failed)
    {
        m_done++;
        m_failed += failed;
    }

    /**
     * Write the line, where somebody sees it.
     */
    void Show()
    {
        if (!m_terminal)
        {
            return;
        }
        char line[120];
        const double rate = GetRate();
        const double left = rate > 0 ? (m_points - m_done) / rate : 0;
        std::snprintf(line,
                      sizeof line,
                      "\r%llu of %llu points, %.1f/s, %llu:%02llu:%02llu left, %llu failed\033[K",
                      static_cast<unsigned long long>(m_done),
                      static_cast<unsigned long long>(m_points),
                      rate,
                      static_cast<unsigned long long>(left / 3600),
                      static_cast<unsigned long long>(left / 60) % 60,
                      static_cast<unsigned long long>(left) % 60,
                      static_cast<unsigned long long>(m_failed));
        std::cerr << line << std::flush;
        m_shown = true;
    }

    /**
     * @return the time since the beginning, in s
     */
    double GetTime() const
    {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_begin).count();
    }

    /**
     * @return points that ended, per second
     */
    double GetRate() const
    {
        return (m_done - m_before) / std::max(GetTime(), 1e-3);
    }

    /**
     * @return how many points have ended
     */
    uint64_t GetDone() const
    {
        return m_done;
    }

    /**
     * @return how many of them have failed
     */
    uint64_t GetFailed() const
    {
        return m_failed;
    }

  private:
    uint64_t m_points;                           //!< how many points there are
    uint64_t m_before;                           //!< how many were there at the beginning
    uint64_t m_done;                             //!< how many have ended
    uint64_t m_failed{0};                        //!< how many of them have failed
    bool m_shown{false};                         //!< whether a line was written
    bool m_terminal{isatty(STDERR_FILENO) != 0}; //!< whether somebody sees it
    std::chrono::steady_clock::time_point m_begin{std::chrono::steady_clock::now()}; //!< when
};

/**
 * Tell how much there is to do. The time is measured: one run of some points.
 *
 * @param request the request
 * @param points its points
 */
void
PrintEstimate(const Request& request, const std::vector<uint64_t>& points)
{
    constexpr uint64_t samples = 9;
    constexpr double enough = 10; // s
    SweepPlan once = request.plan;
    once.runs = 1;
    once.precision = 0;
    const auto begin = std::chrono::steady_clock::now();
    double time = 0;
    uint64_t tried = 0;
    for (uint64_t i = 0; i < std::min<uint64_t>(samples, points.size()) && time < enough; i++)
    {
        uint32_t runs = 0;
        const uint64_t place = i * (points.size() - 1) / std::max<uint64_t>(samples - 1, 1);
        RunPoint(request.grid.Get(points[place]), once, runs);
        time = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        tried++;
    }
    const double all = tried == 0 ? 0 : time / tried * points.size() * request.plan.runs;
    std::printf(
        "%zu points, %u runs of each%s, %zu modes: %llu simulations; about %.0f s with %u "
        "jobs\n",
        points.size(),
        request.plan.runs,
        request.plan.precision > 0 ? " at least" : "",
        request.plan.modes.size(),
        static_cast<unsigned long long>(points.size()) * request.plan.runs *
            request.plan.modes.size(),
        std::ceil(all / std::min<uint64_t>(request.jobs, std::max<uint64_t>(points.size(), 1))),
        request.jobs);
}

/**
 * @param who RUSAGE_SELF or RUSAGE_CHILDREN
 * @return CPU time in s
 */
double
GetCpuTime(int who)
{
    struct rusage usage
    {
    };

    getrusage(who, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
           1e-6 * (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/**
 * @param argc number of arguments
 * @param argv the arguments
 * @return the exit code
 */
int
Sweep(int argc, char* argv[])
{
    const Request request = Read(argc, argv);
    Check(request);
    std::vector<uint64_t> points;
    for (uint64_t i = request.shard - 1; i < request.grid.GetN(); i += request.shards)
    {
        points.push_back(i);
    }
    if (request.dryRun)
    {
        PrintEstimate(request, points);
        return 0;
    }

    SweepManifest manifest = SweepManifest::Create();
    manifest.flags = request.flags;
    manifest.points = request.grid.GetN();
    manifest.shard = request.shards == 1
                         ? ""
                         : std::to_string(request.shard) + "/" + std::to_string(request.shards);
    manifest.command = GetCommand(request);
    SweepStore store(request.out, manifest);
    const auto isDone = [&store](uint64_t point) { return store.IsDone(point); };
    const auto todo = std::remove_if(points.begin(), points.end(), isDone);
    Progress progress(points.size(), points.end() - todo);
    if (progress.GetDone() > 0)
    {
        std::cerr << "tfo-sweep: " << progress.GetDone() << " of " << points.size()
                  << " points are there already" << std::endl;
    }

    if (todo == points.begin())
    {
        store.Finish();
        std::printf("%s: nothing is left to do; 0 failed\n", request.out.c_str());
        return 0;
    }

    const double before = GetCpuTime(RUSAGE_SELF);
    const WorkerPool pool(request.jobs, request.timeout, [&request](uint64_t point) {
        uint32_t runs = 0;
        const std::string rows = RunPoint(request.grid.Get(point), request.plan, runs);
        return std::to_string(runs) + "\n" + rows;
    });
    auto next = points.begin();
    WorkerPool::Leader leader;
    leader.next = [&]() -> std::optional<uint64_t> {
        return next == todo ? std::nullopt : std::optional<uint64_t>(*next++);
    };
    leader.ended = [&](const WorkerPool::Outcome& outcome) {
        if (outcome.failed)
        {
            store.AddFailure(outcome.task, outcome.text);
        }
        else
        {
            const std::size_t feed = outcome.text.find('\n');
            store.AddRows(outcome.task,
                          static_cast<uint32_t>(std::stoul(outcome.text.substr(0, feed))),
                          outcome.text.substr(feed + 1));
        }
        progress.Count(outcome.failed);
    };
    leader.tick = [&] {
        store.Flush();
        progress.Show();
    };
    const int signal = pool.Run(leader);
    store.Flush();
    progress.Show();
    const double own = GetCpuTime(RUSAGE_SELF) - before;
    const double all = own + GetCpuTime(RUSAGE_CHILDREN);
    if (signal != 0)
    {
        std::cerr << "\ntfo-sweep: interrupted with " << progress.GetDone() << " of "
                  << points.size() << " points; the same command goes on" << std::endl;
        return SIGNALLED + signal;
    }
    store.Finish();
    std::printf("%s: %zu points in %.1f s, %.1f/s; leader %.1f %% of the CPU time; %llu failed\n",
                request.out.c_str(),
                points.size(),
                progress.GetTime(),
                progress.GetRate(),
                all > 0 ? 100 * own / all : 0,
                static_cast<unsigned long long>(progress.GetFailed()));
    return static_cast<int>(std::min<uint64_t>(progress.GetFailed(), MOST_FAILURES));
}

} // namespace

int
main(int argc, char* argv[])
{
    std::signal(SIGXFSZ, SIG_IGN); // a file too large is an error to report
    return RunProgram(
        "tfo-sweep",
        [=] { return Sweep(argc, argv); },
        CANNOT_RUN);
}
