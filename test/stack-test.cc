/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * The rules again over IPv4, IPv6 and IPv4-mapped addresses, each with timestamps,
 * SACK and window scaling on and off.
 */

#include "fast-open-test.h"

#include "ns3/tcp-option-fast-open.h"

#include <sstream>

namespace
{

/// A stack's addresses and options.
struct Stack
{
    int family;      //!< FastOpenTest::Family
    bool timestamps; //!< whether TCP has timestamps on
    bool sack;       //!< SACK
    bool scaling;    //!< window scaling
};

void
PrintTo(const Stack& stack, std::ostream* os)
{
    const char* families[] = {"ipv4", "ipv6", "mapped"};
    *os << families[stack.family] << (stack.timestamps ? "Ts" : "") << (stack.sack ? "Sack" : "")
        << (stack.scaling ? "Ws" : "");
}

/// All of them.
std::vector<Stack>
GetStacks()
{
    std::vector<Stack> stacks;
    for (int family = 0; family < 3; family++)
    {
        for (int bits = 0; bits < 8; bits++)
        {
            stacks.push_back({family, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0});
        }
    }
    return stacks;
}

} // namespace

class EveryStack : public FastOpenTest, public ::testing::WithParamInterface<Stack>
{
  protected:
    EveryStack()
    {
        const auto onOff = [](bool on) { return on ? "true" : "false"; };
        family = static_cast<Family>(GetParam().family);
        attributes["ns3::TcpSocketBase::Timestamp"] = onOff(GetParam().timestamps);
        attributes["ns3::TcpSocketBase::Sack"] = onOff(GetParam().sack);
        attributes["ns3::TcpSocketBase::WindowScaling"] = onOff(GetParam().scaling);
    }

    /// The MSS that both ends announce.
    uint32_t Mss() const
    {
        return family == IPV6 ? 1440 : 1460;
    }

    /// The data of a full segment.
    uint32_t Full() const
    {
        return Mss() - (GetParam().timestamps ? 12 : 0);
    }

    /// The options of a SYN in Linux's order, by kind; NOP is 1.
    std::vector<int> SynOptions() const
    {
        const Stack& stack = GetParam();
        std::vector<int> kinds{2};
        if (stack.timestamps && stack.sack)
        {
            kinds.insert(kinds.end(), {4, 8});
        }
        else if (stack.timestamps)
        {
            kinds.insert(kinds.end(), {1, 1, 8});
        }
        else if (stack.sack)
        {
            kinds.insert(kinds.end(), {1, 1, 4});
        }
        if (stack.scaling)
        {
            kinds.insert(kinds.end(), {1, 3});
        }
        return kinds;
    }

    /// Answer a request of five bytes.
    void Respond(std::size_t size, bool close = true)
    {
        onServerData = [size, close](Connection& end) {
            if (end.received == "hello")
            {
                end.received += '.'; // once
                end.socket->Send(MakePacket(Pattern(size)));
                if (close)
                {
                    end.socket->Close();
                }
            }
        };
    }

    /// Open, and check that the whole response arrives.
    std::shared_ptr<Connection> Exchange(std::size_t size)
    {
        Respond(size);
        auto client = Open("hello");
        Run(Seconds(60));
        EXPECT_EQ(client->received, Pattern(size));
        EXPECT_EQ(client->events.back(), "closed");
        return client;
    }
};

// SYN and SYN-ACK: the options in Linux's order, Fast Open the last.
TEST_P(EveryStack, W4_OptionsHaveLinuxsOrder)
{
    std::vector<std::vector<int>> seen;
    auto client = NewClient();
    const auto note = Callback<void, Ptr<const Packet>, const TcpHeader&, Ptr<const TcpSocketBase>>(
        [&](Ptr<const Packet>, const TcpHeader& header, Ptr<const TcpSocketBase>) {
            if (header.GetFlags() & TcpHeader::SYN)
            {
                std::vector<int> kinds;
                for (const auto& option : header.GetOptionList())
                {
                    kinds.push_back(option->GetKind());
                }
                seen.push_back(kinds);
            }
        });
    client->socket->TraceConnectWithoutContext("Tx", note);
    client->socket->TraceConnectWithoutContext("Rx", note);
    client->socket->Connect(server);
    Run(Seconds(1));
    std::vector<int> request = SynOptions();
    request.insert(request.end(), {34, 1, 1});
    std::vector<int> grant = SynOptions();
    grant.insert(grant.end(), {34, 1, 1});
    ASSERT_EQ(seen.size(), 2u);
    EXPECT_EQ(seen[0], request);
    EXPECT_EQ(seen[1], grant);
}

