/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * What follows from the times of segments for those that do not arrive: case by case, and
 * against a model that looks at each segment each time.
 */

#include "ns3/nstime.h"
#include "ns3/tcp-flight.h"

#include <algorithm>
#include <cstdint>
#include <gtest/gtest.h>
#include <random>
#include <vector>

using namespace ns3;

namespace
{

using Verdict = TcpFlight::Verdict;

constexpr uint32_t THRESHOLD = 3; //!< how many segments behind a hole prove the loss

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
 * Flight as RFC 8985 describes it, with no other aim than to be seen to be right: a list of
 * segments, and one of deliveries, both scanned from their beginning. Segments that one ACK
 * delivers count in the order of their numbers, as Linux takes them.
 */
class NaiveFlight
{
  public:
    /// A segment was sent; the same as TcpFlight::NoteSent().
    bool NoteSent(Time now, const TcpFlight::Range& range)
    {
        for (Segment& segment : m_segments)
        {
            if (segment.range.start == range.start)
            {
                segment = {range, now, true, segment.delivered};
                return false;
            }
        }
        m_segments.push_back({range, now, false, false});
        return true;
    }

    /// All in front of a number was acknowledged; the same as TcpFlight::NoteAcknowledged().
    bool NoteAcknowledged(Time now, SequenceNumber32 ack)
    {
        std::vector<Segment> rest;
        for (Segment& segment : m_segments)
        {
            if (segment.range.end <= ack)
            {
                Deliver(now, segment);
            }
            else
            {
                rest.push_back(segment);
            }
        }
        const bool left = rest.size() < m_segments.size();
        m_segments = rest;
        m_probed = m_probed && !left;
        return left;
    }

    /// A SACK block covers some numbers; the same as TcpFlight::NoteSacked().
    void NoteSacked(Time now, const TcpFlight::Range& block)
    {
        for (Segment& segment : m_segments)
        {
            if (segment.range.start >= block.start && segment.range.end <= block.end)
            {
                Deliver(now, segment);
            }
        }
    }

    /// Judge the first segment; the same as TcpFlight::Judge().
    Verdict Judge(Time now, uint32_t threshold) const
    {
        const auto sacked = std::count_if(m_segments.begin(),
                                          m_segments.end(),
                                          [](const Segment& segment) { return segment.delivered; });
        if (sacked == 0 || m_segments.front().delivered || m_deliveries.empty())
        {
            return {};
        }
        Time latest = Time::Min();
        Time least = Time::Max();
        for (const Delivery& delivery : m_deliveries)
        {
            latest = Max(latest, delivery.sent);
            least = Min(least, delivery.took);
        }
        const Time sent = m_segments.front().sent;
        if (sent > latest)
        {
            return {};
        }
        const bool proved = sacked >= static_cast<int64_t>(threshold);
        const Time window = proved ? Time(0) : least / 4 + MilliSeconds(2);
        const Time remaining = sent + m_deliveries.back().took + window - now;
        return {remaining > Time(0) ? Verdict::WAIT : Verdict::LOST, remaining};
    }

    /// The same as TcpFlight::IsEmpty().
    bool IsEmpty() const
    {
        return m_segments.empty();
    }

    /// The same as TcpFlight::GetProbeWait().
    Time GetProbeWait(Time rtt) const
    {
        return rtt + rtt + MilliSeconds(m_segments.size() == 1 ? 200 : 2);
    }

    /// The same as TcpFlight::GetLast().
    TcpFlight::Range GetLast() const
    {
        TcpFlight::Range last = m_segments.front().range;
        for (const Segment& segment : m_segments)
        {
            last = segment.range.start > last.start ? segment.range : last;
        }
        return last;
    }

    /// The same as TcpFlight::NoteProbe().
    void NoteProbe()
    {
        m_probed = true;
    }

    /// The same as TcpFlight::IsProbed().
    bool IsProbed() const
    {
        return m_probed;
    }

    /// @return the ranges of all segments
    std::vector<TcpFlight::Range> GetRanges() const
    {
        std::vector<TcpFlight::Range> ranges;
        for (const Segment& segment : m_segments)
        {
            ranges.push_back(segment.range);
        }
        return ranges;
    }

