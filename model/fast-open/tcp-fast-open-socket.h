/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_FAST_OPEN_SOCKET_H
#define TCP_FAST_OPEN_SOCKET_H

#include "ns3/ns3-compat.h"
#include "tcp-fast-open-cookie.h"
#include "tcp-fast-open-queue.h"
#include "tcp-fast-open.h"
#include "ns3/tcp-linux-socket.h"

#include <optional>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * A TCP socket with Fast Open (RFC 7413), as Linux has it.
 *
 * The socket owns the states LISTEN, SYN-SENT and SYN-RCVD, and writes SYN and
 * SYN-ACK as Linux does: with the options MSS, SACK-permitted and timestamps,
 * window scale and Fast Open, in this order. Everything after the handshake is
 * TcpSocketBase's, with what TcpLinuxSocket adds to it when asked to.
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
class TcpFastOpenSocket : public compat::WithTypeId<TcpFastOpenSocket, TcpLinuxSocket>
{
  public:
    /// Flag of SendTo(): connect with Fast Open and send, with Linux's value.
    static constexpr uint32_t MSG_FASTOPEN = 0x20000000;

    /// Flag of Send(): let this data follow the handshake, where it would ride in
    /// the SYN otherwise. No flag of Linux, which has the choice per socket alone.
    static constexpr uint32_t MSG_AFTER_HANDSHAKE = 0x10000000;

    /// How opening or using the connection failed.
    enum ConnectionError
    {
        NO_ERROR,    //!< it did not fail
        IN_PROGRESS, //!< SendTo() asked for a cookie and took no data (EINPROGRESS)
        REFUSED,     //!< the SYN was answered by RST (ECONNREFUSED)
        TIMED_OUT,   //!< all retransmissions went unanswered (ETIMEDOUT)
        RESET,       //!< the connection was reset by the peer (ECONNRESET)
    };

    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    TcpFastOpenSocket();

    /**
     * Copy a socket: its settings, not its connection, nor its queue.
     *
     * @param socket the socket
     */
    TcpFastOpenSocket(const TcpFastOpenSocket& socket);

    /**
     * @return how the connection failed, if it did
     */
    ConnectionError GetConnectionError() const;

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

    using Socket::Send;

    /**
     * Send data.
     *
     * @param packet the data
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
     * taken: the call returns -1, and GetConnectionError() is IN_PROGRESS.
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
    int Listen() override;
    int Close() override;

  protected:
    void DoForwardUp(Ptr<Packet> packet,
                     const Address& fromAddress,
                     const Address& toAddress) override;
    Ptr<TcpSocketBase> Fork() override;
    void CompleteFork(Ptr<Packet> packet,
                      const TcpHeader& header,
                      const Address& fromAddress,
                      const Address& toAddress) override;
    void SendEmptyPacket(uint8_t flags) override;
    uint32_t SendDataPacket(SequenceNumber32 seq, uint32_t maxSize, bool withAck) override;
    void ReceivedData(Ptr<Packet> packet, const TcpHeader& header) override;
    void ReTxTimeout() override;

  private:
    /**
     * Judge a segment that arrives when the handshake is complete (RFC 9293,
     * section 3.10.7.4, with RFC 5961's checks): the base takes a reset with any
     * number, data without ACK, and the options of any SYN.
     *
     * @param packet the segment, with its header
     * @param answer set where one that is not acceptable is to be answered by an ACK
     * @return whether it is acceptable
     */
    bool IsAcceptable(Ptr<const Packet> packet, bool& answer);

    // Opening, the client's side

    /**
     * Send the SYN, or put it off until there is data (FastOpenConnect).
     *
     * @param flags SYN, with the flags of ECN where they are wanted
     * @param plain whether to open the plain way in any case
     */
    void Open(uint8_t flags, bool plain);

    /**
     * Choose what the SYN is to carry: sets the option, the limit of the data, or
     * that the SYN is put off.
     */
    void ChooseOpening();

    /**
     * How much data a SYN to a server may carry.
     *
     * @param mss the server's MSS in bytes, 0 where it is unknown
     * @return the number of bytes (RFC 7413, section 4.2.1)
     */
    uint32_t GetSynDataLimit(uint16_t mss) const;

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

    /**
     * Data has come: where a black hole was suspected, there is none.
     */
    void NoteDataArrived();

    /**
     * Process a segment after we have closed; keep the RTT when the connection ends.
     *
     * @param packet the segment
     * @param fromAddress the peer
     * @param toAddress ourselves
     */
    void ProcessEnding(Ptr<Packet> packet, const Address& fromAddress, const Address& toAddress);

    /**
     * Tell the application of the data, and of the FIN, that the SYN-ACK carried.
     */
    void ReportSynData();

