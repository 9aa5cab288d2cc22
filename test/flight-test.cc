/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * What becomes of the segments under way, and what follows from the times of those that
 * arrive for the others: case by case, and against a model that looks at each segment each
 * time.
 */

#include "ns3/nstime.h"
#include "ns3/tcp-flight.h"

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <gtest/gtest.h>
#include <optional>
#include <random>
#include <vector>

using namespace ns3;

namespace
{

using Delivery = TcpFlight::Delivery;
using Blocks = std::vector<TcpFlight::Range>;

constexpr bool CERTAIN = true;  //!< it is plain that something is lost
constexpr bool PATIENT = false; //!< it is not, and reordering gets its time

/**
 * @param start the first number
 * @param end the number behind it
 * @return the range
 */
TcpFlight::Range
Range(uint32_t start, uint32_t end)
{
    return {SequenceNumber32(start), SequenceNumber32(end)};
}

/**
 * @param first a segment's number, from 0
 * @param count how many segments
 * @return the numbers of so many segments of 100 bytes, of which the first one begins with 1
 */
TcpFlight::Range
Segments(uint32_t first, uint32_t count = 1)
{
    return Range(1 + first * 100, 1 + (first + count) * 100);
}

/**
 * Flight with no other aim than to be seen to be right: a list of segments, scanned from its
 * beginning each time.
 */
class NaiveFlight
{
  public:
    /// The same as TcpFlight::NoteSent().
    void NoteSent(Time now, TcpFlight::Range range)
    {
        for (Segment& segment : m_segments)
        {
            if (segment.range.start < range.end && range.start < segment.range.end &&
                !segment.sacked)
            {
                segment.resent = segment.resent || segment.lost;
                segment.lost = false;
                segment.sent = now;
                segment.times++;
                segment.serial = m_serial++;
            }
        }
        if (!m_segments.empty())
        {
            range.start = std::max(range.start, m_segments.back().range.end);
        }
        if (range.start < range.end)
        {
            m_segments.push_back({range, now, m_serial++});
        }
    }

    /// The same as TcpFlight::NoteAck().
    Delivery NoteAck(Time now,
                     SequenceNumber32 ack,
                     Blocks blocks,
                     SequenceNumber32 boundary,
                     std::optional<uint32_t> echo)
    {
        Delivery delivery;
        std::vector<Time> sackTimes;
        std::vector<Time> ackTimes;
        const auto before = m_delivered;
        for (Segment& segment : m_segments)
        {
            const bool covered = std::any_of(blocks.begin(), blocks.end(), [&](const auto& block) {
                return block.start <= segment.range.start && segment.range.end <= block.end;
            });
            if (!covered || segment.sacked || segment.range.end <= ack)
            {
                continue;
            }
            Advance(now, segment);
            NoteOrder(segment, m_delivered);
            segment.sacked = true;
            segment.lost = segment.resent = false;
            delivery.segments++;
            delivery.sacked = true;
            if (segment.times == 1)
            {
                sackTimes.push_back(segment.sent);
                delivery.original = delivery.original || segment.range.end <= boundary;
            }
        }
        std::vector<Segment> rest;
        for (const Segment& segment : m_segments)
        {
            if (segment.range.end > ack)
            {
                rest.push_back(segment);
                continue;
            }
            delivery.acknowledged++;
            delivery.resent = delivery.resent || segment.times > 1;
            if (!segment.sacked)
            {
                const bool other = segment.times > 1 && echo && *echo != 0 &&
                                   static_cast<int64_t>(*echo) < segment.sent.GetMilliSeconds();
                if (!other)
                {
                    Advance(now, segment);
                }
                NoteOrder(segment, before);
                delivery.segments++;
                if (segment.times == 1)
                {
                    ackTimes.push_back(segment.sent);
                    delivery.original = delivery.original || segment.range.end <= boundary;
                }
            }
            m_delivered.push_back(segment.range.end);
        }
        m_segments = rest;
        if (!m_segments.empty())
        {
            m_segments[0].range.start = std::max(m_segments[0].range.start, ack);
        }
        if (delivery.resent)
        {
            ackTimes.clear();
        }
        const auto& firsts = ackTimes.empty() ? sackTimes : ackTimes;
        const auto& lasts = sackTimes.empty() ? ackTimes : sackTimes;
        if (!firsts.empty())
        {
            delivery.rtt = now - firsts.front();
            delivery.lastRtt = now - lasts.back();
            m_rtts.push_back(*delivery.lastRtt);
        }
        delivery.restartsTimer =
            delivery.acknowledged > 0 ||
            (!sackTimes.empty() && !m_segments.empty() && sackTimes.front() < m_segments[0].sent);
        return delivery;
    }

    /// The same as TcpFlight::DetectLoss().
    std::optional<Time> DetectLoss(Time now, bool certain)
    {
        advanced = false;
        Time window;
        if (!m_rtts.empty() && (!certain || m_reordered))
        {
            window = *std::min_element(m_rtts.begin(), m_rtts.end()) / 4;
        }
        std::optional<Time> longest;
        for (Segment* segment : GetUnderWay())
        {
            if (!m_latest || segment->sent > m_latest->sent ||
                (segment->sent == m_latest->sent && segment->range.end >= m_latest->range.end))
            {
                break;
            }
            const Time remaining = segment->sent + m_took + window - now;
            if (remaining <= Time(0))
            {
                MarkLost(*segment);
            }
            else
            {
                longest = Max(longest.value_or(remaining), remaining);
            }
        }
        return longest;
    }

