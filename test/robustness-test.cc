/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * What must not happen, whatever is lost and whatever peer and application do.
 */

#include "fast-open-test.h"

#include "ns3/tcp-option-fast-open.h"

namespace
{

constexpr uint8_t SYN = TcpHeader::SYN;
constexpr uint8_t ACK = TcpHeader::ACK;
constexpr uint8_t FIN = TcpHeader::FIN;
constexpr uint8_t RST = TcpHeader::RST;

/// A cookie of a size.
TcpFastOpenCookie
CookieOf(std::size_t size)
{
    const std::vector<uint8_t> bytes(size, 5);
    return TcpFastOpenCookie(bytes.data(), size);
}

/// An MSS option.
std::vector<uint8_t>
Mss(uint16_t mss)
{
    return {2, 4, static_cast<uint8_t>(mss >> 8), static_cast<uint8_t>(mss)};
}

/// The longest payload that a raw peer got.
std::size_t
Longest(Ptr<RawPeer> peer)
{
    std::size_t longest = 0;
    for (const auto& segment : peer->received)
    {
        longest = std::max(longest, segment.payload.size());
    }
    return longest;
}

} // namespace

class Robustness : public FastOpenTest
{
  protected:
    /// Who may be pending now.
    uint32_t Pending()
    {
        return pending;
    }

    void SetUp() override
    {
        Build();
        serverFastOpen->TraceConnectWithoutContext(
            "PendingCount",
            Callback<void, uint32_t, uint32_t>([this](uint32_t, uint32_t now) { pending = now; }));
    }

    uint32_t pending{0}; //!< the server's pending count
};

// --- The wire -----------------------------------------------------------------------

// The peer's MSS bounds what is sent; a ridiculous one is taken for 48.
TEST_F(Robustness, W4_PeersMssBoundsTheSegments)
{
    for (const auto& [announced, longest] : {std::pair<uint16_t, std::size_t>{536, 536}, {1, 48}})
    {
        Ptr<RawPeer> peer = PlayServer();
        auto client = Open(Pattern(5000));
        peer->SendAt(Simulator::Now() + MilliSeconds(60), {SYN | ACK, 0, 1, Mss(announced), ""});
        Run(MilliSeconds(300));
        EXPECT_EQ(Longest(peer), longest);
        client->socket->Close();
        peer->Send({RST | ACK, 1, 1, {}, ""});
        Run(MilliSeconds(300));
    }
}

// A SYN-ACK may end the data at once.
TEST_F(Robustness, W7_ClientAcceptsAFinInSynAck)
{
    Ptr<RawPeer> peer = PlayServer();
    auto client = Open("");
    peer->SendAt(MilliSeconds(60), {SYN | ACK | FIN, 0, 1, Mss(1460), "bye"});
    Run(MilliSeconds(300));
    EXPECT_EQ(client->received, "bye");
    EXPECT_EQ(client->events, (Lines{"connected", "closed"}));
    EXPECT_EQ(peer->received.back().header.GetAckNumber(), SequenceNumber32(5));
}

// --- The client ---------------------------------------------------------------------

// A large MSS in the cache does not enlarge the SYN beyond our own.
TEST_F(Robustness, C3_OwnMssBoundsTheSynData)
{
    clientFastOpen->GetCache().Store({clientIp, serverIp, ValidCookie(), 9000});
    Open(Pattern(3000));
    Run();
    EXPECT_EQ(Segments(1), (Lines{"C SYN 0:1420 cookie"}));
}

// An option without a cookie in the SYN-ACK is none.
TEST_F(Robustness, C4_EmptyOptionInSynAckIsNotKept)
{
    Ptr<RawPeer> peer = PlayServer();
    Open("x");
    peer->SendAt(MilliSeconds(60), {SYN | ACK, 0, 1, {34, 2, 1, 1}, ""});
    Run(MilliSeconds(300));
    EXPECT_TRUE(clientFastOpen->GetCache().Find(clientIp, serverIp)->cookie.IsEmpty());
}

