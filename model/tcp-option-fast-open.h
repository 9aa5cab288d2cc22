/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_OPTION_FAST_OPEN_H
#define TCP_OPTION_FAST_OPEN_H

#include "tcp-fast-open-cookie.h"

#include "ns3/tcp-header.h"
#include "ns3/tcp-option.h"

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * The TCP Fast Open option, kind 34 (RFC 7413, section 4.1.1).
 *
 * @verbatim
     +--------+--------+----------------------------+
     | 34     | length | cookie, 0 or 4 to 16 bytes |
     +--------+--------+----------------------------+
   @endverbatim
 *
 * With length 2 it has no cookie: in a SYN this asks for one. With an even
 * length of 6 to 18 it carries a cookie of 4 to 16 bytes: in a SYN it shows it,
 * in a SYN-ACK it grants it. Every other length is to be ignored, and so is the
 * option in a segment without SYN.
 *
 * ns-3's TcpHeader knows a fixed set of kinds: it reads every other one as a
 * TcpOptionUnknown and refuses to append it. AppendTo() and Find() close
 * this gap.
 */
class TcpOptionFastOpen : public TcpOption
{
  public:
    static constexpr uint8_t KIND = 34; //!< the option's kind, assigned by IANA

    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    TcpOptionFastOpen() = default;

    /**
     * @param cookie the cookie to carry; an empty one is a cookie request
     */
    explicit TcpOptionFastOpen(const TcpFastOpenCookie& cookie);

    void Print(std::ostream& os) const override;
    void Serialize(Buffer::Iterator start) const override;

    /**
     * Read the option from bytes.
     *
     * @param start where the option's kind stands
     * @return the option's length; 0 where it is not a valid Fast Open option
     */
    uint32_t Deserialize(Buffer::Iterator start) override;
    uint8_t GetKind() const override;
    uint32_t GetSerializedSize() const override;

    /**
     * @return the cookie; an empty one means that a cookie is requested
     */
    const TcpFastOpenCookie& GetCookie() const;

    /**
     * @return whether the option asks for a cookie
     */
    bool IsRequest() const;

    /**
     * @return the room that the option takes in a header, in bytes: its length
     *         and the padding to 32 bits
     */
    uint32_t GetPaddedSize() const;

    /**
     * Write the option as the last one of a header, padded with NOP to 32 bits
     * as Linux does.
     *
     * @param header the header, complete but for this option
     * @return whether the option found room; the header is unchanged otherwise
     */
    bool AppendTo(TcpHeader& header) const;

    /**
     * Look for a valid Fast Open option in a received segment.
     *
     * @param header the segment's header
     * @return the option; nullptr where there is none, where its length is not
     *         valid, or where the segment is no SYN
     */
    static Ptr<const TcpOptionFastOpen> Find(const TcpHeader& header);

  private:
    TcpFastOpenCookie m_cookie; //!< what the option carries
};

} // namespace ns3

#endif // TCP_OPTION_FAST_OPEN_H
