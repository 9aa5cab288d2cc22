/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_ACTIVE_OPEN_SOCKET_H
#define TCP_ACTIVE_OPEN_SOCKET_H

#include "tcp-client-opening.h"
#include "tcp-watched-socket.h"

#include <optional>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * The client's side of opening a connection (RFC 9293's active OPEN): SYN-SENT.
 *
 * With a cookie for the server the SYN carries the cookie and data, and may wait for the
 * application's first write; without one it asks for a cookie. When the SYN-ACK does not
 * acknowledge the SYN's data, the socket sends it again at once; when the SYN times out,
 * it is sent again without data and option (RFC 7413, section 4.2.1). One of the layers of
 * TcpFastOpenSocket, and not to be made alone.
 */
class TcpActiveOpenSocket : public TcpWatchedSocket
{
  public:
    TcpActiveOpenSocket() = default;

    /**
     * Copy a socket: its settings, not its connection.
     *
     * @param socket the socket
     */
    TcpActiveOpenSocket(const TcpActiveOpenSocket& socket);

    /**
     * @return how many bytes of data the last SYN carried that this client sent
     *         with data
     */
    uint32_t GetSynDataSent() const;

    /**
     * @return how many bytes of the SYN's data the server acknowledged in its
     *         SYN-ACK
     */
    uint32_t GetSynDataAcked() const;

    /**
     * @return why the SYN of this client's last connection had no data that was taken, as far
     *         as is known by now; NONE where it has not connected
     */
    TcpClientOpening::Failure GetFastOpenFailure() const;

  protected:
    // Hooks of the layers below
    void OnConnect(uint8_t flags) override;
    std::optional<TcpHandshakeOffer::FastOpen> GetFastOpenOption() const override;
    void OnNoRoom() override;
    Ptr<Packet> LoadSyn() override;
    void OnHandshakeTimeout(bool last) override;
    void SettleSyn(SequenceNumber32 ack) override;
    void OnSimultaneousOpen() override;

    /**
     * Send the SYN, or put it off until there is data (FastOpenConnect).
     *
     * @param plain whether to open the plain way in any case
     */
    void Open(bool plain);

    /**
     * @return whether the SYN waits for the first Send()
     */
    bool IsDeferred() const;

    /**
     * Process a segment in SYN-SENT.
     *
     * @param packet the payload
     * @param header the header
     * @param fromAddress the server's address and port
     * @param toAddress our address and port
     */
    void ProcessInSynSent(Ptr<Packet> packet,
                          const TcpHeader& header,
                          const Address& fromAddress,
                          const Address& toAddress);

    bool m_fastOpenConnect{false}; //!< TcpFastOpenSocket's attribute FastOpenConnect
    TcpClientOpening m_client;     //!< what the SYN carries, and what became of it
    Ptr<Packet> m_sendToData;      //!< what SendTo(MSG_FASTOPEN) offers to the SYN

  private:
    /**
     * Choose what the SYN is to carry.
     *
     * @return whether it is to be put off
     */
    bool ChooseOpening();

    /**
     * @param header a SYN-ACK
     * @return whether it echoes one of our timestamps, or none
     */
    bool IsEchoOurs(const TcpHeader& header) const;

    /**
     * The SYN-ACK has come: the handshake is complete.
     *
     * @param packet its data
     * @param header the SYN-ACK
     */
    void ReceivedSynAck(Ptr<Packet> packet, const TcpHeader& header);

    /**
     * Answer a SYN that crosses ours (simultaneous open, RFC 9293, 3.5).
     *
     * @param header the peer's SYN
     */
    void ProcessSimultaneousSyn(const TcpHeader& header);

    /**
     * Keep what a SYN-ACK tells of the server: the cookie if it was asked for, the
     * MSS, and that it has ignored our request.
     *
     * @param offer the SYN-ACK's options
     */
    void LearnOfServer(const TcpHandshakeOffer& offer);

    /**
     * Tell the application that it is connected, when this event is over.
     */
    void ReportOpen();

    /**
     * Tell the application of the data, and of the FIN, that the SYN-ACK carried.
     */
    void ReportSynData();

    /**
     * Send what is to follow the handshake: the SYN's data again where it was
     * not acknowledged, then more data, and FIN if the application has closed.
     *
     * @param mustAck whether a segment has to leave in any case
     * @return whether data that is new has carried the ACK
     */
    bool SendAfterHandshake(bool mustAck);

    /**
     * Our SYN's data has failed: tell the node, once for a connection.
     */
    void NoteSynDataFailure();

    /**
     * We go on the plain way: tell the node why.
     */
    void TellFallback();

    /**
     * An ICMP error has come: note it where it answers a SYN with data.
     *
     * @tparam Ip Ipv4Address or Ipv6Address
     * @param source who sent it
     * @param ttl its time to live
     * @param type its type
     * @param code its code
     * @param info its further information
     */
    template <class Ip>
    void ReceiveIcmp(Ip source, uint8_t ttl, uint8_t type, uint8_t code, uint32_t info);

    uint32_t m_connects{0}; //!< how often Connect() was called
};

} // namespace ns3

#endif // TCP_ACTIVE_OPEN_SOCKET_H
