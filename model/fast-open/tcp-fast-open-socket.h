/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_FAST_OPEN_SOCKET_H
#define TCP_FAST_OPEN_SOCKET_H

#include "tcp-active-open-socket.h"

#include "ns3/ns3-compat.h"

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * A TCP socket with Fast Open (RFC 7413), as Linux has it.
 *
 * This class has what applications call and set. The layers below it, each of which
 * has a job of its own:
 *
 * | class                | its job                                                    |
 * |----------------------|------------------------------------------------------------|
 * | TcpActiveOpenSocket  | opens as a client: SYN-SENT                                |
 * | TcpWatchedSocket     | watches a client's connection for black holes              |
 * | TcpPassiveOpenSocket | opens as a server: LISTEN                                  |
 * | TcpSynRcvdSocket     | completes the handshake: SYN-RCVD                          |
 * | TcpHandshakeSocket   | writes and reads SYN and SYN-ACK as Linux does             |
 * | TcpLinuxSocket       | Linux's clocks and habits after that, by attributes        |
 * | TcpSoundSocket       | what RFC 9293 asks of any open connection, always          |
 * | TcpSocketBase        | ns-3's TCP                                                 |
 *
 * ### Client
 *
 * A socket uses Fast Open when its node has the switch's bit CLIENT and the
 * socket asks for it, in one of two ways:
 *
 * - Attribute FastOpenConnect, set by default: Linux's TCP_FASTOPEN_CONNECT.
 *   With a cookie for the server in the cache, Connect() reports success at
 *   once, and the first Send() makes the SYN that carries the cookie and the
 *   data. Without a cookie, Connect() sends a SYN that asks for one. An
 *   application that waits for the server to speak first must turn this off,
 *   as on Linux: nothing is sent before the first Send().
 * - SendTo() with the flag MSG_FASTOPEN on a fresh socket: connect and send in
 *   one call.
 *
 * The data of a SYN may reach the server's application twice, when a duplicate
 * of the SYN comes after the connection is over (RFC 7413, section 2.1). What
 * must not be done twice is to be written by Send() with the flag
 * MSG_AFTER_HANDSHAKE, or over a socket with FastOpenConnect off.
 *
 * When the SYN-ACK does not acknowledge the SYN's data, the socket sends it
 * again at once; when the SYN times out, it is sent again without data and
 * option (RFC 7413, section 4.2.1). The application sees none of this.
 *
 * ### Server
 *
 * A listener serves Fast Open when its node has the bit SERVER and its
 * attribute FastOpenQueueLength (Linux's TCP_FASTOPEN) is not 0. A SYN with a
 * valid cookie makes a child in SYN-RCVD at once: the accept callback is
 * called, the data is readable, and what the application sends leaves before
 * the client's ACK has come (RFC 7413, section 4.2.2).
 *
 * ns-3 has no queue of connections that wait to be accepted: a child is accepted
 * as soon as its SYN has been processed. A child whose SYN arrived in the moment
 * in which the listener was closed is reset.
 *
 * ### Errors
 *
 * ns3::Socket has no numbers for the ways in which opening can fail;
 * GetConnectionError() tells them apart, as SO_ERROR does on Linux. The failure
 * itself is reported as ns-3 does: by the callback of a failed connection, or,
 * where the application was told already that it is connected, by the one for
 * closing on an error.
 */
class TcpFastOpenSocket : public compat::WithTypeId<TcpFastOpenSocket, TcpActiveOpenSocket>
{
  public:
    /// Flag of SendTo(): connect with Fast Open and send, with Linux's value.
    static constexpr uint32_t MSG_FASTOPEN = 0x20000000;

    /// Flag of Send(): let this data follow the handshake, where it would ride in
    /// the SYN otherwise. No flag of Linux, which has the choice per socket alone.
    static constexpr uint32_t MSG_AFTER_HANDSHAKE = 0x10000000;

    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Connect to a server.
     *
     * @param address the server's address and port
     * @return 0, or -1 on an error: ERROR_AGAIN while the connection is being opened,
     *         ERROR_ISCONN where it is open, or where the SYN was put off (FastOpenConnect);
     *         then nothing is sent (RFC 9293, section 3.10.1)
     */
    int Connect(const Address& address) override;

    using Socket::Send;

    /**
     * Send data. Where Connect() has put the SYN off (FastOpenConnect), the call sends it.
     *
     * @param packet the data; an empty one sends a SYN that was put off with the cookie alone
     * @param flags 0 or MSG_AFTER_HANDSHAKE
     * @return the number of bytes taken, or -1 on an error
     */
    int Send(Ptr<Packet> packet, uint32_t flags) override;

    /**
     * Send data; with the flag MSG_FASTOPEN connect and send in one call.
     *
     * Where Connect() has put the SYN off (FastOpenConnect), the call sends it.
     *
     * With a cookie for the server, the SYN takes as much of the packet as it
     * may carry; the rest is the caller's to send. Without one, or when the
     * SYN has no room, the connection is opened the plain way and no data is
     * taken: the call returns -1, and GetConnectionError() is IN_PROGRESS until the
     * connection is open.
     *
     * @param packet the data; an empty one opens with the cookie alone
     * @param flags 0 or MSG_FASTOPEN
     * @param address with MSG_FASTOPEN the server's address and port,
     *        otherwise of no meaning
     * @return the number of bytes taken, or -1 on an error: ERROR_OPNOTSUPP
     *         where the node's switch is off, ERROR_ISCONN where the socket is
     *         open already, and those of Connect()
     */
    int SendTo(Ptr<Packet> packet, uint32_t flags, const Address& address) override;
    int ShutdownSend() override;

  protected:
    // Hooks of the layers below
    void ProcessOpening(Ptr<Packet> packet,
                        const Address& fromAddress,
                        const Address& toAddress) override;
    Ptr<TcpSocketBase> Fork() override;
    int ProcessClose() override;

  private:
    /**
     * Send data in SYN-RCVD: an early reply (RFC 7413, section 4.2.2), or that of a client
     * whose SYN has crossed the peer's. The base takes data from ESTABLISHED on.
     *
     * @param packet the data
     * @return the number of bytes taken, or -1 on an error
     */
    int SendEarly(Ptr<Packet> packet);
};

} // namespace ns3

#endif // TCP_FAST_OPEN_SOCKET_H