  private:
    /// A segment under way.
    struct Segment
    {
        TcpFlight::Range range; //!< its numbers
        Time sent;              //!< when it was sent last
        bool again;             //!< whether more than once
        bool delivered;         //!< whether a SACK block covers it
    };

    /// A delivery that tells something.
    struct Delivery
    {
        Time sent; //!< when the segment was sent
        Time took; //!< how long the ACK took
    };

    /**
     * Note a delivery; one of a segment that was sent again tells nothing if it came sooner
     * than any before it.
     *
     * @param now the time
     * @param segment the segment
     */
    void Deliver(Time now, Segment& segment)
    {
        const Time took = now - segment.sent;
        bool counts = !segment.delivered;
        if (segment.again)
        {
            counts = counts && !m_deliveries.empty() &&
                     std::any_of(m_deliveries.begin(),
                                 m_deliveries.end(),
                                 [took](const Delivery& other) { return other.took <= took; });
        }
        if (counts)
        {
            m_deliveries.push_back({segment.sent, took});
        }
        segment.delivered = true;
    }

    std::vector<Segment> m_segments;    //!< what is under way
    std::vector<Delivery> m_deliveries; //!< what was delivered
    bool m_probed{false};               //!< a probe is under way
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
    }

    /// Let something happen, and compare.
    void Step()
    {
        if (Chance(2))
        {
            m_now += MicroSeconds(Draw(40000));
        }
        switch (Draw(10))
        {
        case 0:
        case 1:
        case 2:
        case 3:
            SendNew();
            break;
        case 4:
            SendAgain();
            break;
        case 5:
        case 6:
            Sack();
            break;
        case 7:
        case 8:
            Acknowledge();
            break;
        default:
            m_flight.NoteProbe();
            m_model.NoteProbe();
        }
        Compare();
    }

    uint32_t waits{0}; //!< how often a segment was to wait
    uint32_t lost{0};  //!< how often it was lost
    uint32_t none{0};  //!< how often there was nothing to say

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
        const auto ranges = m_model.GetRanges();
        return ranges[Chance(2) ? 0 : Draw(ranges.size())];
    }

    /**
     * Send a segment.
     *
     * @param range its numbers
     */
    void Send(const TcpFlight::Range& range)
    {
        EXPECT_EQ(m_flight.NoteSent(m_now, range), m_model.NoteSent(m_now, range));
    }

    /// Send a segment of new data, or a FIN.
    void SendNew()
    {
        const SequenceNumber32 start = m_next;
        m_next += Chance(4) ? 1 : 1 + Draw(1460);
        Send({start, m_next});
    }

    /// Send one of the segments again.
    void SendAgain()
    {
        if (!m_model.IsEmpty())
        {
            Send(Pick());
        }
    }

    /// Cover some segments, and perhaps the half of two others.
    void Sack()
    {
        if (m_model.IsEmpty())
        {
            return;
        }
        TcpFlight::Range block = Pick();
        block.end = std::max(block.end, Pick().end);
        block.start += Draw(2);
        block.end += -static_cast<int32_t>(Draw(2));
        if (block.start < block.end)
        {
            m_flight.NoteSacked(m_now, block);
            m_model.NoteSacked(m_now, block);
        }
    }

    /// Acknowledge some segments, and perhaps the half of another.
    void Acknowledge()
    {
        if (m_model.IsEmpty())
        {
            return;
        }
        const SequenceNumber32 ack = Pick().end - Draw(2);
        EXPECT_EQ(m_flight.NoteAcknowledged(m_now, ack), m_model.NoteAcknowledged(m_now, ack));
    }

    /// Compare all that both tell.
    void Compare()
    {
        const uint32_t threshold = 1 + Draw(5);
        const Time at = m_now + MicroSeconds(Draw(3) * Draw(3000));
        const Verdict verdict = m_flight.Judge(at, threshold);
        const Verdict expected = m_model.Judge(at, threshold);
        EXPECT_EQ(verdict.kind, expected.kind);
        EXPECT_EQ(verdict.wait, expected.wait);
        waits += verdict.kind == Verdict::WAIT;
        lost += verdict.kind == Verdict::LOST;
        none += verdict.kind == Verdict::NOTHING;
        EXPECT_EQ(m_flight.IsEmpty(), m_model.IsEmpty());
        EXPECT_EQ(m_flight.IsProbed(), m_model.IsProbed());
        const Time rtt = MicroSeconds(Draw(300000));
        EXPECT_EQ(m_flight.GetProbeWait(rtt), m_model.GetProbeWait(rtt));
        if (!m_model.IsEmpty())
        {
            EXPECT_EQ(m_flight.GetLast().start, m_model.GetLast().start);
            EXPECT_EQ(m_flight.GetLast().end, m_model.GetLast().end);
        }
    }

    std::mt19937 m_random;   //!< what happens
    SequenceNumber32 m_next; //!< the next number to send
    Time m_now{Seconds(1)};  //!< the time
    TcpFlight m_flight;      //!< what is tested
    NaiveFlight m_model;     //!< what it is compared with
};

