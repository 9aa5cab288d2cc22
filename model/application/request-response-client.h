/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef REQUEST_RESPONSE_CLIENT_H
#define REQUEST_RESPONSE_CLIENT_H

#include "transfer-record.h"

#include "ns3/address.h"
#include "ns3/application.h"
#include "ns3/ptr.h"
#include "ns3/socket.h"
#include "ns3/tcp-socket.h"
#include "ns3/traced-callback.h"
#include "ns3/type-id.h"

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * A client that makes transfers, one after the other: it opens a connection,
 * sends a request, reads the response until the server closes, and closes. The
 * next transfer starts some time after the connection of the last is closed.
 *
 * A transfer that is not complete, or whose connection is not closed, some time
 * after it was opened is given up, as a user would: a client whose server has
 * given up waits for ever otherwise.
 *
 * Each transfer is reported by the trace source TransferEnded when its last
 * byte has arrived or it has failed.
 */
class RequestResponseClient : public Application
{
  public:
    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * TracedCallback signature: a transfer.
     *
     * @param [in] record what was measured
     */
    typedef void (*TransferCallback)(const TransferRecord& record);

  protected:
    void DoDispose() override;

  private:
    void StartApplication() override;
    void StopApplication() override;

    /// Open the next connection.
    void Open();

    /**
     * The connection is open: send the request.
     *
     * @param socket the connection
     */
    void Request(Ptr<Socket> socket);

    /**
     * Write as much of the request as the send buffer takes.
     *
     * @param socket the connection
     * @param available the room in the send buffer, in bytes
     */
    void Send(Ptr<Socket> socket, uint32_t available);

    /**
     * Data can be read.
     *
     * @param socket the connection
     */
    void Receive(Ptr<Socket> socket);

    /**
     * The server has closed, or the connection was reset.
     *
     * @param socket the connection
     */
    void PeerClosed(Ptr<Socket> socket);

    /**
     * The connection could not be opened, or was lost.
     *
     * @param socket the connection
     */
    void Fail(Ptr<Socket> socket);

    /**
     * Report the transfer, once.
     *
     * @param status how it ended
     */
    void End(TransferRecord::Status status);

    /**
     * The connection's state changed: when it is closed, go on.
     *
     * @param from the old state
     * @param to the new state
     */
    void StateChanged(TcpSocket::TcpStates_t from, TcpSocket::TcpStates_t to);

    /// The transfer takes too long: leave it and go on.
    void GiveUp();

    /// All transfers are over.
    void Finish();

    /**
     * @return why the connection failed, as far as the socket can tell
     */
    TransferRecord::Status GetFailure() const;

    TypeId m_protocol;       //!< the socket factory's type
    Address m_remote;        //!< the server
    uint32_t m_requestSize;  //!< bytes of a request
    uint32_t m_responseSize; //!< bytes of a response
    uint32_t m_transfers;    //!< how many transfers to make
    Time m_gap;              //!< time between a connection's end and the next
    Time m_timeout;          //!< longest time for a transfer

    Ptr<Socket> m_socket;    //!< the connection
    uint32_t m_toSend{0};    //!< bytes of the request that are not yet written
    bool m_ended{true};      //!< whether the transfer has been reported
    bool m_closed{true};     //!< whether the connection is closed
    TransferRecord m_record; //!< the current transfer
    EventId m_next;          //!< start of the next transfer
    EventId m_giveUp;        //!< end of the patience with this one

    TracedCallback<Ptr<Socket>> m_socketCreated;           //!< each socket, before it connects
    TracedCallback<const TransferRecord&> m_transferEnded; //!< each transfer's result
    TracedCallback<> m_finished;                           //!< all transfers are over
};

} // namespace ns3

#endif // REQUEST_RESPONSE_CLIENT_H
