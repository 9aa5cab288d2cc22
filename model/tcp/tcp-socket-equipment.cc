/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-socket-equipment.h"

#include "rtt-linux.h"

#include "ns3/node.h"
#include "ns3/ns3-compat.h"
#include "ns3/object-factory.h"
#include "ns3/rtt-estimator.h"
#include "ns3/tcp-congestion-ops.h"
#include "ns3/tcp-cubic.h"
#include "ns3/tcp-recovery-ops.h"
#include "ns3/type-id.h"

#include <string>

namespace ns3
{

namespace
{

/// An attribute of TcpL4Protocol that holds a type. Its name is looked up once.
class TypeAttribute
{
  public:
    /**
     * @param name the attribute's name
     */
    explicit TypeAttribute(const std::string& name)
    {
        struct TypeId::AttributeInformation info;
        TcpL4Protocol::GetTypeId().LookupAttributeByName(name, &info);
        m_accessor = info.accessor;
    }

    /**
     * @param tcp the protocol
     * @return the type
     */
    TypeId Get(Ptr<const TcpL4Protocol> tcp) const
    {
        TypeIdValue type;
        m_accessor->Get(PeekPointer(tcp), type);
        return type.Get();
    }

  private:
    Ptr<const AttributeAccessor> m_accessor; //!< reads it
};

/**
 * @tparam T the object's base class
 * @param type the object's type
 * @return a new object
 */
template <class T>
Ptr<T>
CreateOf(TypeId type)
{
    ObjectFactory factory;
    factory.SetTypeId(type);
    return factory.Create<T>();
}

/**
 * @param type a type of congestion control
 * @return a new object of it
 */
Ptr<TcpCongestionOps>
CreateCongestionControl(TypeId type)
{
    if (type != TcpCubic::GetTypeId())
    {
        return CreateOf<TcpCongestionOps>(type);
    }
    static Original<TcpCongestionOps> cubic;
    Ptr<TcpCongestionOps> original = cubic.Get(type);
    Ptr<TcpCongestionOps> copy = original->Fork();
    compat::CompleteFork(original, copy);
    return copy;
}

} // namespace

void
EquipTcpSocket(Ptr<TcpSocketBase> socket, Ptr<TcpL4Protocol> tcp)
{
    static const TypeAttribute rttType("RttEstimatorType");
    static const TypeAttribute congestionType("SocketType");
    static const TypeAttribute recoveryType("RecoveryType");
    // Copies of what is common and slow to make. Not of anything: copies of TcpHybla
    // lack an attribute, those of TcpBbr share a random variable.
    static Original<RttEstimator> estimators;
    static Original<TcpRecoveryOps> recoveries;
    socket->SetNode(tcp->GetObject<Node>());
    socket->SetTcp(tcp);
    const TypeId rtt = rttType.Get(tcp);
    const bool copyRtt = rtt == RttMeanDeviation::GetTypeId() || rtt == RttLinux::GetTypeId();
    socket->SetRtt(copyRtt ? estimators.Get(rtt)->Copy() : CreateOf<RttEstimator>(rtt));
    socket->SetCongestionControlAlgorithm(CreateCongestionControl(congestionType.Get(tcp)));
    socket->SetRecoveryAlgorithm(recoveries.Get(recoveryType.Get(tcp))->Fork());
    tcp->AddSocket(socket);
}

} // namespace ns3
