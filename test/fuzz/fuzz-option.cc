/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * Fuzz target: the Fast Open option from bytes and back, alone and among others in
 * the header of a segment, as TcpSegmentGuard lets it through.
 *
 * What is right is told by a second reading of RFC 7413 here, which shares nothing
 * with the module's.
 */

#include "fuzz-bytes.h"

#include "ns3/buffer.h"
#include "ns3/packet.h"
#include "ns3/tcp-header.h"
#include "ns3/tcp-option-fast-open.h"
#include "ns3/tcp-segment-guard.h"

#include <optional>
#include <sstream>

using namespace ns3;

namespace
{

using Bytes = std::vector<uint8_t>;

/// What a Fast Open option says.
struct Meaning
{
    bool experimental; //!< its form
    Bytes cookie;      //!< empty: a request
};

/**
 * @param option an option's bytes, at least those that its length tells of
 * @return what it says as a Fast Open option; nothing where it is none
 */
std::optional<Meaning>
Understand(const Bytes& option)
{
    if (option.size() < 2 || option[1] > option.size())
    {
        return std::nullopt;
    }
    std::size_t head = 2;
    if (option[0] == 254)
    {
        head = 4;
        if (option[1] < 4 || option[2] != 0xf9 || option[3] != 0x89)
        {
            return std::nullopt;
        }
    }
    else if (option[0] != 34)
    {
        return std::nullopt;
    }
    for (const std::size_t size : {0, 4, 6, 8, 10, 12, 14, 16})
    {
        if (option[1] == head + size)
        {
            return Meaning{head == 4, Bytes(option.begin() + head, option.begin() + head + size)};
        }
    }
    return std::nullopt;
}

/**
 * @param option an option as the module has read it
 * @param meaning what it has to say
 */
void
Compare(const TcpOptionFastOpen& option, const Meaning& meaning)
{
    const auto& cookie = option.GetCookie();
    FUZZ_CHECK(option.IsExperimental() == meaning.experimental);
    FUZZ_CHECK(option.IsRequest() == meaning.cookie.empty());
    FUZZ_CHECK(Bytes(cookie.GetBytes(), cookie.GetBytes() + cookie.GetSize()) == meaning.cookie);
    FUZZ_CHECK(option.GetPaddedSize() % 4 == 0);
    FUZZ_CHECK(option.GetPaddedSize() - option.GetSerializedSize() < 4);
    std::ostringstream text;
    option.Print(text);
    FUZZ_CHECK(!text.str().empty());
}

/**
 * Read an option alone, and write it again.
 *
 * @param bytes its bytes
 */
void
ReadAlone(const Bytes& bytes)
{
    Buffer buffer;
    buffer.AddAtStart(bytes.size());
    buffer.Begin().Write(bytes.data(), bytes.size());
    TcpOptionFastOpen option;
    const uint32_t length = option.Deserialize(buffer.Begin());
    const auto meaning = Understand(bytes);
    FUZZ_CHECK((length > 0) == meaning.has_value());
    if (length > 0)
    {
        FUZZ_CHECK(length == bytes[1]);
        FUZZ_CHECK(option.GetSerializedSize() == length);
        Compare(option, *meaning);
        Buffer again;
        again.AddAtStart(length);
        option.Serialize(again.Begin());
        FUZZ_CHECK(std::equal(again.PeekData(), again.PeekData() + length, bytes.begin()));
    }
}

/**
 * Find the option in the header of a segment.
 *
 * @param segment the segment
 */
void
ReadSegment(const Bytes& segment)
{
    Ptr<Packet> packet = Create<Packet>(segment.data(), segment.size());
    const std::size_t size = segment.size() > 12 ? segment[12] / 16 * 4 : 0;
    const bool whole = size >= 20 && size <= segment.size();
    FUZZ_CHECK(TcpSegmentGuard::Check(packet) == whole);
    if (!whole)
    {
        return;
    }
    // Of the options the last valid one counts, up to END or the first that is cut.
    std::optional<Meaning> expected;
    for (std::size_t at = 20; at < size && segment[at] != 0;)
    {
        if (segment[at] == 1)
        {
            at++;
            continue;
        }
        if (size - at < 2 || segment[at + 1] < 2 || segment[at + 1] > size - at)
        {
            break;
        }
        const auto begin = segment.begin() + at;
        if (const auto meaning = Understand(Bytes(begin, begin + segment[at + 1])))
        {
            expected = meaning;
        }
        at += segment[at + 1];
    }
    if (!(segment[13] & TcpHeader::SYN))
    {
        expected = std::nullopt;
    }
    TcpHeader header;
    FUZZ_CHECK(packet->RemoveHeader(header) == size);
    FUZZ_CHECK(packet->GetSize() == segment.size() - size);
    Bytes payload(packet->GetSize());
    packet->CopyData(payload.data(), payload.size());
    FUZZ_CHECK(std::equal(payload.begin(), payload.end(), segment.begin() + size));
    const auto found = TcpOptionFastOpen::Find(header);
    FUZZ_CHECK(static_cast<bool>(found) == expected.has_value());
    if (found)
    {
        Compare(*found, *expected);
        // A header that was read can be written and read once more, with the option.
        Ptr<Packet> again = Create<Packet>();
        again->AddHeader(header);
        TcpHeader copy;
        again->RemoveHeader(copy);
        Compare(*TcpOptionFastOpen::Find(copy), *expected);
    }
}

/**
 * Append an option to a header, and find it on the other end of the wire.
 *
 * @param input says which
 */
void
Append(FuzzBytes& input)
{
    const bool experimental = input.Get8() & 1;
    const Bytes bytes = input.GetBytes(input.Get8() % 9 * 2);
    const bool valid = bytes.empty() || TcpFastOpenCookie::IsValidSize(bytes.size());
    const TcpFastOpenCookie cookie(bytes.data(), valid ? bytes.size() : 0);
    const TcpOptionFastOpen option(cookie, experimental);
    TcpHeader header;
    header.SetFlags(TcpHeader::SYN);
    for (int others = input.Get8() % 4; others > 0; others--)
    {
        const Bytes other = input.GetBytes(16);
        TcpHeader with = header;
        if (!TcpOptionFastOpen(TcpFastOpenCookie(other.data(), other.size() == 16 ? 16 : 0))
                 .AppendTo(with))
        {
            FUZZ_CHECK(with.GetOptionLength() == header.GetOptionLength());
            break;
        }
        header = with;
    }
    const uint32_t before = header.GetOptionLength();
    const bool room = before + option.GetPaddedSize() <= 40;
    FUZZ_CHECK(option.AppendTo(header) == room);
    FUZZ_CHECK(header.GetOptionLength() == before + (room ? option.GetPaddedSize() : 0));
    if (room)
    {
        Ptr<Packet> packet = Create<Packet>();
        packet->AddHeader(header);
        FUZZ_CHECK(TcpSegmentGuard::Check(packet));
        TcpHeader copy;
        packet->RemoveHeader(copy);
        Compare(*TcpOptionFastOpen::Find(copy),
                {experimental, Bytes(cookie.GetBytes(), cookie.GetBytes() + cookie.GetSize())});
    }
}

} // namespace

int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    FuzzBytes input(data, size);
    switch (input.Get8() % 4)
    {
    case 0:
        ReadAlone(input.GetBytes(300));
        break;
    case 1: {
        // The options of a whole segment
        Bytes segment(20);
        segment[13] = input.Get8();
        Bytes options = input.GetBytes(40);
        options.resize((options.size() + 3) / 4 * 4, 1);
        segment[12] = static_cast<uint8_t>((5 + options.size() / 4) << 4);
        segment.insert(segment.end(), options.begin(), options.end());
        segment.resize(segment.size() + 5, '!');
        ReadSegment(segment);
        break;
    }
    case 2:
        ReadSegment(input.GetBytes(300));
        break;
    default:
        Append(input);
        break;
    }
    return 0;
}
