/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-fast-open.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/string.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("TcpFastOpen");

NS_OBJECT_ENSURE_REGISTERED(TcpFastOpen);

TypeId
TcpFastOpen::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::TcpFastOpen")
            .SetParent<Object>()
            .SetGroupName("TcpFastOpen")
            .AddConstructor<TcpFastOpen>()
            .AddAttribute("Switch",
                          "Bits of Linux's net.ipv4.tcp_fastopen: 1 client, 2 server, 0 off.",
                          UintegerValue(CLIENT),
                          MakeUintegerAccessor(&TcpFastOpen::m_switch),
                          MakeUintegerChecker<uint32_t>(0, CLIENT | SERVER))
            .AddAttribute("Key",
                          "The server's key as Linux's net.ipv4.tcp_fastopen_key writes it "
                          "(a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4); empty: a random key.",
                          StringValue(""),
                          MakeStringAccessor(&TcpFastOpen::SetKey, &TcpFastOpen::GetKey),
                          MakeStringChecker())
            .AddAttribute(
                "CacheSize",
                "How many servers' cookies the client keeps at most.",
                UintegerValue(1024),
                MakeUintegerAccessor(&TcpFastOpen::SetCacheSize, &TcpFastOpen::GetCacheSize),
                MakeUintegerChecker<uint32_t>())
            .AddAttribute("SynDataFillsSegment",
                          "SYN data may fill the MSS less the options in use (RFC 7413); "
                          "otherwise the MSS less 40 bytes (Linux).",
                          BooleanValue(false),
                          MakeBooleanAccessor(&TcpFastOpen::m_synDataFillsSegment),
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
    : m_random(CreateObject<UniformRandomVariable>())
{
}

void
TcpFastOpen::SetProfile(const std::string& name)
{
    NS_ABORT_MSG_UNLESS(name == "linux" || name == "rfc7413",
                        "no Fast Open profile \"" << name << "\"; there are linux and rfc7413");
    m_synDataFillsSegment = name == "rfc7413";
}

bool
TcpFastOpen::IsClientEnabled() const
{
    return m_switch & CLIENT;
}

bool
TcpFastOpen::IsServerEnabled() const
{
    return m_switch & SERVER;
}

bool
TcpFastOpen::SynDataFillsSegment() const
{
    return m_synDataFillsSegment;
}

const TcpFastOpenKeys&
TcpFastOpen::GetKeys()
{
    if (!m_haveKey)
    {
        TcpFastOpenKeys::Key key;
        for (auto& byte : key)
        {
            byte = static_cast<uint8_t>(m_random->GetInteger(0, 255));
        }
        m_keys.SetPrimary(key);
        m_haveKey = true;
    }
    return m_keys;
}

TcpFastOpenCache&
TcpFastOpen::GetCache()
{
    return m_cache;
}

const TcpFastOpen::Counters&
TcpFastOpen::GetCounters() const
{
    return m_counters;
}

int64_t
TcpFastOpen::AssignStreams(int64_t stream)
{
    m_random->SetStream(stream);
    return 1;
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
    m_counters.cookieReqd++;
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
TcpFastOpen::NotifySynDataAnswered(bool acked)
{
    NS_LOG_FUNCTION(this << acked);
    acked ? m_counters.active++ : m_counters.activeFail++;
}

void
TcpFastOpen::NotifySynDataAccepted(const Address& client, const Address& server, uint32_t bytes)
{
    NS_LOG_FUNCTION(this << client << server << bytes);
    m_counters.passive++;
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
        m_counters.listenOverflow++;
    }
    else if (why == Refusal::BAD_COOKIE)
    {
        m_counters.passiveFail++;
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
TcpFastOpen::NotifyPending(int32_t change)
{
    NS_LOG_FUNCTION(this << change);
    m_pending += change;
}

void
TcpFastOpen::SetKey(std::string text)
{
    m_haveKey = !text.empty();
    if (m_haveKey)
    {
        TcpFastOpenKeys::Key key;
        NS_ABORT_MSG_UNLESS(TcpFastOpenKeys::Parse(text, key),
                            "Key \"" << text
                                     << "\" is not four words of eight hexadecimal digits "
                                        "joined by dashes");
        m_keys.SetPrimary(key);
    }
}

std::string
TcpFastOpen::GetKey() const
{
    return m_haveKey ? TcpFastOpenKeys::Format(m_keys.GetPrimary()) : "";
}

void
TcpFastOpen::SetCacheSize(uint32_t limit)
{
    m_cache.SetLimit(limit);
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
    }
    return os;
}

} // namespace ns3
