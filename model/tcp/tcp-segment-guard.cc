/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-segment-guard.h"

#include "tcp-segment-view.h"

#include "ns3/ipv4-interface.h"
#include "ns3/ipv4-route.h"
#include "ns3/ipv4.h"
#include "ns3/ipv6-interface.h"
#include "ns3/ipv6-route.h"
#include "ns3/ipv6.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/packet.h"
#include "ns3/tcp-header.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-option.h"

#include <algorithm>
#include <array>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("TcpSegmentGuard");

NS_OBJECT_ENSURE_REGISTERED(TcpSegmentGuard);

namespace
{

constexpr uint32_t MIN_HEADER_SIZE = TcpSegmentView::MIN_HEADER_SIZE;
constexpr uint32_t MAX_HEADER_SIZE = 60; //!< with as many options as the data offset can tell
constexpr uint32_t CHECKSUM_AT = 16;     //!< first byte of the checksum
constexpr uint8_t MAX_WINDOW_SHIFT = 14; //!< RFC 7323, section 2.3

/// The bytes of a TCP header.
using HeaderBytes = std::array<uint8_t, MAX_HEADER_SIZE>;

/// A TCP header that is written as given, byte for byte.
class VerbatimHeader : public TcpHeader
{
  public:
    /**
     * @param bytes the header
     * @param size how many of the bytes belong to it
     */
    VerbatimHeader(const HeaderBytes& bytes, uint32_t size)
        : m_bytes(bytes),
          m_size(size)
    {
    }

    uint32_t GetSerializedSize() const override
    {
        return m_size;
    }

    void Serialize(Buffer::Iterator start) const override
    {
        start.Write(m_bytes.data(), m_size);
    }

  private:
    const HeaderBytes& m_bytes; //!< the header
    uint32_t m_size;            //!< its size in bytes
};

/**
 * @param kind an option's kind, neither END nor NOP
 * @param length its length in bytes, 2 or more
 * @return whether the length is right for the kind, or the kind is unknown to ns-3
 */
bool
IsLengthRight(uint8_t kind, uint32_t length)
{
    switch (kind)
    {
    case TcpOption::MSS:
        return length == 4;
    case TcpOption::WINSCALE:
        return length == 3;
    case TcpOption::SACKPERMITTED:
        return length == 2;
    case TcpOption::SACK:
        return length > 2 && (length - 2) % 8 == 0;
    case TcpOption::TS:
        return length == 10;
    default:
        return true;
    }
}

/**
 * Replace by NOP what is not to be read.
 *
 * @param option the first option
 * @param end the end of the header
 * @return whether anything was changed
 */
bool
RepairOptions(uint8_t* option, uint8_t* end)
{
    bool repaired = false;
    while (option != end)
    {
        const uint8_t kind = *option;
        if (kind == TcpOption::NOP)
        {
            option++;
            continue;
        }
        const auto room = static_cast<uint32_t>(end - option);
        if (kind == TcpOption::END && room <= 4)
        {
            return repaired; // the padding that ns-3 itself writes
        }
        const uint32_t length = room >= 2 ? option[1] : 0;
        if (kind == TcpOption::END || length < 2 || length > room)
        {
            std::fill(option, end, static_cast<uint8_t>(TcpOption::NOP));
            return true;
        }
        if (!IsLengthRight(kind, length))
        {
            std::fill_n(option, length, static_cast<uint8_t>(TcpOption::NOP));
            repaired = true;
        }
        else if (kind == TcpOption::WINSCALE && option[2] > MAX_WINDOW_SHIFT)
        {
            option[2] = MAX_WINDOW_SHIFT; // ns-3 asserts it
            repaired = true;
        }
        option += length;
    }
    return repaired;
}

/**
 * Make up for a change of the header in its checksum, so that a right one stays
 * right and a wrong one wrong (RFC 1624, equation 3).
 *
 * @param before the header before the change
 * @param after the header after it, with the old checksum
 */
void
UpdateChecksum(const HeaderBytes& before, HeaderBytes& after)
{
    const auto get = [](const HeaderBytes& bytes, uint32_t at) -> uint32_t {
        return bytes[at] << 8 | bytes[at + 1];
    };
    uint32_t sum = get(after, CHECKSUM_AT) ^ 0xffff;
    for (uint32_t at = MIN_HEADER_SIZE; at < MAX_HEADER_SIZE; at += 2)
    {
        sum += (get(before, at) ^ 0xffff) + get(after, at);
    }
    while (sum > 0xffff)
    {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    after[CHECKSUM_AT] = static_cast<uint8_t>(~sum >> 8);
    after[CHECKSUM_AT + 1] = static_cast<uint8_t>(~sum);
}

/**
 * Put a guard before the TCP of one IP.
 *
 * @param ip the IP, of either version; may be nullptr
 * @param makeGuard makes the guard of a protocol
 */
template <class Ip, class F>
void
InstallOn(Ptr<Ip> ip, F makeGuard)
{
    Ptr<IpL4Protocol> tcp = ip ? ip->GetProtocol(TcpL4Protocol::PROT_NUMBER) : nullptr;
    if (tcp && !DynamicCast<TcpSegmentGuard>(tcp))
    {
        ip->Insert(makeGuard(tcp));
    }
}

} // namespace

TypeId
TcpSegmentGuard::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::TcpSegmentGuard").SetParent<IpL4Protocol>().SetGroupName("TcpFastOpen");
    return tid;
}

