/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_FAST_OPEN_COUNTERS_H
#define TCP_FAST_OPEN_COUNTERS_H

#include "ns3/object.h"
#include "ns3/traced-value.h"

#include <cstdint>
#include <ostream>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * A node's counters of Fast Open, with the names and meanings of Linux's
 * TcpExt counters TCPFastOpen*. Each is an attribute to be read and a trace
 * source of the same name:
 *
 * @code
 *   Config::ConnectWithoutContext(
 *       "/NodeList/0/$ns3::TcpFastOpen/Counters/Passive", MakeCallback(&Note));
 *   fastOpen->GetCounters()->Print(std::cout); // as `nstat -az` does
 * @endcode
 */
class TcpFastOpenCounters : public Object
{
  public:
    using Counter = TracedValue<uint64_t>; //!< a counter

    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Print all counters in the form of `nstat -az`, under Linux's names.
     *
     * @param os the stream
     */
    void Print(std::ostream& os) const;

    Counter active{0};         //!< client: connections whose SYN data was all acknowledged
    Counter activeFail{0};     //!< client: connections whose SYN data had to be sent again,
                               //!< or that three timeouts in a row struck
    Counter passive{0};        //!< server: connections accepted by a SYN
    Counter passiveFail{0};    //!< server: SYNs with an invalid cookie
    Counter listenOverflow{0}; //!< server: SYNs that came when the queue was full
    Counter cookieReqd{0};     //!< server: cookie requests received
    Counter blackhole{0};      //!< client: how often Fast Open was paused for a black hole
    Counter passiveAltKey{0};  //!< server: those of `passive` by a cookie of the backup key
};

} // namespace ns3

#endif // TCP_FAST_OPEN_COUNTERS_H
