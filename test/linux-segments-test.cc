/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * What packetdrill's scripts tell of Linux, once more without packetdrill.
 */

#include "fast-open-test.h"

#include "ns3/tcp-option-fast-open.h"
#include "ns3/tcp-option-ts.h"

#include <algorithm>

namespace
{

constexpr uint8_t SYN = TcpHeader::SYN; //!< flag
constexpr uint8_t ACK = TcpHeader::ACK; //!< flag
constexpr uint8_t PSH = TcpHeader::PSH; //!< flag
constexpr uint8_t RST = TcpHeader::RST; //!< flag
constexpr uint8_t FIN = TcpHeader::FIN; //!< flag

/// The option MSS 1460.
const std::vector<uint8_t> MSS{2, 4, 0x05, 0xb4};

/**
 * @param value a timestamp
 * @param echo the echoed one
 * @return the option's bytes
 */
std::vector<uint8_t>
Timestamps(uint32_t value, uint32_t echo)
{
    std::vector<uint8_t> bytes{1, 1, 8, 10};
    for (const uint32_t word : {value, echo})
    {
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            bytes.push_back(static_cast<uint8_t>(word >> shift));
        }
    }
    return bytes;
}

/// @return a cookie of four bytes
TcpFastOpenCookie
SomeCookie()
{
    const uint8_t bytes[4] = {1, 2, 3, 4};
    return TcpFastOpenCookie(bytes, 4);
}

} // namespace

/**
 * The rules against a played peer. The client has a cookie for the server.
 */
class LinuxSegments : public FastOpenTest
{
  protected:
    /**
     * Play the server.
     *
     * @return the peer
     */
    Ptr<RawPeer> Serve()
    {
        Ptr<RawPeer> peer = PlayServer();
        clientFastOpen->GetCache().Store({clientIp, serverIp, SomeCookie(), 1460});
        return peer;
    }

    /**
     * @param peer a peer
     * @param index the number of a segment that it received, from 0
     * @return `flags seq:end ack`, PSH shown
     */
    static std::string Show(Ptr<RawPeer> peer, std::size_t index)
    {
        const auto& segment = peer->received.at(index);
        const uint32_t seq = segment.header.GetSequenceNumber().GetValue();
        return TcpHeader::FlagsToString(segment.header.GetFlags(), "|") + " " +
               std::to_string(seq) + ":" + std::to_string(seq + segment.payload.size()) + " " +
               std::to_string(segment.header.GetAckNumber().GetValue());
    }
};

// PSH is on the last segment of a write, and on no other below Linux's packets of
// several segments.
TEST_F(LinuxSegments, W4_PshIsOnTheLastSegmentOfAWrite)
{
    Ptr<RawPeer> peer = PlayClient();
    onServerData = [](Connection& end) {
        if (end.received.size() == 5)
        {
            end.socket->Send(MakePacket(Pattern(1000)));
            end.socket->Send(MakePacket(Pattern(2400)));
        }
    };
    std::vector<uint8_t> options = MSS;
    const auto option = Option(ValidCookie());
    options.insert(options.end(), option.begin(), option.end());
    peer->Send({SYN, 0, 0, options, "hello"});
    Run(MilliSeconds(200));
    ASSERT_EQ(peer->received.size(), 4u);
    EXPECT_EQ(Show(peer, 1), "ACK 1:1461 6");
    EXPECT_EQ(Show(peer, 2), "ACK 1461:2921 6");
    EXPECT_EQ(Show(peer, 3), "PSH|ACK 2921:3401 6");
}

