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
    m_probesPath = advice.suspected;
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
    if (advice.mss == 0)
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

bool
TcpClientOpening::NoteFailure()
{
    const bool first = !m_failureNoted;
    m_failureNoted = true;
    return first;
}

bool
TcpClientOpening::NoteDataArrived()
{
    const bool over = m_probesPath;
    m_probesPath = false;
    return over;
}

bool
TcpClientOpening::IsTimeoutSuspect(uint32_t earlier, bool last) const
{
    constexpr uint32_t mostTimeouts = 3;
    return IsFastOpen() && (earlier + 1 == mostTimeouts || (earlier + 1 < mostTimeouts && last));
}

bool
TcpClientOpening::IsEndSuspect(const TcpSegmentView& segment,
                               SequenceNumber32 first,
                               SequenceNumber32 next) const
{
    return IsFastOpen() && segment.HasAny(TcpHeader::FIN | TcpHeader::RST) && next == first &&
           segment.GetSequenceNumber() > first;
}

} // namespace ns3
