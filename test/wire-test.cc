/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * W: what is on the wire.
 */

#include "fast-open-test.h"

#include "ns3/buffer.h"
#include "ns3/tcp-option-fast-open.h"
#include "ns3/tcp-option-rfc793.h"
#include "ns3/tcp-option-ts.h"

namespace
{

using Bytes = std::vector<uint8_t>;

constexpr uint8_t SYN = TcpHeader::SYN;
constexpr uint8_t ACK = TcpHeader::ACK;

/// A cookie of a size, of the bytes 1, 2, 3 ...
TcpFastOpenCookie
CookieOf(std::size_t size)
{
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; i++)
    {
        bytes[i] = static_cast<uint8_t>(i + 1);
    }
    return TcpFastOpenCookie(bytes.data(), size);
}

/// What Deserialize() makes of bytes.
uint32_t
Read(const Bytes& bytes, TcpOptionFastOpen& option)
{
    Buffer buffer;
    buffer.AddAtStart(bytes.size());
    buffer.Begin().Write(bytes.data(), bytes.size());
    return option.Deserialize(buffer.Begin());
}

/// A header as the other end reads it.
TcpHeader
OverTheWire(const TcpHeader& header)
{
    Ptr<Packet> packet = Create<Packet>();
    packet->AddHeader(header);
    TcpHeader copy;
    packet->RemoveHeader(copy);
    return copy;
}

} // namespace

class Wire : public FastOpenTest
{
  protected:
    /// The option bytes of the first segment that the client sends.
    Bytes SynOptions()
    {
        Ptr<RawPeer> peer = PlayServer();
        Open("x");
        Run(MilliSeconds(500));
        EXPECT_FALSE(peer->received.empty());
        const Bytes& raw = peer->received.at(0).raw;
        return Bytes(raw.begin() + 20, raw.end());
    }
};

// Kind 34 with length 2 asks for a cookie.
TEST_F(Wire, W1_CookieRequestHasLengthTwo)
{
    const TcpOptionFastOpen option{TcpFastOpenCookie()};
    EXPECT_EQ(option.GetKind(), 34);
    EXPECT_EQ(option.GetSerializedSize(), 2u);
    EXPECT_TRUE(option.IsRequest());
    TcpOptionFastOpen read;
    EXPECT_EQ(Read({34, 2}, read), 2u);
    EXPECT_TRUE(read.IsRequest());
}

// An even length of 6 to 18 carries a cookie of 4 to 16 bytes.
TEST_F(Wire, W1_CookiesOfFourToSixteenBytesPass)
{
    for (std::size_t size : {4, 6, 8, 10, 12, 14, 16})
    {
        TcpHeader header;
        header.SetFlags(SYN);
        ASSERT_TRUE(TcpOptionFastOpen(CookieOf(size)).AppendTo(header));
        const auto option = TcpOptionFastOpen::Find(OverTheWire(header));
        ASSERT_TRUE(option) << size;
        EXPECT_EQ(option->GetCookie(), CookieOf(size));
        EXPECT_EQ(option->GetSerializedSize(), size + 2);
    }
}

// Every other length is no Fast Open option.
TEST_F(Wire, W2_OddAndOutOfRangeLengthsAreIgnored)
{
    for (uint8_t length = 0; length <= 40; length++)
    {
        Bytes bytes(40, 7);
        bytes[0] = 34;
        bytes[1] = length;
        TcpOptionFastOpen option;
        const bool valid = length == 2 || (length >= 6 && length <= 18 && length % 2 == 0);
        EXPECT_EQ(Read(bytes, option), valid ? length : 0u) << +length;
    }
    TcpOptionFastOpen option;
    EXPECT_EQ(Read({34, 10, 1, 2, 3}, option), 0u) << "truncated";
    EXPECT_EQ(Read({34}, option), 0u) << "truncated";
}

// A SYN with an odd cookie length is served as one without the option.
TEST_F(Wire, W2_SynWithInvalidLengthIsServedThePlainWay)
{
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, {34, 7, 1, 2, 3, 4, 5, 1}, "data"});
    Run(MilliSeconds(150));
    ASSERT_EQ(peer->received.size(), 1u);
    EXPECT_EQ(peer->received[0].header.GetFlags(), SYN | ACK);
    EXPECT_EQ(peer->received[0].header.GetAckNumber(), SequenceNumber32(1));
    EXPECT_FALSE(TcpOptionFastOpen::Find(peer->received[0].header));
    EXPECT_TRUE(accepted.empty());
}

