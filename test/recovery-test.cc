/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * TcpRecovery by itself: a sender of numbered segments, whose windows are two numbers.
 */

#include "ns3/nstime.h"
#include "ns3/tcp-flight.h"
#include "ns3/tcp-recovery.h"

#include <algorithm>
#include <cstdint>
#include <gtest/gtest.h>
#include <optional>
#include <vector>

using namespace ns3;

namespace
{

using State = TcpRecovery::State;
using Numbers = std::vector<uint32_t>; //!< numbers of segments, from 0
using States = std::vector<State>;     //!< congestion states

constexpr uint32_t SIZE = 100;        //!< bytes in a segment
constexpr uint32_t UNLIMITED = 10000; //!< more segments than any window has
constexpr uint32_t INFINITE = 100000; //!< the slow start threshold before any loss

/**
 * @param segment a segment's number
 * @return its first sequence number
 */
SequenceNumber32
StartOf(uint32_t segment)
{
    return SequenceNumber32(1 + segment * SIZE);
}

/// An ACK.
struct Told
{
    uint32_t ack{0};                                     //!< how many segments it acknowledges
    std::vector<std::pair<uint32_t, uint32_t>> blocks{}; //!< SACK: first segment, and how many
    std::optional<uint32_t> echo{};                      //!< the timestamp that it echoes
    bool congestion{false};                              //!< ECE
    bool pure{true};                                     //!< neither data nor another window
};

/// A sender whose segments are numbered, and what it does.
class Recovery : public ::testing::Test, protected TcpRecovery::Windows
{
  protected:
    Recovery()
        : recovery(flight, *this)
    {
    }

    // TcpRecovery::Windows

    uint32_t GetCongestionWindow() const override
    {
        return window;
    }

    void SetCongestionWindow(uint32_t segments) override
    {
        window = segments;
    }

    uint32_t GetThreshold() const override
    {
        return threshold;
    }

    void SetThreshold(uint32_t segments) override
    {
        threshold = segments;
    }

    uint32_t GetReducedWindow() override
    {
        return std::max(window * 7 / 10, 2u); // as CUBIC's
    }

    void OnState(State state) override
    {
        EXPECT_EQ(state, recovery.GetState());
        states.push_back(state);
    }

    /// @return SND.NXT
    SequenceNumber32 GetNext() const
    {
        return StartOf(sent);
    }

    /**
     * Send new segments, one each millisecond.
     *
     * @param count how many
     */
    void Send(uint32_t count)
    {
        for (uint32_t i = 0; i < count; i++)
        {
            flight.NoteSent(now + MilliSeconds(i), {StartOf(sent), StartOf(sent + 1)});
            recovery.NoteSent();
            sent++;
        }
    }

    /// Send new data as the window allows.
    void SendNew()
    {
        while (sent < written && flight.GetInFlight() < window)
        {
            flight.NoteSent(now, {StartOf(sent), StartOf(sent + 1)});
            recovery.NoteSent();
            left.push_back(sent++);
        }
    }

    /**
     * Send a segment again.
     *
     * @param range its numbers
     */
    void SendAgain(const TcpFlight::Range& range)
    {
        recovery.NoteResent(now.GetMilliSeconds());
        flight.NoteSent(now, range);
        recovery.NoteSent();
        left.push_back((range.start.GetValue() - 1) / SIZE);
    }

    /**
     * Send what is called for, as TcpLinuxSocket does.
     *
     * @param what it
     */
    void Answer(TcpRecovery::Send what)
    {
        if (what == TcpRecovery::Send::NEW)
        {
            const uint32_t before = sent;
            SendNew();
            if (sent > before)
            {
                return;
            }
            recovery.EndDoubt();
        }
        while (what != TcpRecovery::Send::AS_EVER && flight.GetInFlight() < window &&
               flight.GetNextLost())
        {
            SendAgain(*flight.GetNextLost());
        }
        SendNew();
    }

