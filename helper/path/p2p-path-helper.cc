/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "p2p-path-helper.h"

#include "ns3/data-rate.h"
#include "ns3/double.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/pointer.h"
#include "ns3/string.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(P2pPathHelper);

TypeId
P2pPathHelper::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::P2pPathHelper")
            .SetParent<PathHelper>()
            .SetGroupName("TcpFastOpen")
            .AddConstructor<P2pPathHelper>()
            .AddAttribute("Rtt",
                          "Base round-trip time; each direction delays by half of it.",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&P2pPathHelper::m_rtt),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("Rate",
                          "Rate of the link, the same in both directions.",
                          DataRateValue(DataRate("10Mbps")),
                          MakeDataRateAccessor(&P2pPathHelper::m_rate),
                          MakeDataRateChecker())
            .AddAttribute("Loss",
                          "Probability that a packet is lost, for each direction.",
                          DoubleValue(0.0),
                          MakeDoubleAccessor(&P2pPathHelper::m_loss),
                          MakeDoubleChecker<double>(0.0, 1.0));
    return tid;
}

void
P2pPathHelper::DoBuild()
{
    m_client = CreateObject<Node>();
    m_server = CreateObject<Node>();

    PointToPointHelper link;
    link.SetChannelAttribute("Delay", TimeValue(m_rtt / 2));
    link.SetDeviceAttribute("DataRate", DataRateValue(m_rate));
    link.SetQueue("ns3::DropTailQueue", "MaxSize", StringValue("1000000p"));
    NetDeviceContainer devices = link.Install(m_client, m_server);
    m_clientDevice = devices.Get(0);
    m_serverDevice = devices.Get(1);
    AddLoss(m_clientDevice);
    AddLoss(m_serverDevice);

    InstallInternet(NodeContainer(m_client, m_server));
    m_serverAddress = AssignAddresses(1, devices).at(1);
}

void
P2pPathHelper::SetErrorModel(Ptr<ErrorModel> model)
{
    m_clientDevice->SetAttribute("ReceiveErrorModel", PointerValue(model));
    m_serverDevice->SetAttribute("ReceiveErrorModel", PointerValue(model));
}

void
P2pPathHelper::EnablePcap(const std::string& prefix)
{
    PointToPointHelper link;
    link.EnablePcap(prefix + "-client.pcap", m_clientDevice, false, true);
    link.EnablePcap(prefix + "-server.pcap", m_serverDevice, false, true);
}

} // namespace ns3
