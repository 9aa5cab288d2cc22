/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * The parts of a sweep: grid, statistics, folder, workers. sweep-test.sh has the whole.
 */

#include "ns3/durable-file.h"
#include "ns3/flag-reader.h"
#include "ns3/scenario-flags.h"
#include "ns3/sweep-grid.h"
#include "ns3/sweep-manifest.h"
#include "ns3/sweep-point.h"
#include "ns3/sweep-store.h"
#include "ns3/worker-pool.h"

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <numeric>
#include <set>
#include <string>
#include <vector>

using namespace ns3;

namespace
{

using Words = std::vector<std::string>;

/// Gives each test a folder of its own.
class SweepFolder : public ::testing::Test
{
  protected:
    void SetUp() override
    {
        std::string name = (std::filesystem::temp_directory_path() / "sweep-XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        m_folder = name;
    }

    void TearDown() override
    {
        std::filesystem::remove_all(m_folder);
    }

    /**
     * @param points how many points
     * @return a manifest
     */
    static SweepManifest GetManifest(uint64_t points)
    {
        SweepManifest manifest = SweepManifest::Create();
        manifest.flags = {{"rtt", "20ms,40ms"}, {"ns3::TcpSocket::InitialCwnd", "4"}};
        manifest.points = points;
        return manifest;
    }

    /**
     * @param name a file in the folder
     * @return what is in it
     */
    std::string Read(const std::string& name) const
    {
        std::ifstream file(m_folder + "/" + name);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    std::string m_folder; //!< the folder
};

/**
 * @param times completion times in ms; a negative one: the transfer failed
 * @return transfers
 */
std::vector<TransferRecord>
MakeRecords(const std::vector<double>& times)
{
    std::vector<TransferRecord> records;
    for (const double time : times)
    {
        TransferRecord record;
        record.status = time < 0 ? TransferRecord::Status::TIMEOUT : TransferRecord::Status::OK;
        record.lastByte = MicroSeconds(static_cast<int64_t>(1000 * time));
        records.push_back(record);
    }
    return records;
}

} // namespace

// A list is a list; a range has both ends, and its unit.
TEST(SweepGridTest, ExpandsListsAndRanges)
{
    EXPECT_EQ(ExpandList("20ms, 50ms"), (Words{"20ms", "50ms"}));
    EXPECT_EQ(ExpandList("20ms:100ms:40ms"), (Words{"20ms", "60ms", "100ms"}));
    EXPECT_EQ(ExpandList("0:0.3:0.1"), (Words{"0", "0.1", "0.2", "0.3"}));
    EXPECT_EQ(ExpandList("1,5:6:1"), (Words{"1", "5", "6"}));
    EXPECT_EQ(ExpandList("5:5:1"), (Words{"5"}));
    EXPECT_EQ(ExpandList("1:4:2"), (Words{"1", "3"}));
    EXPECT_EQ(ExpandList("ns3::TcpCubic"), (Words{"ns3::TcpCubic"}));
    EXPECT_EQ(ExpandList("2:client:1+2:server:3"), (Words{"2:client:1+2:server:3"}));
    EXPECT_EQ(ExpandList("0:0.1:0.01").size(), 11U);
}

// A range that cannot be is refused.
TEST(SweepGridTest, RefusesImpossibleRanges)
{
    for (const char* text : {"2:1:1", "1:2:0", "1ms:2s:1ms", "1:2:1ms", "1:1e12:1", "", ",", "1,"})
    {
        EXPECT_THROW(ExpandList(text), WrongInput) << text;
    }
}

// Ranges that have no end, or that no memory holds, are refused at once.
TEST(SweepGridTest, RefusesEndlessRanges)
{
    for (const char* list :
         {"1e999ms:1e999ms:1ms", "0ms:1e999ms:1ms", "0ms:1e999ms:1e999ms", "0ms:99999ms:0.001ms"})
    {
        EXPECT_THROW(ExpandList(list), WrongInput) << list;
    }
}

// Texts of any length are refused or taken; std::regex ends the program at long ones.
TEST(SweepGridTest, TakesOrRefusesLongTexts)
{
    const std::string digits(200000, '1');
    EXPECT_EQ(ExpandList(digits), std::vector<std::string>{digits});
    EXPECT_EQ(ExpandList(digits + ":2:3").size(), 1u);
    EXPECT_THROW(ReadQuantity(digits, {{"", 1}}, ""), WrongInput);
    for (const auto& flag : GetScenarioFlags())
    {
        Scenario scenario;
        if (flag.name != "topology") // which CheckScenario() reads
        {
            EXPECT_THROW(flag.set(scenario, digits), WrongInput) << flag.name;
        }
    }
    std::string value;
    FlagReader reader("test", "");
    reader.Add("text", "", "", [&](const std::string& text) { value = text; });
    std::string argument = "--text=" + digits;
    char* arguments[] = {argument.data(), argument.data()};
    reader.Parse(2, arguments);
    EXPECT_EQ(value, digits);
}

// Each combination is there once, whatever the order in which the flags were given.
TEST(SweepGridTest, HasEachCombinationOnce)
{
    SweepGrid grid;
    SweepGrid other;
    EXPECT_EQ(grid.GetN(), 1U);
    const std::vector<std::pair<std::string, std::string>> flags{
        {"rtt", "10ms,20ms,30ms"},
        {"ns3::TcpSocket::InitialCwnd", "4,10"},
        {"loss", "0,0.1"},
        {"ns3::TcpSocket::ConnCount", "2,3"},
        {"topology", "p2p,lan"},
    };
    for (std::size_t i = 0; i < flags.size(); i++)
    {
        grid.Set(flags[i].first, flags[i].second);
        other.Set(flags[flags.size() - 1 - i].first, flags[flags.size() - 1 - i].second);
    }
    ASSERT_EQ(grid.GetN(), 48U);
    std::set<std::string> seen;
    const auto describe = [](const Scenario& scenario) {
        return scenario.topology + std::to_string(scenario.rtt->GetMilliSeconds()) + " " +
               std::to_string(*scenario.loss) + GetVariant(scenario);
    };
    for (uint64_t i = 0; i < grid.GetN(); i++)
    {
        seen.insert(describe(grid.Get(i)));
        EXPECT_EQ(describe(grid.Get(i)), describe(other.Get(i)));
    }
    EXPECT_EQ(seen.size(), 48U);
}

// The same value in two writings would make the same rows twice.
TEST(SweepGridTest, RefusesTheSameValueTwice)
{
    SweepGrid grid;
    EXPECT_THROW(grid.Set("rtt", "0.02s,20ms"), WrongInput);
    EXPECT_THROW(grid.Set("loss", "0.1,.1"), WrongInput);
    EXPECT_THROW(grid.Set("transfers", "2,3"), WrongInput);
    EXPECT_NO_THROW(grid.Set("drop", "none,2:client:1,2:client:1+2:server:1"));
}

// All points are looked at before any is run.
TEST(SweepGridTest, FindsAPointThatCannotBe)
{
    SweepGrid grid;
    grid.Set("topology", "p2p,satellite");
    grid.Set("rtt", "600ms,10ms");
    EXPECT_THROW(grid.Check({"tfo"}), WrongInput);
    grid.Set("rtt", "600ms,700ms");
    EXPECT_NO_THROW(grid.Check({"tfo"}));
}

// What no other column tells is in the variant, and nothing else.
TEST(SweepGridTest, VariantTellsWhatNoColumnDoes)
{
    Scenario scenario;
    scenario.rtt = MilliSeconds(7);
    scenario.request = 10;
    EXPECT_EQ(GetVariant(scenario), "");
    scenario.synDataLoss = 0.25;
    scenario.drops = {{2, SegmentDropModel::CLIENT, 1}, {3, SegmentDropModel::SERVER, 4}};
    scenario.tcp["ns3::TcpSocket::InitialCwnd"] = "4";
    EXPECT_EQ(GetVariant(scenario),
              "syn-data-loss=0.25;drop=2:client:1+3:server:4;ns3::TcpSocket::InitialCwnd=4");
}

// The interval is that of the paired differences of the runs: t(2 degrees) is 4.3027.
TEST(PairedSavingTest, HalfWidthIsThatOfTheDifferences)
{
    PairedSaving saving;
    saving.Add(MakeRecords({999, 100, 200}), MakeRecords({1, 50, 130})); // saves 60
    EXPECT_TRUE(std::isinf(saving.GetHalfWidth()));
    saving.Add(MakeRecords({999, 100, -1}), MakeRecords({1, 30, 10}));   // saves 70
    saving.Add(MakeRecords({999, 100, 200}), MakeRecords({1, 20, 120})); // saves 80
    saving.Add(MakeRecords({999, -1}), MakeRecords({1, 20}));            // no pair
    const double plain = (150 + 100 + 150) / 3.0;
    EXPECT_NEAR(saving.GetHalfWidth(), 4.302653 * 10 / std::sqrt(3) / plain, 1e-6);
}

// What was not flushed is made again, what was is kept; a failure is tried again.
TEST_F(SweepFolder, StoreGoesOnWhereItWas)
{
    const SweepManifest manifest = GetManifest(4);
    {
        SweepStore store(m_folder + "/out", manifest);
        store.AddRows(2, 1, "a\nb\n");
        store.AddFailure(1, "it, \"broke\"\nhere");
        store.Flush();
        store.AddRows(0, 1, "c\n");
    }
    {
        SweepStore store(m_folder + "/out", manifest);
        EXPECT_TRUE(store.IsDone(2));
        EXPECT_FALSE(store.IsDone(0));
        EXPECT_FALSE(store.IsDone(1));
        store.AddRows(1, 5, "d\n");
        store.Finish();
    }
    const auto entries = SweepStore::ReadJournal(m_folder + "/out");
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].point, 1U);
    EXPECT_FALSE(entries[0].failed);
    EXPECT_EQ(entries[0].runs, 5U);
    EXPECT_EQ(SweepStore::ReadRows(m_folder + "/out", entries[0]), "d\n");
    EXPECT_EQ(SweepStore::ReadRows(m_folder + "/out", entries[1]), "a\nb\n");
    EXPECT_NE(Read("out/points.csv").find("1,failed,0,"), std::string::npos);
    EXPECT_NE(Read("out/points.csv").find(",it   broke  here\n"), std::string::npos);
}

