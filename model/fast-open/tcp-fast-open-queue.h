/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_FAST_OPEN_QUEUE_H
#define TCP_FAST_OPEN_QUEUE_H

#include "ns3/nstime.h"
#include "ns3/ptr.h"
#include "ns3/simple-ref-count.h"

#include <cstdint>
#include <functional>
#include <list>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * A listener's count of connections that were accepted with data but whose
 * handshake is not complete, and their limit (RFC 7413, section 4.2.2:
 * PendingFastOpenRequests). The listener and its children share one. It has no events of
 * its own: what is over is found when somebody looks.
 */
class TcpFastOpenQueue : public SimpleRefCount<TcpFastOpenQueue>
{
  public:
    /**
     * The place of one connection in the queue. It has to be left explicitly; one that
     * is not taken has nothing to leave.
     */
    class Slot
    {
      public:
        Slot() = default;
        Slot(const Slot&) = delete;
        Slot& operator=(const Slot&) = delete;
        Slot(Slot&& slot) = default;
        Slot& operator=(Slot&& slot) = default;

        /**
         * @return whether the connection is in the queue
         */
        bool IsTaken() const;

        /**
         * The handshake is complete, or has failed: leave the queue.
         */
        void Leave();

        /**
         * The client has reset the connection: leave the queue only after a while, against
         * floods of SYNs with forged addresses (RFC 7413, section 5.1; Linux:
         * reqsk_fastopen_remove): when somebody looks 60 s later or more, or when the
         * listener is closed.
         *
         * @param now the time
         */
        void Reset(Time now);

      private:
        friend class TcpFastOpenQueue;

        Ptr<TcpFastOpenQueue> m_queue;          //!< the queue, nullptr where it is not taken
        std::function<void(int32_t)> m_changed; //!< is told of the change
    };

    /**
     * @param limit how many connections may be pending; 0 turns Fast Open off
     */
    void SetLimit(uint32_t limit);

    /**
     * @return how many connections may be pending
     */
    uint32_t GetLimit() const;

    /**
     * Look whether there is room.
     *
     * @param now the time
     * @return whether the limit is reached
     */
    bool IsFull(Time now);

    /**
     * Count a connection in.
     *
     * @param changed is told +1 now, and -1 when the connection counts no longer
     * @return its place
     */
    Slot Enter(std::function<void(int32_t)> changed);

    /// The listener was closed.
    void Close();

    /**
     * @return whether the listener was closed
     */
    bool IsClosed() const;

  private:
    /// A connection that was reset, and still counts.
    struct WasReset
    {
        Time until;                           //!< when it counts no longer
        std::function<void(int32_t)> changed; //!< is told of that
    };

    /**
     * Count a connection out.
     *
     * @param changed is told of it
     */
    void CountOut(const std::function<void(int32_t)>& changed);

    uint32_t m_limit{0};          //!< how many connections may be pending
    uint32_t m_pending{0};        //!< how many are, those that were reset among them
    std::list<WasReset> m_resets; //!< those, in order; a list, which takes no memory yet
    bool m_closed{false};         //!< the listener was closed
};

} // namespace ns3

#endif // TCP_FAST_OPEN_QUEUE_H