    /**
     * An ACK comes.
     *
     * @param ms when
     * @param told what it tells
     * @return what it lets leave
     */
    Numbers Ack(uint32_t ms, const Told& told)
    {
        now = MilliSeconds(ms);
        TcpRecovery::Ack ack;
        ack.before = StartOf(acknowledged);
        ack.number = StartOf(told.ack);
        ack.next = GetNext();
        ack.outstanding = !flight.IsEmpty();
        ack.pure = told.pure;
        ack.congestion = told.congestion;
        ack.moreData = sent < written;
        ack.echo = told.echo;
        std::vector<TcpFlight::Range> blocks;
        for (const auto& [first, count] : told.blocks)
        {
            blocks.push_back({StartOf(first), StartOf(first + count)});
        }
        ack.delivery = flight.NoteAck(now, ack.number, blocks, recovery.GetBoundary(), ack.echo);
        acknowledged = told.ack;
        left.clear();
        answer = recovery.OnAck(now, ack);
        if (ack.outstanding && !recovery.Reduce(ack.delivery.segments, ack.number > ack.before) &&
            ack.delivery.acknowledged > 0 && window < threshold)
        {
            window = std::min(threshold, window + ack.delivery.segments); // slow start
        }
        Answer(answer.send);
        return left;
    }

    /**
     * The retransmission timer expires.
     *
     * @param ms when
     * @param doubts whether F-RTO is on
     * @return what leaves
     */
    Numbers TimeOut(uint32_t ms, bool doubts = false)
    {
        now = MilliSeconds(ms);
        left.clear();
        recovery.OnTimeout(now, StartOf(acknowledged), GetNext(), doubts);
        SendAgain(flight.GetFirst());
        return left;
    }

    /**
     * The probe's time has come.
     *
     * @param ms when
     * @param fresh whether there is new data for it
     */
    void Probe(uint32_t ms, bool fresh)
    {
        now = MilliSeconds(ms);
        if (fresh)
        {
            Send(1);
        }
        else
        {
            flight.NoteSent(now, flight.GetLast());
        }
        recovery.NoteProbe(GetNext(), !fresh);
    }

    /**
     * Enter a recovery: ten segments, the first of which is lost, and the next three arrive.
     */
    void LoseFirst()
    {
        Send(10);
        Ack(101, {0, {{1, 1}}});
        Ack(102, {0, {{1, 2}}});
        EXPECT_EQ(recovery.GetState(), State::DISORDER);
        EXPECT_EQ(Ack(103, {0, {{1, 3}}}), (Numbers{0}));
        EXPECT_EQ(recovery.GetState(), State::RECOVERY);
        EXPECT_EQ(threshold, 7u);
    }

    TcpFlight flight;             //!< what is under way
    TcpRecovery recovery;         //!< what is tested
    TcpRecovery::Answer answer;   //!< to the last ACK
    uint32_t window{10};          //!< the congestion window
    uint32_t threshold{INFINITE}; //!< the slow start threshold
    uint32_t written{0};          //!< how many segments there are, but for Send()'s
    uint32_t sent{0};             //!< how many were sent
    uint32_t acknowledged{0};     //!< how many were acknowledged
    Time now;                     //!< the time
    Numbers left;                 //!< what has left since the last event
    States states;                //!< the states that were told
};

} // namespace

// As long as all is well nothing but the timer is touched.
TEST_F(Recovery, L7_OrdinaryAckChangesNothing)
{
    Send(10);
    for (uint32_t i = 1; i <= 10; i++)
    {
        Ack(100 + i, {i});
        EXPECT_TRUE(answer.restartsTimer);
        EXPECT_FALSE(answer.wait);
    }
    EXPECT_EQ(states, States());
    EXPECT_EQ(window, 20u);
    EXPECT_FALSE(recovery.IsReducing());
}

// Something out of order is no loss yet: new data goes on as the window allows, and when the
// hole is filled all is as before.
TEST_F(Recovery, L7_DisorderIsNoLoss)
{
    Send(10);
    written = UNLIMITED;
    EXPECT_EQ(Ack(101, {0, {{1, 1}}}), (Numbers{10}));
    EXPECT_EQ(recovery.GetState(), State::DISORDER);
    EXPECT_EQ(answer.wait, MilliSeconds(24)) << "a quarter of the RTT after the RTT";
    EXPECT_FALSE(answer.restartsTimer);
    EXPECT_EQ(Ack(102, {2}).size(), 2u) << "one for one, and the window grows by one";
    EXPECT_EQ(states, (States{State::DISORDER, State::OPEN}));
    EXPECT_EQ(threshold, INFINITE);
}