/// @return a flight of four segments, one each millisecond from 0 on, of 100 bytes from 1 on
TcpFlight
FourSegments()
{
    TcpFlight flight;
    for (uint32_t i = 0; i < 4; i++)
    {
        EXPECT_TRUE(flight.NoteSent(MilliSeconds(i), Range(1 + i * 100, 101 + i * 100)));
    }
    return flight;
}

} // namespace

// Nothing under way, nothing to say.
TEST(Flight, IsEmptyAtFirst)
{
    const TcpFlight flight;
    EXPECT_TRUE(flight.IsEmpty());
    EXPECT_FALSE(flight.IsProbed());
    EXPECT_EQ(flight.Judge(Seconds(100), THRESHOLD).kind, Verdict::NOTHING);
}

// What is acknowledged leaves the flight: whole segments, one number short of it not.
TEST(Flight, AcknowledgedSegmentsLeave)
{
    TcpFlight flight = FourSegments();
    EXPECT_FALSE(flight.NoteAcknowledged(MilliSeconds(100), SequenceNumber32(1)));
    EXPECT_FALSE(flight.NoteAcknowledged(MilliSeconds(100), SequenceNumber32(100)));
    EXPECT_TRUE(flight.NoteAcknowledged(MilliSeconds(100), SequenceNumber32(101)));
    EXPECT_FALSE(flight.NoteAcknowledged(MilliSeconds(100), SequenceNumber32(101)));
    EXPECT_TRUE(flight.NoteAcknowledged(MilliSeconds(100), SequenceNumber32(350)));
    EXPECT_FALSE(flight.IsEmpty());
    EXPECT_TRUE(flight.NoteAcknowledged(MilliSeconds(100), SequenceNumber32(401)));
    EXPECT_TRUE(flight.IsEmpty());
}

// A segment that is sent again is not another one, until it has left.
TEST(Flight, RetransmissionIsTheSameSegment)
{
    TcpFlight flight = FourSegments();
    EXPECT_FALSE(flight.NoteSent(MilliSeconds(50), Range(101, 201)));
    EXPECT_TRUE(flight.NoteAcknowledged(MilliSeconds(100), SequenceNumber32(401)));
    EXPECT_TRUE(flight.IsEmpty());
    EXPECT_TRUE(flight.NoteSent(MilliSeconds(150), Range(101, 201)));
}

// One segment behind the hole: a quarter of the RTT and 2 ms more than the RTT.
TEST(Flight, OvertakenSegmentWaitsForAQuarterOfTheRtt)
{
    TcpFlight flight = FourSegments();
    EXPECT_EQ(flight.Judge(MilliSeconds(101), THRESHOLD).kind, Verdict::NOTHING);
    flight.NoteSacked(MilliSeconds(101), Range(101, 201)); // 100 ms after it was sent
    const Time lost = MilliSeconds(0 + 100 + 25 + 2);
    for (const Time& now : {MilliSeconds(101), lost - TimeStep(1)})
    {
        const Verdict verdict = flight.Judge(now, THRESHOLD);
        EXPECT_EQ(verdict.kind, Verdict::WAIT);
        EXPECT_EQ(verdict.wait, lost - now);
    }
    EXPECT_EQ(flight.Judge(lost, THRESHOLD).kind, Verdict::LOST);
    EXPECT_EQ(flight.Judge(lost + TimeStep(1), THRESHOLD).kind, Verdict::LOST);
}