// The MSS is kept with the cookie.
TEST_F(Robustness, C4_MssIsKeptWithTheCookie)
{
    Ptr<RawPeer> peer = PlayServer();
    Open("x");
    std::vector<uint8_t> options = Mss(1000);
    const auto cookie = Option(CookieOf(8));
    options.insert(options.end(), cookie.begin(), cookie.end());
    peer->SendAt(MilliSeconds(60), {SYN | ACK, 0, 1, options, ""});
    Run(MilliSeconds(300));
    ASSERT_TRUE(clientFastOpen->GetCache().Find(clientIp, serverIp));
    EXPECT_EQ(clientFastOpen->GetCache().Find(clientIp, serverIp)->mss, 1000);
}

// An ACK of nothing is reset as well.
TEST_F(Robustness, C7_AckOfNothingIsReset)
{
    Ptr<RawPeer> peer = PlayServer();
    auto client = Open("x");
    peer->SendAt(MilliSeconds(60), {SYN | ACK, 0, 0, {}, ""});
    Run(MilliSeconds(300));
    ASSERT_EQ(peer->received.size(), 2u);
    EXPECT_EQ(peer->received[1].header.GetFlags(), RST);
    EXPECT_TRUE(client->events.empty());
}

// All refused data at once, also when the server's MSS has become smaller.
TEST_F(Robustness, C7_AllRefusedDataAtOnceWithASmallerMss)
{
    Ptr<RawPeer> peer = PlayServer();
    clientFastOpen->GetCache().Store({clientIp, serverIp, CookieOf(8), 1460});
    Open(Pattern(1420));
    peer->SendAt(MilliSeconds(60), {SYN | ACK, 0, 1, Mss(600), ""});
    Run(MilliSeconds(165));
    std::size_t bytes = 0;
    for (std::size_t i = 1; i < peer->received.size(); i++)
    {
        bytes += peer->received[i].payload.size();
    }
    EXPECT_EQ(bytes, 1420u);
    EXPECT_LE(Longest(peer), 1420u);
}

// A window of zero in the SYN-ACK is no reason to fall.
TEST_F(Robustness, C7_ZeroWindowAfterRefusedData)
{
    Ptr<RawPeer> peer = PlayServer();
    clientFastOpen->GetCache().Store({clientIp, serverIp, CookieOf(8), 1460});
    auto client = Open("hello");
    RawPeer::Spec answer{SYN | ACK, 0, 1, Mss(1460), ""};
    answer.window = 0;
    peer->SendAt(MilliSeconds(60), answer);
    peer->SendAt(Seconds(9), {ACK, 1, 6, {}, ""});
    Run(Seconds(20));
    EXPECT_EQ(client->states.back(), "ESTABLISHED");
}

// Nothing written, nothing sent: a deferred SYN is forgotten without a word.
TEST_F(Robustness, C11_CloseBeforeTheFirstWriteSendsNothing)
{
    FetchCookie();
    auto client = NewClient();
    client->socket->Connect(server);
    client->socket->Close();
    client->socket = nullptr;
    Run(Seconds(5));
    EXPECT_EQ(Segments(5), Lines());
    EXPECT_EQ(client->events, (Lines{"closed"}));
}

// A client that will not write opens with the cookie alone.
TEST_F(Robustness, C11_ShutdownBeforeTheFirstWriteOpens)
{
    FetchCookie();
    onAccept = [](Connection& end) { end.socket->Send(MakePacket("news")); };
    auto client = NewClient();
    client->socket->Connect(server);
    client->socket->ShutdownSend();
    Run(Seconds(5));
    EXPECT_EQ(Segments(1), (Lines{"C SYN 0:0 cookie"}));
    EXPECT_EQ(client->received, "news");
    EXPECT_EQ(accepted.at(0)->events.at(0), "closed");
}

