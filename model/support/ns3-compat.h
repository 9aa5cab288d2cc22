/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef NS3_COMPAT_H
#define NS3_COMPAT_H

#include "ns3/boolean.h"
#include "ns3/object.h"
#include "ns3/packet.h"
#include "ns3/tcp-congestion-ops.h"
#include "ns3/tcp-cubic.h"
#include "ns3/type-id.h"

#include <type_traits>

/**
 * @file
 * What differs between the releases of ns-3, 3.37 to 3.48, and matters here.
 */

namespace ns3
{
namespace compat
{

/**
 * A base class whose objects know their own TypeId.
 *
 * Up to 3.44 each class of TCP overrides GetInstanceTypeId(), and so must its
 * subclasses, lest their attributes stay unknown. From 3.45 on the function is
 * final in Object. Whose member function the base has tells which holds.
 *
 * @tparam Self the class to define
 * @tparam Base the class of ns-3 to derive it from
 */
template <class Self, class Base, class = void>
class WithTypeId : public Base
{
  public:
    using Base::Base;
};

/// The same, where the base overrides GetInstanceTypeId() (up to 3.44).
template <class Self, class Base>
class WithTypeId<Self,
                 Base,
                 std::enable_if_t<!std::is_same<decltype(&Base::GetInstanceTypeId),
                                                TypeId (Object::*)() const>::value>> : public Base
{
  public:
    using Base::Base;

    /// @return the object's TypeId
    TypeId GetInstanceTypeId() const override
    {
        return Self::GetTypeId();
    }
};

/**
 * Call TcpSocketBase::AddSocketTags for a segment that is not ECN-capable
 * (up to 3.42 it takes no flag).
 *
 * @param socket the socket
 * @param function the member function
 * @param packet the segment's payload
 */
template <class S, class B>
void
AddSocketTags(const S* socket,
              void (B::*function)(const Ptr<Packet>&) const,
              const Ptr<Packet>& packet)
{
    (socket->*function)(packet);
}

/// The same with the flag (from 3.43 on).
template <class S, class B>
void
AddSocketTags(const S* socket,
              void (B::*function)(const Ptr<Packet>&, bool) const,
              const Ptr<Packet>& packet)
{
    (socket->*function)(packet, false);
}

/**
 * Complete a copy of a congestion control. From 3.41 on copies of TcpCubic leave
 * the member behind the attribute TcpFriendliness to chance.
 *
 * @param original the congestion control
 * @param copy what its Fork() made
 */
inline void
CompleteFork(const Ptr<TcpCongestionOps>& original, const Ptr<TcpCongestionOps>& copy)
{
    const char* const lost = "TcpFriendliness";
    static const bool loses = [lost] {
        struct TypeId::AttributeInformation info;
        return TcpCubic::GetTypeId().LookupAttributeByName(lost, &info);
    }();
    BooleanValue value;
    if (loses && original && original->GetAttributeFailSafe(lost, value))
    {
        copy->SetAttribute(lost, value);
    }
}

/**
 * Show an RTT to those who watch. From 3.43 on the last sample and the smoothed RTT are
 * told apart; before, "last" is the smoothed one.
 *
 * @tparam State TcpSocketState
 * @param tcb the connection
 * @param last the last sample
 * @param smoothed the smoothed RTT
 */
template <class State>
auto
SetRtt(const Ptr<State>& tcb, Time last, Time smoothed) -> decltype(tcb->m_srtt, void())
{
    tcb->m_lastRtt = last;
    tcb->m_srtt = smoothed;
}

/// The same before 3.43.
template <class State, class... Ignored>
void
SetRtt(const Ptr<State>& tcb, Time /* last */, Time smoothed, Ignored...)
{
    tcb->m_lastRtt = smoothed;
}

} // namespace compat
} // namespace ns3

#endif // NS3_COMPAT_H