// As many segments behind the hole as the threshold says: it is lost.
TEST(Flight, SegmentsBehindTheHoleProveTheLoss)
{
    for (uint32_t sacked = 1; sacked <= 3; sacked++)
    {
        TcpFlight flight = FourSegments();
        for (uint32_t i = 1; i <= sacked; i++)
        {
            flight.NoteSacked(MilliSeconds(101), Range(1 + i * 100, 101 + i * 100));
        }
        for (uint32_t threshold = 1; threshold <= 4; threshold++)
        {
            EXPECT_EQ(flight.Judge(MilliSeconds(101), threshold).kind,
                      sacked >= threshold ? Verdict::LOST : Verdict::WAIT)
                << sacked << " of " << threshold;
        }
    }
}

// A block covers whole segments, also several; what it covers half is not delivered.
TEST(Flight, BlocksCoverWholeSegments)
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
                                              Case{101, 400, 2},
                                              Case{201, 1000, 2},
                                              Case{402, 1000, 0}})
    {
        TcpFlight flight = FourSegments();
        flight.NoteSacked(MilliSeconds(103), Range(start, end));
        EXPECT_EQ(flight.Judge(Seconds(1), covered + 1).kind,
                  covered > 0 ? Verdict::LOST : Verdict::NOTHING);
        EXPECT_EQ(flight.Judge(MilliSeconds(103), covered + 1).kind,
                  covered > 0 ? Verdict::WAIT : Verdict::NOTHING)
            << start << ':' << end;
        EXPECT_EQ(flight.Judge(MilliSeconds(103), covered).kind,
                  covered > 0 ? Verdict::LOST : Verdict::NOTHING);
    }
}

// What was delivered once counts once: a block that comes again tells nothing.
TEST(Flight, BlockThatComesAgainTellsNothing)
{
    TcpFlight flight = FourSegments();
    flight.NoteSacked(MilliSeconds(101), Range(101, 201));
    flight.NoteSacked(MilliSeconds(500), Range(101, 201));
    EXPECT_EQ(flight.Judge(MilliSeconds(120), THRESHOLD).wait, MilliSeconds(7));
    EXPECT_EQ(flight.Judge(MilliSeconds(120), 2).kind, Verdict::WAIT);
}

// A segment that was sent after all that has arrived is not overtaken.
TEST(Flight, SegmentSentLaterIsNotOvertaken)
{
    TcpFlight flight = FourSegments();
    flight.NoteSacked(MilliSeconds(101), Range(101, 201)); // sent at 1 ms
    flight.NoteSent(MilliSeconds(1), Range(1, 101));
    EXPECT_EQ(flight.Judge(Seconds(1), THRESHOLD).kind, Verdict::LOST) << "sent at the same time";
    flight.NoteSent(MilliSeconds(1) + TimeStep(1), Range(1, 101));
    EXPECT_EQ(flight.Judge(Seconds(1), THRESHOLD).kind, Verdict::NOTHING);
}

// Which transmission of two has arrived is known only where the second one could not have.
TEST(Flight, AmbiguousDeliveryTellsNothing)
{
    for (const int64_t late : {-1, 0})
    {
        TcpFlight flight = FourSegments();
        flight.NoteAcknowledged(MilliSeconds(100), SequenceNumber32(101)); // took 100 ms
        flight.NoteSent(MilliSeconds(150), Range(301, 401));               // the last one, again
        flight.NoteSacked(MilliSeconds(250) + TimeStep(late), Range(301, 401));
        const Verdict verdict = flight.Judge(MilliSeconds(100), THRESHOLD);
        // What is first now was sent at 1 ms: after what counts, or before
        EXPECT_EQ(verdict.kind, late < 0 ? Verdict::NOTHING : Verdict::WAIT) << late;
    }
}

// Without any other delivery that of a segment sent twice tells nothing, either.
TEST(Flight, FirstDeliveryOfARetransmissionTellsNothing)
{
    TcpFlight flight;
    flight.NoteSent(MilliSeconds(1), Range(1, 101));
    flight.NoteSent(MilliSeconds(1), Range(101, 201));
    flight.NoteSent(MilliSeconds(300), Range(101, 201));
    flight.NoteSacked(Seconds(100), Range(101, 201));
    EXPECT_EQ(flight.Judge(Seconds(200), 1).kind, Verdict::NOTHING);
}

