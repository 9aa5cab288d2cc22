/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "path-helper.h"

#include "ns3/double.h"
#include "ns3/object-factory.h"
#include "ns3/pointer.h"

#include <map>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(PathHelper);

namespace
{

/// The topologies by the names that users type.
const std::map<std::string, std::string> TOPOLOGIES{
    {"lan", "ns3::LanPathHelper"},
    {"mobile", "ns3::MobilePathHelper"},
    {"p2p", "ns3::P2pPathHelper"},
    {"satellite", "ns3::SatellitePathHelper"},
};

} // namespace

TypeId
PathHelper::GetTypeId()
{
    static TypeId tid = TypeId("ns3::PathHelper").SetParent<Object>().SetGroupName("TcpFastOpen");
    return tid;
}

Ptr<PathHelper>
PathHelper::Create(const std::string& name)
{
    auto found = TOPOLOGIES.find(name);
    if (found == TOPOLOGIES.end())
    {
        return nullptr;
    }
    ObjectFactory factory;
    factory.SetTypeId(found->second);
    return factory.Create<PathHelper>();
}

std::vector<std::string>
PathHelper::GetNames()
{
    std::vector<std::string> names;
    for (const auto& topology : TOPOLOGIES)
    {
        names.push_back(topology.first);
    }
    return names;
}

void
PathHelper::Build()
{
    NS_ABORT_MSG_IF(m_client, "PathHelper::Build() was called twice");
    NS_ABORT_MSG_IF(m_rtt < GetLeastRtt(),
                    "Rtt is " << m_rtt.As(Time::MS) << ", the path's parts alone take "
                              << GetLeastRtt().As(Time::MS));
    DoBuild();
}

Ptr<Node>
PathHelper::GetClient() const
{
    return m_client;
}

Ptr<Node>
PathHelper::GetServer() const
{
    return m_server;
}

Address
PathHelper::GetServerAddress() const
{
    return m_serverAddress;
}

Time
PathHelper::GetRtt() const
{
    return m_rtt;
}

uint64_t
PathHelper::GetRate() const
{
    return m_rate.GetBitRate();
}

double
PathHelper::GetLoss() const
{
    return m_loss;
}

Time
PathHelper::GetLeastRtt() const
{
    return Time(0);
}

Time
PathHelper::GetReadyTime() const
{
    return Time(0);
}

int64_t
PathHelper::AssignStreams(int64_t stream)
{
    int64_t used = 0;
    for (const auto& model : m_lossModels)
    {
        used += model->AssignStreams(stream + used);
    }
    return used;
}

void
PathHelper::AddLoss(Ptr<NetDevice> device)
{
    Ptr<RateErrorModel> model = CreateObject<RateErrorModel>();
    model->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
    model->SetRate(m_loss);
    m_lossModels.push_back(model);
    device->SetAttribute("ReceiveErrorModel", PointerValue(model));
}

} // namespace ns3
