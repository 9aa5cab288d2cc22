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
 * What a connection in TIME-WAIT does with a segment (RFC 9293, section 3.10.7.4, with
 * RFC 5961's checks). TcpSocketBase stays silent, and a peer whose FIN was not acknowledged
 * sends it until it gives up.
 */
class TcpTimeWait
{
  public:
    /// What is to be done.
    enum class Answer
    {
        NONE,    //!< nothing
        ACK,     //!< acknowledge all that was received
        RESTART, //!< that, and wait anew
        END,     //!< forget the connection
    };

    /**
     * @param segment the segment
     * @param next the number behind the peer's FIN
     * @return what is to be done
     */
    static Answer Judge(const TcpSegmentView& segment, SequenceNumber32 next);
};

} // namespace ns3

#endif // TCP_TIME_WAIT_H