// First contact: a request, a grant, and the data after the handshake.
TEST_P(EveryStack, C2_S3_S12_FirstContactGetsACookie)
{
    Open("hello");
    Run(Seconds(1));
    EXPECT_EQ(Segments(4),
              (Lines{"C SYN 0:0 request",
                     "S SYN|ACK 0:0 ack 1 cookie",
                     "C ACK 1:0 ack 1",
                     "C ACK 1:5 ack 1"}));
    ASSERT_TRUE(clientFastOpen->GetCache().Find(clientIp, serverIp));
    EXPECT_EQ(clientFastOpen->GetCache().Find(clientIp, serverIp)->cookie,
              serverFastOpen->GetKeys()->Make(clientIp, serverIp));
    EXPECT_EQ(clientFastOpen->GetCache().Find(clientIp, serverIp)->mss, Mss());
}

// The SYN takes the MSS less 40 bytes; the rest follows in full segments.
TEST_P(EveryStack, C3_C13_SynTakesItsShareAndTheRestFollows)
{
    FetchCookie();
    const std::string data = Pattern(5000);
    Open(data, true);
    Run();
    const uint32_t share = Mss() - 40;
    const auto line = [](uint32_t seq, uint32_t size) {
        return "C ACK " + std::to_string(seq) + ":" + std::to_string(size) + " ack 1";
    };
    EXPECT_EQ(Segments(4),
              (Lines{"C SYN 0:" + std::to_string(share) + " cookie",
                     "S SYN|ACK 0:0 ack " + std::to_string(1 + share),
                     line(1 + share, Full()),
                     line(1 + share + Full(), Full())}));
    EXPECT_EQ(accepted.at(0)->received, data);
    EXPECT_EQ(accepted[0]->events, (Lines{"closed"}));
}

// The RFC's way: the MSS less the options that are there.
TEST_P(EveryStack, C3_SynDataFillsTheSegmentInTheRfcProfile)
{
    profile = "rfc7413";
    FetchCookie();
    Open(Pattern(5000));
    Run();
    const Stack& stack = GetParam();
    const uint32_t options = 4 +
                             (stack.timestamps ? 12
                              : stack.sack     ? 4
                                               : 0) +
                             (stack.scaling ? 4 : 0) + 12;
    EXPECT_EQ(Segments(1), (Lines{"C SYN 0:" + std::to_string(Mss() - options) + " cookie"}));
}

// To a server of unknown MSS Linux fills its own; the RFC sends 536 bytes, or 1220 over IPv6.
TEST_P(EveryStack, C3_UnknownMssBoundsTheData)
{
    FetchCookie();
    for (const std::string name : {"linux", "rfc7413"})
    {
        clientFastOpen->SetProfile(name);
        auto entry = *clientFastOpen->GetCache().Find(clientIp, serverIp);
        entry.mss = 0;
        clientFastOpen->GetCache().Store(entry);
        Open(Pattern(5000));
        Run();
        const std::string size = name == "linux"  ? (family == IPV6 ? "1400" : "1420")
                                 : family == IPV6 ? "1220"
                                                  : "536";
        EXPECT_EQ(Segments(1), (Lines{"C SYN 0:" + size + " cookie"}));
    }
}

// The response leaves in SYN-RCVD, the initial window's ten segments.
TEST_P(EveryStack, S5_S6_ResponseLeavesBeforeTheAck)
{
    FetchCookie();
    Respond(30000, false);
    auto client = Open("hello");
    Run(Seconds(3));
    const Lines lines = Segments(14);
    EXPECT_EQ(lines[0], "C SYN 0:5 cookie");
    EXPECT_EQ(lines[1], "S SYN|ACK 0:0 ack 6");
    for (std::size_t i = 2; i < 12; i++)
    {
        EXPECT_EQ(lines[i],
                  "S ACK " + std::to_string(1 + (i - 2) * Full()) + ":" + std::to_string(Full()) +
                      " ack 6");
        EXPECT_NEAR(SentAt(i), SentAt(1), 0.001);
    }
    EXPECT_EQ(lines[12], "C ACK 6:0 ack 1");
    EXPECT_EQ(client->received, Pattern(30000));
    EXPECT_EQ(accepted.at(0)->states.at(0), "ESTABLISHED");
}

