/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_BLACKHOLE_WATCH_H
#define TCP_BLACKHOLE_WATCH_H

#include <cstdint>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * What one client's connection tells of black holes: middleboxes that swallow what follows
 * a SYN with data. It knows neither node nor socket; what the node is to learn goes out as
 * return values. A connection that was not fast-opened tells nothing.
 */
class TcpBlackholeWatch
{
  public:
    /**
     * Begin to watch a connection.
     *
     * @param fastOpen whether it is fast-opened
     * @param suspected whether a black hole was met before, and no data has come since
     */
    void Begin(bool fastOpen, bool suspected);

    /**
     * A segment with data has come, in order or not.
     *
     * @return whether a black hole was suspected, and there is none
     */
    bool NoteData();

    /**
     * A FIN has come before what precedes it.
     */
    void NoteEarlyFin();

    /**
     * A RST has come to the open connection that lies in the window, but not at the number
     * that is expected (Linux: tcp_validate_incoming).
     *
     * @return whether it hints at a black hole: no data has come
     */
    bool IsResetSuspect() const;

    /**
     * The connection has ended (Linux: tcp_fastopen_active_disable_ofo_check).
     *
     * @return whether that hints at a black hole: no data has come, only a FIN behind some;
     *         once for a connection
     */
    bool NoteEnd();

    /**
     * Judge a timeout (Linux: tcp_fastopen_active_detect_blackhole).
     *
     * @param earlier how many timeouts in a row came before
     * @param last whether this is the last one, after which the connection fails
     * @return whether it hints at a black hole
     */
    bool IsTimeoutSuspect(uint32_t earlier, bool last) const;

  private:
    /// What has come from the peer behind its SYN.
    enum class Seen
    {
        NOTHING,   //!< nothing that matters
        EARLY_FIN, //!< a FIN, but not what precedes it
        DATA,      //!< data, or the connection is over: no end of it hints at anything
    };

    bool m_fastOpen{false};     //!< the connection is fast-opened
    bool m_suspected{false};    //!< data ends the suspicion of a black hole
    Seen m_seen{Seen::NOTHING}; //!< what has come
};

} // namespace ns3

#endif // TCP_BLACKHOLE_WATCH_H
