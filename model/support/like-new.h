/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LIKE_NEW_H
#define LIKE_NEW_H

#include "ns3/object-factory.h"
#include "ns3/object.h"
#include "ns3/type-id.h"

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Make a new object with the attributes of another one, and nothing else of it.
 *
 * @tparam T the object's base class
 * @param object the object
 * @return the new one, of the same type
 */
template <class T>
Ptr<T>
MakeLikeNew(Ptr<T> object)
{
    ObjectFactory factory;
    TypeId type = object->GetInstanceTypeId();
    factory.SetTypeId(type);
    Ptr<T> copy = factory.Create<T>();
    for (; type != Object::GetTypeId(); type = type.GetParent())
    {
        for (std::size_t i = 0; i < type.GetAttributeN(); i++)
        {
            const auto info = type.GetAttribute(i);
            Ptr<AttributeValue> value = info.checker->Create();
            // In 3.37 TcpCubic names TcpSocketBase as its parent: not to be read from it
            if (info.accessor->HasGetter() && info.accessor->HasSetter() &&
                info.accessor->Get(PeekPointer(object), *value))
            {
                copy->SetAttributeFailSafe(info.name, *value);
            }
        }
        if (!type.HasParent())
        {
            break;
        }
    }
    return copy;
}

} // namespace ns3

#endif // LIKE_NEW_H
