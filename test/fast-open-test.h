/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef FAST_OPEN_TEST_H
#define FAST_OPEN_TEST_H

#include "raw-peer.h"

#include "ns3/core-module.h"
#include "ns3/p2p-path-helper.h"
#include "ns3/scenario.h"
#include "ns3/segment-drop-model.h"
#include "ns3/segment-monitor.h"
#include "ns3/tcp-fast-open-helper.h"
#include "ns3/tcp-fast-open-socket-factory.h"
#include "ns3/tcp-fast-open-socket.h"
#include "ns3/tcp-fast-open.h"

#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

using namespace ns3;

/// Lines of text to compare.
using Lines = std::vector<std::string>;

/**
 * A client and a server on a link of 100 ms and 10 Mb/s, with a listener on port
 * 80 of the server, and every segment that either end sends.
 *
 * A test may change the attributes of the stack before Build(), which the first
 * call that needs the nodes makes.
 */
class FastOpenTest : public ::testing::Test
{
  protected:
    static constexpr uint16_t PORT = 80;

    /// How the two ends address each other.
    enum Family
    {
        IPV4,
        IPV6,
        MAPPED, //!< by IPv4-mapped IPv6 addresses, over IPv4
    };

    /// A connection at one end, with what its application saw.
    struct Connection
    {
        Ptr<TcpFastOpenSocket> socket; //!< the socket
        std::string received;          //!< the data in the order of reading
        Lines events;                  //!< what was reported, in order
        Lines states;                  //!< the states, in order
        std::vector<Time> dataTimes;   //!< when data was read
        Time acceptedAt;               //!< server: when it was accepted
        Time connectedAt{-1};          //!< client: when it was reported as open
    };

    FastOpenTest();
    ~FastOpenTest() override;

    /// Let timers expire when they are due, not when Linux's timer wheel turns; before Build().
    void UseExactTimers();

    /// Create nodes, stacks and the listener.
    void Build();

    /**
     * Note what a connection's application sees that a listener has accepted.
     *
     * @param socket the connection's socket
     */
    void Accept(Ptr<TcpFastOpenSocket> socket);

    /**
     * Let a segment be lost.
     *
     * @param connection number of the connection, from 1
     * @param sender who sends it
     * @param segment its number among the sender's, from 1
     */
    void Drop(uint32_t connection, SegmentDropModel::Sender sender, uint32_t segment);

    /**
     * Make a client's socket; nothing is sent yet.
     *
     * @param node its node; by default the client's
     * @return the client's end
     */
    std::shared_ptr<Connection> NewClient(Ptr<Node> node = nullptr);

    /**
     * Connect and, once connected, send.
     *
     * @param request what to send
     * @param close whether to close right behind it
     * @return the client's end
     */
    std::shared_ptr<Connection> Open(const std::string& request, bool close = false);

    /**
     * Make a connection for the cookie's sake, and let it end.
     */
    void FetchCookie();

    /**
     * Run until nothing happens any more, or for a time.
     *
     * @param time how long, from now on
     */
    void Run(Time time = Seconds(30));

    /**
     * The segments of a connection, a line each: `C SYN 0:300 cookie`, say, for
     * the sender, the flags, sequence number and length, `ack N` where there is
     * an ACK, and the Fast Open option.
     *
     * @param count how many; the first ones
     * @param client the client's end; by default the last connection
     * @return the lines
     */
    Lines Segments(std::size_t count, std::shared_ptr<Connection> client = nullptr);

    /**
     * @param index a segment's number among those of Segments(), from 0
     * @param client the client's end; by default the last connection
     * @return when it was sent, in ms from the start of the connection
     */
    double SentAt(std::size_t index, std::shared_ptr<Connection> client = nullptr);

    /**
     * Take the place of the server's or the client's TCP.
     *
     * @param server which
     * @return the peer
     */
    Ptr<RawPeer> PlayServer();

    /**
     * Take the place of the client's TCP, towards the listener.
     *
     * @param port the client's port
     * @return the peer
     */
    Ptr<RawPeer> PlayClient(uint16_t port = 50000);

    /**
     * @return the client's cookie as the server makes it
     */
    TcpFastOpenCookie ValidCookie();

    /**
     * @param cookie a cookie; empty: a request
     * @param experimental whether in the experimental form
     * @return the option's bytes, padded
     */
    static std::vector<uint8_t> Option(const TcpFastOpenCookie& cookie, bool experimental = false);

    Scenario::Attributes attributes; //!< of the stack, before Build()
    uint32_t clientSwitch{1};        //!< the client node's switch, before Build()
    uint32_t serverSwitch{3};        //!< the server node's switch, before Build()
    std::string profile;             //!< Linux's or the RFC's, before Build()
    Family family{IPV4};             //!< the addresses, before Build()

    Ptr<P2pPathHelper> path;         //!< the link
    Ptr<TcpFastOpen> clientFastOpen; //!< the client node's
    Ptr<TcpFastOpen> serverFastOpen; //!< the server node's
    Ptr<TcpFastOpenSocket> listener; //!< on the server
    Address clientIp;                //!< the client's address
    Address serverIp;                //!< the server's address
    Address server;                  //!< the server's address and port

    /// What the server does when it has read data; by default nothing.
    std::function<void(Connection&)> onServerData;
    /// What the server does with a new connection; by default nothing.
    std::function<void(Connection&)> onAccept;

    std::vector<std::shared_ptr<Connection>> accepted; //!< at the server, in order

  private:
    /**
     * Note what an application's socket reports.
     *
     * @param connection the end
     */
    void Watch(std::shared_ptr<Connection> connection);

    bool m_built{false};                                   //!< whether Build() was called
    Ptr<SegmentMonitor> m_monitor;                         //!< sees both ends
    Ptr<SegmentDropModel> m_drops;                         //!< what is lost
    std::shared_ptr<Connection> m_last;                    //!< the last client
    std::map<std::shared_ptr<Connection>, Time> m_started; //!< when they connected
};

/**
 * @param size how many bytes
 * @return a text in which each position can be told from others
 */
std::string Pattern(std::size_t size);

/**
 * @param text the data
 * @return a packet with it
 */
Ptr<Packet> MakePacket(const std::string& text);

#endif // FAST_OPEN_TEST_H