// The timestamps are behind two NOPs, as in Linux's segments.
TEST_F(LinuxSegments, W4_PaddingIsInFrontOfTheTimestamps)
{
    FetchCookie();
    Ptr<RawPeer> peer = PlayClient();
    std::vector<uint8_t> options = MSS;
    for (const auto& more : {Timestamps(7, 0), Option(ValidCookie())})
    {
        options.insert(options.end(), more.begin(), more.end());
    }
    onServerData = [](Connection& end) { end.socket->Send(MakePacket("reply")); };
    peer->Send({SYN, 0, 0, options, "hello"});
    Run(MilliSeconds(200));
    ASSERT_EQ(peer->received.size(), 2u);
    const auto& raw = peer->received[1].raw;
    ASSERT_EQ(raw.size(), 32u);
    EXPECT_EQ(std::vector<uint8_t>(raw.begin() + 20, raw.begin() + 24),
              (std::vector<uint8_t>{1, 1, 8, 10}));
}

// Who aborts a connection sends RST with ACK.
TEST_F(LinuxSegments, S15_AbortHasAck)
{
    Ptr<RawPeer> peer = PlayClient();
    listener->SetAcceptCallback(
        MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
        Callback<void, Ptr<Socket>, const Address&>([](Ptr<Socket> socket, const Address&) {
            Simulator::Schedule(MilliSeconds(1), [socket] {
                socket->Close(); // with unread data
            });
        }));
    peer->Send({SYN, 0, 0, Option(ValidCookie()), "hello"});
    Run(MilliSeconds(200));
    ASSERT_EQ(peer->received.size(), 2u);
    EXPECT_EQ(peer->received[1].header.GetFlags(), RST | ACK);
    EXPECT_EQ(peer->received[1].header.GetAckNumber(), SequenceNumber32(6));
}

// SendTo() with MSG_FASTOPEN sends a SYN that Connect() has put off, and says how
// much went into it.
TEST_F(LinuxSegments, C12_SendToSendsADeferredSyn)
{
    Ptr<RawPeer> peer = Serve();
    auto client = NewClient();
    client->socket->Connect(server);
    Run(MilliSeconds(10));
    EXPECT_EQ(
        client->socket->SendTo(MakePacket(Pattern(2000)), TcpFastOpenSocket::MSG_FASTOPEN, server),
        1420);
    Run(MilliSeconds(60));
    ASSERT_EQ(peer->received.size(), 1u);
    EXPECT_EQ(peer->received[0].payload, Pattern(2000).substr(0, 1420));
}

// Fewer retries, set after the SYN was sent, hold for this SYN, too.
TEST_F(LinuxSegments, C15_FewerRetriesHoldForASynUnderWay)
{
    Ptr<RawPeer> peer = PlayServer();
    auto client = Open("hello");
    Run(MilliSeconds(100));
    client->socket->SetAttribute("ConnCount", UintegerValue(2)); // after 3 s in all
    Run(Seconds(8));
    EXPECT_EQ(peer->received.size(), 3u);
    EXPECT_EQ(client->events, (Lines{"failed"}));
    EXPECT_EQ(client->socket->GetConnectionError(), TcpFastOpenSocket::TIMED_OUT);
}

// Close() before the SYN-ACK, with nothing to send: no segment tells of it.
TEST_F(LinuxSegments, C2_CloseBeforeTheSynAckSendsNothing)
{
    Ptr<RawPeer> peer = PlayServer();
    auto client = NewClient();
    client->socket->Connect(server);
    Run(MilliSeconds(10));
    client->socket->Close();
    Run(Seconds(5));
    EXPECT_EQ(peer->received.size(), 1u);
}

// An application that closes when it is told of the end may do so then, too: with the SYN
// under way, and with one that was put off.
TEST_F(LinuxSegments, C2_C11_CloseInTheCloseCallback)
{
    FetchCookie();
    for (const bool deferred : {true, false})
    {
        auto client = NewClient();
        uint32_t told = 0;
        const Callback<void, Ptr<Socket>> close([&told](Ptr<Socket> socket) {
            told++;
            socket->Close();
        });
        client->socket->SetCloseCallbacks(close, close);
        if (!deferred)
        {
            clientFastOpen->GetCache().Remove(clientIp, serverIp);
        }
        client->socket->Connect(server);
        Run(MilliSeconds(10));
        client->socket->Close();
        EXPECT_EQ(told, 1u);
        Run(Seconds(5));
        EXPECT_EQ(told, 1u);
    }
}

