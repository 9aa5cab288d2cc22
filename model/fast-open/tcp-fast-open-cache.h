/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_FAST_OPEN_CACHE_H
#define TCP_FAST_OPEN_CACHE_H

#include "tcp-fast-open-cookie.h"

#include "ns3/address.h"
#include "ns3/nstime.h"

#include <boost/multi_index/composite_key.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/ordered_index.hpp>
#include <boost/multi_index/sequenced_index.hpp>
#include <boost/multi_index_container.hpp>
#include <cstddef>
#include <cstdint>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * What a client remembers of the servers that it knows (RFC 7413, section
 * 4.1.3): for each pair of client's and server's address the cookie and the
 * maximum segment size that the server announced with it. Ports play no role.
 * A server that ignored our request has an entry without a cookie, which tells
 * what form the next request is to have.
 *
 * The RTT of earlier connections is kept here, too, as Linux keeps all of this in one
 * place (tcp_metrics): by a server with itself in the client's place.
 *
 * The cache is bounded; when it is full, the entry that was not used for the
 * longest time goes.
 */
class TcpFastOpenCache
{
  public:
    /// What is known of a server.
    struct Entry
    {
        Address client;             //!< the client's IP address
        Address server;             //!< the server's IP address
        TcpFastOpenCookie cookie{}; //!< the cookie that the server granted, or none yet
        uint16_t mss{0};            //!< the server's MSS in bytes; 0 is unknown
        bool experimental{false};   //!< form of the cookie, or of the next request for one
        bool triedBoth{false};      //!< the server has ignored requests of both forms
        Time rtt{0};                //!< RTT of earlier connections; 0 is unknown
    };

    /**
     * @param limit how many entries to keep at most
     */
    void SetLimit(std::size_t limit);

    /**
     * @return how many entries are kept at most
     */
    std::size_t GetLimit() const;

    /**
     * @return how many entries there are
     */
    std::size_t GetSize() const;

    /**
     * Find a server's entry and count it as used.
     *
     * @param client the client's IP address
     * @param server the server's IP address
     * @return the entry, valid until the cache changes; nullptr where there is none
     */
    const Entry* Find(const Address& client, const Address& server);

    /**
     * Add an entry, or replace the one for the same pair of addresses.
     *
     * @param entry the entry
     */
    void Store(const Entry& entry);

    /**
     * Forget a server.
     *
     * @param client the client's IP address
     * @param server the server's IP address
     * @return whether there was an entry
     */
    bool Remove(const Address& client, const Address& server);

  private:
    /// Drop the least recently used entries until the limit holds.
    void Shrink();

    /// The entries, by addresses and in order of use, the latest first.
    using Entries = boost::multi_index_container<
        Entry,
        boost::multi_index::indexed_by<
            boost::multi_index::ordered_unique<boost::multi_index::composite_key<
                Entry,
                boost::multi_index::member<Entry, Address, &Entry::client>,
                boost::multi_index::member<Entry, Address, &Entry::server>>>,
            boost::multi_index::sequenced<>>>;

    std::size_t m_limit{0}; //!< how many entries to keep at most
    Entries m_entries;      //!< what is known
};

} // namespace ns3

#endif // TCP_FAST_OPEN_CACHE_H
