/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * The parts of a comparison and of the measurement of sockets: what is run, and the tables.
 * command-test.sh and bench-test.sh have the whole.
 */

#include "ns3/attribute-check.h"
#include "ns3/comparison-table.h"
#include "ns3/comparison.h"
#include "ns3/flag-reader.h"
#include "ns3/format-text.h"
#include "ns3/socket-bench-table.h"
#include "ns3/tcp-socket.h"
#include "ns3/temporary-defaults.h"
#include "ns3/uinteger.h"

#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <vector>

using namespace ns3;

namespace
{

/**
 * @param times completion times in ms; a negative one: the transfer failed
 * @return what came out of a scenario over 50 ms
 */
ScenarioResult
MakeResult(const std::vector<double>& times)
{
    ScenarioResult result;
    result.rtt = MilliSeconds(50);
    for (const double time : times)
    {
        TransferRecord record;
        record.transfer = static_cast<uint32_t>(result.records.size() + 1);
        record.status = time < 0 ? TransferRecord::Status::TIMEOUT : TransferRecord::Status::OK;
        record.lastByte = MicroSeconds(static_cast<int64_t>(1000 * time));
        result.records.push_back(record);
    }
    return result;
}

/**
 * @param text a text
 * @param number a line of it, from 0
 * @return its words, without the bars between columns
 */
std::vector<std::string>
GetWords(const std::string& text, int number)
{
    std::istringstream lines(text);
    std::string line;
    for (int i = 0; i <= number; i++)
    {
        std::getline(lines, line);
    }
    std::istringstream stream(line);
    std::vector<std::string> words;
    for (std::string word; stream >> word;)
    {
        if (word != "|")
        {
            words.push_back(word);
        }
    }
    return words;
}

using Words = std::vector<std::string>;

} // namespace

// The first transfer, which has no cookie, is told apart; failed ones have no time.
TEST(ComparisonTableTest, MeansAreOfTransfersThatCompleted)
{
    ComparisonTable table;
    Scenario scenario;
    scenario.mode = "3whs";
    table.Add(scenario, MakeResult({100, 100, -1}));
    table.Add(scenario, MakeResult({110, 100, 100}));
    scenario.mode = "tfo";
    table.Add(scenario, MakeResult({108, 40, 60}));
    scenario.topology = "lan";
    table.Add(scenario, MakeResult({-1, -1}));
    const std::string text = table.Print({"p2p", "lan"});
    EXPECT_EQ(GetWords(text, 2),
              (Words{"p2p", "50.0", "105.0", "108.0", "100.0", "50.0", "50.0%", "1"}));
    EXPECT_EQ(GetWords(text, 3), (Words{"lan", "50.0", "-", "-", "-", "-", "-", "2"}));
}

// Each topology, mode and run comes once, in that order; segments are kept for a file alone.
TEST(ComparisonTest, RunsEachCombinationOnce)
{
    ComparisonRequest request;
    request.topologies = {"p2p", "lan"};
    request.scenario.transfers = 1;
    request.runs = 2;
    request.segments = "wanted";
    Words seen;
    RunComparison(request, [&seen](const Scenario& scenario, const ScenarioResult& result) {
        seen.push_back(scenario.topology + " " + scenario.mode + " " +
                       std::to_string(scenario.run));
        EXPECT_EQ(result.records.size(), 1U);
        EXPECT_FALSE(result.segments.empty());
        EXPECT_EQ(scenario.pcap, "");
    });
    EXPECT_EQ(seen,
              (Words{"p2p 3whs 1",
                     "p2p 3whs 2",
                     "p2p tfo 1",
                     "p2p tfo 2",
                     "lan 3whs 1",
                     "lan 3whs 2",
                     "lan tfo 1",
                     "lan tfo 2"}));
}

// A topology that cannot be is found before the first one runs; the message names the flag.
TEST(ComparisonTest, CheckNamesTheFlag)
{
    ComparisonRequest request;
    request.modes = {"3whs", "quic"};
    try
    {
        request.Check();
        ADD_FAILURE() << "there is no mode quic";
    }
    catch (const WrongInput& wrong)
    {
        EXPECT_EQ(std::string(wrong.what()).compare(0, 8, "--modes:"), 0) << wrong.what();
    }
    request.modes = {"3whs"};
    request.topologies = {"p2p", "moon"};
    EXPECT_THROW(request.Check(), WrongInput);
    request.topologies = {"p2p"};
    EXPECT_NO_THROW(request.Check());
}

