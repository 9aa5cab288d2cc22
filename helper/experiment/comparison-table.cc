/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "comparison-table.h"

#include "format-text.h"

namespace ns3
{

void
ComparisonTable::Mean::Add(const TransferRecord& record)
{
    if (record.status == TransferRecord::Status::OK)
    {
        sum += record.lastByte.GetSeconds() * 1e3;
        count++;
    }
}

double
ComparisonTable::Mean::Get() const
{
    return sum / count;
}

std::string
ComparisonTable::Mean::Print() const
{
    return count ? FormatText("%.1f", Get()) : "-";
}

std::string
ComparisonTable::PrintSaving(const Mean& plain, const Mean& fastOpen)
{
    if (!plain.count || !fastOpen.count)
    {
        return "-";
    }
    return FormatText("%.1f%%", 100 * (plain.Get() - fastOpen.Get()) / plain.Get());
}

void
ComparisonTable::Add(const Scenario& scenario, const ScenarioResult& result)
{
    Summary& summary = m_summaries[scenario.topology];
    summary.rtt = result.rtt;
    for (const auto& record : result.records)
    {
        const bool tfo = scenario.mode == "tfo";
        (record.transfer == 1 ? summary.first : summary.later)[tfo].Add(record);
        summary.failures += record.status != TransferRecord::Status::OK;
    }
}

std::string
ComparisonTable::Print(const std::vector<std::string>& topologies) const
{
    std::string text = FormatText("%-10s %8s | %28s | %37s | %s\n",
                                  "",
                                  "",
                                  "first transfer, mean ms",
                                  "later transfers, mean ms",
                                  "");
    text += FormatText("%-10s %8s | %13s %14s | %13s %12s %10s | %s\n",
                       "topology",
                       "RTT ms",
                       "plain",
                       "Fast Open",
                       "plain",
                       "Fast Open",
                       "saved",
                       "failed");
    for (const auto& topology : topologies)
    {
        const Summary& row = m_summaries.at(topology);
        text += FormatText("%-10s %8.1f | %13s %14s | %13s %12s %10s | %u\n",
                           topology.c_str(),
                           row.rtt.GetSeconds() * 1e3,
                           row.first[0].Print().c_str(),
                           row.first[1].Print().c_str(),
                           row.later[0].Print().c_str(),
                           row.later[1].Print().c_str(),
                           PrintSaving(row.later[0], row.later[1]).c_str(),
                           row.failures);
    }
    return text;
}

} // namespace ns3
