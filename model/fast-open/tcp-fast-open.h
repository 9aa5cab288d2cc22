/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_FAST_OPEN_H
#define TCP_FAST_OPEN_H

#include "tcp-client-opening.h"
#include "tcp-fast-open-blackhole.h"
#include "tcp-fast-open-cache.h"
#include "tcp-fast-open-counters.h"
#include "tcp-fast-open-keys.h"
#include "tcp-fast-open-negative-cache.h"
#include "tcp-syn-judge.h"

#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/traced-callback.h"
#include "ns3/traced-value.h"

#include <cstdint>
#include <string>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * What a node has for TCP Fast Open: the switch, the server's keys, the
 * client's caches, the counters, and the trace sources. TcpFastOpenHelper
 * aggregates one to a node; a node without one has Fast Open off.
 *
 * The switch is Linux's `net.ipv4.tcp_fastopen`. Bit CLIENT lets the node's
 * sockets use Fast Open when they connect, bit SERVER when they listen; a
 * socket has to ask for it too (see TcpFastOpenSocket). The default is the
 * client's bit alone, as on Linux.
 *
 * A client has two ways of leaving Fast Open alone for a while: for a path on
 * which it failed (negative cache, RFC 7413, section 4.1.3.1), and for all paths
 * when a middlebox swallows what follows a SYN with data (black-hole detection,
 * Linux's `net.ipv4.tcp_fastopen_blackhole_timeout_sec`).
 *
 * Linux and RFC 7413 differ in a few points. Each is an attribute, and
 * SetProfile() sets all of them together; the default is Linux's way.
 *
 * | attribute           | `linux`                          | `rfc7413`                 |
 * |---------------------|----------------------------------|---------------------------|
 * | SynDataFillsSegment | false: SYN data up to MSS - 40   | true: MSS - the options   |
 * | NegativeTimeout     | 0: no negative cache             | 60 s                      |
 * | NegativeByPort      | false                            | true (section 4.1.3.1)    |
 * | SynFin              | false: a SYN with FIN is dropped | true: it is taken         |
 */
class TcpFastOpen : public Object
{
  public:
    /// Bits of the switch, those of Linux's `net.ipv4.tcp_fastopen`.
    enum Switch : uint32_t
    {
        CLIENT = 0x1,                   //!< sockets that connect may use Fast Open
        SERVER = 0x2,                   //!< listeners may serve Fast Open
        CLIENT_NO_COOKIE = 0x4,         //!< SYNs carry data without cookie and option
        SERVER_COOKIE_NOT_REQD = 0x200, //!< SYNs with data are accepted without a cookie
        SERVER_WO_SOCKOPT1 = 0x400,     //!< listeners need not ask for it
    };

    using Refusal = TcpSynJudge::Refusal;        //!< why a server did not accept a SYN's data
    using Fallback = TcpClientOpening::Fallback; //!< why a client went on the plain way

    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    TcpFastOpen();

    /**
     * Set the attributes in which Linux and the RFC differ.
     *
     * @param name `linux` or `rfc7413`; anything else ends the program
     */
    void SetProfile(const std::string& name);

    /**
     * @param bit a bit of the switch
     * @return whether it is set
     */
    bool IsSet(Switch bit) const;

    /**
     * @return whether sockets of this node may use Fast Open to connect
     */
    bool IsClientEnabled() const;

    /**
     * @return whether listeners of this node may serve Fast Open
     */
    bool IsServerEnabled() const;

    /**
     * Ask whether a client has reason to leave Fast Open alone: the path is in
     * the negative cache, or Fast Open pauses for a black hole.
     *
     * @param client the client's IP address
     * @param server the server's IP address
     * @param port the server's port
     * @return whether to open the connection the plain way
     */
    bool IsToBeAvoided(const Address& client, const Address& server, uint16_t port) const;

    /**
     * @return whether data on a connection that is fast-opened now will tell that
     *         a black hole is no more
     */
    bool IsBlackholeSuspected() const;

    /**
     * Advise a client that is about to open a connection.
     *
     * @param client the client's IP address
     * @param server the server's IP address
     * @param port the server's port
     * @return the advice
     */
    TcpClientOpening::Advice Advise(const Address& client, const Address& server, uint16_t port);

    /**
     * @return whether SYN data may fill the segment up to the MSS less the
     *         options in use (RFC 7413), or up to the MSS less 40 (Linux)
     */
    bool SynDataFillsSegment() const;

    /**
     * @return whether listeners that serve Fast Open take a SYN that has a FIN, too
     */
    bool TakesSynFin() const;

    /**
     * @return the keys of the node's listeners that have none of their own
     */
    Ptr<TcpFastOpenKeys> GetKeys() const;

    /**
     * @return the client's cache of cookies
     */
    TcpFastOpenCache& GetCache();

    /**
     * @return the counters
     */
    Ptr<TcpFastOpenCounters> GetCounters() const;

    /**
     * Fix the random stream from which keys are drawn.
     *
     * @param stream the stream
     * @return how many streams were used
     */
    int64_t AssignStreams(int64_t stream);

    /**
     * @param local the node's IP address
     * @param peer the IP address of another host
     * @return the RTT of earlier connections between them; 0 where it is unknown
     */
    Time GetRtt(const Address& local, const Address& peer);

    // What the sockets report. Each counts and fires the trace source.

    /**
     * A client's SYN asks for a cookie.
     * @param client the client's IP address
     * @param server the server's IP address
     */
    void NotifyCookieRequested(const Address& client, const Address& server);

    /**
     * A server received a cookie request.
     */
    void NotifyCookieRequestReceived();

    /**
     * A server's SYN-ACK carries a cookie.
     * @param client the client's IP address
     * @param server the server's IP address
     * @param cookie the cookie
     */
    void NotifyCookieGranted(const Address& client,
                             const Address& server,
                             const TcpFastOpenCookie& cookie);

    /**
     * A client received a cookie: keep it in the cache.
     * @param entry the addresses, the cookie and the server's MSS
     */
    void NotifyCookieReceived(const TcpFastOpenCache::Entry& entry);

    /**
     * A client sent a SYN with data.
     * @param client the client's IP address
     * @param server the server's IP address
     * @param bytes how many bytes of data
     */
    void NotifySynDataSent(const Address& client, const Address& server, uint32_t bytes);

    /**
     * A client's SYN with data was answered.
     * @param client the client's IP address
     * @param server the server's IP address
     * @param port the server's port
     * @param acked whether all data was acknowledged
     */
    void NotifySynDataAnswered(const Address& client,
                               const Address& server,
                               uint16_t port,
                               bool acked);

    /**
     * A client's SYN with data has failed: it timed out or met an ICMP error.
     * @param client the client's IP address
     * @param server the server's IP address
     * @param port the server's port
     */
    void NotifySynDataFailed(const Address& client, const Address& server, uint16_t port);

    /**
     * A client's fast-opened connection gives reason to suspect a black hole.
     */
    void NotifyBlackhole();

    /**
     * Timeouts in a row have struck a client's fast-opened connection.
     */
    void NotifyTimeouts();

    /**
     * Data has come on a connection that was fast-opened after a black hole.
     */
    void NotifyBlackholeOver();

    /**
     * A server accepted a connection by its SYN, with or without data.
     * @param client the client's IP address
     * @param server the server's IP address
     * @param bytes how many bytes of data
     * @param backup whether the cookie is one of the backup key
     */
    void NotifySynDataAccepted(const Address& client,
                               const Address& server,
                               uint32_t bytes,
                               bool backup);

    /**
     * A server did not accept the cookie or the data of a SYN.
     * @param client the client's IP address
     * @param server the server's IP address
     * @param bytes how many bytes of data
     * @param why the reason
     */
    void NotifySynDataRefused(const Address& client,
                              const Address& server,
                              uint32_t bytes,
                              Refusal why);

    /**
     * A client goes on the plain way.
     * @param client the client's IP address
     * @param server the server's IP address
     * @param why the reason
     */
    void NotifyFallback(const Address& client, const Address& server, Fallback why);

    /**
     * A connection has ended in good order: keep its RTT for later ones, unless
     * SaveMetrics is off. A longer one counts at once, a shorter one by an eighth
     * (Linux: tcp_update_metrics).
     *
     * @param local the node's IP address
     * @param peer the other end's IP address
     * @param rtt the smoothed RTT
     */
    void NotifyRtt(const Address& local, const Address& peer, Time rtt);

    /**
     * A connection became pending, or is no longer.
     * @param change +1 or -1
     */
    void NotifyPending(int32_t change);

    /**
     * TracedCallback signature: a client and a server.
     *
     * @param [in] client the client's IP address
     * @param [in] server the server's IP address
     */
    typedef void (*PeersCallback)(const Address& client, const Address& server);

    /**
     * TracedCallback signature: a cookie for a client.
     *
     * @param [in] client the client's IP address
     * @param [in] server the server's IP address
     * @param [in] cookie the cookie
     */
    typedef void (*CookieCallback)(const Address& client,
                                   const Address& server,
                                   const TcpFastOpenCookie& cookie);

    /**
     * TracedCallback signature: data in a SYN.
     *
     * @param [in] client the client's IP address
     * @param [in] server the server's IP address
     * @param [in] bytes how many bytes
     */
    typedef void (*SynDataCallback)(const Address& client, const Address& server, uint32_t bytes);

    /**
     * TracedCallback signature: data in a SYN that was refused.
     *
     * @param [in] client the client's IP address
     * @param [in] server the server's IP address
     * @param [in] bytes how many bytes
     * @param [in] why the reason
     */
    typedef void (*RefusalCallback)(const Address& client,
                                    const Address& server,
                                    uint32_t bytes,
                                    Refusal why);

    /**
     * TracedCallback signature: a client's fallback.
     *
     * @param [in] client the client's IP address
     * @param [in] server the server's IP address
     * @param [in] why the reason
     */
    typedef void (*FallbackCallback)(const Address& client, const Address& server, Fallback why);

  private:
    /**
     * @param bits bits of Switch; others end the program
     */
    void SetSwitch(uint32_t bits);

    /**
     * @return bits of Switch
     */
    uint32_t GetSwitch() const;

    /**
     * @param keys the server's keys; nullptr leaves them as they are
     */
    void SetKeys(Ptr<TcpFastOpenKeys> keys);

    /**
     * @param text the keys as TcpFastOpenKeys::SetText() reads them; empty leaves them
     */
    void SetKey(std::string text);

    /**
     * @return the keys as TcpFastOpenKeys::GetText() writes them
     */
    std::string GetKey() const;

    /**
     * @param limit how many entries each of the client's caches keeps at most
     */
    void SetCacheSize(uint32_t limit);

    /**
     * @return how many entries each of the client's caches keeps at most
     */
    uint32_t GetCacheSize() const;

    /**
     * @param client the client's IP address
     * @param server the server's IP address
     * @param port the server's port
     * @return the path as the negative cache knows it
     */
    TcpFastOpenNegativeCache::Path GetPath(const Address& client,
                                           const Address& server,
                                           uint16_t port) const;

    uint32_t m_switch{CLIENT};                //!< bits of Switch
    bool m_synDataFillsSegment{false};        //!< RFC 7413's way of sizing SYN data
    Time m_negativeTimeout;                   //!< how long to avoid a path at first
    Time m_negativeTimeoutMax;                //!< how long to avoid it at most
    bool m_negativeByPort{false};             //!< whether a path has a port
    bool m_synFin{false};                     //!< whether a SYN with FIN is taken
    Time m_blackholeTimeout;                  //!< length of the first pause
    bool m_saveMetrics{true};                 //!< whether to keep the RTT
    Ptr<TcpFastOpenKeys> m_keys;              //!< the server's keys
    TcpFastOpenCache m_cache;                 //!< the client's cookies
    TcpFastOpenCache m_rtts;                  //!< RTTs of earlier connections
    TcpFastOpenNegativeCache m_negativeCache; //!< paths to avoid
    TcpFastOpenBlackhole m_blackhole;         //!< reason to pause
    Ptr<TcpFastOpenCounters> m_counters;      //!< the counters
    TracedValue<uint32_t> m_pending{0};       //!< connections in SYN-RCVD

    TracedCallback<const Address&, const Address&> m_cookieRequested; //!< client asked
    TracedCallback<const Address&, const Address&, const TcpFastOpenCookie&>
        m_cookieGranted; //!< server granted
    TracedCallback<const Address&, const Address&, const TcpFastOpenCookie&>
        m_cookieCached;                                                         //!< client keeps
    TracedCallback<const Address&, const Address&, uint32_t> m_synDataSent;     //!< client sent
    TracedCallback<const Address&, const Address&, uint32_t> m_synDataAccepted; //!< server took
    TracedCallback<const Address&, const Address&, uint32_t, Refusal>
        m_synDataRefused;                                                //!< server refused
    TracedCallback<const Address&, const Address&, Fallback> m_fallback; //!< client fell back
};

/**
 * Print the reason of a refusal.
 *
 * @param os the stream
 * @param why the reason
 * @return the stream
 */
std::ostream& operator<<(std::ostream& os, TcpFastOpen::Refusal why);

/**
 * Print the reason of a fallback.
 *
 * @param os the stream
 * @param why the reason
 * @return the stream
 */
std::ostream& operator<<(std::ostream& os, TcpFastOpen::Fallback why);

} // namespace ns3

#endif // TCP_FAST_OPEN_H
