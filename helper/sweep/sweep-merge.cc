/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "sweep-merge.h"

#include "ns3/flag-reader.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace ns3
{

namespace
{

/**
 * @param numbers numbers in ascending order
 * @return the first ones of them as a text
 */
std::string
List(const std::vector<uint64_t>& numbers)
{
    constexpr std::size_t most = 10;
    std::vector<std::string> words;
    for (std::size_t i = 0; i < std::min(most, numbers.size()); i++)
    {
        words.push_back(std::to_string(numbers[i]));
    }
    if (numbers.size() > most)
    {
        words.emplace_back("...");
    }
    return JoinWords(words, ", ");
}

} // namespace

std::string
SweepMerge::Outcome::PrintLack() const
{
    if (!missing.empty())
    {
        return std::to_string(missing.size()) + " points are missing: " + List(missing);
    }
    return failed.empty() ? "" : std::to_string(failed.size()) + " points failed: " + List(failed);
}

SweepMerge::SweepMerge(const std::string& out)
    : m_out(out)
{
    std::error_code error;
    if (std::filesystem::exists(out, error) && !std::filesystem::is_empty(out, error))
    {
        throw WrongInput("--out=" + out + ": is not empty; take another folder");
    }
}

void
SweepMerge::Add(const std::string& folder)
{
    SweepManifest manifest = SweepStore::ReadManifest(folder);
    m_first = m_hosts.empty() ? folder : m_first;
    m_hosts.insert(manifest.host);
    manifest.shard = "";
    if (m_whole.points == 0)
    {
        m_whole = manifest;
    }
    const std::string difference = manifest.Compare(m_whole);
    if (!difference.empty())
    {
        throw WrongInput(folder + ": is of another sweep than " + m_first + ": " + difference);
    }
    m_whole.started = std::min(m_whole.started, manifest.started);
    for (const auto& entry : SweepStore::ReadJournal(folder))
    {
        AddPoint(folder, entry);
    }
}

void
SweepMerge::AddPoint(const std::string& folder, const SweepStore::Entry& entry)
{
    if (entry.point >= m_whole.points)
    {
        throw WrongInput(folder + ": has a point " + std::to_string(entry.point) + " of " +
                         std::to_string(m_whole.points));
    }
    const auto found = m_points.find(entry.point);
    if (found == m_points.end() || found->second.entry.failed)
    {
        m_points[entry.point] = {folder, entry};
    }
    else if (!entry.failed && SweepStore::ReadRows(folder, entry) !=
                                  SweepStore::ReadRows(found->second.folder, found->second.entry))
    {
        throw WrongInput(folder + ": has other rows for point " + std::to_string(entry.point) +
                         " than " + found->second.folder);
    }
}

SweepMerge::Outcome
SweepMerge::Write()
{
    m_whole.host = JoinWords({m_hosts.begin(), m_hosts.end()}, ", ");
    m_whole.ended = "";
    Outcome outcome;
    outcome.points = m_whole.points;
    outcome.found = m_points.size();
    SweepStore store(m_out, m_whole);
    for (uint64_t point = 0; point < m_whole.points; point++)
    {
        const auto found = m_points.find(point);
        if (found == m_points.end())
        {
            outcome.missing.push_back(point);
            continue;
        }
        const auto& [folder, entry] = found->second;
        if (entry.failed)
        {
            outcome.failed.push_back(point);
            store.AddFailure(point, entry.reason);
        }
        else
        {
            store.AddRows(point, entry.runs, SweepStore::ReadRows(folder, entry));
        }
    }
    outcome.missing.empty() ? store.Finish() : store.Flush();
    return outcome;
}

} // namespace ns3
