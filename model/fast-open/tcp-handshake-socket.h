/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_HANDSHAKE_SOCKET_H
#define TCP_HANDSHAKE_SOCKET_H

#include "tcp-fast-open.h"
#include "tcp-handshake-offer.h"
#include "tcp-handshake-timer.h"

#include "ns3/tcp-linux-socket.h"

#include <optional>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * The handshake's segments, which client and server have in common: SYN and SYN-ACK are
 * written as Linux writes them, read, sent again, and given up. Where their answers tell no
 * RTT, the one that earlier connections have left serves (Linux: tcp_metrics).
 *
 * One of the layers of TcpFastOpenSocket, and not to be made alone: TcpPassiveOpenSocket
 * and TcpActiveOpenSocket above it know what the segments mean.
 */
class TcpHandshakeSocket : public TcpLinuxSocket
{
  public:
    TcpHandshakeSocket() = default;

    /**
     * Copy a socket: its settings, not its connection.
     *
     * @param socket the socket
     */
    TcpHandshakeSocket(const TcpHandshakeSocket& socket);

  protected:
    /// What is being opened.
    enum class Opening
    {
        NONE,         //!< nothing: the connection is open, or there is none
        DEFERRED,     //!< a client whose SYN waits for the first Send()
        CLIENT,       //!< a client that has sent its SYN
        SIMULTANEOUS, //!< a client whose SYN has crossed the peer's (RFC 9293, section 3.5)
        CHILD,        //!< a listener's child that waits for the client's ACK
        EARLY_CHILD,  //!< a child that was accepted by its SYN, and waits for that ACK
    };

    // Hooks of the layers below
    void ProcessOpen(Ptr<Packet> packet,
                     const TcpSegmentView& segment,
                     const Address& fromAddress,
                     const Address& toAddress) override;
    void Forget() override;

    // The segments

    /**
     * Take over what a SYN or SYN-ACK says: window, MSS, window scale, SACK,
     * timestamps; and set the initial window.
     *
     * @param header the SYN or SYN-ACK
     * @return what its options say
     */
    TcpHandshakeOffer Negotiate(const TcpHeader& header);

    /**
     * @return what our SYN or SYN-ACK says, but for Fast Open
     */
    TcpHandshakeOffer MakeOffer() const;

    /**
     * Send the first SYN or SYN-ACK and start its timer.
     */
    void StartHandshake();

    /**
     * Write and send a SYN or SYN-ACK. Only the first one carries the Fast Open
     * option and data.
     *
     * @param first whether it is the first one
     */
    void SendHandshake(bool first);

    /**
     * Choose what the first SYN or SYN-ACK shows of Fast Open.
     *
     * @return the option, where it has one
     */
    virtual std::optional<TcpHandshakeOffer::FastOpen> GetFastOpenOption() const = 0;

    /**
     * The options have left no room for that one.
     */
    virtual void OnNoRoom() = 0;

    /**
     * Take data for the first SYN.
     *
     * @return the SYN's payload
     */
    virtual Ptr<Packet> LoadSyn() = 0;

    /**
     * Take the data, and the FIN, of a SYN or SYN-ACK.
     *
     * @param packet the data
     * @param header the SYN or SYN-ACK
     */
    void TakeSynData(Ptr<Packet> packet, const TcpHeader& header);

    /**
     * @param header a SYN's or SYN-ACK's header
     * @return a header for the data and the FIN behind the SYN
     */
    static TcpHeader WithoutSyn(const TcpHeader& header);

    /**
     * @param header a segment's header
     * @return its flags without those that do not matter to the handshake
     */
    static uint8_t GetStateFlags(const TcpHeader& header);

    // The timer

    /**
     * Start the timer for the next retransmission, each time twice as long.
     */
    void BackOff();

    /**
     * (Re)start the timer of the SYN or SYN-ACK.
     */
    void StartHandshakeTimer();

    /**
     * @return whether nobody waits for the connection any more
     */
    virtual bool IsAbandoned() const = 0;