// While more is under way than the target, as much is sent as is delivered, times the
// reduction: 14 of 20 (RFC 6937: ceil(prr_delivered * ssthresh / RecoverFS) - prr_out).
TEST_F(Recovery, L7_WindowShrinksInProportion)
{
    window = 20;
    Send(20);
    written = UNLIMITED;
    EXPECT_EQ(Ack(101, {0, {{1, 1}}}), (Numbers{20}));
    EXPECT_EQ(Ack(102, {0, {{1, 2}}}), (Numbers{21}));
    Numbers counts;
    Numbers windows;
    for (uint32_t delivered = 1; delivered <= 17; delivered++)
    {
        counts.push_back(Ack(102 + delivered, {0, {{1, 2 + delivered}}}).size());
        windows.push_back(window);
    }
    EXPECT_EQ(threshold, 14u);
    // ceil(0.7), ceil(1.4), ceil(2.1), ceil(2.8), ceil(3.5) ... less what was sent before; the
    // last three find 14 and 13 under way
    EXPECT_EQ(counts, (Numbers{1, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 0, 1, 1}));
    EXPECT_EQ(windows,
              (Numbers{19, 19, 19, 18, 18, 18, 17, 17, 17, 16, 16, 16, 16, 15, 14, 14, 14}));
    EXPECT_EQ(states, (States{State::DISORDER, State::RECOVERY}));
}

// With less than the target under way what is delivered is replaced; and one more is sent
// where something is acknowledged and nothing more is lost, up to the target.
TEST_F(Recovery, L7_WindowGrowsBackToTheTarget)
{
    Send(10);
    Ack(106, {0, {{6, 1}}});
    Ack(107, {0, {{6, 2}}});
    written = UNLIMITED;
    // Six lost, one of ten under way; the target is 7
    EXPECT_EQ(Ack(108, {0, {{6, 3}}}), (Numbers{0}));
    EXPECT_EQ(window, 2u);
    EXPECT_EQ(Ack(109, {0, {{6, 4}}}), (Numbers{1}));
    EXPECT_EQ(window, 2u);
    EXPECT_EQ(Ack(208, {1, {{6, 4}}}), (Numbers{2, 3}));
    EXPECT_EQ(window, 3u);
    EXPECT_EQ(Ack(209, {2, {{6, 4}}}), (Numbers{4, 5}));
    EXPECT_EQ(Ack(308, {3, {{6, 4}}}), (Numbers{10, 11}));
    EXPECT_EQ(window, 5u);
    EXPECT_EQ(Ack(309, {4, {{6, 4}}}), (Numbers{12, 13}));
    EXPECT_EQ(Ack(310, {5, {{6, 4}}}), (Numbers{14, 15}));
    EXPECT_EQ(window, 7u);
    Ack(311, {10});
    EXPECT_EQ(states.back(), State::OPEN);
    EXPECT_EQ(window, 7u);
}

// Where an ACK tells of another loss it gives nothing in addition.
TEST_F(Recovery, L7_AnotherLossGivesNothingInAddition)
{
    Send(10);
    Ack(106, {0, {{6, 1}}});
    Ack(107, {0, {{6, 2}}});
    Ack(108, {0, {{6, 3}}});
    Ack(109, {0, {{6, 4}}});
    EXPECT_EQ(Ack(208, {1, {{6, 4}}}), (Numbers{2, 3}));
    EXPECT_EQ(Ack(209, {2, {{6, 4}}}), (Numbers{4, 5}));
    EXPECT_EQ(window, 4u);
    // The third one has arrived, and the fifth; the fourth is lost again. Two for two, and
    // not three.
    EXPECT_EQ(Ack(309, {3, {{4, 1}, {6, 4}}}), (Numbers{3}));
    EXPECT_EQ(flight.GetTotalLost(), 7u);
    EXPECT_EQ(window, 3u);
}

