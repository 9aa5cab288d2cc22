/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "flag-reader.h"

#include "ns3/command-line.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <regex>
#include <sstream>

namespace ns3
{

FlagReader::FlagReader(const std::string& file, const std::string& usage)
    : m_file(file),
      m_usage(usage)
{
}

void
FlagReader::Add(const std::string& name,
                const std::string& help,
                const std::string& standard,
                const Reader& read,
                const std::string& implied)
{
    m_flags[name] = {help, standard, read, implied};
}

void
FlagReader::AddAttributes(const AttributeReader& read)
{
    m_readAttribute = read;
}

void
FlagReader::AddWords(const Reader& read)
{
    m_readWord = read;
}

void
FlagReader::Parse(int argc, char* argv[]) const
{
    for (int i = 1; i < argc; i++)
    {
        const std::string argument(argv[i]);
        if (m_readWord && argument.compare(0, 1, "-") != 0)
        {
            m_readWord(argument);
            continue;
        }
        const std::size_t equals = std::min(argument.find('='), argument.size());
        if (argument.compare(0, 2, "--") != 0 || equals == 2 || argument.size() == 2)
        {
            throw WrongInput(argument + ": flags have the form --name=value, see --help");
        }
        const std::string name = argument.substr(2, equals - 2);
        if (name == "help" || name.compare(0, 5, "Print") == 0)
        {
            CommandLine help(m_file);
            help.Usage(m_usage);
            std::map<std::string, std::string> standards; // what help keeps references to
            for (const auto& [flagName, flag] : m_flags)
            {
                help.AddValue(flagName, flag.help, standards[flagName] = flag.standard);
            }
            help.Parse(argc, argv); // prints and ends the program
        }
        const auto flag = m_flags.find(name);
        const bool hasValue = equals < argument.size();
        const bool implied = !hasValue && flag != m_flags.end();
        Set(name, implied ? flag->second.implied : argument.substr(equals + hasValue));
    }
}

void
FlagReader::Set(const std::string& name, const std::string& value) const
{
    const auto flag = m_flags.find(name);
    const bool attribute = name.compare(0, 5, "ns3::") == 0;
    if (attribute ? !m_readAttribute : flag == m_flags.end())
    {
        throw WrongInput("--" + name + ": there is no such flag, see --help");
    }
    if (value.empty() && !attribute)
    {
        throw WrongInput("--" + name + ": needs a value, --" + name + "=VALUE");
    }
    try
    {
        attribute ? m_readAttribute(name, value) : flag->second.read(value);
    }
    catch (const WrongInput& wrong)
    {
        throw WrongInput("--" + name + "=" + value + ": " + wrong.what());
    }
}

int
RunProgram(const std::string& name, const std::function<int()>& main, int wrong)
{
    try
    {
        return main();
    }
    catch (const std::exception& error)
    {
        std::cerr << name << ": " << error.what() << std::endl;
        return wrong;
    }
}

std::vector<std::string>
ReadList(const std::string& text)
{
    std::vector<std::string> words;
    std::istringstream stream(text);
    for (std::string word; std::getline(stream, word, ',');)
    {
        const auto begin = word.find_first_not_of(" \t");
        if (begin == std::string::npos)
        {
            throw WrongInput("there is nothing between two commas");
        }
        words.push_back(word.substr(begin, word.find_last_not_of(" \t") + 1 - begin));
    }
    if (words.empty() || text.back() == ',')
    {
        throw WrongInput("needs words joined by commas");
    }
    return words;
}

std::string
JoinWords(const std::vector<std::string>& words, const std::string& separator)
{
    std::string text;
    for (const auto& word : words)
    {
        text += (text.empty() ? "" : separator) + word;
    }
    return text;
}

double
ReadQuantity(const std::string& text,
             const std::map<std::string, double>& units,
             const std::string& allowed)
{
    static const std::regex form(R"(([0-9]*\.?[0-9]+(?:e-?[0-9]+)?)([A-Za-z/%]*))");
    std::smatch match;
    if (text.size() > MAX_FORM || !std::regex_match(text, match, form) ||
        units.count(match[2]) == 0)
    {
        throw WrongInput(allowed);
    }
    return std::strtod(match[1].str().c_str(), nullptr) * units.at(match[2]);
}

const std::map<std::string, double>&
GetRateUnits()
{
    static const std::map<std::string, double> units{
        {"bps", 1},
        {"kbps", 1e3},
        {"Mbps", 1e6},
        {"Gbps", 1e9},
        {"b/s", 1},
        {"kb/s", 1e3},
        {"Mb/s", 1e6},
        {"Gb/s", 1e9},
    };
    return units;
}

double
ReadSeconds(const std::string& text, const std::string& allowed)
{
    static const std::map<std::string, double> units{
        {"s", 1},
        {"ms", 1e-3},
        {"us", 1e-6},
        {"ns", 1e-9},
    };
    const double seconds = ReadQuantity(text, units, allowed);
    if (seconds > 86400)
    {
        throw WrongInput(allowed); // ns-3's Time would overflow
    }
    return seconds;
}

uint32_t
ReadCount(const std::string& text, uint32_t least, uint32_t most)
{
    const std::string allowed =
        "needs a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    const double value = ReadQuantity(text, {{"", 1}}, allowed);
    if (value < least || value > most || value != std::floor(value))
    {
        throw WrongInput(allowed);
    }
    return static_cast<uint32_t>(value);
}

bool
ReadSwitch(const std::string& text)
{
    if (text != "true" && text != "false")
    {
        throw WrongInput("needs true, false or no value, which is true");
    }
    return text == "true";
}

std::string
PrintSwitch(bool on)
{
    return on ? "true" : "false";
}

} // namespace ns3
