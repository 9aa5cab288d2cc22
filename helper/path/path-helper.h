/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef PATH_HELPER_H
#define PATH_HELPER_H

#include "ns3/data-rate.h"
#include "ns3/error-model.h"
#include "ns3/net-device-container.h"
#include "ns3/net-device.h"
#include "ns3/node-container.h"
#include "ns3/node.h"
#include "ns3/nstime.h"
#include "ns3/object.h"

#include <string>
#include <vector>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * A network between one client and one server, ready for applications.
 *
 * A path is an object with attributes. The ones that every path has are:
 *
 * - `Rtt`: the base round-trip time, from client to server and back without
 *   queueing and without the time that transmission takes;
 * - `Rate`: the rate of the bottleneck towards the client;
 * - `Loss`: the probability, 0 to 1, that a packet is lost on the way, for each
 *   direction alone;
 * - `Ipv6`: whether the path has IPv6 addresses instead of IPv4's; by default not.
 *
 * Each topology has its own defaults for the first three, and attributes of its own.
 * Set them before Build():
 *
 * @code
 *   Ptr<PathHelper> path = PathHelper::Create("satellite");
 *   path->SetAttribute("Loss", DoubleValue(0.01));
 *   path->Build();
 *   fastOpen.Install(NodeContainer(path->GetClient(), path->GetServer()));
 * @endcode
 */
class PathHelper : public Object
{
  public:
    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Make a path by the name of its topology.
     *
     * @param name one of GetNames()
     * @return the path, not yet built; nullptr where the name is unknown
     */
    static Ptr<PathHelper> Create(const std::string& name);

    /**
     * @return the names of the topologies that Create() knows
     */
    static std::vector<std::string> GetNames();

    /**
     * Create the nodes, links, IP stacks and addresses. Call it once.
     */
    void Build();

    /**
     * @return the client's node; nullptr before Build()
     */
    Ptr<Node> GetClient() const;

    /**
     * @return the server's node; nullptr before Build()
     */
    Ptr<Node> GetServer() const;

    /**
     * @return the server's IP address, without a port: an Ipv6Address with `Ipv6`,
     *         else an Ipv4Address
     */
    Address GetServerAddress() const;

    /**
     * @return the base round-trip time
     */
    Time GetRtt() const;

    /**
     * @return the least `Rtt` that the path can have, by its other parts
     */
    virtual Time GetLeastRtt() const;

    /**
     * @return the rate towards the client in bit/s
     */
    uint64_t GetRate() const;

    /**
     * @return the probability that a packet is lost, for each direction
     */
    double GetLoss() const;

    /**
     * @return the time from Build() until the path carries data (a radio link
     *         has to attach first, say)
     */
    virtual Time GetReadyTime() const;

    /**
     * Write a pcap file for the client's and one for the server's device:
     * PREFIX-client.pcap and PREFIX-server.pcap.
     *
     * @param prefix the start of the files' names, with their folder
     */
    virtual void EnablePcap(const std::string& prefix) = 0;

    /**
     * Fix the random streams that the path uses, so that the same run number
     * brings the same losses.
     *
     * @param stream the first stream to use
     * @return how many streams were used
     */
    virtual int64_t AssignStreams(int64_t stream);

  protected:
    /**
     * Create the network; sets m_client, m_server and m_serverAddress.
     */
    virtual void DoBuild() = 0;

    /**
     * Let a device lose what arrives with the probability of `Loss`.
     *
     * @param device the receiving device; it has an attribute ReceiveErrorModel
     */
    void AddLoss(Ptr<NetDevice> device);

    /**
     * Give nodes an Internet stack, with IPv6 as the attributes say.
     *
     * @param nodes the nodes
     */
    void InstallInternet(const NodeContainer& nodes) const;

    /**
     * Give the devices of a link their addresses: the subnet's of 10.1.0.0/16, or
     * with `Ipv6` of fd00:10:1::/48.
     *
     * @param subnet the subnet's number, 1 to 254, which no other topology uses
     * @param devices the devices, on nodes that have an Internet stack
     * @return their addresses (Ipv4Address or Ipv6Address) in the same order
     */
    std::vector<Address> AssignAddresses(uint8_t subnet, const NetDeviceContainer& devices) const;

    /**
     * Send what a node has no other route for to a gateway.
     *
     * @param device the node's device that leads there
     * @param gateway the gateway's address (Ipv4Address or Ipv6Address)
     */
    static void SetDefaultRoute(Ptr<NetDevice> device, const Address& gateway);

    /**
     * Prepare a node's IPv6, before it has addresses, for a path on which each
     * packet is the connection's: no duplicate address detection, no router
     * solicitation, and packets are forwarded, as ns-3's IPv4 does by default.
     *
     * @param node the node, with an Internet stack
     */
    static void PrepareIpv6(Ptr<Node> node);

    Ptr<Node> m_client;      //!< the client's node
    Ptr<Node> m_server;      //!< the server's node
    Address m_serverAddress; //!< where the server is reached
    Time m_rtt;              //!< base round-trip time
    DataRate m_rate;         //!< rate towards the client
    double m_loss{0};        //!< loss probability for each direction
    bool m_ipv6{false};      //!< whether the addresses are IPv6's
    bool m_dualStack{true};  //!< whether nodes have IPv6 in any case

  private:
    std::vector<Ptr<RateErrorModel>> m_lossModels; //!< what AddLoss() made
};

} // namespace ns3

#endif // PATH_HELPER_H
