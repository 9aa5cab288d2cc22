/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-fast-open-counters.h"

#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

#include <iomanip>
#include <string>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(TcpFastOpenCounters);

namespace
{

using Member = TcpFastOpenCounters::Counter TcpFastOpenCounters::*; //!< a counter's member

/// A counter's name, without Linux's prefix TcpExtTCPFastOpen, and meaning.
struct Description
{
    const char* name;    //!< the name
    const char* meaning; //!< the meaning
    Member member;       //!< the counter
};

/// All counters, in Linux's order.
const Description COUNTERS[] = {
    {"Active",
     "Connections whose SYN data was all acknowledged by the SYN-ACK.",
     &TcpFastOpenCounters::active},
    {"ActiveFail",
     "Connections whose SYN data had to be sent again, or that timeouts struck.",
     &TcpFastOpenCounters::activeFail},
    {"Passive", "Connections accepted by a SYN.", &TcpFastOpenCounters::passive},
    {"PassiveFail", "SYNs with an invalid cookie.", &TcpFastOpenCounters::passiveFail},
    {"ListenOverflow",
     "SYNs that came when a listener's queue was full.",
     &TcpFastOpenCounters::listenOverflow},
    {"CookieReqd", "Cookie requests received.", &TcpFastOpenCounters::cookieReqd},
    {"Blackhole",
     "How often Fast Open was paused for a black hole.",
     &TcpFastOpenCounters::blackhole},
    {"PassiveAltKey",
     "Connections accepted by a cookie of the backup key.",
     &TcpFastOpenCounters::passiveAltKey},
};

} // namespace

TypeId
TcpFastOpenCounters::GetTypeId()
{
    static TypeId tid = [] {
        TypeId type = TypeId("ns3::TcpFastOpenCounters")
                          .SetParent<Object>()
                          .SetGroupName("TcpFastOpen")
                          .AddConstructor<TcpFastOpenCounters>();
        for (const auto& counter : COUNTERS)
        {
            type.AddAttribute(counter.name,
                              counter.meaning,
                              TypeId::ATTR_GET,
                              UintegerValue(0),
                              MakeUintegerAccessor(counter.member),
                              MakeUintegerChecker<uint64_t>());
            type.AddTraceSource(counter.name,
                                counter.meaning,
                                MakeTraceSourceAccessor(counter.member),
                                "ns3::TracedValueCallback::Uint64");
        }
        return type;
    }();
    return tid;
}

void
TcpFastOpenCounters::Print(std::ostream& os) const
{
    os << "#kernel\n";
    for (const auto& counter : COUNTERS)
    {
        os << std::left << std::setw(32) << std::string("TcpExtTCPFastOpen") + counter.name
           << std::setw(16) << (this->*counter.member).Get() << std::right << "   0.0\n";
    }
}

} // namespace ns3