    /// The same as TcpFlight::MarkTimedOut().
    void MarkTimedOut(Time now)
    {
        const bool reneged = !m_segments.empty() && m_segments[0].sacked;
        for (Segment& segment : m_segments)
        {
            segment.sacked = segment.sacked && !reneged;
            const bool recent = m_latest && segment.sent + m_took > now;
            if (!segment.sacked && !segment.lost &&
                (reneged || !recent || &segment == &m_segments[0]))
            {
                MarkLost(segment);
            }
        }
    }

    /// The same as TcpFlight::UnmarkLost().
    void UnmarkLost()
    {
        for (Segment& segment : m_segments)
        {
            segment.lost = segment.resent = false;
            segment.serial = 0;
        }
        for (Segment* segment : GetUnderWay())
        {
            segment->serial = m_serial++;
        }
    }

    /// @return the first segment that is lost, and was not sent again
    std::optional<TcpFlight::Range> GetNextLost() const
    {
        for (const Segment& segment : m_segments)
        {
            if (segment.lost)
            {
                return segment.range;
            }
        }
        return {};
    }

    /// A segment under way.
    struct Segment
    {
        TcpFlight::Range range; //!< its numbers
        Time sent;              //!< when it was sent last
        uint64_t serial;        //!< the order of sending
        uint32_t times{1};      //!< how often it was sent
        bool sacked{false};     //!< a block covers it
        bool lost{false};       //!< it is lost, and was not sent again
        bool resent{false};     //!< it was lost, and was sent again
    };

    /**
     * @param what one of Segment's flags
     * @return how many segments have it
     */
    uint32_t Count(bool Segment::*what) const
    {
        return std::count_if(m_segments.begin(), m_segments.end(), [what](const auto& segment) {
            return segment.*what;
        });
    }

    /// @return the segments
    const std::vector<Segment>& GetSegments() const
    {
        return m_segments;
    }

    bool advanced{false};  //!< whether DetectLoss() may find something
    uint64_t totalLost{0}; //!< how many were marked

  private:
    /// @return what is in the network, in the order of sending
    std::vector<Segment*> GetUnderWay()
    {
        std::vector<Segment*> found;
        for (Segment& segment : m_segments)
        {
            if (!segment.sacked && !segment.lost)
            {
                found.push_back(&segment);
            }
        }
        std::stable_sort(found.begin(), found.end(), [](const Segment* a, const Segment* b) {
            return a->sent != b->sent ? a->sent < b->sent : a->serial < b->serial;
        });
        return found;
    }

    /// @param segment one that is lost
    void MarkLost(Segment& segment)
    {
        segment.lost = true;
        segment.resent = false;
        totalLost++;
    }

    /**
     * Note a delivery; one of a segment that was sent again tells nothing if it came sooner
     * than any before it.
     *
     * @param now the time
     * @param segment the segment
     */
    void Advance(Time now, const Segment& segment)
    {
        const Time took = now - segment.sent;
        if (segment.times > 1 &&
            (m_rtts.empty() ||
             std::all_of(m_rtts.begin(), m_rtts.end(), [took](Time rtt) { return took < rtt; })))
        {
            return;
        }
        advanced = true;
        m_took = took;
        if (!m_latest || m_latest->sent < segment.sent ||
            (m_latest->sent == segment.sent && m_latest->range.end < segment.range.end))
        {
            m_latest = segment;
        }
    }

    /**
     * A segment was delivered: was it overtaken?
     *
     * @param segment the segment
     * @param delivered the ends of what was delivered before
     */
    void NoteOrder(const Segment& segment, const std::vector<SequenceNumber32>& delivered)
    {
        m_reordered =
            m_reordered ||
            (segment.times == 1 &&
             std::any_of(delivered.begin(), delivered.end(), [&segment](SequenceNumber32 end) {
                 return end > segment.range.end;
             }));
        m_delivered.push_back(segment.range.end);
    }

    std::vector<Segment> m_segments;           //!< what is under way
    std::vector<SequenceNumber32> m_delivered; //!< the ends of what was delivered
    std::vector<Time> m_rtts;                  //!< all RTTs
    std::optional<Segment> m_latest;           //!< the latest sent of what was delivered
    Time m_took;                               //!< how long the last delivery took
    bool m_reordered{false};                   //!< the path has reordered
    uint64_t m_serial{1};                      //!< the next sending's number
};

/// A pseudo-random history that happens to a TcpFlight and to the model alike.
class History
{
  public:
    /**
     * @param seed the generator's seed
     * @param next the first number
     */
    History(uint32_t seed, SequenceNumber32 next)
        : m_random(seed),
          m_next(next)
    {
        if (Chance(4))
        {
            m_now = Time(0);
        }
    }

    /// Let something happen, and compare.
    void Step()
    {
        if (Chance(2))
        {
            m_now += MicroSeconds(Draw(40000));
        }
        switch (Draw(12))
        {
        case 0:
        case 1:
        case 2:
        case 3:
            SendNew();
            break;
        case 4:
        case 5:
            SendAgain();
            break;
        case 6:
        case 7:
        case 8:
            Acknowledge();
            break;
        case 9:
        case 10: {
            const bool certain = Chance(2);
            EXPECT_EQ(m_flight.DetectLoss(m_now, certain), m_model.DetectLoss(m_now, certain));
            break;
        }
        default:
            if (Chance(2))
            {
                m_flight.MarkTimedOut(m_now);
                m_model.MarkTimedOut(m_now);
            }
            else if (Chance(2))
            {
                m_flight.UnmarkLost();
                m_model.UnmarkLost();
            }
        }
        Compare();
    }