// A refused cookie: the data goes again in the first ACK.
TEST_P(EveryStack, C7_S4_RefusedDataIsSentAgainAtOnce)
{
    FetchCookie();
    serverFastOpen->SetAttribute("Key", StringValue("00000000-00000000-00000000-00000001"));
    const std::string data = Pattern(3000);
    Open(data);
    Run(Seconds(3));
    const Lines lines = Segments(3);
    EXPECT_EQ(lines[1], "S SYN|ACK 0:0 ack 1 cookie");
    EXPECT_EQ(lines[2], "C ACK 1:" + std::to_string(Mss() - 40) + " ack 1");
    EXPECT_NEAR(SentAt(2), SentAt(1) + 50, 0.1);
    EXPECT_EQ(accepted.at(0)->received, data);
}

// A server without Fast Open: the same without a cookie.
TEST_P(EveryStack, S1_ServerWithoutFastOpenDropsTheData)
{
    FetchCookie();
    serverFastOpen->SetAttribute("Switch", UintegerValue(1));
    Exchange(3000);
    EXPECT_EQ(Segments(3), (Lines{"C SYN 0:5 cookie", "S SYN|ACK 0:0 ack 1", "C ACK 1:5 ack 1"}));
}

// A lost SYN comes again bare after 1 s, and the data at once behind the handshake.
TEST_P(EveryStack, C6_LostSynComesAgainBare)
{
    FetchCookie();
    Drop(2, SegmentDropModel::CLIENT, 1);
    Exchange(3000);
    EXPECT_EQ(Segments(4),
              (Lines{"C SYN 0:5 cookie", "C SYN 0:0", "S SYN|ACK 0:0 ack 1", "C ACK 1:5 ack 1"}));
    EXPECT_DOUBLE_EQ(SentAt(1), 1000);
    EXPECT_NEAR(SentAt(3), 1100, 0.3);
}

// A lost SYN-ACK comes again alone, and still acknowledges the data.
TEST_P(EveryStack, S8_S9_LostSynAckComesAgainAlone)
{
    FetchCookie();
    Drop(2, SegmentDropModel::SERVER, 1);
    Exchange(3000);
    const Lines lines = Segments(100);
    EXPECT_GE(std::count(lines.begin(), lines.end(), "S SYN|ACK 0:0 ack 6"), 2);
    EXPECT_EQ(accepted.size(), 1u);
}

// A long response with losses is exact, and both ends close.
TEST_P(EveryStack, A3_LossesInALongResponse)
{
    FetchCookie();
    for (const uint32_t segment : {3, 4, 9, 20, 36})
    {
        Drop(2, SegmentDropModel::SERVER, segment);
    }
    Drop(2, SegmentDropModel::CLIENT, 2);
    Exchange(50000);
}

// A returning client saves the round trip.
TEST_P(EveryStack, T1_OneRoundTripWithACookie)
{
    FetchCookie();
    const Time start = Simulator::Now();
    auto fast = Exchange(1000);
    EXPECT_NEAR((fast->dataTimes.at(0) - start).GetSeconds(), 0.101, 0.0005);
    clientFastOpen->SetAttribute("Switch", UintegerValue(0));
    const Time again = Simulator::Now();
    auto plain = Exchange(1000);
    EXPECT_NEAR((plain->dataTimes.at(0) - again).GetSeconds(), 0.201, 0.0005);
}

INSTANTIATE_TEST_SUITE_P(,
                         EveryStack,
                         ::testing::ValuesIn(GetStacks()),
                         ::testing::PrintToStringParamName());

/// What differs between the families.
class Families : public FastOpenTest
{
};

// One cookie for a client and a server, whether the application wrote an IPv4 address
// or a mapped one.
TEST_F(Families, N4_MappedAddressesShareTheIpv4Cookie)
{
    family = MAPPED;
    FetchCookie();
    EXPECT_TRUE(clientFastOpen->GetCache().Find(clientIp, serverIp)) << "by IPv4 addresses";
    auto client = NewClient();
    client->socket->Connect(InetSocketAddress(Ipv4Address::ConvertFrom(serverIp), PORT));
    client->socket->Send(MakePacket("hello"));
    Run(Seconds(1));
    EXPECT_EQ(Segments(2), (Lines{"C SYN 0:5 cookie", "S SYN|ACK 0:0 ack 6"}));
    EXPECT_EQ(accepted.at(0)->received, "hello");
}

// Refused, timed out: reported over IPv6 as over IPv4.
TEST_F(Families, N4_C15_ErrorsAreReportedOverIpv6)
{
    family = IPV6;
    FetchCookie();
    listener->Close();
    auto client = Open("hello");
    Run(Seconds(1));
    EXPECT_EQ(client->events, (Lines{"connected", "error"}));
    EXPECT_EQ(client->socket->GetConnectionError(), TcpFastOpenSocket::REFUSED);
}
