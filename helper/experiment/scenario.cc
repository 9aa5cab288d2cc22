/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "scenario.h"

#include "flag-reader.h"
#include "ns3/p2p-path-helper.h"
#include "ns3/path-helper.h"
#include "ns3/tcp-fast-open-helper.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/config.h"
#include "ns3/data-rate.h"
#include "ns3/double.h"
#include "ns3/global-value.h"
#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/node-list.h"
#include "ns3/node.h"
#include "ns3/request-response-client.h"
#include "ns3/request-response-server.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/rtt-estimator.h"
#include "ns3/simulator.h"
#include "ns3/socket-factory.h"
#include "ns3/string.h"
#include "ns3/tcp-congestion-ops.h"
#include "ns3/tcp-fast-open-socket-factory.h"
#include "ns3/tcp-fast-open.h"
#include "ns3/tcp-recovery-ops.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <regex>
#include <sstream>

namespace ns3
{

namespace
{

/// The server's port.
constexpr uint16_t PORT = 80;

/// First random streams of what a scenario uses, far enough apart.
constexpr int64_t KEY_STREAMS = 1000;
constexpr int64_t PATH_STREAMS = 2000;      //!< the path's
constexpr int64_t MIDDLEBOX_STREAMS = 3000; //!< that of what loses SYNs with data
constexpr int64_t STACK_STREAMS = 10000;    //!< the Internet stacks'

/// Sets defaults of attributes and puts the old ones back at the end.
class TemporaryDefaults
{
  public:
    /**
     * @param attributes full names and values
     */
    explicit TemporaryDefaults(const Scenario::Attributes& attributes)
    {
        for (const auto& [name, value] : attributes)
        {
            const Attribute& attribute = Find(name, value);
            m_old.emplace_back(&attribute,
                               attribute.type.GetAttribute(attribute.index).initialValue);
            Set(attribute, attribute.value);
        }
    }

    ~TemporaryDefaults()
    {
        for (const auto& [attribute, value] : m_old)
        {
            Set(*attribute, value);
        }
    }

    TemporaryDefaults(const TemporaryDefaults&) = delete;
    TemporaryDefaults& operator=(const TemporaryDefaults&) = delete;

  private:
    /// An attribute and a value for it.
    struct Attribute
    {
        TypeId type;                     //!< the class that has it
        std::size_t index;               //!< its number there
        Ptr<const AttributeValue> value; //!< the value
    };

    /**
     * Look an attribute up; only once for each value, as names and texts take long.
     *
     * @param name its full name
     * @param text its value
     * @return both
     */
    static const Attribute& Find(const std::string& name, const std::string& text)
    {
        static std::map<std::pair<std::string, std::string>, Attribute> known;
        const auto found = known.find({name, text});
        if (found != known.end())
        {
            return found->second;
        }
        const std::size_t colons = name.rfind("::");
        TypeId type = TypeId::LookupByName(name.substr(0, colons));
        while (true)
        {
            for (std::size_t i = 0; i < type.GetAttributeN(); i++)
            {
                const auto info = type.GetAttribute(i);
                if (info.name == name.substr(colons + 2))
                {
                    const auto value = info.checker->CreateValidValue(StringValue(text));
                    return known[{name, text}] = {type, i, value};
                }
            }
            NS_ABORT_MSG_UNLESS(type.HasParent(), name << ": there is no such attribute");
            type = type.GetParent();
        }
    }

    /**
     * @param attribute an attribute
     * @param value its new default
     */
    static void Set(const Attribute& attribute, Ptr<const AttributeValue> value)
    {
        TypeId(attribute.type).SetAttributeInitialValue(attribute.index, value);
    }

    std::vector<std::pair<const Attribute*, Ptr<const AttributeValue>>> m_old; //!< what was
};

/// Lets ns-3 compute and check checksums, or not, and goes back to what was.
class TemporaryChecksums
{
  public:
    /**
     * @param wanted whether there are to be checksums; where there are, they stay
     */
    explicit TemporaryChecksums(bool wanted)
        : m_changed(wanted && !Node::ChecksumEnabled())
    {
        if (m_changed)
        {
            GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
        }
    }

    ~TemporaryChecksums()
    {
        if (m_changed)
        {
            GlobalValue::Bind("ChecksumEnabled", BooleanValue(false));
        }
    }

