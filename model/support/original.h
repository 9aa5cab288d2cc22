/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ORIGINAL_H
#define ORIGINAL_H

#include "fixed-defaults.h"

#include "ns3/attribute.h"
#include "ns3/object-factory.h"
#include "ns3/ptr.h"
#include "ns3/type-id.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * An object to be copied where many alike are wanted. ns-3 sets each attribute
 * of a new object by its name: for TcpCubic and its dozen of attributes this
 * takes as long as some segments' way through the whole simulator. A copy takes
 * next to nothing.
 *
 * Defaults that are changed later count, as they do for new objects: then the
 * object is made anew. Under the promise of FixedDefaults they are looked at once.
 *
 * @tparam T the object's base class
 */
template <class T>
class Original
{
  public:
    /**
     * @param type the type of the object
     * @param parts the types of objects that it makes for itself and copies
     * @return an object with the attributes' defaults; not to be changed
     */
    Ptr<T> Get(TypeId type, std::initializer_list<TypeId> parts = {})
    {
        const uint64_t promise = FixedDefaults::GetPromise();
        const bool known = promise != 0 && promise == m_promise;
        m_promise = promise;
        if (!m_object || type != m_type ||
            (!known && std::any_of(m_defaults.begin(), m_defaults.end(), IsOutdated)))
        {
            Make(type);
            for (const auto& part : parts)
            {
                for (std::size_t i = 0; i < part.GetAttributeN(); i++)
                {
                    m_defaults.push_back({part, i, part.GetAttribute(i).initialValue});
                }
            }
        }
        return m_object;
    }

  private:
    /// An attribute of the object.
    struct Default
    {
        TypeId type;                     //!< the class that has it
        std::size_t index;               //!< its number there
        Ptr<const AttributeValue> value; //!< what it was set to
    };

    /**
     * @param attribute an attribute
     * @return whether it has another default now; values do not change in place
     */
    static bool IsOutdated(const Default& attribute)
    {
        return attribute.type.GetAttribute(attribute.index).initialValue != attribute.value;
    }

    /**
     * Make the object, and note what its attributes were set to.
     *
     * @param type the type of the object
     */
    void Make(TypeId type)
    {
        ObjectFactory factory;
        factory.SetTypeId(type);
        m_object = factory.Create<T>();
        m_type = type;
        m_defaults.clear();
        while (true)
        {
            for (std::size_t i = 0; i < type.GetAttributeN(); i++)
            {
                const auto info = type.GetAttribute(i);
                // In 3.37 TcpCubic names TcpSocketBase as its parent, whose
                // attributes cannot be read from it, nor were they set.
                Ptr<AttributeValue> value = info.checker->Create();
                if (!info.accessor->HasGetter() ||
                    info.accessor->Get(PeekPointer(m_object), *value))
                {
                    m_defaults.push_back({type, i, info.initialValue});
                }
            }
            if (!type.HasParent())
            {
                return;
            }
            type = type.GetParent();
        }
    }

    TypeId m_type;                   //!< the object's type
    std::vector<Default> m_defaults; //!< its attributes
    Ptr<T> m_object;                 //!< the object
    uint64_t m_promise{0};           //!< FixedDefaults' promise when they were looked at
};

} // namespace ns3

#endif // ORIGINAL_H
