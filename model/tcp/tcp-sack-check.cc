/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-sack-check.h"

#include "ns3/tcp-option-sack.h"

#include <algorithm>

namespace ns3
{

bool
TcpSackCheck::IsSound(const TcpHeader& header, SequenceNumber32 head, SequenceNumber32 highest)
{
    constexpr int32_t farthest = 1 << 30; // what numbers can be compared over
    const SequenceNumber32 next = std::max(head, header.GetAckNumber());
    const SequenceNumber32 end = highest + 1; // behind a FIN
    const auto isSound = [&](const TcpOptionSack::SackBlock& block) {
        const bool duplicate = block.second <= head && head - block.second < farthest;
        return block.first < block.second &&
               (duplicate || (block.first > head && block.second <= end &&
                              (block.first > next || block.second <= next)));
    };
    for (const auto& option : header.GetOptionList())
    {
        if (option->GetKind() == TcpOption::SACK)
        {
            const auto blocks = DynamicCast<const TcpOptionSack>(option)->GetSackList();
            if (head >= highest || !std::all_of(blocks.begin(), blocks.end(), isSound))
            {
                return false;
            }
        }
    }
    return true;
}

} // namespace ns3
