/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "sweep-store.h"

#include "ns3/flag-reader.h"
#include "ns3/result-csv.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

namespace ns3
{

namespace
{

const std::string RESULTS = "/results.csv";                            //!< the rows
const std::string JOURNAL = "/points.csv";                             //!< the journal
const std::string MANIFEST = "/manifest.json";                         //!< the manifest
const std::string JOURNAL_HEADER = "point,status,runs,bytes,reason\n"; //!< its first line

/// What a journal says.
struct Journal
{
    std::vector<SweepStore::Entry> entries; //!< its lines
    std::vector<uint64_t> ends;             //!< where they end, in bytes
    uint64_t header{0};                     //!< where the first line ends; 0: there is none
};

/**
 * @return the first line of `results.csv`
 */
std::string
GetHeader()
{
    std::ostringstream header;
    WriteTransferHeader(header);
    return header.str();
}

/**
 * Read a journal up to the first line that is not whole, or tells of rows that are
 * not there: all from it on was written in the moment of a crash.
 *
 * @param text the file
 * @param results the size of the results in bytes
 * @return what it says
 */
Journal
ParseJournal(const std::string& text, uint64_t results)
{
    static const std::regex form("([0-9]{1,18}),(done|failed),([0-9]{1,9}),([0-9]{1,18}),");
    Journal journal;
    if (text.compare(0, JOURNAL_HEADER.size(), JOURNAL_HEADER) != 0)
    {
        return journal;
    }
    journal.header = JOURNAL_HEADER.size();
    uint64_t rows = GetHeader().size();
    std::size_t begin = journal.header;
    for (std::size_t feed; (feed = text.find('\n', begin)) != std::string::npos; begin = feed + 1)
    {
        std::smatch match;
        const std::string line = text.substr(begin, feed - begin);
        if (!std::regex_search(line, match, form, std::regex_constants::match_continuous))
        {
            break;
        }
        SweepStore::Entry entry;
        entry.point = std::stoull(match[1]);
        entry.failed = match[2] == "failed";
        entry.runs = static_cast<uint32_t>(std::stoul(match[3]));
        entry.begin = rows;
        entry.end = std::stoull(match[4]);
        entry.reason = match.suffix();
        if (entry.end < entry.begin || entry.end > results ||
            (entry.failed && entry.end != entry.begin))
        {
            break;
        }
        rows = entry.end;
        journal.entries.push_back(entry);
        journal.ends.push_back(feed + 1);
    }
    return journal;
}

/**
 * @param name a file
 * @return what is in it
 */
std::string
ReadFile(const std::string& name)
{
    std::ifstream file(name, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file)
    {
        throw WrongInput(name + ": cannot be read");
    }
    return text.str();
}

/**
 * @param folder a folder
 * @return whether there is nothing in it but what a sweep leaves that was killed
 *         in its first moments
 */
bool
IsFresh(const std::string& folder)
{
    namespace fs = std::filesystem;
    std::error_code error;
    const auto files = fs::directory_iterator(folder, error);
    return std::all_of(begin(files), end(files), [&](const fs::directory_entry& file) {
        const std::string name = "/" + file.path().filename().string();
        return name == MANIFEST + ".new" || (name == JOURNAL && file.file_size(error) == 0);
    });
}

} // namespace

SweepStore::SweepStore(const std::string& folder, const SweepManifest& manifest)
    : m_folder(folder),
      m_manifest(manifest),
      m_done(manifest.points)
{
    namespace fs = std::filesystem;
    const std::string about = "--out=" + folder + ": ";
    std::error_code error;
    fs::create_directories(folder, error);
    if (error)
    {
        throw WrongInput(about + "cannot be created: " + error.message());
    }
    const bool known = fs::exists(folder + MANIFEST, error);
    if (!known && !IsFresh(folder))
    {
        throw WrongInput(about + "holds something else than a sweep; take another folder");
    }
    m_journal.emplace(folder + JOURNAL);
    if (!m_journal->Lock())
    {
        throw WrongInput(about + "is in use by another sweep");
    }
    if (known)
    {
        const SweepManifest old = SweepManifest::Read(folder + MANIFEST);
        const std::string difference = old.Compare(manifest);
        if (!difference.empty())
        {
            throw WrongInput(about + "holds another sweep, where " + difference +
                             "; take another folder");
        }
        m_manifest.started = old.started;
    }
    m_manifest.Write(folder + MANIFEST);

    // Both files are cut to what they agree on.
    m_results.emplace(folder + RESULTS);
    const Journal journal = ParseJournal(m_journal->Read(), m_results->GetSize());
    const auto cut = [](DurableFile& file, uint64_t size, const std::string& header) {
        file.Truncate(size);
        if (size == 0)
        {
            file.Append(header);
        }
    };
    const std::string header = GetHeader();
    if (journal.entries.empty())
    {
        cut(*m_results, 0, header);
        cut(*m_journal, 0, JOURNAL_HEADER);
        m_size = header.size();
        return;
    }
    for (const auto& entry : journal.entries)
    {
        if (entry.point >= m_done.size())
        {
            throw WrongInput(about + "its points.csv tells of point " +
                             std::to_string(entry.point) + ", where the last one is " +
                             std::to_string(m_done.size() - 1));
        }
    }
    m_size = journal.entries.back().end;
    cut(*m_results, m_size, header);
    cut(*m_journal, journal.ends.back(), JOURNAL_HEADER);
    for (const auto& entry : journal.entries)
    {
        m_done.at(entry.point) = !entry.failed;
    }
}

bool
SweepStore::IsDone(uint64_t point) const
{
    return m_done.at(point);
}

void
SweepStore::AddRows(uint64_t point, uint32_t runs, const std::string& rows)
{
    m_rows += rows;
    m_size += rows.size();
    m_done.at(point) = true;
    Note({point, false, runs, 0, m_size, ""});
}

void
SweepStore::AddFailure(uint64_t point, const std::string& reason)
{
    Note({point, true, 0, 0, m_size, reason});
}

void
SweepStore::Note(const Entry& entry)
{
    std::string reason = entry.reason; // one field of one line
    std::replace_if(
        reason.begin(),
        reason.end(),
        [](char c) { return c == ',' || c == '"' || static_cast<unsigned char>(c) < ' '; },
        ' ');
    std::ostringstream line;
    line << entry.point << (entry.failed ? ",failed," : ",done,") << entry.runs << ',' << entry.end
         << ',' << reason << '\n';
    m_lines += line.str();
}

void
SweepStore::Flush()
{
    if (!m_rows.empty())
    {
        m_results->Append(m_rows);
        m_rows.clear();
    }
    if (!m_lines.empty())
    {
        m_journal->Append(m_lines);
        m_lines.clear();
    }
}

void
SweepStore::Finish()
{
    Flush();
    m_manifest.ended = GetTimestamp();
    m_manifest.Write(m_folder + MANIFEST);
}

std::vector<SweepStore::Entry>
SweepStore::ReadJournal(const std::string& folder)
{
    const std::string text = ReadFile(folder + JOURNAL);
    std::error_code error;
    const auto size = std::filesystem::file_size(folder + RESULTS, error);
    if (error)
    {
        throw WrongInput(folder + RESULTS + ": cannot be read: " + error.message());
    }
    const Journal journal = ParseJournal(text, size);
    std::map<uint64_t, Entry> last;
    for (const auto& entry : journal.entries)
    {
        last[entry.point] = entry;
    }
    std::vector<Entry> entries;
    for (const auto& item : last)
    {
        entries.push_back(item.second);
    }
    return entries;
}

SweepManifest
SweepStore::ReadManifest(const std::string& folder)
{
    return SweepManifest::Read(folder + MANIFEST);
}

std::string
SweepStore::ReadRows(const std::string& folder, const Entry& entry)
{
    std::ifstream file(folder + RESULTS, std::ios::binary);
    std::string rows(entry.end - entry.begin, '\0');
    file.seekg(static_cast<std::streamoff>(entry.begin));
    file.read(rows.data(), static_cast<std::streamsize>(rows.size()));
    if (!file || (!rows.empty() && rows.back() != '\n'))
    {
        throw WrongInput(folder + RESULTS + ": was changed since the sweep wrote it");
    }
    return rows;
}

} // namespace ns3
