/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SOCKET_PAIR_TEST_H
#define SOCKET_PAIR_TEST_H

#include "fast-open-test.h"
#include "raw-peer.h"

#include "ns3/p2p-path-helper.h"
#include "ns3/scenario.h"
#include "ns3/segment-drop-model.h"
#include "ns3/segment-monitor.h"
#include "ns3/tcp-socket-base.h"
#include "ns3/tcp-sound-sender.h"

#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

/**
 * Two nodes on a link of 100 ms and 10 Mb/s, whose sockets are each made by a factory of
 * their own: ns-3's, TcpSoundSocket's or TcpLinuxSocket's, with ns-3's handshake.
 *
 * A test may change the attributes of the stack, and the kinds of sockets, before Build(),
 * which the first call that needs the nodes makes.
 */
class SocketPairTest : public ::testing::Test
{
  protected:
    static constexpr uint16_t PORT = 80;

    /// Who makes a socket.
    enum class Kind
    {
        STOCK, //!< ns3::TcpSocketFactory
        SOUND, //!< TcpSoundSocketFactory
        LINUX, //!< TcpLinuxSocketFactory
    };

    /// A socket, with what its application saw.
    struct End
    {
        /**
         * @param text what the application writes
         * @return how much of it was taken, in bytes
         */
        int Send(const std::string& text)
        {
            return socket->Send(MakePacket(text), 0);
        }

        Ptr<TcpSocketBase> socket; //!< the socket
        std::string received;      //!< the data in the order of reading
        Lines events;              //!< what was reported, in order
        Lines states;              //!< the states, in order
        bool reads{true};          //!< whether the application reads
        bool answersClose{false};  //!< whether it closes when the peer has
    };

    SocketPairTest();
    ~SocketPairTest() override;

    /// Create nodes, stacks and the listener.
    void Build();

    /**
     * Make a socket for the client; nothing is sent yet.
     *
     * @return the client's end
     */
    std::shared_ptr<End> NewClient();

    /**
     * Make a client's socket and connect it.
     *
     * @param then what the application does when it is connected
     * @return the client's end
     */
    std::shared_ptr<End> Connect(std::function<void(End&)> then = [](End&) {});

    /**
     * Take the place of the server's TCP.
     *
     * @return the peer
     */
    Ptr<RawPeer> PlayServer();

    /**
     * Run until nothing happens any more, or for a time.
     *
     * @param time how long, from now on
     */
    void Run(Time time = Seconds(600));

    /**
     * Build anew, with other attributes, kinds or losses, as the next test would.
     */
    void Restart();

    /**
     * @param from the first segment, from 0
     * @return the segments of both sides, a line each: `C PSH|ACK 1:100 ack 1`, say, for the
     *         sender, the flags, sequence number and length, and `ack N` where there is an ACK
     */
    Lines Segments(std::size_t from = 0) const;

    /**
     * @param segment a segment that a played peer received
     * @return it as a line of Segments() has it, without the sender
     */
    static std::string Show(const RawPeer::Segment& segment);

    /**
     * @param socket a sound socket or a descendant
     * @return how its connection failed
     */
    static TcpSoundSender::ConnectionError GetError(Ptr<TcpSocketBase> socket);

    Scenario::Attributes attributes; //!< of the stack, before Build()
    Kind clientKind{Kind::SOUND};    //!< who makes the client's socket, before Build()
    Kind serverKind{Kind::SOUND};    //!< who makes the listener, before Build()

    Ptr<P2pPathHelper> path;            //!< the link
    Ptr<SegmentDropModel> drops;        //!< what is lost
    Ptr<SegmentMonitor> monitor;        //!< sees both ends
    Ptr<TcpSocketBase> listener;        //!< on the server
    Address server;                     //!< the server's address and port
    std::function<void(End&)> onAccept; //!< what the server does with a new connection

    std::vector<std::shared_ptr<End>> accepted; //!< at the server, in order

  private:
    /**
     * @param node a node
     * @param kind who makes it
     * @return a new socket
     */
    static Ptr<TcpSocketBase> Create(Ptr<Node> node, Kind kind);

    /**
     * Note what an application's socket reports.
     *
     * @param end its end
     */
    static void Watch(std::shared_ptr<End> end);

    bool m_built{false};                         //!< whether Build() was called
    std::vector<std::shared_ptr<End>> m_clients; //!< kept as long as the nodes
};

/// A socket as the client of a played server, which knows SACK but no timestamps.
class PlayedServerTest : public SocketPairTest
{
  protected:
    PlayedServerTest();

    /// Play a server; another one after a change of attributes, or for another case.
    void PlayAnew();

    /**
     * Open a connection; the client's next number is 1, and so is the server's.
     *
     * @param then what the application does when it is connected
     * @param window the server's window
     */
    void Open(
        std::function<void(End&)> then = [](End&) {},
        uint16_t window = 65535);

    /**
     * Let the server send a segment, and wait for what it leads to.
     *
     * @param spec the segment
     * @return what the server received since the last call
     */
    Lines Answer(const RawPeer::Spec& spec);

    /// @return what the server received since the last call, a line each
    Lines News();

    /**
     * @param from the first number
     * @return when the client sent segments of data or FIN that begin there
     */
    std::vector<Time> SentAt(uint32_t from) const;

    /// @return the state of the client
    const std::string& GetState() const;

    /**
     * @param first the first number
     * @param end the number behind it
     * @return an option with such a SACK block
     */
    static std::vector<uint8_t> Sack(uint32_t first, uint32_t end);

    Ptr<RawPeer> peer;           //!< the server
    std::shared_ptr<End> client; //!< the client
    Lines opening;               //!< what the client sent until it was open, SYN included
    std::size_t seen{0};         //!< what of the server's segments News() has told
};

#endif // SOCKET_PAIR_TEST_H
