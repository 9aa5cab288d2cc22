/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * S: the server.
 */

#include "fast-open-test.h"

#include "ns3/tcp-option-fast-open.h"

#include <sstream>

namespace
{

constexpr uint8_t SYN = TcpHeader::SYN;
constexpr uint8_t ACK = TcpHeader::ACK;
constexpr uint8_t FIN = TcpHeader::FIN;
constexpr uint8_t RST = TcpHeader::RST;

/// A cookie as text.
std::string
Text(const TcpFastOpenCookie& cookie)
{
    std::ostringstream text;
    text << cookie;
    return text.str();
}

} // namespace

class Server : public FastOpenTest
{
  protected:
    /// Answer each connection's data by a response.
    void Respond(std::size_t size, bool close = false)
    {
        onServerData = [size, close](Connection& end) {
            end.socket->Send(MakePacket(Pattern(size)));
            if (close)
            {
                end.socket->Close();
            }
        };
    }
};

// Node off: the option is ignored and the SYN's data dropped unacknowledged.
TEST_F(Server, S1_OffNodeIgnoresTheOptionAndDropsTheData)
{
    FetchCookie();
    serverFastOpen->SetAttribute("Switch", UintegerValue(1));
    Open("hello");
    Run();
    EXPECT_EQ(Segments(3), (Lines{"C SYN 0:5 cookie", "S SYN|ACK 0:0 ack 1", "C ACK 1:5 ack 1"}));
    EXPECT_EQ(accepted.at(0)->received, "hello");
}

// Listener off: the same.
TEST_F(Server, S1_ListenerWithoutQueueIgnoresTheOption)
{
    Build();
    listener->SetAttribute("FastOpenQueueLength", UintegerValue(0));
    Open("hello");
    Run();
    EXPECT_EQ(Segments(2), (Lines{"C SYN 0:0 request", "S SYN|ACK 0:0 ack 1"}));
}

// Both nodes off: the plain handshake.
TEST_F(Server, S1_BothOffIsThePlainHandshake)
{
    clientSwitch = 0;
    serverSwitch = 0;
    Open("hello");
    Run();
    EXPECT_EQ(Segments(2), (Lines{"C SYN 0:0", "S SYN|ACK 0:0 ack 1"}));
    EXPECT_EQ(accepted.at(0)->received, "hello");
}

// A cookie request gets a SYN-ACK with a cookie that acknowledges the SYN alone.
TEST_F(Server, S3_CookieRequestIsGranted)
{
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, Option(TcpFastOpenCookie()), "data"});
    Run(MilliSeconds(150));
    ASSERT_EQ(peer->received.size(), 1u);
    const TcpHeader& header = peer->received[0].header;
    EXPECT_EQ(header.GetFlags(), SYN | ACK);
    EXPECT_EQ(header.GetAckNumber(), SequenceNumber32(1));
    ASSERT_TRUE(TcpOptionFastOpen::Find(header));
    EXPECT_EQ(TcpOptionFastOpen::Find(header)->GetCookie(), ValidCookie());
    EXPECT_TRUE(accepted.empty());
}

// An invalid cookie: the data is dropped, and the right cookie granted.
TEST_F(Server, S4_InvalidCookieIsAnsweredByTheRightOne)
{
    Ptr<RawPeer> peer = PlayClient();
    const uint8_t wrong[4] = {1, 2, 3, 4};
    peer->Send({SYN, 0, 0, Option(TcpFastOpenCookie(wrong, 4)), "data"});
    Run(MilliSeconds(150));
    ASSERT_EQ(peer->received.size(), 1u);
    const TcpHeader& header = peer->received[0].header;
    EXPECT_EQ(header.GetAckNumber(), SequenceNumber32(1));
    ASSERT_TRUE(TcpOptionFastOpen::Find(header));
    EXPECT_EQ(TcpOptionFastOpen::Find(header)->GetCookie(), ValidCookie());
    EXPECT_TRUE(accepted.empty());
    EXPECT_EQ(serverFastOpen->GetCounters()->passiveFail, 1u);
}

// A valid cookie: accepted and readable at once, in SYN-RCVD.
TEST_F(Server, S5_DataIsReadableInSynRcvd)
{
    FetchCookie();
    std::string state;
    Time sent = Simulator::Now();
    onServerData = [&](Connection& end) {
        state = end.states.empty() ? "SYN_RCVD" : end.states.back();
    };
    Open("hello");
    Run();
    ASSERT_EQ(accepted.size(), 1u);
    EXPECT_EQ(accepted[0]->received, "hello");
    EXPECT_EQ(accepted[0]->acceptedAt, accepted[0]->dataTimes.at(0));
    EXPECT_NEAR((accepted[0]->acceptedAt - sent).GetSeconds(), 0.050, 0.0002);
    EXPECT_EQ(state, "SYN_RCVD");
    EXPECT_EQ(accepted[0]->states.at(0), "ESTABLISHED") << "after SYN-RCVD, with the ACK";
}

// A valid cookie and no data: the child is there, and can be written to.
TEST_F(Server, S5_CookieWithoutDataMakesAWritableChild)
{
    FetchCookie();
    onAccept = [](Connection& end) { EXPECT_EQ(end.socket->Send(MakePacket("welcome")), 7); };
    auto client = NewClient();
    EXPECT_EQ(client->socket->SendTo(Create<Packet>(), TcpFastOpenSocket::MSG_FASTOPEN, server), 0);
    Run();
    EXPECT_EQ(
        Segments(4),
        (Lines{"C SYN 0:0 cookie", "S SYN|ACK 0:0 ack 1", "S ACK 1:7 ack 1", "C ACK 1:0 ack 1"}));
    EXPECT_EQ(client->received, "welcome");
}

