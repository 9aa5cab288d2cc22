/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_LONG_LIVED_SOCKET_H
#define TCP_LONG_LIVED_SOCKET_H

#include "tcp-answer-limit.h"
#include "tcp-sound-socket.h"
#include "tcp-window-update.h"

#include <optional>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Linux's clocks of connections that live long: of those that stall, are kept alive, or are
 * left behind. Each is an attribute, off by default. A layer of TcpLinuxSocket, and not to be
 * made alone.
 *
 * - AnswerInterval: of segments that are not acceptable and have no data, one is answered
 *   in a time (TcpAnswerLimit).
 * - StallProbes: when a shut window is probed. WindowUpdates: when the peer is told that
 *   ours has opened (TcpWindowUpdate).
 * - OrphanRetries, FinWait2Timeout: how long a connection lives whose application has closed.
 */
class TcpLongLivedSocket : public compat::WithTypeId<TcpLongLivedSocket, TcpSoundSocket>
{
  public:
    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    TcpLongLivedSocket() = default;

    /**
     * Copy a socket: its settings, not its connection.
     *
     * @param socket the socket
     */
    TcpLongLivedSocket(const TcpLongLivedSocket& socket);

  protected:
    void Forget() override;
    bool MayAnswer(const TcpSegmentView& segment) override;
    std::optional<Time> GetFirstProbeWait() const override;
    bool IsWindowNews() const override;
    uint32_t GetOrphanRetries() const override;
    Time GetFinWait2Timeout() const override;

  private:
    Time m_answerInterval;       //!< attribute AnswerInterval
    bool m_stallProbes{false};   //!< attribute StallProbes
    bool m_windowUpdates{false}; //!< attribute WindowUpdates
    uint32_t m_orphanRetries{0}; //!< attribute OrphanRetries
    Time m_finWait2Timeout;      //!< attribute FinWait2Timeout

    TcpAnswerLimit m_answerLimit; //!< which unacceptable segments are answered
};

} // namespace ns3

#endif // TCP_LONG_LIVED_SOCKET_H
