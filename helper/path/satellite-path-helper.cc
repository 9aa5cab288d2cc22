/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "satellite-path-helper.h"

#include "ns3/abort.h"
#include "ns3/data-rate.h"
#include "ns3/double.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/pointer.h"
#include "ns3/queue-size.h"
#include "ns3/queue.h"
#include "ns3/string.h"
#include "ns3/traffic-control-helper.h"

#include <algorithm>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(SatellitePathHelper);

namespace
{

/// Rate of the terrestrial hop, unless the satellite is faster; our choice.
constexpr uint64_t TERRESTRIAL_RATE = 1000000000;

/// A queue holds this much even where the path is short or slow: ten full
/// packets, the initial window of RFC 6928.
constexpr uint64_t MIN_QUEUE = 15000;

} // namespace

TypeId
SatellitePathHelper::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::SatellitePathHelper")
            .SetParent<PathHelper>()
            .SetGroupName("TcpFastOpen")
            .AddConstructor<SatellitePathHelper>()
            .AddAttribute("Rtt",
                          "Base round-trip time from client to server, both hops. RFC 2488, "
                          "section 2, has 2 x 239.6 ms to 2 x 279 ms for the satellite hop; the "
                          "default gives it 540 ms.",
                          TimeValue(MilliSeconds(560)),
                          MakeTimeAccessor(&SatellitePathHelper::m_rtt),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("TerrestrialRtt",
                          "Part of Rtt between gateway and server; the satellite hop takes the "
                          "rest. The default is our choice.",
                          TimeValue(MilliSeconds(20)),
                          MakeTimeAccessor(&SatellitePathHelper::m_terrestrialRtt),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("Rate",
                          "Rate of the satellite hop towards the client. The defaults of this and "
                          "of UplinkRate are the benchmark for broadband in the FCC's 2015 "
                          "Broadband Progress Report (FCC 15-10), 25 and 3 Mb/s, at which "
                          "geostationary services have been sold since.",
                          DataRateValue(DataRate("25Mbps")),
                          MakeDataRateAccessor(&SatellitePathHelper::m_rate),
                          MakeDataRateChecker())
            .AddAttribute("UplinkRate",
                          "Rate of the satellite hop from the client; for its default see Rate.",
                          DataRateValue(DataRate("3Mbps")),
                          MakeDataRateAccessor(&SatellitePathHelper::m_uplinkRate),
                          MakeDataRateChecker())
            .AddAttribute("Loss",
                          "Probability that a packet is lost on the satellite hop, for each "
                          "direction. The default follows from the bit error rate of 1e-7 that "
                          "RFC 2488, section 2, calls typical: 0.0012 for 1500 octets.",
                          DoubleValue(0.001),
                          MakeDoubleAccessor(&SatellitePathHelper::m_loss),
                          MakeDoubleChecker<double>(0.0, 1.0))
            .AddAttribute("QueueDelay",
                          "Time that a full queue of the satellite hop takes to drain. The default "
                          "makes it one bandwidth-delay product of the default Rtt, the rule of "
                          "thumb that Appenzeller et al. discuss (Sizing Router Buffers, SIGCOMM "
                          "2004).",
                          TimeValue(MilliSeconds(560)),
                          MakeTimeAccessor(&SatellitePathHelper::m_queueDelay),
                          MakeTimeChecker(Time(0)));
    return tid;
}

Time
SatellitePathHelper::GetLeastRtt() const
{
    return m_terrestrialRtt;
}

void
SatellitePathHelper::DoBuild()
{
    m_client = CreateObject<Node>();
    m_server = CreateObject<Node>();
    Ptr<Node> gateway = CreateObject<Node>();

    PointToPointHelper satellite;
    satellite.SetChannelAttribute("Delay", TimeValue((m_rtt - m_terrestrialRtt) / 2));
    NetDeviceContainer satelliteDevices = satellite.Install(m_client, gateway);
    m_clientDevice = satelliteDevices.Get(0);
    SetUpSatelliteDevice(m_clientDevice, m_uplinkRate);
    SetUpSatelliteDevice(satelliteDevices.Get(1), m_rate);

    PointToPointHelper terrestrial;
    terrestrial.SetChannelAttribute("Delay", TimeValue(m_terrestrialRtt / 2));
    terrestrial.SetDeviceAttribute(
        "DataRate",
        DataRateValue(DataRate(
            std::max({TERRESTRIAL_RATE, m_rate.GetBitRate(), m_uplinkRate.GetBitRate()}))));
    terrestrial.SetQueue("ns3::DropTailQueue", "MaxSize", StringValue("1000000p"));
    NetDeviceContainer terrestrialDevices = terrestrial.Install(gateway, m_server);
    m_serverDevice = terrestrialDevices.Get(1);

    InstallInternet(NodeContainer(m_client, gateway, m_server));
    const auto satelliteAddresses = AssignAddresses(3, satelliteDevices);
    const auto terrestrialAddresses = AssignAddresses(4, terrestrialDevices);
    m_serverAddress = terrestrialAddresses.at(1);
    SetDefaultRoute(m_clientDevice, satelliteAddresses.at(1));
    SetDefaultRoute(m_serverDevice, terrestrialAddresses.at(0));

    // The queues are the devices' alone: the queue disc that comes with
    // an address would drop (CoDel) long before they are full.
    TrafficControlHelper().Uninstall(satelliteDevices);
}

void
SatellitePathHelper::SetUpSatelliteDevice(Ptr<NetDevice> device, DataRate rate)
{
    device->SetAttribute("DataRate", DataRateValue(rate));
    auto bytes = static_cast<uint64_t>(m_queueDelay.GetSeconds() * rate.GetBitRate() / 8);
    PointerValue queue;
    device->GetAttribute("TxQueue", queue);
    queue.Get<QueueBase>()->SetMaxSize(QueueSize(QueueSizeUnit::BYTES, std::max(bytes, MIN_QUEUE)));
    AddLoss(device);
}

void
SatellitePathHelper::EnablePcap(const std::string& prefix)
{
    PointToPointHelper link;
    link.EnablePcap(prefix + "-client.pcap", m_clientDevice, false, true);
    link.EnablePcap(prefix + "-server.pcap", m_serverDevice, false, true);
}

} // namespace ns3