// A response leaves at once, up to the initial window, before the client's ACK.
TEST_F(Server, S6_ResponseLeavesBeforeTheAckUpToTheInitialWindow)
{
    FetchCookie();
    Respond(30000);
    auto client = Open("hello");
    Run();
    const Lines lines = Segments(20);
    for (std::size_t i = 2; i < 12; i++)
    {
        EXPECT_EQ(lines[i], "S ACK " + std::to_string(1 + (i - 2) * 1448) + ":1448 ack 6");
        EXPECT_NEAR(SentAt(i), SentAt(1), 0.001);
    }
    EXPECT_EQ(lines[12], "C ACK 6:0 ack 1") << "the 11th segment waits for ACKs";
    EXPECT_EQ(client->received, Pattern(30000));
}

// The client's window bounds the response, too.
TEST_F(Server, S6_ResponseStaysWithinTheWindowOfTheSyn)
{
    Ptr<RawPeer> peer = PlayClient();
    Respond(30000);
    RawPeer::Spec syn{SYN, 0, 0, Option(ValidCookie()), "hello"};
    syn.window = 3000;
    peer->Send(syn);
    Run(MilliSeconds(500));
    std::size_t bytes = 0;
    for (const auto& segment : peer->received)
    {
        bytes += segment.payload.size();
    }
    EXPECT_GT(bytes, 0u);
    EXPECT_LE(bytes, 3000u);
}

// Close() in SYN-RCVD: the data, then FIN.
TEST_F(Server, S6_CloseInSynRcvdSendsTheDataThenFin)
{
    FetchCookie();
    Respond(2000, true);
    auto client = Open("hello");
    Run();
    EXPECT_EQ(Segments(5),
              (Lines{"C SYN 0:5 cookie",
                     "S SYN|ACK 0:0 ack 6",
                     "S ACK 1:1448 ack 6",
                     "S FIN|ACK 1449:552 ack 6",
                     "C ACK 6:0 ack 1"}));
    EXPECT_EQ(client->received, Pattern(2000));
    EXPECT_EQ(client->events, (Lines{"connected", "closed"}));
}

// Close() in SYN-RCVD with nothing to send: FIN.
TEST_F(Server, S6_CloseInSynRcvdWithoutDataSendsFin)
{
    FetchCookie();
    onServerData = [](Connection& end) { end.socket->Close(); };
    auto client = Open("hello");
    Run(Seconds(1));
    EXPECT_EQ(Segments(4),
              (Lines{"C SYN 0:5 cookie",
                     "S SYN|ACK 0:0 ack 6",
                     "S FIN|ACK 1:0 ack 6",
                     "C ACK 6:0 ack 1"}));
    EXPECT_EQ(client->events, (Lines{"connected", "closed"}));
}

// The ACK ends SYN-RCVD and takes the connection off the pending count.
TEST_F(Server, S7_AckEstablishesAndEndsPending)
{
    FetchCookie();
    std::vector<std::pair<Time, uint32_t>> pending;
    serverFastOpen->TraceConnectWithoutContext(
        "PendingCount",
        Callback<void, uint32_t, uint32_t>(
            [&](uint32_t, uint32_t now) { pending.emplace_back(Simulator::Now(), now); }));
    const Time start = Simulator::Now();
    Open("hello");
    Run();
    ASSERT_EQ(pending.size(), 2u);
    EXPECT_EQ(pending[0].second, 1u);
    EXPECT_NEAR((pending[0].first - start).GetSeconds(), 0.050, 0.0002);
    EXPECT_EQ(pending[1].second, 0u);
    EXPECT_NEAR((pending[1].first - start).GetSeconds(), 0.150, 0.0003);
    EXPECT_EQ(accepted.at(0)->states.at(0), "ESTABLISHED");
}

// An ACK of the response does as well, when the first one is lost.
TEST_F(Server, S7_AckOfTheResponseEstablishesToo)
{
    FetchCookie();
    Respond(2000);
    Drop(2, SegmentDropModel::CLIENT, 2);
    auto client = Open("hello");
    Run();
    EXPECT_EQ(client->received, Pattern(2000));
    EXPECT_EQ(accepted.at(0)->states.at(0), "ESTABLISHED");
    EXPECT_EQ(Segments(100),
              (Lines{"C SYN 0:5 cookie",
                     "S SYN|ACK 0:0 ack 6",
                     "S ACK 1:1448 ack 6",
                     "S ACK 1449:552 ack 6",
                     "C ACK 6:0 ack 1",
                     "C ACK 6:0 ack 1449",
                     "C ACK 6:0 ack 2001"}))
        << "nothing is sent twice";
}

// The timer in SYN-RCVD resends the SYN-ACK alone, still acknowledging the data.
TEST_F(Server, S8_SynAckIsRetransmittedAloneAndAcknowledgesTheData)
{
    Ptr<RawPeer> peer = PlayClient();
    Respond(2000);
    peer->Send({SYN, 0, 0, Option(ValidCookie()), "hello"});
    Run(MilliSeconds(3500));
    ASSERT_EQ(peer->received.size(), 5u);
    for (const std::size_t i : {3, 4})
    {
        EXPECT_EQ(peer->received[i].header.GetFlags(), SYN | ACK);
        EXPECT_EQ(peer->received[i].header.GetSequenceNumber(), SequenceNumber32(0));
        EXPECT_EQ(peer->received[i].header.GetAckNumber(), SequenceNumber32(6));
        EXPECT_EQ(peer->received[i].payload, "");
        EXPECT_FALSE(TcpOptionFastOpen::Find(peer->received[i].header));
    }
    const Time first = peer->received[0].time;
    EXPECT_EQ(peer->received[3].time - first, Seconds(1));
    EXPECT_EQ(peer->received[4].time - first, Seconds(3));
}