// Wherever the files are cut, what is left is points that are whole.
TEST_F(SweepFolder, StoreSurvivesAnyCut)
{
    const SweepManifest manifest = GetManifest(5);
    const std::string out = m_folder + "/out";
    const auto fill = [&] {
        SweepStore store(out, manifest);
        for (uint64_t point = 0; point < 5; point++)
        {
            if (!store.IsDone(point))
            {
                store.AddRows(point, 1, std::string(point + 1, 'a' + point) + "\n");
                store.Flush();
            }
        }
    };
    fill();
    const std::string whole = Read("out/results.csv");
    for (const std::string name : {"out/results.csv", "out/points.csv"})
    {
        const std::size_t size = Read(name).size();
        for (std::size_t keep = 0; keep <= size; keep++)
        {
            std::filesystem::resize_file(m_folder + "/" + name, keep);
            fill();
            ASSERT_EQ(Read("out/results.csv"), whole) << name << " cut to " << keep;
        }
    }
}

// A journal that tells of a point which the sweep has not, or at length why a point
// has failed.
TEST_F(SweepFolder, StoreReadsAnyJournal)
{
    SweepStore(m_folder, GetManifest(4)).AddRows(0, 1, "");
    const std::string reason(200000, 'x');
    const std::string size = std::to_string(Read("results.csv").size());
    std::ofstream(m_folder + "/points.csv", std::ios::app)
        << "1,failed,0," << size << ',' << reason << '\n';
    EXPECT_EQ(SweepStore::ReadJournal(m_folder).back().reason, reason);
    EXPECT_FALSE(SweepStore(m_folder, GetManifest(4)).IsDone(1));
    std::ofstream(m_folder + "/points.csv", std::ios::app) << "4,done,1," << size << ",\n";
    try
    {
        SweepStore store(m_folder, GetManifest(4));
        ADD_FAILURE() << "point 4 of 4 is taken";
    }
    catch (const WrongInput& wrong)
    {
        EXPECT_NE(std::string(wrong.what()).find("point 4"), std::string::npos) << wrong.what();
    }
}

