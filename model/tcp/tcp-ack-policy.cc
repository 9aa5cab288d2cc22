/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-ack-policy.h"

namespace ns3
{

bool
TcpAckPolicy::NoteData(Time now, bool inOrder, uint32_t quickAcks)
{
    m_lastReceived = now;
    if (m_mode == Mode::DIALOGUE || m_quickAcksUsed >= quickAcks || !inOrder)
    {
        return false;
    }
    m_quickAcksUsed++;
    return true;
}

void
TcpAckPolicy::NotePutOff(Time now)
{
    m_lastReceived = now;
}

void
TcpAckPolicy::NoteReply(Time now, Time delay)
{
    if (now < m_lastReceived + delay)
    {
        m_mode = Mode::DIALOGUE;
    }
}

void
TcpAckPolicy::Reset()
{
    *this = TcpAckPolicy();
}

} // namespace ns3
