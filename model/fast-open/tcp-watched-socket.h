/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_WATCHED_SOCKET_H
#define TCP_WATCHED_SOCKET_H

#include "tcp-blackhole-watch.h"
#include "tcp-passive-open-socket.h"

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * A client's connection that is watched for black holes: middleboxes that swallow what
 * follows a SYN with data. What TcpBlackholeWatch makes of it is told to the node. One of
 * the layers of TcpFastOpenSocket, and not to be made alone.
 */
class TcpWatchedSocket : public TcpPassiveOpenSocket
{
  protected:
    TcpWatchedSocket() = default;

    /**
     * Copy a socket: its settings, not its connection.
     *
     * @param socket the socket
     */
    TcpWatchedSocket(const TcpWatchedSocket& socket);

    // Hooks of the layers below
    void OnJudged(const TcpSegmentView& segment, TcpSegmentJudge::Verdict verdict) override;
    void OnTimeout(uint32_t earlier, bool last) override;
    void OnAbort() override;
    void NoteEnd(ConnectionError error) override;
    void Forget() override;
    void ReceivedData(Ptr<Packet> packet, const TcpHeader& header) override;

    /**
     * Data has come, in order or not: where a black hole was suspected, there is none.
     */
    void NoteDataArrived();

    TcpBlackholeWatch m_watch; //!< what hints at a black hole

  private:
    /**
     * The connection is over: tell the node if that hints at a black hole.
     */
    void EndWatch();
};

} // namespace ns3

#endif // TCP_WATCHED_SOCKET_H
