/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_OPTION_LAYOUT_H
#define TCP_OPTION_LAYOUT_H

#include "ns3/tcp-header.h"

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Rewrites the options of a header that is otherwise complete.
 */
class TcpOptionLayout
{
  public:
    /**
     * Pad timestamps and SACK blocks in front, as RFC 7323, appendix A, shows it and
     * Linux does it; TcpHeader pads behind all options. A header that would become longer,
     * one whose options are padded already and one of a SYN stay as they are.
     *
     * @param header the header
     */
    static void Align(TcpHeader& header);

    /**
     * @param header a header
     * @return the same without its SACK option
     */
    static TcpHeader WithoutSack(const TcpHeader& header);
};

} // namespace ns3

#endif // TCP_OPTION_LAYOUT_H
