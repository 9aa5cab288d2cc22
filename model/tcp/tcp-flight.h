/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_FLIGHT_H
#define TCP_FLIGHT_H

#include "ns3/nstime.h"
#include "ns3/sequence-number.h"

#include <cstdint>
#include <map>
#include <set>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * The segments that are under way, when each was sent, and what follows from it for those
 * that do not arrive (RACK-TLP, RFC 8985).
 *
 * Each ACK costs as much as it tells that is new: what was delivered is not looked at
 * again.
 */
class TcpFlight
{
  public:
    /// Numbers of a segment.
    struct Range
    {
        SequenceNumber32 start; //!< the first number
        SequenceNumber32 end;   //!< the number behind it
    };

    /// What RACK says of the first segment that is under way.
    struct Verdict
    {
        /// The kinds of it.
        enum Kind
        {
            NOTHING, //!< nothing sent later has overtaken it
            WAIT,    //!< it may be lost, or has been overtaken
            LOST,    //!< it is lost
        };

        Kind kind{NOTHING}; //!< what it is
        Time wait;          //!< WAIT: how long until it is lost
    };

    /**
     * A segment was sent.
     *
     * @param now the time
     * @param range its numbers; data, or a FIN
     * @return whether none was under way that begins there
     */
    bool NoteSent(Time now, const Range& range);

    /**
     * All in front of a number was acknowledged.
     *
     * @param now the time
     * @param ack the number
     * @return whether a segment has left the flight
     */
    bool NoteAcknowledged(Time now, SequenceNumber32 ack);

    /**
     * A SACK block covers some numbers.
     *
     * @param now the time
     * @param block the numbers
     */
    void NoteSacked(Time now, const Range& block);

    /**
     * Judge the first segment under way as RACK does (RFC 8985, section 6.2, step 5).
     *
     * @param now the time
     * @param threshold how many delivered segments behind it prove that it is lost
     * @return the verdict
     */
    Verdict Judge(Time now, uint32_t threshold) const;

    /**
     * @return whether nothing is under way
     */
    bool IsEmpty() const;

    /**
     * How long the loss probe waits (RFC 8985, section 7.2).
     *
     * @param rtt the smoothed RTT
     * @return the time from the last segment on
     */
    Time GetProbeWait(Time rtt) const;

    /**
     * @return the last segment, which the loss probe sends again; there must be one
     */
    Range GetLast() const;

    /// The loss probe was sent.
    void NoteProbe();

    /**
     * @return whether it was, and nothing has been acknowledged since
     */
    bool IsProbed() const;

    /// Forget the connection.
    void Reset();

  private:
    /// A segment that was sent and not yet acknowledged.
    struct Segment
    {
        SequenceNumber32 end;  //!< the number behind it
        Time sent;             //!< when it was sent last
        bool again{false};     //!< whether it was sent more than once
        bool delivered{false}; //!< whether a SACK block covers it
    };

    /**
     * A segment was delivered for the first time.
     *
     * @param now the time
     * @param segment the segment
     */
    void NoteDelivered(Time now, const Segment& segment);

    std::map<SequenceNumber32, Segment> m_segments; //!< what is under way, by its start
    std::set<SequenceNumber32> m_missing;           //!< the starts of those not delivered
    Time m_lastDelivered;                           //!< when the latest delivered one was sent
    Time m_deliveryRtt;                             //!< the time that took
    Time m_leastRtt{Time::Max()};                   //!< the shortest such time
    bool m_probed{false};                           //!< a probe is under way
};

} // namespace ns3

#endif // TCP_FLIGHT_H
