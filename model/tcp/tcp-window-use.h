/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_WINDOW_USE_H
#define TCP_WINDOW_USE_H

#include "ns3/nstime.h"
#include "ns3/sequence-number.h"

#include <cstdint>
#include <optional>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * How far a sender has used its congestion window: one that it does not fill must not grow
 * (RFC 9293 leaves it open, RFC 7661 and Linux's tcp_cwnd_validate do not), and one that it
 * has not used for a while is no longer true (RFC 5681, section 4.1; RFC 2861;
 * tcp_cwnd_restart, tcp_cwnd_application_limited).
 *
 * All windows are in segments.
 */
class TcpWindowUse
{
  public:
    /// What is known when new data has left.
    struct Known
    {
        Time now;                     //!< the time
        SequenceNumber32 una;         //!< SND.UNA
        SequenceNumber32 next;        //!< SND.NXT
        uint32_t outstanding{0};      //!< segments that are not acknowledged
        uint32_t inFlight{0};         //!< segments that are in the network
        uint32_t congestionWindow{0}; //!< the congestion window
        uint32_t initialWindow{0};    //!< the initial window
        bool slowStart{false};        //!< whether the connection is in slow start
        bool open{false};             //!< whether all is well: no loss, no congestion
        std::optional<Time> timeout;  //!< the retransmission timeout, where a window that is
                                      //!< not used shrinks
    };

    /**
     * New data has left.
     *
     * @param known what is known
     * @return the congestion window from now on, where it shrinks since it was not filled for
     *         as long as the retransmission timeout
     */
    std::optional<uint32_t> NoteSent(const Known& known);

    /**
     * The congestion window was set, or might have grown with an ACK: it is true now
     * (snd_cwnd_stamp).
     *
     * @param now the time
     */
    void NoteTrue(Time now);

    /**
     * Data has left again.
     *
     * @param now the time
     */
    void NoteResent(Time now);

    /**
     * @param congestionWindow the congestion window
     * @param slowStart whether it is in slow start
     * @return whether the window limits what is sent, so that it may grow
     */
    bool IsLimited(uint32_t congestionWindow, bool slowStart) const;

    /**
     * New data is about to leave, and none is outstanding.
     *
     * @param known what is known, with a timeout
     * @return the congestion window from now on, where the sender was idle for longer than the
     *         timeout: halved for each timeout, and not below the initial window
     */
    std::optional<uint32_t> Restart(const Known& known);

    /// Forget the connection.
    void Reset();

  private:
    bool m_limited{false};          //!< the window has limited what was sent
    uint32_t m_mostOutstanding{0};  //!< else: the most that was outstanding
    SequenceNumber32 m_validUntil;  //!< what that is true for
    uint32_t m_used{0};             //!< the most that was used since it was filled, or shrunk
    Time m_true;                    //!< when the window was filled, set, or might have grown
    std::optional<Time> m_lastSent; //!< when data was sent last
};

} // namespace ns3

#endif // TCP_WINDOW_USE_H
