/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_FAST_OPEN_HELPER_H
#define TCP_FAST_OPEN_HELPER_H

#include "ns3/attribute.h"
#include "ns3/node-container.h"
#include "ns3/object-factory.h"

#include <string>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Give nodes TCP Fast Open: a TcpFastOpen object and a
 * TcpFastOpenSocketFactory. The Internet stack has to be there already.
 *
 * @code
 *   TcpFastOpenHelper fastOpen;
 *   fastOpen.SetAttribute("Switch", UintegerValue(3)); // client and server
 *   fastOpen.Install(nodes);
 * @endcode
 */
class TcpFastOpenHelper
{
  public:
    TcpFastOpenHelper();

    /**
     * Set an attribute of the TcpFastOpen objects to be installed.
     *
     * @param name the attribute's name
     * @param value its value
     */
    void SetAttribute(const std::string& name, const AttributeValue& value);

    /**
     * Let the nodes differ from or agree with RFC 7413 where Linux differs.
     *
     * @param name `linux` (the default) or `rfc7413`; anything else ends the program
     */
    void SetProfile(const std::string& name);

    /**
     * Choose whether ns3::TcpSocketFactory, too, makes Fast Open sockets on the
     * nodes. Applications that name it themselves, 3GPP HTTP among them, then use
     * Fast Open unchanged. Off by default.
     *
     * @param nodeWide whether it does
     */
    void SetNodeWide(bool nodeWide);

    /**
     * @param node the node to give Fast Open to; once for each node
     */
    void Install(Ptr<Node> node) const;

    /**
     * @param nodes the nodes to give Fast Open to; once for each node
     */
    void Install(const NodeContainer& nodes) const;

    /**
     * Fix the random streams from which unset keys are drawn.
     *
     * @param nodes nodes with Fast Open
     * @param stream the first stream to use
     * @return how many streams were used
     */
    static int64_t AssignStreams(const NodeContainer& nodes, int64_t stream);

  private:
    ObjectFactory m_factory; //!< makes the nodes' TcpFastOpen
    std::string m_profile;   //!< profile to set, if any
    bool m_nodeWide{false};  //!< whether ns3::TcpSocketFactory makes the sockets
};

} // namespace ns3

#endif // TCP_FAST_OPEN_HELPER_H
