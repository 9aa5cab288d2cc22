/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-fast-open-keys.h"

#include "ns3/abort.h"
#include "ns3/ipv4-address.h"
#include "ns3/ipv6-address.h"
#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <algorithm>
#include <cstdio>
#include <sodium.h>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("TcpFastOpenKeys");

NS_OBJECT_ENSURE_REGISTERED(TcpFastOpenKeys);

static_assert(TcpFastOpenKeys::KEY_SIZE == crypto_shorthash_KEYBYTES, "SipHash-2-4's key");

namespace
{

/**
 * Write an IP address in network order.
 *
 * @param address an Ipv4Address or Ipv6Address
 * @param out where to write 4 or 16 bytes
 * @return how many bytes were written
 */
std::size_t
WriteAddress(const Address& address, uint8_t* out)
{
    if (Ipv4Address::IsMatchingType(address))
    {
        Ipv4Address::ConvertFrom(address).Serialize(out);
        return 4;
    }
    NS_ABORT_MSG_UNLESS(Ipv6Address::IsMatchingType(address), "not an IP address: " << address);
    Ipv6Address::ConvertFrom(address).Serialize(out);
    return 16;
}

/**
 * Compute a cookie.
 *
 * @param key the key
 * @param client the client's IP address
 * @param server the server's IP address
 * @return the cookie
 */
TcpFastOpenCookie
MakeUnder(const TcpFastOpenKeys::Key& key, const Address& client, const Address& server)
{
    uint8_t addresses[32];
    std::size_t size = WriteAddress(client, addresses);
    size += WriteAddress(server, addresses + size);
    uint8_t hash[crypto_shorthash_BYTES];
    crypto_shorthash(hash, addresses, size, key.data());
    return TcpFastOpenCookie(hash, sizeof hash);
}

} // namespace

TypeId
TcpFastOpenKeys::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::TcpFastOpenKeys")
            .SetParent<Object>()
            .SetGroupName("TcpFastOpen")
            .AddConstructor<TcpFastOpenKeys>()
            .AddAttribute("Key",
                          "The key as Linux's net.ipv4.tcp_fastopen_key writes it "
                          "(a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4), or the primary and the backup "
                          "key joined by a comma; empty: a random key.",
                          StringValue(""),
                          MakeStringAccessor(&TcpFastOpenKeys::SetText, &TcpFastOpenKeys::GetText),
                          MakeStringChecker())
            .AddAttribute(
                "RotationInterval",
                "Time between two changes of the keys, counted from the start of the "
                "simulation: the primary key becomes the backup, a random one the "
                "primary. 0: no changes.",
                TimeValue(Time(0)),
                MakeTimeAccessor(&TcpFastOpenKeys::SetInterval, &TcpFastOpenKeys::GetInterval),
                MakeTimeChecker(Time(0)));
    return tid;
}

TcpFastOpenKeys::TcpFastOpenKeys()
    : m_random(CreateObject<UniformRandomVariable>())
{
}

bool
TcpFastOpenKeys::Parse(const std::string& text, Key& key)
{
    const std::string digits = "0123456789abcdefABCDEF";
    if (text.size() != 35)
    {
        return false;
    }
    for (std::size_t i = 0; i < text.size(); i++)
    {
        const bool dash = i % 9 == 8;
        if (dash ? text[i] != '-' : digits.find(text[i]) == std::string::npos)
        {
            return false;
        }
    }
    for (std::size_t word = 0; word < 4; word++)
    {
        const auto value = static_cast<uint32_t>(std::stoul(text.substr(word * 9, 8), nullptr, 16));
        for (std::size_t byte = 0; byte < 4; byte++)
        {
            key[word * 4 + byte] = static_cast<uint8_t>(value >> (8 * byte));
        }
    }
    return true;
}

std::string
TcpFastOpenKeys::Format(const Key& key)
{
    std::string text;
    for (std::size_t word = 0; word < 4; word++)
    {
        char digits[10];
        std::snprintf(digits,
                      sizeof digits,
                      "%s%02x%02x%02x%02x",
                      word ? "-" : "",
                      key[word * 4 + 3],
                      key[word * 4 + 2],
                      key[word * 4 + 1],
                      key[word * 4]);
        text += digits;
    }
    return text;
}

void
TcpFastOpenKeys::SetText(std::string text)
{
    NS_LOG_FUNCTION(this << text);
    m_primary.reset();
    m_backup.reset();
    m_rotations = GetDue();
    if (text.empty())
    {
        return;
    }
    const std::size_t comma = text.find(',');
    Key primary;
    Key backup;
    NS_ABORT_MSG_UNLESS(
        Parse(text.substr(0, comma), primary) &&
            (comma == std::string::npos || Parse(text.substr(comma + 1), backup)),
        "Key \"" << text
                 << "\" is neither four words of eight hexadecimal digits joined by dashes, "
                    "a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4, nor two such keys joined by a comma");
    m_primary = primary;
    if (comma != std::string::npos)
    {
        m_backup = backup;
    }
}

std::string
TcpFastOpenKeys::GetText() const
{
    return (m_primary ? Format(*m_primary) : "") + (m_backup ? "," + Format(*m_backup) : "");
}

void
TcpFastOpenKeys::Rotate()
{
    NS_LOG_FUNCTION(this);
    m_backup = m_primary;
    m_primary = Draw();
}

TcpFastOpenCookie
TcpFastOpenKeys::Make(const Address& client, const Address& server)
{
    Update();
    return MakeUnder(*m_primary, client, server);
}

TcpFastOpenKeys::Match
TcpFastOpenKeys::Check(const TcpFastOpenCookie& cookie,
                       const Address& client,
                       const Address& server)
{
    Update();
    if (cookie == MakeUnder(*m_primary, client, server))
    {
        return PRIMARY;
    }
    return m_backup && cookie == MakeUnder(*m_backup, client, server) ? BACKUP : NONE;
}

int64_t
TcpFastOpenKeys::AssignStreams(int64_t stream)
{
    m_random->SetStream(stream);
    return 1;
}

void
TcpFastOpenKeys::Update()
{
    if (!m_primary)
    {
        m_primary = Draw();
    }
    // Not by events: they would keep a simulation from ending. Two changes leave
    // nothing of the keys before, however many there should have been.
    const int64_t due = GetDue();
    for (m_rotations = std::max(m_rotations, due - 2); m_rotations < due; m_rotations++)
    {
        Rotate();
    }
}

void
TcpFastOpenKeys::SetInterval(Time interval)
{
    if (m_primary)
    {
        Update(); // by the schedule that held until now
    }
    m_interval = interval;
    m_rotations = GetDue();
}

Time
TcpFastOpenKeys::GetInterval() const
{
    return m_interval;
}

int64_t
TcpFastOpenKeys::GetDue() const
{
    return m_interval.IsZero() ? 0 : Simulator::Now().GetTimeStep() / m_interval.GetTimeStep();
}

TcpFastOpenKeys::Key
TcpFastOpenKeys::Draw()
{
    Key key;
    for (auto& byte : key)
    {
        byte = static_cast<uint8_t>(m_random->GetInteger(0, 255));
    }
    return key;
}

} // namespace ns3
