/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * What LISTEN, SYN-SENT and SYN-RCVD answer (RFC 9293, sections 3.10.7.2 to 3.10.7.4), and
 * what a child begins with.
 */

#include "fast-open-test.h"

#include "ns3/ipv4.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-option-sack.h"
#include "ns3/tcp-option-ts.h"

#include <tuple>

namespace
{

constexpr uint8_t SYN = TcpHeader::SYN;
constexpr uint8_t ACK = TcpHeader::ACK;
constexpr uint8_t FIN = TcpHeader::FIN;
constexpr uint8_t RST = TcpHeader::RST;

const std::vector<uint8_t> MSS{2, 4, 1460 >> 8, 1460 & 0xff};
const std::vector<uint8_t> SACK_AND_MSS{2, 4, 1460 >> 8, 1460 & 0xff, 1, 1, 4, 2};

/// A cookie that no server made.
TcpFastOpenCookie
SomeCookie()
{
    const uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    return TcpFastOpenCookie(bytes, sizeof bytes);
}

} // namespace

class SynRcvd : public FastOpenTest
{
  protected:
    /// What answers a segment: its flags, sequence and acknowledgement number.
    using Answer = std::tuple<int, uint32_t, uint32_t>;

    /// Which of the sockets is in SYN-RCVD.
    enum Kind
    {
        CHILD,
        EARLY_CHILD,
        CROSSED,
        END //!< the number of kinds
    };

    /**
     * Bring a socket to SYN-RCVD whose next number is 1, and whose peer's is 1, too.
     *
     * @param kind which one
     */
    void Begin(Kind kind)
    {
        Build();
        if (peer)
        {
            peer->Send({RST, 1, 0, {}, ""}); // the last one is no more
            Run(MilliSeconds(200));
        }
        for (const auto& node : {path->GetClient(), path->GetServer()})
        {
            node->GetObject<Ipv4>()->Insert(node->GetObject<TcpL4Protocol>());
        }
        if (kind == CROSSED)
        {
            peer = PlayServer();
            client = NewClient();
            client->socket->SetAttribute("FastOpenConnect", BooleanValue(false));
            client->socket->Connect(server);
            Run(MilliSeconds(10));
            peer->SendAt(Simulator::Now() + MilliSeconds(60), {SYN, 0, 0, SACK_AND_MSS, ""});
        }
        else
        {
            peer = PlayClient(m_port++);
            auto options = SACK_AND_MSS;
            if (kind == EARLY_CHILD)
            {
                const auto cookie = Option(ValidCookie());
                options.insert(options.end(), cookie.begin(), cookie.end());
            }
            peer->Send({SYN, 0, 0, options, ""});
        }
        Run(MilliSeconds(300));
        EXPECT_FALSE(peer->received.empty());
        m_seen = peer->received.size();
    }

    /// What comes back when the peer sends a segment, but for copies of the SYN-ACK.
    std::vector<Answer> Answers(const RawPeer::Spec& spec)
    {
        peer->Send(spec);
        Run(MilliSeconds(510)); // and the limit of answers is over
        std::vector<Answer> answers;
        for (; m_seen < peer->received.size(); m_seen++)
        {
            const TcpHeader& header = peer->received[m_seen].header;
            if (header.GetFlags() == (SYN | ACK) && header.GetAckNumber() == SequenceNumber32(1))
            {
                continue;
            }
            answers.emplace_back(header.GetFlags(),
                                 header.GetSequenceNumber().GetValue(),
                                 header.GetAckNumber().GetValue());
        }
        return answers;
    }

    Ptr<RawPeer> peer;                  //!< the peer
    std::shared_ptr<Connection> client; //!< the client, if there is one

  private:
    uint16_t m_port{50000}; //!< the next peer's port
    std::size_t m_seen{0};  //!< what was seen of what it received
};

// A segment outside of the window is answered by an ACK and does nothing; whatever it
// acknowledges, and whatever it carries, but for a reset.
TEST_F(SynRcvd, S7_OutsideOfTheWindowIsAnswered)
{
    const std::vector<Answer> ack{{ACK, 1, 1}};
    const std::vector<Answer> none;
    for (int kind = 0; kind < END; kind++)
    {
        for (const uint32_t seq : {1u << 30, 0x90000000u})
        {
            SCOPED_TRACE(kind);
            Begin(static_cast<Kind>(kind));
            EXPECT_EQ(Answers({ACK, seq, 1, {}, ""}), ack);
            Begin(static_cast<Kind>(kind));
            EXPECT_EQ(Answers({ACK, seq, 77, {}, "data"}), ack) << "before the ACK is looked at";
            Begin(static_cast<Kind>(kind));
            EXPECT_EQ(Answers({SYN, seq, 0, {}, ""}), ack);
            Begin(static_cast<Kind>(kind));
            EXPECT_EQ(Answers({RST, seq, 0, {}, ""}), none);
            // The connection is still to be had
            const std::size_t before = accepted.size();
            peer->Send({ACK, 1, 1, {}, ""});
            Run(MilliSeconds(200));
            if (kind == CHILD)
            {
                EXPECT_EQ(accepted.size(), before + 1);
            }
        }
    }
}