// The folder of another sweep is refused, in words that say what is different.
TEST_F(SweepFolder, StoreRefusesAnotherSweep)
{
    SweepManifest manifest = GetManifest(4);
    const std::string out = m_folder + "/out";
    {
        SweepStore store(out, manifest);
    }
    manifest.flags["rtt"] = "20ms";
    try
    {
        SweepStore store(out, manifest);
        FAIL() << "not refused";
    }
    catch (const WrongInput& wrong)
    {
        EXPECT_NE(std::string(wrong.what()).find("--rtt is 20ms,40ms, not 20ms"), std::string::npos)
            << wrong.what();
    }
    EXPECT_THROW(SweepStore(m_folder, manifest), WrongInput) << "it holds a folder";
}

// A manifest comes back as it was written.
TEST_F(SweepFolder, ManifestIsReadAsWritten)
{
    SweepManifest manifest = GetManifest(7);
    manifest.command = "./tfo sweep '--x=a \"b\"'";
    manifest.Write(m_folder + "/m.json");
    const SweepManifest read = SweepManifest::Read(m_folder + "/m.json");
    EXPECT_EQ(read.Compare(manifest), "");
    EXPECT_EQ(read.flags, manifest.flags);
    EXPECT_EQ(read.tcp, manifest.tcp);
    EXPECT_EQ(read.points, 7U);
    EXPECT_EQ(read.command, manifest.command);
    manifest.ns3 = "3.0";
    EXPECT_NE(read.Compare(manifest), "");
    for (std::size_t size = 0; size + 2 < Read("m.json").size(); size += 97)
    {
        std::ofstream(m_folder + "/cut.json") << Read("m.json").substr(0, size);
        EXPECT_THROW(SweepManifest::Read(m_folder + "/cut.json"), WrongInput) << size;
    }
}