// What was sent before is recovered after the ACK.
TEST_F(Server, S8_ResponseIsRecoveredAfterTheAck)
{
    FetchCookie();
    Respond(2000);
    Drop(2, SegmentDropModel::SERVER, 1);
    auto client = Open("hello");
    Run();
    const Lines lines = Segments(7);
    EXPECT_EQ(lines[4], "C SYN 0:0");
    EXPECT_EQ(lines[5], "S SYN|ACK 0:0 ack 6");
    EXPECT_EQ(client->received, Pattern(2000));
    EXPECT_EQ(accepted.size(), 1u);
    EXPECT_EQ(accepted[0]->received, "hello");
}

// A duplicate of the SYN brings another SYN-ACK and nothing else.
TEST_F(Server, S9_DuplicateSynIsAnsweredAndDeliversNothing)
{
    Ptr<RawPeer> peer = PlayClient();
    const RawPeer::Spec syn{SYN, 0, 0, Option(ValidCookie()), "hello"};
    peer->Send(syn);
    peer->SendAt(MilliSeconds(101), syn);
    peer->SendAt(MilliSeconds(702), {SYN, 0, 0, {}, ""});
    Run(MilliSeconds(900));
    ASSERT_EQ(peer->received.size(), 3u);
    for (const auto& segment : peer->received)
    {
        EXPECT_EQ(segment.header.GetFlags(), SYN | ACK);
        EXPECT_EQ(segment.header.GetAckNumber(), SequenceNumber32(6));
    }
    ASSERT_EQ(accepted.size(), 1u);
    EXPECT_EQ(accepted[0]->received, "hello");
}

// Two copies that arrive back to back make one connection.
TEST_F(Server, S9_SynTwiceAtTheSameTimeMakesOneConnection)
{
    Ptr<RawPeer> peer = PlayClient();
    const RawPeer::Spec syn{SYN, 0, 0, Option(ValidCookie()), "hello"};
    peer->Send(syn);
    peer->Send(syn);
    peer->SendAt(MilliSeconds(150), {ACK, 6, 1, {}, " world"});
    Run(Seconds(1));
    ASSERT_EQ(accepted.size(), 1u);
    EXPECT_EQ(accepted[0]->received, "hello world");
}

// Linux drops a SYN that has a FIN, too; with Fast Open and without.
TEST_F(Server, S10_LinuxDropsASynWithFin)
{
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN | FIN, 0, 0, Option(ValidCookie()), "hello"});
    peer->Send({SYN | FIN, 0, 0, {}, ""});
    Run(Seconds(3));
    EXPECT_TRUE(peer->received.empty());
    EXPECT_TRUE(accepted.empty());
}

// A FIN in the SYN: the data, then the end of it.
TEST_F(Server, S10_FinInTheSynEndsTheData)
{
    profile = "rfc7413";
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN | FIN, 0, 0, Option(ValidCookie()), "hello"});
    peer->SendAt(MilliSeconds(150), {ACK, 7, 1, {}, ""});
    Run(MilliSeconds(500));
    EXPECT_EQ(peer->received.at(0).header.GetAckNumber(), SequenceNumber32(7));
    ASSERT_EQ(accepted.size(), 1u);
    EXPECT_EQ(accepted[0]->received, "hello");
    EXPECT_EQ(accepted[0]->states, (Lines{"ESTABLISHED", "CLOSE_WAIT"}));
    EXPECT_EQ(accepted[0]->events.at(0), "closed");
}

// The SYN's data and the next segments are delivered once, in order.
TEST_F(Server, S10_SynDataAndNextSegmentsArriveOnceInOrder)
{
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, Option(ValidCookie()), "one "});
    peer->SendAt(MilliSeconds(120), {ACK, 9, 1, {}, "three"});
    peer->SendAt(MilliSeconds(130), {ACK, 5, 1, {}, "two "});
    peer->SendAt(MilliSeconds(140), {ACK, 5, 1, {}, "two three"});
    Run(MilliSeconds(500));
    ASSERT_EQ(accepted.size(), 1u);
    EXPECT_EQ(accepted[0]->received, "one two three");
    EXPECT_EQ(peer->received.back().header.GetAckNumber(), SequenceNumber32(14));
}

// Linux's cookies for a known key.
TEST_F(Server, S12_CookieIsLinuxSipHash)
{
    Ptr<TcpFastOpenKeys> keys = CreateObject<TcpFastOpenKeys>();
    keys->SetText("a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4");
    EXPECT_EQ(Text(keys->Make(Ipv4Address("192.0.2.1"), Ipv4Address("192.168.0.1"))),
              "3021b9d889017eeb");
    EXPECT_EQ(Text(keys->Make(Ipv6Address("fd3d:fa7b:d17d::1"), Ipv6Address("fd3d:0a0b:17d6::1"))),
              "c1d1e9742a47a9bc");
}