// Without data, at most one in 500 ms; with data, each.
TEST_F(SynRcvd, S9_AnswersAreLimited)
{
    for (int kind = 0; kind < END; kind++)
    {
        SCOPED_TRACE(kind);
        Begin(static_cast<Kind>(kind));
        peer->Send({ACK, 1u << 30, 1, {}, ""});
        EXPECT_EQ(Answers({ACK, 1u << 30, 1, {}, ""}).size(), 1u);
        Begin(static_cast<Kind>(kind));
        peer->Send({ACK, 1u << 30, 1, {}, "a"});
        EXPECT_EQ(Answers({ACK, 1u << 30, 1, {}, "b"}).size(), 2u);
    }
}

// A reset has to fit exactly; one in the window is answered (RFC 5961, section 3.2).
TEST_F(SynRcvd, S11_InexactResetIsAnswered)
{
    for (int kind = 0; kind < END; kind++)
    {
        SCOPED_TRACE(kind);
        Begin(static_cast<Kind>(kind));
        EXPECT_EQ(Answers({RST, 2, 0, {}, ""}), (std::vector<Answer>{{ACK, 1, 1}}));
        EXPECT_TRUE(Answers({RST, 1, 0, {}, ""}).empty());
        const auto after = Answers({ACK, 1, 1, {}, ""});
        if (kind != CROSSED)
        {
            EXPECT_EQ(after, (std::vector<Answer>{{RST, 1, 0}})) << "it is gone";
        }
        else
        {
            EXPECT_EQ(client->socket->GetConnectionError(), TcpFastOpenSocket::REFUSED);
        }
    }
}

// An acknowledgement of what was not sent is reset, and what comes with it is not taken: not
// its timestamp either.
TEST_F(SynRcvd, S7_BadAckIsResetBeforeItsTimestampIsTaken)
{
    Ptr<RawPeer> played = PlayClient(49999);
    const auto timestamp = [](uint8_t value) {
        return std::vector<uint8_t>{1, 1, 8, 10, 0, 0, 0, value, 0, 0, 0, 0};
    };
    auto options = timestamp(1);
    const auto cookie = Option(ValidCookie());
    options.insert(options.end(), cookie.begin(), cookie.end());
    played->Send({SYN, 0, 0, options, "hello"});
    Run(MilliSeconds(200));
    played->Send({ACK, 6, 77, timestamp(9), ""});
    Run(MilliSeconds(200));
    EXPECT_EQ(played->received.back().header.GetFlags(), RST);
    EXPECT_EQ(played->received.back().header.GetSequenceNumber(), SequenceNumber32(77));
    played->Send({SYN, 0, 0, options, ""});
    Run(MilliSeconds(200));
    const auto option = played->received.back().header.GetOption(TcpOption::TS);
    ASSERT_TRUE(option);
    EXPECT_EQ(DynamicCast<const TcpOptionTS>(option)->GetEcho(), 1u);
    played->Send({RST, 6, 0, {}, ""});
    Run(MilliSeconds(200));
    for (int kind = 0; kind < END; kind++)
    {
        Begin(static_cast<Kind>(kind));
        EXPECT_EQ(Answers({ACK, 1, 2, {}, ""}), (std::vector<Answer>{{RST, 2, 0}}));
        EXPECT_EQ(Answers({ACK, 1, 0, {}, ""}), (std::vector<Answer>{{RST, 0, 0}}));
    }
}

