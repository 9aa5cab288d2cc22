/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * Which segments are taken when the handshake is complete, one number below a bound, at it
 * and above it; and what is answered in TIME-WAIT.
 */

#include "raw-peer.h"

#include "ns3/packet.h"
#include "ns3/tcp-segment-judge.h"
#include "ns3/tcp-segment-view.h"
#include "ns3/tcp-time-wait.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <ostream>
#include <string>
#include <vector>

using namespace ns3;

namespace
{

using Verdict = TcpSegmentJudge::Verdict;

constexpr uint8_t FIN = TcpHeader::FIN; //!< flag
constexpr uint8_t SYN = TcpHeader::SYN; //!< flag
constexpr uint8_t RST = TcpHeader::RST; //!< flag
constexpr uint8_t PSH = TcpHeader::PSH; //!< flag
constexpr uint8_t ACK = TcpHeader::ACK; //!< flag

/// A segment, its numbers counted from those that are expected.
struct Case
{
    uint8_t flags;     //!< its flags
    int32_t seq;       //!< its sequence number, from the one that comes next
    int32_t ack;       //!< its acknowledgement number, from the oldest not acknowledged
    bool data;         //!< whether it has data
    Verdict verdict;   //!< what is to be done with it
    const char* about; //!< what it is
};

constexpr int32_t WINDOW = 1000;   //!< how much the connection takes, in bytes
constexpr int32_t UNTOLD = 10;     //!< how much of what has come is not acknowledged, in bytes
constexpr int32_t SENT = 500;      //!< how much is not acknowledged, in bytes
constexpr int32_t LARGEST = 65535; //!< the largest window of the peer, in bytes

/// What is done with which segment.
const std::vector<Case> CASES{
    // Resets: exact, in the window, elsewhere
    {RST, -1, 0, false, Verdict::DROP, "a reset before the next number"},
    {RST, 0, 0, false, Verdict::RESET, "the exact reset"},
    {RST, 1, 0, false, Verdict::ANSWER, "a reset behind the next number"},
    {RST, WINDOW - 1, 0, false, Verdict::ANSWER, "a reset of the window's last number"},
    {RST, WINDOW, 0, false, Verdict::ANSWER, "a reset behind a full window"},
    {RST, WINDOW + 1, 0, false, Verdict::DROP, "a reset beyond the window"},
    {RST | ACK, -1, 0, false, Verdict::DROP, "the same with ACK"},
    {RST | ACK, 0, 99999, false, Verdict::RESET, "whose number is not looked at"},
    {RST | ACK, 1, 0, false, Verdict::ANSWER, "the same with ACK"},
    {RST | ACK, WINDOW + 1, 0, false, Verdict::DROP, "the same with ACK"},
    {RST | SYN, 0, 0, false, Verdict::RESET, "RST counts before SYN"},
    {RST | SYN, 1, 0, false, Verdict::ANSWER, "RST counts before SYN"},
    {RST | SYN, -1, 0, false, Verdict::DROP, "RST counts before SYN"},
    // SYNs, wherever they are
    {SYN, -1, 0, false, Verdict::ANSWER, "a SYN that comes again"},
    {SYN, 0, 0, false, Verdict::ANSWER, "a SYN in place"},
    {SYN | ACK, -1, 0, false, Verdict::ANSWER, "a SYN-ACK that comes again"},
    {SYN | ACK, 5, 0, true, Verdict::ANSWER, "a SYN-ACK with data"},
    {SYN, WINDOW + 1, 0, true, Verdict::ANSWER, "a SYN with data beyond the window"},
    // Beyond the window
    {ACK, WINDOW, 0, false, Verdict::ACCEPT, "an ACK behind a full window"},
    {ACK, WINDOW + 1, 0, false, Verdict::ANSWER, "an ACK beyond the window"},
    {ACK, WINDOW, 0, true, Verdict::ACCEPT, "data right behind the window: a probe"},
    {ACK, WINDOW + 1, 0, true, Verdict::ANSWER, "data beyond the window"},
    {FIN | ACK, WINDOW + 1, 0, false, Verdict::ANSWER, "a FIN beyond the window"},
    {0, WINDOW + 1, 0, false, Verdict::ANSWER, "no flag, beyond the window"},
    // Without ACK
    {0, 0, 0, false, Verdict::DROP, "no flag, no data"},
    {0, 0, 0, true, Verdict::ANSWER, "a probe of TcpSocketBase"},
    {PSH, 0, 0, true, Verdict::ANSWER, "data without ACK"},
    {FIN, 0, 0, false, Verdict::DROP, "a FIN without ACK"},
    {FIN, 0, 0, true, Verdict::ANSWER, "a FIN with data, without ACK"},
    // ACKs: of what was sent, of more, of what lies far behind
    {ACK, 0, 0, false, Verdict::ACCEPT, "an ACK that tells nothing new"},
    {ACK, 0, SENT, false, Verdict::ACCEPT, "an ACK of all"},
    {ACK, 0, SENT + 1, false, Verdict::ANSWER, "an ACK of more than all"},
    {ACK, 0, -1, true, Verdict::ACCEPT, "data with an old ACK"},
    {ACK, 0, -LARGEST, false, Verdict::ACCEPT, "the oldest ACK that the peer can have sent"},
    {ACK, 0, -LARGEST - 1, false, Verdict::ANSWER, "an older one"},
    {FIN | ACK, 0, SENT + 1, true, Verdict::ANSWER, "data and FIN with an ACK of more than all"},
    {FIN | PSH | ACK, 0, SENT, true, Verdict::ACCEPT, "data and FIN"},
    {ACK, -1, 0, true, Verdict::ACCEPT, "data that comes again"},
    // Before the window
    {ACK, -UNTOLD, 0, false, Verdict::ACCEPT, "an ACK that has crossed ours"},
    {ACK, -UNTOLD - 1, 0, false, Verdict::ANSWER, "a keepalive"},
    {ACK, -WINDOW, 0, false, Verdict::ANSWER, "an ACK that comes late"},
    {PSH | ACK, -WINDOW, 0, true, Verdict::ACCEPT, "old data: the receiver answers"},
    {FIN | ACK, -UNTOLD - 1, 0, false, Verdict::ACCEPT, "an old FIN: the receiver answers"},
    {0, -UNTOLD - 1, 0, false, Verdict::DROP, "no flag, before the window"},
};

/**
 * @param flags flags
 * @param seq the sequence number
 * @param ack the acknowledgement number
 * @param payload the data
 * @return a view of such a segment
 */
TcpSegmentView
ViewOf(uint8_t flags, uint32_t seq, uint32_t ack, const std::string& payload)
{
    const auto bytes = RawPeer::GetBytes({flags, seq, ack, {}, payload}, 50000, 80);
    return TcpSegmentView(Create<Packet>(bytes.data(), bytes.size()));
}

/**
 * @param next the number that comes next
 * @param oldest the oldest number that is not acknowledged
 * @return what a connection expects
 */
TcpSegmentJudge::Window
WindowAt(uint32_t next, uint32_t oldest)
{
    return {SequenceNumber32(next),
            SequenceNumber32(next + WINDOW),
            SequenceNumber32(next - UNTOLD),
            SequenceNumber32(oldest),
            SequenceNumber32(oldest + SENT),
            static_cast<uint32_t>(LARGEST)};
}

} // namespace

