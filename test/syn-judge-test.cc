/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * S2 to S5, S13 and S14: what a server makes of the option and the data of a SYN.
 */

#include "ns3/ipv4-address.h"
#include "ns3/ipv6-address.h"
#include "ns3/tcp-syn-judge.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <optional>
#include <ostream>
#include <string>

using namespace ns3;

namespace
{

using Refusal = TcpSynJudge::Refusal;

const std::string PRIMARY = "00000000-00000000-00000000-00000001"; //!< makes and checks
const std::string BACKUP = "00000000-00000000-00000000-00000002";  //!< only checks
const std::string FOREIGN = "00000000-00000000-00000000-00000003"; //!< another server's

/// What a SYN shows.
enum class Shows
{
    NOTHING,        //!< no option
    REQUEST,        //!< a request for a cookie
    PRIMARY_COOKIE, //!< the cookie of the primary key
    BACKUP_COOKIE,  //!< the cookie of the backup key
    FOREIGN_COOKIE, //!< the cookie of another key
};

/// A client and a server.
struct Pair
{
    Address client; //!< the client's address
    Address server; //!< the server's address
};

/// @return pairs of either IP version
std::vector<Pair>
GetPairs()
{
    return {{Ipv4Address("192.0.2.1"), Ipv4Address("192.168.0.1")},
            {Ipv6Address("fd00::1"), Ipv6Address("fd00::2")}};
}

/**
 * @param text keys
 * @return an object with them
 */
Ptr<TcpFastOpenKeys>
KeysOf(const std::string& text)
{
    Ptr<TcpFastOpenKeys> keys = CreateObject<TcpFastOpenKeys>();
    keys->SetText(text);
    return keys;
}

/**
 * @param pair client and server
 * @param shows what the SYN shows
 * @param experimental whether the option has the experimental form
 * @param size the SYN's data in bytes
 * @return the SYN
 */
TcpSynJudge::Syn
MakeSyn(const Pair& pair, Shows shows, bool experimental, uint32_t size)
{
    TcpSynJudge::Syn syn{pair.client, pair.server, std::nullopt, size};
    TcpFastOpenCookie cookie;
    switch (shows)
    {
    case Shows::NOTHING:
        return syn;
    case Shows::REQUEST:
        break;
    case Shows::PRIMARY_COOKIE:
        cookie = KeysOf(PRIMARY)->Make(pair.client, pair.server);
        break;
    case Shows::BACKUP_COOKIE:
        cookie = KeysOf(BACKUP)->Make(pair.client, pair.server);
        break;
    case Shows::FOREIGN_COOKIE:
        cookie = KeysOf(FOREIGN)->Make(pair.client, pair.server);
        break;
    }
    syn.option = TcpHandshakeOffer::FastOpen{cookie, experimental};
    return syn;
}

/// What is expected of a SYN.
struct Case
{
    Shows shows;                    //!< what it shows
    uint32_t size;                  //!< its data in bytes
    bool accepted;                  //!< whether it is accepted
    bool byBackup;                  //!< whether by the backup key
    std::optional<Refusal> refusal; //!< why not
    bool grant;                     //!< whether a cookie is granted
};

/// With Fast Open on, room in the queue, and a cookie needed.
const std::vector<Case> CASES{
    {Shows::NOTHING, 1, false, false, Refusal::NO_COOKIE, false},
    {Shows::NOTHING, 0, false, false, Refusal::NO_COOKIE, false},
    {Shows::REQUEST, 0, false, false, std::nullopt, true},
    {Shows::REQUEST, 1, false, false, Refusal::NO_COOKIE, true},
    {Shows::PRIMARY_COOKIE, 0, true, false, std::nullopt, false},
    {Shows::PRIMARY_COOKIE, 1, true, false, std::nullopt, false},
    {Shows::BACKUP_COOKIE, 0, true, true, std::nullopt, true},
    {Shows::BACKUP_COOKIE, 1, true, true, std::nullopt, true},
    {Shows::FOREIGN_COOKIE, 0, false, false, Refusal::BAD_COOKIE, true},
    {Shows::FOREIGN_COOKIE, 1, false, false, Refusal::BAD_COOKIE, true},
};

} // namespace

namespace ns3
{

/**
 * Tell a refusal's name where a test fails.
 *
 * @param refusal the refusal
 * @param os the stream
 */
static void
PrintTo(Refusal refusal, std::ostream* os)
{
    const char* const names[] = {"OFF", "QUEUE_FULL", "NO_COOKIE", "BAD_COOKIE"};
    *os << names[static_cast<int>(refusal)];
}

} // namespace ns3

