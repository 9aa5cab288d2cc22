/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef FUZZ_HOST_H
#define FUZZ_HOST_H

#include "fuzz-bytes.h"

#include "ns3/ip-l4-protocol.h"
#include "ns3/tcp-fast-open-socket.h"
#include "ns3/tcp-fast-open.h"

#include <array>
#include <memory>
#include <set>
#include <string>
#include <vector>

/**
 * A node with Fast Open whose sockets are fed with segments. Its network and all its
 * peers are the input: a program of segments, times between them, and calls of the
 * application. What the node sends is taken from its TCP; nothing answers by itself.
 *
 * Each byte of data is decided by its place in the stream, in both directions. So it
 * can be told from the data alone whether what the application receives is what its
 * peer sent, each byte once and in order, and whether what the node sends is what the
 * application wrote, each byte at its place however often it is sent.
 */
class FuzzHost
{
  public:
    /**
     * @param input the program
     */
    explicit FuzzHost(FuzzBytes input);

    ~FuzzHost();

    FuzzHost(const FuzzHost&) = delete;
    FuzzHost& operator=(const FuzzHost&) = delete;

    /**
     * Attack a listener, in a state that the first byte decides on, and judge what
     * has happened.
     */
    void RunServer();

    /**
     * Attack a client, in a state that the first byte decides on, and judge what has
     * happened.
     */
    void RunClient();

  private:
    static constexpr uint16_t SERVER_PORT = 80; //!< port of the server, on either side
    static constexpr uint16_t CLIENT_PORT = 40; //!< of the first client, on either side
    static constexpr std::size_t FLOWS = 4;     //!< how many connections there are

    /// A peer, and what it has seen of the node.
    struct Flow
    {
        uint32_t expected{0};      //!< what the node expects next, by its last ACK
        uint32_t sent{0};          //!< where what the node has sent ends
        uint32_t acked{0};         //!< what the node has had acknowledged
        uint32_t timestamp{0};     //!< the node's last timestamp
        uint32_t written{0};       //!< most that one application has written, in bytes
        std::set<uint32_t> starts; //!< numbers with which the peer's stream may begin
        std::vector<std::pair<uint32_t, uint32_t>> segments; //!< what the peer sent: number, length
    };

    /// A socket and its application.
    struct End
    {
        ns3::Ptr<ns3::TcpFastOpenSocket> socket; //!< the socket
        std::size_t flow{0};                     //!< its connection
        std::set<uint32_t> places; //!< where in the peer's stream what comes next may stand
        uint32_t written{0};       //!< what was written, in bytes
        uint32_t connected{0};     //!< how often it was told that it is connected
        uint32_t failed{0};        //!< how often that it could not connect
        bool closed{false};        //!< whether it, or its peer, has closed
    };

    /// Create the node; the next bytes decide on its settings.
    void Build();

    /**
     * @return the address of the peers
     */
    ns3::Address GetPeerIp() const;

    /**
     * @return the address of the node
     */
    ns3::Address GetNodeIp() const;

    /**
     * @param ip an address
     * @param port a port
     * @return both
     */
    ns3::Address WithPort(const ns3::Address& ip, uint16_t port) const;

    // Applications

    /**
     * @return a new socket with the settings
     */
    ns3::Ptr<ns3::TcpFastOpenSocket> CreateSocket() const;

    /**
     * Make a socket's application.
     *
     * @param socket the socket
     * @param flow its connection
     * @return the application
     */
    End& Adopt(ns3::Ptr<ns3::TcpFastOpenSocket> socket, std::size_t flow);

    /// Make the listener.
    void Listen();

    /**
     * Open the next connection from the node, if there is one left.
     *
     * @param how the way to open it
     */
    void Connect(uint8_t how);

    /**
     * @param end who writes
     * @param size how many bytes
     * @param flags of Send(), or MSG_FASTOPEN
     */
    void WriteData(End& end, uint32_t size, uint32_t flags = 0);

    /**
     * Read all there is, and check that it is the peer's.
     *
     * @param end who reads
     */
    void ReadData(End& end);

    /**
     * @param end who closes
     */
    static void Close(End& end);

    /// Let an application do what the program says.
    void Call();

    // Segments

    /**
     * Check a segment that the node sends, and learn from it.
     *
     * @param packet the segment, TCP header first
     */
    void Take(ns3::Ptr<ns3::Packet> packet);

    /**
     * Give a segment to the node's IP.
     *
     * @param index number of the connection
     * @param segment the segment; its ports and data are filled in
     */
    void Inject(std::size_t index, std::vector<uint8_t> segment);

    /**
     * Make a segment and inject it.
     *
     * @param index number of the connection
     * @param flags the segment's flags
     * @param seq its sequence number
     * @param ack its acknowledgement number
     * @param options its options, a multiple of 4 bytes
     * @param size its data, in bytes
     * @param window its window
     */
    void Send(std::size_t index,
              uint8_t flags,
              uint32_t seq,
              uint32_t ack,
              const std::vector<uint8_t>& options = {},
              uint32_t size = 0,
              uint16_t window = 65535);

    /**
     * @param form which one: a request, a right or a wrong cookie, or bytes of the
     *        program, and the kind
     * @return a Fast Open option, not padded
     */
    std::vector<uint8_t> GetOption(uint8_t form);

    /**
     * @param flow a connection
     * @return the options that the program describes
     */
    std::vector<uint8_t> GetOptions(const Flow& flow);

    /// Send a segment that the program describes.
    void SendSegment();

    /// Send bytes of the program as a segment.
    void SendBytes();

    /// Send an ICMP error that the program describes.
    void SendIcmp();

    // The program

    /// Run the program up to the next delay.
    void Step();

    /// Let everything end.
    void Finish();

    /**
     * End the connections by resets with the right numbers.
     *
     * @param times how often this was done before
     */
    void Reset(uint32_t times);

    FuzzBytes m_input;                           //!< the program
    ns3::Ptr<ns3::Node> m_node;                  //!< the node
    ns3::Ptr<ns3::TcpFastOpen> m_fastOpen;       //!< the node's
    ns3::Ptr<ns3::TcpFastOpenSocket> m_listener; //!< the server's; nullptr at a client
    std::array<Flow, FLOWS> m_flows;             //!< the connections
    std::vector<std::unique_ptr<End>> m_ends;    //!< sockets in the order of their making
    std::size_t m_connects{0};                   //!< connections opened by the node
    uint32_t m_steps{0};                         //!< operations so far
    uint32_t m_pending{0};                       //!< the node's pending count

    // Settings
    bool m_ipv6{false};           //!< the addresses
    bool m_reads{true};           //!< applications read when data comes
    bool m_echoes{false};         //!< applications write when connected, and when data comes
    bool m_closesWhenTold{false}; //!< applications close when the connection has ended
    bool m_closesAtOnce{false};   //!< children are written to and closed when accepted
    bool m_timestamps{true};      //!< TCP timestamps
    bool m_sack{true};            //!< SACK
    bool m_scaling{true};         //!< window scaling
    bool m_small{false};          //!< small buffers, and a queue of one
};

#endif // FUZZ_HOST_H
