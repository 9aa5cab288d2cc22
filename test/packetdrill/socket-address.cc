/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "socket-address.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"

#include <cstring>
#include <netinet/in.h>

using namespace ns3;

namespace socketaddress
{

Address
FromPosix(const sockaddr* address)
{
    if (address->sa_family == AF_INET)
    {
        const auto* in = reinterpret_cast<const sockaddr_in*>(address);
        return InetSocketAddress(Ipv4Address(ntohl(in->sin_addr.s_addr)), ntohs(in->sin_port));
    }
    if (address->sa_family == AF_INET6)
    {
        const auto* in6 = reinterpret_cast<const sockaddr_in6*>(address);
        return Inet6SocketAddress(Ipv6Address::Deserialize(in6->sin6_addr.s6_addr),
                                  ntohs(in6->sin6_port));
    }
    return Address();
}

socklen_t
ToPosix(const Address& address, int domain, sockaddr_storage& posix)
{
    const bool ipv4 = InetSocketAddress::IsMatchingType(address);
    if (!ipv4 && !Inet6SocketAddress::IsMatchingType(address))
    {
        return 0;
    }
    if (domain == AF_INET)
    {
        const auto ip = InetSocketAddress::ConvertFrom(address);
        sockaddr_in in{};
        in.sin_family = AF_INET;
        in.sin_port = htons(ip.GetPort());
        in.sin_addr.s_addr = htonl(ip.GetIpv4().Get());
        std::memcpy(&posix, &in, sizeof in);
        return sizeof in;
    }
    const auto ip = ipv4
                        ? Inet6SocketAddress(Ipv6Address::MakeIpv4MappedAddress(
                                                 InetSocketAddress::ConvertFrom(address).GetIpv4()),
                                             InetSocketAddress::ConvertFrom(address).GetPort())
                        : Inet6SocketAddress::ConvertFrom(address);
    sockaddr_in6 in6{};
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(ip.GetPort());
    ip.GetIpv6().Serialize(in6.sin6_addr.s6_addr);
    std::memcpy(&posix, &in6, sizeof in6);
    return sizeof in6;
}

Address
GetIp(const Address& address)
{
    if (InetSocketAddress::IsMatchingType(address))
    {
        return InetSocketAddress::ConvertFrom(address).GetIpv4();
    }
    const Ipv6Address ip = Inet6SocketAddress::ConvertFrom(address).GetIpv6();
    return ip.IsIpv4MappedAddress() ? Address(ip.GetIpv4MappedAddress()) : Address(ip);
}

Address
ToAny(const Address& address)
{
    if (InetSocketAddress::IsMatchingType(address))
    {
        return InetSocketAddress(Ipv4Address::GetAny(),
                                 InetSocketAddress::ConvertFrom(address).GetPort());
    }
    return Inet6SocketAddress(Ipv6Address::GetAny(),
                              Inet6SocketAddress::ConvertFrom(address).GetPort());
}

Address
ParseIp(const std::string& text)
{
    return text.find(':') == std::string::npos ? Address(Ipv4Address(text.c_str()))
                                               : Address(Ipv6Address(text.c_str()));
}

} // namespace socketaddress
