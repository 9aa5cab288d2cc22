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
 * The TCP Fast Open option, kind 34 (RFC 7413, section 4.1.1), and its
 * experimental form from the time before that kind was assigned, kind 254 with
 * a magic number (RFC 7413, section 7; RFC 6994).
 *
 * @verbatim
     +--------+--------+----------------------------+
     | 34     | length | cookie, 0 or 4 to 16 bytes |
     +--------+--------+--------+--------+----------+-----------------+
     | 254    | length |     0xF989      | cookie, 0 or 4 to 16 bytes |
     +--------+--------+-----------------+----------------------------+
   @endverbatim
 *
 * Without a cookie it asks for one in a SYN. With a cookie, of an even number of
 * 4 to 16 bytes, it shows it in a SYN, and grants it in a SYN-ACK. Every other
 * length is to be ignored, and so is the option in a segment without SYN.
 *
 * ns-3's TcpHeader knows a fixed set of kinds: it reads every other one as a
 * TcpOptionUnknown and refuses to append it. AppendTo() and Find() close
 * this gap.
 */
class TcpOptionFastOpen : public TcpOption
{
  public:
    static constexpr uint8_t KIND = 34;               //!< the kind, assigned by IANA
    static constexpr uint8_t KIND_EXPERIMENTAL = 254; //!< the kind for experiments
    static constexpr uint16_t MAGIC = 0xF989;         //!< what tells this experiment

    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    TcpOptionFastOpen() = default;

    /**
     * @param cookie the cookie to carry; an empty one is a cookie request
     * @param experimental whether to use the experimental form
     */
    explicit TcpOptionFastOpen(const TcpFastOpenCookie& cookie, bool experimental = false);

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
     * @return whether the option has the experimental form
     */
    bool IsExperimental() const;

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
     * @return the option, the last one where there are several; nullptr where
     *         there is none of a valid length, or where the segment is no SYN
     */
    static Ptr<const TcpOptionFastOpen> Find(const TcpHeader& header);

  private:
    /**
     * @return the number of bytes before the cookie
     */
    uint8_t GetHeadSize() const;

    TcpFastOpenCookie m_cookie; //!< what the option carries
    bool m_experimental{false}; //!< the form
    bool m_disguised{false};    //!< shows a kind that TcpHeader knows
};

} // namespace ns3

#endif // TCP_OPTION_FAST_OPEN_H
