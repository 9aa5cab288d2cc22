/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "attribute-check.h"

#include "flag-reader.h"

#include "ns3/rtt-estimator.h"
#include "ns3/string.h"
#include "ns3/tcp-congestion-ops.h"
#include "ns3/tcp-recovery-ops.h"
#include "ns3/type-id.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <regex>
#include <sstream>

namespace ns3
{

namespace
{

/**
 * @param text a number with a unit
 * @param units the units and what they multiply by
 * @param most the largest number, with its unit
 * @return whether the text is not more
 */
bool
IsWithin(const std::string& text, const std::map<std::string, double>& units, double most)
{
    char* unit = nullptr;
    const double number = std::strtod(text.c_str(), &unit);
    const auto factor = units.find(unit);
    return factor != units.end() && std::abs(number) * factor->second <= most;
}

/**
 * @param attribute an attribute that takes the name of a class
 * @param name a name
 * @return whether it takes this one: objects of another class would end the program
 */
bool
IsClassFor(const TypeId::AttributeInformation& attribute, const std::string& name)
{
    static const std::map<std::string, TypeId> bases{
        {"SocketType", TcpCongestionOps::GetTypeId()},
        {"RecoveryType", TcpRecoveryOps::GetTypeId()},
        {"RttEstimatorType", RttEstimator::GetTypeId()},
    };
    TypeId type;
    const auto base = bases.find(attribute.name);
    if (base == bases.end() || !TypeId::LookupByNameFailSafe(name, &type))
    {
        return false;
    }
    // TcpCubic, the standard one, calls itself a TcpSocketBase in older releases
    const auto standard = DynamicCast<const TypeIdValue>(attribute.originalInitialValue);
    return type == standard->Get() || (type.IsChildOf(base->second) && type.HasConstructor());
}

/**
 * Look whether a text can be read as an attribute's value. ns-3 ends the program at
 * many a text that cannot (3.37 to 3.48: Time, DataRate, TypeIdValue, PointerValue,
 * ObjectFactoryValue, ObjectPtrContainerValue, AddressValue, ...), and std::regex at
 * one that is too long; so only texts of a known form get that far.
 *
 * @param attribute the attribute
 * @param text the text
 * @return whether the attribute takes it
 */
bool
IsValid(const TypeId::AttributeInformation& attribute, const std::string& text)
{
    static const std::map<std::string, std::regex> forms{
        {"UintegerValue", std::regex("[0-9]{1,20}")},
        {"IntegerValue", std::regex("-?[0-9]{1,19}")},
        {"DoubleValue", std::regex(R"(-?[0-9]*\.?[0-9]+(e-?[0-9]+)?)")},
        {"BooleanValue", std::regex("true|false|0|1|t|f")},
        {"TimeValue", std::regex(R"(-?[0-9]*\.?[0-9]+(s|ms|us|ns|min|h))")},
        {"DataRateValue", std::regex(R"([0-9]*\.?[0-9]+[kMG]?(bps|b/s))")},
        {"QueueSizeValue", std::regex("[0-9]{1,9}(p|B)")},
        {"TypeIdValue", std::regex("ns3::[A-Za-z0-9:]+")},
        {"StringValue", std::regex("[^]*")},
        {"EnumValue", std::regex("[^]+")},
    };
    static const std::map<std::string, double> seconds{
        {"s", 1},
        {"ms", 1e-3},
        {"us", 1e-6},
        {"ns", 1e-9},
        {"min", 60},
        {"h", 3600},
    };
    std::string type = attribute.checker->GetValueTypeName();
    type.resize(std::min(type.find('<'), type.size())); // EnumValue is a template from 3.41 on
    if (type.compare(0, 5, "ns3::") == 0)
    {
        type.erase(0, 5); // some have it, some have not
    }
    const auto form = forms.find(type);
    if (form == forms.end() || text.size() > MAX_FORM || !std::regex_match(text, form->second) ||
        (type == "TimeValue" && !IsWithin(text, seconds, 1e9)) ||
        (type == "DataRateValue" && !IsWithin(text, GetRateUnits(), 1e12)))
    {
        return false;
    }
    if (type == "TypeIdValue" && !IsClassFor(attribute, text))
    {
        return false;
    }
    return attribute.checker->CreateValidValue(StringValue(text)) != nullptr;
}

} // namespace

std::string
CheckAttribute(const std::string& name, const std::string& text)
{
    struct TypeId::AttributeInformation info;
    TypeId type;
    const std::size_t colons = name.rfind("::");
    if (colons == std::string::npos ||
        !TypeId::LookupByNameFailSafe(name.substr(0, colons), &type) ||
        !type.LookupAttributeByName(name.substr(colons + 2), &info))
    {
        return name + ": there is no such attribute";
    }
    if (!IsValid(info, text))
    {
        return name + ": \"" + text + "\" is not " +
               (info.checker->HasUnderlyingTypeInformation()
                    ? info.checker->GetUnderlyingTypeInformation()
                    : "a valid value");
    }
    return "";
}

} // namespace ns3