// Send-to takes what the send buffer has room for.
TEST_F(Robustness, C12_SendToIsBoundedByTheSendBuffer)
{
    FetchCookie();
    auto client = NewClient();
    client->socket->SetAttribute("SndBufSize", UintegerValue(500));
    EXPECT_EQ(
        client->socket->SendTo(MakePacket(Pattern(1000)), TcpFastOpenSocket::MSG_FASTOPEN, server),
        500);
    Run(Seconds(1));
    EXPECT_EQ(accepted.at(0)->received, Pattern(1000).substr(0, 500));
}

// A reset that acknowledges nothing is no answer to the SYN.
TEST_F(Robustness, C15_BareResetIsIgnored)
{
    Ptr<RawPeer> peer = PlayServer();
    auto client = Open("x");
    peer->SendAt(MilliSeconds(60), {RST, 0, 0, {}, ""});
    Run(MilliSeconds(300));
    EXPECT_TRUE(client->events.empty());
}

// --- The server ---------------------------------------------------------------------

// Over the limit the client sees a server without Fast Open; below it again, one with it.
TEST_F(Robustness, S2_FullQueueShowsAServerWithoutFastOpen)
{
    listener->SetAttribute("FastOpenQueueLength", UintegerValue(1));
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, Option(ValidCookie()), "one"});
    Run(MilliSeconds(200));
    EXPECT_EQ(Pending(), 1u);
    Ptr<RawPeer> other = PlayClient(50001);
    other->Send({SYN, 0, 0, Option(ValidCookie()), "two"});
    Run(MilliSeconds(200));
    ASSERT_EQ(other->received.size(), 1u);
    EXPECT_EQ(other->received[0].header.GetAckNumber(), SequenceNumber32(1));
    EXPECT_FALSE(TcpOptionFastOpen::Find(other->received[0].header));
    EXPECT_EQ(serverFastOpen->GetCounters()->listenOverflow, 1u);
    EXPECT_EQ(accepted.size(), 1u);
}

// A child that is torn down gives its place back.
TEST_F(Robustness, S7_ClosingWithUnreadDataEndsPending)
{
    listener->SetAttribute("FastOpenQueueLength", UintegerValue(1));
    FetchCookie();
    onAccept = [](Connection& end) { end.socket->Close(); }; // the SYN's data is unread
    Open("hello");
    Run(Seconds(5));
    EXPECT_EQ(Pending(), 0u);
    onAccept = nullptr;
    Open("hello");
    Run(Seconds(5));
    EXPECT_EQ(Segments(2), (Lines{"C SYN 0:5 cookie", "S SYN|ACK 0:0 ack 6"}));
}

// So does one whose client never answers, and one that is reset.
TEST_F(Robustness, S7_GivingUpEndsPending)
{
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, Option(ValidCookie()), "hello"});
    Run(Seconds(1));
    EXPECT_EQ(Pending(), 1u);
    Run(Seconds(200));
    EXPECT_EQ(Pending(), 0u);
    ASSERT_EQ(accepted.size(), 1u);
    EXPECT_EQ(accepted[0]->events, (Lines{"error"}));
    EXPECT_EQ(accepted[0]->socket->GetConnectionError(), TcpFastOpenSocket::TIMED_OUT);
}

// A reset has to fit: any other sequence number is a forgery.
TEST_F(Robustness, S11_ResetCountsInSequenceOnly)
{
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, Option(ValidCookie()), "hello"});
    peer->SendAt(MilliSeconds(120), {RST, 999, 0, {}, ""});
    Run(MilliSeconds(200));
    EXPECT_EQ(Pending(), 1u);
    peer->Send({RST, 6, 0, {}, ""});
    Run(MilliSeconds(200));
    EXPECT_EQ(accepted.at(0)->socket->GetConnectionError(), TcpFastOpenSocket::RESET);
    EXPECT_EQ(accepted.at(0)->received, "hello") << "what was read before stays";
}