// What is appended comes behind what is there; what is replaced is gone.
TEST_F(SweepFolder, DurableFileAppendsAndReplaces)
{
    const std::string name = m_folder + "/file";
    {
        DurableFile file(name);
        file.Append("one\n");
        EXPECT_TRUE(file.Lock());
    }
    DurableFile file(name);
    file.Append("two\n");
    EXPECT_EQ(file.Read(), "one\ntwo\n");
    file.Truncate(5);
    file.Append("!");
    EXPECT_EQ(Read("file"), "one\nt!");
    DurableFile::Replace(name, "new");
    EXPECT_EQ(Read("file"), "new");
    EXPECT_THROW(DurableFile(m_folder + "/no/file"), std::runtime_error);
}

// Each task is done once, whatever happens to the others.
TEST(WorkerPoolTest, DoesEachTaskOnce)
{
    constexpr uint64_t tasks = 40;
    const WorkerPool pool(3, 0.5, [](uint64_t task) -> std::string {
        switch (task)
        {
        case 7:
            throw std::runtime_error("seven");
        case 11:
            std::raise(SIGKILL);
            return "";
        case 13:
            std::_Exit(3);
        case 17:
            while (true)
            {
                pause();
            }
        default:
            return std::string(1000 * task, 'x');
        }
    });
    std::map<uint64_t, WorkerPool::Outcome> outcomes;
    uint64_t next = 0;
    WorkerPool::Leader leader;
    leader.next = [&] { return next < tasks ? std::optional<uint64_t>(next++) : std::nullopt; };
    leader.ended = [&](const WorkerPool::Outcome& outcome) {
        EXPECT_EQ(outcomes.count(outcome.task), 0U);
        outcomes[outcome.task] = outcome;
    };
    leader.tick = [] {};
    EXPECT_EQ(pool.Run(leader), 0);
    ASSERT_EQ(outcomes.size(), tasks);
    const std::map<uint64_t, std::string> reasons{{7, "seven"},
                                                  {11, "killed by signal 9 (Killed)"},
                                                  {13, "ended with exit code 3"},
                                                  {17, "took longer than 0.5 s"}};
    for (const auto& [task, outcome] : outcomes)
    {
        const auto reason = reasons.find(task);
        EXPECT_EQ(outcome.failed, reason != reasons.end()) << task;
        EXPECT_EQ(outcome.text,
                  reason != reasons.end() ? reason->second : std::string(1000 * task, 'x'));
    }
}

// What the leader throws ends the workers, and reaches the caller.
TEST(WorkerPoolTest, PassesTheLeadersErrorOn)
{
    const WorkerPool pool(2, 0, [](uint64_t) { return std::string("done"); });
    WorkerPool::Leader leader;
    leader.next = [] { return std::optional<uint64_t>(1); };
    leader.ended = [](const WorkerPool::Outcome&) { throw std::runtime_error("disk full"); };
    leader.tick = [] {};
    EXPECT_THROW(pool.Run(leader), std::runtime_error);
}