// What is begun in that callback ends with what is closed, in ns-3's way; the socket is
// closed then, and of use again.
TEST_F(LinuxSegments, C2_C11_ConnectInTheCloseCallback)
{
    FetchCookie();
    for (const bool deferred : {true, false})
    {
        auto client = NewClient();
        bool again = true;
        const Callback<void, Ptr<Socket>> close([&](Ptr<Socket> socket) {
            if (again)
            {
                again = false;
                socket->Connect(server);
            }
        });
        client->socket->SetCloseCallbacks(close, close);
        if (!deferred)
        {
            clientFastOpen->GetCache().Remove(clientIp, serverIp);
        }
        client->socket->Connect(server);
        Run(MilliSeconds(10));
        client->socket->Close();
        Run(Seconds(5));
        EXPECT_EQ(client->states.back(), "CLOSED");
        const auto answer = accepted.size();
        client->socket->SendTo(MakePacket("hello"), TcpFastOpenSocket::MSG_FASTOPEN, server);
        Run(Seconds(5));
        ASSERT_EQ(accepted.size(), answer + 1);
        EXPECT_EQ(accepted.back()->received, deferred ? "hello" : "");
        client->socket->ShutdownSend();
        Run(Seconds(5));
    }
    auto client = NewClient();
    const Callback<void, Ptr<Socket>> close([&](Ptr<Socket> socket) { socket->Connect(server); });
    client->socket->SetCloseCallbacks(close, close);
    client->socket->Connect(server);
    client->socket->Close();
    Run(Seconds(5));
    client->socket->ShutdownSend(); // of a closed socket: nothing to send is put off
    EXPECT_EQ(client->states.back(), "CLOSED");
}

// The MSS of a SYN-ACK is kept, though the cookie that was sent needs no other.
TEST_F(LinuxSegments, C4_MssIsKeptWithoutANewCookie)
{
    Ptr<RawPeer> peer = Serve();
    Open("hello");
    peer->SendAt(MilliSeconds(60), {SYN | ACK, 0, 6, {2, 4, 0x03, 0xac}, ""});
    Run(MilliSeconds(200));
    const auto* entry = clientFastOpen->GetCache().Find(clientIp, serverIp);
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->mss, 940u);
    EXPECT_EQ(entry->cookie, SomeCookie());
}

// An ACK without timestamps completes a handshake that has agreed on them.
TEST_F(LinuxSegments, S7_AckWithoutTimestampsCompletesTheHandshake)
{
    Ptr<RawPeer> peer = PlayClient();
    std::vector<uint8_t> options = MSS;
    const auto timestamps = Timestamps(7, 0);
    options.insert(options.end(), timestamps.begin(), timestamps.end());
    peer->Send({SYN, 0, 0, options, ""});
    peer->SendAt(MilliSeconds(150), {ACK, 1, 1, {}, ""});
    Run(MilliSeconds(300));
    EXPECT_EQ(accepted.size(), 1u);
}

// The ACK of a SYN-ACK with data covers the data.
TEST_F(LinuxSegments, W7_FirstAckCoversTheSynAcksData)
{
    Ptr<RawPeer> peer = Serve();
    auto client = Open("hello");
    peer->SendAt(MilliSeconds(60), {SYN | ACK, 0, 6, MSS, Pattern(300)});
    Run(MilliSeconds(200));
    ASSERT_EQ(peer->received.size(), 2u);
    EXPECT_EQ(Show(peer, 1), "ACK 6:6 301");
    EXPECT_EQ(client->received, Pattern(300));
}

