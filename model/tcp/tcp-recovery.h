/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_RECOVERY_H
#define TCP_RECOVERY_H

#include "tcp-flight.h"

#include "ns3/nstime.h"
#include "ns3/sequence-number.h"

#include <cstdint>
#include <optional>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * What a sender does about losses, as Linux's does (tcp_fastretrans_alert,
 * tcp_process_loss): whether it is in recovery, how large the congestion window is there,
 * what is to be sent, and when a reduction was for nothing.
 *
 * - In recovery the window shrinks in proportion to what is delivered (proportional rate
 *   reduction, RFC 6937; tcp_cwnd_reduction).
 * - After a timeout it starts anew (tcp_enter_loss). The first ACK may be answered by new
 *   data, to find out whether anything was lost (F-RTO, RFC 5682; its form for SACK).
 * - A reduction is undone where an ACK echoes a timestamp from before the first
 *   retransmission (Eifel, RFC 3522; tcp_may_undo), or where F-RTO proves the timeout
 *   spurious.
 * - A loss probe that has repaired a loss costs what a recovery costs (RFC 8985,
 *   section 7.4.2; tcp_process_tlp_ack).
 *
 * All windows are in segments, as Linux's are. Which segments are lost is known to
 * TcpFlight.
 */
class TcpRecovery
{
  public:
    /// The congestion state; the values are those of TcpSocketState::TcpCongState_t.
    enum class State
    {
        OPEN,     //!< all is well
        DISORDER, //!< something has arrived out of order, or was sent again
        CWR,      //!< the window shrinks, since the network has told of congestion
        RECOVERY, //!< something is lost: it is sent again, and the window shrinks
        LOSS,     //!< a timeout: all is sent again
    };

    /// What an ACK calls for.
    enum class Send
    {
        AS_EVER, //!< new data, as the windows allow
        LOST,    //!< what is lost, and then new data
        NEW,     //!< new data first, by which F-RTO doubts a timeout
    };

    /// The windows that belong to the connection.
    class Windows
    {
      public:
        virtual ~Windows() = default;

        /// @return the congestion window in segments
        virtual uint32_t GetCongestionWindow() const = 0;

        /// @param segments the congestion window
        virtual void SetCongestionWindow(uint32_t segments) = 0;

        /// @return the slow start threshold in segments
        virtual uint32_t GetThreshold() const = 0;

        /// @param segments the slow start threshold
        virtual void SetThreshold(uint32_t segments) = 0;

        /// @return what the congestion control reduces the window to, in segments
        virtual uint32_t GetReducedWindow() = 0;

        /// @param state the congestion state, which has changed
        virtual void OnState(State state) = 0;
    };

    /// An ACK.
    struct Ack
    {
        SequenceNumber32 before;      //!< SND.UNA before it
        SequenceNumber32 number;      //!< SND.UNA now
        SequenceNumber32 next;        //!< SND.NXT
        bool outstanding{true};       //!< something was outstanding before it
        bool pure{false};             //!< it brings no data, and no other window
        bool congestion{false};       //!< it tells of congestion (ECE)
        bool moreData{false};         //!< there is data to send, and the peer has room
        std::optional<uint32_t> echo; //!< the timestamp that it echoes
        TcpFlight::Delivery delivery; //!< what it has delivered
    };

    /// What follows from an ACK.
    struct Answer
    {
        Send send{Send::AS_EVER};  //!< what to send
        std::optional<Time> wait;  //!< how long until another segment may be lost
        bool restartsTimer{false}; //!< the timer of the loss probe, or of retransmissions
    };

    /**
     * @param flight what is under way; it has to live as long
     * @param windows the windows; they have to live as long
     */
    TcpRecovery(TcpFlight& flight, Windows& windows);

    /**
     * @return the congestion state
     */
    State GetState() const;

    /**
     * @return whether the window shrinks (tcp_in_cwnd_reduction)
     */
    bool IsReducing() const;

    /**
     * An ACK has come, and the flight knows of it. Afterwards Reduce() is to be called.
     *
     * @param now the time
     * @param ack the ACK
     * @return what to do
     */
    Answer OnAck(Time now, const Ack& ack);

    /**
     * Let the window shrink, if it has to.
     *
     * @param delivered how many segments were delivered since it was called last
     * @param advances whether that was by an ACK that has acknowledged something
     * @return whether it shrinks: if not, it may grow
     */
    bool Reduce(uint32_t delivered, bool advances);

    /**
     * The time for reordering has passed.
     *
     * @param now the time
     * @param next SND.NXT
     * @return what to do
     */
    Answer OnReorderingTimeout(Time now, SequenceNumber32 next);

    /**
     * The retransmission timer has expired: the first segment is to be sent again.
     *
     * @param now the time
     * @param una SND.UNA
     * @param next SND.NXT
     * @param doubts whether it may be doubted (F-RTO)
     */
    void OnTimeout(Time now, SequenceNumber32 una, SequenceNumber32 next, bool doubts);