    uint32_t lost{0};       //!< how often something was lost
    uint32_t resent{0};     //!< how often something that was lost was under way again
    uint32_t sacked{0};     //!< how often something was delivered out of order
    uint32_t deliveries{0}; //!< how many segments were delivered

  private:
    /**
     * @param end how many numbers there are
     * @return one of them, from 0
     */
    uint32_t Draw(uint32_t end)
    {
        return m_random() % end;
    }

    /**
     * @param in one in how many
     * @return whether it is this one
     */
    bool Chance(uint32_t in)
    {
        return Draw(in) == 0;
    }

    /// @return one of the segments under way
    TcpFlight::Range Pick()
    {
        const auto& segments = m_model.GetSegments();
        return segments[Chance(2) ? 0 : Draw(segments.size())].range;
    }

    /**
     * Send a segment.
     *
     * @param range its numbers
     */
    void Send(const TcpFlight::Range& range)
    {
        m_flight.NoteSent(m_now, range);
        m_model.NoteSent(m_now, range);
    }

    /// Send a segment of new data, or a FIN.
    void SendNew()
    {
        const SequenceNumber32 start = m_next;
        m_next += Chance(4) ? 1 : 1 + Draw(1460);
        Send({start, m_next});
    }

    /// Send one of the segments again, or what was a part of several, and perhaps new data.
    void SendAgain()
    {
        if (m_model.GetSegments().empty())
        {
            return;
        }
        if (const auto next = m_flight.GetNextLost(); next && !Chance(4))
        {
            Send(*next);
            return;
        }
        TcpFlight::Range range = Pick();
        if (Chance(4))
        {
            range.start += Draw(range.end - range.start);
            range.end += Chance(8) ? Draw(3000) : 0;
            m_next = std::max(m_next, range.end);
        }
        Send(range);
    }

    /// Acknowledge some segments, and perhaps the half of another; cover some by blocks.
    void Acknowledge()
    {
        if (m_model.GetSegments().empty())
        {
            return;
        }
        const SequenceNumber32 una = m_model.GetSegments()[0].range.start;
        SequenceNumber32 ack = Chance(2) ? una : Pick().end - (Chance(4) ? Draw(2) : 0);
        ack = std::max(ack, una);
        Blocks blocks;
        for (uint32_t i = Draw(4); i > 0; i--)
        {
            TcpFlight::Range block = Pick();
            block.end = std::max(block.end, Pick().end);
            if (!m_blocks.empty() && Chance(2))
            {
                block.start = m_blocks[Draw(m_blocks.size())].start; // it grows
            }
            else if (Chance(4))
            {
                block.start += Draw(2);
                block.end += -static_cast<int32_t>(Draw(2));
            }
            if (block.start < block.end)
            {
                blocks.push_back(block);
            }
        }
        m_blocks = blocks;
        const SequenceNumber32 boundary = Pick().end;
        std::optional<uint32_t> echo;
        if (Chance(2))
        {
            echo = Draw(m_now.GetMilliSeconds() + 1);
        }
        const Delivery delivery = m_flight.NoteAck(m_now, ack, blocks, boundary, echo);
        const Delivery expected = m_model.NoteAck(m_now, ack, blocks, boundary, echo);
        EXPECT_EQ(delivery.segments, expected.segments);
        EXPECT_EQ(delivery.acknowledged, expected.acknowledged);
        EXPECT_EQ(delivery.sacked, expected.sacked);
        EXPECT_EQ(delivery.resent, expected.resent);
        EXPECT_EQ(delivery.original, expected.original);
        EXPECT_EQ(delivery.restartsTimer, expected.restartsTimer);
        EXPECT_EQ(delivery.rtt, expected.rtt);
        EXPECT_EQ(delivery.lastRtt, expected.lastRtt);
        deliveries += delivery.segments;
    }

    /// Compare all that both tell.
    void Compare()
    {
        using Segment = NaiveFlight::Segment;
        const auto& segments = m_model.GetSegments();
        EXPECT_EQ(m_flight.IsEmpty(), segments.empty());
        EXPECT_EQ(m_flight.GetSize(), segments.size());
        EXPECT_EQ(m_flight.GetSacked(), m_model.Count(&Segment::sacked));
        EXPECT_EQ(m_flight.GetResent(), m_model.Count(&Segment::resent));
        EXPECT_EQ(m_flight.GetLost(),
                  m_model.Count(&Segment::lost) + m_model.Count(&Segment::resent));
        EXPECT_EQ(m_flight.GetInFlight(),
                  segments.size() - m_model.Count(&Segment::sacked) -
                      m_model.Count(&Segment::lost));
        EXPECT_EQ(m_flight.GetTotalLost(), m_model.totalLost);
        EXPECT_EQ(m_flight.HasAdvanced(), m_model.advanced);
        const auto next = m_flight.GetNextLost();
        const auto expected = m_model.GetNextLost();
        EXPECT_EQ(next.has_value(), expected.has_value());
        if (next && expected)
        {
            EXPECT_EQ(next->start, expected->start);
            EXPECT_EQ(next->end, expected->end);
        }
        EXPECT_EQ(m_flight.HasResent(),
                  m_model.Count(&Segment::resent) > 0 ||
                      (!segments.empty() && segments[0].times > 1));
        if (!segments.empty())
        {
            EXPECT_EQ(m_flight.GetHeadSent(), segments[0].sent);
            EXPECT_EQ(m_flight.GetFirst().start, segments[0].range.start);
            EXPECT_EQ(m_flight.GetFirst().end, segments[0].range.end);
            EXPECT_EQ(m_flight.GetLast().start, segments.back().range.start);
            EXPECT_EQ(m_flight.GetLast().end, segments.back().range.end);
        }
        lost += next.has_value();
        resent += m_flight.GetResent() > 0;
        sacked += m_flight.GetSacked() > 0;
    }

