/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * Fuzz target: what users write and what sweeps leave. Flags, grids, manifests and
 * journals are either taken or refused by WrongInput with one line; what was taken
 * can be written and read again.
 */

#include "fuzz-bytes.h"

#include "ns3/flag-reader.h"
#include "ns3/scenario-flags.h"
#include "ns3/scenario.h"
#include "ns3/sweep-grid.h"
#include "ns3/sweep-manifest.h"
#include "ns3/sweep-store.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

using namespace ns3;

namespace
{

namespace fs = std::filesystem;

/// Points of a grid that are looked at: a look at each of many takes long.
constexpr uint64_t MOST_POINTS = 50;

/// Values of a flag that are looked at.
constexpr std::size_t MOST_VALUES = 200;

/// Points of the sweep whose journal is read.
constexpr uint64_t POINTS = 40;

/// A folder for the files, until the program ends; in memory where that is possible.
class Folder
{
  public:
    Folder()
    {
        const fs::path memory = "/dev/shm";
        const fs::path parent = fs::is_directory(memory) ? memory : fs::temp_directory_path();
        m_name = (parent / "tfo-fuzz-XXXXXX").string();
        FUZZ_CHECK(mkdtemp(m_name.data()));
    }

    ~Folder()
    {
        std::error_code error;
        fs::remove_all(m_name, error);
    }

    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    /**
     * @return its name
     */
    const std::string& GetName() const
    {
        return m_name;
    }

  private:
    std::string m_name; //!< its name
};

/**
 * @return the folder
 */
const std::string&
GetFolder()
{
    static const Folder folder;
    return folder.GetName();
}

/**
 * @param name a file's name in the folder
 * @param text what is to be in it
 */
void
Write(const std::string& name, const std::string& text)
{
    std::ofstream file(GetFolder() + "/" + name, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    FUZZ_CHECK(file);
}

/**
 * Read something that may be wrong.
 *
 * @param read reads it
 * @return whether it was taken
 */
bool
IsTaken(const std::function<void()>& read)
{
    try
    {
        read();
        return true;
    }
    catch (const WrongInput& wrong)
    {
        FUZZ_CHECK(*wrong.what());
        return false;
    }
}

/**
 * @param text lines
 * @return the lines, each of them
 */
std::vector<std::string>
Split(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
    {
        lines.push_back(line);
    }
    return lines;
}

/**
 * Read the flags of a scenario as tfo-compare does.
 *
 * @param text an argument a line
 */
void
ReadFlags(const std::string& text)
{
    std::vector<std::string> words = Split(text);
    words.insert(words.begin(), "fuzz");
    std::vector<char*> arguments;
    for (auto& word : words)
    {
        // FlagReader answers these, and ends the program
        if (word.compare(0, 6, "--help") == 0 || word.compare(0, 7, "--Print") == 0)
        {
            return;
        }
        arguments.push_back(word.data());
    }
    Scenario scenario;
    FlagReader reader("fuzz", "");
    for (const auto& flag : GetScenarioFlags())
    {
        reader.Add(
            flag.name,
            flag.help,
            flag.standard,
            [&](const std::string& value) { flag.set(scenario, value); },
            flag.implied);
    }
    reader.AddAttributes(
        [&](const std::string& name, const std::string& value) { scenario.tcp[name] = value; });
    std::vector<std::string> modes;
    reader.Add("modes", "", "", [&](const std::string& value) { modes = ReadList(value); });
    if (IsTaken([&] { reader.Parse(static_cast<int>(arguments.size()), arguments.data()); }))
    {
        GetVariant(scenario);
        const std::string wrong = CheckScenario(scenario);
        FUZZ_CHECK(CheckScenario(scenario) == wrong);
    }
}

/**
 * Read a grid.
 *
 * @param text NAME=LIST a line
 */
void
ReadGrid(const std::string& text)
{
    SweepGrid grid;
    for (const auto& line : Split(text))
    {
        const std::size_t equals = std::min(line.find('='), line.size());
        const std::string name = line.substr(0, equals);
        const std::string list = line.substr(std::min(equals + 1, line.size()));
        IsTaken([&] {
            // Long ranges are refused or taken as short ones are, but slowly
            if (ExpandList(list).size() <= MOST_VALUES)
            {
                grid.Set(name, list);
            }
        });
    }
    IsTaken([&] {
        const uint64_t points = grid.GetN();
        FUZZ_CHECK(points > 0);
        grid.Get(points - 1);
        if (points <= MOST_POINTS)
        {
            grid.Check({"3whs", "tfo"});
        }
    });
}

/**
 * Read a manifest, and write it again.
 *
 * @param text the file
 */
void
ReadManifest(const std::string& text)
{
    const std::string name = GetFolder() + "/manifest.json";
    Write("manifest.json", text);
    SweepManifest manifest;
    if (IsTaken([&] { manifest = SweepManifest::Read(name); }))
    {
        manifest.Write(name);
        const SweepManifest again = SweepManifest::Read(name);
        FUZZ_CHECK(again.Compare(manifest).empty());
        FUZZ_CHECK(again.flags == manifest.flags && again.tcp == manifest.tcp &&
                   again.points == manifest.points && again.command == manifest.command);
    }
}

/**
 * Read a journal as tfo-merge does, then go on with the sweep.
 *
 * @param journal the journal
 * @param size how large the results are
 */
void
ReadJournal(const std::string& journal, std::size_t size)
{
    Write("points.csv", journal);
    Write("results.csv", std::string(size, 'x') + "\n");
    std::vector<SweepStore::Entry> entries;
    IsTaken([&] { entries = SweepStore::ReadJournal(GetFolder()); });
    for (const auto& entry : entries)
    {
        IsTaken([&] {
            const std::string rows = SweepStore::ReadRows(GetFolder(), entry);
            FUZZ_CHECK(rows.empty() || rows.back() == '\n');
            FUZZ_CHECK(rows.empty() || !entry.failed);
        });
    }
    SweepManifest manifest;
    manifest.points = POINTS;
    manifest.Write(GetFolder() + "/manifest.json");
    IsTaken([&] {
        SweepStore store(GetFolder(), manifest);
        for (const auto& entry : entries)
        {
            FUZZ_CHECK(entry.point >= POINTS || store.IsDone(entry.point) != entry.failed);
        }
        store.AddRows(POINTS - 1, 1, "row\n");
        store.Finish();
        const auto after = SweepStore::ReadJournal(GetFolder());
        FUZZ_CHECK(!after.empty() && after.back().point == POINTS - 1);
        FUZZ_CHECK(SweepStore::ReadRows(GetFolder(), after.back()) == "row\n");
    });
}

} // namespace

int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    // The first byte tells the reader, as a letter so that the corpus can be read.
    FuzzBytes input(data, size);
    if (size > 0 && (*data == 'f' || *data == 'g') && std::find(data, data + size, 0) < data + size)
    {
        return -1; // an argument of a program ends at a 0
    }
    switch (input.Get8())
    {
    case 'f':
        ReadFlags(input.GetText());
        break;
    case 'g':
        ReadGrid(input.GetText());
        break;
    case 'm':
        ReadManifest(input.GetText());
        break;
    case 'j': {
        const std::size_t results = input.Get8() * 8;
        ReadJournal(input.GetText(), results);
        break;
    }
    default:
        return -1; // not to be kept
    }
    return 0;
}
