/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "sweep-grid.h"

#include "ns3/flag-reader.h"
#include "ns3/scenario-flags.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iomanip>
#include <regex>
#include <set>
#include <sstream>

namespace ns3
{

namespace
{

/**
 * @param axis the values of a flag
 * @return how many there are; the standard one counts
 */
template <class Axis>
uint64_t
GetSize(const Axis& axis)
{
    return std::max<uint64_t>(axis.values.size(), 1);
}

/**
 * @param scenario a scenario
 * @return what its results are told apart by
 */
std::string
GetKey(const Scenario& scenario)
{
    std::ostringstream key;
    key << std::setprecision(17) << scenario.topology << ' ' << scenario.ipv6 << ' '
        << scenario.rtt.value_or(Time(-1)).GetTimeStep() << ' ' << scenario.rate.value_or(-1) << ' '
        << scenario.loss.value_or(-1) << ' ' << scenario.request << ' ' << scenario.response << ' '
        << scenario.seed << ' ' << GetVariant(scenario);
    return key.str();
}

} // namespace

std::vector<std::string>
ExpandList(const std::string& text)
{
    static const std::string number = R"(([0-9]*\.?[0-9]+(?:e-?[0-9]+)?)([A-Za-z/]*))";
    static const std::regex range(number + ":" + number + ":" + number);
    std::vector<std::string> values;
    for (const auto& word : ReadList(text))
    {
        std::smatch match;
        if (word.size() > MAX_FORM || !std::regex_match(word, match, range))
        {
            values.push_back(word);
            continue;
        }
        const auto get = [&match](int part) {
            return std::strtod(match[part].str().c_str(), nullptr);
        };
        const double from = get(1);
        const double to = get(3);
        const double step = get(5);
        const std::string unit = match[2];
        if (match[4] != unit || match[6] != unit)
        {
            throw WrongInput("a range FROM:TO:STEP needs the same unit three times");
        }
        if (!std::isfinite(from) || !std::isfinite(to) || !std::isfinite(step))
        {
            throw WrongInput("a number of the range " + word + " is too large");
        }
        if (step <= 0)
        {
            throw WrongInput("a range FROM:TO:STEP needs a step above 0");
        }
        if (to < from)
        {
            throw WrongInput("the range " + word + " is reversed; FROM:TO:STEP goes upwards");
        }
        const double steps = std::floor((to - from) / step * (1 + 1e-12) + 1e-9);
        if (steps >= SweepGrid::MAX_VALUES || values.size() >= SweepGrid::MAX_VALUES)
        {
            throw WrongInput("more than " + std::to_string(SweepGrid::MAX_VALUES) + " values");
        }
        for (uint64_t i = 0; i <= static_cast<uint64_t>(steps); i++)
        {
            char value[32];
            std::snprintf(value, sizeof value, "%.10g", from + i * step);
            values.push_back(value + unit);
        }
    }
    return values;
}

SweepGrid::SweepGrid()
{
    for (const auto& flag : GetScenarioFlags())
    {
        m_axes.push_back({flag.name, flag.set, {}});
    }
}

void
SweepGrid::Set(const std::string& name, const std::string& text)
{
    auto axis = std::find_if(m_axes.begin(), m_axes.end(), [&](const Axis& other) {
        return other.name == name;
    });
    if (axis == m_axes.end())
    {
        // An attribute. Those, too, are in one order, whatever that of the flags is.
        axis = std::find_if(m_axes.begin(), m_axes.end(), [&](const Axis& other) {
            return other.name.compare(0, 5, "ns3::") == 0 ? other.name > name
                                                          : other.name == "loss";
        });
        axis = m_axes.insert(
            axis,
            {name,
             [name](Scenario& scenario, const std::string& value) { scenario.tcp[name] = value; },
             {}});
    }
    axis->values = ExpandList(text);
    std::set<std::string> seen;
    for (const auto& value : axis->values)
    {
        Scenario scenario;
        axis->set(scenario, value); // throws where it is wrong
        if (!seen.insert(GetKey(scenario)).second)
        {
            throw WrongInput(name == "transfers" ? "one number: fewer transfers bring no other rows"
                                                 : value + " is there twice");
        }
    }
    m_texts[name] = text;
}

const std::map<std::string, std::string>&
SweepGrid::GetTexts() const
{
    return m_texts;
}

uint64_t
SweepGrid::GetN() const
{
    uint64_t number = 1;
    for (const auto& axis : m_axes)
    {
        number *= GetSize(axis);
        if (number > MAX_POINTS)
        {
            throw WrongInput("the grid has more than " + std::to_string(MAX_POINTS) + " points");
        }
    }
    return number;
}

Scenario
SweepGrid::Get(uint64_t index) const
{
    Scenario scenario;
    for (auto axis = m_axes.rbegin(); axis != m_axes.rend(); axis++)
    {
        if (!axis->values.empty())
        {
            axis->set(scenario, axis->values[index % axis->values.size()]);
        }
        index /= GetSize(*axis);
    }
    return scenario;
}

void
SweepGrid::Check(const std::vector<std::string>& modes) const
{
    for (uint64_t i = 0; i < GetN(); i++)
    {
        Scenario scenario = Get(i);
        for (const auto& mode : modes)
        {
            scenario.mode = mode;
            const std::string wrong = CheckScenario(scenario);
            if (!wrong.empty())
            {
                throw WrongInput("--" + wrong);
            }
        }
    }
}

} // namespace ns3
