/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mobile-path-helper.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/config.h"
#include "ns3/data-rate.h"
#include "ns3/double.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/ipv6-l3-protocol.h"
#include "ns3/lte-enb-net-device.h"
#include "ns3/lte-enb-phy.h"
#include "ns3/lte-spectrum-phy.h"
#include "ns3/lte-ue-net-device.h"
#include "ns3/lte-ue-phy.h"
#include "ns3/mobility-helper.h"
#include "ns3/point-to-point-epc-helper.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/trace-helper.h"
#include "ns3/uinteger.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(MobilePathHelper);

namespace
{

/// What radio and core take of the round-trip time in microseconds: the median
/// of pings over this cell with a server's link of no delay, 15 to 16 ms.
constexpr uint64_t RADIO_RTT_US = 15500;

/// Time after which the client is attached in milliseconds; it takes 25.
constexpr uint64_t READY_TIME_MS = 100;

/// Width of the cell in resource blocks, 20 MHz.
constexpr uint16_t RESOURCE_BLOCKS = 100;

/// MTU of the client, as of its server; ns-3's is 30000, from which no MSS follows.
constexpr uint16_t MTU = 1500;

/// Size of the queues of the client's bearer in octets.
constexpr uint32_t BEARER_QUEUE = 10000000;

/**
 * Write what the client's IP layer sends or receives.
 *
 * @tparam Ip Ipv4 or Ipv6
 * @param file the file to write to
 * @param packet the packet with its IP header
 * @param interface the number of the interface; 0 is the loopback interface
 */
template <typename Ip>
void
CapturePacket(Ptr<PcapFileWrapper> file,
              Ptr<const Packet> packet,
              Ptr<Ip> /* ip */,
              uint32_t interface)
{
    if (interface != 0)
    {
        file->Write(Simulator::Now(), packet);
    }
}

/**
 * Switch the error models of a radio device off.
 *
 * @param downlink its downlink
 * @param uplink its uplink
 */
void
SwitchErrorsOff(Ptr<LteSpectrumPhy> downlink, Ptr<LteSpectrumPhy> uplink)
{
    for (const auto& phy : {downlink, uplink})
    {
        phy->SetAttribute("DataErrorModelEnabled", BooleanValue(false));
        phy->SetAttribute("CtrlErrorModelEnabled", BooleanValue(false));
    }
}

/**
 * Do nothing; an event of this function holds its argument.
 */
void
KeepUntilDestroyed(Ptr<LteHelper> /* lte */)
{
}

} // namespace

TypeId
MobilePathHelper::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::MobilePathHelper")
            .SetParent<PathHelper>()
            .SetGroupName("TcpFastOpen")
            .AddConstructor<MobilePathHelper>()
            .AddAttribute(
                "Rtt",
                "Base round-trip time from client to server, of which radio and core "
                "take 15.5 ms. The default is about the median that Huang et al. measured "
                "over LTE (A Close Examination of Performance and Power Characteristics "
                "of 4G LTE Networks, MobiSys 2012).",
                TimeValue(MilliSeconds(70)),
                MakeTimeAccessor(&MobilePathHelper::m_rtt),
                MakeTimeChecker(Time(0)))
            .AddAttribute("Rate",
                          "Rate of the server's link; the radio carries up to about 65 Mb/s. The "
                          "default is the median downlink throughput of LTE in Huang et al., "
                          "MobiSys 2012.",
                          DataRateValue(DataRate("13Mbps")),
                          MakeDataRateAccessor(&MobilePathHelper::m_rate),
                          MakeDataRateChecker())
            .AddAttribute("Loss",
                          "Probability that a packet is lost on the server's link, for each "
                          "direction. The default is our choice: LTE's HARQ repairs what the air "
                          "loses.",
                          DoubleValue(0.0),
                          MakeDoubleAccessor(&MobilePathHelper::m_loss),
                          MakeDoubleChecker<double>(0.0, 1.0));
    return tid;
}

Time
MobilePathHelper::GetLeastRtt() const
{
    return MicroSeconds(RADIO_RTT_US);
}

Time
MobilePathHelper::GetReadyTime() const
{
    return MilliSeconds(READY_TIME_MS);
}

