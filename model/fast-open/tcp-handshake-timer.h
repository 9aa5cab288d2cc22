/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_HANDSHAKE_TIMER_H
#define TCP_HANDSHAKE_TIMER_H

#include "ns3/nstime.h"

#include <cstdint>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * When a SYN or SYN-ACK is sent again, and when it is given up. It has no event of its
 * own: the socket's retransmission timer runs as long as is told here.
 */
class TcpHandshakeTimer
{
  public:
    /// Whose handshake it is.
    enum class Role
    {
        CLIENT,      //!< sends SYNs
        CHILD,       //!< sends SYN-ACKs, and waits for the client's ACK to become open
        EARLY_CHILD, //!< sends SYN-ACKs, and was accepted by its SYN
    };

    /// What a duplicate of the peer's SYN means for the timer.
    enum class Duplicate
    {
        KEEP,    //!< it goes on; the answer has used up a retry
        RESTART, //!< it starts anew, with the same timeout
    };

    /**
     * Begin a handshake.
     *
     * @param role whose it is
     */
    void Begin(Role role);

    /**
     * The peer's SYN has crossed ours: retries are counted anew.
     */
    void Cross();

    /**
     * The first SYN or SYN-ACK was sent, or another one by the timer.
     *
     * @param first the first timeout
     * @param tries how many times SYN or SYN-ACK may be sent
     * @return the time until it is sent again: twice as long each time
     */
    Time BackOff(Time first, uint32_t tries);

    /**
     * @return what BackOff() has returned last
     */
    Time GetTimeout() const;

    /**
     * @param tries how many times SYN or SYN-ACK may be sent
     * @return whether the handshake has failed when the timer expires
     */
    bool IsLast(uint32_t tries) const;

    /**
     * SYN or SYN-ACK was sent again, by the timer or as an answer.
     */
    void NoteRetransmission();

    /**
     * @return how often SYN or SYN-ACK was sent again
     */
    uint32_t GetRetransmissions() const;

    /**
     * A duplicate of the peer's SYN was answered.
     *
     * @param tries how many times SYN-ACK may be sent
     * @return what becomes of the timer
     */
    Duplicate NoteDuplicate(uint32_t tries);

    /**
     * @return whether the handshake went on more slowly than the path demands, so that
     *         the initial window is to be one segment (RFC 5681, section 3.1, as Linux
     *         applies it)
     */
    bool IsLossy() const;

  private:
    /**
     * Use one of the tries up, if there is one left.
     *
     * @param tries how many there are in all
     */
    void UseUp(uint32_t tries);

    Role m_role{Role::CLIENT};     //!< whose handshake it is
    uint32_t m_used{0};            //!< how many tries are used up
    uint32_t m_retransmissions{0}; //!< how often SYN or SYN-ACK was sent again
    Time m_timeout;                //!< the last timeout
};

} // namespace ns3

#endif // TCP_HANDSHAKE_TIMER_H
