/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_REUSABLE_SOCKET_H
#define TCP_REUSABLE_SOCKET_H

#include "tcp-end-point.h"

#include "ns3/tcp-socket-base.h"

#include <optional>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * The life of TcpSoundSocket's connections: how one begins and ends, and what is left of it
 * for the next one.
 *
 * - A socket that is connected anew, or listens, has none of the data, timers and counts of
 *   its last connection, and the settings that it had before it came to terms with a peer.
 *   TcpSocketBase switches off for good what one peer does not know.
 * - A listener's children are not closed because it is.
 * - It can be asked how a connection has failed.
 */
class TcpReusableSocket : public TcpSocketBase
{
  public:
    /**
     * How opening or using the connection failed. ns3::Socket has no numbers for it;
     * GetConnectionError() tells it, as SO_ERROR does on Linux, but as often as it is
     * asked, and until the socket is connected anew. An abort of our own is none.
     */
    enum ConnectionError
    {
        NO_ERROR,    //!< it did not fail
        IN_PROGRESS, //!< SendTo() asked for a cookie and took no data (EINPROGRESS)
        REFUSED,     //!< the SYN was answered by RST (ECONNREFUSED)
        TIMED_OUT,   //!< all retransmissions went unanswered (ETIMEDOUT)
        RESET,       //!< the connection was reset by the peer (ECONNRESET)
    };

    TcpReusableSocket();

    /**
     * Copy a socket: its settings, not its connection.
     *
     * @param socket the socket
     */
    TcpReusableSocket(const TcpReusableSocket& socket);
    ~TcpReusableSocket() override;

    /**
     * @return how the connection failed, if it did
     */
    ConnectionError GetConnectionError() const;

    int Listen() override;

  protected:
    /// What the application was told of the connection.
    enum class Told
    {
        NOTHING, //!< nothing yet
        OPEN,    //!< that it is open
        END,     //!< that it has ended, other than by FINs: there is nothing left to close
    };

    /// How an end is reported.
    enum class Report
    {
        CLOSE,   //!< as a close: ns-3's way where the peer has reset the connection
        ERROR,   //!< as a close on an error
        FAILURE, //!< as a failure to open
        NONE,    //!< not at all: nobody knows of the connection
    };

    /**
     * The connection has ended other than by FINs: leave it, and tell the application, which
     * may use the socket anew.
     *
     * @param error why
     * @param report how to tell
     */
    void End(ConnectionError error, Report report);

    /**
     * The connection has ended so: note it before its state shows it.
     *
     * @param error why
     */
    virtual void NoteEnd(ConnectionError error);

    /**
     * Forget the last connection: the socket is to be used anew. What a class keeps of
     * a connection it forgets here.
     */
    virtual void Forget();

    /**
     * Keep the settings that coming to terms with a peer may change; once for a connection.
     */
    void KeepSettings();

    /**
     * Give the socket its own settings back: SACK, timestamps, window scaling, the size of
     * segments and the time of window probes.
     */
    void RestoreSettings();

    /**
     * Drop what the application has written and nobody will get.
     */
    void ClearSendBuffer();

    // What is known of the connection

    /**
     * @return whether there is an end point; not, once the connection is torn down
     */
    bool HasEndPoint() const;

    /**
     * @return the end point; there must be one
     */
    TcpEndPoint GetEndPoint() const;

    /**
     * @return whether a FIN of ours was sent and is not yet acknowledged
     */
    bool IsFinOutstanding() const;

    /**
     * @return whether a FIN of ours was sent, acknowledged or not; not in TIME-WAIT
     */
    bool HasSentFin() const;

    /**
     * @return how long the connection of an application that has closed stays in FIN-WAIT-2,
     *         0: for ever
     */
    virtual Time GetFinWait2Timeout() const
    {
        return Time(0);
    }

    /// The application has closed: nobody waits for the connection any more.
    void NoteClose();

    Told m_told{Told::NOTHING};        //!< what the application was told
    ConnectionError m_error{NO_ERROR}; //!< how the connection failed
    bool m_orphaned{false};            //!< whether the application has closed

  private:
    /// What a connection changes of the socket's settings.
    struct Settings
    {
        bool sack;            //!< attribute Sack
        bool timestamps;      //!< attribute Timestamp
        bool windowScaling;   //!< attribute WindowScaling
        uint32_t segmentSize; //!< attribute SegmentSize, in bytes
        Time persistTimeout;  //!< attribute PersistTimeout
    };

    /**
     * The state changes.
     *
     * @param from the old one
     * @param to the new one
     */
    void NoteState(TcpStates_t from, TcpStates_t to);

    /// Start the timer of FIN-WAIT-2, if there is one.
    void StartFinWait2Timer();

    /// FIN-WAIT-2 has taken too long: forget the connection.
    void FinWait2Timeout();

    /// Forget what was learned of the last peer and of its path.
    void ForgetPeer();

    bool m_used{false};                 //!< whether a connection has left something
    std::optional<Settings> m_settings; //!< the socket's own, while it has a peer's
    EventId m_finWait2Event;            //!< the timer of FIN-WAIT-2
};

} // namespace ns3

#endif // TCP_REUSABLE_SOCKET_H
