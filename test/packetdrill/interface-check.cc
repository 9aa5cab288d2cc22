/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * Compares our declaration of packetdrill's interface with that of its header;
 * compiled where there is one.
 */

#include "packetdrill-interface.h"

#include <cstddef>
#include <packetdrill.h>
#include <type_traits>

#define SAME(member)                                                                               \
    static_assert(offsetof(SimulatedCalls, member) == offsetof(packetdrill_interface, member),     \
                  #member " is elsewhere in this packetdrill");                                    \
    static_assert(std::is_same<decltype(SimulatedCalls::member),                                   \
                               decltype(packetdrill_interface::member)>::value,                    \
                  #member " is another function in this packetdrill")

SAME(userdata);
SAME(free);
SAME(socket);
SAME(bind);
SAME(listen);
SAME(accept);
SAME(connect);
SAME(read);
SAME(readv);
SAME(recv);
SAME(recvfrom);
SAME(recvmsg);
SAME(write);
SAME(writev);
SAME(send);
SAME(sendto);
SAME(sendmsg);
SAME(fcntl);
SAME(ioctl);
SAME(close);
SAME(shutdown);
SAME(getsockopt);
SAME(setsockopt);
SAME(poll);
SAME(netdev_send);
SAME(netdev_receive);
SAME(usleep);
SAME(gettimeofday);
SAME(epoll_create);
SAME(epoll_ctl);
SAME(epoll_wait);
SAME(pipe);
SAME(splice);
static_assert(sizeof(SimulatedCalls) == sizeof(packetdrill_interface),
              "this packetdrill's interface has other members");
