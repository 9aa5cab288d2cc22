/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-handshake-offer.h"

#include "tcp-option-fast-open.h"

#include "ns3/tcp-option-rfc793.h"
#include "ns3/tcp-option-sack-permitted.h"
#include "ns3/tcp-option-ts.h"
#include "ns3/tcp-option-winscale.h"

#include <algorithm>

namespace ns3
{

namespace
{

/// The largest shift of a window; a larger one counts as this (RFC 7323, section 2.3).
constexpr uint8_t MAX_WINDOW_SCALE = 14;

} // namespace

TcpHandshakeOffer
TcpHandshakeOffer::Read(const TcpHeader& header)
{
    TcpHandshakeOffer offer;
    for (const auto& option : header.GetOptionList())
    {
        // Of several options of a kind the first one counts
        switch (option->GetKind())
        {
        case TcpOption::MSS:
            offer.mss = offer.mss.value_or(DynamicCast<const TcpOptionMSS>(option)->GetMSS());
            break;
        case TcpOption::WINSCALE:
            offer.windowScale = offer.windowScale.value_or(
                std::min(DynamicCast<const TcpOptionWinScale>(option)->GetScale(),
                         MAX_WINDOW_SCALE));
            break;
        case TcpOption::SACKPERMITTED:
            offer.sackPermitted = true;
            break;
        case TcpOption::TS:
            if (!offer.timestamps)
            {
                const auto ts = DynamicCast<const TcpOptionTS>(option);
                offer.timestamps = Timestamps{ts->GetTimestamp(), ts->GetEcho()};
            }
            break;
        default:
            break;
        }
    }
    if (Ptr<const TcpOptionFastOpen> option = TcpOptionFastOpen::Find(header))
    {
        offer.fastOpen = FastOpen{option->GetCookie(), option->IsExperimental()};
    }
    return offer;
}

bool
TcpHandshakeOffer::Write(TcpHeader& header) const
{
    static const Ptr<TcpOptionNOP> nop = CreateObject<TcpOptionNOP>();
    Ptr<TcpOptionMSS> mssOption = CreateObject<TcpOptionMSS>();
    mssOption->SetMSS(mss.value_or(0));
    header.AppendOption(mssOption);
    if (sackPermitted != timestamps.has_value())
    {
        header.AppendOption(nop); // together they need none
        header.AppendOption(nop);
    }
    if (sackPermitted)
    {
        header.AppendOption(CreateObject<TcpOptionSackPermitted>());
    }
    if (timestamps)
    {
        Ptr<TcpOptionTS> option = CreateObject<TcpOptionTS>();
        option->SetTimestamp(timestamps->value);
        option->SetEcho(timestamps->echo);
        header.AppendOption(option);
    }
    if (windowScale)
    {
        Ptr<TcpOptionWinScale> option = CreateObject<TcpOptionWinScale>();
        option->SetScale(*windowScale);
        header.AppendOption(nop);
        header.AppendOption(option);
    }
    return !fastOpen ||
           TcpOptionFastOpen(fastOpen->cookie, fastOpen->experimental).AppendTo(header);
}

uint32_t
TcpHandshakeOffer::GetSize() const
{
    TcpHeader header;
    header.SetFlags(TcpHeader::SYN);
    Write(header);
    return header.GetOptionLength();
}

} // namespace ns3