// So it covers a FIN.
TEST_F(LinuxSegments, W7_FirstAckCoversTheSynAcksFin)
{
    Ptr<RawPeer> peer = Serve();
    auto client = Open("hello");
    peer->SendAt(MilliSeconds(60), {SYN | ACK | FIN, 0, 6, MSS, Pattern(300)});
    Run(MilliSeconds(200));
    ASSERT_EQ(peer->received.size(), 2u);
    EXPECT_EQ(Show(peer, 1), "ACK 6:6 302");
    EXPECT_EQ(client->received, Pattern(300));
    EXPECT_EQ(client->states.back(), "CLOSE_WAIT");
}

// A SYN-ACK that echoes none of our timestamps is reset; the true one still counts.
TEST_F(LinuxSegments, C7_ForeignEchoIsReset)
{
    Ptr<RawPeer> peer = Serve();
    Run(Seconds(1)); // so that our timestamp is not 0
    auto client = Open("hello");
    Run(MilliSeconds(60));
    ASSERT_EQ(peer->received.size(), 1u);
    std::vector<uint8_t> options = MSS;
    auto timestamps = Timestamps(7, 999999);
    options.insert(options.end(), timestamps.begin(), timestamps.end());
    peer->Send({SYN | ACK, 0, 6, options, ""});
    Run(MilliSeconds(150));
    ASSERT_EQ(peer->received.size(), 2u);
    EXPECT_EQ(peer->received[1].header.GetFlags(), RST);
    EXPECT_EQ(peer->received[1].header.GetSequenceNumber(), SequenceNumber32(6));

    options.resize(MSS.size());
    const auto ours =
        DynamicCast<const TcpOptionTS>(peer->received[0].header.GetOption(TcpOption::TS));
    timestamps = Timestamps(7, ours->GetTimestamp());
    options.insert(options.end(), timestamps.begin(), timestamps.end());
    peer->Send({SYN | ACK, 0, 6, options, ""});
    Run(MilliSeconds(150));
    EXPECT_EQ(client->states.back(), "ESTABLISHED");
}

// The rest of a write that began in the SYN carries the ACK of the SYN-ACK.
TEST_F(LinuxSegments, C13_RestOfTheWriteCarriesTheAck)
{
    Ptr<RawPeer> peer = Serve();
    Open(Pattern(1700));
    peer->SendAt(MilliSeconds(60), {SYN | ACK, 0, 1421, MSS, ""});
    Run(MilliSeconds(200));
    ASSERT_EQ(peer->received.size(), 2u);
    EXPECT_EQ(Show(peer, 1), "PSH|ACK 1421:1701 1");
}

// Data counts, though it comes with an ACK that is behind.
TEST_F(LinuxSegments, A3_DataWithAnOldAckIsTaken)
{
    Ptr<RawPeer> peer = Serve();
    auto client = Open("hello");
    peer->SendAt(MilliSeconds(60), {SYN | ACK, 0, 6, MSS, ""});
    peer->SendAt(MilliSeconds(100), {ACK, 1, 3, {}, "reply"});
    Run(MilliSeconds(300));
    EXPECT_EQ(client->received, "reply");
    ASSERT_EQ(peer->received.size(), 3u);
    EXPECT_EQ(Show(peer, 2), "ACK 6:6 6");
}

// In a dialogue the ACK waits for a reply to carry it, for the delay of an ACK.
TEST_F(LinuxSegments, C13_AckWaitsInADialogue)
{
    Ptr<RawPeer> peer = Serve();
    Open(Pattern(1700));
    peer->SendAt(MilliSeconds(60), {SYN | ACK, 0, 1421, MSS, ""});
    peer->SendAt(MilliSeconds(200), {ACK | PSH, 1, 1701, {}, "reply"});
    Run(MilliSeconds(500));
    ASSERT_EQ(peer->received.size(), 3u);
    EXPECT_EQ(Show(peer, 2), "ACK 1701:1701 6");
    EXPECT_NEAR((peer->received[2].time - MilliSeconds(200)).GetMilliSeconds(), 100 + 40, 2);
}

