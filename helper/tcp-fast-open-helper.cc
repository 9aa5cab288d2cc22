/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-fast-open-helper.h"

#include "ns3/abort.h"
#include "ns3/node.h"
#include "ns3/tcp-fast-open-default-factory.h"
#include "ns3/tcp-fast-open-socket-factory.h"
#include "ns3/tcp-fast-open.h"
#include "ns3/tcp-l4-protocol.h"

namespace ns3
{

TcpFastOpenHelper::TcpFastOpenHelper()
{
    m_factory.SetTypeId(TcpFastOpen::GetTypeId());
}

void
TcpFastOpenHelper::SetAttribute(const std::string& name, const AttributeValue& value)
{
    m_factory.Set(name, value);
}

void
TcpFastOpenHelper::SetProfile(const std::string& name)
{
    m_profile = name;
}

void
TcpFastOpenHelper::SetNodeWide(bool nodeWide)
{
    m_nodeWide = nodeWide;
}

void
TcpFastOpenHelper::Install(Ptr<Node> node) const
{
    NS_ABORT_MSG_UNLESS(node->GetObject<TcpL4Protocol>(),
                        "node " << node->GetId()
                                << " has no TCP; install the Internet stack before Fast Open");
    NS_ABORT_MSG_IF(node->GetObject<TcpFastOpen>(),
                    "node " << node->GetId() << " has Fast Open already");
    Ptr<TcpFastOpen> fastOpen = m_factory.Create<TcpFastOpen>();
    if (!m_profile.empty())
    {
        fastOpen->SetProfile(m_profile);
    }
    node->AggregateObject(fastOpen);
    node->AggregateObject(CreateObject<TcpFastOpenSocketFactory>());
    if (m_nodeWide)
    {
        TcpFastOpenDefaultFactory::Install(node);
    }
}

void
TcpFastOpenHelper::Install(const NodeContainer& nodes) const
{
    for (auto node = nodes.Begin(); node != nodes.End(); ++node)
    {
        Install(*node);
    }
}

int64_t
TcpFastOpenHelper::AssignStreams(const NodeContainer& nodes, int64_t stream)
{
    int64_t used = 0;
    for (auto node = nodes.Begin(); node != nodes.End(); ++node)
    {
        if (Ptr<TcpFastOpen> fastOpen = (*node)->GetObject<TcpFastOpen>())
        {
            used += fastOpen->AssignStreams(stream + used);
        }
    }
    return used;
}

} // namespace ns3
