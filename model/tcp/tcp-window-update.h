/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_WINDOW_UPDATE_H
#define TCP_WINDOW_UPDATE_H

#include <cstdint>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * When an application's reading is told to the peer, which may wait for room in our window
 * (Linux: tcp_cleanup_rbuf; RFC 9293, section 3.8.6.2.2). TcpSocketBase never tells it.
 */
class TcpWindowUpdate
{
  public:
    /// The window, each in bytes.
    struct Room
    {
        uint32_t announced{0}; //!< what is left of the window that was announced last
        uint32_t free{0};      //!< what would be announced now
        uint32_t largest{0};   //!< the most that was announced
        uint32_t segment{0};   //!< a segment
    };

    /**
     * @param room the window
     * @return whether to tell of it: it was less than half of the largest, has at least
     *         doubled, and holds a segment and a sixteenth of the largest
     */
    static bool IsDue(const Room& room);
};

} // namespace ns3

#endif // TCP_WINDOW_UPDATE_H