// Another SYN in the window: an accepted child, and a client, ask back; one that nobody knows
// goes, so that the next copy opens anew.
TEST_F(SynRcvd, S9_AnotherSynInTheWindow)
{
    for (int kind = 0; kind < END; kind++)
    {
        SCOPED_TRACE(kind);
        Begin(static_cast<Kind>(kind));
        const auto answers = Answers({SYN, 100, 0, MSS, ""});
        if (kind != CHILD)
        {
            EXPECT_EQ(answers, (std::vector<Answer>{{ACK, 1, 1}}));
            continue;
        }
        EXPECT_TRUE(answers.empty());
        EXPECT_EQ(Answers({SYN, 100, 0, MSS, ""}), (std::vector<Answer>{{SYN | ACK, 0, 101}}));
        const std::size_t before = accepted.size();
        peer->Send({ACK, 101, 1, {}, "hello"});
        Run(MilliSeconds(200));
        ASSERT_EQ(accepted.size(), before + 1);
        EXPECT_EQ(accepted.back()->received, "hello");
    }
}

// A segment without ACK does nothing.
TEST_F(SynRcvd, S7_WithoutAckNothingHappens)
{
    for (int kind = 0; kind < END; kind++)
    {
        Begin(static_cast<Kind>(kind));
        EXPECT_TRUE(Answers({0, 1, 0, {}, "data"}).empty());
        EXPECT_TRUE(Answers({FIN, 1, 0, {}, ""}).empty());
    }
}

// The SYN-ACK that crosses ours is acknowledged at once, and its SYN told as a duplicate.
TEST_F(SynRcvd, C14_CrossingSynAckIsAcknowledged)
{
    for (const bool data : {false, true})
    {
        peer = PlayServer();
        if (data)
        {
            clientFastOpen->GetCache().Store({clientIp, serverIp, SomeCookie(), 1460});
        }
        auto end = Open("hello");
        const Time now = Simulator::Now();
        peer->SendAt(now + MilliSeconds(60), {SYN, 0, 0, SACK_AND_MSS, ""});
        Run(MilliSeconds(200));
        const std::size_t seen = peer->received.size();
        peer->Send({SYN | ACK, 0, data ? 6u : 1u, SACK_AND_MSS, ""});
        Run(MilliSeconds(110));
        EXPECT_EQ(end->states.back(), "ESTABLISHED");
        ASSERT_GT(peer->received.size(), seen);
        const TcpHeader& ack = peer->received[seen].header;
        EXPECT_EQ(ack.GetFlags(), ACK);
        EXPECT_EQ(ack.GetSequenceNumber(), SequenceNumber32(data ? 6 : 1));
        EXPECT_EQ(ack.GetAckNumber(), SequenceNumber32(1));
        ASSERT_TRUE(ack.HasOption(TcpOption::SACK));
        const auto sack = DynamicCast<const TcpOptionSack>(ack.GetOption(TcpOption::SACK));
        ASSERT_EQ(sack->GetNumSackBlocks(), 1u);
        EXPECT_EQ(sack->GetSackList().front(),
                  TcpOptionSack::SackBlock(SequenceNumber32(0), SequenceNumber32(1)));
        peer->Send({RST, 1, 0, {}, ""});
        Run(Seconds(1));
    }
}

// A listener answers an acknowledgement by a reset, whether it serves Fast Open or not; it
// drops what has no SYN, and resets.
TEST_F(SynRcvd, S1_ListenerResetsAcknowledgements)
{
    for (const uint32_t length : {0, 10})
    {
        Build();
        listener->SetAttribute("FastOpenQueueLength", UintegerValue(length));
        for (const uint8_t flags :
             {ACK, static_cast<uint8_t>(SYN | ACK), static_cast<uint8_t>(FIN | ACK)})
        {
            peer = PlayClient();
            peer->Send({flags, 100, 200, {}, "data"});
            Run(MilliSeconds(200));
            ASSERT_EQ(peer->received.size(), 1u);
            EXPECT_EQ(peer->received[0].header.GetFlags(), RST);
            EXPECT_EQ(peer->received[0].header.GetSequenceNumber(), SequenceNumber32(200));
        }
        for (const uint8_t flags : {RST, static_cast<uint8_t>(RST | ACK), FIN, uint8_t{0}})
        {
            peer = PlayClient();
            peer->Send({flags, 100, 200, {}, "data"});
            Run(MilliSeconds(200));
            EXPECT_TRUE(peer->received.empty());
        }
    }
    EXPECT_TRUE(accepted.empty());
}

