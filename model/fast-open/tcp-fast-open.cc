/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-fast-open.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/pointer.h"
#include "ns3/string.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("TcpFastOpen");

NS_OBJECT_ENSURE_REGISTERED(TcpFastOpen);

namespace
{

/// All bits of the switch.
constexpr uint32_t ALL_BITS = TcpFastOpen::CLIENT | TcpFastOpen::SERVER |
                              TcpFastOpen::CLIENT_NO_COOKIE | TcpFastOpen::SERVER_COOKIE_NOT_REQD |
                              TcpFastOpen::SERVER_WO_SOCKOPT1;

/// NegativeTimeout in the RFC's profile, which names no number: the time for which
/// Linux 3.7 to 4.13 avoided a path after its second loss of a SYN with data.
constexpr int64_t RFC_NEGATIVE_TIMEOUT_S = 60;

} // namespace

TypeId
TcpFastOpen::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::TcpFastOpen")
            .SetParent<Object>()
            .SetGroupName("TcpFastOpen")
            .AddConstructor<TcpFastOpen>()
            .AddAttribute("Switch",
                          "Bits of Linux's net.ipv4.tcp_fastopen: 1 client, 2 server, 4 client "
                          "without cookies, 0x200 server without cookies, 0x400 every listener "
                          "serves; 0 off.",
                          UintegerValue(CLIENT),
                          MakeUintegerAccessor(&TcpFastOpen::SetSwitch, &TcpFastOpen::GetSwitch),
                          MakeUintegerChecker<uint32_t>(0, ALL_BITS))
            .AddAttribute("Keys",
                          "The keys of the node's listeners; other nodes may share them.",
                          PointerValue(),
                          MakePointerAccessor(&TcpFastOpen::SetKeys, &TcpFastOpen::GetKeys),
                          MakePointerChecker<TcpFastOpenKeys>())
            .AddAttribute("Key",
                          "Sets the attribute Key of the node's keys; empty: leaves it.",
                          StringValue(""),
                          MakeStringAccessor(&TcpFastOpen::SetKey, &TcpFastOpen::GetKey),
                          MakeStringChecker())
            .AddAttribute("Counters",
                          "The counters.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&TcpFastOpen::m_counters),
                          MakePointerChecker<TcpFastOpenCounters>())
            .AddAttribute(
                "CacheSize",
                "How many hosts' cookies and RTTs, and how many paths to be avoided, the node "
                "keeps at most.",
                UintegerValue(1024),
                MakeUintegerAccessor(&TcpFastOpen::SetCacheSize, &TcpFastOpen::GetCacheSize),
                MakeUintegerChecker<uint32_t>())
            .AddAttribute("SynDataFillsSegment",
                          "SYN data may fill the MSS less the options in use (RFC 7413); "
                          "otherwise the MSS less 40 bytes (Linux).",
                          BooleanValue(false),
                          MakeBooleanAccessor(&TcpFastOpen::m_synDataFillsSegment),
                          MakeBooleanChecker())
            .AddAttribute("NegativeTimeout",
                          "How long a client opens connections the plain way after Fast Open has "
                          "failed on their path (RFC 7413, section 4.1.3.1); doubled each time it "
                          "fails again. 0: not at all (Linux).",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&TcpFastOpen::m_negativeTimeout),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("NegativeTimeoutMax",
                          "The longest such time. The default is our choice, 2^6 times that of the "
                          "RFC's profile.",
                          TimeValue(Seconds(64 * RFC_NEGATIVE_TIMEOUT_S)),
                          MakeTimeAccessor(&TcpFastOpen::m_negativeTimeoutMax),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("NegativeByPort",
                          "Whether the server's port belongs to a path that has failed; otherwise "
                          "the addresses alone.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&TcpFastOpen::m_negativeByPort),
                          MakeBooleanChecker())
            .AddAttribute("SynFin",
                          "Whether listeners that serve Fast Open take a SYN that has a FIN, too; "
                          "otherwise they drop it (Linux).",
                          BooleanValue(false),
                          MakeBooleanAccessor(&TcpFastOpen::m_synFin),
                          MakeBooleanChecker())
            .AddAttribute("BlackholeTimeout",
                          "How long the node's clients pause Fast Open after a first black hole "
                          "(Linux's tcp_fastopen_blackhole_timeout_sec); doubled with each further "
                          "one, up to 64 times. 0: no detection.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&TcpFastOpen::m_blackholeTimeout),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("SaveMetrics",
                          "Keep the RTT of connections for later ones between the same addresses: "
                          "it gives the timeout to one that has no sample yet (Linux's "
                          "tcp_no_metrics_save, the other way round). It takes RttLinux.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&TcpFastOpen::m_saveMetrics),
                          MakeBooleanChecker())
            .AddTraceSource("CookieRequested",
                            "A client's SYN asks for a cookie.",
                            MakeTraceSourceAccessor(&TcpFastOpen::m_cookieRequested),
                            "ns3::TcpFastOpen::PeersCallback")
            .AddTraceSource("CookieGranted",
                            "A server's SYN-ACK carries a cookie.",
                            MakeTraceSourceAccessor(&TcpFastOpen::m_cookieGranted),
                            "ns3::TcpFastOpen::CookieCallback")
            .AddTraceSource("CookieCached",
                            "A client stored a cookie.",
                            MakeTraceSourceAccessor(&TcpFastOpen::m_cookieCached),
                            "ns3::TcpFastOpen::CookieCallback")
            .AddTraceSource("SynDataSent",
                            "A client sent a SYN with data.",
                            MakeTraceSourceAccessor(&TcpFastOpen::m_synDataSent),
                            "ns3::TcpFastOpen::SynDataCallback")
            .AddTraceSource("SynDataAccepted",
                            "A server accepted a SYN by its cookie, with its data.",
                            MakeTraceSourceAccessor(&TcpFastOpen::m_synDataAccepted),
                            "ns3::TcpFastOpen::SynDataCallback")
            .AddTraceSource("SynDataRefused",
                            "A server did not accept the cookie or the data of a SYN.",
                            MakeTraceSourceAccessor(&TcpFastOpen::m_synDataRefused),
                            "ns3::TcpFastOpen::RefusalCallback")
            .AddTraceSource("Fallback",
                            "A client that wanted Fast Open goes on the plain way.",
                            MakeTraceSourceAccessor(&TcpFastOpen::m_fallback),
                            "ns3::TcpFastOpen::FallbackCallback")
            .AddTraceSource("PendingCount",
                            "Connections accepted by cookie whose handshake is not complete.",
                            MakeTraceSourceAccessor(&TcpFastOpen::m_pending),
                            "ns3::TracedValueCallback::Uint32");
    return tid;
}

