/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_SACK_CHECK_H
#define TCP_SACK_CHECK_H

#include "ns3/sequence-number.h"
#include "ns3/tcp-header.h"

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Tells which SACK blocks ns-3's scoreboard can take: it wants a segment under way, and
 * blocks of what is behind the first missing one, or of what was acknowledged before
 * (RFC 2883). It asserts against some others, and is led astray by the rest.
 */
class TcpSackCheck
{
  public:
    /**
     * @param header an ACK
     * @param head the first number that is not acknowledged
     * @param highest the number behind all that was sent
     * @return whether the scoreboard can take its SACK blocks; so it is without any
     */
    static bool IsSound(const TcpHeader& header, SequenceNumber32 head, SequenceNumber32 highest);
};

} // namespace ns3

#endif // TCP_SACK_CHECK_H