    std::mt19937 m_random;   //!< what happens
    SequenceNumber32 m_next; //!< the next number to send
    Time m_now{Seconds(1)};  //!< the time
    Blocks m_blocks;         //!< the last SACK blocks
    TcpFlight m_flight;      //!< what is tested
    NaiveFlight m_model;     //!< what it is compared with
};

/// Segments of 100 bytes from 1 on, the first at time 0, one each millisecond.
class Flight : public ::testing::Test
{
  protected:
    /**
     * Send more of them.
     *
     * @param count how many
     */
    void Send(uint32_t count)
    {
        for (; count > 0; count--, m_sent++)
        {
            flight.NoteSent(MilliSeconds(m_sent), Segments(m_sent));
        }
    }

    /**
     * An ACK comes.
     *
     * @param ms when
     * @param segments how many segments it acknowledges
     * @param blocks its SACK blocks
     * @param boundary of TcpFlight::NoteAck(): so many segments
     * @return what it tells
     */
    Delivery Ack(double ms, uint32_t segments, Blocks blocks = {}, uint32_t boundary = 0)
    {
        return flight.NoteAck(MilliSeconds(0) + NanoSeconds(static_cast<int64_t>(ms * 1e6)),
                              Segments(segments).start,
                              std::move(blocks),
                              Segments(boundary).start);
    }

    /// @return the counters: all, in flight, delivered, lost, those sent again
    std::vector<uint32_t> Count() const
    {
        return {flight.GetSize(),
                flight.GetInFlight(),
                flight.GetSacked(),
                flight.GetLost(),
                flight.GetResent()};
    }

    TcpFlight flight; //!< what is tested

  private:
    uint32_t m_sent{0}; //!< how many segments were sent
};

using Counts = std::vector<uint32_t>; //!< what Flight::Count() tells

} // namespace

// Nothing under way, nothing to say.
TEST_F(Flight, IsEmptyAtFirst)
{
    EXPECT_TRUE(flight.IsEmpty());
    EXPECT_EQ(Count(), (Counts{0, 0, 0, 0, 0}));
    EXPECT_FALSE(flight.HasAdvanced());
    EXPECT_FALSE(flight.HasResent());
    EXPECT_FALSE(flight.GetNextLost());
    EXPECT_FALSE(flight.DetectLoss(Seconds(100), CERTAIN));
    flight.MarkTimedOut(Seconds(100));
    flight.UnmarkLost();
    const Delivery nothing = Ack(5, 7, {Segments(9)});
    EXPECT_EQ(nothing.segments, 0u);
    EXPECT_FALSE(nothing.restartsTimer);
    EXPECT_FALSE(nothing.rtt);
}

// What is acknowledged leaves the flight: whole segments, one number short of it not.
TEST_F(Flight, AcknowledgedSegmentsLeave)
{
    Send(4);
    EXPECT_EQ(flight.NoteAck(MilliSeconds(100), SequenceNumber32(100), {}, {}).acknowledged, 0u);
    EXPECT_EQ(flight.GetFirst().start, SequenceNumber32(100)) << "the rest of it";
    const Delivery first = Ack(100, 1);
    EXPECT_EQ(first.acknowledged, 1u);
    EXPECT_EQ(first.segments, 1u);
    EXPECT_TRUE(first.restartsTimer);
    EXPECT_EQ(Ack(101, 1).acknowledged, 0u);
    EXPECT_EQ(flight.NoteAck(MilliSeconds(100), SequenceNumber32(350), {}, {}).acknowledged, 2u);
    EXPECT_EQ(Count(), (Counts{1, 1, 0, 0, 0}));
    EXPECT_EQ(Ack(102, 4).acknowledged, 1u);
    EXPECT_TRUE(flight.IsEmpty());
}

// The RTT is that of the first segment, and what congestion control is told that of the last.
TEST_F(Flight, RttsAreOfTheFirstAndTheLastSegment)
{
    Send(6);
    Delivery delivery = Ack(100, 2);
    EXPECT_EQ(delivery.rtt, MilliSeconds(100));
    EXPECT_EQ(delivery.lastRtt, MilliSeconds(99));
    delivery = Ack(110, 2, {Segments(3, 2)});
    EXPECT_EQ(delivery.rtt, MilliSeconds(107));
    EXPECT_EQ(delivery.lastRtt, MilliSeconds(106));
    delivery = Ack(120, 3, {Segments(3, 3)});
    EXPECT_EQ(delivery.rtt, MilliSeconds(118));
    EXPECT_EQ(delivery.lastRtt, MilliSeconds(115));
}

// Karn's rule: where something that was sent twice leaves, an ACK tells no RTT, but that of
// a SACK block.
TEST_F(Flight, NoRttOfWhatWasSentTwice)
{
    Send(5);
    flight.NoteSent(MilliSeconds(50), Segments(0));
    Delivery delivery = Ack(100, 2);
    EXPECT_TRUE(delivery.resent);
    EXPECT_FALSE(delivery.rtt);
    EXPECT_FALSE(delivery.lastRtt);
    flight.NoteSent(MilliSeconds(150), Segments(2));
    delivery = Ack(200, 3, {Segments(4)});
    EXPECT_EQ(delivery.rtt, MilliSeconds(196));
    EXPECT_EQ(delivery.lastRtt, MilliSeconds(196));
    EXPECT_TRUE(Ack(210, 5).rtt) << "the hole";
}