// All that had been sent when the loss was found is acknowledged: the window is what it was
// to be reduced to, and grows from there.
TEST_F(Recovery, L7_RecoveryEndsAtTheTarget)
{
    LoseFirst();
    EXPECT_EQ(window, 7u);
    EXPECT_EQ(Ack(104, {0, {{1, 4}}}), Numbers());
    Ack(203, {9});
    EXPECT_EQ(recovery.GetState(), State::RECOVERY) << "one is missing";
    Ack(204, {10});
    EXPECT_EQ(recovery.GetState(), State::OPEN);
    EXPECT_EQ(window, 7u);
    Send(3);
    Ack(300, {13});
    EXPECT_EQ(window, 7u);
    EXPECT_EQ(states, (States{State::DISORDER, State::RECOVERY, State::OPEN}));
}

// A recovery reduces the window once, whatever else is lost in it.
TEST_F(Recovery, L7_OneReductionInARecovery)
{
    LoseFirst();
    written = UNLIMITED;
    Ack(109, {0, {{1, 5}, {8, 2}}}); // 6 and 7 as well
    EXPECT_EQ(flight.GetTotalLost(), 3u);
    EXPECT_EQ(threshold, 7u);
    EXPECT_EQ(recovery.GetState(), State::RECOVERY);
}

// A retransmission that is lost is sent again when something arrives that was sent later.
TEST_F(Recovery, L1_LostRetransmissionIsSentAgain)
{
    LoseFirst(); // sent again at 103 ms
    written = UNLIMITED;
    EXPECT_EQ(Ack(104, {0, {{1, 4}}}), (Numbers{10}));
    for (uint32_t i = 5; i <= 9; i++)
    {
        EXPECT_EQ(Ack(100 + i, {0, {{1, i}}}), (Numbers{6 + i}));
    }
    EXPECT_EQ(Ack(204, {0, {{1, 10}}}), (Numbers{0})) << "the tenth was sent at 104";
    EXPECT_EQ(threshold, 7u);
    EXPECT_EQ(recovery.GetState(), State::RECOVERY);
}

// What waits for reordering is lost when its time has passed; the window shrinks by that
// one delivery.
TEST_F(Recovery, L1_ReorderingTimeout)
{
    Send(10);
    Ack(101, {0, {{1, 1}}});
    now = MilliSeconds(125) - TimeStep(1);
    EXPECT_EQ(recovery.OnReorderingTimeout(now, GetNext()).send, TcpRecovery::Send::AS_EVER);
    EXPECT_EQ(recovery.GetState(), State::DISORDER);
    now = MilliSeconds(125);
    answer = recovery.OnReorderingTimeout(now, GetNext());
    EXPECT_EQ(answer.send, TcpRecovery::Send::LOST);
    EXPECT_EQ(recovery.GetState(), State::RECOVERY);
    EXPECT_EQ(threshold, 7u);
    EXPECT_EQ(window, 9u) << "8 under way, and ceil(0.7)";
    left.clear();
    Answer(answer.send);
    EXPECT_EQ(left, (Numbers{0}));
}

// After a timeout the window is what is under way, and one; the ACK of that one makes it 2.
TEST_F(Recovery, L2_TimeoutThenItsAck)
{
    Send(10);
    written = UNLIMITED;
    EXPECT_EQ(TimeOut(300), (Numbers{0}));
    EXPECT_EQ(recovery.GetState(), State::LOSS);
    EXPECT_EQ(window, 1u);
    EXPECT_EQ(threshold, 7u);
    EXPECT_EQ(Ack(400, {1}), (Numbers{1, 2}));
    EXPECT_EQ(window, 2u);
    EXPECT_EQ(Ack(500, {2}), (Numbers{3, 4}));
    EXPECT_EQ(Ack(501, {3}), (Numbers{5, 6}));
    EXPECT_EQ(window, 4u);
    EXPECT_EQ(recovery.GetState(), State::LOSS);
    Ack(601, {10});
    EXPECT_EQ(recovery.GetState(), State::OPEN);
    EXPECT_EQ(window, 7u) << "slow start up to the threshold";
    EXPECT_EQ(states, (States{State::LOSS, State::OPEN}));
}