void
TcpSegmentGuard::Install(Ptr<Node> node)
{
    const auto makeGuard = [](Ptr<IpL4Protocol> tcp) {
        Ptr<TcpSegmentGuard> guard = CreateObject<TcpSegmentGuard>();
        guard->m_tcp = tcp;
        return guard;
    };
    InstallOn(node->GetObject<Ipv4>(), makeGuard);
    InstallOn(node->GetObject<Ipv6>(), makeGuard);
}

bool
TcpSegmentGuard::Check(Ptr<Packet> packet)
{
    const TcpSegmentView segment(packet);
    const uint32_t size = segment.GetHeaderSize();
    if (!segment.IsWhole())
    {
        NS_LOG_LOGIC("dropped: " << packet->GetSize() << " bytes, data offset " << size);
        return false;
    }
    if (size == MIN_HEADER_SIZE)
    {
        return true;
    }
    HeaderBytes bytes{};
    packet->CopyData(bytes.data(), bytes.size());
    const HeaderBytes before = bytes;
    if (RepairOptions(bytes.data() + MIN_HEADER_SIZE, bytes.data() + size))
    {
        NS_LOG_LOGIC("options repaired");
        if (Node::ChecksumEnabled())
        {
            UpdateChecksum(before, bytes);
        }
        packet->RemoveAtStart(size);
        packet->AddHeader(VerbatimHeader(bytes, size));
    }
    return true;
}

int
TcpSegmentGuard::GetProtocolNumber() const
{
    return TcpL4Protocol::PROT_NUMBER;
}

IpL4Protocol::RxStatus
TcpSegmentGuard::Receive(Ptr<Packet> packet, const Ipv4Header& header, Ptr<Ipv4Interface> interface)
{
    return Check(packet) ? m_tcp->Receive(packet, header, interface) : RX_CSUM_FAILED;
}

IpL4Protocol::RxStatus
TcpSegmentGuard::Receive(Ptr<Packet> packet, const Ipv6Header& header, Ptr<Ipv6Interface> interface)
{
    return Check(packet) ? m_tcp->Receive(packet, header, interface) : RX_CSUM_FAILED;
}

void
TcpSegmentGuard::ReceiveIcmp(Ipv4Address icmpSource,
                             uint8_t icmpTtl,
                             uint8_t icmpType,
                             uint8_t icmpCode,
                             uint32_t icmpInfo,
                             Ipv4Address payloadSource,
                             Ipv4Address payloadDestination,
                             const uint8_t payload[8])
{
    m_tcp->ReceiveIcmp(icmpSource,
                       icmpTtl,
                       icmpType,
                       icmpCode,
                       icmpInfo,
                       payloadSource,
                       payloadDestination,
                       payload);
}

void
TcpSegmentGuard::ReceiveIcmp(Ipv6Address icmpSource,
                             uint8_t icmpTtl,
                             uint8_t icmpType,
                             uint8_t icmpCode,
                             uint32_t icmpInfo,
                             Ipv6Address payloadSource,
                             Ipv6Address payloadDestination,
                             const uint8_t payload[8])
{
    m_tcp->ReceiveIcmp(icmpSource,
                       icmpTtl,
                       icmpType,
                       icmpCode,
                       icmpInfo,
                       payloadSource,
                       payloadDestination,
                       payload);
}

void
TcpSegmentGuard::SetDownTarget(DownTargetCallback callback)
{
    m_tcp->SetDownTarget(callback);
}

void
TcpSegmentGuard::SetDownTarget6(DownTargetCallback6 callback)
{
    m_tcp->SetDownTarget6(callback);
}

IpL4Protocol::DownTargetCallback
TcpSegmentGuard::GetDownTarget() const
{
    return m_tcp->GetDownTarget();
}

IpL4Protocol::DownTargetCallback6
TcpSegmentGuard::GetDownTarget6() const
{
    return m_tcp->GetDownTarget6();
}

} // namespace ns3