    /**
     * Answer a SYN that crosses ours (simultaneous open, RFC 9293, 3.5).
     *
     * @param header the peer's SYN
     */
    void ProcessCrossingSyn(const TcpHeader& header);

    /**
     * Tell the application that it is connected, when this event is over.
     */
    void ReportOpen();

    /**
     * Keep what a SYN-ACK tells of the server: the cookie if it was asked for, the
     * MSS, and that it has ignored our request.
     *
     * @param header the SYN-ACK
     */
    void LearnOfServer(const TcpHeader& header);

    /**
     * A timeout has struck: think of a black hole (Linux:
     * tcp_fastopen_active_detect_blackhole).
     *
     * @param earlier how many timeouts in a row came before
     * @param last whether this is the last one, after which the connection fails
     */
    void SuspectTimeout(uint32_t earlier, bool last);

    /**
     * Our SYN's data has failed: tell the node, once for a connection.
     */
    void NoteSynDataFailure();

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

    /**
     * Settle the SYN and its data with an acknowledgement; data that is not
     * acknowledged is marked as lost.
     *
     * @param ack the acknowledgement number, already found acceptable
     */
    void SettleSyn(SequenceNumber32 ack);

    /**
     * Send what is to follow the handshake: the SYN's data again where it was
     * not acknowledged, then more data, and FIN if the application has closed.
     *
     * @param mustAck whether a segment has to leave in any case
     * @return whether data that is new has carried the ACK
     */
    bool SendAfterHandshake(bool mustAck);

    /**
     * Send the FIN if the application has closed and all data has been sent:
     * the base puts it on a segment of data alone.
     */
    void CloseIfAllSent();

    // Opening, the server's side

    /**
     * Process a segment in LISTEN.
     *
     * @param packet the payload
     * @param header the header
     * @param fromAddress the client's address and port
     * @param toAddress our address and port
     */
    void ProcessInListen(Ptr<Packet> packet,
                         const TcpHeader& header,
                         const Address& fromAddress,
                         const Address& toAddress);

    /**
     * Decide on a SYN's Fast Open option and data (RFC 7413, section 4.2.2),
     * in Linux's order: enabled, queue below its limit, cookie. Sets the cookie
     * to grant.
     *
     * @param header the SYN
     * @param size the number of bytes of data in it
     * @return whether to accept the connection with its data now
     */
    bool JudgeSyn(const TcpHeader& header, uint32_t size);

    /**
     * Receive a segment before the handshake is complete. The base answers a SYN
     * that comes again by an ACK; it is ours to answer.
     *
     * @tparam Header Ipv4Header or Ipv6Header
     * @tparam Interface Ptr<Ipv4Interface> or Ptr<Ipv6Interface>
     * @param packet the segment
     * @param header the IP header
     * @param port the sender's port
     * @param interface where it has come in
     */
    template <class Header, class Interface>
    void ReceiveEarly(Ptr<Packet> packet, Header header, uint16_t port, Interface interface);

    /**
     * Take the data, and the FIN, of an accepted SYN.
     *
     * @param packet the data
     * @param header the SYN
     */
    void TakeSynData(Ptr<Packet> packet, const TcpHeader& header);

    /**
     * Process a segment in SYN-RCVD, or in FIN-WAIT-1 before the handshake is
     * complete.
     *
     * @param packet the payload
     * @param header the header
     * @param fromAddress the peer's address and port
     * @param toAddress our address and port
     */
    void ProcessInSynRcvd(Ptr<Packet> packet,
                          const TcpHeader& header,
                          const Address& fromAddress,
                          const Address& toAddress);

    // Both sides

    /**
     * Take over what a SYN or SYN-ACK says: window, MSS, window scale, SACK,
     * timestamps; and set the initial window.
     *
     * @param header the SYN or SYN-ACK
     */
    void Negotiate(const TcpHeader& header);

    /**
     * Write and send a SYN or SYN-ACK. Only the first one carries the Fast Open
     * option and data.
     *
     * @param first whether it is the first one
     */
    void SendHandshake(bool first);

    /**
     * Take data for the SYN from the send buffer or from SendTo().
     *
     * @return the SYN's payload
     */
    Ptr<Packet> LoadSyn();

    /**
     * Send the first SYN or SYN-ACK and start its timer.
     */
    void StartHandshake();

    /**
     * The SYN or SYN-ACK timed out: send it again, or give up.
     */
    void HandshakeTimeout();

    /**
     * Start the timer for the next retransmission, each time twice as long.
     */
    void BackOff();

    /**
     * (Re)start the timer of the SYN or SYN-ACK.
     */
    void StartHandshakeTimer();