// The key's text is read and written, each word little-endian.
TEST_F(Server, S12_KeyIsWrittenAsOnLinux)
{
    TcpFastOpenKeys::Key key{};
    ASSERT_TRUE(TcpFastOpenKeys::Parse("01234567-89abcdef-00000000-FFFFFFFF", key));
    EXPECT_EQ(key[0], 0x67);
    EXPECT_EQ(key[3], 0x01);
    EXPECT_EQ(key[4], 0xef);
    EXPECT_EQ(TcpFastOpenKeys::Format(key), "01234567-89abcdef-00000000-ffffffff");
    for (const char* wrong : {"",
                              "a1a1a1a1",
                              "a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d",
                              "a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4d",
                              "a1a1a1a1-b2b2b2b2-c3c3c3c3+d4d4d4d4",
                              "g1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4"})
    {
        EXPECT_FALSE(TcpFastOpenKeys::Parse(wrong, key)) << wrong;
    }
}

// The cookie of a client does not serve another one, nor another server.
TEST_F(Server, S12_CookieBelongsToBothAddresses)
{
    Build();
    Ptr<TcpFastOpenKeys> keys = serverFastOpen->GetKeys();
    const Ipv4Address a("10.0.0.1");
    const Ipv4Address b("10.0.0.2");
    const Ipv4Address c("10.0.0.3");
    EXPECT_EQ(keys->Check(keys->Make(a, b), a, b), TcpFastOpenKeys::PRIMARY);
    EXPECT_EQ(keys->Check(keys->Make(a, b), c, b), TcpFastOpenKeys::NONE);
    EXPECT_EQ(keys->Check(keys->Make(a, b), a, c), TcpFastOpenKeys::NONE);
    EXPECT_EQ(keys->Check(keys->Make(a, b), b, a), TcpFastOpenKeys::NONE);
}

// In SYN-RCVD an ACK of what was not sent is reset, and the connection stays.
TEST_F(Server, S7_WrongAckInSynRcvdIsReset)
{
    Ptr<RawPeer> peer = PlayClient();
    Respond(100);
    peer->Send({SYN, 0, 0, Option(ValidCookie()), "hello"});
    peer->SendAt(MilliSeconds(120), {ACK, 6, 102, {}, "evil"});
    peer->SendAt(MilliSeconds(140), {ACK, 6, 101, {}, "good"});
    Run(MilliSeconds(500));
    ASSERT_GE(peer->received.size(), 3u);
    EXPECT_EQ(peer->received[2].header.GetFlags(), RST);
    EXPECT_EQ(peer->received[2].header.GetSequenceNumber(), SequenceNumber32(102));
    EXPECT_EQ(accepted.at(0)->received, "hellogood");
}

// A duplicate of the SYN with its data is answered by a SYN-ACK even after the
// application has closed.
TEST_F(Server, S9_DuplicateSynAfterCloseIsAnswered)
{
    Ptr<RawPeer> peer = PlayClient();
    onServerData = [](Connection& end) { end.socket->Close(); };
    const RawPeer::Spec syn{SYN, 0, 0, Option(ValidCookie()), "hello"};
    peer->Send(syn);
    peer->SendAt(MilliSeconds(120), syn);
    Run(MilliSeconds(300));
    ASSERT_EQ(peer->received.size(), 3u) << "SYN-ACK, FIN, SYN-ACK";
    EXPECT_EQ(peer->received[2].header.GetFlags(), SYN | ACK);
    EXPECT_EQ(peer->received[2].header.GetAckNumber(), SequenceNumber32(6));
    EXPECT_EQ(accepted.size(), 1u);
}

/// The pending count.
class Pending : public FastOpenTest
{
  protected:
    void SetUp() override
    {
        Build();
        serverFastOpen->TraceConnectWithoutContext(
            "PendingCount",
            Callback<void, uint32_t, uint32_t>([this](uint32_t, uint32_t now) {
                pending = now;
                changes.push_back(now);
            }));
    }

    uint32_t pending{0};           //!< how many there are
    std::vector<uint32_t> changes; //!< how many there were, in order
};

// One that was reset before its ACK counts for 60 s more, also against the limit.
TEST_F(Pending, S11_ResetConnectionCountsFor60Seconds)
{
    listener->SetAttribute("FastOpenQueueLength", UintegerValue(1));
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, Option(ValidCookie()), "hello"});
    Run(MilliSeconds(120));
    peer->Send({RST, 6, 0, {}, ""});
    Run(MilliSeconds(60));
    EXPECT_EQ(accepted.at(0)->socket->GetConnectionError(), TcpFastOpenSocket::RESET);
    Run(MilliSeconds(59900));
    EXPECT_EQ(pending, 1u);
    peer = PlayClient(50001);
    peer->Send({SYN, 0, 0, Option(ValidCookie()), "hello"});
    Run(MilliSeconds(60));
    EXPECT_EQ(serverFastOpen->GetCounters()->listenOverflow, 1u);
    Run(MilliSeconds(200));
    EXPECT_EQ(pending, 1u) << "nobody has looked";
    peer = PlayClient(50002);
    peer->Send({SYN, 0, 0, Option(ValidCookie()), "hello"});
    Run(MilliSeconds(60));
    EXPECT_EQ(changes, (std::vector<uint32_t>{1, 0, 1}));
    EXPECT_EQ(serverFastOpen->GetCounters()->listenOverflow, 1u);
}

// No event holds the simulation for it.
TEST_F(Pending, S11_ResetConnectionHoldsNoSimulation)
{
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, Option(ValidCookie()), "hello"});
    peer->SendAt(MilliSeconds(120), {RST, 6, 0, {}, ""});
    Simulator::Run();
    EXPECT_LT(Simulator::Now(), Seconds(2)) << "the SYN-ACK's timer, which was cancelled";
    EXPECT_EQ(pending, 1u);
    listener->Close();
    EXPECT_EQ(pending, 0u);
}

