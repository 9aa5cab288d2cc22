/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef PACKETDRILL_INTERFACE_H
#define PACKETDRILL_INTERFACE_H

#include <cstddef>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

/**
 * The functions that packetdrill calls in place of the kernel's: its public
 * interface, declared anew so that the shim builds without packetdrill. It has no
 * version; interface-check.cc compares it with an installed header.
 *
 * Each function gets `userdata` first and is otherwise the POSIX call of its name.
 */
struct SimulatedCalls
{
    void* userdata;                                                             //!< ours
    void (*free)(void*);                                                        //!< the end
    int (*socket)(void*, int, int, int);                                        //!< socket(2)
    int (*bind)(void*, int, const sockaddr*, socklen_t);                        //!< bind(2)
    int (*listen)(void*, int, int);                                             //!< listen(2)
    int (*accept)(void*, int, sockaddr*, socklen_t*);                           //!< accept(2)
    int (*connect)(void*, int, const sockaddr*, socklen_t);                     //!< connect(2)
    ssize_t (*read)(void*, int, void*, size_t);                                 //!< read(2)
    ssize_t (*readv)(void*, int, const iovec*, int);                            //!< readv(2)
    ssize_t (*recv)(void*, int, void*, size_t, int);                            //!< recv(2)
    ssize_t (*recvfrom)(void*, int, void*, size_t, int, sockaddr*, socklen_t*); //!< recvfrom(2)
    ssize_t (*recvmsg)(void*, int, msghdr*, int);                               //!< recvmsg(2)
    ssize_t (*write)(void*, int, const void*, size_t);                          //!< write(2)
    ssize_t (*writev)(void*, int, const iovec*, int);                           //!< writev(2)
    ssize_t (*send)(void*, int, const void*, size_t, int);                      //!< send(2)
    ssize_t (
        *sendto)(void*, int, const void*, size_t, int, const sockaddr*, socklen_t); //!< sendto(2)
    ssize_t (*sendmsg)(void*, int, const msghdr*, int);                             //!< sendmsg(2)
    int (*fcntl)(void*, int, int, ...);                                             //!< fcntl(2)
    int (*ioctl)(void*, int, unsigned long, ...);                                   //!< ioctl(2)
    int (*close)(void*, int);                                                       //!< close(2)
    int (*shutdown)(void*, int, int);                                               //!< shutdown(2)
    int (*getsockopt)(void*, int, int, int, void*, socklen_t*);      //!< getsockopt(2)
    int (*setsockopt)(void*, int, int, int, const void*, socklen_t); //!< setsockopt(2)
    int (*poll)(void*, pollfd*, nfds_t, int);                        //!< poll(2)
    /// A datagram for the stack; 0 or -1.
    int (*netdev_send)(void*, const void*, size_t);
    /// The next datagram that leaves the stack, with its time in us; 0 or -1.
    int (*netdev_receive)(void*, void*, size_t*, long long*);
    int (*usleep)(void*, useconds_t);                                       //!< usleep(3)
    int (*gettimeofday)(void*, timeval*, struct timezone*);                 //!< gettimeofday(2)
    int (*epoll_create)(void*, int);                                        //!< epoll_create(2)
    int (*epoll_ctl)(void*, int, int, int, epoll_event*);                   //!< epoll_ctl(2)
    int (*epoll_wait)(void*, int, epoll_event*, int, int);                  //!< epoll_wait(2)
    int (*pipe)(void*, int[2]);                                             //!< pipe(2)
    int (*splice)(void*, int, loff_t*, int, loff_t*, size_t, unsigned int); //!< splice(2)
};

#endif // PACKETDRILL_INTERFACE_H
