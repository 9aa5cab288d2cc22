/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * What a sweep is asked for: flags, grids, manifests, and what follows from them.
 */

#include "ns3/flag-reader.h"
#include "ns3/sweep-request-reader.h"
#include "ns3/sweep-request.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <vector>

using namespace ns3;

namespace
{

/// Reads requests, from flags and from files in a folder of its own.
class SweepRequests : public ::testing::Test
{
  protected:
    void SetUp() override
    {
        std::string name = (std::filesystem::temp_directory_path() / "request-XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        m_folder = name;
    }

    void TearDown() override
    {
        std::filesystem::remove_all(m_folder);
    }

    /**
     * @param flags the flags
     * @return what they ask for
     */
    SweepRequest Read(std::vector<std::string> flags)
    {
        flags.insert(flags.begin(), "test");
        std::vector<char*> arguments;
        for (auto& flag : flags)
        {
            arguments.push_back(flag.data());
        }
        SweepRequestReader reader("test", "", [this](const std::string& remark) {
            m_remarks.push_back(remark);
        });
        return reader.Read(static_cast<int>(arguments.size()), arguments.data());
    }

    /**
     * @param name a file's name
     * @param text what is to be in it
     * @return its path
     */
    std::string Write(const std::string& name, const std::string& text) const
    {
        std::ofstream(m_folder + "/" + name) << text;
        return m_folder + "/" + name;
    }

    /**
     * @param flags flags
     * @return what is said against them, alone or as a whole; empty: nothing
     */
    std::string Refuse(const std::vector<std::string>& flags)
    {
        try
        {
            Read(flags).Check();
            return "";
        }
        catch (const WrongInput& wrong)
        {
            return wrong.what();
        }
    }

    std::string m_folder;               //!< the folder
    std::vector<std::string> m_remarks; //!< what was remarked
};

} // namespace

// What is not given has its standard value, and says so, for the manifest; what the
// topology decides on is left out.
TEST_F(SweepRequests, StandardValuesAreNoted)
{
    const SweepRequest request = Read({});
    const SweepRequest standard;
    EXPECT_EQ(request.flags.at("modes"), JoinWords(Scenario::GetModes()));
    EXPECT_EQ(request.flags.at("runs"), std::to_string(standard.plan.runs));
    EXPECT_EQ(request.flags.at("response"), std::to_string(Scenario().response));
    EXPECT_EQ(request.flags.at("precision"), "none");
    EXPECT_EQ(request.flags.count("rtt"), 0U);
    EXPECT_EQ(request.flags.count("jobs"), 0U);
    EXPECT_EQ(request.grid.GetN(), 1U);
    EXPECT_EQ(request.plan.modes, standard.plan.modes);
    EXPECT_EQ(request.plan.precision, standard.plan.precision);
    EXPECT_EQ(request.out, standard.out);
    EXPECT_EQ(Refuse({}), "");
}

// Parameters may stand in a file; where a thing is said twice, the last one holds.
TEST_F(SweepRequests, GridIsReadInItsTurn)
{
    const std::string grid = "--grid=" + Write("grid.ini",
                                               "; a remark\nrtt = 20ms:60ms:20ms\nruns = 3\n"
                                               "ns3::TcpSocket::InitialCwnd = 4, 10\n");
    const SweepRequest before = Read({"--runs=5", grid});
    EXPECT_EQ(before.grid.GetN(), 6U);
    EXPECT_EQ(before.plan.runs, 3U);
    EXPECT_EQ(before.flags.at("ns3::TcpSocket::InitialCwnd"), "4, 10");
    EXPECT_EQ(Read({grid, "--runs=5"}).plan.runs, 5U);
    EXPECT_NE(Refuse({"--grid=" + Write("jobs.ini", "jobs = 2\n")}).find("\"jobs\" is no"),
              std::string::npos);
    EXPECT_NE(Refuse({"--grid=" + Write("bad.ini", "runs 2\n")}).find("line 1"), std::string::npos);
}

// A manifest asks for the same sweep again; that of another version is remarked on.
TEST_F(SweepRequests, ManifestAsksForTheSameAgain)
{
    const SweepRequest request = Read({"--rtt=20ms,40ms", "--precision=5%", "--max-runs=70"});
    SweepManifest manifest = request.GetManifest();
    manifest.Write(m_folder + "/manifest.json");
    const std::string flag = "--manifest=" + m_folder + "/manifest.json";
    EXPECT_EQ(Read({flag}).GetManifest().Compare(manifest), "");
    EXPECT_DOUBLE_EQ(Read({flag}).plan.precision, 0.05);
    EXPECT_TRUE(m_remarks.empty());
    manifest.module = "0.0.1";
    manifest.Write(m_folder + "/manifest.json");
    EXPECT_EQ(Read({flag}).flags, request.flags);
    ASSERT_EQ(m_remarks.size(), 1U);
    EXPECT_NE(m_remarks[0].find("made by version 0.0.1 on ns-3 "), std::string::npos);
}

// The command repeats the sweep in a shell, which must not take values apart.
TEST_F(SweepRequests, CommandIsQuotedForAShell)
{
    const SweepRequest request = Read({"--rtt=20ms, 40ms", "--runs=3", "--out=elsewhere"});
    const std::string command = request.GetCommand();
    EXPECT_EQ(command.compare(0, 12, "./tfo sweep "), 0) << command;
    EXPECT_NE(command.find(" '--rtt=20ms, 40ms'"), std::string::npos) << command;
    EXPECT_NE(command.find(" --runs=3"), std::string::npos) << command;
    EXPECT_EQ(command.find("elsewhere"), std::string::npos) << command;
}

// Each point is in one shard.
TEST_F(SweepRequests, ShardsShareThePoints)
{
    using Points = std::vector<uint64_t>;
    const std::string five = "--rtt=1ms:5ms:1ms";
    EXPECT_EQ(Read({five}).GetPoints(), (Points{0, 1, 2, 3, 4}));
    EXPECT_EQ(Read({five, "--shard=1/3"}).GetPoints(), (Points{0, 3}));
    EXPECT_EQ(Read({five, "--shard=3/3"}).GetPoints(), (Points{2}));
    EXPECT_EQ(Read({five, "--shard=6/7"}).GetPoints(), Points{});
    EXPECT_EQ(Read({five, "--shard=2/3"}).GetManifest().shard, "2/3");
    EXPECT_EQ(Read({five, "--shard=2/3"}).GetManifest().points, 5U);
    EXPECT_EQ(Read({five}).GetManifest().shard, "");
}

// What each flag may say for itself can be wrong in all.
TEST_F(SweepRequests, CheckLooksAtTheWhole)
{
    const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
        {{"--modes=tfo,tfo"}, "--modes=tfo,tfo: "},
        {{"--modes=quic"}, "--modes=quic: "},
        {{"--precision=1%", "--modes=tfo"}, "--precision: "},
        {{"--precision=1%", "--transfers=1"}, "--precision: "},
        {{"--precision=1%", "--runs=8", "--max-runs=7"}, "--max-runs=7: is less than --runs"},
        {{"--response=1:100001:1"}, "100001 points, 2000020 simulations; confirm that by --yes"},
        {{"--rtt=10ms", "--topology=satellite"}, "--rtt: "},
    };
    for (const auto& [flags, text] : cases)
    {
        EXPECT_NE(Refuse(flags).find(text), std::string::npos) << text << "\n" << Refuse(flags);
    }
    EXPECT_EQ(Refuse({"--precision=1%", "--runs=7", "--max-runs=7"}), "");
}