// Neither an ACK out of the window nor a SYN-ACK completes the handshake.
TEST_F(Robustness, S7_StrangeSegmentsDoNotComplete)
{
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, Option(ValidCookie()), "hello"});
    peer->SendAt(MilliSeconds(120), {ACK, 0x70000000, 1, {}, ""});
    peer->SendAt(MilliSeconds(130), {SYN | ACK, 0, 1, {}, ""});
    peer->SendAt(MilliSeconds(140), {SYN, 77, 0, {}, ""});
    Run(MilliSeconds(300));
    EXPECT_EQ(Pending(), 1u);
    EXPECT_TRUE(accepted.at(0)->states.empty()) << "still in SYN-RCVD";
}

// The cookie is granted once; the SYN-ACK that is sent again has no option.
TEST_F(Robustness, S8_RetransmittedSynAckHasNoCookie)
{
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, Option(TcpFastOpenCookie()), ""});
    Run(MilliSeconds(1500));
    ASSERT_EQ(peer->received.size(), 2u);
    EXPECT_TRUE(TcpOptionFastOpen::Find(peer->received[0].header));
    EXPECT_FALSE(TcpOptionFastOpen::Find(peer->received[1].header));
}

// FIN in the SYN, and the application closes before the ACK: both ends end.
TEST_F(Robustness, S10_FinInTheSynAndCloseInSynRcvd)
{
    serverFastOpen->SetAttribute("SynFin", BooleanValue(true));
    Ptr<RawPeer> peer = PlayClient();
    onServerData = [](Connection& end) {
        if (end.states.empty())
        {
            end.socket->Close();
        }
    };
    peer->Send({SYN | FIN, 0, 0, Option(ValidCookie()), "hello"});
    peer->SendAt(MilliSeconds(150), {ACK, 7, 2, {}, ""});
    Run(MilliSeconds(500));
    EXPECT_EQ(accepted.at(0)->states.front(), "FIN_WAIT_1");
    EXPECT_EQ(accepted.at(0)->states.back(), "TIME_WAIT");
}

// A listener without Fast Open ignores a SYN with FIN, as ns-3's own does.
TEST_F(Robustness, S10_PlainListenerIgnoresSynFin)
{
    serverFastOpen->SetAttribute("SynFin", BooleanValue(true));
    listener->SetAttribute("FastOpenQueueLength", UintegerValue(0));
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN | FIN, 0, 0, Option(ValidCookie()), "hello"});
    Run(MilliSeconds(500));
    EXPECT_TRUE(peer->received.empty());
}

// What the receive buffer cannot hold is not acknowledged.
TEST_F(Robustness, S10_SynDataBeyondTheReceiveBufferIsCut)
{
    listener->SetAttribute("RcvBufSize", UintegerValue(100));
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, Option(ValidCookie()), Pattern(300)});
    Run(MilliSeconds(200));
    EXPECT_EQ(peer->received.at(0).header.GetAckNumber(), SequenceNumber32(101));
    EXPECT_EQ(accepted.at(0)->received, Pattern(300).substr(0, 100));
}

// The reasons of a refusal that are seldom.
TEST_F(Robustness, N3_QueueFullAndNoCookieAreReasons)
{
    std::vector<TcpFastOpen::Refusal> reasons;
    serverFastOpen->TraceConnectWithoutContext(
        "SynDataRefused",
        Callback<void, const Address&, const Address&, uint32_t, TcpFastOpen::Refusal>(
            [&](const Address&, const Address&, uint32_t, TcpFastOpen::Refusal why) {
                reasons.push_back(why);
            }));
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, {}, "data"});
    Run(MilliSeconds(100));
    Ptr<RawPeer> other = PlayClient(50001);
    listener->SetAttribute("FastOpenQueueLength", UintegerValue(1));
    other->Send({SYN, 0, 0, Option(ValidCookie()), "data"});
    Run(MilliSeconds(100));
    Ptr<RawPeer> third = PlayClient(50002);
    third->Send({SYN, 0, 0, Option(ValidCookie()), "data"});
    Run(MilliSeconds(100));
    ASSERT_EQ(reasons.size(), 2u);
    EXPECT_EQ(reasons[0], TcpFastOpen::Refusal::NO_COOKIE);
    EXPECT_EQ(reasons[1], TcpFastOpen::Refusal::QUEUE_FULL);
}