    /**
     * What a SYN has carried was refused, and is to be sent again: until it is acknowledged
     * all is as after a timeout, without a probe, but the window stays as it is
     * (tcp_non_congestion_loss_retransmit).
     *
     * @param next SND.NXT
     */
    void OnRefused(SequenceNumber32 next);

    /// There was no new data to doubt the timeout by (RFC 5682, section 3.1, step 2b).
    void EndDoubt();

    /**
     * A segment was sent again.
     *
     * @param timestamp the timestamp that it carries
     */
    void NoteResent(uint32_t timestamp);

    /// A segment was sent, new or again: it counts in a reduction.
    void NoteSent();

    /**
     * The loss probe was sent.
     *
     * @param next SND.NXT, with what it has brought
     * @param again whether it was a segment that was sent before
     */
    void NoteProbe(SequenceNumber32 next, bool again);

    /**
     * @return whether a loss probe is under way: there is one at a time
     */
    bool IsProbing() const;

    /**
     * @return what TcpFlight::NoteAck() is to be told as boundary: the end of what had
     *         been sent when the present state began
     */
    SequenceNumber32 GetBoundary() const;

    /// Forget the connection.
    void Reset();

  private:
    /// What the window was before a reduction that may turn out to be for nothing.
    struct Undo
    {
        uint32_t window{0};    //!< the congestion window in segments
        uint32_t threshold{0}; //!< the slow start threshold in segments; 0: unknown
    };

    /// A loss probe.
    struct Probe
    {
        SequenceNumber32 boundary; //!< SND.NXT when it was sent
        bool again;                //!< it was a segment that was sent before
    };

    /**
     * @param state the new congestion state
     */
    void SetState(State state);

    /**
     * The end of a loss probe, if it is told by an ACK.
     *
     * @param ack the ACK
     */
    void ProcessProbe(const Ack& ack);

    /**
     * An ACK that is not quite ordinary: look for losses, and change the state.
     *
     * @param now the time
     * @param ack the ACK
     * @param answer what to do
     */
    void Alert(Time now, const Ack& ack, Answer& answer);

    /**
     * An ACK after a timeout.
     *
     * @param ack the ACK
     * @param answer what to do
     */
    void ProcessLoss(const Ack& ack, Answer& answer);

    /**
     * Look for losses.
     *
     * @param now the time
     * @param answer what to do
     * @return whether something that was sent again is lost
     */
    bool Detect(Time now, Answer& answer);

    /**
     * Begin a recovery.
     *
     * @param congestion whether the ACK tells of congestion: then there is no undo
     * @param ack the ACK
     */
    void EnterRecovery(bool congestion, const Ack& ack);

    /**
     * Let the window shrink from now on.
     *
     * @param next SND.NXT
     */
    void BeginReduction(SequenceNumber32 next);

    /// The window has shrunk enough.
    void EndReduction();

    /**
     * Go to OPEN, or to DISORDER where something is not in order (tcp_try_keep_open).
     *
     * @param next SND.NXT
     */
    void KeepOpen(SequenceNumber32 next);

    /**
     * The same, or to CWR where the ACK tells of congestion (tcp_try_to_open).
     *
     * @param ack the ACK
     */
    void TryOpen(const Ack& ack);

    /**
     * @param ack an ACK
     * @return whether it shows that what was sent again had arrived before
     */
    bool IsSpurious(const Ack& ack) const;

    /**
     * Put the window back to what it was.
     *
     * @param unmark whether nothing is lost
     */
    void UndoReduction(bool unmark);

    /**
     * @return the slow start threshold that an undo brings back (tcp_current_ssthresh)
     */
    uint32_t GetPresentThreshold() const;

    TcpFlight& m_flight;                   //!< what is under way
    Windows& m_windows;                    //!< the windows
    State m_state{State::OPEN};            //!< the congestion state
    SequenceNumber32 m_boundary;           //!< SND.NXT when the state began (high_seq)
    std::optional<Undo> m_undo;            //!< what an undo brings back (undo_marker)
    uint32_t m_priorWindow{0};             //!< the window before the reduction
    uint32_t m_delivered{0};               //!< delivered in the reduction (prr_delivered)
    uint32_t m_sent{0};                    //!< sent in the reduction (prr_out)
    uint64_t m_lostBefore{0};              //!< what was lost before the last Reduce()
    std::optional<uint32_t> m_firstResent; //!< timestamp of the first retransmission
    std::optional<Probe> m_probe;          //!< the loss probe that is under way
    bool m_doubted{false};                 //!< F-RTO doubts the timeout
    uint32_t m_timeouts{0};                //!< timeouts since something was acknowledged
};

} // namespace ns3

#endif // TCP_RECOVERY_H
