/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TRANSFER_RECORD_H
#define TRANSFER_RECORD_H

#include "ns3/nstime.h"

#include <cstdint>
#include <ostream>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * What a client measured of one request and its response. Times count from the
 * client's call to open the connection.
 */
struct TransferRecord
{
    /// How the transfer ended.
    enum class Status
    {
        OK,      //!< the whole response has arrived
        REFUSED, //!< the SYN was answered by a reset
        TIMEOUT, //!< retransmissions went unanswered
        RESET,   //!< the connection was reset, or closed before the response was whole
    };

    uint32_t transfer{0};        //!< number of the transfer, from 1
    uint16_t clientPort{0};      //!< the client's port
    Time opened;                 //!< simulated time of the call to open
    uint32_t synDataBytes{0};    //!< bytes of the SYN's data that the server acknowledged
    uint32_t received{0};        //!< bytes of the response that arrived
    Time firstByte;              //!< time to the first byte of the response
    Time lastByte;               //!< time to the last byte of the response
    uint32_t retransmissions{0}; //!< segments that either side sent again until the end
    Status status{Status::OK};   //!< how it ended
};

/**
 * Print a status as it stands in result files: ok, refused, timeout, reset.
 *
 * @param os the stream
 * @param status the status
 * @return the stream
 */
std::ostream& operator<<(std::ostream& os, TransferRecord::Status status);

} // namespace ns3

#endif // TRANSFER_RECORD_H