// What could be read before the reset can be read after it; the reset is reported.
TEST_F(Pending, S11_DataStaysReadableThenTheResetIsReported)
{
    Lines events;
    listener->SetAcceptCallback(
        MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
        Callback<void, Ptr<Socket>, const Address&>([&](Ptr<Socket> child, const Address&) {
            child->SetCloseCallbacks(
                Callback<void, Ptr<Socket>>([&](Ptr<Socket>) { events.push_back("closed"); }),
                Callback<void, Ptr<Socket>>([&](Ptr<Socket> socket) {
                    events.push_back("error");
                    EXPECT_EQ(DynamicCast<TcpFastOpenSocket>(socket)->GetConnectionError(),
                              TcpFastOpenSocket::RESET);
                    Ptr<Packet> packet = socket->Recv(); // the application reads late
                    ASSERT_TRUE(packet);
                    EXPECT_EQ(packet->GetSize(), 5u);
                }));
        }));
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, Option(ValidCookie()), "hello"});
    Run(MilliSeconds(120));
    EXPECT_TRUE(events.empty());
    peer->Send({RST, 6, 0, {}, ""});
    Run(MilliSeconds(120));
    EXPECT_EQ(events, (Lines{"error"}));
}

/// Servers with more than one key.
class Keys : public FastOpenTest
{
  protected:
    static constexpr const char* A = "00000000-00000000-00000000-0000000a";
    static constexpr const char* B = "00000000-00000000-00000000-0000000b";

    /// A cookie for the client under a key.
    TcpFastOpenCookie CookieOf(const std::string& key)
    {
        Build();
        Ptr<TcpFastOpenKeys> keys = CreateObject<TcpFastOpenKeys>();
        keys->SetText(key);
        return keys->Make(clientIp, serverIp);
    }

    /// The cookie of the server's answer to a SYN with a cookie and data, as text;
    /// with "accepted " before it where the data was.
    std::string Answer(const TcpFastOpenCookie& cookie)
    {
        Ptr<RawPeer> peer = PlayClient(++m_port);
        peer->Send({SYN, 0, 0, Option(cookie), "hello"});
        Run(MilliSeconds(120));
        const TcpHeader& header = peer->received.at(0).header;
        const auto option = TcpOptionFastOpen::Find(header);
        return std::string(header.GetAckNumber() == SequenceNumber32(6) ? "accepted " : "") +
               (option ? Text(option->GetCookie()) : "");
    }

  private:
    uint16_t m_port{50000};
};

// The primary key checks and makes; its cookies need no new one.
TEST_F(Keys, S13_PrimaryCookieIsAccepted)
{
    Build();
    serverFastOpen->SetAttribute("Key", StringValue(std::string(A) + "," + B));
    EXPECT_EQ(Answer(CookieOf(A)), "accepted ");
    EXPECT_EQ(serverFastOpen->GetCounters()->passiveAltKey, 0u);
}

// A cookie of the backup key is accepted, and answered with one of the primary key.
TEST_F(Keys, S13_BackupCookieIsAcceptedAndReplaced)
{
    Build();
    serverFastOpen->SetAttribute("Key", StringValue(std::string(A) + "," + B));
    EXPECT_EQ(Answer(CookieOf(B)), "accepted " + Text(CookieOf(A)));
    EXPECT_EQ(serverFastOpen->GetCounters()->passive, 1u);
    EXPECT_EQ(serverFastOpen->GetCounters()->passiveAltKey, 1u);
    const std::string other = "00000000-00000000-00000000-0000000c";
    EXPECT_EQ(Answer(CookieOf(other)), Text(CookieOf(A))) << "refused";
}

// The client keeps the replacement.
TEST_F(Keys, S13_C4_ClientKeepsTheReplacement)
{
    FetchCookie();
    const std::string old = serverFastOpen->GetKeys()->GetText();
    serverFastOpen->SetAttribute("Key", StringValue(std::string(A) + "," + old));
    Open("hello");
    Run(Seconds(1));
    EXPECT_EQ(Segments(2), (Lines{"C SYN 0:5 cookie", "S SYN|ACK 0:0 ack 6 cookie"}));
    EXPECT_EQ(clientFastOpen->GetCache().Find(clientIp, serverIp)->cookie, CookieOf(A));
}

// A listener can have keys of its own.
TEST_F(Keys, S13_ListenerHasKeysOfItsOwn)
{
    Build();
    serverFastOpen->SetAttribute("Key", StringValue(A));
    listener->SetAttribute(
        "FastOpenKeys",
        PointerValue(CreateObjectWithAttributes<TcpFastOpenKeys>("Key", StringValue(B))));
    EXPECT_EQ(Answer(CookieOf(B)), "accepted ");
    EXPECT_EQ(Answer(CookieOf(A)), Text(CookieOf(B)));
}

// Keys change on a schedule: a cookie lives for one change, not for two.
TEST_F(Keys, S13_KeysAreRotatedOnASchedule)
{
    Build();
    Ptr<TcpFastOpenKeys> keys = serverFastOpen->GetKeys();
    keys->SetAttribute("RotationInterval", TimeValue(Seconds(100)));
    const TcpFastOpenCookie first = ValidCookie();
    Run(Seconds(99));
    EXPECT_EQ(Answer(first), "accepted ");
    Run(Seconds(1));
    const TcpFastOpenCookie second = ValidCookie();
    EXPECT_NE(second, first);
    EXPECT_EQ(Answer(first), "accepted " + Text(second));
    Run(Seconds(100));
    EXPECT_EQ(Answer(first), Text(ValidCookie()));
    Run(Seconds(1000));
    EXPECT_EQ(keys->Check(second, clientIp, serverIp), TcpFastOpenKeys::NONE);
}

