/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_CLIENT_OPENING_H
#define TCP_CLIENT_OPENING_H

#include "tcp-handshake-offer.h"

#include <cstdint>
#include <optional>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * How a client opens one connection: what its SYN carries, what became of it, and why it
 * went on the plain way. It knows neither node nor socket; what the node knows of the path
 * comes as an Advice, what the node is to learn goes out as return values.
 */
class TcpClientOpening
{
  public:
    /// What the SYN shows.
    enum class Mode
    {
        PLAIN,          //!< nothing of Fast Open
        ASKING,         //!< a request for a cookie
        WITH_COOKIE,    //!< a cookie, and data
        WITHOUT_COOKIE, //!< data alone
    };

    /// Why a client that wanted Fast Open went on the plain way.
    enum class Fallback
    {
        NO_ROOM,           //!< the options leave no room for the cookie
        SYN_RETRANSMITTED, //!< the SYN timed out and is sent again as a plain one
        DATA_NOT_ACKED,    //!< the SYN-ACK does not acknowledge all data of the SYN
        AVOIDED,           //!< the path is in the negative cache, or a black hole suspected
    };

    /// Why a client's SYN had no data that was taken (Linux: tcpi_fastopen_client_fail).
    enum class Failure
    {
        NONE,               //!< it had, or had none to send
        OFF,                //!< the node, the socket or the write does not want Fast Open
        AVOIDED,            //!< the path is in the negative cache, or a black hole suspected
        COOKIE_UNAVAILABLE, //!< there was no cookie, and the SYN asked for one
        NO_ROOM,            //!< the options left no room for the cookie
        SYN_RETRANSMITTED,  //!< the SYN timed out, and its data was not acknowledged
        DATA_NOT_ACKED,     //!< the SYN-ACK does not acknowledge all data of the SYN
    };

    /// What the node knows of the path.
    struct Advice
    {
        bool avoided{false};      //!< whether Fast Open is to be left alone
        bool noCookie{false};     //!< whether SYNs carry data without a cookie
        bool suspected{false};    //!< whether a black hole was met, and no data has come since
        TcpFastOpenCookie cookie; //!< the server's cookie, an empty one where there is none
        bool experimental{false}; //!< whether the option has the experimental form
        uint16_t mss{0};          //!< the server's MSS in bytes, 0 where it is unknown
    };

    /// How much room a SYN has for data.
    struct Room
    {
        uint16_t mss{0};          //!< our own MSS in bytes
        bool ipv6{false};         //!< whether the path is one of IPv6
        bool fillsSegment{false}; //!< up to the MSS less the options (RFC 7413), or less 40 (Linux)
    };

    /**
     * Begin to open a connection the plain way, unless one of the following calls tells
     * otherwise.
     */
    void Begin();

    /**
     * @param advice what the node knows
     * @return whether the SYN can take data, now or as soon as there is some
     */
    static bool CanTakeData(const Advice& advice);

    /**
     * Choose what the SYN shows.
     *
     * @param advice what the node knows
     * @return whether it is something of Fast Open
     */
    bool Choose(const Advice& advice);

    /**
     * Set how much data the SYN may carry (RFC 7413, section 4.2.1). To a server of unknown
     * MSS Linux fills its own, the RFC allows 536 bytes, over IPv6 1220.
     *
     * @param advice what the node knows
     * @param room what limits it
     * @param offer the SYN's options
     */
    void SetDataLimit(const Advice& advice, const Room& room, const TcpHandshakeOffer& offer);

    /**
     * The options have left no room for the Fast Open option: go on the plain way.
     */
    void DropOption();

    /**
     * @return what the SYN shows
     */
    Mode GetMode() const;

    /**
     * @return whether the SYN shows something of Fast Open
     */
    bool IsFastOpen() const;

    /**
     * @return the SYN's Fast Open option, where it has one
     */
    const std::optional<TcpHandshakeOffer::FastOpen>& GetOption() const;

    /**
     * @return how much data the SYN may carry, in bytes
     */
    uint32_t GetDataLimit() const;

    /**
     * The SYN was sent.
     *
     * @param size how much data it carried, in bytes
     */
    void NoteData(uint32_t size);

    /**
     * @return how much data the SYN carried, in bytes
     */
    uint32_t GetDataSize() const;

    /**
     * The SYN has timed out for the first time, and goes out again as a plain one.
     *
     * @return whether that is a fallback
     */
    bool NoteTimeout();

    /**
     * The SYN-ACK has come.
     *
     * @param size how much of the SYN's data it acknowledges, in bytes
     * @param again whether the SYN was sent again before that
     * @return whether that is a fallback
     */
    bool NoteAcknowledged(uint32_t size, bool again);

    /**
     * @return how much of the SYN's data was acknowledged, in bytes
     */
    uint32_t GetAcknowledged() const;

    /**
     * @return whether data of the SYN is to be sent again
     */
    bool IsDataRefused() const;

    /**
     * @return why the connection went on the plain way, if it did; the last reason
     */
    std::optional<Fallback> GetFallback() const;

    /**
     * @return why the SYN had no data that was taken
     */
    Failure GetFailure() const;

    /**
     * The SYN's data has failed: it timed out, met an ICMP error or was not acknowledged.
     *
     * @return whether the node is to learn of it: the first time alone
     */
    bool NoteFailure();

  private:
    Mode m_mode{Mode::PLAIN};                            //!< what the SYN shows
    std::optional<TcpHandshakeOffer::FastOpen> m_option; //!< its Fast Open option
    uint32_t m_dataLimit{0};                             //!< data that it may carry, in bytes
    uint32_t m_dataSize{0};                              //!< data that it carried, in bytes
    uint32_t m_acknowledged{0};         //!< what the SYN-ACK acknowledged of it, in bytes
    std::optional<Fallback> m_fallback; //!< why the connection went on the plain way
    bool m_failureNoted{false};         //!< the node knows that the SYN's data has failed
};

} // namespace ns3

#endif // TCP_CLIENT_OPENING_H
