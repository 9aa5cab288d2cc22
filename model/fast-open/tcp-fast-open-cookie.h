/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_FAST_OPEN_COOKIE_H
#define TCP_FAST_OPEN_COOKIE_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <ostream>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * A Fast Open cookie: an even number of 4 to 16 bytes that a server granted to
 * a client, or none (RFC 7413, section 4.1.1 and erratum 4238). To the client
 * the bytes mean nothing.
 */
class TcpFastOpenCookie
{
  public:
    static constexpr uint8_t MIN_SIZE = 4;  //!< the shortest cookie in bytes
    static constexpr uint8_t MAX_SIZE = 16; //!< the longest cookie in bytes

    /// Make an empty cookie.
    TcpFastOpenCookie() = default;

    /**
     * @param bytes the cookie's bytes as they stand on the wire
     * @param size how many; 0 or a valid size, anything else ends the program
     */
    TcpFastOpenCookie(const uint8_t* bytes, std::size_t size);

    /**
     * @param size a number of bytes
     * @return whether a cookie can have this size
     */
    static constexpr bool IsValidSize(std::size_t size)
    {
        return size >= MIN_SIZE && size <= MAX_SIZE && size % 2 == 0;
    }

    /**
     * @return whether there is no cookie
     */
    bool IsEmpty() const;

    /**
     * @return the number of bytes, 0 for an empty cookie
     */
    uint8_t GetSize() const;

    /**
     * @return the cookie's bytes, GetSize() of them
     */
    const uint8_t* GetBytes() const;

    /**
     * @param other another cookie
     * @return whether both have the same bytes
     */
    bool operator==(const TcpFastOpenCookie& other) const;

    /**
     * @param other another cookie
     * @return whether the two differ
     */
    bool operator!=(const TcpFastOpenCookie& other) const;

  private:
    uint8_t m_size{0};                         //!< number of bytes in use
    std::array<uint8_t, MAX_SIZE> m_bytes{{}}; //!< the bytes; unused ones are zero
};

/**
 * Print a cookie in hexadecimal, as `3021b9d889017eeb`.
 *
 * @param os the stream
 * @param cookie the cookie
 * @return the stream
 */
std::ostream& operator<<(std::ostream& os, const TcpFastOpenCookie& cookie);

} // namespace ns3

#endif // TCP_FAST_OPEN_COOKIE_H
