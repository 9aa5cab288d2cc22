/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * The promise that no default changes, and the copies that are looked at once under it.
 */

#include "ns3/config.h"
#include "ns3/double.h"
#include "ns3/fixed-defaults.h"
#include "ns3/original.h"
#include "ns3/string.h"
#include "ns3/tcp-congestion-ops.h"
#include "ns3/tcp-cubic.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <memory>

using namespace ns3;

namespace
{

/// Copies of TcpCubic, whose default of Beta is changed and put back at the end.
class Fixed : public ::testing::Test
{
  protected:
    ~Fixed() override
    {
        SetBeta("0.7");
    }

    /**
     * @param value the new default of TcpCubic's Beta
     */
    static void SetBeta(const std::string& value)
    {
        Config::SetDefault("ns3::TcpCubic::Beta", StringValue(value));
    }

    /// @return the Beta of the object to be copied
    double GetBeta()
    {
        DoubleValue beta;
        original.Get(TcpCubic::GetTypeId())->GetAttribute("Beta", beta);
        return beta.Get();
    }

    Original<TcpCongestionOps> original; //!< what is copied
};

} // namespace

// Without an object there is no promise; each one has a number of its own.
TEST_F(Fixed, EachPromiseHasANumber)
{
    EXPECT_EQ(FixedDefaults::GetPromise(), 0u);
    uint64_t last = 0;
    for (int i = 0; i < 3; i++)
    {
        const FixedDefaults fixed;
        EXPECT_GT(FixedDefaults::GetPromise(), last);
        last = FixedDefaults::GetPromise();
    }
    EXPECT_EQ(FixedDefaults::GetPromise(), 0u);
}

// One in another adds nothing: the promise holds as long as any of them lives.
TEST_F(Fixed, PromisesNest)
{
    auto outer = std::make_unique<FixedDefaults>();
    const uint64_t promise = FixedDefaults::GetPromise();
    auto inner = std::make_unique<FixedDefaults>();
    EXPECT_EQ(FixedDefaults::GetPromise(), promise);
    outer.reset();
    EXPECT_EQ(FixedDefaults::GetPromise(), promise);
    outer = std::make_unique<FixedDefaults>();
    EXPECT_EQ(FixedDefaults::GetPromise(), promise);
    inner.reset();
    EXPECT_EQ(FixedDefaults::GetPromise(), promise);
    outer.reset();
    EXPECT_EQ(FixedDefaults::GetPromise(), 0u);
}

// Under a promise a default is looked at once; who breaks it sees the old one.
TEST_F(Fixed, DefaultsAreLookedAtOnceUnderAPromise)
{
    EXPECT_EQ(GetBeta(), 0.7);
    {
        const FixedDefaults fixed;
        EXPECT_EQ(GetBeta(), 0.7);
        SetBeta("0.5");
        EXPECT_EQ(GetBeta(), 0.7);
    }
    EXPECT_EQ(GetBeta(), 0.5);
}

// What was changed before the promise counts under it.
TEST_F(Fixed, DefaultsOfTheTimeBeforeCount)
{
    EXPECT_EQ(GetBeta(), 0.7);
    SetBeta("0.5");
    const FixedDefaults fixed;
    EXPECT_EQ(GetBeta(), 0.5);
}

// So does what was changed between two promises, whether or not anybody has looked.
TEST_F(Fixed, DefaultsBetweenTwoPromisesCount)
{
    for (const bool look : {false, true})
    {
        SetBeta("0.7");
        {
            const FixedDefaults first;
            EXPECT_EQ(GetBeta(), 0.7);
        }
        SetBeta("0.5");
        EXPECT_EQ(look ? GetBeta() : 0.5, 0.5);
        const FixedDefaults second;
        EXPECT_EQ(GetBeta(), 0.5);
    }
}

// A change between two that nest is within a promise.
TEST_F(Fixed, InnerPromiseIsTheOuterOne)
{
    const FixedDefaults outer;
    EXPECT_EQ(GetBeta(), 0.7);
    SetBeta("0.5");
    {
        const FixedDefaults inner;
        EXPECT_EQ(GetBeta(), 0.7);
    }
    EXPECT_EQ(GetBeta(), 0.7);
}

// Another type is another object, under a promise, too.
TEST_F(Fixed, TypeCountsUnderAPromise)
{
    const FixedDefaults fixed;
    EXPECT_EQ(original.Get(TcpCubic::GetTypeId())->GetName(), "TcpCubic");
    EXPECT_EQ(original.Get(TcpNewReno::GetTypeId())->GetName(), "TcpNewReno");
    const auto cubic = original.Get(TcpCubic::GetTypeId());
    EXPECT_EQ(cubic->GetName(), "TcpCubic");
    EXPECT_EQ(original.Get(TcpCubic::GetTypeId()), cubic);
}

// A promise that was made by the time of a change does not hide it from another object.
TEST_F(Fixed, ObjectsThatWereNotLookedAtAreNew)
{
    const FixedDefaults fixed;
    EXPECT_EQ(GetBeta(), 0.7);
    SetBeta("0.5");
    Original<TcpCongestionOps> other;
    DoubleValue beta;
    other.Get(TcpCubic::GetTypeId())->GetAttribute("Beta", beta);
    EXPECT_EQ(beta.Get(), 0.5);
}
