/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_FAST_OPEN_KEYS_H
#define TCP_FAST_OPEN_KEYS_H

#include "tcp-fast-open-cookie.h"

#include "ns3/address.h"

#include <array>
#include <cstdint>
#include <string>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * The secret with which a server makes its cookies and checks them.
 *
 * A cookie is 8 bytes: the little-endian SipHash-2-4 of the client's address
 * followed by the server's, 4 + 4 or 16 + 16 bytes in network order, under a
 * key of 128 bits, as Linux computes it. Ports are no part of it
 * (RFC 7413, section 4.1.2).
 *
 * A key is written as Linux writes it in `net.ipv4.tcp_fastopen_key`: four
 * words of eight hexadecimal digits, joined by dashes. Each word is stored
 * little-endian.
 */
class TcpFastOpenKeys
{
  public:
    static constexpr std::size_t KEY_SIZE = 16; //!< size of a key in bytes
    using Key = std::array<uint8_t, KEY_SIZE>;  //!< a key of 128 bits

    /**
     * Read a key from its text.
     *
     * @param text `a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4`, say
     * @param [out] key the key; untouched where the text is not valid
     * @return whether the text is a key
     */
    static bool Parse(const std::string& text, Key& key);

    /**
     * @param key a key
     * @return its text, as Parse() reads it
     */
    static std::string Format(const Key& key);

    /**
     * @param key the key that makes and checks cookies from now on
     */
    void SetPrimary(const Key& key);

    /**
     * @return the key in use
     */
    const Key& GetPrimary() const;

    /**
     * Make the cookie for a client.
     *
     * @param client the client's IP address (Ipv4Address or Ipv6Address)
     * @param server the server's IP address, of the same family
     * @return the cookie
     */
    TcpFastOpenCookie Make(const Address& client, const Address& server) const;

    /**
     * Check a cookie that a client shows.
     *
     * @param cookie the cookie
     * @param client the client's IP address (Ipv4Address or Ipv6Address)
     * @param server the server's IP address, of the same family
     * @return whether the cookie is the client's
     */
    bool Check(const TcpFastOpenCookie& cookie, const Address& client, const Address& server) const;

  private:
    Key m_primary{{}}; //!< makes and checks
};

} // namespace ns3

#endif // TCP_FAST_OPEN_KEYS_H
