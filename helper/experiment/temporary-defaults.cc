/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "temporary-defaults.h"

#include "ns3/abort.h"
#include "ns3/string.h"

namespace ns3
{

TemporaryDefaults::TemporaryDefaults(const std::map<std::string, std::string>& attributes)
{
    for (const auto& [name, value] : attributes)
    {
        const Attribute& attribute = Find(name, value);
        m_old.emplace_back(&attribute, attribute.type.GetAttribute(attribute.index).initialValue);
        Set(attribute, attribute.value);
    }
}

TemporaryDefaults::~TemporaryDefaults()
{
    for (const auto& [attribute, value] : m_old)
    {
        Set(*attribute, value);
    }
}

const TemporaryDefaults::Attribute&
TemporaryDefaults::Find(const std::string& name, const std::string& text)
{
    static std::map<std::pair<std::string, std::string>, Attribute> known;
    const auto found = known.find({name, text});
    if (found != known.end())
    {
        return found->second;
    }
    const std::size_t colons = name.rfind("::");
    TypeId type = TypeId::LookupByName(name.substr(0, colons));
    while (true)
    {
        for (std::size_t i = 0; i < type.GetAttributeN(); i++)
        {
            const auto info = type.GetAttribute(i);
            if (info.name == name.substr(colons + 2))
            {
                const auto value = info.checker->CreateValidValue(StringValue(text));
                return known[{name, text}] = {type, i, value};
            }
        }
        NS_ABORT_MSG_UNLESS(type.HasParent(), name << ": there is no such attribute");
        type = type.GetParent();
    }
}

void
TemporaryDefaults::Set(const Attribute& attribute, Ptr<const AttributeValue> value)
{
    TypeId(attribute.type).SetAttributeInitialValue(attribute.index, value);
}

} // namespace ns3