// One segment behind the hole: a quarter of the least RTT more than the RTT.
TEST_F(Flight, L1_OvertakenSegmentWaitsForAQuarterOfTheRtt)
{
    Send(4);
    Ack(101, 0, {Segments(1)}); // 100 ms after it was sent
    EXPECT_TRUE(flight.HasAdvanced());
    EXPECT_EQ(flight.DetectLoss(MilliSeconds(101), PATIENT), MilliSeconds(24));
    EXPECT_FALSE(flight.HasAdvanced());
    EXPECT_EQ(flight.DetectLoss(MilliSeconds(125) - TimeStep(1), PATIENT), TimeStep(1));
    EXPECT_EQ(Count(), (Counts{4, 3, 1, 0, 0}));
    EXPECT_FALSE(flight.DetectLoss(MilliSeconds(125), PATIENT));
    EXPECT_EQ(Count(), (Counts{4, 2, 1, 1, 0})) << "what was sent later is not overtaken";
    EXPECT_EQ(flight.GetNextLost()->start, SequenceNumber32(1));
}

// Where it is plain that something is lost, what was overtaken is.
TEST_F(Flight, L1_NoWaitWhereALossIsPlain)
{
    Send(5);
    Ack(103, 0, {Segments(3)});
    EXPECT_FALSE(flight.DetectLoss(MilliSeconds(103), CERTAIN));
    EXPECT_EQ(Count(), (Counts{5, 1, 1, 3, 0}));
    EXPECT_EQ(flight.GetTotalLost(), 3u);
}

// A path that has reordered segments gets its time, also where a loss is plain.
TEST_F(Flight, L1_ReorderingIsRemembered)
{
    Send(8);
    Ack(101, 0, {Segments(1)});
    Ack(102, 2); // the first one was late
    Ack(106, 2, {Segments(4, 3)});
    EXPECT_EQ(flight.DetectLoss(MilliSeconds(106), CERTAIN), MilliSeconds(3 + 100 + 25 - 106));
    EXPECT_EQ(flight.GetLost(), 0u);
}

// An ACK that was put off, and goes out with the first SACK block, is not reordering.
TEST_F(Flight, L1_AckThatWasPutOffIsNoReordering)
{
    Send(4);
    Ack(102, 1, {Segments(2)});
    // The last delivery is that of the first segment, which took 102 ms
    EXPECT_EQ(flight.DetectLoss(MilliSeconds(102), CERTAIN), MilliSeconds(1));
    EXPECT_FALSE(flight.DetectLoss(MilliSeconds(103), CERTAIN));
    EXPECT_EQ(flight.GetNextLost()->start, SequenceNumber32(101));
}

// What was sent again fills its hole: no reordering. That it is, others may find out.
TEST_F(Flight, L1_RetransmissionIsNoReordering)
{
    for (const bool told : {false, true})
    {
        flight.Reset();
        for (uint32_t i = 0; i < 4; i++)
        {
            flight.NoteSent(MilliSeconds(i), Segments(i));
        }
        Ack(103, 0, {Segments(1, 3)});
        flight.DetectLoss(MilliSeconds(103), CERTAIN);
        flight.NoteSent(MilliSeconds(103), Segments(0));
        for (uint32_t i = 4; i < 7; i++)
        {
            flight.NoteSent(MilliSeconds(106 + i), Segments(i));
        }
        if (told)
        {
            flight.NoteReordering();
        }
        Ack(203, 4);
        flight.DetectLoss(MilliSeconds(203), CERTAIN);
        Ack(212, 4, {Segments(6)});
        const auto wait = flight.DetectLoss(MilliSeconds(212), CERTAIN);
        EXPECT_EQ(wait.has_value(), told);
        EXPECT_EQ(flight.GetLost(), told ? 0u : 2u);
    }
}

// A retransmission that is lost is found as any other segment is, and counts once more.
TEST_F(Flight, L1_LostRetransmissionIsFound)
{
    Send(5);
    Ack(103, 0, {Segments(1, 3)});
    flight.DetectLoss(MilliSeconds(103), CERTAIN);
    flight.NoteSent(MilliSeconds(103), Segments(0));
    flight.NoteSent(MilliSeconds(104), Segments(5)); // new data
    EXPECT_EQ(Count(), (Counts{6, 3, 3, 1, 1}));
    Ack(104.5, 0, {Segments(1, 4)}); // took 100.5 ms, and was sent before
    flight.DetectLoss(MilliSeconds(104), CERTAIN);
    EXPECT_EQ(flight.GetResent(), 1u);
    Ack(204, 0, {Segments(1, 5)});
    EXPECT_FALSE(flight.DetectLoss(MilliSeconds(204), CERTAIN));
    EXPECT_EQ(Count(), (Counts{6, 0, 5, 1, 0}));
    EXPECT_EQ(flight.GetTotalLost(), 2u);
    EXPECT_EQ(flight.GetNextLost()->start, SequenceNumber32(1));
}