// What was sent less than an RTT ago is still under way.
TEST_F(Recovery, L2_TimeoutLeavesWhatIsRecent)
{
    Send(4);
    Ack(100, {1});
    now = MilliSeconds(390);
    Send(2);
    TimeOut(410);
    EXPECT_EQ(window, 3u);
    EXPECT_EQ(flight.GetLost(), 3u);
}

// A second timeout in a row reduces nothing; one after an ACK does, from what the window is.
TEST_F(Recovery, L2_TimeoutsInARow)
{
    Send(10);
    TimeOut(300);
    TimeOut(900);
    EXPECT_EQ(threshold, 7u);
    EXPECT_EQ(window, 1u);
    EXPECT_EQ(Ack(1000, {1}), (Numbers{1, 2}));
    EXPECT_EQ(TimeOut(1600), (Numbers{1}));
    EXPECT_EQ(threshold, 2u);
    EXPECT_EQ(window, 1u);
    EXPECT_EQ(states, (States{State::LOSS}));
}

// In LOSS a retransmission that is lost again makes a recovery of it.
TEST_F(Recovery, L1_LostRetransmissionAfterATimeout)
{
    flight.NoteRtt(MilliSeconds(100));
    Send(10);
    TimeOut(300);
    EXPECT_EQ(Ack(400, {1}), (Numbers{1, 2}));
    EXPECT_EQ(Ack(501, {1, {{2, 1}}}).at(0), 1u) << "both were sent at 400";
    EXPECT_EQ(recovery.GetState(), State::RECOVERY);
}

// F-RTO: the first ACK after a timeout is answered by new data; if that brings forth a SACK
// block the loss was real.
TEST_F(Recovery, L2_DoubtIsRefuted)
{
    Send(10);
    written = UNLIMITED;
    TimeOut(300, true);
    EXPECT_EQ(Ack(400, {1}), (Numbers{10, 11}));
    EXPECT_EQ(window, 2u);
    EXPECT_EQ(Ack(500, {1, {{10, 1}}}), (Numbers{1})) << "one of two in a window of 2";
    EXPECT_EQ(recovery.GetState(), State::LOSS);
    EXPECT_EQ(Ack(501, {1, {{10, 2}}}), (Numbers{2}));
    EXPECT_EQ(threshold, 7u);
}

// If instead something is acknowledged that was sent once, the timeout was spurious, and all
// is as before.
TEST_F(Recovery, L2_DoubtIsConfirmed)
{
    Send(10);
    written = UNLIMITED;
    TimeOut(300, true);
    EXPECT_EQ(Ack(310, {1}), (Numbers{10, 11}));
    Ack(311, {2});
    EXPECT_EQ(recovery.GetState(), State::OPEN);
    EXPECT_EQ(flight.GetLost(), 0u);
    EXPECT_EQ(window, 11u) << "10, and slow start";
    EXPECT_EQ(threshold, INFINITE);
}

// Without new data, and without F-RTO, what is lost is sent again.
TEST_F(Recovery, L2_NoDoubtWithoutNewData)
{
    Send(10);
    TimeOut(300, true);
    EXPECT_EQ(Ack(400, {1}), (Numbers{1, 2}));
    EXPECT_EQ(Ack(500, {2}), (Numbers{3, 4})) << "sent again, and no original";
    EXPECT_EQ(recovery.GetState(), State::LOSS);
}

