/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SEGMENT_MONITOR_H
#define SEGMENT_MONITOR_H

#include "ns3/nstime.h"
#include "ns3/ptr.h"
#include "ns3/sequence-number.h"
#include "ns3/simple-ref-count.h"
#include "ns3/tcp-header.h"
#include "ns3/tcp-socket-base.h"

#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace ns3
{

class Socket;

/// A TCP segment as both ends saw it.
struct SegmentRecord
{
    bool fromClient{false};       //!< who sent it
    uint16_t clientPort{0};       //!< the connection
    Time sent;                    //!< when it was handed to IP
    std::optional<Time> received; //!< when the other TCP got it, if it did
    uint8_t flags{0};             //!< TcpHeader::Flags_t
    uint32_t sequence{0};         //!< sequence number
    uint32_t acknowledged{0};     //!< acknowledgement number
    uint32_t size{0};             //!< bytes of payload
    uint32_t timestamp{0};        //!< value of the timestamps option, 0 without one
    bool retransmission{false};   //!< whether all of it was sent before
    std::string fastOpen;         //!< Fast Open option: "", "request" or the cookie
};

/**
 * @ingroup tcp-fast-open
 *
 * Watches the sockets of one client and one server: counts retransmissions and,
 * if asked, keeps a record of each segment.
 */
class SegmentMonitor : public SimpleRefCount<SegmentMonitor>
{
  public:
    /**
     * @param keep whether to keep a record of each segment
     */
    explicit SegmentMonitor(bool keep);

    /**
     * Watch a client's socket; call it before the socket connects.
     *
     * @param socket the socket, of TcpSocketBase's kind
     */
    void WatchClient(Ptr<Socket> socket);

    /**
     * Watch a listener and all connections that it accepts.
     *
     * @param socket the listener, of TcpSocketBase's kind
     */
    void WatchServer(Ptr<Socket> socket);

    /**
     * @param clientPort the client's port
     * @return how many segments of this connection either side sent again so far
     */
    uint32_t GetRetransmissions(uint16_t clientPort) const;

    /**
     * @return the segments in the order of sending, if they were kept
     */
    const std::vector<SegmentRecord>& GetSegments() const;

  private:
    /// A connection's direction: the client's port, and whether the client sends.
    using Direction = std::pair<uint16_t, bool>;

    /**
     * A socket sends a segment.
     *
     * @param fromClient whether it is the client's
     * @param packet the payload
     * @param header the header
     * @param socket the socket
     */
    void Sent(bool fromClient,
              Ptr<const Packet> packet,
              const TcpHeader& header,
              Ptr<const TcpSocketBase> socket);

    /**
     * A socket gets a segment.
     *
     * @param fromClient whether it is the client's
     * @param packet the payload
     * @param header the header
     * @param socket the socket
     */
    void Received(bool fromClient,
                  Ptr<const Packet> packet,
                  const TcpHeader& header,
                  Ptr<const TcpSocketBase> socket);

    bool m_keep;                                             //!< keep records
    std::map<Direction, SequenceNumber32> m_highest;         //!< end of what was sent
    std::map<uint16_t, uint32_t> m_retransmissions;          //!< by the client's port
    std::vector<SegmentRecord> m_segments;                   //!< what was sent
    std::map<Direction, std::deque<std::size_t>> m_underway; //!< not yet received
};

} // namespace ns3

#endif // SEGMENT_MONITOR_H