// The wait is by the RTT of what was delivered last, if that was sent earlier than another,
// too.
TEST_F(Flight, L1_LastDeliveryTellsTheRtt)
{
    Send(4);
    Ack(103, 0, {Segments(3)}); // took 100 ms
    flight.DetectLoss(MilliSeconds(103), PATIENT);
    Ack(161, 0, {Segments(1), Segments(3)}); // took 160 ms; a quarter of the least RTT is 25
    EXPECT_TRUE(flight.HasAdvanced());
    EXPECT_EQ(flight.DetectLoss(MilliSeconds(161), PATIENT), MilliSeconds(2 + 160 + 25 - 161));
}

// What was sent at the same time is overtaken by higher numbers alone.
TEST_F(Flight, L1_NumbersDecideAtTheSameTime)
{
    for (uint32_t i = 0; i < 3; i++)
    {
        flight.NoteSent(Time(0), Segments(i));
    }
    Ack(100, 0, {Segments(1)});
    flight.DetectLoss(Seconds(1), CERTAIN);
    EXPECT_EQ(Count(), (Counts{3, 1, 1, 1, 0}));
    EXPECT_EQ(flight.GetNextLost()->start, SequenceNumber32(1));
}

// Which of two sendings has arrived is known only where the second one could not have.
TEST_F(Flight, L1_AmbiguousDeliveryTellsNothing)
{
    for (const double late : {-0.001, 0.0})
    {
        flight.Reset();
        for (uint32_t i = 0; i < 4; i++)
        {
            flight.NoteSent(MilliSeconds(i), Segments(i));
        }
        Ack(100, 1); // took 100 ms
        flight.DetectLoss(MilliSeconds(100), CERTAIN);
        flight.NoteSent(MilliSeconds(150), Segments(3)); // the probe
        Ack(250 + late, 1, {Segments(3)});
        EXPECT_EQ(flight.HasAdvanced(), late == 0.0);
    }
}

// Without any RTT that of a segment sent twice tells nothing; the handshake's RTT will do.
TEST_F(Flight, L1_FirstDeliveryOfARetransmission)
{
    for (const bool known : {false, true})
    {
        flight.Reset();
        if (known)
        {
            flight.NoteRtt(MilliSeconds(100));
        }
        flight.NoteSent(MilliSeconds(1), Segments(0));
        flight.NoteSent(MilliSeconds(300), Segments(0));
        Ack(500, 1);
        EXPECT_EQ(flight.HasAdvanced(), known);
    }
}

// A timestamp tells that the retransmission has not brought forth the ACK.
TEST_F(Flight, L1_EchoTellsWhichSendingHasArrived)
{
    for (const uint32_t echo : {0u, 299u, 300u})
    {
        flight.Reset();
        flight.NoteRtt(MilliSeconds(100));
        flight.NoteSent(MilliSeconds(1), Segments(0));
        flight.NoteSent(MilliSeconds(300), Segments(0));
        flight.NoteAck(MilliSeconds(500), Segments(1).start, {}, {}, echo);
        EXPECT_EQ(flight.HasAdvanced(), echo != 299) << echo;
    }
}

// A block covers whole segments, also several; what it covers half is not delivered.
TEST_F(Flight, BlocksCoverWholeSegments)
{
    struct Case
    {
        uint32_t start;   //!< the block's first number
        uint32_t end;     //!< the number behind it
        uint32_t covered; //!< how many segments it covers
    };

    for (const auto& [start, end, covered] : {Case{101, 201, 1},
                                              Case{101, 200, 0},
                                              Case{102, 201, 0},
                                              Case{102, 302, 1},
                                              Case{101, 401, 3},
                                              Case{101, 400, 2}})
    {
        flight.Reset();
        for (uint32_t i = 0; i < 4; i++)
        {
            flight.NoteSent(MilliSeconds(i), Segments(i));
        }
        EXPECT_EQ(Ack(103, 0, {Range(start, end)}).segments, covered);
        EXPECT_EQ(flight.GetSacked(), covered) << start << ':' << end;
    }
}

// Blocks come in any order, overlap, grow, and come again: each segment is delivered once.
TEST_F(Flight, BlocksComeInAnyOrder)
{
    Send(10);
    EXPECT_EQ(Ack(108, 0, {Segments(7), Segments(2), Segments(4)}).segments, 3u);
    EXPECT_EQ(Ack(108, 0, {Segments(7), Segments(2), Segments(4)}).segments, 0u);
    EXPECT_EQ(Ack(108, 0, {Segments(2, 3), Segments(7)}).segments, 1u);
    EXPECT_EQ(Ack(108, 0, {Segments(1, 4), Segments(3, 5)}).segments, 3u);
    EXPECT_EQ(Count(), (Counts{10, 3, 7, 0, 0}));
    EXPECT_EQ(Ack(109, 8).acknowledged, 8u);
    EXPECT_EQ(Count(), (Counts{2, 2, 0, 0, 0}));
}

// A block of what is acknowledged (D-SACK) tells nothing; nor does one of what has left.
TEST_F(Flight, BlocksOfWhatIsAcknowledgedTellNothing)
{
    Send(6);
    Delivery delivery = Ack(103, 3, {Segments(1)});
    EXPECT_FALSE(delivery.sacked);
    EXPECT_EQ(delivery.segments, 3u);
    EXPECT_EQ(delivery.lastRtt, MilliSeconds(101));
    delivery = Ack(104, 3, {Segments(0), Segments(4)});
    EXPECT_TRUE(delivery.sacked);
    EXPECT_EQ(delivery.segments, 1u);
    delivery = Ack(105, 3, {Segments(1, 2), Segments(4)});
    EXPECT_EQ(delivery.segments, 0u);
}

