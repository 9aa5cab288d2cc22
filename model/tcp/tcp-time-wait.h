/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_TIME_WAIT_H
#define TCP_TIME_WAIT_H

#include "tcp-segment-view.h"

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * What a connection in TIME-WAIT answers (RFC 9293, section 3.10.7.4). TcpSocketBase
 * stays silent, and a peer whose FIN was not acknowledged sends it until it gives up.
 */
class TcpTimeWait
{
  public:
    /// What a segment is answered by.
    enum class Answer
    {
        NONE, //!< nothing
        ACK,  //!< an ACK of all that was received
    };

    /**
     * @param segment the segment
     * @return the answer to it
     */
    static Answer Judge(const TcpSegmentView& segment);
};

} // namespace ns3

#endif // TCP_TIME_WAIT_H
