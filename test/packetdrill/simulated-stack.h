/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SIMULATED_STACK_H
#define SIMULATED_STACK_H

#include "ns3/nstime.h"
#include "ns3/tcp-fast-open-socket.h"
#include "ns3/tcp-fast-open.h"
#include "ns3/virtual-net-device.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/**
 * One node with the module's TCP and a device of raw IP datagrams, in virtual
 * time: the machine under test.
 *
 * What scripts change with sysctl(8) is read from /proc/sys/net/ipv4, so the
 * caller is to have a network namespace of its own.
 */
class SimulatedStack
{
  public:
    /// A datagram that has left the node.
    struct Datagram
    {
        std::vector<uint8_t> bytes; //!< the datagram
        ns3::Time time;             //!< when it left
    };

    /**
     * @param address the node's first address, of IPv4 or IPv6
     * @param metrics a file that grows when the cache of cookies is to be flushed;
     *        empty: none
     * @param mtu the device's MTU in bytes
     */
    SimulatedStack(const std::string& address, std::string metrics, uint16_t mtu);

    /**
     * Run until a time.
     *
     * @param time the time; nothing is done if it is past
     */
    void RunTo(ns3::Time time);

    /**
     * Run until a condition holds.
     *
     * @param condition asked after each change at a socket and each datagram
     * @param latest the latest time
     * @return whether it holds
     */
    bool RunUntil(const std::function<bool()>& condition, ns3::Time latest);

    /// Something has changed: look at the condition of RunUntil().
    void Wake();

    /**
     * Let a datagram arrive.
     *
     * @param bytes the datagram
     * @param size its size in bytes
     */
    void Inject(const uint8_t* bytes, std::size_t size);

    /// @return the datagrams that have left and were not yet taken
    std::deque<Datagram>& GetSent();

    /**
     * Make sure that the node has an address.
     *
     * @param address the address, of IPv4 or IPv6; nothing is done for any address
     */
    void AddAddress(const ns3::Address& address);

    /// Read what scripts have set; flush the cache when asked to.
    void ReadSettings();

    /**
     * @param name a name below net.ipv4
     * @param otherwise its value where there is none
     * @return its value
     */
    static std::string GetSetting(const std::string& name, const std::string& otherwise);

    /**
     * Apply the settings to a socket that is about to connect or to listen.
     *
     * @param socket the socket
     */
    static void Configure(ns3::Ptr<ns3::TcpFastOpenSocket> socket);

    /// @return a new socket, as Linux makes them
    ns3::Ptr<ns3::TcpFastOpenSocket> CreateSocket();

    /// @return what the node has for Fast Open
    ns3::Ptr<ns3::TcpFastOpen> GetFastOpen() const;

  private:
    /**
     * Note a datagram that leaves.
     *
     * @param packet the datagram
     */
    void Send(ns3::Ptr<ns3::Packet> packet);

    std::string m_metrics;                    //!< grows to flush the cache
    std::streamoff m_metricsSize{0};          //!< its size when last read
    ns3::Ptr<ns3::Node> m_node;               //!< the node
    ns3::Ptr<ns3::VirtualNetDevice> m_device; //!< its device
    uint32_t m_interface{0};                  //!< the device's number in IPv4
    uint32_t m_interface6{0};                 //!< and in IPv6
    ns3::Ptr<ns3::TcpFastOpen> m_fastOpen;    //!< the node's
    std::deque<Datagram> m_sent;              //!< what has left
    std::function<bool()> m_condition;        //!< what RunUntil() waits for
};

#endif // SIMULATED_STACK_H
