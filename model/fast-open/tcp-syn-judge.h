/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_SYN_JUDGE_H
#define TCP_SYN_JUDGE_H

#include "tcp-fast-open-keys.h"
#include "tcp-handshake-offer.h"

#include "ns3/address.h"
#include "ns3/ptr.h"

#include <cstdint>
#include <optional>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * A server's decision on the Fast Open option and the data of a SYN (RFC 7413, section
 * 4.2.2; Linux: tcp_try_fastopen). The order of the checks is the policy: Fast Open is on,
 * the queue is below its limit, the cookie is right.
 */
class TcpSynJudge
{
  public:
    /// Why a server did not accept the data of a SYN.
    enum class Refusal
    {
        OFF,        //!< node or listener has Fast Open off
        QUEUE_FULL, //!< as many connections are pending as the listener allows
        NO_COOKIE,  //!< the SYN shows no cookie
        BAD_COOKIE, //!< the cookie is not the client's
    };

    /// What a SYN shows.
    struct Syn
    {
        Address client;                                    //!< the client's IP address
        Address server;                                    //!< the server's IP address
        std::optional<TcpHandshakeOffer::FastOpen> option; //!< its Fast Open option
        uint32_t size{0};                                  //!< its data in bytes

        /**
         * @return whether Fast Open plays a role in it
         */
        bool IsFastOpen() const;

        /**
         * @return whether it asks for a cookie
         */
        bool IsRequest() const;
    };

    /// What the server is set to.
    struct Server
    {
        bool serving{false};       //!< whether node and listener have Fast Open on
        bool queueFull{false};     //!< whether as many connections are pending as are allowed
        bool cookieNeeded{true};   //!< whether data is accepted with a cookie alone
        Ptr<TcpFastOpenKeys> keys; //!< the keys; may be nullptr where no cookie is needed
    };

    /// What comes of a SYN. A refusal and a grant can come together.
    struct Verdict
    {
        bool accepted{false};           //!< whether to accept it with its data now
        bool byBackup{false};           //!< accepted: whether by a cookie of the backup key
        std::optional<Refusal> refusal; //!< why cookie or data are not accepted
        std::optional<TcpHandshakeOffer::FastOpen> grant; //!< the cookie for the SYN-ACK
    };

    /**
     * @param syn a SYN in which Fast Open plays a role
     * @param server what the server is set to
     * @return what comes of it
     */
    static Verdict Judge(const Syn& syn, const Server& server);
};

} // namespace ns3

#endif // TCP_SYN_JUDGE_H
