/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_HANDSHAKE_TIMER_H
#define TCP_HANDSHAKE_TIMER_H

#include "ns3/nstime.h"

#include <cstdint>
#include <optional>

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
        CROSSED,     //!< sends SYN-ACKs, as its SYN has crossed the peer's
        CHILD,       //!< sends SYN-ACKs, and waits for the client's ACK to become open
        EARLY_CHILD, //!< sends SYN-ACKs, and was accepted by its SYN
    };

    /// The socket's settings.
    struct Rules
    {
        Time first;        //!< the first timeout
        uint32_t tries{0}; //!< how many times SYN or SYN-ACK may be sent

        /// How many timeouts of a SYN behind the first are as long as it, and how many
        /// more tries a SYN has for that (Linux: tcp_syn_linear_timeouts).
        uint32_t linear{0};

        /// How many times a SYN-ACK may be sent again, once more where the child was
        /// accepted by its SYN (Linux: tcp_synack_retries); 0: as often as tries tell.
        uint32_t synAckRetries{0};

        /// The least time between two answers to duplicates of the SYN (Linux:
        /// tcp_invalid_ratelimit); 0: each one is answered, which uses a try up.
        Time answerInterval{0};
    };

    /// What a duplicate of the peer's SYN leads to.
    enum class Duplicate
    {
        IGNORE,  //!< nothing: another one was answered just now
        ANSWER,  //!< SYN-ACK is sent again, the timer goes on
        RESTART, //!< SYN-ACK is sent again, the timer starts anew, with the same timeout
    };

    /**
     * Begin a handshake.
     *
     * @param role whose it is
     */
    void Begin(Role role);

    /**
     * The peer's SYN has crossed ours, and SYN-ACK takes its place: tries are counted anew.
     */
    void Cross();

    /**
     * The first SYN or SYN-ACK was sent, or another one by the timer.
     *
     * @param rules the settings
     * @return the time until it is sent again: twice as long each time, up to 120 s or the
     *         first timeout (Linux: TCP_RTO_MAX); a SYN's first ones equal, by the settings
     */
    Time BackOff(const Rules& rules);

    /**
     * @return what BackOff() has returned last
     */
    Time GetTimeout() const;

    /**
     * @param rules the settings
     * @return whether the handshake has failed when the timer expires: the tries are used up,
     *         or, where a SYN's first timeouts are equal, as much time has passed as the tries
     *         would take if each were twice as long as the one before
     */
    bool IsLast(const Rules& rules) const;

    /**
     * The timer has sent SYN or SYN-ACK again.
     */
    void NoteTimeout();

    /**
     * @return how often SYN or SYN-ACK was sent again, or SYN-ACK in place of SYN
     */
    uint32_t GetRetransmissions() const;

    /**
     * @return how often the timer has sent SYN or SYN-ACK again
     */
    uint32_t GetTimeouts() const;

    /**
     * A duplicate of the peer's SYN has come (Linux: tcp_check_req).
     *
     * @param rules the settings
     * @param now the time
     * @return what to do, and has been counted as done
     */
    Duplicate NoteDuplicate(const Rules& rules, Time now);

    /**
     * A segment has come that is not acceptable (Linux: tcp_oow_rate_limited).
     *
     * @param rules the settings
     * @param now the time
     * @return whether to answer it, which has been noted
     */
    bool MayAnswer(const Rules& rules, Time now);

    /**
     * @return whether the handshake went on more slowly than the path demands, so that
     *         the initial window is to be one segment (RFC 5681, section 3.1), unless it
     *         turns out that nothing was lost: SYN or SYN-ACK was sent again more than once
     *         and at least once by the timer (Linux: tcp_init_transfer); to a child that was
     *         accepted by its SYN, twice by the timer (Linux: tcp_fastopen_synack_timer)
     */
    bool IsLossy() const;

  private:
    /**
     * @param rules the settings
     * @return how many times SYN or SYN-ACK may be sent
     */
    uint32_t GetTries(const Rules& rules) const;

    /**
     * Use one of the tries up, if there is one left.
     *
     * @param rules the settings
     */
    void UseUp(const Rules& rules);

    Role m_role{Role::CLIENT};      //!< whose handshake it is
    uint32_t m_used{0};             //!< how many tries are used up
    uint32_t m_timeouts{0};         //!< how often the timer has sent SYN or SYN-ACK again
    uint32_t m_answers{0};          //!< how many duplicates of the peer's SYN were answered
    Time m_timeout;                 //!< the last timeout
    Time m_waited{0};               //!< all timeouts so far
    std::optional<Time> m_answered; //!< when a duplicate or the like was answered last
};

} // namespace ns3

#endif // TCP_HANDSHAKE_TIMER_H
