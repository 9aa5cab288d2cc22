/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_FLIGHT_H
#define TCP_FLIGHT_H

#include "ns3/nstime.h"
#include "ns3/sequence-number.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * The segments that are under way, when each was sent, what became of each, and which of
 * them must be lost (RACK, RFC 8985, section 6, as Linux applies it in tcp_recovery.c).
 *
 * Each ACK costs as much as it tells that is new: what was delivered is not looked at
 * again.
 */
class TcpFlight
{
  public:
    /// Numbers of a segment, or of a SACK block.
    struct Range
    {
        SequenceNumber32 start; //!< the first number
        SequenceNumber32 end;   //!< the number behind it
    };

    /// What an ACK tells.
    struct Delivery
    {
        uint32_t segments{0};        //!< how many segments were delivered that were not before
        uint32_t acknowledged{0};    //!< how many segments have left the flight
        bool sacked{false};          //!< a SACK block has delivered a segment
        bool resent{false};          //!< one that left was sent more than once
        bool original{false};        //!< one was delivered that was sent once, before a boundary
        bool restartsTimer{false};   //!< what was sent before the first segment was delivered
        std::optional<Time> rtt;     //!< the RTT: of the first one that was sent once
        std::optional<Time> lastRtt; //!< the RTT of the last one that was sent once
    };

    /**
     * A segment was sent: a new one, or one that was sent before. What it brings behind
     * all that was sent before is another segment.
     *
     * @param now the time
     * @param range its numbers; data, or a FIN
     */
    void NoteSent(Time now, const Range& range);

    /**
     * An ACK has come.
     *
     * @param now the time
     * @param ack the acknowledgement number
     * @param blocks its SACK blocks
     * @param boundary what Delivery::original is about: segments that end in front of it
     * @param echo the timestamp that it echoes, in ms: what was sent again later than that
     *        has not brought it forth (tcp_skb_spurious_retrans)
     * @return what it tells
     */
    Delivery NoteAck(Time now,
                     SequenceNumber32 ack,
                     std::vector<Range> blocks,
                     SequenceNumber32 boundary,
                     std::optional<uint32_t> echo = {});

    /// It has turned out that the path reorders segments (tcp_check_sack_reordering).
    void NoteReordering();

    /**
     * A round trip was measured by other means (the handshake).
     *
     * @param rtt its time
     */
    void NoteRtt(Time rtt);

    /**
     * Mark as lost what must be, since something that was sent later has arrived, and as
     * much time has passed as the latest delivery took, and some more for reordering:
     * a quarter of the least RTT, unless it is plain that segments are lost and the path
     * has not reordered any (tcp_rack_detect_loss, tcp_rack_reo_wnd).
     *
     * @param now the time
     * @param certain whether it is plain: in recovery, or with enough segments delivered
     *        behind a hole
     * @return how long until the next one may have to be marked, where one may
     */
    std::optional<Time> DetectLoss(Time now, bool certain);

    /**
     * @return whether a segment was delivered since DetectLoss() that may tell of others
     */
    bool HasAdvanced() const;

    /// Let DetectLoss() look again.
    void Reexamine();

    /**
     * The retransmission timer has expired: mark all as lost, but for what was sent so
     * recently that its ACK cannot have come, if it is not the first one
     * (tcp_timeout_mark_lost).
     *
     * @param now the time
     */
    void MarkTimedOut(Time now);

    /// What was marked as lost is not.
    void UnmarkLost();

    /**
     * @return the first segment that is lost and was not sent again since, if there is one
     */
    std::optional<Range> GetNextLost();

    /**
     * @return whether nothing is under way
     */
    bool IsEmpty() const;

    /**
     * @return how many segments were sent and are not acknowledged (packets_out)
     */
    uint32_t GetSize() const;

    /**
     * @return how many segments are in the network: neither delivered nor lost
     *         (tcp_packets_in_flight)
     */
    uint32_t GetInFlight() const;

    /**
     * @return how many segments SACK blocks have delivered (sacked_out)
     */
    uint32_t GetSacked() const;

    /**
     * @return how many segments are lost, whether sent again or not (lost_out)
     */
    uint32_t GetLost() const;

    /**
     * @return how many of them were sent again (retrans_out)
     */
    uint32_t GetResent() const;

    /**
     * @return how many segments were marked as lost so far; one that was sent again, and
     *         marked again, counts twice
     */
    uint64_t GetTotalLost() const;

    /**
     * @return whether a retransmission is under way, or the first segment was one
     */
    bool HasResent() const;

    /**
     * @return when the first segment was sent last; there must be one
     */
    Time GetHeadSent() const;

    /**
     * @return the first segment; there must be one
     */
    Range GetFirst() const;

    /**
     * @return the last segment, which the loss probe sends again; there must be one
     */
    Range GetLast() const;

    /// Forget the connection.
    void Reset();

  private:
    /// What is known of a segment.
    enum class State
    {
        SENT,   //!< it is under way
        LOST,   //!< it is lost
        RESENT, //!< it was lost, and is under way again
        SACKED, //!< a SACK block covers it
    };

    /// A segment that was sent and not yet acknowledged.
    struct Segment
    {
        Range range;              //!< its numbers
        Time sent;                //!< when it was sent last
        uint32_t times{1};        //!< how often it was sent
        State state{State::SENT}; //!< what is known of it
    };

    /// One sending of a segment.
    struct Sending
    {
        uint64_t id;    //!< the segment's place: how many were before it
        uint32_t times; //!< the how many'th time it was
    };

    /**
     * @param id a segment's place
     * @return the segment
     */
    Segment& At(uint64_t id);

    /**
     * @param number a sequence number
     * @return the place of the first segment that does not end in front of it, or at it
     */
    uint64_t Find(SequenceNumber32 number) const;

    /**
     * @param sending one sending
     * @return whether the segment is under way by it
     */
    bool IsUnderWay(const Sending& sending);

    /**
     * Give a segment another state.
     *
     * @param segment the segment
     * @param state the state
     */
    void SetState(Segment& segment, State state);

    /**
     * Mark a segment as lost.
     *
     * @param id its place
     */
    void MarkLost(uint64_t id);

    /**
     * A segment was delivered for the first time: what follows for others
     * (tcp_rack_advance).
     *
     * @param now the time
     * @param segment the segment
     */
    void NoteDelivered(Time now, const Segment& segment);

    /**
     * @param state a state
     * @return how many segments have it
     */
    uint32_t Count(State state) const;

    std::deque<Segment> m_segments;            //!< what was sent, by its numbers
    uint64_t m_gone{0};                        //!< how many segments have left before these
    std::deque<Sending> m_sendings;            //!< what is under way, by time
    uint32_t m_counts[4]{};                    //!< how many segments have each state
    uint64_t m_nextLost{0};                    //!< no segment in front of this place is LOST
    uint64_t m_totalLost{0};                   //!< how many were marked
    std::vector<Range> m_blocks;               //!< the last SACK blocks
    std::optional<SequenceNumber32> m_highest; //!< the end of what was delivered
    bool m_reordered{false};                   //!< the path has reordered segments
    bool m_advanced{false};                    //!< something was delivered since DetectLoss()
    std::optional<Time> m_latest;              //!< when the latest delivered one was sent
    SequenceNumber32 m_latestEnd;              //!< the number behind it
    Time m_latestRtt;                          //!< the time that the last delivery took
    Time m_leastRtt{Time::Max()};              //!< the shortest such time
};

} // namespace ns3

#endif // TCP_FLIGHT_H
