/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_ACK_POLICY_H
#define TCP_ACK_POLICY_H

#include "ns3/nstime.h"

#include <cstdint>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * When a receiver acknowledges data at once, and when it waits as TcpSocketBase does.
 *
 * Linux acknowledges the first segments of a connection one by one (quick-ACK mode,
 * tcp_enter_quickack_mode). A dialogue ends that: who replies within the delay of an ACK
 * will do so again, and the reply carries the ACK (pingpong mode). ACKs of what the
 * handshake brought are at once in any case, with TcpSocketBase, too.
 */
class TcpAckPolicy
{
  public:
    /**
     * Data has arrived.
     *
     * @param now the time
     * @param inOrder whether it is what was expected next
     * @param quickAcks how many segments are acknowledged at once
     * @return whether this one is
     */
    bool NoteData(Time now, bool inOrder, uint32_t quickAcks);

    /**
     * There is something to acknowledge, which data is to do.
     *
     * @param now the time
     */
    void NotePutOff(Time now);

    /**
     * New data leaves.
     *
     * @param now the time
     * @param delay the delay of an ACK
     */
    void NoteReply(Time now, Time delay);

    /// Forget the connection.
    void Reset();

  private:
    /// How ACKs are given.
    enum class Mode
    {
        QUICK,    //!< one by one, as long as there are quick ACKs left
        DIALOGUE, //!< by replies
    };

    Mode m_mode{Mode::QUICK};         //!< how ACKs are given
    uint32_t m_quickAcksUsed{0};      //!< how many quick ACKs are used up
    Time m_lastReceived{Time::Min()}; //!< when data arrived last, or an ACK was put off
};

} // namespace ns3

#endif // TCP_ACK_POLICY_H