// Whether something was delivered that was sent once, up to the boundary, by which F-RTO
// knows a spurious timeout.
TEST_F(Flight, L2_OriginalsAreTold)
{
    Send(6);
    flight.NoteSent(MilliSeconds(50), Segments(0));
    EXPECT_FALSE(Ack(103, 1, {}, 3).original) << "sent twice";
    EXPECT_TRUE(Ack(103, 2, {}, 3).original);
    EXPECT_FALSE(Ack(103, 2, {Segments(3)}, 3).original) << "behind the boundary";
    EXPECT_TRUE(Ack(104, 2, {Segments(3, 2)}, 5).original);
    EXPECT_FALSE(Ack(104, 2, {Segments(3, 2)}, 6).original) << "delivered before";
    EXPECT_TRUE(Ack(105, 6, {}, 3).original) << "the third one";
}

// The timer starts anew for what is acknowledged, or where a block tells of what was sent
// before the first segment was, and so not for ever.
TEST_F(Flight, WhatRestartsTheTimer)
{
    Send(3);
    EXPECT_FALSE(Ack(101, 0, {Segments(1)}).restartsTimer);
    flight.NoteSent(MilliSeconds(110), Segments(0));
    EXPECT_TRUE(Ack(111, 0, {Segments(1, 2)}).restartsTimer);
    flight.NoteSent(MilliSeconds(112), Segments(3));
    EXPECT_FALSE(Ack(212, 0, {Segments(1, 3)}).restartsTimer);
    EXPECT_TRUE(Ack(213, 1).restartsTimer);
}

// After a timeout all is lost; but not what was sent so recently that its ACK cannot have
// come, unless it is the first.
TEST_F(Flight, L2_TimeoutMarksWhatIsOld)
{
    Send(4);
    flight.NoteSent(MilliSeconds(300), Segments(4));
    flight.MarkTimedOut(MilliSeconds(301));
    EXPECT_EQ(Count(), (Counts{5, 0, 0, 5, 0})) << "no RTT is known";
    flight.Reset();
    for (uint32_t i = 0; i < 4; i++)
    {
        flight.NoteSent(MilliSeconds(i), Segments(i));
    }
    Ack(100, 1); // took 100 ms
    flight.NoteSent(MilliSeconds(250), Segments(4));
    flight.NoteSent(MilliSeconds(251), Segments(1));
    flight.MarkTimedOut(MilliSeconds(349));
    EXPECT_EQ(Count(), (Counts{4, 1, 0, 3, 0}));
    EXPECT_EQ(flight.GetTotalLost(), 3u);
    flight.MarkTimedOut(MilliSeconds(350));
    EXPECT_EQ(Count(), (Counts{4, 0, 0, 4, 0}));
    EXPECT_EQ(flight.GetTotalLost(), 4u) << "once each";
}

// Blocks are believed beyond a timeout, unless the first segment is covered by one: the
// receiver has dropped what it had (reneging).
TEST_F(Flight, L2_RenegingIsSeenAtTheTimeout)
{
    Send(4);
    Ack(103, 0, {Segments(1), Segments(3)});
    flight.MarkTimedOut(Seconds(1));
    EXPECT_EQ(Count(), (Counts{4, 0, 2, 2, 0}));
    flight.NoteSent(Seconds(1), Segments(0));
    Ack(1100, 1, {Segments(1), Segments(3)});
    flight.MarkTimedOut(Seconds(2));
    EXPECT_EQ(Count(), (Counts{3, 0, 0, 3, 0}));
    EXPECT_EQ(flight.GetNextLost()->start, SequenceNumber32(101));
    EXPECT_EQ(Ack(2100, 1, {Segments(1), Segments(3)}).segments, 2u) << "it has them again";
}

// What is lost is sent again in the order of its numbers; what turns out as lost later, too.
TEST_F(Flight, LostSegmentsAreSentInOrder)
{
    Send(6);
    Ack(105, 0, {Segments(2), Segments(5)});
    flight.DetectLoss(MilliSeconds(105), CERTAIN);
    std::vector<uint32_t> order;
    for (auto next = flight.GetNextLost(); next; next = flight.GetNextLost())
    {
        order.push_back(next->start.GetValue());
        flight.NoteSent(MilliSeconds(105), *next);
    }
    EXPECT_EQ(order, (std::vector<uint32_t>{1, 101, 301, 401}));
    EXPECT_EQ(Count(), (Counts{6, 4, 2, 4, 4}));
    flight.MarkTimedOut(Seconds(1));
    EXPECT_EQ(flight.GetNextLost()->start, SequenceNumber32(1));
}

// An undo: nothing is lost, and RACK looks at what is under way as before.
TEST_F(Flight, L2_UndoUnmarksWhatIsLost)
{
    Send(5);
    Ack(103, 0, {Segments(3)});
    flight.DetectLoss(MilliSeconds(103), CERTAIN);
    flight.NoteSent(MilliSeconds(104), Segments(0));
    EXPECT_EQ(Count(), (Counts{5, 2, 1, 3, 1}));
    flight.UnmarkLost();
    EXPECT_EQ(Count(), (Counts{5, 4, 1, 0, 0}));
    EXPECT_TRUE(flight.HasResent()) << "the first one was";
    EXPECT_FALSE(flight.GetNextLost());
    flight.Reexamine();
    EXPECT_TRUE(flight.HasAdvanced());
    flight.DetectLoss(MilliSeconds(104), CERTAIN);
    EXPECT_EQ(Count(), (Counts{5, 2, 1, 2, 0})) << "not what was sent again since";
}