// The servers of a farm share their keys, and change them together.
TEST_F(Keys, S13_FarmSharesKeys)
{
    Ptr<TcpFastOpenKeys> keys = CreateObject<TcpFastOpenKeys>();
    keys->SetAttribute("RotationInterval", TimeValue(Seconds(10)));
    Ptr<TcpFastOpen> nodes[2];
    for (auto& node : nodes)
    {
        node = CreateObjectWithAttributes<TcpFastOpen>("Keys", PointerValue(keys));
    }
    for (int i = 0; i < 3; i++)
    {
        const Address client(Ipv4Address("10.0.0.1"));
        const Address service(Ipv4Address("10.0.0.2"));
        EXPECT_EQ(
            nodes[1]->GetKeys()->Check(nodes[0]->GetKeys()->Make(client, service), client, service),
            TcpFastOpenKeys::PRIMARY);
        Run(Seconds(10));
    }
}

// A key that is unset is random, from the simulator's generator: another for each
// run, the same each time.
TEST_F(Keys, S13_UnsetKeysAreRandom)
{
    const auto draw = [](uint64_t run) {
        RngSeedManager::SetRun(run);
        Ptr<TcpFastOpenKeys> keys = CreateObject<TcpFastOpenKeys>();
        keys->AssignStreams(5);
        keys->Make(Ipv4Address(1), Ipv4Address(2));
        return keys->GetText();
    };
    EXPECT_EQ(draw(1), draw(1));
    EXPECT_NE(draw(1), draw(2));
    EXPECT_EQ(draw(1).size(), 35u);
}

// A wrong key ends the program with one line that says what is allowed.
TEST(KeysDeathTest, S13_WrongKeyIsNamed)
{
    const std::string good = "00000000-00000000-00000000-0000000a";
    for (const std::string wrong : {"secret", "0a-0b-0c-0d", ",", ","})
    {
        EXPECT_DEATH(CreateObject<TcpFastOpenKeys>()->SetText(wrong),
                     "Key \"" + wrong + "\" is neither four words of eight hexadecimal digits");
    }
    EXPECT_DEATH(CreateObject<TcpFastOpenKeys>()->SetText(good + ","), "nor two such keys");
    EXPECT_DEATH(CreateObject<TcpFastOpenKeys>()->SetText(good + "," + good + "," + good),
                 "nor two such keys");
}

// Bit 0x200: data in a SYN without an option is accepted.
TEST_F(Server, S14_SynDataIsAcceptedWithoutCookie)
{
    serverSwitch = TcpFastOpen::SERVER | TcpFastOpen::SERVER_COOKIE_NOT_REQD;
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, {}, "hello"});
    Run(MilliSeconds(120));
    EXPECT_EQ(peer->received.at(0).header.GetAckNumber(), SequenceNumber32(6));
    EXPECT_FALSE(TcpOptionFastOpen::Find(peer->received[0].header));
    EXPECT_EQ(accepted.at(0)->received, "hello");
    EXPECT_EQ(serverFastOpen->GetCounters()->passive, 1u);
}

// A wrong cookie does no harm there, and none is granted.
TEST_F(Server, S14_CookieDoesNotMatter)
{
    serverSwitch = TcpFastOpen::SERVER | TcpFastOpen::SERVER_COOKIE_NOT_REQD;
    Ptr<RawPeer> peer = PlayClient();
    const uint8_t wrong[4] = {1, 2, 3, 4};
    peer->Send({SYN, 0, 0, Option(TcpFastOpenCookie(wrong, 4)), "hello"});
    Run(MilliSeconds(120));
    EXPECT_EQ(peer->received.at(0).header.GetAckNumber(), SequenceNumber32(6));
    EXPECT_FALSE(TcpOptionFastOpen::Find(peer->received[0].header));
}

// A plain SYN, without data and option, stays a plain one.
TEST_F(Server, S14_PlainSynStaysPlain)
{
    serverSwitch = TcpFastOpen::SERVER | TcpFastOpen::SERVER_COOKIE_NOT_REQD;
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, {}, ""});
    Run(MilliSeconds(120));
    EXPECT_TRUE(accepted.empty());
    EXPECT_EQ(serverFastOpen->GetCounters()->passive, 0u);
}

// Bit 0x200 alone, without the server's bit, accepts nothing.
TEST_F(Server, S14_BitsNeedTheServersBit)
{
    serverSwitch = TcpFastOpen::SERVER_COOKIE_NOT_REQD | TcpFastOpen::SERVER_WO_SOCKOPT1;
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, {}, "hello"});
    Run(MilliSeconds(120));
    EXPECT_EQ(peer->received.at(0).header.GetAckNumber(), SequenceNumber32(1));
}

// One listener can do without cookies alone.
TEST_F(Server, S14_PerListener)
{
    Build();
    listener->SetAttribute("FastOpenNoCookie", BooleanValue(true));
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, {}, "hello"});
    Run(MilliSeconds(120));
    EXPECT_EQ(peer->received.at(0).header.GetAckNumber(), SequenceNumber32(6));
}

// Bit 0x400: every listener serves, also one that did not ask for it.
TEST_F(Server, S14_EveryListenerServesWithBit0x400)
{
    for (const uint32_t bits : {2U, 0x402U})
    {
        Build();
        serverFastOpen->SetAttribute("Switch", UintegerValue(bits));
        listener->Close();
        listener->SetAttribute("FastOpenQueueLength", UintegerValue(0));
        listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
        listener->Listen();
        accepted.clear();
        Ptr<RawPeer> peer = PlayClient(static_cast<uint16_t>(50000 + bits));
        peer->Send({SYN, 0, 0, Option(ValidCookie()), "hello"});
        Run(MilliSeconds(120));
        EXPECT_EQ(accepted.size(), bits == 0x402 ? 1u : 0u);
    }
}

