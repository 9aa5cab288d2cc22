/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_FAST_OPEN_QUEUE_H
#define TCP_FAST_OPEN_QUEUE_H

#include "ns3/simple-ref-count.h"

#include <cstdint>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * A listener's count of connections that were accepted with data but whose
 * handshake is not complete, and their limit (RFC 7413, section 4.2.2:
 * PendingFastOpenRequests). The listener and its children share one.
 */
class TcpFastOpenQueue : public SimpleRefCount<TcpFastOpenQueue>
{
  public:
    /**
     * @param limit how many connections may be pending; 0 turns Fast Open off
     */
    void SetLimit(uint32_t limit)
    {
        m_limit = limit;
    }

    /**
     * @return how many connections may be pending
     */
    uint32_t GetLimit() const
    {
        return m_limit;
    }

    /**
     * @return whether the limit is reached
     */
    bool IsFull() const
    {
        return m_pending >= m_limit;
    }

    /// Count a connection in.
    void Enter()
    {
        m_pending++;
    }

    /// Count a connection out.
    void Leave()
    {
        m_pending--;
    }

    /// The listener was closed.
    void Close()
    {
        m_closed = true;
    }

    /**
     * @return whether the listener was closed
     */
    bool IsClosed() const
    {
        return m_closed;
    }

  private:
    uint32_t m_limit{0};   //!< how many connections may be pending
    uint32_t m_pending{0}; //!< how many are
    bool m_closed{false};  //!< the listener was closed
};

} // namespace ns3

#endif // TCP_FAST_OPEN_QUEUE_H