// The last segment by its numbers, not by the time of sending; a FIN has a number, too.
TEST_F(Flight, L2_ProbeIsTheLastSegment)
{
    Send(4);
    flight.NoteSent(MilliSeconds(9), Segments(0));
    EXPECT_EQ(flight.GetLast().start, SequenceNumber32(301));
    EXPECT_EQ(flight.GetHeadSent(), MilliSeconds(9));
    flight.NoteSent(MilliSeconds(10), Range(401, 402));
    EXPECT_EQ(flight.GetLast().start, SequenceNumber32(401));
    EXPECT_EQ(flight.GetLast().end, SequenceNumber32(402));
}

// Segments that are sent again with other boundaries count as those that they touch; what
// they bring in addition, a FIN say, is another one.
TEST_F(Flight, OtherBoundaries)
{
    Send(4);
    flight.MarkTimedOut(Seconds(1));
    flight.NoteSent(Seconds(1), Range(150, 250));
    EXPECT_EQ(Count(), (Counts{4, 2, 0, 4, 2}));
    flight.NoteSent(Seconds(1), Range(301, 402));
    EXPECT_EQ(Count(), (Counts{5, 4, 0, 4, 3}));
    EXPECT_EQ(flight.GetLast().start, SequenceNumber32(401));
    EXPECT_EQ(flight.GetLast().end, SequenceNumber32(402));
    EXPECT_EQ(flight.NoteAck(Seconds(2), SequenceNumber32(402), {}, {}).acknowledged, 5u);
}

// A gap between segments (the byte of a window probe that nobody noted) is no obstacle.
TEST_F(Flight, GapBetweenSegments)
{
    Send(2);
    flight.NoteSent(MilliSeconds(5), Range(202, 302));
    flight.NoteSent(MilliSeconds(6), Range(201, 202));
    EXPECT_EQ(Ack(100, 0, {Range(202, 302)}).segments, 1u);
    EXPECT_EQ(flight.NoteAck(MilliSeconds(105), SequenceNumber32(202), {}, {}).acknowledged, 2u);
    EXPECT_EQ(flight.NoteAck(MilliSeconds(106), SequenceNumber32(302), {}, {}).acknowledged, 1u);
}

// A new connection knows nothing of segments, times and losses.
TEST_F(Flight, C18_ResetForgetsAll)
{
    Send(4);
    Ack(11, 0, {Segments(3)}); // took 8 ms
    flight.MarkTimedOut(MilliSeconds(12));
    flight.Reset();
    EXPECT_EQ(Count(), (Counts{0, 0, 0, 0, 0}));
    EXPECT_EQ(flight.GetTotalLost(), 0u);
    EXPECT_FALSE(flight.HasAdvanced());
    flight.NoteSent(Seconds(1), Segments(0));
    flight.NoteSent(Seconds(1), Segments(1));
    Ack(1100, 0, {Segments(1)});
    EXPECT_EQ(flight.DetectLoss(MilliSeconds(1100), PATIENT), MilliSeconds(25));
}

// Histories of segments, from time 0 and numbers that wrap around, too: the model tells the
// same.
TEST_F(Flight, AgreesWithAListThatIsScanned)
{
    uint32_t lost = 0;
    uint32_t resent = 0;
    uint32_t sacked = 0;
    uint32_t deliveries = 0;
    for (uint32_t seed = 0; seed < 4000 && !HasFailure(); seed++)
    {
        const uint32_t first = seed % 3 == 0 ? 1 : 0U - seed * 7;
        SCOPED_TRACE(seed);
        History history(seed, SequenceNumber32(first));
        for (int i = 0; i < 80 && !HasFailure(); i++)
        {
            history.Step();
        }
        lost += history.lost;
        resent += history.resent;
        sacked += history.sacked;
        deliveries += history.deliveries;
    }
    // All states were met, many times
    EXPECT_GT(lost, 20000u);
    EXPECT_GT(resent, 20000u);
    EXPECT_GT(sacked, 20000u);
    EXPECT_GT(deliveries, 20000u);
}

// An ACK costs what it tells that is new: with 20,000 segments under way, each acknowledged
// or covered by an ACK of its own, no list is scanned from its beginning.
TEST_F(Flight, CostIsThatOfWhatIsNew)
{
    const auto cost = [this](uint32_t many) {
        const std::clock_t start = std::clock(); // of the processor: others may use it, too
        for (const bool hole : {false, true})
        {
            flight.Reset();
            for (uint32_t i = 0; i < many; i++)
            {
                flight.NoteSent(MicroSeconds(i), Segments(i));
            }
            for (uint32_t i = 1; i < many; i++)
            {
                const Time now = Seconds(1) + MicroSeconds(i);
                flight.NoteAck(now,
                               Segments(hole ? 0 : i).start,
                               hole ? Blocks{Segments(1, i)} : Blocks{},
                               {});
                flight.DetectLoss(now, CERTAIN);
                while (const auto next = flight.GetNextLost())
                {
                    flight.NoteSent(now, *next);
                }
            }
            EXPECT_EQ(flight.GetSacked(), hole ? many - 1 : 0);
            EXPECT_EQ(flight.GetTotalLost(), hole ? 1u : 0u);
        }
        return std::clock() - start;
    };
    cost(2000); // warm
    const auto few = cost(2000);
    EXPECT_LT(cost(40000), 100 * few) << "20 times as much, if not scanned each time: 400 times";
}
