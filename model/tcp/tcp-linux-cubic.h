/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_LINUX_CUBIC_H
#define TCP_LINUX_CUBIC_H

#include "ns3/nstime.h"
#include "ns3/sequence-number.h"
#include "ns3/tcp-congestion-ops.h"

#include <cstdint>
#include <optional>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * CUBIC (RFC 9438) with the numbers of Linux's tcp_cubic.c, and HyStart.
 *
 * ns-3 has TcpCubic, which differs from release to release: it is friendly to Reno from
 * 3.41 on, does not grow when it is limited by the application from 3.42 on, and what a
 * timeout forgets changed, too. A study must not depend on the release, so this one
 * computes in whole numbers, as the kernel does, and asks TcpSocketBase for nothing that
 * has changed.
 */
class TcpLinuxCubic : public TcpCongestionOps
{
  public:
    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    std::string GetName() const override;
    void Init(Ptr<TcpSocketState> tcb) override;
    void IncreaseWindow(Ptr<TcpSocketState> tcb, uint32_t segmentsAcked) override;
    void PktsAcked(Ptr<TcpSocketState> tcb, uint32_t segmentsAcked, const Time& rtt) override;
    uint32_t GetSsThresh(Ptr<const TcpSocketState> tcb, uint32_t bytesInFlight) override;
    void CongestionStateSet(Ptr<TcpSocketState> tcb,
                            const TcpSocketState::TcpCongState_t newState) override;
    void CwndEvent(Ptr<TcpSocketState> tcb, const TcpSocketState::TcpCAEvent_t event) override;
    Ptr<TcpCongestionOps> Fork() override;

  private:
    /// The growth since the last reduction.
    struct Epoch
    {
        Time start;               //!< when it began
        uint32_t origin{0};       //!< the window that the curve is flat at, in segments
        uint64_t flatAfter{0};    //!< when it is flat, in units of 1/1024 s (K)
        uint32_t acknowledged{0}; //!< segments acknowledged, that Reno's window has not yet
                                  //!< grown by
        uint32_t renoWindow{0};   //!< the window that Reno would have, in segments
    };

    /// How fast the window grows, for a while.
    struct Growth
    {
        Time since;         //!< when it was computed
        uint32_t window{0}; //!< for which window
        uint32_t count{0};  //!< it grows by one after so many segments
    };

    /// A round trip, as HyStart looks at it.
    struct Round
    {
        Time start;              //!< when it began
        SequenceNumber32 end;    //!< it ends when this is acknowledged
        Time lastAck;            //!< the last ACK of a train of them
        std::optional<Time> rtt; //!< the least RTT in it
        uint32_t samples{0};     //!< how many it was chosen from
    };

    /**
     * Grow as CUBIC does.
     *
     * @param window the window in segments
     * @param acknowledged how many segments were acknowledged
     * @return after how many segments the window is to grow by one
     */
    uint32_t Update(uint32_t window, uint32_t acknowledged);

    /**
     * Grow no more slowly than Reno does.
     *
     * @param window the window in segments
     * @param count after how many segments the window would grow by one
     * @return after how many it is to grow
     */
    uint32_t Befriend(uint32_t window, uint32_t count);

    /**
     * End slow start when queues build up (HyStart).
     *
     * @param tcb the connection
     * @param rtt the last RTT
     */
    void EndSlowStart(Ptr<TcpSocketState> tcb, Time rtt);

    /**
     * Begin another round trip.
     *
     * @param tcb the connection
     */
    void BeginRound(Ptr<const TcpSocketState> tcb);

    bool m_hyStart{true};           //!< attribute HyStart
    bool m_friendly{true};          //!< attribute TcpFriendliness
    std::optional<Epoch> m_epoch;   //!< the growth since the last reduction
    uint32_t m_lastMaximum{0};      //!< the window before the last reduction, in segments
    uint32_t m_credit{0};           //!< segments acknowledged towards the next growth
    std::optional<Growth> m_growth; //!< what Update() has told last
    std::optional<Time> m_leastRtt; //!< the least RTT
    std::optional<Round> m_round;   //!< the round trip
    bool m_found{false};            //!< HyStart has ended slow start
    Time m_lastSent;                //!< when what was acknowledged last was sent
};

} // namespace ns3

#endif // TCP_LINUX_CUBIC_H
