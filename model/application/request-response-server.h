/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef REQUEST_RESPONSE_SERVER_H
#define REQUEST_RESPONSE_SERVER_H

#include "ns3/address.h"
#include "ns3/application.h"
#include "ns3/ptr.h"
#include "ns3/socket.h"
#include "ns3/traced-callback.h"
#include "ns3/type-id.h"

#include <map>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * A server that answers requests: when a connection's whole request has
 * arrived, it writes the response and closes. It serves any number of
 * connections at a time.
 */
class RequestResponseServer : public Application
{
  public:
    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

  protected:
    void DoDispose() override;

  private:
    void StartApplication() override;
    void StopApplication() override;

    /// What a connection still has to do.
    struct Connection
    {
        uint32_t toReceive; //!< bytes of the request that are missing
        uint32_t toSend;    //!< bytes of the response that are not yet written
    };

    /**
     * A connection was accepted.
     *
     * @param socket the connection
     * @param from the client's address and port
     */
    void Accept(Ptr<Socket> socket, const Address& from);

    /**
     * Data can be read.
     *
     * @param socket the connection
     */
    void Receive(Ptr<Socket> socket);

    /**
     * Write as much of the response as the send buffer takes.
     *
     * @param socket the connection
     * @param available the room in the send buffer, in bytes
     */
    void Send(Ptr<Socket> socket, uint32_t available);

    /**
     * Close a connection whose response is written.
     *
     * @param socket the connection
     */
    void Close(Ptr<Socket> socket);

    /**
     * Forget a connection.
     *
     * @param socket the connection
     */
    void Forget(Ptr<Socket> socket);

    TypeId m_protocol;                               //!< the socket factory's type
    Address m_local;                                 //!< where to listen
    uint32_t m_requestSize;                          //!< bytes of a request
    uint32_t m_responseSize;                         //!< bytes of a response
    Ptr<Socket> m_listener;                          //!< the listening socket
    std::map<Ptr<Socket>, Connection> m_connections; //!< the open connections

    TracedCallback<Ptr<Socket>> m_socketCreated; //!< the listener, before it listens
};

} // namespace ns3

#endif // REQUEST_RESPONSE_SERVER_H
