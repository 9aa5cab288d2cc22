/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * Linux's clocks of connections that live long: how often is answered, a shut window, and the
 * end of a connection that nobody needs any more.
 */

#include "socket-pair-test.h"

#include "ns3/tcp-answer-limit.h"
#include "ns3/tcp-window-update.h"

namespace
{

constexpr uint8_t FIN = TcpHeader::FIN; //!< flag
constexpr uint8_t SYN = TcpHeader::SYN; //!< flag
constexpr uint8_t ACK = TcpHeader::ACK; //!< flag

/**
 * @param flags flags
 * @param payload the data
 * @return a view of such a segment
 */
TcpSegmentView
ViewOf(uint8_t flags, const std::string& payload)
{
    const auto bytes = RawPeer::GetBytes({flags, 1, 1, {}, payload}, 50000, 80);
    return TcpSegmentView(Create<Packet>(bytes.data(), bytes.size()));
}

} // namespace

// One segment without data is answered in the time, all others are.
TEST(AnswerLimit, L5_OneWithoutDataInTheTime)
{
    const Time interval = MilliSeconds(500);
    TcpAnswerLimit limit;
    EXPECT_TRUE(limit.MayAnswer(ViewOf(ACK, ""), Seconds(1), interval));
    EXPECT_FALSE(limit.MayAnswer(ViewOf(ACK, ""), Seconds(1), interval));
    EXPECT_FALSE(limit.MayAnswer(ViewOf(SYN, "data"), MilliSeconds(1499), interval));
    EXPECT_TRUE(limit.MayAnswer(ViewOf(ACK, "data"), MilliSeconds(1499), interval));
    EXPECT_TRUE(limit.MayAnswer(ViewOf(FIN | ACK, ""), MilliSeconds(1499), interval));
    EXPECT_TRUE(limit.MayAnswer(ViewOf(ACK, ""), MilliSeconds(1500), interval));
    EXPECT_FALSE(limit.MayAnswer(ViewOf(ACK, ""), MilliSeconds(1999), interval));
    EXPECT_TRUE(limit.MayAnswer(ViewOf(ACK, ""), MilliSeconds(1999), Time(0))) << "no limit";
    limit.Reset();
    EXPECT_TRUE(limit.MayAnswer(ViewOf(ACK, ""), MilliSeconds(1999), interval));
}

// The peer is told of a window that was small, has doubled, and is worth it.
TEST(WindowUpdate, L6_WindowThatHasDoubledIsTold)
{
    const auto isDue = [](uint32_t announced, uint32_t free) {
        return TcpWindowUpdate::IsDue({announced, free, 16000, 1000});
    };
    EXPECT_TRUE(isDue(0, 1000));
    EXPECT_FALSE(isDue(0, 999)) << "less than a segment";
    EXPECT_TRUE(isDue(4000, 8000));
    EXPECT_FALSE(isDue(4001, 8000)) << "not twice";
    EXPECT_TRUE(isDue(8000, 16000));
    EXPECT_FALSE(isDue(8001, 16000)) << "more than half";
    EXPECT_FALSE(TcpWindowUpdate::IsDue({0, 5000, 160000, 1000})) << "a sixteenth";
    EXPECT_TRUE(TcpWindowUpdate::IsDue({0, 500, 500, 1000})) << "a small buffer";
    EXPECT_FALSE(TcpWindowUpdate::IsDue({0, 0, 500, 1000}));
}

/// A Linux socket as the client of a played server, with Linux's settings.
class LongConnection : public PlayedServerTest
{
  protected:
    LongConnection()
    {
        clientKind = Kind::LINUX;
    }

    void SetUp() override
    {
        PlayAnew();
    }
};