TcpFastOpen::TcpFastOpen()
    : m_keys(CreateObject<TcpFastOpenKeys>()),
      m_counters(CreateObject<TcpFastOpenCounters>())
{
}

void
TcpFastOpen::SetProfile(const std::string& name)
{
    NS_ABORT_MSG_UNLESS(name == "linux" || name == "rfc7413",
                        "no Fast Open profile \"" << name << "\"; there are linux and rfc7413");
    const bool rfc = name == "rfc7413";
    m_synDataFillsSegment = rfc;
    m_negativeTimeout = Seconds(rfc ? RFC_NEGATIVE_TIMEOUT_S : 0);
    m_negativeByPort = rfc;
    m_synFin = rfc;
}

bool
TcpFastOpen::IsSet(Switch bit) const
{
    return m_switch & bit;
}

bool
TcpFastOpen::IsClientEnabled() const
{
    return IsSet(CLIENT);
}

bool
TcpFastOpen::IsServerEnabled() const
{
    return IsSet(SERVER);
}

bool
TcpFastOpen::IsToBeAvoided(const Address& client, const Address& server, uint16_t port) const
{
    return m_blackhole.IsPausing(m_blackholeTimeout) ||
           m_negativeCache.IsNegative(GetPath(client, server, port));
}

bool
TcpFastOpen::IsBlackholeSuspected() const
{
    return m_blackhole.IsSuspected();
}

