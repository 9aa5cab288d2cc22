/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_SEGMENT_VIEW_H
#define TCP_SEGMENT_VIEW_H

#include "ns3/ptr.h"
#include "ns3/sequence-number.h"

#include <cstdint>

namespace ns3
{

class Packet;

/**
 * @ingroup tcp-fast-open
 *
 * What decides the way of a segment, read from its first bytes.
 *
 * To read a whole TcpHeader costs much more, for each option becomes an object, and
 * ends the program where the header is malformed; a view can be taken of anything.
 */
class TcpSegmentView
{
  public:
    static constexpr uint32_t MIN_HEADER_SIZE = 20; //!< bytes of a header without options

    /**
     * @param segment the segment, TCP header first
     */
    explicit TcpSegmentView(Ptr<const Packet> segment);

    /**
     * @return whether the segment has all of the header that its data offset tells of;
     *         otherwise nothing else here is of meaning
     */
    bool IsWhole() const;

    /**
     * @return the sender's port
     */
    uint16_t GetSourcePort() const;

    /**
     * @return the receiver's port
     */
    uint16_t GetDestinationPort() const;

    /**
     * @return the sequence number
     */
    SequenceNumber32 GetSequenceNumber() const;

    /**
     * @return the acknowledgement number, of meaning with the flag ACK
     */
    SequenceNumber32 GetAckNumber() const;

    /**
     * @return the flags, those of TcpHeader::Flags_t
     */
    uint8_t GetFlags() const;

    /**
     * @param flags flags of TcpHeader::Flags_t
     * @return whether the segment has at least one of them
     */
    bool HasAny(uint8_t flags) const;

    /**
     * @return the size of the header with its options, in bytes
     */
    uint32_t GetHeaderSize() const;

    /**
     * @return the size of the data behind the header, in bytes
     */
    uint32_t GetPayloadSize() const;

  private:
    uint32_t m_size;              //!< the segment's size in bytes
    uint32_t m_headerSize;        //!< what the data offset tells, in bytes
    uint16_t m_sourcePort;        //!< the sender's port
    uint16_t m_destinationPort;   //!< the receiver's port
    SequenceNumber32 m_sequence;  //!< the sequence number
    SequenceNumber32 m_ackNumber; //!< the acknowledgement number
    uint8_t m_flags;              //!< the flags
};

} // namespace ns3

#endif // TCP_SEGMENT_VIEW_H
