/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-option-layout.h"

#include "ns3/tcp-option-rfc793.h"

namespace ns3
{

namespace
{

/**
 * @param header a header
 * @return the same without options
 */
TcpHeader
WithoutOptions(const TcpHeader& header)
{
    TcpHeader copy;
    copy.SetSourcePort(header.GetSourcePort());
    copy.SetDestinationPort(header.GetDestinationPort());
    copy.SetSequenceNumber(header.GetSequenceNumber());
    copy.SetAckNumber(header.GetAckNumber());
    copy.SetFlags(header.GetFlags());
    copy.SetWindowSize(header.GetWindowSize());
    return copy;
}

} // namespace

void
TcpOptionLayout::Align(TcpHeader& header)
{
    const auto& options = header.GetOptionList();
    if (options.empty() || (header.GetFlags() & TcpHeader::SYN) ||
        options.front()->GetKind() == TcpOption::NOP)
    {
        return;
    }
    static const Ptr<TcpOptionNOP> nop = CreateObject<TcpOptionNOP>();
    TcpHeader padded = WithoutOptions(header);
    for (const auto& option : options)
    {
        if (option->GetKind() == TcpOption::TS || option->GetKind() == TcpOption::SACK)
        {
            padded.AppendOption(nop);
            padded.AppendOption(nop);
        }
        padded.AppendOption(option);
    }
    if (padded.GetSerializedSize() == header.GetSerializedSize())
    {
        header = padded; // elsewhere Linux's segments are longer than ns-3's
    }
}

TcpHeader
TcpOptionLayout::WithoutSack(const TcpHeader& header)
{
    TcpHeader copy = WithoutOptions(header);
    for (const auto& option : header.GetOptionList())
    {
        if (option->GetKind() != TcpOption::SACK)
        {
            copy.AppendOption(option);
        }
    }
    return copy;
}

} // namespace ns3
