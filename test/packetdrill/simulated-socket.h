/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SIMULATED_SOCKET_H
#define SIMULATED_SOCKET_H

#include "segment-ledger.h"
#include "simulated-stack.h"

#include "ns3/tcp-socket.h"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <sys/socket.h>
#include <vector>

struct tcp_info;

/**
 * A socket of the simulated stack as the POSIX calls see it. Results are those of
 * the calls: a count, or the negative of an errno; none means that the call has to
 * wait.
 */
class SimulatedSocket : public std::enable_shared_from_this<SimulatedSocket>
{
  public:
    using Result = std::optional<long>; //!< of a call

    /**
     * @param stack the stack
     * @param domain AF_INET or AF_INET6
     * @param changed called when something may have changed
     */
    SimulatedSocket(SimulatedStack& stack, int domain, std::function<void()> changed);

    /// @param nonBlocking whether calls never wait
    void SetNonBlocking(bool nonBlocking);

    /// @return whether calls never wait
    bool IsNonBlocking() const;

    // The calls, without the descriptor

    Result Bind(const sockaddr* address);    //!< @param address the address
    Result Listen(int backlog);              //!< @param backlog length of the queue
    Result Connect(const sockaddr* address); //!< @param address the server; AF_UNSPEC: none

    /**
     * Go on with a connect() that waits.
     * @return its result, if there is one by now
     */
    Result FinishConnect();

    /**
     * @param [out] accepted the new connection
     * @return 0, or an error
     */
    Result Accept(std::shared_ptr<SimulatedSocket>& accepted);

    /**
     * @param data where to
     * @param size how much at most
     * @param dontWait whether not to wait
     * @return the count
     */
    Result Read(uint8_t* data, std::size_t size, bool dontWait);

    /**
     * @param data the data
     * @param flags flags of send(2)
     * @param address with MSG_FASTOPEN the server
     * @param [out] taken whether the socket has the data, for FinishWrite()
     * @return the count
     */
    Result Write(const std::vector<uint8_t>& data, int flags, const sockaddr* address, bool& taken);

    /**
     * Go on with a write() that waits.
     *
     * @param data the data
     * @param taken whether the socket has the data already
     * @return its result, if there is one by now
     */
    Result FinishWrite(const std::vector<uint8_t>& data, bool& taken);

    Result Shutdown(int how); //!< @param how SHUT_RD, SHUT_WR or SHUT_RDWR

    /// The last descriptor is gone.
    void Close();

    /**
     * @param level SOL_SOCKET or IPPROTO_TCP
     * @param name the option
     * @param value its value
     * @param size the value's size
     * @return 0, or an error
     */
    Result SetOption(int level, int name, const void* value, socklen_t size);

    /**
     * @param level SOL_SOCKET or IPPROTO_TCP
     * @param name the option
     * @param [out] value its value
     * @param [in,out] size the value's size
     * @return 0, or an error
     */
    Result GetOption(int level, int name, void* value, socklen_t* size);

    /// @return what poll(2) says of the socket
    short GetReadiness() const;

    /// @return how often something has changed
    uint64_t GetChanges() const;

    /**
     * @param [out] peer the address of the other end
     * @return its size in bytes
     */
    socklen_t GetPeer(sockaddr_storage& peer) const;

  private:
    /**
     * @param stack the stack
     * @param domain AF_INET or AF_INET6
     * @param socket a listener's child
     * @param changed called when something may have changed
     */
    SimulatedSocket(SimulatedStack& stack,
                    int domain,
                    ns3::Ptr<ns3::TcpFastOpenSocket> socket,
                    std::function<void()> changed);

    /**
     * Give the connection up: connect() to AF_UNSPEC. What was set stays.
     */
    void Disconnect();

    void Watch();                              //!< have the socket report
    void Changed();                            //!< something may have changed
    void Fail();                               //!< the connection is over by an error
    ns3::TcpSocket::TcpStates_t State() const; //!< @return the state
    bool IsEstablished() const;                //!< @return whether the handshake is complete
    bool IsDeferred() const;                   //!< @return whether the SYN waits for data
    bool IsConnecting() const;                 //!< @return whether a SYN is under way
    long TakeError(long otherwise);            //!< @return the error, which is gone then
    void FillInfo(tcp_info& info) const;       //!< @param info what getsockopt tells

    SimulatedStack& m_stack;                   //!< the stack
    int m_domain;                              //!< AF_INET or AF_INET6
    std::function<void()> m_changed;           //!< to be called
    ns3::Ptr<ns3::TcpFastOpenSocket> m_socket; //!< the socket
    ns3::Address m_bound;                      //!< what bind() has set, if anything
    bool m_watched{false};                     //!< the socket reports
    bool m_nonBlocking{false};                 //!< O_NONBLOCK
    bool m_reuseAddress{false};                //!< SO_REUSEADDR
    bool m_connected{false};                   //!< Connect() was called
    bool m_finished{false};                    //!< the handshake was complete once
    bool m_closedByPeer{false};                //!< the end of the stream has come
    bool m_over{false};                        //!< there is no connection any more
    bool m_noSend{false};                      //!< we have shut down
    bool m_synDataAccepted{false};             //!< the listener took the SYN's data
    int m_error{0};                            //!< SO_ERROR
    ns3::Address m_peer;                       //!< listener's child: the other end
    uint64_t m_changes{0};                     //!< how often something has changed
    uint8_t m_state{0};                        //!< ns-3's number of the state
    ns3::Time m_rtt;                           //!< the last sample
    SegmentLedger m_ledger;                    //!< its segments
    uint32_t m_acceptedSynData{0};             //!< listener: data of the SYN just accepted
    bool m_acceptedBySyn{false};               //!< listener: a SYN was just accepted
    std::deque<std::shared_ptr<SimulatedSocket>> m_queue; //!< listener: not yet accepted
};

#endif // SIMULATED_SOCKET_H