    /**
     * The connection could not be opened: close and tell the application.
     *
     * @param error why
     */
    void FailToOpen(ConnectionError error);

    /**
     * The handshake of a connection accepted by its SYN is over.
     *
     * @param reset whether the client has reset it: then it still counts for a
     *        while, against floods of SYNs with forged addresses (RFC 7413,
     *        section 5.1)
     */
    void LeaveQueue(bool reset = false);

    /**
     * Answer an unacceptable segment by a reset (RFC 9293, section 3.5.2).
     *
     * @param segment the segment
     * @param fromAddress its sender's address and port
     * @param toAddress our address and port
     */
    void SendResetFor(const TcpHeader& segment,
                      const Address& fromAddress,
                      const Address& toAddress);

    /**
     * Be careful where segments of the handshake were lost: with the RTO when
     * there is no RTT sample, and with the initial window.
     */
    void HeedHandshakeLoss();

    /**
     * After the handshake: start the timer of what is outstanding, and window
     * probes when the peer's window is shut.
     */
    void StartTimers();

    /**
     * @return the MSS to announce: the interface's MTU less the IP and TCP
     *         headers, or the attribute if that is less
     */
    uint16_t GetMss() const;

    /**
     * @return our IP address, where there is an endpoint
     */
    Address GetLocalIp() const;

    /**
     * @return the peer's IP address, where there is an endpoint
     */
    Address GetPeerIp() const;

    /**
     * @return the peer's port
     */
    uint16_t GetPeerPort() const;

    /**
     * @return the node's Fast Open object, nullptr where it has none
     */
    const Ptr<TcpFastOpen>& GetFastOpen() const;

    /**
     * @return whether this node and this listener serve Fast Open
     */
    bool IsServing() const;

    /**
     * @param length how many connections may be pending
     */
    void SetQueueLength(uint32_t length);

    /**
     * @return how many connections may be pending
     */
    uint32_t GetQueueLength() const;

    // Settings
    bool m_fastOpenConnect{true};             //!< attribute FastOpenConnect
    bool m_reduceInitialCwnd{false};          //!< attribute ReduceInitialCwnd
    uint16_t m_mss{0};                        //!< attribute Mss
    bool m_noCookie{false};                   //!< attribute FastOpenNoCookie
    Ptr<TcpFastOpenKeys> m_keys;              //!< attribute FastOpenKeys
    Ptr<TcpFastOpenQueue> m_queue;            //!< pending connections, ours or our listener's
    mutable Ptr<TcpFastOpen> m_nodesFastOpen; //!< the node's, once it was looked up

    // The handshake of this connection
    SequenceNumber32 m_iss{0};                 //!< our initial sequence number
    SequenceNumber32 m_irs{0};                 //!< the peer's initial sequence number
    uint8_t m_handshakeFlags{0};               //!< flags of our SYN or SYN-ACK
    std::optional<TcpFastOpenCookie> m_option; //!< Fast Open option to send with it
    bool m_experimental{false};                //!< its form
    bool m_fastOpen{false};                    //!< our SYN has the option, or may carry data
    bool m_probesPath{false};                  //!< data ends the suspicion of a black hole
    bool m_passive{false};                     //!< we are a listener's child
    bool m_synDeferred{false};                 //!< the SYN waits for the first Send()
    bool m_failureNoted{false};                //!< the node knows that our SYN's data failed
    uint32_t m_connects{0};                    //!< how often Connect() was called
    bool m_reportedOpen{false};                //!< the application takes us for connected
    uint32_t m_synRetransmissions{0};          //!< how often our SYN or SYN-ACK was sent again
    uint32_t m_synsUsed{0};                    //!< how many of ConnCount are used up
    uint32_t m_synTimestamp{0};                //!< timestamp of our first SYN or SYN-ACK
    Time m_handshakeRto;                       //!< timeout of our SYN or SYN-ACK
    bool m_pending{false};                     //!< accepted by cookie, handshake not complete
    uint32_t m_synDataLimit{0};                //!< data that the SYN may carry, in bytes
    uint32_t m_synDataSize{0};                 //!< data that our SYN carried, in bytes
    uint32_t m_synDataAcked{0};                //!< what the SYN-ACK acknowledged of it
    uint16_t m_peerMss{0};                     //!< the peer's MSS option, 0 without one
    Ptr<Packet> m_sendToData;                  //!< what SendTo(MSG_FASTOPEN) offers to the SYN
    bool m_tornDown{false};                    //!< there is no connection left to close
    ConnectionError m_error{NO_ERROR};         //!< how the connection failed
};

} // namespace ns3

#endif // TCP_FAST_OPEN_SOCKET_H
