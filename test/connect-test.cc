/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * C11, C12, C19: what applications ask for before a connection is open, and what a SYN asks
 * for that is sent again.
 */

#include "fast-open-test.h"

#include "ns3/tcp-option-fast-open.h"

#include <algorithm>

namespace
{

constexpr uint8_t SYN = TcpHeader::SYN;
constexpr uint8_t ACK = TcpHeader::ACK;
constexpr uint8_t ECE = TcpHeader::ECE;
constexpr uint8_t CWR = TcpHeader::CWR;
constexpr uint8_t RST = TcpHeader::RST;

const std::vector<uint8_t> MSS{2, 4, 1460 >> 8, 1460 & 0xff};

/// A cookie that no server made.
TcpFastOpenCookie
SomeCookie()
{
    const uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    return TcpFastOpenCookie(bytes, sizeof bytes);
}

} // namespace

class Connecting : public FastOpenTest, public ::testing::WithParamInterface<int>
{
  protected:
    Connecting()
    {
        family = static_cast<Family>(GetParam()); // IPv4, IPv6, mapped
    }

    /// Connect once more, and expect to be refused.
    void ExpectRefusal(Connection& end, Socket::SocketErrno why)
    {
        const std::size_t before = Segments(1000).size();
        EXPECT_EQ(end.socket->Connect(server), -1);
        EXPECT_EQ(end.socket->GetErrno(), why);
        EXPECT_EQ(Segments(1000).size(), before);
    }
};

// A second Connect() is refused as long as there is a connection, whatever its state, and
// nothing is sent; the application hears once that it is connected.
TEST_P(Connecting, C19_SecondConnectIsRefusedWhileUnderWayAndOpen)
{
    auto client = NewClient();
    client->socket->SetAttribute("FastOpenConnect", BooleanValue(false));
    EXPECT_EQ(client->socket->Connect(server), 0);
    ExpectRefusal(*client, Socket::ERROR_AGAIN);
    Run(MilliSeconds(40));
    ExpectRefusal(*client, Socket::ERROR_AGAIN);
    Run(MilliSeconds(100));
    ExpectRefusal(*client, Socket::ERROR_ISCONN);
    EXPECT_EQ(client->socket->Send(MakePacket("hello")), 5);
    Run(Seconds(1));
    ASSERT_EQ(accepted.size(), 1u);
    EXPECT_EQ(accepted[0]->received, "hello");
    EXPECT_EQ(client->events, (Lines{"connected"}));
    accepted[0]->socket->Close();
    Run(Seconds(1));
    ExpectRefusal(*client, Socket::ERROR_ISCONN);
    client->socket->Close();
    ExpectRefusal(*client, Socket::ERROR_ISCONN);
    Run(Seconds(1));
    EXPECT_EQ(client->states.back(), "CLOSED");
}

// One that was put off is open for the application; its SYN with data is under way.
TEST_P(Connecting, C11_C19_SecondConnectOfOneThatWasPutOff)
{
    FetchCookie();
    auto client = NewClient();
    EXPECT_EQ(client->socket->Connect(server), 0);
    ExpectRefusal(*client, Socket::ERROR_ISCONN);
    EXPECT_EQ(client->socket->Send(MakePacket("hello")), 5);
    ExpectRefusal(*client, Socket::ERROR_AGAIN);
    Run(Seconds(1));
    EXPECT_EQ(Segments(3), (Lines{"C SYN 0:5 cookie", "S SYN|ACK 0:0 ack 6", "C ACK 6:0 ack 1"}));
    EXPECT_EQ(client->events, (Lines{"connected"}));
    ASSERT_EQ(accepted.size(), 1u);
    EXPECT_EQ(accepted[0]->received, "hello");
}

// After a failure it works anew.
TEST_P(Connecting, C19_ConnectWorksAnewAfterAFailure)
{
    Build();
    auto client = NewClient();
    const Address wrong = family == IPV6
                              ? Address(Inet6SocketAddress(Ipv6Address::ConvertFrom(serverIp), 81))
                              : Address(InetSocketAddress(Ipv4Address::ConvertFrom(serverIp), 81));
    client->socket->Connect(wrong);
    Run(Seconds(1));
    EXPECT_EQ(client->events, (Lines{"failed"}));
    EXPECT_EQ(client->socket->Connect(server), 0);
    Run(Seconds(1));
    EXPECT_EQ(client->events, (Lines{"failed", "connected"}));
}

// SendTo() that took nothing into the SYN says so until the connection is open.
TEST_P(Connecting, C12_InProgressEndsWhenTheConnectionIsOpen)
{
    auto client = NewClient();
    EXPECT_EQ(client->socket->SendTo(MakePacket("hello"), TcpFastOpenSocket::MSG_FASTOPEN, server),
              -1);
    EXPECT_EQ(client->socket->GetConnectionError(), TcpFastOpenSocket::IN_PROGRESS);
    Run(MilliSeconds(90));
    EXPECT_EQ(client->socket->GetConnectionError(), TcpFastOpenSocket::IN_PROGRESS);
    Run(MilliSeconds(110));
    EXPECT_EQ(client->socket->GetConnectionError(), TcpFastOpenSocket::NO_ERROR);
    client->socket->Close();
    Run(Seconds(1));
    EXPECT_EQ(client->socket->GetConnectionError(), TcpFastOpenSocket::NO_ERROR);
}