// An ACK that goes on is no duplicate, and does not refute the doubt.
TEST_F(Recovery, L2_AdvanceDoesNotRefuteTheDoubt)
{
    Send(10);
    written = 10;
    Ack(103, {0, {{3, 1}}});
    Ack(104, {0, {{3, 2}}});
    EXPECT_EQ(Ack(105, {0, {{3, 3}}}), (Numbers{0}));
    EXPECT_EQ(Ack(106, {0, {{3, 4}}}), (Numbers{1}));
    EXPECT_EQ(TimeOut(400, true), (Numbers{0})) << "in a recovery: no doubt";
    TimeOut(1000, true);
    written = UNLIMITED;
    EXPECT_EQ(Ack(1100, {1, {{3, 4}}}).at(0), 10u);
    EXPECT_EQ(Ack(1101, {2, {{3, 4}}}), (Numbers{2})) << "it was sent again: no original";
    EXPECT_EQ(recovery.GetState(), State::LOSS);
    Ack(1102, {2, {{3, 5}}});
    EXPECT_EQ(recovery.GetState(), State::DISORDER) << "the eighth was sent once";
    EXPECT_EQ(flight.GetLost(), 0u);
}

// A timeout after ECN has reduced the window can be spurious, too; there is no window to go
// back to.
TEST_F(Recovery, L2_DoubtIsConfirmedAfterEcn)
{
    Send(10);
    Told told{1};
    told.congestion = true;
    Ack(100, told);
    ASSERT_EQ(recovery.GetState(), State::CWR);
    written = UNLIMITED;
    TimeOut(400, true);
    EXPECT_EQ(Ack(410, {2}).size(), 2u);
    Ack(411, {3});
    EXPECT_EQ(recovery.GetState(), State::OPEN);
    EXPECT_EQ(flight.GetLost(), 0u);
    EXPECT_EQ(threshold, 7u);
    EXPECT_LT(window, 5u);
}

// A timestamp from before the retransmission shows that a timeout was for nothing.
TEST_F(Recovery, L2_EchoUndoesATimeout)
{
    for (const uint32_t echo : {0u, 299u, 300u})
    {
        flight.Reset();
        recovery.Reset();
        window = 10;
        threshold = INFINITE;
        sent = acknowledged = 0;
        now = Time(0);
        Send(10);
        TimeOut(300);
        Told told{1};
        told.echo = echo;
        Ack(310, told);
        if (echo == 299)
        {
            EXPECT_EQ(recovery.GetState(), State::OPEN);
            EXPECT_EQ(window, 11u);
            EXPECT_EQ(threshold, INFINITE);
            EXPECT_EQ(flight.GetLost(), 0u);
            EXPECT_EQ(left, Numbers());
        }
        else
        {
            EXPECT_EQ(recovery.GetState(), State::LOSS) << echo;
            EXPECT_EQ(window, 2u);
        }
    }
}

// The same in a recovery, once no retransmission is under way.
TEST_F(Recovery, L7_EchoUndoesARecovery)
{
    LoseFirst(); // sent again at 103 ms
    Told told{4};
    told.echo = 50;
    EXPECT_EQ(Ack(150, told), Numbers());
    EXPECT_EQ(recovery.GetState(), State::OPEN);
    EXPECT_EQ(window, 11u) << "10, and slow start: three were delivered before";
    EXPECT_EQ(threshold, INFINITE);
    // The path reorders: from now on there is time for it
    Ack(160, {4, {{7, 3}}});
    EXPECT_EQ(answer.wait, MilliSeconds(6 + 151 + 25 - 160));
    EXPECT_EQ(flight.GetLost(), 0u);
}

// As long as a retransmission is under way nothing more is thought lost.
TEST_F(Recovery, L7_NoUndoWhileARetransmissionIsUnderWay)
{
    written = 10;
    Send(10);
    Ack(104, {0, {{4, 1}}});
    Ack(105, {0, {{4, 2}}});
    EXPECT_EQ(Ack(106, {0, {{4, 3}}}), (Numbers{0}));
    EXPECT_EQ(Ack(107, {0, {{4, 4}}}), (Numbers{1}));
    Told told{1, {{4, 5}}};
    told.echo = 50;
    EXPECT_EQ(Ack(150, told), Numbers());
    EXPECT_EQ(answer.send, TcpRecovery::Send::AS_EVER);
    EXPECT_EQ(recovery.GetState(), State::RECOVERY);
    told = {2, {{4, 5}}};
    told.echo = 51;
    Ack(151, told);
    EXPECT_EQ(recovery.GetState(), State::DISORDER);
    EXPECT_EQ(flight.GetLost(), 0u);
    EXPECT_GE(window, 10u);
}

