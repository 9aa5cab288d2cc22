/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_RECOVERY_SOCKET_H
#define TCP_RECOVERY_SOCKET_H

#include "tcp-recovery-sender.h"

#include <vector>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * How losses are found and repaired, as Linux does it, and not as ns-3's release does. Each
 * is an attribute, off by default. A layer of TcpLinuxSocket, and not to be made alone; this
 * class has what an ACK does, TcpRecoverySender what is sent.
 *
 * - Recovery: needs SACK, and a congestion control that does not bring its own recovery
 *   (BBR does).
 *   - What must be lost, since something that was sent later has arrived, is sent again,
 *     retransmissions included (RACK; see TcpFlight).
 *   - The window shrinks in proportion to what is delivered, and a reduction that was for
 *     nothing is undone (see TcpRecovery).
 *   - When nothing at all was heard for two round trips, and before a retransmission
 *     timeout, new data or the last segment is sent to bring forth an ACK (the loss probe,
 *     RFC 8985, section 7).
 *   - The window grows only while it limits what is sent (see TcpWindowUse).
 *   - A FIN counts like a segment of data (see TcpLinuxSocket for its receiver).
 * - FRto: after a timeout, the first ACK is followed by new segments instead of
 *   retransmissions, to find out whether anything was lost at all (RFC 5682, section 3).
 *   Needs Recovery.
 * - IdleRestart: after a pause of more than the retransmission timeout the window starts
 *   anew (RFC 5681, section 4.1; see TcpWindowUse).
 */
class TcpRecoverySocket : public compat::WithTypeId<TcpRecoverySocket, TcpRecoverySender>
{
  public:
    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    TcpRecoverySocket() = default;

  protected:
    void TakeAck(Ptr<Packet> packet, const TcpHeader& header) override;
    void EstimateRtt(const TcpHeader& header) override;
    void UpdateRttHistory(const SequenceNumber32& seq, uint32_t size, bool again) override;
    void Forget() override;

  private:
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

    uint32_t m_peerWindow{0}; //!< the window that the last ACK has announced
};

} // namespace ns3

#endif // TCP_RECOVERY_SOCKET_H