TcpClientOpening::Advice
TcpFastOpen::Advise(const Address& client, const Address& server, uint16_t port)
{
    TcpClientOpening::Advice advice;
    advice.avoided = IsToBeAvoided(client, server, port);
    if (advice.avoided)
    {
        return advice;
    }
    advice.noCookie = IsSet(CLIENT_NO_COOKIE);
    advice.suspected = IsBlackholeSuspected();
    if (const auto* entry = m_cache.Find(client, server))
    {
        advice.cookie = entry->cookie;
        advice.experimental = entry->experimental;
        advice.mss = entry->mss;
    }
    return advice;
}

bool
TcpFastOpen::SynDataFillsSegment() const
{
    return m_synDataFillsSegment;
}

bool
TcpFastOpen::TakesSynFin() const
{
    return m_synFin;
}

Ptr<TcpFastOpenKeys>
TcpFastOpen::GetKeys() const
{
    return m_keys;
}

TcpFastOpenCache&
TcpFastOpen::GetCache()
{
    return m_cache;
}

Ptr<TcpFastOpenCounters>
TcpFastOpen::GetCounters() const
{
    return m_counters;
}

Time
TcpFastOpen::GetRtt(const Address& local, const Address& peer)
{
    const auto* entry = m_rtts.Find(local, peer);
    return entry ? entry->rtt : Time(0);
}

int64_t
TcpFastOpen::AssignStreams(int64_t stream)
{
    return m_keys->AssignStreams(stream);
}

void
TcpFastOpen::NotifyCookieRequested(const Address& client, const Address& server)
{
    NS_LOG_FUNCTION(this << client << server);
    m_cookieRequested(client, server);
}

void
TcpFastOpen::NotifyCookieRequestReceived()
{
    NS_LOG_FUNCTION(this);
    m_counters->cookieReqd++;
}

void
TcpFastOpen::NotifyCookieGranted(const Address& client,
                                 const Address& server,
                                 const TcpFastOpenCookie& cookie)
{
    NS_LOG_FUNCTION(this << client << server << cookie);
    m_cookieGranted(client, server, cookie);
}

void
TcpFastOpen::NotifyCookieReceived(const TcpFastOpenCache::Entry& entry)
{
    NS_LOG_FUNCTION(this << entry.client << entry.server << entry.cookie);
    m_cache.Store(entry);
    m_cookieCached(entry.client, entry.server, entry.cookie);
}

void
TcpFastOpen::NotifySynDataSent(const Address& client, const Address& server, uint32_t bytes)
{
    NS_LOG_FUNCTION(this << client << server << bytes);
    m_synDataSent(client, server, bytes);
}

void
TcpFastOpen::NotifySynDataAnswered(const Address& client,
                                   const Address& server,
                                   uint16_t port,
                                   bool acked)
{
    NS_LOG_FUNCTION(this << client << server << port << acked);
    if (acked)
    {
        m_counters->active++;
        m_negativeCache.Remove(GetPath(client, server, port));
    }
    else
    {
        m_counters->activeFail++;
    }
}

void
TcpFastOpen::NotifySynDataFailed(const Address& client, const Address& server, uint16_t port)
{
    NS_LOG_FUNCTION(this << client << server << port);
    if (m_negativeTimeout.IsStrictlyPositive())
    {
        m_negativeCache.Add(GetPath(client, server, port), m_negativeTimeout, m_negativeTimeoutMax);
    }
}

void
TcpFastOpen::NotifyBlackhole()
{
    NS_LOG_FUNCTION(this);
    if (m_blackholeTimeout.IsStrictlyPositive())
    {
        m_blackhole.Meet();
        m_counters->blackhole++;
    }
}

void
TcpFastOpen::NotifyTimeouts()
{
    NS_LOG_FUNCTION(this);
    NotifyBlackhole();
    m_counters->activeFail++;
}

void
TcpFastOpen::NotifyBlackholeOver()
{
    NS_LOG_FUNCTION(this);
    m_blackhole.Clear();
}