namespace ns3
{

/**
 * Tell a verdict's name where a test fails.
 *
 * @param verdict the verdict
 * @param os the stream
 */
static void
PrintTo(Verdict verdict, std::ostream* os)
{
    const char* const names[] = {"ACCEPT", "RESET", "ANSWER", "DROP"};
    *os << names[static_cast<int>(verdict)];
}

} // namespace ns3

// Every case, wherever the numbers stand: also where they wrap around between the
// bounds of a window.
TEST(SegmentJudge, A3_SegmentsAreJudgedByNumbersAndFlags)
{
    for (const uint32_t next :
         {1u, 100000u, 0x7fffffffu, 0xffffffffu, 0u - WINDOW, 0u - WINDOW / 2})
    {
        for (const uint32_t oldest : {1u, 100000u, 0x7fffffffu, 0xffffffffu, 0u - SENT, 0u - 200u})
        {
            for (const Case& one : CASES)
            {
                const TcpSegmentView view =
                    ViewOf(one.flags, next + one.seq, oldest + one.ack, one.data ? "data" : "");
                EXPECT_EQ(TcpSegmentJudge::Judge(view, WindowAt(next, oldest)), one.verdict)
                    << one.about << ": " << TcpHeader::FlagsToString(one.flags) << ' ' << one.seq
                    << " ack " << one.ack << ", next " << next << ", oldest " << oldest;
            }
        }
    }
}