namespace
{

/// Who sends to a reader that stops for a while, and who that is: the module's or the stock
/// sockets.
struct SlowReader
{
    const char* sender;            //!< the sender's factory
    const char* reader;            //!< the reader's
    bool noDelay;                  //!< the sender's TcpNoDelay
    std::vector<uint32_t> buffers; //!< the reader's, in bytes
};

constexpr const char* OURS = "ns3::TcpFastOpenSocketFactory";
constexpr const char* STOCK = "ns3::TcpSocketFactory";

} // namespace

class WindowShut : public FastOpenTest, public ::testing::WithParamInterface<SlowReader>
{
};

// A window that was shut for a while opens again: probes are answered, and cut nothing.
TEST_P(WindowShut, A3_StreamGoesOnWhenTheReaderDoes)
{
    const std::string stream = Pattern(20003);
    Build();
    for (const uint32_t buffer : GetParam().buffers)
    {
        const auto create = [](const char* factory, Ptr<Node> node) {
            return Socket::CreateSocket(node, TypeId::LookupByName(factory));
        };
        const uint16_t port = 1000 + buffer;
        Ptr<Socket> waiting = create(GetParam().reader, path->GetServer());
        waiting->SetAttribute("RcvBufSize", UintegerValue(buffer));
        waiting->Bind(InetSocketAddress(Ipv4Address::GetAny(), port));
        waiting->Listen();
        std::string received;
        Ptr<Socket> reader;
        const auto read = [&received](Ptr<Socket> socket) {
            while (Ptr<Packet> packet = socket->Recv())
            {
                std::vector<uint8_t> bytes(packet->GetSize());
                packet->CopyData(bytes.data(), bytes.size());
                received.append(bytes.begin(), bytes.end());
                if (bytes.empty())
                {
                    break;
                }
            }
        };
        waiting->SetAcceptCallback(
            MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
            Callback<void, Ptr<Socket>, const Address&>(
                [&reader](Ptr<Socket> socket, const Address& /* from */) { reader = socket; }));
        Ptr<Socket> sender = create(GetParam().sender, path->GetClient());
        sender->SetAttribute("TcpNoDelay", BooleanValue(GetParam().noDelay));
        sender->Bind();
        sender->Connect(InetSocketAddress(Ipv4Address::ConvertFrom(serverIp), port));
        Run(MilliSeconds(500));
        sender->Send(MakePacket(stream));
        sender->Close();
        Run(Seconds(40));
        ASSERT_TRUE(reader);
        EXPECT_EQ(received, "");
        read(reader);
        EXPECT_GT(received.size(), 4000u);
        reader->SetRecvCallback(Callback<void, Ptr<Socket>>(read));
        Run(Seconds(300));
        EXPECT_EQ(received.size(), stream.size()) << "with a buffer of " << buffer;
        EXPECT_TRUE(received == stream);
        reader->Close();
        Run(Seconds(300));
    }
}

// Buffers for whole segments, of 1448 bytes, or behind a SYN with 1420: TcpSocketBase waits for
// ever where less than a segment is left of a window.
const std::vector<uint32_t> WHOLE{4344, 4316};

INSTANTIATE_TEST_SUITE_P(Robustness,
                         WindowShut,
                         ::testing::Values(SlowReader{OURS, OURS, true, WHOLE},
                                           SlowReader{OURS, OURS, false, WHOLE},
                                           SlowReader{OURS, STOCK, true, {4344}},
                                           SlowReader{OURS, STOCK, false, {4344}},
                                           SlowReader{STOCK, OURS, true, {4380}}));
