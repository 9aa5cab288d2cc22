/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef PATTERN_EXCHANGE_H
#define PATTERN_EXCHANGE_H

#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/ptr.h"
#include "ns3/simple-ref-count.h"
#include "ns3/socket.h"

#include <cstdint>
#include <functional>

namespace ns3
{

/**
 * A request and its response over one connection, of bytes that tell their place, so
 * that a byte that is lost, doubled or moved is seen. Each side of a connection has
 * one. The client writes the request and reads to the end of the stream; the server
 * reads the request, writes the response and closes.
 */
class PatternExchange : public SimpleRefCount<PatternExchange>
{
  public:
    /// The sides; each has bytes of its own.
    enum Side
    {
        CLIENT, //!< the one that connects
        SERVER, //!< the one that accepts
    };

    /// Called when the other side's bytes are all there, or the connection is lost.
    using Ended = std::function<void(const PatternExchange&, Ptr<Socket>)>;

    /**
     * @param side which side it plays
     * @param toSend how many bytes it writes
     * @param toReceive how many bytes it reads
     * @param ended called once at the end
     */
    PatternExchange(Side side, uint32_t toSend, uint32_t toReceive, const Ended& ended);

    /**
     * Take a connection, or a socket that is about to connect. The clock starts.
     *
     * @param socket the socket
     */
    void Start(Ptr<Socket> socket);

    /**
     * @param side a side
     * @param place a place in the stream that the side writes, from 0
     * @return the byte there
     */
    static uint8_t GetByte(Side side, uint32_t place);

    /**
     * @return how many bytes have come
     */
    uint32_t GetReceived() const;

    /**
     * @return whether they are those that the other side writes, and all of them
     */
    bool IsExact() const;

    /**
     * @return when the first byte came, from Start() on
     */
    Time GetFirstByte() const;

    /**
     * @return when the last byte came, from Start() on
     */
    Time GetLastByte() const;

  private:
    /**
     * Write as much as the send buffer takes.
     *
     * @param socket the connection
     * @param available the room in the send buffer, in bytes
     */
    void Send(Ptr<Socket> socket, uint32_t available);

    /**
     * Data can be read.
     *
     * @param socket the connection
     */
    void Receive(Ptr<Socket> socket);

    /**
     * The connection is over.
     *
     * @param socket the connection
     */
    void Close(Ptr<Socket> socket);

    /**
     * Report the end, once.
     *
     * @param socket the connection
     */
    void End(Ptr<Socket> socket);

    Side m_side;            //!< which side this is
    uint32_t m_toSend;      //!< bytes to write
    uint32_t m_toReceive;   //!< bytes to read
    Ended m_onEnd;          //!< to be called at the end
    uint32_t m_sent{0};     //!< bytes written
    uint32_t m_received{0}; //!< bytes read
    bool m_same{true};      //!< whether each was the right one
    bool m_over{false};     //!< whether the end was reported
    Time m_started;         //!< time of Start()
    Time m_firstByte;       //!< time to the first byte
    Time m_lastByte;        //!< time to the last byte
};

} // namespace ns3

#endif // PATTERN_EXCHANGE_H