// The option counts in segments with SYN only.
TEST_F(Wire, W2_OptionWithoutSynIsIgnored)
{
    TcpHeader header;
    header.SetFlags(ACK);
    ASSERT_TRUE(TcpOptionFastOpen(CookieOf(8)).AppendTo(header));
    EXPECT_FALSE(TcpOptionFastOpen::Find(OverTheWire(header)));

    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, {}, ""});
    peer->SendAt(MilliSeconds(150), {ACK, 1, 1, Option(CookieOf(8)), "hello"});
    Run(Seconds(1));
    ASSERT_EQ(accepted.size(), 1u);
    EXPECT_EQ(accepted[0]->received, "hello") << "the rest of the segment is processed";
}

// MSS; SACK-permitted and timestamps; NOP, window scale; Fast Open, padded.
TEST_F(Wire, W4_SynOptionsStandInLinuxOrder)
{
    const Bytes options = SynOptions();
    ASSERT_EQ(options.size(), 24u);
    EXPECT_EQ(Bytes(options.begin(), options.begin() + 8),
              (Bytes{2, 4, 1460 >> 8, 1460 & 0xff, 4, 2, 8, 10}));
    EXPECT_EQ(Bytes(options.begin() + 16, options.end()), (Bytes{1, 3, 3, 7, 34, 2, 1, 1}));
}

TEST_F(Wire, W4_WithoutTimestampsSackIsPaddedInFront)
{
    attributes["ns3::TcpSocketBase::Timestamp"] = "false";
    EXPECT_EQ(SynOptions(),
              (Bytes{2, 4, 1460 >> 8, 1460 & 0xff, 1, 1, 4, 2, 1, 3, 3, 7, 34, 2, 1, 1}));
}

TEST_F(Wire, W4_WithoutSackTimestampsArePaddedInFront)
{
    attributes["ns3::TcpSocketBase::Sack"] = "false";
    attributes["ns3::TcpSocketBase::WindowScaling"] = "false";
    const Bytes options = SynOptions();
    ASSERT_EQ(options.size(), 20u);
    EXPECT_EQ(Bytes(options.begin(), options.begin() + 8),
              (Bytes{2, 4, 1460 >> 8, 1460 & 0xff, 1, 1, 8, 10}));
    EXPECT_EQ(Bytes(options.begin() + 16, options.end()), (Bytes{34, 2, 1, 1}));
}

TEST_F(Wire, W4_BareSynHasTheMssAlone)
{
    attributes["ns3::TcpSocketBase::Timestamp"] = "false";
    attributes["ns3::TcpSocketBase::Sack"] = "false";
    attributes["ns3::TcpSocketBase::WindowScaling"] = "false";
    clientSwitch = 0;
    EXPECT_EQ(SynOptions(), (Bytes{2, 4, 1460 >> 8, 1460 & 0xff}));
}

// The SYN-ACK has the same order, and the granted cookie at its end.
TEST_F(Wire, W4_SynAckOptionsStandInLinuxOrder)
{
    Ptr<RawPeer> peer = PlayClient();
    Bytes options{2, 4, 1460 >> 8, 1460 & 0xff, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 1, 3, 3, 7};
    const Bytes request{34, 2, 1, 1};
    options.insert(options.end(), request.begin(), request.end());
    peer->Send({SYN, 0, 0, options, ""});
    Run(MilliSeconds(150));
    ASSERT_EQ(peer->received.size(), 1u);
    const Bytes& raw = peer->received[0].raw;
    ASSERT_EQ(raw.size(), 52u);
    EXPECT_EQ(Bytes(raw.begin() + 20, raw.begin() + 28),
              (Bytes{2, 4, 1460 >> 8, 1460 & 0xff, 4, 2, 8, 10}));
    EXPECT_EQ(Bytes(raw.begin() + 32, raw.begin() + 36), (Bytes{0, 0, 0, 9})) << "echo";
    EXPECT_EQ(Bytes(raw.begin() + 36, raw.begin() + 40), (Bytes{1, 3, 3, 7}));
    EXPECT_EQ(Bytes(raw.begin() + 40, raw.end()), Option(ValidCookie()));
}