// Five keepalives, a minute apart: five answers. Three at once: one.
TEST_F(LongConnection, L5_KeepalivesAreAnswered)
{
    Open();
    for (int i = 0; i < 5; i++)
    {
        EXPECT_EQ(Answer({ACK, 0, 1, {}, ""}), (Lines{"ACK 1:0 ack 1"}));
        Run(Seconds(60));
    }
    for (int i = 0; i < 3; i++)
    {
        EXPECT_EQ(Answer({ACK, 0, 1, {}, ""}).size(), i == 0 ? 1u : 0u);
    }
    EXPECT_EQ(Answer({ACK, 0, 1, {}, "?"}), (Lines{"ACK 1:0 ack 1"})) << "with data always";
    Run(MilliSeconds(500));
    EXPECT_EQ(Answer({SYN, 0, 0, {}, ""}), (Lines{"ACK 1:0 ack 1"}));
    EXPECT_EQ(Answer({SYN, 0, 0, {}, ""}), Lines());
}

// Two stalls behind a shut window: probes after the timeout, then after twice the time and so
// on, and anew at the second stall.
TEST_F(LongConnection, L6_ShutWindowIsProbedFromTheTimeoutOnAnewAtEachStall)
{
    Open([](End& end) { end.Send(Pattern(1000)); });
    uint32_t acked = 1001;
    for (int stall = 0; stall < 2; stall++)
    {
        SCOPED_TRACE(stall);
        if (stall == 0)
        {
            EXPECT_EQ(Answer({ACK, 1, acked, {}, "", 0}), Lines());
        }
        client->Send(Pattern(1000));
        const Time start = Simulator::Now();
        const std::size_t before = peer->received.size();
        while (peer->received.size() < before + 4)
        {
            Run(MilliSeconds(10));
            if (peer->received.size() > before &&
                peer->received.back().time > Simulator::Now() - MilliSeconds(10))
            {
                peer->Send({ACK, 1, acked, {}, "", 0}); // still shut
            }
        }
        std::vector<Time> waits;
        Time last = start;
        for (std::size_t i = before; i < before + 4; i++)
        {
            waits.push_back(peer->received[i].time - last);
            last = peer->received[i].time;
        }
        EXPECT_GT(waits[0], MilliSeconds(250));
        EXPECT_LT(waits[0], MilliSeconds(500));
        EXPECT_EQ(waits[2], 2 * waits[1]);
        EXPECT_EQ(waits[3], 2 * waits[2]);
        EXPECT_LT(waits[1], MilliSeconds(900));
        acked += 1000;
        Answer({ACK, 1, acked - 1000, {}, "", 65535});
        Answer({ACK, 1, acked, {}, "", 0});
    }
}

// Who reads tells of the room that it has made.
TEST_F(LongConnection, L6_WindowThatOpensIsTold)
{
    attributes["ns3::TcpSocket::RcvBufSize"] = "10000";
    for (const bool tells : {true, false})
    {
        attributes["ns3::TcpLongLivedSocket::WindowUpdates"] = tells ? "true" : "false";
        PlayAnew();
        Open();
        client->reads = false;
        uint32_t next = 1;
        for (; next < 10001; next += 1000)
        {
            Answer({ACK, next, 1, {}, Pattern(1000)});
        }
        Run(Seconds(1));
        EXPECT_EQ(peer->received.back().header.GetWindowSize(), 0);
        News();
        EXPECT_EQ(client->socket->Recv(900, 0)->GetSize(), 900u);
        Run(MilliSeconds(60));
        EXPECT_EQ(News(), Lines()) << "less than a segment";
        client->socket->Recv(3000, 0);
        Run(MilliSeconds(60));
        EXPECT_EQ(News().size(), tells ? 1u : 0u);
        client->socket->Recv(3000, 0);
        Run(MilliSeconds(60));
        EXPECT_EQ(News().size(), 0u) << "not twice";
        client->socket->Recv(10000, 0);
        Run(MilliSeconds(60));
        EXPECT_EQ(News().size(), tells ? 1u : 0u);
        EXPECT_EQ(client->socket->GetRxBuffer()->Size(), 0u);
    }
}