// A client whose SYN was put off has sent nothing that could be acknowledged.
TEST_F(SynRcvd, C11_AckOfASynThatWasPutOffIsReset)
{
    peer = PlayServer();
    clientFastOpen->GetCache().Store({clientIp, serverIp, SomeCookie(), 1460});
    auto end = NewClient();
    end->socket->Connect(server);
    Address local;
    end->socket->GetSockName(local);
    const uint16_t port = InetSocketAddress::ConvertFrom(local).GetPort();
    for (const uint8_t flags : {ACK, static_cast<uint8_t>(SYN | ACK), SYN, RST})
    {
        const std::size_t seen = peer->received.size();
        RawPeer::SendBytes(path->GetServer(),
                           Ipv4Address::ConvertFrom(clientIp),
                           RawPeer::GetBytes({flags, 0, 1, MSS, ""}, PORT, port));
        Run(MilliSeconds(200));
        EXPECT_EQ(peer->received.size() - seen, flags & ACK ? 1u : 0u);
        if (flags & ACK)
        {
            EXPECT_EQ(peer->received.back().header.GetFlags(), RST);
            EXPECT_EQ(peer->received.back().header.GetSequenceNumber(), SequenceNumber32(1));
        }
    }
    EXPECT_EQ(end->events, (Lines{"connected"}));
    end->socket->Send(MakePacket("hello"));
    Run(MilliSeconds(200));
    EXPECT_EQ(peer->received.back().payload, "hello");
}

// A server that speaks first may send as much as the client's window takes, one segment say.
TEST_F(SynRcvd, S7_ServerSpeaksFirstIntoAWindowOfOneSegment)
{
    onAccept = [](Connection& end) { end.socket->Send(MakePacket(Pattern(5000))); };
    for (const bool early : {false, true})
    {
        peer = PlayClient(early ? 50001 : 50000);
        RawPeer::Spec syn{SYN, 0, 0, MSS, ""};
        if (early)
        {
            const auto cookie = Option(ValidCookie());
            syn.options.insert(syn.options.end(), cookie.begin(), cookie.end());
        }
        syn.window = 1460;
        peer->Send(syn);
        Run(MilliSeconds(110));
        RawPeer::Spec ack{ACK, 1, 1, {}, ""};
        ack.window = 1460;
        peer->Send(ack);
        Run(MilliSeconds(150));
        std::size_t bytes = 0;
        for (const auto& segment : peer->received)
        {
            bytes += segment.payload.size();
        }
        EXPECT_EQ(bytes, 1460u) << early;
    }
}

// A socket that was a client, or a listener that was closed, may listen: its children know
// nothing of that.
TEST_F(SynRcvd, C18_S18_ListenerThatWasSomethingElseBefore)
{
    FetchCookie();
    onServerData = [](Connection& end) { end.socket->Send(MakePacket("answer")); };
    for (const bool wasClient : {true, false})
    {
        listener->Close();
        Ptr<TcpFastOpenSocket> other = listener;
        if (wasClient)
        {
            // It speaks to a server on the other node, which closes first
            Ptr<Socket> peerListener =
                Socket::CreateSocket(path->GetClient(), TcpFastOpenSocketFactory::GetTypeId());
            peerListener->Bind(InetSocketAddress(Ipv4Address::GetAny(), 81));
            peerListener->Listen();
            peerListener->SetAcceptCallback(
                MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                Callback<void, Ptr<Socket>, const Address&>([](Ptr<Socket> child, const Address&) {
                    child->Send(MakePacket("short"));
                    child->Close();
                }));
            other = DynamicCast<TcpFastOpenSocket>(
                Socket::CreateSocket(path->GetServer(), TcpFastOpenSocketFactory::GetTypeId()));
            other->SetAttribute("FastOpenConnect", BooleanValue(false));
            other->Connect(InetSocketAddress(Ipv4Address::ConvertFrom(clientIp), 81));
            Run(Seconds(1));
            other->Close();
            Run(Seconds(1));
        }
        for (const bool fast : {true, false})
        {
            accepted.clear();
            ASSERT_EQ(other->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT)), 0);
            other->SetAcceptCallback(
                MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                Callback<void, Ptr<Socket>, const Address&>([&](Ptr<Socket> child, const Address&) {
                    Accept(DynamicCast<TcpFastOpenSocket>(child));
                }));
            ASSERT_EQ(other->Listen(), 0);
            auto end = NewClient();
            end->socket->SetAttribute("FastOpenConnect", BooleanValue(fast));
            end->socket->Connect(server);
            end->socket->Send(MakePacket(Pattern(3000)));
            end->socket->Close();
            Run(Seconds(2));
            ASSERT_EQ(accepted.size(), 1u);
            EXPECT_EQ(accepted[0]->received, Pattern(3000));
            EXPECT_EQ(accepted[0]->events, (Lines{"closed"})) << wasClient << fast;
            accepted[0]->socket->Close();
            Run(Seconds(2));
            other->Close();
            Run(Seconds(1));
        }
    }
}
