/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-client-opening.h"

#include <algorithm>

namespace ns3
{

namespace
{

/// Room for TCP options in a segment, in bytes.
constexpr uint32_t MAX_OPTIONS_SIZE = 40;
/// SYN data to a server of unknown MSS, in bytes (RFC 7413, section 4.2.1).
constexpr uint32_t UNKNOWN_MSS_IPV4 = 536;
constexpr uint32_t UNKNOWN_MSS_IPV6 = 1220; //!< the same for IPv6

} // namespace

void
TcpClientOpening::Begin()
{
    *this = TcpClientOpening();
}

bool
TcpClientOpening::CanTakeData(const Advice& advice)
{
    return !advice.avoided && (advice.noCookie || !advice.cookie.IsEmpty());
}

bool
TcpClientOpening::Choose(const Advice& advice)
{
    if (advice.avoided)
    {
        m_fallback = Fallback::AVOIDED;
        return false;
    }
    if (advice.noCookie)
    {
        m_mode = Mode::WITHOUT_COOKIE;
        return true;
    }
    m_mode = advice.cookie.IsEmpty() ? Mode::ASKING : Mode::WITH_COOKIE;
    m_option = TcpHandshakeOffer::FastOpen{advice.cookie, advice.experimental};
    return true;
}

void
TcpClientOpening::SetDataLimit(const Advice& advice,
                               const Room& room,
                               const TcpHandshakeOffer& offer)
{
    const uint32_t options = room.fillsSegment ? offer.GetSize() : MAX_OPTIONS_SIZE;
    const uint32_t mss = advice.mss != 0 ? std::min(advice.mss, room.mss) : room.mss;
    m_dataLimit = mss > options ? mss - options : 0;
    if (advice.mss == 0 && room.fillsSegment)
    {
        m_dataLimit = std::min(m_dataLimit, room.ipv6 ? UNKNOWN_MSS_IPV6 : UNKNOWN_MSS_IPV4);
    }
}

void
TcpClientOpening::DropOption()
{
    m_mode = Mode::PLAIN;
    m_option.reset();
    m_fallback = Fallback::NO_ROOM;
}

TcpClientOpening::Mode
TcpClientOpening::GetMode() const
{
    return m_mode;
}

bool
TcpClientOpening::IsFastOpen() const
{
    return m_mode != Mode::PLAIN;
}

const std::optional<TcpHandshakeOffer::FastOpen>&
TcpClientOpening::GetOption() const
{
    return m_option;
}

uint32_t
TcpClientOpening::GetDataLimit() const
{
    return m_dataLimit;
}

void
TcpClientOpening::NoteData(uint32_t size)
{
    m_dataSize = size;
}

uint32_t
TcpClientOpening::GetDataSize() const
{
    return m_dataSize;
}

bool
TcpClientOpening::NoteTimeout()
{
    if (!IsFastOpen())
    {
        return false;
    }
    m_fallback = Fallback::SYN_RETRANSMITTED;
    return true;
}

bool
TcpClientOpening::NoteAcknowledged(uint32_t size, bool again)
{
    m_acknowledged = size;
    if (!IsDataRefused() || again)
    {
        return false;
    }
    m_fallback = Fallback::DATA_NOT_ACKED;
    return true;
}

uint32_t
TcpClientOpening::GetAcknowledged() const
{
    return m_acknowledged;
}

bool
TcpClientOpening::IsDataRefused() const
{
    return m_acknowledged < m_dataSize;
}

std::optional<TcpClientOpening::Fallback>
TcpClientOpening::GetFallback() const
{
    return m_fallback;
}

TcpClientOpening::Failure
TcpClientOpening::GetFailure() const
{
    if (m_mode == Mode::ASKING)
    {
        return Failure::COOKIE_UNAVAILABLE;
    }
    if (!m_fallback)
    {
        return m_mode == Mode::PLAIN ? Failure::OFF : Failure::NONE;
    }
    switch (*m_fallback)
    {
    case Fallback::NO_ROOM:
        return Failure::NO_ROOM;
    case Fallback::AVOIDED:
        return Failure::AVOIDED;
    case Fallback::DATA_NOT_ACKED:
        return Failure::DATA_NOT_ACKED;
    default:
        // The answer to the first SYN may only have been late
        return m_dataSize > 0 && !IsDataRefused() ? Failure::NONE : Failure::SYN_RETRANSMITTED;
    }
}

bool
TcpClientOpening::NoteFailure()
{
    const bool first = !m_failureNoted;
    m_failureNoted = true;
    return first;
}

} // namespace ns3