// An ACK of all that tells so undoes the recovery at its end.
TEST_F(Recovery, L7_EchoUndoesAtTheEnd)
{
    for (const uint32_t echo : {50u, 103u})
    {
        flight.Reset();
        recovery.Reset();
        states.clear();
        window = 10;
        threshold = INFINITE;
        sent = acknowledged = 0;
        now = Time(0);
        LoseFirst();
        Told told{10};
        told.echo = echo;
        Ack(150, told);
        EXPECT_EQ(recovery.GetState(), State::OPEN);
        EXPECT_EQ(threshold, echo == 50 ? INFINITE : 7u);
        EXPECT_EQ(window >= 10, echo == 50);
    }
}

// What the network has told of congestion is not undone.
TEST_F(Recovery, L7_NoUndoOfCongestion)
{
    Send(10);
    Ack(101, {0, {{1, 1}}});
    Ack(102, {0, {{1, 2}}});
    Told told{0, {{1, 3}}};
    told.congestion = true;
    EXPECT_EQ(Ack(103, told), (Numbers{0}));
    told = {10};
    told.echo = 50;
    Ack(150, told);
    EXPECT_EQ(recovery.GetState(), State::OPEN);
    EXPECT_EQ(threshold, 7u);
    EXPECT_EQ(window, 7u);
}

// A recovery that follows another at once has a clock of its own.
TEST_F(Recovery, L7_UndoOfASecondRecovery)
{
    LoseFirst(); // sent again at 103 ms
    written = 17;
    for (uint32_t i = 4; i <= 9; i++)
    {
        Ack(100 + i, {0, {{1, i}}});
    }
    ASSERT_EQ(sent, 16u);
    const uint32_t before = window;
    // All of the first recovery is acknowledged, and four behind the eleventh have arrived
    EXPECT_EQ(Ack(200, {10, {{11, 5}}}).at(0), 10u);
    EXPECT_EQ(recovery.GetState(), State::RECOVERY);
    Told told{16};
    told.echo = 150; // after the first retransmission of all, before that of this recovery
    Ack(230, told);
    EXPECT_EQ(recovery.GetState(), State::OPEN);
    EXPECT_GE(window, before);
}

// ECE: the window shrinks in proportion, and this ends when something is acknowledged that
// was sent afterwards.
TEST_F(Recovery, L7_CongestionShrinksTheWindow)
{
    Send(10);
    written = UNLIMITED;
    Told told{1};
    told.congestion = true;
    EXPECT_EQ(Ack(100, told), (Numbers{10})) << "9 under way, and ceil(0.7)";
    EXPECT_EQ(recovery.GetState(), State::CWR);
    EXPECT_EQ(threshold, 7u);
    Numbers windows;
    for (uint32_t i = 2; i <= 10; i++)
    {
        told = {i};
        told.congestion = i < 5;
        Ack(100 + i, told);
        windows.push_back(window);
    }
    // ceil(0.7 i) in all, until 7 are under way
    EXPECT_EQ(windows, (Numbers{10, 10, 9, 9, 9, 8, 7, 7, 7}));
    EXPECT_EQ(recovery.GetState(), State::CWR) << "nothing that was sent afterwards";
    Ack(200, {11});
    EXPECT_EQ(recovery.GetState(), State::OPEN);
    EXPECT_EQ(window, 7u);
    EXPECT_EQ(threshold, 7u);
}

// A loss in CWR is repaired, and costs nothing in addition; it is not undone.
TEST_F(Recovery, L7_LossAfterCongestion)
{
    Send(10);
    Told told{1};
    told.congestion = true;
    Ack(100, told);
    Ack(102, {1, {{2, 1}}});
    Ack(103, {1, {{2, 2}}});
    EXPECT_EQ(Ack(104, {1, {{2, 3}}}), (Numbers{1}));
    EXPECT_EQ(recovery.GetState(), State::RECOVERY);
    EXPECT_EQ(threshold, 7u);
    told = {10};
    told.echo = 50;
    Ack(110, told);
    EXPECT_EQ(recovery.GetState(), State::OPEN);
    EXPECT_EQ(threshold, 7u);
}

