/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * What a node keeps of the RTT of its connections, for the timeouts of later ones.
 */

#include "fast-open-test.h"

#include "ns3/rtt-linux.h"

/// Two ends with Linux's TCP, whose RTT is about 100 ms.
class Metrics : public FastOpenTest
{
  protected:
    Metrics()
    {
        onServerData = [](Connection& connection) {
            connection.socket->Send(MakePacket(Pattern(2000)));
            connection.socket->Close();
        };
    }

    /// @return the RTT that the client keeps, in ms
    double ClientRtt()
    {
        return clientFastOpen->GetRtt(clientIp, serverIp).GetSeconds() * 1e3;
    }

    /// @return the RTT that the server keeps, in ms
    double ServerRtt()
    {
        return serverFastOpen->GetRtt(serverIp, clientIp).GetSeconds() * 1e3;
    }

    /**
     * Make a transfer and close it on both sides.
     *
     * @return the client's end
     */
    std::shared_ptr<Connection> Transfer()
    {
        auto client = Open("hello", true);
        Run();
        return client;
    }
};

// Both ends keep it, whoever closes first.
TEST_F(Metrics, S8_BothEndsKeepTheRtt)
{
    Build();
    EXPECT_EQ(ClientRtt(), 0);
    EXPECT_EQ(ServerRtt(), 0);
    Transfer();
    EXPECT_NEAR(ClientRtt(), 100.5, 1.5);
    EXPECT_NEAR(ServerRtt(), 100.5, 1.5);
}

// With SaveMetrics off neither does.
TEST_F(Metrics, S8_NothingIsKeptWhereItIsOff)
{
    attributes["ns3::TcpFastOpen::SaveMetrics"] = "false";
    Transfer();
    EXPECT_EQ(ClientRtt(), 0);
    EXPECT_EQ(ServerRtt(), 0);
}

// A cookie that comes later does not make the client forget it.
TEST_F(Metrics, C4_S8_NewCookieLeavesTheRtt)
{
    Build();
    clientFastOpen->NotifyRtt(clientIp, serverIp, MilliSeconds(170));
    Open("hello"); // asks for a cookie
    Run(MilliSeconds(150));
    ASSERT_FALSE(clientFastOpen->GetCache().Find(clientIp, serverIp)->cookie.IsEmpty());
    EXPECT_EQ(ClientRtt(), 170);
}

// A longer RTT counts at once, a shorter one by an eighth.
TEST_F(Metrics, S8_ShorterRttCountsByAnEighth)
{
    Build();
    clientFastOpen->NotifyRtt(clientIp, serverIp, MilliSeconds(100));
    EXPECT_EQ(ClientRtt(), 100);
    clientFastOpen->NotifyRtt(clientIp, serverIp, MilliSeconds(180));
    EXPECT_EQ(ClientRtt(), 180);
    clientFastOpen->NotifyRtt(clientIp, serverIp, MilliSeconds(100));
    EXPECT_EQ(ClientRtt(), 170);
}

// A connection that does not end in good order tells nothing.
TEST_F(Metrics, S8_AbortedConnectionKeepsNothing)
{
    onServerData = nullptr;
    onAccept = [](Connection& connection) {
        connection.socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
    };
    auto client = Open("hello");
    Run(MilliSeconds(350));
    accepted.at(0)->socket->Close(); // with unread data: a reset
    Run();
    EXPECT_EQ(client->socket->GetConnectionError(), TcpFastOpenSocket::RESET);
    EXPECT_EQ(ClientRtt(), 0);
    EXPECT_EQ(ServerRtt(), 0);
}

// So for a client whose SYN had to be sent again: its first data waits three times the RTT.
TEST_F(Metrics, S8_KeptRttGivesTheClientsTimeout)
{
    attributes["ns3::TcpSocketBase::Timestamp"] = "false"; // lest the second SYN give a sample
    Build();
    clientFastOpen->NotifyRtt(clientIp, serverIp, MilliSeconds(100));
    Drop(1, SegmentDropModel::CLIENT, 1); // the SYN
    Drop(1, SegmentDropModel::CLIENT, 4); // the request, behind the second SYN and its ACK
    Open("hello");
    Run();
    const Lines lines = Segments(6);
    ASSERT_EQ(lines[4], "C ACK 1:5 ack 1");
    ASSERT_EQ(lines[5], "C ACK 1:5 ack 1");
    EXPECT_NEAR(SentAt(5) - SentAt(4), 300, 0.1);
}

// The timeout that an RTT gives: RTT + max(2 RTT, MinVariation).
TEST(RttOfLinux, S8_TimeoutOfAKeptRtt)
{
    Ptr<RttLinux> rtt = CreateObject<RttLinux>();
    const auto timeout = [&rtt](int64_t ms) {
        rtt->Expect(MilliSeconds(ms));
        return rtt->GetEstimate() + 4 * rtt->GetVariation();
    };
    EXPECT_EQ(timeout(30), MilliSeconds(230));
    EXPECT_EQ(timeout(300), MilliSeconds(900));
    rtt->Reset();
    EXPECT_EQ(rtt->GetEstimate() + 4 * rtt->GetVariation(), Seconds(3));
}

// RTTs that are kept never push out a cookie, however many there are.
TEST_F(Metrics, N6_RttsPushOutNoCookies)
{
    FetchCookie();
    clientFastOpen->SetAttribute("CacheSize", UintegerValue(2));
    for (uint32_t host = 1; host <= 5; host++)
    {
        const Address other = Ipv4Address(host);
        clientFastOpen->NotifyRtt(clientIp, other, MilliSeconds(10 * host));
        EXPECT_EQ(clientFastOpen->GetRtt(clientIp, other), MilliSeconds(10 * host));
    }
    ASSERT_NE(clientFastOpen->GetCache().Find(clientIp, serverIp), nullptr);
    EXPECT_FALSE(clientFastOpen->GetCache().Find(clientIp, serverIp)->cookie.IsEmpty());
    EXPECT_EQ(clientFastOpen->GetRtt(clientIp, Address(Ipv4Address(1))), Time(0))
        << "they are bounded, too";
    EXPECT_EQ(clientFastOpen->GetRtt(clientIp, Address(Ipv4Address(5))), MilliSeconds(50));
}