// Every kind of SYN, over either IP version and in either form.
TEST(SynJudge, W3_S3_S4_S5_S13_N4_CookieDecides)
{
    const Ptr<TcpFastOpenKeys> keys = KeysOf(PRIMARY + "," + BACKUP);
    for (const Pair& pair : GetPairs())
    {
        for (const bool experimental : {false, true})
        {
            for (const Case& one : CASES)
            {
                SCOPED_TRACE(static_cast<int>(one.shows) * 10 + one.size);
                const auto verdict =
                    TcpSynJudge::Judge(MakeSyn(pair, one.shows, experimental, one.size),
                                       {true, false, true, keys});
                EXPECT_EQ(verdict.accepted, one.accepted);
                EXPECT_EQ(verdict.byBackup, one.byBackup);
                EXPECT_EQ(verdict.refusal, one.refusal);
                ASSERT_EQ(verdict.grant.has_value(), one.grant);
                if (one.grant)
                {
                    EXPECT_EQ(verdict.grant->cookie,
                              KeysOf(PRIMARY)->Make(pair.client, pair.server));
                    EXPECT_EQ(verdict.grant->experimental, experimental);
                }
            }
        }
    }
}

// Off comes before all else, then the queue, and none of the two grants anything; where
// no cookie is needed none is looked at.
TEST(SynJudge, S1_S2_S14_ChecksComeInOrder)
{
    for (const Pair& pair : GetPairs())
    {
        for (const Case& one : CASES)
        {
            const auto syn = MakeSyn(pair, one.shows, false, one.size);
            for (uint32_t bits = 0; bits < 8; bits++)
            {
                const bool serving = bits & 1;
                const bool full = bits & 2;
                const bool needed = bits & 4;
                if (serving && !full && needed)
                {
                    continue;
                }
                const auto verdict = TcpSynJudge::Judge(syn, {serving, full, needed, nullptr});
                std::optional<Refusal> refusal;
                if (!serving || full)
                {
                    refusal = serving ? Refusal::QUEUE_FULL : Refusal::OFF;
                }
                EXPECT_EQ(verdict.accepted, !refusal);
                EXPECT_EQ(verdict.refusal, refusal);
                EXPECT_FALSE(verdict.byBackup);
                EXPECT_FALSE(verdict.grant);
            }
        }
    }
}

// The cookie of another client, or for another server, is a bad one.
TEST(SynJudge, S4_S12_N5_CookieIsOfBothAddresses)
{
    const Ptr<TcpFastOpenKeys> keys = KeysOf(PRIMARY);
    const Pair pair = GetPairs().at(0);
    const Pair others[] = {{Ipv4Address("192.0.2.2"), pair.server},
                           {pair.client, Ipv4Address("192.168.0.2")},
                           {pair.server, pair.client}};
    for (const Pair& other : others)
    {
        auto syn = MakeSyn(pair, Shows::PRIMARY_COOKIE, false, 5);
        syn.client = other.client;
        syn.server = other.server;
        const auto verdict = TcpSynJudge::Judge(syn, {true, false, true, keys});
        EXPECT_FALSE(verdict.accepted);
        EXPECT_EQ(verdict.refusal, Refusal::BAD_COOKIE);
        EXPECT_EQ(verdict.grant->cookie, keys->Make(other.client, other.server));
    }
}

// A cookie that is a part of the right one, or more than it, is a bad one.
TEST(SynJudge, S4_CookieOfAnotherLengthIsBad)
{
    const Ptr<TcpFastOpenKeys> keys = KeysOf(PRIMARY);
    const Pair pair = GetPairs().at(0);
    const TcpFastOpenCookie right = keys->Make(pair.client, pair.server);
    uint8_t bytes[16] = {};
    std::copy(right.GetBytes(), right.GetBytes() + right.GetSize(), bytes);
    for (const std::size_t size : {4, 6, 8, 10, 16})
    {
        auto syn = MakeSyn(pair, Shows::REQUEST, false, 5);
        syn.option->cookie = TcpFastOpenCookie(bytes, size);
        EXPECT_EQ(TcpSynJudge::Judge(syn, {true, false, true, keys}).accepted, size == 8) << size;
    }
}

// Fast Open plays a role with an option or data; a request is an option without cookie.
TEST(SynJudge, SynTellsItsKind)
{
    const Pair pair = GetPairs().at(0);
    EXPECT_FALSE(MakeSyn(pair, Shows::NOTHING, false, 0).IsFastOpen());
    EXPECT_TRUE(MakeSyn(pair, Shows::NOTHING, false, 1).IsFastOpen());
    EXPECT_TRUE(MakeSyn(pair, Shows::REQUEST, false, 0).IsFastOpen());
    EXPECT_TRUE(MakeSyn(pair, Shows::FOREIGN_COOKIE, true, 0).IsFastOpen());
    EXPECT_FALSE(MakeSyn(pair, Shows::NOTHING, false, 1).IsRequest());
    EXPECT_TRUE(MakeSyn(pair, Shows::REQUEST, true, 1).IsRequest());
    EXPECT_FALSE(MakeSyn(pair, Shows::PRIMARY_COOKIE, false, 0).IsRequest());
}
