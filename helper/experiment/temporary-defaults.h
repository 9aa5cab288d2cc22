/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TEMPORARY_DEFAULTS_H
#define TEMPORARY_DEFAULTS_H

#include "ns3/attribute.h"
#include "ns3/type-id.h"

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Sets defaults of attributes and puts the old ones back at the end.
 */
class TemporaryDefaults
{
  public:
    /**
     * @param attributes full names and values; those that CheckAttribute() objects to end
     *        the program
     */
    explicit TemporaryDefaults(const std::map<std::string, std::string>& attributes);

    ~TemporaryDefaults();

    TemporaryDefaults(const TemporaryDefaults&) = delete;
    TemporaryDefaults& operator=(const TemporaryDefaults&) = delete;

  private:
    /// An attribute and a value for it.
    struct Attribute
    {
        TypeId type;                     //!< the class that has it
        std::size_t index;               //!< its number there
        Ptr<const AttributeValue> value; //!< the value
    };

    /**
     * Look an attribute up; only once for each value, as names and texts take long.
     *
     * @param name its full name
     * @param text its value
     * @return both
     */
    static const Attribute& Find(const std::string& name, const std::string& text);

    /**
     * @param attribute an attribute
     * @param value its new default
     */
    static void Set(const Attribute& attribute, Ptr<const AttributeValue> value);

    std::vector<std::pair<const Attribute*, Ptr<const AttributeValue>>> m_old; //!< what was
};

} // namespace ns3

#endif // TEMPORARY_DEFAULTS_H
