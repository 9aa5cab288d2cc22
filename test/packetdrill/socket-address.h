/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SOCKET_ADDRESS_H
#define SOCKET_ADDRESS_H

#include "ns3/address.h"

#include <string>
#include <sys/socket.h>

/**
 * Addresses of the POSIX calls, as ns-3 writes them and back.
 *
 * An IPv4 address that comes in a sockaddr_in6 stays IPv4-mapped: the sockets are to
 * make of it what a kernel's do.
 */
namespace socketaddress
{

/**
 * @param address an address of AF_INET or AF_INET6, with its port
 * @return it; invalid where it is of another family
 */
ns3::Address FromPosix(const sockaddr* address);

/**
 * @param address an address and port of IPv4 or IPv6
 * @param domain AF_INET or AF_INET6: how it is to be written; IPv4 in IPv6 is mapped
 * @param [out] posix the address
 * @return its size in bytes; 0 where it is no such address
 */
socklen_t ToPosix(const ns3::Address& address, int domain, sockaddr_storage& posix);

/**
 * @param address an address with its port
 * @return the IP address alone, that of IPv4 where it is mapped
 */
ns3::Address GetIp(const ns3::Address& address);

/**
 * @param address an address with its port
 * @return any address of its family, with the port
 */
ns3::Address ToAny(const ns3::Address& address);

/**
 * @param text an address of IPv4 or IPv6
 * @return it
 */
ns3::Address ParseIp(const std::string& text);

} // namespace socketaddress

#endif // SOCKET_ADDRESS_H
