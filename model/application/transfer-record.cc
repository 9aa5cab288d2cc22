/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "transfer-record.h"

namespace ns3
{

std::ostream&
operator<<(std::ostream& os, TransferRecord::Status status)
{
    switch (status)
    {
    case TransferRecord::Status::OK:
        return os << "ok";
    case TransferRecord::Status::REFUSED:
        return os << "refused";
    case TransferRecord::Status::TIMEOUT:
        return os << "timeout";
    case TransferRecord::Status::RESET:
        return os << "reset";
    }
    return os;
}

} // namespace ns3