void
MobilePathHelper::DoBuild()
{
    m_client = CreateObject<Node>();
    m_server = CreateObject<Node>();
    Ptr<Node> enb = CreateObject<Node>();

    Ptr<PointToPointEpcHelper> epc = CreateObject<PointToPointEpcHelper>();
    m_lte = CreateObject<LteHelper>();
    m_lte->SetEpcHelper(epc);
    Ptr<Node> pgw = epc->GetPgwNode();
    BuildRadio(enb);

    PointToPointHelper link;
    link.SetChannelAttribute("Delay", TimeValue((m_rtt - MicroSeconds(RADIO_RTT_US)) / 2));
    link.SetDeviceAttribute("DataRate", DataRateValue(m_rate));
    link.SetQueue("ns3::DropTailQueue", "MaxSize", StringValue("1000000p"));
    NetDeviceContainer linkDevices = link.Install(pgw, m_server);
    m_serverDevice = linkDevices.Get(1);
    AddLoss(linkDevices.Get(0));
    AddLoss(m_serverDevice);

    InstallInternet(NodeContainer(m_client, m_server));
    const auto addresses = AssignAddresses(5, linkDevices);
    m_serverAddress = addresses.at(1);
    SetDefaultRoute(m_serverDevice, addresses.at(0));

    // The EPC gives its clients their addresses.
    Ptr<NetDevice> clientDevice = m_lteDevices.Get(1);
    if (m_ipv6)
    {
        PrepareIpv6(m_client);
        epc->AssignUeIpv6Address(NetDeviceContainer(clientDevice));
        SetDefaultRoute(clientDevice, epc->GetUeDefaultGatewayAddress6());
    }
    else
    {
        epc->AssignUeIpv4Address(NetDeviceContainer(clientDevice));
        SetDefaultRoute(clientDevice, epc->GetUeDefaultGatewayAddress());
    }

    m_lte->Attach(clientDevice, m_lteDevices.Get(0));
    // The EPC's helper takes the core's nodes along when it goes, so it has to
    // outlive the simulation, even where the path does not.
    Simulator::ScheduleDestroy(&KeepUntilDestroyed, m_lte);
    // The bearers come to be while the client attaches.
    Simulator::Schedule(GetReadyTime(),
                        &MobilePathHelper::DeepenBearerQueues,
                        Ptr<MobilePathHelper>(this),
                        enb);
}

void
MobilePathHelper::BuildRadio(Ptr<Node> enb)
{
    MobilityHelper mobility;
    Ptr<ListPositionAllocator> positions = CreateObject<ListPositionAllocator>();
    positions->Add(Vector(0, 0, 0));
    positions->Add(Vector(50, 0, 0));
    mobility.SetPositionAllocator(positions);
    mobility.SetMobilityModel("ns3::ConstantPositionMobilityModel");
    mobility.Install(NodeContainer(enb, m_client));

    m_lte->SetAttribute("AnrEnabled", BooleanValue(false));
    m_lte->SetUeDeviceAttribute("Mtu", UintegerValue(MTU));
    m_lte->SetEnbDeviceAttribute("DlBandwidth", UintegerValue(RESOURCE_BLOCKS));
    m_lte->SetEnbDeviceAttribute("UlBandwidth", UintegerValue(RESOURCE_BLOCKS));
    m_lteDevices.Add(m_lte->InstallEnbDevice(NodeContainer(enb)));
    m_lteDevices.Add(m_lte->InstallUeDevice(NodeContainer(m_client)));

    Ptr<LteEnbPhy> enbPhy = DynamicCast<LteEnbNetDevice>(m_lteDevices.Get(0))->GetPhy();
    SwitchErrorsOff(enbPhy->GetDownlinkSpectrumPhy(), enbPhy->GetUplinkSpectrumPhy());
    Ptr<LteUePhy> uePhy = DynamicCast<LteUeNetDevice>(m_lteDevices.Get(1))->GetPhy();
    SwitchErrorsOff(uePhy->GetDownlinkSpectrumPhy(), uePhy->GetUplinkSpectrumPhy());
}

void
MobilePathHelper::DeepenBearerQueues(Ptr<Node> enb)
{
    const std::string client = "/NodeList/" + std::to_string(m_client->GetId());
    const std::string cell = "/NodeList/" + std::to_string(enb->GetId());
    const std::string queue = "/DataRadioBearerMap/*/LteRlc/MaxTxBufferSize";
    for (const auto& path : {client + "/DeviceList/*/LteUeRrc" + queue,
                             cell + "/DeviceList/*/LteEnbRrc/UeMap/*" + queue})
    {
        NS_ABORT_MSG_UNLESS(Config::SetFailSafe(path, UintegerValue(BEARER_QUEUE)),
                            "MobilePathHelper: the client did not attach in time");
    }
}

void
MobilePathHelper::EnablePcap(const std::string& prefix)
{
    // The UE's device has no capture of its own, so take what its IP layer sees.
    PcapHelper pcap;
    Ptr<PcapFileWrapper> file =
        pcap.CreateFile(prefix + "-client.pcap", std::ios::out, PcapHelper::DLT_RAW);
    Ptr<Ipv4L3Protocol> ipv4 = m_client->GetObject<Ipv4L3Protocol>();
    Ptr<Ipv6L3Protocol> ipv6 = m_client->GetObject<Ipv6L3Protocol>();
    for (const char* trace : {"Tx", "Rx"})
    {
        ipv4->TraceConnectWithoutContext(trace, MakeBoundCallback(&CapturePacket<Ipv4>, file));
        if (ipv6)
        {
            ipv6->TraceConnectWithoutContext(trace, MakeBoundCallback(&CapturePacket<Ipv6>, file));
        }
    }
    PointToPointHelper().EnablePcap(prefix + "-server.pcap", m_serverDevice, false, true);
}

int64_t
MobilePathHelper::AssignStreams(int64_t stream)
{
    int64_t used = PathHelper::AssignStreams(stream);
    return used + m_lte->AssignStreams(m_lteDevices, stream + used);
}

} // namespace ns3