    TemporaryChecksums(const TemporaryChecksums&) = delete;
    TemporaryChecksums& operator=(const TemporaryChecksums&) = delete;

  private:
    bool m_changed; //!< whether to go back
};

/**
 * @param scenario the scenario
 * @return its path, not yet built
 */
Ptr<PathHelper>
CreatePath(const Scenario& scenario)
{
    Ptr<PathHelper> path = PathHelper::Create(scenario.topology);
    path->SetAttribute("Ipv6", BooleanValue(scenario.ipv6));
    path->SetAttribute("DualStack", BooleanValue(false));
    if (scenario.rtt)
    {
        path->SetAttribute("Rtt", TimeValue(*scenario.rtt));
    }
    if (scenario.rate)
    {
        path->SetAttribute("Rate", DataRateValue(DataRate(static_cast<uint64_t>(*scenario.rate))));
    }
    if (scenario.loss)
    {
        path->SetAttribute("Loss", DoubleValue(*scenario.loss));
    }
    return path;
}

/**
 * @param ip an Ipv4Address or Ipv6Address
 * @return the address with the server's port
 */
Address
WithPort(const Address& ip)
{
    return Ipv6Address::IsMatchingType(ip)
               ? Address(Inet6SocketAddress(Ipv6Address::ConvertFrom(ip), PORT))
               : Address(InetSocketAddress(Ipv4Address::ConvertFrom(ip), PORT));
}

/**
 * Join words by commas.
 *
 * @param words the words
 * @return `a, b, c`
 */
std::string
Join(const std::vector<std::string>& words)
{
    std::string text;
    for (const auto& word : words)
    {
        text += (text.empty() ? "" : ", ") + word;
    }
    return text;
}

/**
 * @param text a number with a unit
 * @param units the units and what they multiply by
 * @param most the largest number, with its unit
 * @return whether the text is not more
 */
bool
IsWithin(const std::string& text, const std::map<std::string, double>& units, double most)
{
    char* unit = nullptr;
    const double number = std::strtod(text.c_str(), &unit);
    const auto factor = units.find(unit);
    return factor != units.end() && std::abs(number) * factor->second <= most;
}

/**
 * @param attribute an attribute that takes the name of a class
 * @param name a name
 * @return whether it takes this one: objects of another class would end the program
 */
bool
IsClassFor(const TypeId::AttributeInformation& attribute, const std::string& name)
{
    static const std::map<std::string, TypeId> bases{
        {"SocketType", TcpCongestionOps::GetTypeId()},
        {"RecoveryType", TcpRecoveryOps::GetTypeId()},
        {"RttEstimatorType", RttEstimator::GetTypeId()},
    };
    TypeId type;
    const auto base = bases.find(attribute.name);
    if (base == bases.end() || !TypeId::LookupByNameFailSafe(name, &type))
    {
        return false;
    }
    // TcpCubic, the standard one, calls itself a TcpSocketBase in older releases
    const auto standard = DynamicCast<const TypeIdValue>(attribute.originalInitialValue);
    return type == standard->Get() || (type.IsChildOf(base->second) && type.HasConstructor());
}

/**
 * Look whether a text can be read as an attribute's value. ns-3 ends the program at
 * many a text that cannot (3.37 to 3.48: Time, DataRate, TypeIdValue, PointerValue,
 * ObjectFactoryValue, ObjectPtrContainerValue, AddressValue, ...), and std::regex at
 * one that is too long; so only texts of a known form get that far.
 *
 * @param attribute the attribute
 * @param text the text
 * @return whether the attribute takes it
 */
bool
IsValid(const TypeId::AttributeInformation& attribute, const std::string& text)
{
    static const std::map<std::string, std::regex> forms{
        {"UintegerValue", std::regex("[0-9]{1,20}")},
        {"IntegerValue", std::regex("-?[0-9]{1,19}")},
        {"DoubleValue", std::regex(R"(-?[0-9]*\.?[0-9]+(e-?[0-9]+)?)")},
        {"BooleanValue", std::regex("true|false|0|1|t|f")},
        {"TimeValue", std::regex(R"(-?[0-9]*\.?[0-9]+(s|ms|us|ns|min|h))")},
        {"DataRateValue", std::regex(R"([0-9]*\.?[0-9]+[kMG]?(bps|b/s))")},
        {"QueueSizeValue", std::regex("[0-9]{1,9}(p|B)")},
        {"TypeIdValue", std::regex("ns3::[A-Za-z0-9:]+")},
        {"StringValue", std::regex("[^]*")},
        {"EnumValue", std::regex("[^]+")},
    };
    static const std::map<std::string, double> seconds{
        {"s", 1},
        {"ms", 1e-3},
        {"us", 1e-6},
        {"ns", 1e-9},
        {"min", 60},
        {"h", 3600},
    };
    static const std::map<std::string, double> bits{
        {"bps", 1},
        {"b/s", 1},
        {"kbps", 1e3},
        {"kb/s", 1e3},
        {"Mbps", 1e6},
        {"Mb/s", 1e6},
        {"Gbps", 1e9},
        {"Gb/s", 1e9},
    };
    std::string type = attribute.checker->GetValueTypeName();
    type.resize(std::min(type.find('<'), type.size())); // EnumValue is a template from 3.41 on
    if (type.compare(0, 5, "ns3::") == 0)
    {
        type.erase(0, 5); // some have it, some have not
    }
    const auto form = forms.find(type);
    if (form == forms.end() || text.size() > MAX_FORM || !std::regex_match(text, form->second) ||
        (type == "TimeValue" && !IsWithin(text, seconds, 1e9)) ||
        (type == "DataRateValue" && !IsWithin(text, bits, 1e12)))
    {
        return false;
    }
    if (type == "TypeIdValue" && !IsClassFor(attribute, text))
    {
        return false;
    }
    return attribute.checker->CreateValidValue(StringValue(text)) != nullptr;
}

/**
 * Look for what is wrong with attributes.
 *
 * @param attributes full names and values
 * @return one line; empty where nothing is wrong
 */
std::string
CheckAttributes(const Scenario::Attributes& attributes)
{
    std::ostringstream wrong;
    for (const auto& [name, value] : attributes)
    {
        struct TypeId::AttributeInformation info;
        TypeId type;
        const std::size_t colons = name.rfind("::");
        if (!wrong.str().empty())
        {
            break;
        }
        if (name == "ns3::TcpFastOpen::Switch")
        {
            wrong << name << ": the mode sets it";
        }
        else if (colons == std::string::npos ||
                 !TypeId::LookupByNameFailSafe(name.substr(0, colons), &type) ||
                 !type.LookupAttributeByName(name.substr(colons + 2), &info))
        {
            wrong << name << ": there is no such attribute";
        }
        else if (!IsValid(info, value))
        {
            wrong << name << ": \"" << value << "\" is not "
                  << (info.checker->HasUnderlyingTypeInformation()
                          ? info.checker->GetUnderlyingTypeInformation()
                          : "a valid value");
        }
    }
    return wrong.str();
}

} // namespace

Scenario::Attributes
Scenario::LinuxTcp()
{
    return {
        // MSS 1460; 12 bytes of each segment are the timestamps'
        {"ns3::TcpSocket::SegmentSize", "1460"},
        {"ns3::TcpFastOpenSocket::Mss", "1460"},
        {"ns3::TcpSocket::InitialCwnd", "10"}, // RFC 6928
        {"ns3::TcpSocket::ConnTimeout", "1s"}, // TCP_TIMEOUT_INIT
        {"ns3::TcpSocket::ConnCount", "7"},    // tcp_syn_retries 6, and the first
        {"ns3::TcpSocket::DataRetries", "15"}, // tcp_retries2
        {"ns3::TcpSocket::DelAckTimeout", "40ms"},
        {"ns3::TcpSocket::DelAckCount", "2"},
        {"ns3::TcpLinuxSocket::QuickAcks", "16"},      // TCP_MAX_QUICKACKS
        {"ns3::TcpLinuxSocket::TailRecovery", "true"}, // tcp_recovery, tcp_early_retrans
        {"ns3::TcpLinuxSocket::FRto", "true"},         // tcp_frto
        {"ns3::TcpFastOpenSocket::ReduceInitialCwnd", "true"},
        {"ns3::RttLinux::Jiffy", "4ms"}, // HZ 250
        {"ns3::TcpSocket::SndBufSize", "4194304"},
        {"ns3::TcpSocket::RcvBufSize", "4194304"},
        {"ns3::TcpSocketBase::MinRto", "200ms"},
        {"ns3::TcpSocketBase::Sack", "true"},
        {"ns3::TcpSocketBase::Timestamp", "true"},
        {"ns3::TcpSocketBase::WindowScaling", "true"},
        {"ns3::TcpL4Protocol::SocketType", "ns3::TcpCubic"},
        // Not PRR: ns-3.48's is another one than ns-3.37's, and faster than Linux's
        {"ns3::TcpL4Protocol::RecoveryType", "ns3::TcpClassicRecovery"},
        {"ns3::TcpL4Protocol::RttEstimatorType", "ns3::RttLinux"},
    };
}

std::vector<std::string>
Scenario::GetModes()
{
    return {"3whs", "tfo"};
}

std::string
CheckScenario(const Scenario& scenario)
{
    std::ostringstream wrong;
    const auto names = PathHelper::GetNames();
    const auto modes = Scenario::GetModes();
    const auto inRange = [](double value, double low, double high) {
        return std::isfinite(value) && value >= low && value <= high;
    };
    if (std::find(names.begin(), names.end(), scenario.topology) == names.end())
    {
        wrong << "topology: \"" << scenario.topology << "\" is none of " << Join(names);
    }
    else if (std::find(modes.begin(), modes.end(), scenario.mode) == modes.end())
    {
        wrong << "mode: \"" << scenario.mode << "\" is none of " << Join(modes);
    }
    else if (scenario.rate && !inRange(*scenario.rate, 1e3, 1e12))
    {
        wrong << "rate: " << *scenario.rate << " bit/s is not between 1kbps and 1000Gbps";
    }
    else if (scenario.loss && !inRange(*scenario.loss, 0, 1))
    {
        wrong << "loss: " << *scenario.loss << " is not a probability from 0 to 1";
    }
    else if (scenario.rtt && !inRange(scenario.rtt->GetSeconds(), 0, 100))
    {
        wrong << "rtt: " << scenario.rtt->As(Time::MS) << " is not between 0 and 100s";
    }
    else if (const Time least = PathHelper::Create(scenario.topology)->GetLeastRtt();
             scenario.rtt && *scenario.rtt < least)
    {
        wrong << "rtt: " << scenario.rtt->As(Time::MS) << " is less than the " << least.As(Time::MS)
              << " that parts of the " << scenario.topology << " path take";
    }
    else if (scenario.request < 1 || scenario.response < 1)
    {
        wrong << (scenario.request < 1 ? "request" : "response") << ": at least 1 byte";
    }
    else if (scenario.transfers < 1)
    {
        wrong << "transfers: at least 1";
    }
    else if (scenario.gap && scenario.gap->IsStrictlyNegative())
    {
        wrong << "gap: not below 0";
    }
    else if (scenario.seed < 1)
    {
        wrong << "seed: at least 1";
    }
    else if (TypeId factory; !TypeId::LookupByNameFailSafe(scenario.factory, &factory) ||
                             !factory.IsChildOf(SocketFactory::GetTypeId()))
    {
        wrong << "factory: \"" << scenario.factory << "\" is no socket factory";
    }
    else if (scenario.mode == "tfo" && factory != TcpFastOpenSocketFactory::GetTypeId())
    {
        wrong << "factory: \"" << scenario.factory << "\" has no Fast Open, mode 3whs alone";
    }
    else if (!inRange(scenario.synDataLoss, 0, 1))
    {
        wrong << "syn-data-loss: " << scenario.synDataLoss << " is not a probability from 0 to 1";
    }
    else if (const std::string what = !scenario.drops.empty()    ? "drop"
                                      : scenario.synDataLoss > 0 ? "syn-data-loss"
                                                                 : "";
             !what.empty() && (scenario.topology != "p2p" || (scenario.loss && *scenario.loss > 0)))
    {
        wrong << what << ": only with the topology p2p, and not together with loss";
    }
    for (const auto& drop : scenario.drops)
    {
        if (wrong.str().empty() &&
            (drop.transfer < 1 || drop.transfer > scenario.transfers || drop.segment < 1))
        {
            wrong << "drop: " << drop.transfer
                  << (drop.sender == SegmentDropModel::CLIENT ? ":client:" : ":server:")
                  << drop.segment << " needs a transfer from 1 to " << scenario.transfers
                  << " and a segment from 1";
        }
    }
    static Scenario::Attributes sound; // most scenarios have those of the last one
    if (wrong.str().empty() && scenario.tcp != sound)
    {
        wrong << CheckAttributes(scenario.tcp);
        sound = wrong.str().empty() ? scenario.tcp : Scenario::Attributes();
    }
    return wrong.str();
}

ScenarioResult
RunScenario(const Scenario& scenario)
{
    const std::string wrong = CheckScenario(scenario);
    NS_ABORT_MSG_UNLESS(wrong.empty(), wrong);

    TemporaryDefaults defaults(scenario.tcp);
    // Wireshark wants checksums, which ns-3 leaves at 0 otherwise, and which take time
    const TemporaryChecksums checksums(!scenario.pcap.empty());
    RngSeedManager::SetSeed(scenario.seed);
    RngSeedManager::SetRun(scenario.run);

    Ptr<PathHelper> path = CreatePath(scenario);
    path->Build();
    const NodeContainer ends(path->GetClient(), path->GetServer());

    TcpFastOpenHelper fastOpen;
    fastOpen.SetAttribute(
        "Switch",
        UintegerValue(scenario.mode == "tfo" ? TcpFastOpen::CLIENT | TcpFastOpen::SERVER : 0));
    fastOpen.Install(ends);

    path->AssignStreams(PATH_STREAMS);
    TcpFastOpenHelper::AssignStreams(ends, KEY_STREAMS);
    InternetStackHelper().AssignStreams(NodeContainer::GetGlobal(), STACK_STREAMS);

    if (!scenario.drops.empty() || scenario.synDataLoss > 0)
    {
        Ptr<SegmentDropModel> model = CreateObject<SegmentDropModel>(PORT);
        model->SetAttribute("SynDataLoss", DoubleValue(scenario.synDataLoss));
        model->AssignStreams(MIDDLEBOX_STREAMS);
        for (const auto& drop : scenario.drops)
        {
            model->Drop(drop.transfer, drop.sender, drop.segment);
        }
        DynamicCast<P2pPathHelper>(path)->SetErrorModel(model);
    }
    if (!scenario.pcap.empty())
    {
        path->EnablePcap(scenario.pcap);
    }

    const TypeIdValue factory(TypeId::LookupByName(scenario.factory));
    Ptr<RequestResponseServer> server = CreateObject<RequestResponseServer>();
    server->SetAttribute("Protocol", factory);
    const Address any = scenario.ipv6 ? Address(Ipv6Address::GetAny()) : Ipv4Address::GetAny();
    server->SetAttribute("Local", AddressValue(WithPort(any)));
    server->SetAttribute("RequestSize", UintegerValue(scenario.request));
    server->SetAttribute("ResponseSize", UintegerValue(scenario.response));
    path->GetServer()->AddApplication(server);

    Ptr<RequestResponseClient> client = CreateObject<RequestResponseClient>();
    client->SetAttribute("Protocol", factory);
    client->SetAttribute("Remote", AddressValue(WithPort(path->GetServerAddress())));
    client->SetAttribute("RequestSize", UintegerValue(scenario.request));
    client->SetAttribute("ResponseSize", UintegerValue(scenario.response));
    client->SetAttribute("Transfers", UintegerValue(scenario.transfers));
    client->SetAttribute("Gap", TimeValue(scenario.gap.value_or(path->GetRtt())));
    client->SetStartTime(path->GetReadyTime());
    path->GetClient()->AddApplication(client);

    ScenarioResult result;
    result.rtt = path->GetRtt();
    result.rate = static_cast<double>(path->GetRate());
    result.loss = path->GetLoss();

    Ptr<SegmentMonitor> monitor = Create<SegmentMonitor>(scenario.keepSegments);
    server->TraceConnectWithoutContext("SocketCreated",
                                       MakeCallback(&SegmentMonitor::WatchServer, monitor));
    client->TraceConnectWithoutContext("SocketCreated",
                                       MakeCallback(&SegmentMonitor::WatchClient, monitor));
    client->TraceConnectWithoutContext(
        "TransferEnded",
        Callback<void, const TransferRecord&>([&result, monitor](const TransferRecord& record) {
            result.records.push_back(record);
            result.records.back().retransmissions = monitor->GetRetransmissions(record.clientPort);
        }));
    client->TraceConnectWithoutContext("Finished", Callback<void>([] { Simulator::Stop(); }));

    const std::clock_t before = std::clock();
    Simulator::Run();
    result.cpu = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
    result.events = Simulator::GetEventCount();
    Simulator::Destroy();
    result.segments = monitor->GetSegments();
    return result;
}

} // namespace ns3
