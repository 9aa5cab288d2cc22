/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_RECOVERY_SENDER_H
#define TCP_RECOVERY_SENDER_H

#include "tcp-flight.h"
#include "tcp-long-lived-socket.h"
#include "tcp-recovery.h"
#include "tcp-timer-wheel.h"
#include "tcp-window-use.h"

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * The sending half of TcpRecoverySocket: what leaves, new or again, as the windows allow;
 * and the one timer for what was sent. It expires at the node's ticks (TcpTimerWheel).
 */
class TcpRecoverySender : public TcpLongLivedSocket, private TcpRecovery::Windows
{
  public:
    TcpRecoverySender();

    /**
     * Copy a socket: its settings, not its connection.
     *
     * @param socket the socket
     */
    TcpRecoverySender(const TcpRecoverySender& socket);

    using TcpLongLivedSocket::Send;
    int Send(Ptr<Packet> packet, uint32_t flags) override;

  protected:
    uint32_t SendDataPacket(SequenceNumber32 seq, uint32_t maxSize, bool withAck) override;
    void OnFin(SequenceNumber32 fin) override;
    void ProcessTimeout() override;
    void StartRetransmissionTimer(Time timeout) override;
    uint32_t BytesInFlight() const override;
    uint32_t AvailableWindow() const override;
    void Forget() override;

    /**
     * @param wait what a timer is set to
     * @return how long it takes, by the node's timer wheel
     */
    Time OnWheel(Time wait) const;

    /**
     * @return whether losses are found and repaired here: for the attribute Recovery, and with SACK
     *         alone
     */
    bool OwnsRecovery() const;

    /**
     * @return SND.NXT: the number behind all that was sent, a FIN included
     */
    SequenceNumber32 GetNext() const;

    /**
     * Send what an ACK calls for, but for new data that the windows allow.
     *
     * @param send what it calls for
     */
    void SendInAnswer(TcpRecovery::Send send);

    /**
     * What the SYN has carried was refused, and is sent again next.
     */
    void NoteRefused();

    /**
     * Set the timer to the moment when a segment that may have been overtaken is lost.
     *
     * @param wait how long until then
     */
    void WaitForReordering(Time wait);

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

    // TcpRecovery::Windows
    uint32_t GetCongestionWindow() const override;
    void SetCongestionWindow(uint32_t segments) override;
    uint32_t GetThreshold() const override;
    void SetThreshold(uint32_t segments) override;
    uint32_t GetReducedWindow() override;
    void OnState(TcpRecovery::State state) override;

    bool m_recovers{false};    //!< TcpRecoverySocket's attribute Recovery
    bool m_fRto{false};        //!< TcpRecoverySocket's attribute FRto
    bool m_idleRestart{false}; //!< TcpRecoverySocket's attribute IdleRestart

    TcpFlight m_flight;         //!< what is under way
    TcpRecovery m_lossRecovery; //!< what is done about losses
    TcpWindowUse m_windowUse;   //!< how far the window is used

  private:
    /// What the retransmission timer is set for; it is one timer, as in Linux.
    enum class Timer
    {
        RETRANSMISSION, //!< to send the first segment again
        REORDERING,     //!< to wait for what may have been overtaken
        PROBE,          //!< to send the loss probe
    };

    /**
     * Note that a segment was sent.
     *
     * @param range its numbers
     */
    void NoteSent(const TcpFlight::Range& range);

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
     * The time for reordering has passed.
     */
    void ReorderingTimeout();

    /**
     * Send the loss probe.
     */
    void Probe();

    Timer m_timer{Timer::RETRANSMISSION}; //!< what the timer is set for
    Time m_timerExpiry;                   //!< when it expires
    mutable Ptr<TcpTimerWheel> m_wheel;   //!< the node's, once it was looked up
};

} // namespace ns3

#endif // TCP_RECOVERY_SENDER_H
