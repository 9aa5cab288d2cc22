/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SEGMENT_LEDGER_H
#define SEGMENT_LEDGER_H

#include "ns3/sequence-number.h"
#include "ns3/tcp-header.h"

#include <cstdint>
#include <vector>

/**
 * Counts a connection's segments as Linux does for TCP_INFO, from what the socket
 * sends and receives; ns-3 counts bytes.
 */
class SegmentLedger
{
  public:
    /**
     * @param header a segment that was sent
     * @param size its data in bytes
     */
    void NoteSent(const ns3::TcpHeader& header, uint32_t size);

    /**
     * @param header a segment that arrived
     */
    void NoteReceived(const ns3::TcpHeader& header);

    /// The SYN-ACK was sent before anybody looked.
    void NoteEarlierSynAck();

    /// @return whether a SYN was sent
    bool HasSyn() const;

    /// @return how many segments were delivered (tcpi_delivered)
    uint32_t GetDelivered() const;

    /// @return how many are not yet acknowledged (tcpi_unacked)
    uint32_t GetUnacked() const;

    /// @return how many of these were sent again (tcpi_retrans)
    uint32_t GetRetransmitted() const;

  private:
    /// A segment that is under way.
    struct Segment
    {
        ns3::SequenceNumber32 start; //!< its first number
        ns3::SequenceNumber32 end;   //!< the number behind it
        bool syn;                    //!< it has a SYN that was not acknowledged
        bool again;                  //!< it was sent more than once
        bool delivered;              //!< a SACK block covers it
    };

    std::vector<Segment> m_segments; //!< what is under way
    ns3::SequenceNumber32 m_highest; //!< the number behind all that was sent
    bool m_hasSyn{false};            //!< a SYN was sent
    uint32_t m_delivered{0};         //!< segments delivered
};

#endif // SEGMENT_LEDGER_H
