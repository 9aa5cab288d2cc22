/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "socket-bench-request.h"

#include "flag-reader.h"
#include "format-text.h"

#include <string>

namespace ns3
{

namespace
{

/// The largest number that a flag takes.
constexpr uint32_t MOST = 1000000;

/**
 * @param text numbers joined by commas
 * @return the numbers
 */
std::vector<uint32_t>
ReadCounts(const std::string& text)
{
    std::vector<uint32_t> numbers;
    for (const auto& word : ReadList(text))
    {
        numbers.push_back(ReadCount(word, 1, MOST));
    }
    return numbers;
}

/**
 * @param numbers numbers
 * @return them, joined by commas
 */
std::string
PrintCounts(const std::vector<uint32_t>& numbers)
{
    std::vector<std::string> words;
    for (const uint32_t number : numbers)
    {
        words.push_back(std::to_string(number));
    }
    return JoinWords(words);
}

} // namespace

Scenario
SocketBenchRequest::GetScenario()
{
    Scenario scenario;
    // ns-3's own TCP, with a segment that leaves room for the timestamps and the
    // initial window of today: settings that all three kinds of sockets have.
    scenario.tcp = {
        {"ns3::TcpSocket::SegmentSize", "1448"},
        {"ns3::TcpSocket::InitialCwnd", "10"},
    };
    scenario.transfers = 2000;
    scenario.gap = Seconds(250); // TIME-WAIT lasts 240 s
    return scenario;
}

void
SocketBenchRequest::AddFlags(FlagReader& reader)
{
    reader.Add("transfers",
               "transfers over each kind of sockets in a round",
               std::to_string(scenario.transfers),
               [this](const std::string& text) { scenario.transfers = ReadCount(text, 1, MOST); });
    reader.Add("rounds",
               "rounds that count; one more goes before them",
               std::to_string(rounds),
               [this](const std::string& text) { rounds = ReadCount(text, 1, MOST); });
    reader.Add("request",
               "bytes of a request",
               std::to_string(scenario.request),
               [this](const std::string& text) { scenario.request = ReadCount(text, 1, MOST); });
    reader.Add("responses",
               "bytes of a response; several with commas",
               PrintCounts(responses),
               [this](const std::string& text) { responses = ReadCounts(text); });
    reader.Add("gap",
               "time between two connections; those in TIME-WAIT pile up below 240s",
               FormatText("%gs", scenario.gap->GetSeconds()),
               [this](const std::string& text) {
                   scenario.gap = Seconds(ReadSeconds(text, "needs a time, 100ms say"));
               });
}

} // namespace ns3
