/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "temporary-checksums.h"

#include "ns3/boolean.h"
#include "ns3/global-value.h"
#include "ns3/node.h"

namespace ns3
{

TemporaryChecksums::TemporaryChecksums(bool wanted)
    : m_changed(wanted && !Node::ChecksumEnabled())
{
    if (m_changed)
    {
        GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
    }
}

TemporaryChecksums::~TemporaryChecksums()
{
    if (m_changed)
    {
        GlobalValue::Bind("ChecksumEnabled", BooleanValue(false));
    }
}

} // namespace ns3