// A listener that closes in the moment in which a SYN has come resets the child that
// it cannot hand over.
TEST_F(Server, S15_ChildThatWasNotAcceptedIsReset)
{
    Ptr<RawPeer> peer = PlayClient();
    listener->TraceConnectWithoutContext(
        "Rx",
        Callback<void, Ptr<const Packet>, const TcpHeader&, Ptr<const TcpSocketBase>>(
            [this](Ptr<const Packet>, const TcpHeader&, Ptr<const TcpSocketBase>) {
                Simulator::ScheduleNow([this] { listener->Close(); });
            }));
    peer->Send({SYN, 0, 0, Option(ValidCookie()), "hello"});
    Run(MilliSeconds(200));
    ASSERT_EQ(peer->received.size(), 1u);
    EXPECT_EQ(peer->received[0].header.GetFlags(), RST | ACK);
    EXPECT_EQ(peer->received[0].header.GetAckNumber(), SequenceNumber32(6)) << "SYN and data";
    EXPECT_TRUE(accepted.empty());
}

// A plain handshake that is completed after its listener was closed is reset, and nobody is
// told; whatever comes, once, and not by its timer.
TEST_F(Server, S15_PlainHandshakeAfterTheListenerWasClosedIsReset)
{
    Ptr<RawPeer> peer = PlayClient();
    listener->SetCloseCallbacks(MakeNullCallback<void, Ptr<Socket>>(),
                                MakeNullCallback<void, Ptr<Socket>>());
    const RawPeer::Spec segments[] = {{ACK, 1, 1, {}, "hello"},
                                      {ACK, 1, 1, {}, ""},
                                      {ACK | FIN, 1, 1, {}, ""},
                                      {SYN, 0, 0, {}, ""}};
    uint16_t port = 50001;
    for (const auto& segment : segments)
    {
        peer = PlayClient(port++);
        peer->Send({SYN, 0, 0, {}, ""});
        Run(MilliSeconds(120));
        EXPECT_EQ(peer->received.size(), 1u);
        listener->Close();
        peer->Send(segment);
        Run(Seconds(5));
        ASSERT_EQ(peer->received.size(), 2u);
        EXPECT_TRUE(peer->received[1].header.GetFlags() & RST);
        EXPECT_TRUE(accepted.empty());
        listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
        listener->Listen();
    }
    peer = PlayClient(port);
    peer->Send({SYN, 0, 0, {}, ""});
    Run(MilliSeconds(120));
    listener->Close();
    Run(Seconds(100));
    EXPECT_EQ(peer->received.size(), 1u) << "nothing by the timer";
}

// Another listener on the port has no part in that, nor has one on another port.
TEST_F(Server, S15_S18_EachListenerHasItsChildren)
{
    Build();
    auto other = DynamicCast<TcpFastOpenSocket>(
        Socket::CreateSocket(path->GetServer(), TcpFastOpenSocketFactory::GetTypeId()));
    other->SetAttribute("FastOpenQueueLength", UintegerValue(0));
    other->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT + 1));
    std::vector<Ptr<Socket>> others;
    other->SetAcceptCallback(
        MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
        Callback<void, Ptr<Socket>, const Address&>(
            [&](Ptr<Socket> child, const Address&) { others.push_back(child); }));
    other->Listen();
    UintegerValue length;
    listener->GetAttribute("FastOpenQueueLength", length);
    EXPECT_GT(length.Get(), 0u);
    auto client = NewClient();
    client->socket->SetAttribute("FastOpenConnect", BooleanValue(false));
    client->socket->Connect(InetSocketAddress(Ipv4Address::ConvertFrom(serverIp), PORT + 1));
    Run(MilliSeconds(60)); // SYN-RCVD
    listener->Close();
    Run(Seconds(1));
    EXPECT_EQ(others.size(), 1u);
    EXPECT_EQ(client->events, (Lines{"connected"}));
}

// The length of the queue is the listener's: what is set on a socket that it has accepted,
// early or after the handshake, does not change it.
TEST_F(Server, S2_S18_LengthSetOnAnAcceptedSocketIsItsOwn)
{
    FetchCookie();
    onAccept = [](Connection& end) {
        end.socket->SetAttribute("FastOpenQueueLength", UintegerValue(0));
    };
    for (const bool early : {true, false})
    {
        auto client = NewClient();
        client->socket->SetAttribute("FastOpenConnect", BooleanValue(early));
        client->socket->Connect(server);
        client->socket->Send(MakePacket("hello"));
        Run(Seconds(1));
        client->socket->Close();
        Run(Seconds(1));
        UintegerValue length;
        accepted.back()->socket->GetAttribute("FastOpenQueueLength", length);
        EXPECT_EQ(length.Get(), 0u);
        accepted.back()->socket->SetAttribute("FastOpenQueueLength", UintegerValue(7));
        listener->GetAttribute("FastOpenQueueLength", length);
        EXPECT_EQ(length.Get(), 4096u);
    }
    Open("again");
    Run(Seconds(1));
    EXPECT_EQ(Segments(2), (Lines{"C SYN 0:5 cookie", "S SYN|ACK 0:0 ack 6"}));
}

