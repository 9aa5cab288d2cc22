/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_LINUX_SOCKET_H
#define TCP_LINUX_SOCKET_H

#include "tcp-ack-policy.h"
#include "tcp-flight.h"
#include "tcp-long-lived-socket.h"
#include "tcp-recovery.h"
#include "tcp-timer-wheel.h"
#include "tcp-window-use.h"

#include <optional>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Linux's clocks and habits after the handshake, as far as they decide how long a short
 * transfer takes. Each is an attribute, off by default; without any the socket is a
 * TcpLongLivedSocket.
 *
 * - QuickAcks: a receiver acknowledges the first segments of a connection one
 *   by one, and only then every second one (Linux's quick-ACK mode); also as soon
 *   as it replies within the delay of an ACK (its pingpong mode). See TcpAckPolicy.
 * - TailRecovery: losses are found and repaired as Linux does, and not as ns-3's release
 *   does. Needs SACK, and a congestion control that does not bring its own (BBR does).
 *   - What must be lost, since something that was sent later has arrived, is sent again,
 *     retransmissions included (RACK; see TcpFlight).
 *   - The window shrinks in proportion to what is delivered, and a reduction that was for
 *     nothing is undone (see TcpRecovery).
 *   - When nothing at all was heard for two round trips, and before a retransmission
 *     timeout, new data or the last segment is sent to bring forth an ACK (the loss probe,
 *     RFC 8985, section 7).
 *   - The window grows only while it limits what is sent (see TcpWindowUse).
 *   - A FIN that arrives out of order is acknowledged at once, with a SACK block that
 *     covers it, and counts for the sender like a segment of data.
 * - FRto: after a timeout, the first ACK is followed by new segments instead of
 *   retransmissions, to find out whether anything was lost at all (RFC 5682, section 3).
 *   Needs TailRecovery.
 * - IdleRestart: after a pause of more than the retransmission timeout the window starts
 *   anew (RFC 5681, section 4.1; see TcpWindowUse).
 *
 * Timers expire at the node's ticks (TcpTimerWheel).
 */
class TcpLinuxSocket : public compat::WithTypeId<TcpLinuxSocket, TcpLongLivedSocket>,
                       private TcpRecovery::Windows
{
  public:
    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    TcpLinuxSocket();

    /**
     * Copy a socket: its settings, not its connection.
     *
     * @param socket the socket
     */
    TcpLinuxSocket(const TcpLinuxSocket& socket);

    using TcpLongLivedSocket::Send;
    int Send(Ptr<Packet> packet, uint32_t flags) override;

  protected:
    void ProcessOpen(Ptr<Packet> packet,
                     const TcpSegmentView& segment,
                     const Address& fromAddress,
                     const Address& toAddress) override;
    Ptr<TcpSocketBase> Fork() override;
    uint32_t SendDataPacket(SequenceNumber32 seq, uint32_t maxSize, bool withAck) override;
    void OnFin(SequenceNumber32 fin) override;
    void TakeAck(Ptr<Packet> packet, const TcpHeader& header) override;
    void ReceivedData(Ptr<Packet> packet, const TcpHeader& header) override;
    void EstimateRtt(const TcpHeader& header) override;
    void UpdateRttHistory(const SequenceNumber32& seq, uint32_t size, bool again) override;
    void ProcessTimeout() override;
    void StartRetransmissionTimer(Time timeout) override;
    uint32_t BytesInFlight() const override;
    uint32_t AvailableWindow() const override;
    void Forget() override;

    /**
     * Acknowledge the next data at once, whatever the policy.
     */
    void ForceAck();

    /**
     * Note that there is something to acknowledge, which data is to do.
     */
    void PutAckOff();

    /**
     * @param wait what a timer is set to
     * @return how long it takes, by the node's timer wheel
     */
    Time OnWheel(Time wait) const;

  private:
    /// What the retransmission timer is set for; it is one timer, as in Linux.
    enum class Timer
    {
        RETRANSMISSION, //!< to send the first segment again
        REORDERING,     //!< to wait for what may have been overtaken
        PROBE,          //!< to send the loss probe
    };

    // TcpRecovery::Windows
    uint32_t GetCongestionWindow() const override;
    void SetCongestionWindow(uint32_t segments) override;
    uint32_t GetThreshold() const override;
    void SetThreshold(uint32_t segments) override;
    uint32_t GetReducedWindow() override;
    void OnState(TcpRecovery::State state) override;

    /**
     * @return whether losses are found and repaired here: for TailRecovery, and with SACK
     *         alone
     */
    bool OwnsRecovery() const;

    /**
     * @return SND.NXT: the number behind all that was sent, a FIN included
     */
    SequenceNumber32 GetNext() const;

    /**
     * Note that a segment was sent.
     *
     * @param range its numbers
     */
    void NoteSent(const TcpFlight::Range& range);

    /**
     * @param header an ACK
     * @return its SACK blocks; one of all data counts for the FIN that came with it
     */
    std::vector<TcpFlight::Range> GetBlocks(const TcpHeader& header) const;

    /**
     * Take a sample of the RTT.
     *
     * @param ack what an ACK has delivered, and echoed
     */
    void MeasureRtt(const TcpRecovery::Ack& ack);

    /**
     * Take what an ACK tells of congestion.
     *
     * @param header the ACK
     * @param advances whether it acknowledges something
     * @return whether the window has to be reduced
     */
    bool ReceivedEcn(const TcpHeader& header, bool advances);

    /**
     * Send what an ACK calls for, but for new data that the windows allow.
     *
     * @param send what it calls for
     */
    void SendInAnswer(TcpRecovery::Send send);

    /**
     * Send again what is lost, as the congestion window allows.
     */
    void SendLost();

    /**
     * Send a segment again.
     *
     * @param range its numbers
     */
    void SendAgain(const TcpFlight::Range& range);

    /**
     * @return what is known of the window's use
     */
    TcpWindowUse::Known GetWindowUse() const;

    /**
     * (Re)start the timer.
     *
     * @param timer what for
     * @param wait the time until it expires, if timers were exact
     */
    void StartTimer(Timer timer, Time wait);

    /**
     * @return how long until the first segment times out, counted from when it was sent
     */
    Time GetTimeLeft() const;

    /**
     * Set the timer to the retransmission timeout, or stop it where nothing is under way
     * (tcp_rearm_rto).
     */
    void RestartTimeout();

    /**
     * Set the timer to the loss probe, or to the timeout if that comes first
     * (tcp_schedule_loss_probe).
     *
     * @param timeout how long until the timeout
     * @return whether there may be a probe
     */
    bool ScheduleProbe(Time timeout);

    /**
     * The time for reordering has passed.
     */
    void ReorderingTimeout();

    /**
     * Send the loss probe.
     */
    void Probe();

    /**
     * Acknowledge a FIN that arrived out of order, with a SACK block.
     *
     * @param fin the FIN's sequence number
     */
    void AckEarlyFin(SequenceNumber32 fin);

    uint32_t m_quickAcks{0};    //!< attribute QuickAcks
    bool m_tailRecovery{false}; //!< attribute TailRecovery
    bool m_fRto{false};         //!< attribute FRto
    bool m_idleRestart{false};  //!< attribute IdleRestart

    TcpAckPolicy m_ackPolicy;             //!< which data is acknowledged at once
    TcpFlight m_flight;                   //!< what is under way
    TcpRecovery m_lossRecovery;           //!< what is done about losses
    TcpWindowUse m_windowUse;             //!< how far the window is used
    Timer m_timer{Timer::RETRANSMISSION}; //!< what the timer is set for
    Time m_timerExpiry;                   //!< when it expires
    uint32_t m_peerWindow{0};             //!< the window that the last ACK has announced
    mutable Ptr<TcpTimerWheel> m_wheel;   //!< the node's, once it was looked up
};

} // namespace ns3

#endif // TCP_LINUX_SOCKET_H