// A write of nothing sends the SYN that was put off, with its cookie.
TEST_P(Connecting, C11_EmptyWriteSendsTheSynWithItsCookie)
{
    FetchCookie();
    auto client = NewClient();
    client->socket->Connect(server);
    EXPECT_EQ(client->socket->Send(Create<Packet>()), 0);
    Run(Seconds(1));
    EXPECT_EQ(Segments(3), (Lines{"C SYN 0:0 cookie", "S SYN|ACK 0:0 ack 1", "C ACK 1:0 ack 1"}));
    EXPECT_EQ(client->events, (Lines{"connected"}));
    client->socket->Send(MakePacket("hello"));
    Run(Seconds(1));
    ASSERT_EQ(accepted.size(), 1u);
    EXPECT_EQ(accepted[0]->received, "hello");
}

// The plain way where that is asked for.
TEST_P(Connecting, A2_EmptyWriteAfterTheHandshakeSendsAPlainSyn)
{
    FetchCookie();
    auto client = NewClient();
    client->socket->Connect(server);
    EXPECT_EQ(client->socket->Send(Create<Packet>(), TcpFastOpenSocket::MSG_AFTER_HANDSHAKE), 0);
    Run(Seconds(1));
    EXPECT_EQ(Segments(1), (Lines{"C SYN 0:0"}));
}

INSTANTIATE_TEST_SUITE_P(, Connecting, ::testing::Range(0, 3));

/// ECN's flags.
class EcnFallback : public FastOpenTest
{
  protected:
    EcnFallback()
    {
        attributes["ns3::TcpSocketBase::UseEcn"] = "On";
    }

    /// The flags of SYN, ACK and ECN of the segments with SYN that a peer got.
    static std::vector<int> Flags(const Ptr<RawPeer>& peer)
    {
        std::vector<int> flags;
        for (const auto& segment : peer->received)
        {
            if (segment.header.GetFlags() & SYN)
            {
                flags.push_back(segment.header.GetFlags());
            }
        }
        return flags;
    }
};

// A SYN that is sent again asks for no ECN, so that a box which drops those that ask lets it
// pass; with data in the first one and without.
TEST_F(EcnFallback, C19_SynSentAgainAsksForNoEcn)
{
    for (const bool fast : {false, true})
    {
        Ptr<RawPeer> peer = PlayServer();
        if (fast)
        {
            clientFastOpen->GetCache().Store({clientIp, serverIp, SomeCookie(), 1460});
        }
        auto client = Open("hello");
        Run(MilliSeconds(2100));
        EXPECT_EQ(Flags(peer), (std::vector<int>{SYN | ECE | CWR, SYN, SYN}));
        // An answer to the first one comes too late: the connection does without
        peer->Send({SYN | ACK | ECE, 0, 1, MSS, ""});
        Run(MilliSeconds(200));
        EXPECT_EQ(client->states.back(), "ESTABLISHED");
        EXPECT_EQ(client->socket->Send(MakePacket("more")), 4);
        Run(MilliSeconds(200));
        peer->Send({RST, 1, 0, {}, ""});
        Run(Seconds(1));
    }
}

// An answer to the first SYN turns ECN on, one to a SYN that did not ask does not.
TEST_F(EcnFallback, C19_EcnIsOffWhereASynHasNotAskedForIt)
{
    for (const bool again : {false, true})
    {
        Ptr<RawPeer> peer = PlayServer();
        auto client = Open("hello");
        std::vector<TcpSocketState::EcnState_t> states;
        client->socket->TraceConnectWithoutContext(
            "EcnState",
            Callback<void, TcpSocketState::EcnState_t, TcpSocketState::EcnState_t>(
                [&](TcpSocketState::EcnState_t, TcpSocketState::EcnState_t now) {
                    states.push_back(now);
                }));
        Run(MilliSeconds(again ? 1100 : 100));
        peer->Send({SYN | ACK | ECE, 0, 1, MSS, ""});
        Run(MilliSeconds(200));
        const bool on =
            std::find(states.begin(), states.end(), TcpSocketState::ECN_IDLE) != states.end();
        EXPECT_EQ(on, !again);
        peer->Send({RST, 1, 0, {}, ""});
        Run(Seconds(1));
    }
}

// A server whose client asks no more does without, too.
TEST_F(EcnFallback, C19_SynAckOffersNoEcnToWhoAsksNoMore)
{
    for (const bool early : {false, true})
    {
        Ptr<RawPeer> peer = PlayClient(early ? 50001 : 50000);
        const auto options = early ? Option(SomeCookie()) : MSS;
        peer->Send({SYN | ECE | CWR, 0, 0, options, ""});
        peer->SendAt(Simulator::Now() + MilliSeconds(600), {SYN | ECE | CWR, 0, 0, options, ""});
        peer->SendAt(Simulator::Now() + MilliSeconds(1200), {SYN, 0, 0, MSS, ""});
        Run(MilliSeconds(4900));
        const auto flags = Flags(peer);
        ASSERT_GE(flags.size(), 4u);
        EXPECT_EQ(flags[0], SYN | ACK | ECE);
        EXPECT_EQ(flags[1], SYN | ACK | ECE);
        for (std::size_t i = 2; i < flags.size(); i++)
        {
            EXPECT_EQ(flags[i], SYN | ACK) << i;
        }
        peer->Send({RST, 1, 0, {}, ""});
        Run(Seconds(1));
    }
}
