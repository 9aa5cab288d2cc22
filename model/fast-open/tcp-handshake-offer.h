/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_HANDSHAKE_OFFER_H
#define TCP_HANDSHAKE_OFFER_H

#include "tcp-fast-open-cookie.h"

#include "ns3/tcp-header.h"

#include <cstdint>
#include <optional>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * What the options of a SYN or SYN-ACK say. Read() takes it from a header, Write() puts
 * it into one in Linux's order and padding: MSS; SACK-permitted and timestamps; window
 * scale; Fast Open.
 */
struct TcpHandshakeOffer
{
    /// The timestamps option (RFC 7323, section 3).
    struct Timestamps
    {
        uint32_t value{0}; //!< the sender's clock
        uint32_t echo{0};  //!< the clock of the segment that it answers
    };

    /// The Fast Open option.
    struct FastOpen
    {
        TcpFastOpenCookie cookie; //!< an empty one asks for one
        bool experimental{false}; //!< whether it has the experimental form
    };

    std::optional<uint16_t> mss;          //!< the largest segment that the sender takes, in bytes
    std::optional<uint8_t> windowScale;   //!< by how many bits its windows are shifted
    bool sackPermitted{false};            //!< whether it knows SACK
    std::optional<Timestamps> timestamps; //!< its timestamps
    std::optional<FastOpen> fastOpen;     //!< its cookie, or its request for one

    /**
     * @param header the header of a SYN or SYN-ACK
     * @return what its options say
     */
    static TcpHandshakeOffer Read(const TcpHeader& header);

    /**
     * Write the options; an MSS is always among them.
     *
     * @param header the header of a SYN or SYN-ACK, without options; it has all that fit
     * @return whether the Fast Open option has found room, if there is one
     */
    bool Write(TcpHeader& header) const;

    /**
     * @return how many bytes of a header Write() takes
     */
    uint32_t GetSize() const;
};

} // namespace ns3

#endif // TCP_HANDSHAKE_OFFER_H