// The experimental form: kind 254 and a magic number before the cookie.
TEST_F(Wire, W3_ExperimentalFormHasItsMagicNumber)
{
    const TcpOptionFastOpen request{TcpFastOpenCookie(), true};
    EXPECT_EQ(request.GetKind(), 254);
    EXPECT_EQ(request.GetSerializedSize(), 4u);
    TcpOptionFastOpen read;
    EXPECT_EQ(Read({254, 4, 0xf9, 0x89}, read), 4u);
    EXPECT_TRUE(read.IsRequest());
    EXPECT_TRUE(read.IsExperimental());
    EXPECT_EQ(Read({254, 12, 0xf9, 0x89, 1, 2, 3, 4, 5, 6, 7, 8}, read), 12u);
    EXPECT_EQ(read.GetCookie(), CookieOf(8));
    EXPECT_EQ(Read({254, 4, 0xf9, 0x88}, read), 0u) << "another experiment";
    EXPECT_EQ(Read({254, 3, 0xf9}, read), 0u) << "too short for the magic number";
    EXPECT_EQ(Read({254, 5, 0xf9, 0x89, 1}, read), 0u) << "an odd cookie";
    EXPECT_EQ(Read({254, 6, 0xf9, 0x89, 1, 2}, read), 0u) << "too short a cookie";

    TcpHeader header;
    header.SetFlags(SYN);
    ASSERT_TRUE(TcpOptionFastOpen(CookieOf(16), true).AppendTo(header));
    const auto found = TcpOptionFastOpen::Find(OverTheWire(header));
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->IsExperimental());
    EXPECT_EQ(found->GetCookie(), CookieOf(16));
}

// A server answers in the form that it was asked in.
TEST_F(Wire, W3_ServerAnswersInTheFormThatItWasAskedIn)
{
    uint16_t port = 50000;
    for (const bool experimental : {false, true})
    {
        for (const auto& cookie : {TcpFastOpenCookie(), CookieOf(8)})
        {
            Ptr<RawPeer> peer = PlayClient(++port);
            peer->Send({SYN, 0, 0, Option(cookie, experimental), ""});
            Run(MilliSeconds(200));
            ASSERT_EQ(peer->received.size(), 1u);
            const auto answer = TcpOptionFastOpen::Find(peer->received[0].header);
            ASSERT_TRUE(answer);
            EXPECT_EQ(answer->IsExperimental(), experimental);
            EXPECT_EQ(answer->GetCookie(), ValidCookie());
        }
    }
}

// A server takes a valid cookie in either form.
TEST_F(Wire, W3_ServerAcceptsACookieOfTheExperimentalForm)
{
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, Option(ValidCookie(), true), "hello"});
    Run(MilliSeconds(200));
    EXPECT_EQ(peer->received.at(0).header.GetAckNumber(), SequenceNumber32(6));
    EXPECT_EQ(accepted.at(0)->received, "hello");
}

// After a SYN-ACK that ignores kind 34 the client asks in the experimental form,
// once; then it returns to kind 34.
TEST_F(Wire, W3_ClientFallsBackOnceThenReturns)
{
    const Bytes requests[] = {{34, 2, 1, 1}, {254, 4, 0xf9, 0x89}, {34, 2, 1, 1}, {34, 2, 1, 1}};
    for (const auto& request : requests)
    {
        Ptr<RawPeer> peer = PlayServer();
        Open("x");
        Run(MilliSeconds(60));
        const Bytes& raw = peer->received.at(0).raw;
        EXPECT_EQ(Bytes(raw.begin() + 40, raw.end()), request);
        peer->Send({SYN | ACK, 0, 1, {2, 4, 5, 180}, ""});
        Run(MilliSeconds(200));
    }
}

// A SYN-ACK that answers a retransmitted SYN says nothing of what the server knows.
TEST_F(Wire, W3_AnswerToARetransmittedSynChangesNoForm)
{
    for (int i = 0; i < 2; i++)
    {
        Ptr<RawPeer> peer = PlayServer();
        Open("x");
        Run(MilliSeconds(1200));
        EXPECT_EQ(peer->received.at(0).raw.at(40), 34);
        peer->Send({SYN | ACK, 0, 1, {2, 4, 5, 180}, ""});
        Run(MilliSeconds(200));
    }
}