// Nothing is told of a window that was never shown: after the SYN, whose window is not scaled,
// all of the buffer is news to the peer, and the next ACK brings it.
TEST_F(LongConnection, L6_WindowThatNobodyHasSeenIsNoNews)
{
    attributes["ns3::TcpSocket::DelAckCount"] = "2";
    PlayAnew();
    client = Connect();
    Run(MilliSeconds(60));
    peer->Send({SYN | ACK, 0, 1, {2, 4, 5, 180, 4, 2, 1, 1, 1, 3, 3, 7}, ""});
    Run(MilliSeconds(110));
    News();
    peer->Send({ACK, 1, 1, {}, "first"});
    Run(MilliSeconds(300));
    EXPECT_EQ(News(), (Lines{"ACK 1:0 ack 6"})) << "the delayed ACK, and no other";
}

// A transfer to a slow reader goes on at once when it reads, both with a shut window and
// with one that is smaller than a segment.
TEST_F(LongConnection, L6_SlowReaderGetsAll)
{
    serverKind = Kind::LINUX;
    for (const char* buffer : {"10000", "1000"})
    {
        Restart();
        attributes["ns3::TcpSocket::RcvBufSize"] = buffer;
        onAccept = [](End& end) { end.reads = false; };
        auto sender = Connect([](End& end) {
            end.Send(Pattern(30000));
            end.socket->Close();
        });
        Run(Seconds(2));
        ASSERT_EQ(accepted.size(), 1u);
        Ptr<Socket> reader = accepted[0]->socket;
        uint32_t read = 0;
        for (int i = 0; i < 300 && read < 30000; i++)
        {
            Ptr<Packet> packet = reader->Recv(10000, 0);
            read += packet ? packet->GetSize() : 0;
            Run(MilliSeconds(220));
        }
        EXPECT_EQ(read, 30000u) << buffer;
    }
}

// TIME-WAIT lasts a minute.
TEST_F(LongConnection, L4_TimeWaitLastsAMinute)
{
    Open([](End& end) { end.socket->Close(); });
    Answer({FIN | ACK, 1, 2, {}, ""});
    EXPECT_EQ(GetState(), "TIME_WAIT");
    Run(Seconds(59));
    EXPECT_EQ(GetState(), "TIME_WAIT");
    Run(Seconds(2));
    EXPECT_EQ(GetState(), "CLOSED");
}

// A peer that does not close leaves FIN-WAIT-2 to a minute, where the application has closed;
// where it has shut down sending alone it may wait.
TEST_F(LongConnection, L8_FinWait2LastsAMinute)
{
    Open([](End& end) { end.socket->Close(); });
    Answer({ACK, 1, 2, {}, ""});
    EXPECT_EQ(GetState(), "FIN_WAIT_2");
    Run(Seconds(59));
    EXPECT_EQ(GetState(), "FIN_WAIT_2");
    Run(Seconds(2));
    EXPECT_EQ(GetState(), "CLOSED");
    EXPECT_EQ(client->events, (Lines{"connected", "closed"}));
    EXPECT_EQ(GetError(client->socket), TcpSoundSender::NO_ERROR);

    PlayAnew();
    Open([](End& end) { end.socket->ShutdownSend(); });
    Answer({ACK, 1, 2, {}, ""});
    Run(Seconds(1000));
    EXPECT_EQ(GetState(), "FIN_WAIT_2");
    client->socket->Close();
    Run(Seconds(61));
    EXPECT_EQ(GetState(), "CLOSED");
}

// A connection whose application has closed is given up after eight timeouts, with data and
// without; one that is in use is not.
TEST_F(LongConnection, L8_OrphanIsGivenUpAfterEightTimeouts)
{
    attributes["ns3::TcpRecoverySocket::Recovery"] = "false";
    for (const bool data : {true, false})
    {
        for (const bool closes : {true, false})
        {
            SCOPED_TRACE(data);
            PlayAnew();
            Open([data, closes](End& end) {
                if (data)
                {
                    end.Send("data");
                }
                if (closes)
                {
                    end.socket->Close();
                }
                else
                {
                    end.socket->ShutdownSend();
                }
            });
            Run(Seconds(5000));
            EXPECT_EQ(SentAt(1).size(), closes ? 9u : 16u);
            EXPECT_EQ(client->events, (Lines{"connected", "error"}));
            EXPECT_EQ(GetState(), "CLOSED");
            EXPECT_EQ(GetError(client->socket), TcpSoundSender::TIMED_OUT);
        }
    }
}