// A window that is shut takes the next number alone.
TEST(SegmentJudge, A3_ShutWindowTakesTheNextNumberAlone)
{
    TcpSegmentJudge::Window window = WindowAt(7, 1);
    window.end = window.next;
    EXPECT_EQ(TcpSegmentJudge::Judge(ViewOf(ACK, 7, 1, ""), window), Verdict::ACCEPT);
    EXPECT_EQ(TcpSegmentJudge::Judge(ViewOf(ACK, 7, 1, "x"), window), Verdict::ACCEPT);
    EXPECT_EQ(TcpSegmentJudge::Judge(ViewOf(ACK, 8, 1, ""), window), Verdict::ANSWER);
    EXPECT_EQ(TcpSegmentJudge::Judge(ViewOf(RST, 7, 0, ""), window), Verdict::RESET);
    EXPECT_EQ(TcpSegmentJudge::Judge(ViewOf(RST, 8, 0, ""), window), Verdict::DROP);
}

// So does one whose end lies in front of the next number: behind the peer's FIN.
TEST(SegmentJudge, A3_WindowBehindTheFinTakesTheNextNumberAlone)
{
    TcpSegmentJudge::Window window = WindowAt(7, 1);
    window.end = window.next - 1;
    EXPECT_EQ(TcpSegmentJudge::Judge(ViewOf(ACK, 7, 1, ""), window), Verdict::ACCEPT);
    EXPECT_EQ(TcpSegmentJudge::Judge(ViewOf(ACK, 8, 1, ""), window), Verdict::ANSWER);
    EXPECT_EQ(TcpSegmentJudge::Judge(ViewOf(RST, 7, 0, ""), window), Verdict::RESET);
    EXPECT_EQ(TcpSegmentJudge::Judge(ViewOf(RST, 8, 0, ""), window), Verdict::DROP);
}

// In TIME-WAIT a FIN that comes again is acknowledged and the wait begins anew; an exact reset
// ends it; what an honest peer cannot send any more is answered, and its last ACK is not.
TEST(TimeWait, A3_SegmentsAreAnsweredByNumbersAndFlags)
{
    using Answer = TcpTimeWait::Answer;

    struct TimeWaitCase
    {
        uint8_t flags;    //!< its flags
        int32_t seq;      //!< its sequence number, from the one behind the peer's FIN
        const char* data; //!< its data
        Answer answer;    //!< what is done with it
    };

    for (const uint32_t next : {1u, 0x80000000u, 0u, 2u})
    {
        for (const auto& [flags, seq, data, answer] :
             std::vector<TimeWaitCase>{{FIN | ACK, -1, "", Answer::RESTART},
                                       {FIN | PSH | ACK, -5, "data", Answer::RESTART},
                                       {FIN | ACK, 0, "", Answer::ACK},
                                       {FIN | ACK, -2, "", Answer::ACK},
                                       {FIN, -1, "", Answer::NONE},
                                       {ACK, 0, "", Answer::NONE},
                                       {ACK, -1, "", Answer::ACK},
                                       {ACK, 1, "", Answer::ACK},
                                       {ACK, -5, "data", Answer::ACK},
                                       {ACK, 0, "data", Answer::ACK},
                                       {0, 0, "data", Answer::NONE},
                                       {SYN, 7, "", Answer::ACK},
                                       {SYN | ACK, -9, "", Answer::ACK},
                                       {RST, 0, "", Answer::END},
                                       {RST | ACK, 0, "", Answer::END},
                                       {RST | SYN, 0, "", Answer::END},
                                       {RST, 1, "", Answer::NONE},
                                       {RST, -1, "", Answer::NONE}})
        {
            EXPECT_EQ(static_cast<int>(TcpTimeWait::Judge(ViewOf(flags, next + seq, 1, data),
                                                          SequenceNumber32(next))),
                      static_cast<int>(answer))
                << TcpHeader::FlagsToString(flags) << ' ' << seq << data;
        }
    }
}