// Data in the SYN-ACK tells, too, that there is no black hole.
TEST_F(LinuxSegments, C10_W7_DataInTheSynAckClearsABlackhole)
{
    attributes["ns3::TcpFastOpen::BlackholeTimeout"] = "1s";
    Ptr<RawPeer> peer = Serve();
    clientFastOpen->NotifyBlackhole();
    Run(Seconds(5));
    ASSERT_TRUE(clientFastOpen->IsBlackholeSuspected());
    Open("hello");
    peer->SendAt(Simulator::Now() + MilliSeconds(60), {SYN | ACK, 0, 6, MSS, "reply"});
    Run(MilliSeconds(200));
    EXPECT_FALSE(clientFastOpen->IsBlackholeSuspected());
}

// An application that tears the connection down when it is told that it is connected, or of the
// SYN-ACK's data, which it has not read, is not told of a second end.
class CloseWhenTold : public LinuxSegments, public ::testing::WithParamInterface<bool>
{
};

TEST_P(CloseWhenTold, W7_SynAckWithDataAndFin)
{
    Ptr<RawPeer> peer = Serve();
    auto client = Open("hello");
    const Callback<void, Ptr<Socket>> close([](Ptr<Socket> socket) { socket->Close(); });
    const bool whenConnected = GetParam();
    if (whenConnected)
    {
        client->socket->SetConnectCallback(close, close);
    }
    client->socket->SetRecvCallback(whenConnected ? MakeNullCallback<void, Ptr<Socket>>() : close);
    peer->SendAt(MilliSeconds(60), {SYN | ACK | FIN, 0, 6, MSS, "reply"});
    Run(Seconds(5));
    EXPECT_EQ(std::count(client->events.begin(), client->events.end(), "closed") +
                  std::count(client->events.begin(), client->events.end(), "error"),
              1);
    EXPECT_TRUE(peer->received.back().header.GetFlags() & RST);
}

INSTANTIATE_TEST_SUITE_P(LinuxSegments, CloseWhenTold, ::testing::Bool());

// A FIN is sent again though the peer's window is shut: it needs none.
TEST_F(LinuxSegments, A3_FinComesAgainWhereTheWindowIsShut)
{
    Ptr<RawPeer> peer = Serve();
    auto client = Open("hello");
    peer->SendAt(MilliSeconds(60), {SYN | ACK, 0, 6, MSS, ""});
    Run(MilliSeconds(200));
    client->socket->Close();
    RawPeer::Spec shut{ACK, 1, 6, {}, "late"}; // it knows of no FIN
    shut.window = 0;
    peer->Send(shut);
    Run(MilliSeconds(110));
    peer->received.clear();
    Run(Seconds(30));
    EXPECT_TRUE(std::any_of(peer->received.begin(), peer->received.end(), [](const auto& segment) {
        return segment.header.GetFlags() & FIN;
    }));
}

// A socket that is used again knows nothing of the FIN of its last connection.
TEST_F(LinuxSegments, A3_ReusedSocketForgetsTheFin)
{
    std::size_t size = 300;
    onServerData = [&size](Connection& end) {
        end.socket->Send(MakePacket(Pattern(size)));
        end.socket->Close();
        size = 2000;
    };
    auto client = Open("hello", true);
    Run(Seconds(300)); // past TIME-WAIT
    ASSERT_EQ(client->received.size(), 300u);
    client->received.clear();
    client->socket->SetConnectCallback(MakeNullCallback<void, Ptr<Socket>>(),
                                       MakeNullCallback<void, Ptr<Socket>>());
    ASSERT_EQ(client->socket->Connect(server), 0);
    client->socket->Send(MakePacket("again"));
    Run(Seconds(5));
    EXPECT_EQ(client->received, Pattern(2000));
}
