/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_ANSWER_LIMIT_H
#define TCP_ANSWER_LIMIT_H

#include "tcp-segment-view.h"

#include "ns3/nstime.h"

#include <optional>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * How often segments that are not acceptable are answered, lest two ends that have lost each
 * other's place answer for ever (Linux: tcp_oow_rate_limited; RFC 5961, section 7, allows it).
 * What has data or a FIN is always answered.
 */
class TcpAnswerLimit
{
  public:
    /**
     * @param segment a segment that is not acceptable
     * @param now the time
     * @param interval the time in which one without data is answered; 0: all are
     * @return whether it is to be answered
     */
    bool MayAnswer(const TcpSegmentView& segment, Time now, Time interval);

    /// Forget the connection.
    void Reset();

  private:
    std::optional<Time> m_last; //!< when one without data was answered last
};

} // namespace ns3

#endif // TCP_ANSWER_LIMIT_H