    /**
     * The SYN or SYN-ACK timed out, and will be sent again or given up.
     *
     * @param last whether it is given up
     */
    virtual void OnHandshakeTimeout(bool last) = 0;

    /**
     * The connection could not be opened: close and tell the application.
     *
     * @param error why
     */
    void FailToOpen(ConnectionError error);

    /**
     * The opening has failed, or is aborted: let go of what depends on it.
     */
    virtual void LeaveOpening() = 0;

    // When the handshake is complete

    /**
     * Settle the SYN or SYN-ACK with an acknowledgement.
     *
     * @param ack the acknowledgement number, already found acceptable
     */
    virtual void SettleSyn(SequenceNumber32 ack);

    /**
     * Take the RTT sample of an acknowledgement of our SYN or SYN-ACK. Where that was sent
     * again only the timestamp that is echoed tells which one is acknowledged (RFC 6298,
     * section 3), whether with Fast Open or without (Linux: tcp_ack_update_rtt).
     *
     * @param header the acknowledgement
     */
    void TakeHandshakeRtt(const TcpHeader& header);

    /**
     * Set the RTO where the handshake has given no RTT sample.
     */
    void HeedMissingRtt();

    /**
     * Start with a window of one segment, as segments of the handshake were lost.
     */
    void ReduceWindow();

    /**
     * @param header an acknowledgement of our SYN or SYN-ACK
     * @return whether the window has to be one segment: the handshake was lossy, and the
     *         timestamp that is echoed does not prove that nothing was lost (Linux:
     *         tcp_try_undo_spurious_syn; to a child that was accepted by its SYN
     *         tcp_try_undo_loss)
     */
    bool IsWindowReduced(const TcpHeader& header) const;

    /**
     * Send the FIN if the application has closed and all data has been sent:
     * the base puts it on a segment of data alone.
     */
    void CloseIfAllSent();

    /**
     * @return the node's Fast Open object, nullptr where it has none
     */
    const Ptr<TcpFastOpen>& GetFastOpen() const;

    /**
     * @return the settings of the handshake's timer
     */
    TcpHandshakeTimer::Rules GetTimerRules() const;

    // Settings
    bool m_reduceInitialCwnd{false}; //!< TcpFastOpenSocket's attribute ReduceInitialCwnd
    uint16_t m_mss{0};               //!< TcpFastOpenSocket's attribute Mss
    bool m_noCookie{false};          //!< TcpFastOpenSocket's attribute FastOpenNoCookie
    uint32_t m_synLinearTimeouts{0}; //!< TcpFastOpenSocket's attribute SynLinearTimeouts
    uint32_t m_synAckRetries{0};     //!< TcpFastOpenSocket's attribute SynAckRetries
    Time m_synAnswerInterval;        //!< TcpFastOpenSocket's attribute SynAnswerInterval

    // The handshake of this connection
    Opening m_opening{Opening::NONE}; //!< what is being opened
    TcpHandshakeTimer m_handshake;    //!< when SYN or SYN-ACK are sent again
    uint8_t m_handshakeFlags{0};      //!< flags of our SYN or SYN-ACK
    SequenceNumber32 m_iss{0};        //!< our initial sequence number
    SequenceNumber32 m_irs{0};        //!< the peer's initial sequence number
    uint32_t m_synTimestamp{0};       //!< timestamp of our first SYN or SYN-ACK

  private:
    /**
     * @param header a segment
     * @return the timestamp of ours that it echoes, where it does
     */
    std::optional<uint32_t> GetEcho(const TcpHeader& header) const;

    /**
     * The SYN or SYN-ACK timed out: send it again, or give up.
     */
    void HandshakeTimeout();

    /**
     * @return the MSS to announce: the interface's MTU less the IP and TCP
     *         headers, or the attribute if that is less
     */
    uint16_t GetMss() const;

    uint32_t m_timeoutTimestamp{0};           //!< timestamp when the timer expired first
    mutable Ptr<TcpFastOpen> m_nodesFastOpen; //!< the node's, once it was looked up
};

} // namespace ns3

#endif // TCP_HANDSHAKE_SOCKET_H
