/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * The running of a sweep, what is told of it, and the joining of its parts.
 */

#include "ns3/flag-reader.h"
#include "ns3/sweep-estimate.h"
#include "ns3/sweep-merge.h"
#include "ns3/sweep-progress.h"
#include "ns3/sweep-runner.h"
#include "ns3/sweep-store.h"

#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <vector>

using namespace ns3;

namespace
{

/// Gives each test a folder of its own.
class SweepParts : public ::testing::Test
{
  protected:
    void SetUp() override
    {
        std::string name = (std::filesystem::temp_directory_path() / "parts-XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        m_folder = name;
    }

    void TearDown() override
    {
        std::filesystem::remove_all(m_folder);
    }

    /**
     * Make the folder of a part of a sweep of 4 points.
     *
     * @param name its name
     * @param points the points it has
     * @param failed the points that failed
     * @param host where it was made
     * @return the folder
     */
    std::string MakePart(const std::string& name,
                         const std::vector<uint64_t>& points,
                         const std::vector<uint64_t>& failed,
                         const std::string& host = "here") const
    {
        SweepManifest manifest = SweepManifest::Create();
        manifest.flags = {{"rtt", "1ms:4ms:1ms"}};
        manifest.points = 4;
        manifest.host = host;
        manifest.shard = "1/2";
        SweepStore store(m_folder + "/" + name, manifest);
        for (const uint64_t point : points)
        {
            store.AddRows(point, 1, "row " + std::to_string(point) + "\n");
        }
        for (const uint64_t point : failed)
        {
            store.AddFailure(point, "broke");
        }
        store.Finish();
        return m_folder + "/" + name;
    }

    /**
     * @param parts folders
     * @return what came of merging them into the folder `whole`
     */
    SweepMerge::Outcome Merge(const std::vector<std::string>& parts) const
    {
        SweepMerge merge(m_folder + "/whole");
        for (const auto& part : parts)
        {
            merge.Add(part);
        }
        return merge.Write();
    }

    std::string m_folder; //!< the folder
};

} // namespace

// The time left is for the points left, at the rate up to now.
TEST(SweepProgressTest, LineTellsTheTimeLeft)
{
    EXPECT_EQ(SweepProgress::PrintLine(100, 40, 2, 0.5),
              "\r40 of 100 points, 0.5/s, 0:02:00 left, 2 failed\033[K");
    EXPECT_EQ(SweepProgress::PrintLine(10000, 0, 0, 1),
              "\r0 of 10000 points, 1.0/s, 2:46:40 left, 0 failed\033[K");
    EXPECT_EQ(SweepProgress::PrintLine(7, 3, 0, 0),
              "\r3 of 7 points, 0.0/s, 0:00:00 left, 0 failed\033[K");
}

// Points that were there do not count for the rate.
TEST(SweepProgressTest, CountsFromWhatWasThere)
{
    SweepProgress progress(10, 4);
    EXPECT_EQ(progress.GetRate(), 0);
    progress.Count(false);
    progress.Count(true);
    EXPECT_EQ(progress.GetDone(), 6U);
    EXPECT_EQ(progress.GetFailed(), 1U);
    EXPECT_GT(progress.GetRate(), 0);
}

// Workers share the time; there are no more of them at work than points.
TEST(SweepEstimateTest, WorkersShareTheTime)
{
    SweepRequest request;
    request.grid.Set("rtt", "1ms:6ms:1ms");
    request.plan.runs = 5;
    request.jobs = 4;
    const SweepEstimate estimate(request, 0.5);
    EXPECT_EQ(estimate.GetSimulations(), 60U);
    EXPECT_DOUBLE_EQ(estimate.GetTime(), 6 * 5 * 0.5 / 4);
    EXPECT_EQ(estimate.Print(),
              "6 points, 5 runs of each, 2 modes: 60 simulations; about 4 s with 4 jobs");
    request.jobs = 100;
    request.plan.precision = 0.02;
    request.plan.modes = {"tfo"};
    EXPECT_EQ(
        SweepEstimate(request, 0.5).Print(),
        "6 points, 5 runs of each at least, 1 modes: 30 simulations; about 3 s with 100 jobs");
    request.shard = 7;
    request.shards = 7;
    EXPECT_EQ(SweepEstimate::MeasureRun(request), 0) << "it has no points";
    EXPECT_EQ(SweepEstimate(request, 0).GetTime(), 0);
}

// A folder that has all points is left as it is.
TEST_F(SweepParts, RunnerRunsWhatIsNotThere)
{
    SweepRequest request;
    request.grid.Set("rtt", "10ms,20ms,30ms");
    request.grid.Set("transfers", "2");
    request.plan.runs = 1;
    request.out = m_folder + "/out";
    request.jobs = 2;
    {
        SweepRunner runner(request);
        EXPECT_EQ(runner.GetN(), 3U);
        EXPECT_EQ(runner.GetFound(), 0U);
        SweepProgress progress(runner.GetN(), runner.GetFound());
        EXPECT_EQ(runner.Run(progress).signal, 0);
        EXPECT_EQ(progress.GetDone(), 3U);
        EXPECT_EQ(progress.GetFailed(), 0U);
    }
    const auto entries = SweepStore::ReadJournal(request.out);
    ASSERT_EQ(entries.size(), 3U);
    const std::string rows = SweepStore::ReadRows(request.out, entries[1]);
    uint32_t runs = 0;
    EXPECT_EQ(rows, RunPoint(request.grid.Get(1), request.plan, runs));
    EXPECT_EQ(entries[1].runs, 1U);
    EXPECT_NE(SweepStore::ReadManifest(request.out).ended, "");
    SweepRunner again(request);
    EXPECT_EQ(again.GetFound(), 3U);
    SweepProgress progress(again.GetN(), again.GetFound());
    EXPECT_EQ(again.Run(progress).signal, 0);
    EXPECT_EQ(SweepStore::ReadRows(request.out, SweepStore::ReadJournal(request.out)[1]), rows);
}

// The whole has the points in their order, each as the part has it that ended it well.
TEST_F(SweepParts, MergeTakesTheBestOfEachPart)
{
    const auto outcome =
        Merge({MakePart("a", {3, 0}, {1}), MakePart("b", {1, 2, 0}, {3}, "there")});
    EXPECT_EQ(outcome.points, 4U);
    EXPECT_EQ(outcome.found, 4U);
    EXPECT_EQ(outcome.PrintLack(), "");
    const std::string whole = m_folder + "/whole";
    std::string rows;
    for (const auto& entry : SweepStore::ReadJournal(whole))
    {
        EXPECT_FALSE(entry.failed) << entry.point;
        rows += SweepStore::ReadRows(whole, entry);
    }
    EXPECT_EQ(rows, "row 0\nrow 1\nrow 2\nrow 3\n");
    const SweepManifest manifest = SweepStore::ReadManifest(whole);
    EXPECT_EQ(manifest.host, "here, there");
    EXPECT_EQ(manifest.shard, "");
    EXPECT_NE(manifest.ended, "");
}

// What is missing comes before what failed, for the same command makes both.
TEST_F(SweepParts, MergeTellsWhatTheWholeLacks)
{
    const auto outcome = Merge({MakePart("a", {0}, {2})});
    EXPECT_EQ(outcome.found, 2U);
    EXPECT_EQ(outcome.PrintLack(), "2 points are missing: 1, 3");
    EXPECT_EQ(SweepStore::ReadManifest(m_folder + "/whole").ended, "");
    SweepMerge::Outcome other;
    other.failed = {5, 7};
    EXPECT_EQ(other.PrintLack(), "2 points failed: 5, 7");
    for (uint64_t point = 0; point < 12; point++)
    {
        other.missing.push_back(point);
    }
    EXPECT_EQ(other.PrintLack(), "12 points are missing: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ...");
}

// Parts that do not fit together, and folders that hold something, are refused.
TEST_F(SweepParts, MergeRefusesWhatDoesNotFit)
{
    const std::string part = MakePart("a", {0, 1}, {});
    EXPECT_THROW(SweepMerge{part}, WrongInput);
    EXPECT_THROW(Merge({part, m_folder}), WrongInput);
    SweepManifest manifest = SweepStore::ReadManifest(part);
    manifest.flags["rtt"] = "1ms:4ms:2ms";
    manifest.Write(MakePart("b", {2, 3}, {}) + "/manifest.json");
    EXPECT_THROW(Merge({part, m_folder + "/b"}), WrongInput);
    manifest.flags = SweepStore::ReadManifest(part).flags;
    {
        SweepStore other(m_folder + "/c", manifest);
        other.AddRows(1, 1, "other rows\n");
        other.Finish();
    }
    EXPECT_THROW(Merge({part, m_folder + "/c"}), WrongInput);
    EXPECT_FALSE(std::filesystem::exists(m_folder + "/whole"));
}
