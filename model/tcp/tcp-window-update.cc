/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-window-update.h"

#include <algorithm>

namespace ns3
{

bool
TcpWindowUpdate::IsDue(const Room& room)
{
    constexpr uint32_t leastShare = 16; // of the largest window
    const bool little = room.announced <= room.largest / 2;
    const uint32_t worth =
        std::max(room.largest / leastShare, std::min(room.segment, room.largest));
    return little && room.free >= worth && room.free / 2 >= room.announced && room.free > 0;
}

} // namespace ns3
