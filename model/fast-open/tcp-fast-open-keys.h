/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TCP_FAST_OPEN_KEYS_H
#define TCP_FAST_OPEN_KEYS_H

#include "tcp-fast-open-cookie.h"

#include "ns3/address.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/random-variable-stream.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * The secrets with which a server makes its cookies and checks them.
 *
 * A cookie is 8 bytes: the little-endian SipHash-2-4 of the client's address
 * followed by the server's, 4 + 4 or 16 + 16 bytes in network order, under a
 * key of 128 bits, as Linux computes it. Ports are no part of it
 * (RFC 7413, section 4.1.2).
 *
 * There are up to two keys. The primary one makes cookies and checks them; the
 * backup only checks, so that cookies made before a change of keys still serve.
 * Without any, a random primary key is drawn when one is needed.
 *
 * Each node has an object of its own. A listener can be given another one, and
 * one object may serve any number of nodes and listeners: the servers of a farm
 * have the same keys and change them together.
 *
 * @code
 *   Ptr<TcpFastOpenKeys> keys = CreateObject<TcpFastOpenKeys>();
 *   keys->SetAttribute("RotationInterval", TimeValue(Hours(1)));
 *   fastOpen.SetAttribute("Keys", PointerValue(keys)); // a TcpFastOpenHelper
 *   fastOpen.Install(farm);
 * @endcode
 */
class TcpFastOpenKeys : public Object
{
  public:
    static constexpr std::size_t KEY_SIZE = 16; //!< size of a key in bytes
    using Key = std::array<uint8_t, KEY_SIZE>;  //!< a key of 128 bits

    /// Whose cookie a client shows.
    enum Match
    {
        NONE,    //!< nobody's: it is not valid
        PRIMARY, //!< the primary key's
        BACKUP,  //!< the backup key's: valid, and to be replaced
    };

    /**
     * Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    TcpFastOpenKeys();

    /**
     * Read a key from its text.
     *
     * @param text four words of eight hexadecimal digits, joined by dashes, as
     *        Linux writes a key in `net.ipv4.tcp_fastopen_key`:
     *        `a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4`, say. Each word is stored
     *        little-endian.
     * @param [out] key the key; untouched where the text is not valid
     * @return whether the text is a key
     */
    static bool Parse(const std::string& text, Key& key);

    /**
     * @param key a key
     * @return its text, as Parse() reads it
     */
    static std::string Format(const Key& key);

    /**
     * Set the keys.
     *
     * @param text a key as Parse() reads it, or the primary and the backup key
     *        joined by a comma, as Linux does; empty: a random key will be drawn.
     *        Any other text ends the program.
     */
    void SetText(std::string text);

    /**
     * @return the keys as SetText() reads them, those of the last use; empty while
     *         none is set or drawn
     */
    std::string GetText() const;

    /**
     * Change keys: the primary one becomes the backup, and a random one becomes
     * the primary. The attribute RotationInterval does it on a schedule.
     */
    void Rotate();

    /**
     * Make the cookie for a client.
     *
     * @param client the client's IP address (Ipv4Address or Ipv6Address)
     * @param server the server's IP address, of the same family
     * @return the cookie
     */
    TcpFastOpenCookie Make(const Address& client, const Address& server);

    /**
     * Check a cookie that a client shows.
     *
     * @param cookie the cookie
     * @param client the client's IP address (Ipv4Address or Ipv6Address)
     * @param server the server's IP address, of the same family
     * @return with which key the server made the cookie for the client, if it did
     */
    Match Check(const TcpFastOpenCookie& cookie, const Address& client, const Address& server);

    /**
     * Fix the random stream from which keys are drawn.
     *
     * @param stream the stream
     * @return how many streams were used
     */
    int64_t AssignStreams(int64_t stream);

  private:
    /// Draw what is not set, and change keys as often as the schedule wants by now.
    void Update();

    /**
     * @param interval time between two changes; 0: none
     */
    void SetInterval(Time interval);

    /**
     * @return time between two changes
     */
    Time GetInterval() const;

    /**
     * @return how many changes the schedule wants by now
     */
    int64_t GetDue() const;

    /**
     * @return a random key
     */
    Key Draw();

    std::optional<Key> m_primary;        //!< makes and checks
    std::optional<Key> m_backup;         //!< only checks
    Time m_interval;                     //!< time between two changes; 0: none
    int64_t m_rotations{0};              //!< how many changes the schedule has made
    Ptr<UniformRandomVariable> m_random; //!< where keys are drawn from
};

} // namespace ns3

#endif // TCP_FAST_OPEN_KEYS_H