// A probe that sends the last segment again, and fills a hole: the window is reduced as by a
// recovery, when something behind it is acknowledged.
TEST_F(Recovery, L2_ProbeThatRepairedALoss)
{
    Send(3);
    Ack(101, {2});
    window = 10;
    Probe(310, false);
    EXPECT_TRUE(recovery.IsProbing());
    Ack(410, {3});
    EXPECT_TRUE(recovery.IsProbing()) << "the last segment may have arrived twice";
    EXPECT_EQ(states, States());
    Send(1);
    Ack(520, {4});
    EXPECT_FALSE(recovery.IsProbing());
    EXPECT_EQ(states, (States{State::CWR, State::OPEN}));
    EXPECT_EQ(threshold, 7u);
    EXPECT_EQ(window, 7u);
}

// One whose segment had arrived brings forth a duplicate ACK, and costs nothing.
TEST_F(Recovery, L2_ProbeThatWasNotNeeded)
{
    for (const bool outstanding : {false, true})
    {
        flight.Reset();
        recovery.Reset();
        window = 10;
        sent = acknowledged = 0;
        now = Time(0);
        Send(3);
        Probe(310, false);
        Ack(311, {3}); // was late
        window = 10;
        if (outstanding)
        {
            Send(1);
        }
        Ack(410, {3}); // of the probe
        EXPECT_FALSE(recovery.IsProbing()) << outstanding;
        Send(1);
        Ack(520, {sent});
        EXPECT_EQ(states, States());
        EXPECT_EQ(threshold, INFINITE);
        EXPECT_GE(window, 10u);
    }
}

// One of new data is over when that is acknowledged.
TEST_F(Recovery, L2_ProbeOfNewData)
{
    Send(2);
    Probe(210, true);
    Ack(220, {2});
    EXPECT_TRUE(recovery.IsProbing());
    Ack(310, {3});
    EXPECT_FALSE(recovery.IsProbing());
    EXPECT_EQ(states, States());
    EXPECT_EQ(threshold, INFINITE);
}

// What the probe brings to light is repaired, and ends it: one reduction alone.
TEST_F(Recovery, L2_ProbeThatShowsALoss)
{
    flight.NoteRtt(MilliSeconds(100));
    Send(5);
    Probe(210, false);
    EXPECT_EQ(Ack(310, {0, {{4, 1}}}), (Numbers{0})) << "sent more than an RTT before";
    EXPECT_EQ(flight.GetLost(), 4u);
    EXPECT_EQ(recovery.GetState(), State::RECOVERY);
    EXPECT_FALSE(recovery.IsProbing());
    EXPECT_EQ(threshold, 7u);
    EXPECT_EQ(Ack(410, {1, {{4, 1}}}), (Numbers{1, 2}));
    EXPECT_EQ(Ack(510, {3, {{4, 1}}}), (Numbers{3}));
    Ack(610, {5});
    EXPECT_EQ(states, (States{State::RECOVERY, State::OPEN}));
    Send(1);
    Ack(710, {6});
    EXPECT_EQ(threshold, 7u);
}

// A timeout ends a probe.
TEST_F(Recovery, L2_TimeoutEndsTheProbe)
{
    Send(5);
    Probe(210, false);
    TimeOut(600);
    EXPECT_FALSE(recovery.IsProbing());
}

// A new connection knows nothing of the last one's losses.
TEST_F(Recovery, C18_ResetForgetsAll)
{
    LoseFirst();
    TimeOut(500, true);
    recovery.Reset();
    flight.Reset();
    EXPECT_EQ(recovery.GetState(), State::OPEN);
    EXPECT_FALSE(recovery.IsReducing());
    EXPECT_FALSE(recovery.IsProbing());
    EXPECT_EQ(recovery.GetBoundary(), SequenceNumber32(0));
    EXPECT_FALSE(recovery.Reduce(1, true));
}