void
TcpFastOpen::NotifySynDataAccepted(const Address& client,
                                   const Address& server,
                                   uint32_t bytes,
                                   bool backup)
{
    NS_LOG_FUNCTION(this << client << server << bytes << backup);
    m_counters->passive++;
    if (backup)
    {
        m_counters->passiveAltKey++;
    }
    m_synDataAccepted(client, server, bytes);
}

void
TcpFastOpen::NotifySynDataRefused(const Address& client,
                                  const Address& server,
                                  uint32_t bytes,
                                  Refusal why)
{
    NS_LOG_FUNCTION(this << client << server << bytes << why);
    if (why == Refusal::QUEUE_FULL)
    {
        m_counters->listenOverflow++;
    }
    else if (why == Refusal::BAD_COOKIE)
    {
        m_counters->passiveFail++;
    }
    m_synDataRefused(client, server, bytes, why);
}

void
TcpFastOpen::NotifyFallback(const Address& client, const Address& server, Fallback why)
{
    NS_LOG_FUNCTION(this << client << server << why);
    m_fallback(client, server, why);
}

void
TcpFastOpen::NotifyRtt(const Address& local, const Address& peer, Time rtt)
{
    NS_LOG_FUNCTION(this << local << peer << rtt);
    if (!m_saveMetrics)
    {
        return;
    }
    const auto* known = m_rtts.Find(local, peer); // not where it might push out a cookie
    TcpFastOpenCache::Entry entry = known ? *known : TcpFastOpenCache::Entry{local, peer};
    entry.rtt = rtt >= entry.rtt ? rtt : entry.rtt - (entry.rtt - rtt) / 8;
    m_rtts.Store(entry);
}

void
TcpFastOpen::NotifyPending(int32_t change)
{
    NS_LOG_FUNCTION(this << change);
    m_pending += change;
}

void
TcpFastOpen::SetSwitch(uint32_t bits)
{
    NS_ABORT_MSG_IF(bits & ~ALL_BITS,
                    "Switch is 0x" << std::hex << bits
                                   << "; the bits are 1, 2, 4, 0x200 and 0x400");
    m_switch = bits;
}

uint32_t
TcpFastOpen::GetSwitch() const
{
    return m_switch;
}

void
TcpFastOpen::SetKeys(Ptr<TcpFastOpenKeys> keys)
{
    if (keys)
    {
        m_keys = keys;
    }
}

void
TcpFastOpen::SetKey(std::string text)
{
    if (!text.empty())
    {
        m_keys->SetText(text);
    }
}

std::string
TcpFastOpen::GetKey() const
{
    return m_keys->GetText();
}

TcpFastOpenNegativeCache::Path
TcpFastOpen::GetPath(const Address& client, const Address& server, uint16_t port) const
{
    return {client, server, m_negativeByPort ? port : uint16_t{0}};
}

void
TcpFastOpen::SetCacheSize(uint32_t limit)
{
    m_cache.SetLimit(limit);
    m_rtts.SetLimit(limit);
    m_negativeCache.SetLimit(limit);
}

uint32_t
TcpFastOpen::GetCacheSize() const
{
    return static_cast<uint32_t>(m_cache.GetLimit());
}

std::ostream&
operator<<(std::ostream& os, TcpFastOpen::Refusal why)
{
    switch (why)
    {
    case TcpFastOpen::Refusal::OFF:
        return os << "Fast Open is off";
    case TcpFastOpen::Refusal::QUEUE_FULL:
        return os << "queue full";
    case TcpFastOpen::Refusal::NO_COOKIE:
        return os << "no cookie";
    case TcpFastOpen::Refusal::BAD_COOKIE:
        return os << "invalid cookie";
    }
    return os;
}

std::ostream&
operator<<(std::ostream& os, TcpFastOpen::Fallback why)
{
    switch (why)
    {
    case TcpFastOpen::Fallback::NO_ROOM:
        return os << "no room for the cookie";
    case TcpFastOpen::Fallback::SYN_RETRANSMITTED:
        return os << "SYN retransmitted";
    case TcpFastOpen::Fallback::DATA_NOT_ACKED:
        return os << "data not acknowledged";
    case TcpFastOpen::Fallback::AVOIDED:
        return os << "path avoided";
    }
    return os;
}

} // namespace ns3