// A first segment that has arrived, but was not yet acknowledged, is not lost.
TEST(Flight, DeliveredHeadIsNotLost)
{
    TcpFlight flight = FourSegments();
    flight.NoteSacked(MilliSeconds(101), Range(1, 201));
    EXPECT_EQ(flight.Judge(Seconds(1), 1).kind, Verdict::NOTHING);
}

// The probe waits two RTTs; for a lone segment as long as an ACK may be delayed, too.
TEST(Flight, ProbeWaitsTwoRtts)
{
    TcpFlight flight;
    flight.NoteSent(Time(0), Range(1, 101));
    EXPECT_EQ(flight.GetProbeWait(MilliSeconds(70)), MilliSeconds(340));
    flight.NoteSent(Time(0), Range(101, 201));
    EXPECT_EQ(flight.GetProbeWait(MilliSeconds(70)), MilliSeconds(142));
    flight.NoteSent(Time(0), Range(201, 301));
    EXPECT_EQ(flight.GetProbeWait(MilliSeconds(70)), MilliSeconds(142));
}

// The probe is the last segment, not the one that was sent last, with the end of then.
TEST(Flight, ProbeIsTheLastSegment)
{
    TcpFlight flight = FourSegments();
    EXPECT_EQ(flight.GetLast().start, SequenceNumber32(301));
    EXPECT_EQ(flight.GetLast().end, SequenceNumber32(401));
    flight.NoteSent(MilliSeconds(9), Range(1, 101));
    EXPECT_EQ(flight.GetLast().start, SequenceNumber32(301));
    flight.NoteSent(MilliSeconds(10), Range(401, 402));
    EXPECT_EQ(flight.GetLast().start, SequenceNumber32(401));
    EXPECT_EQ(flight.GetLast().end, SequenceNumber32(402));
}

// One probe until something is acknowledged; a SACK block is no such thing.
TEST(Flight, ProbeIsOverWithAnAck)
{
    TcpFlight flight = FourSegments();
    flight.NoteProbe();
    EXPECT_TRUE(flight.IsProbed());
    flight.NoteAcknowledged(MilliSeconds(100), SequenceNumber32(1));
    flight.NoteSacked(MilliSeconds(100), Range(301, 401));
    flight.NoteSent(MilliSeconds(100), Range(401, 501));
    EXPECT_TRUE(flight.IsProbed());
    flight.NoteAcknowledged(MilliSeconds(100), SequenceNumber32(101));
    EXPECT_FALSE(flight.IsProbed());
}

// A new connection knows nothing of segments, times and probes.
TEST(Flight, ResetForgetsAll)
{
    TcpFlight flight = FourSegments();
    flight.NoteSacked(MilliSeconds(11), Range(301, 401)); // took 8 ms
    flight.NoteProbe();
    flight.Reset();
    EXPECT_TRUE(flight.IsEmpty());
    EXPECT_FALSE(flight.IsProbed());
    EXPECT_EQ(flight.Judge(Seconds(1), 1).kind, Verdict::NOTHING);
    EXPECT_TRUE(flight.NoteSent(Seconds(1), Range(1, 101)));
    EXPECT_TRUE(flight.NoteSent(Seconds(1), Range(101, 201)));
    flight.NoteSacked(Seconds(1) + MilliSeconds(100), Range(101, 201));
    EXPECT_EQ(flight.Judge(Seconds(1) + MilliSeconds(100), THRESHOLD).wait, MilliSeconds(27));
}

// Histories of segments, from numbers that wrap around, too: the model tells the same.
TEST(Flight, AgreesWithAListThatIsScanned)
{
    uint32_t waits = 0;
    uint32_t lost = 0;
    uint32_t none = 0;
    for (uint32_t seed = 0; seed < 3000 && !HasFailure(); seed++)
    {
        const uint32_t first = seed % 3 == 0 ? 1 : 0U - seed * 7;
        SCOPED_TRACE(seed);
        History history(seed, SequenceNumber32(first));
        for (int i = 0; i < 60 && !HasFailure(); i++)
        {
            history.Step();
        }
        waits += history.waits;
        lost += history.lost;
        none += history.none;
    }
    // All verdicts were met, many times
    EXPECT_GT(waits, 1000u);
    EXPECT_GT(lost, 3000u);
    EXPECT_GT(none, 3000u);
}
