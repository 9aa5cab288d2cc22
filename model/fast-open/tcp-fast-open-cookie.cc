/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-fast-open-cookie.h"

#include "ns3/abort.h"

#include <algorithm>

namespace ns3
{

TcpFastOpenCookie::TcpFastOpenCookie(const uint8_t* bytes, std::size_t size)
    : m_size(static_cast<uint8_t>(size))
{
    NS_ABORT_MSG_UNLESS(size == 0 || IsValidSize(size),
                        "a Fast Open cookie has an even number of 4 to 16 bytes, not " << size);
    std::copy_n(bytes, size, m_bytes.begin());
}

bool
TcpFastOpenCookie::IsEmpty() const
{
    return m_size == 0;
}

uint8_t
TcpFastOpenCookie::GetSize() const
{
    return m_size;
}

const uint8_t*
TcpFastOpenCookie::GetBytes() const
{
    return m_bytes.data();
}

bool
TcpFastOpenCookie::operator==(const TcpFastOpenCookie& other) const
{
    return m_size == other.m_size && m_bytes == other.m_bytes;
}

bool
TcpFastOpenCookie::operator!=(const TcpFastOpenCookie& other) const
{
    return !(*this == other);
}

std::ostream&
operator<<(std::ostream& os, const TcpFastOpenCookie& cookie)
{
    static const char digits[] = "0123456789abcdef";
    for (uint8_t i = 0; i < cookie.GetSize(); i++)
    {
        const uint8_t byte = cookie.GetBytes()[i];
        os << digits[byte >> 4] << digits[byte & 0xf];
    }
    return os;
}

} // namespace ns3