// The spread is that of the rounds, of which no order is expected.
TEST(SocketBenchTest, RowsHaveMedianAndSpread)
{
    const std::vector<SocketBench::Measured> all{
        {{10, 30, 20}, {1, 1, 1}, 50},
        {{40, 10, 20}, {1.4, 1.2, 1.1}, 50},
        {{5, 6, 7, 8}, {0.5, 0.6, 0.7, 0.8}, 40},
    };
    const std::string text = PrintBenchRows(300, all);
    EXPECT_EQ(GetWords(text, 0), (Words{"300", "B", "stock", "20.0", "1.000", "50.0", "1.000"}));
    EXPECT_EQ(GetWords(text, 1),
              (Words{"off",
                     "20.0",
                     "1.200",
                     "1.150",
                     "to",
                     "1.300",
                     "1.100",
                     "to",
                     "1.400",
                     "50.0",
                     "1.000"}));
    EXPECT_EQ(GetWords(text, 2)[1], "6.5");
    EXPECT_EQ(GetWords(text, 2).back(), "0.800");
}

// A round before those that count, and the sockets in the order of their names.
TEST(SocketBenchTest, MeasuresEachSocketInEachRound)
{
    SocketBenchRequest request;
    request.scenario.transfers = 3;
    const auto all = SocketBench(request.scenario, 2).Run();
    ASSERT_EQ(all.size(), SocketBench::GetContenders().size());
    for (const auto& measured : all)
    {
        EXPECT_EQ(measured.cpu.size(), 2U);
        EXPECT_GT(measured.events, 0);
    }
    EXPECT_EQ(all[0].events, all[1].events);
    EXPECT_LT(all[2].events, all[0].events);
}

// Texts of any length come out whole.
TEST(FormatTextTest, TakesAnyLength)
{
    EXPECT_EQ(FormatText("%s", ""), "");
    EXPECT_EQ(FormatText("%5.1f|%-4s|%u%%", 2.25, "a", 7U), "  2.2|a   |7%");
    const std::string text(5000, 'x');
    EXPECT_EQ(FormatText("<%s>", text.c_str()), "<" + text + ">");
}

// A list is written as it is read.
TEST(FlagTextTest, JoinedWordsAreReadAsWritten)
{
    const Words words{"a", "b", "c"};
    EXPECT_EQ(ReadList(JoinWords(words)), words);
    EXPECT_EQ(JoinWords(words, ", "), "a, b, c");
    EXPECT_EQ(JoinWords({}), "");
    EXPECT_TRUE(ReadSwitch(PrintSwitch(true)));
    EXPECT_FALSE(ReadSwitch(PrintSwitch(false)));
}

// The message has the attribute and what is wrong with it.
TEST(AttributeCheckTest, TellsWhatIsWrong)
{
    EXPECT_EQ(CheckAttribute("ns3::TcpSocket::InitialCwnd", "4"), "");
    EXPECT_EQ(CheckAttribute("ns3::TcpSocket::Foo", "4"),
              "ns3::TcpSocket::Foo: there is no such attribute");
    EXPECT_EQ(CheckAttribute("Foo", "4"), "Foo: there is no such attribute");
    EXPECT_EQ(CheckAttribute("ns3::TcpSocket::InitialCwnd", "many")
                  .find("ns3::TcpSocket::InitialCwnd: \"many\" is not "),
              0U);
}

// Defaults are others for a while, those of a base class too, and then what they were.
TEST(TemporaryDefaultsTest, GoBackAtTheEnd)
{
    const auto get = [] {
        TypeId::AttributeInformation info;
        TcpSocket::GetTypeId().LookupAttributeByName("InitialCwnd", &info);
        return DynamicCast<const UintegerValue>(info.initialValue)->Get();
    };
    const uint64_t before = get();
    {
        const TemporaryDefaults outer(
            Scenario::Attributes{{"ns3::TcpSocketBase::InitialCwnd", "23"}});
        EXPECT_EQ(get(), 23U);
        {
            const TemporaryDefaults inner(
                Scenario::Attributes{{"ns3::TcpSocket::InitialCwnd", "42"}});
            EXPECT_EQ(get(), 42U);
        }
        EXPECT_EQ(get(), 23U);
    }
    EXPECT_EQ(get(), before);
}
