/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SEGMENT_DROP_MODEL_H
#define SEGMENT_DROP_MODEL_H

#include "ns3/error-model.h"
#include "ns3/random-variable-stream.h"

#include <cstdint>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Loses chosen segments: the N-th TCP segment that one side sends in a given
 * connection to a server; and, as some middleboxes do, SYNs that carry data, with
 * a probability. Use one model as the ReceiveErrorModel of both ends of a
 * point-to-point link, of IPv4 or IPv6.
 *
 * Connections are counted from 1 in the order in which they appear, and so are
 * the segments of each side of a connection; retransmissions count.
 */
class SegmentDropModel : public ErrorModel
{
  public:
    /// Who sends a segment.
    enum Sender
    {
        CLIENT, //!< the side that opens the connection
        SERVER, //!< the side that listens
    };

    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    SegmentDropModel();

    /**
     * @param serverPort the server's TCP port, by which the sides are told apart
     */
    explicit SegmentDropModel(uint16_t serverPort);

    /**
     * Lose a segment.
     *
     * @param connection the connection's number, from 1
     * @param sender who sends the segment
     * @param segment the segment's number, from 1
     */
    void Drop(uint32_t connection, Sender sender, uint32_t segment);

    /**
     * Fix the random stream that tells which SYNs with data are lost.
     *
     * @param stream the stream
     * @return how many streams were used
     */
    int64_t AssignStreams(int64_t stream);

  private:
    bool DoCorrupt(Ptr<Packet> packet) override;
    void DoReset() override;

    double m_synDataLoss{0};                                    //!< attribute SynDataLoss
    Ptr<UniformRandomVariable> m_random;                        //!< which SYNs are lost
    uint16_t m_serverPort{0};                                   //!< the server's port
    std::set<std::tuple<uint32_t, Sender, uint32_t>> m_drops;   //!< what to lose
    std::map<uint16_t, uint32_t> m_connections;                 //!< by the client's port
    std::map<std::pair<uint32_t, Sender>, uint32_t> m_segments; //!< seen of a side
};

} // namespace ns3

#endif // SEGMENT_DROP_MODEL_H