// Those that were accepted live on.
TEST_F(Server, S15_AcceptedChildOutlivesTheListener)
{
    FetchCookie();
    onServerData = [this](Connection& end) {
        listener->Close();
        end.socket->Send(MakePacket("late"));
    };
    auto client = Open("hello");
    Run();
    EXPECT_EQ(client->received, "late");
}

// Close() with unread data: RST.
TEST_F(Server, S15_CloseWithUnreadDataResets)
{
    Ptr<RawPeer> peer = PlayClient();
    onAccept = [](Connection& end) { end.socket->Close(); };
    peer->Send({SYN, 0, 0, Option(ValidCookie()), "hello"});
    Run(MilliSeconds(200));
    ASSERT_EQ(peer->received.size(), 2u);
    EXPECT_EQ(peer->received[1].header.GetFlags() & RST, RST);
    EXPECT_EQ(peer->received[1].header.GetSequenceNumber(), SequenceNumber32(1));
}

// A full Fast Open queue does not keep ordinary connections out.
TEST_F(Pending, S16_OrdinaryConnectionsDoNotMindAFullQueue)
{
    listener->SetAttribute("FastOpenQueueLength", UintegerValue(2));
    for (const uint16_t port : {50000, 50001})
    {
        PlayClient(port)->Send({SYN, 0, 0, Option(ValidCookie()), "hello"});
    }
    Run(MilliSeconds(200));
    EXPECT_EQ(pending, 2u);
    for (const uint16_t port : {50002, 50003, 50004})
    {
        Ptr<RawPeer> plain = PlayClient(port);
        plain->Send({SYN, 0, 0, {}, ""});
        plain->SendAt(Simulator::Now() + MilliSeconds(110), {ACK, 1, 1, {}, "plain"});
        Run(MilliSeconds(200));
        EXPECT_EQ(accepted.back()->received, "plain");
    }
    EXPECT_EQ(accepted.size(), 5u);
}

// Half-open ordinary connections do not fill the Fast Open queue.
TEST_F(Pending, S16_FastOpenDoesNotMindHalfOpenConnections)
{
    listener->SetAttribute("FastOpenQueueLength", UintegerValue(1));
    for (uint16_t port = 50000; port < 50020; port++)
    {
        PlayClient(port)->Send({SYN, 0, 0, {}, ""});
        Run(MilliSeconds(1));
    }
    EXPECT_EQ(pending, 0u);
    Ptr<RawPeer> peer = PlayClient(50020);
    peer->Send({SYN, 0, 0, Option(ValidCookie()), "hello"});
    Run(MilliSeconds(200));
    EXPECT_EQ(accepted.at(0)->received, "hello");
    EXPECT_EQ(pending, 1u);
}

// Changing the schedule changes no keys by itself.
TEST_F(Keys, S13_NewScheduleCountsFromNow)
{
    Build();
    Ptr<TcpFastOpenKeys> keys = serverFastOpen->GetKeys();
    const TcpFastOpenCookie cookie = ValidCookie();
    Run(Seconds(1000));
    keys->SetAttribute("RotationInterval", TimeValue(Seconds(100)));
    EXPECT_EQ(keys->Check(cookie, clientIp, serverIp), TcpFastOpenKeys::PRIMARY);
    Run(Seconds(100));
    EXPECT_EQ(keys->Check(cookie, clientIp, serverIp), TcpFastOpenKeys::BACKUP);
    keys->SetAttribute("RotationInterval", TimeValue(NanoSeconds(1)));
    Run(Seconds(1000));
    EXPECT_EQ(keys->Check(cookie, clientIp, serverIp), TcpFastOpenKeys::NONE) << "and in no time";
}

// A reset of a child is reported once, also to an application that closes then.
TEST_F(Pending, S11_ResetIsReportedOnce)
{
    uint32_t errors = 0;
    listener->SetAcceptCallback(
        MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
        Callback<void, Ptr<Socket>, const Address&>([&](Ptr<Socket> child, const Address&) {
            child->SetCloseCallbacks(MakeNullCallback<void, Ptr<Socket>>(),
                                     Callback<void, Ptr<Socket>>([&](Ptr<Socket> socket) {
                                         errors++;
                                         socket->Close(); // without having read
                                     }));
        }));
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, Option(ValidCookie()), "hello"});
    peer->SendAt(Simulator::Now() + MilliSeconds(120), {RST, 6, 0, {}, ""});
    Run(Seconds(1));
    EXPECT_EQ(errors, 1u);
    EXPECT_EQ(peer->received.size(), 1u) << "the SYN-ACK, and no reset in return";
}

// An application that closes, data unread, within the handshake's last ACK ends all.
TEST_F(Pending, S15_CloseWithinTheHandshakesAck)
{
    uint32_t calls = 0;
    Ptr<Socket> kept;
    listener->SetAcceptCallback(
        MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
        Callback<void, Ptr<Socket>, const Address&>([&](Ptr<Socket> child, const Address&) {
            kept = child;
            child->SetRecvCallback(Callback<void, Ptr<Socket>>([&](Ptr<Socket> socket) {
                if (++calls == 1)
                {
                    socket->Recv();
                    socket->Send(MakePacket("early"));
                }
                else
                {
                    socket->Close();
                }
            }));
        }));
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, Option(ValidCookie()), "hello"});
    peer->SendAt(Simulator::Now() + MilliSeconds(120), {ACK, 6, 1, {}, "more"});
    Run(Seconds(10));
    EXPECT_EQ(calls, 2u);
    EXPECT_EQ(peer->received.back().header.GetFlags() & RST, RST);
    EXPECT_EQ(pending, 0u);
}
