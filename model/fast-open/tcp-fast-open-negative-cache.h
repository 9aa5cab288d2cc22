/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_FAST_OPEN_NEGATIVE_CACHE_H
#define TCP_FAST_OPEN_NEGATIVE_CACHE_H

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
 * The paths on which a client's Fast Open has failed, and until when each is to
 * be opened the plain way (RFC 7413, section 4.1.3.1). A path that fails again
 * after that time is avoided twice as long, up to a limit.
 *
 * The cache is bounded; when it is full, the path that failed the longest time
 * ago goes.
 */
class TcpFastOpenNegativeCache
{
  public:
    /// A path from a client to a server.
    struct Path
    {
        Address client;   //!< the client's IP address
        Address server;   //!< the server's IP address
        uint16_t port{0}; //!< the server's port; 0 where ports play no role
    };

    /**
     * @param limit how many paths to remember at most
     */
    void SetLimit(std::size_t limit);

    /**
     * @return how many paths are remembered
     */
    std::size_t GetSize() const;

    /**
     * Fast Open has failed on a path.
     *
     * @param path the path
     * @param first how long to avoid it the first time
     * @param most how long to avoid it at most
     */
    void Add(const Path& path, Time first, Time most);

    /**
     * Fast Open has worked on a path: forget that it failed.
     *
     * @param path the path
     */
    void Remove(const Path& path);

    /**
     * @param path a path
     * @return whether to avoid it now
     */
    bool IsNegative(const Path& path) const;

  private:
    /// A path that failed.
    struct Entry : Path
    {
        Time until; //!< the end of the time for which it is avoided
        Time wait;  //!< how long that time is
    };

    /// Drop the oldest entries until the limit holds.
    void Shrink();

    /// The entries, by path and in order of failing, the latest first.
    using Entries = boost::multi_index_container<
        Entry,
        boost::multi_index::indexed_by<
            boost::multi_index::ordered_unique<boost::multi_index::composite_key<
                Entry,
                boost::multi_index::member<Path, Address, &Path::client>,
                boost::multi_index::member<Path, Address, &Path::server>,
                boost::multi_index::member<Path, uint16_t, &Path::port>>>,
            boost::multi_index::sequenced<>>>;

    std::size_t m_limit{0}; //!< how many paths to remember at most
    Entries m_entries;      //!< the paths that failed
};

} // namespace ns3

#endif // TCP_FAST_OPEN_NEGATIVE_CACHE_H