// A cookie that was granted in the experimental form is shown in it.
TEST_F(Wire, W3_CookieIsShownInTheFormOfItsGrant)
{
    Ptr<RawPeer> peer = PlayServer();
    Open("x");
    Run(MilliSeconds(60));
    Bytes options{2, 4, 5, 180};
    const Bytes grant = Option(CookieOf(8), true);
    options.insert(options.end(), grant.begin(), grant.end());
    peer->Send({SYN | ACK, 0, 1, options, ""});
    Run(MilliSeconds(200));
    peer = PlayServer();
    Open("hello");
    Run(MilliSeconds(60));
    const Bytes& raw = peer->received.at(0).raw;
    EXPECT_EQ(Bytes(raw.begin() + 40, raw.end()), grant);
    EXPECT_EQ(peer->received.at(0).payload, "hello");
}

// Options that fill the header leave it as it is.
TEST_F(Wire, W5_OptionIsLeftOutWhereThereIsNoRoom)
{
    TcpHeader header;
    header.SetFlags(SYN);
    for (int i = 0; i < 29; i++)
    {
        header.AppendOption(CreateObject<TcpOptionNOP>());
    }
    const uint32_t size = header.GetSerializedSize();
    EXPECT_FALSE(TcpOptionFastOpen(CookieOf(8)).AppendTo(header));
    EXPECT_EQ(header.GetSerializedSize(), size);
    EXPECT_EQ(header.GetOptionList().size(), 29u);
}

// With all options of a SYN, the longest cookie fits to the byte.
TEST_F(Wire, W5_LongestCookieFitsBesideAllOptions)
{
    Build();
    clientFastOpen->GetCache().Store({clientIp, serverIp, CookieOf(16), 1460});
    const Bytes options = SynOptions();
    ASSERT_EQ(options.size(), 40u);
    EXPECT_EQ(Bytes(options.begin() + 20, options.end()), Option(CookieOf(16)));
}

// The data of a SYN starts behind it, and the next segment behind the data.
TEST_F(Wire, W6_SynDataFollowsTheSynInSequence)
{
    FetchCookie();
    auto client = NewClient();
    client->socket->Connect(server);
    client->socket->Send(MakePacket(std::string(100, 'a')));
    client->socket->Send(MakePacket(std::string(50, 'b')));
    Run();
    EXPECT_EQ(Segments(3),
              (Lines{"C SYN 0:100 cookie", "S SYN|ACK 0:0 ack 101", "C ACK 101:50 ack 1"}));
    EXPECT_EQ(accepted.at(0)->received, std::string(100, 'a') + std::string(50, 'b'));
}

// The window of SYN and SYN-ACK is the plain one, those after it are scaled.
TEST_F(Wire, W6_WindowOfSynIsNotScaled)
{
    Ptr<RawPeer> peer = PlayClient();
    peer->Send({SYN, 0, 0, {2, 4, 5, 180, 1, 3, 3, 2}, ""});
    peer->SendAt(MilliSeconds(150), {ACK, 1, 1, {}, "x"});
    Run(Seconds(1));
    ASSERT_GE(peer->received.size(), 2u);
    EXPECT_EQ(peer->received[0].header.GetWindowSize(), 65535);
    EXPECT_EQ(peer->received[1].header.GetWindowSize(), (4194304 - 0) >> 7);
}

TEST_F(Wire, W7_SynAckThatAcceptsAcknowledgesTheData)
{
    FetchCookie();
    Open(std::string(300, 'x'));
    Run();
    EXPECT_EQ(Segments(2), (Lines{"C SYN 0:300 cookie", "S SYN|ACK 0:0 ack 301"}));
}

TEST_F(Wire, W7_SynAckThatRefusesAcknowledgesTheSynAlone)
{
    FetchCookie();
    serverFastOpen->SetAttribute("Key", StringValue("00000000-00000000-00000000-00000001"));
    Open(std::string(300, 'x'));
    Run();
    EXPECT_EQ(Segments(2), (Lines{"C SYN 0:300 cookie", "S SYN|ACK 0:0 ack 1 cookie"}));
}

// A SYN-ACK may carry data itself.
TEST_F(Wire, W7_ClientAcceptsDataInSynAck)
{
    Ptr<RawPeer> peer = PlayServer();
    auto client = Open("");
    peer->SendAt(MilliSeconds(60), {SYN | ACK, 1000, 1, {2, 4, 5, 180}, "welcome"});
    Run(MilliSeconds(400));
    EXPECT_EQ(client->received, "welcome");
    EXPECT_EQ(client->events.at(0), "connected");
    EXPECT_EQ(peer->received.back().header.GetAckNumber(), SequenceNumber32(1008));
}
