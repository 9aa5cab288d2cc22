/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-fast-open-keys.h"

#include "ns3/abort.h"
#include "ns3/ipv4-address.h"
#include "ns3/ipv6-address.h"

#include <cstdio>
#include <sodium.h>

namespace ns3
{

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

} // namespace

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
TcpFastOpenKeys::SetPrimary(const Key& key)
{
    m_primary = key;
}

const TcpFastOpenKeys::Key&
TcpFastOpenKeys::GetPrimary() const
{
    return m_primary;
}

TcpFastOpenCookie
TcpFastOpenKeys::Make(const Address& client, const Address& server) const
{
    uint8_t addresses[32];
    std::size_t size = WriteAddress(client, addresses);
    size += WriteAddress(server, addresses + size);
    uint8_t hash[crypto_shorthash_BYTES];
    crypto_shorthash(hash, addresses, size, m_primary.data());
    return TcpFastOpenCookie(hash, sizeof hash);
}

bool
TcpFastOpenKeys::Check(const TcpFastOpenCookie& cookie,
                       const Address& client,
                       const Address& server) const
{
    return cookie == Make(client, server);
}

} // namespace ns3
