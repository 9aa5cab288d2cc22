/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * The copies that sockets are, and get of their RTT estimator and congestion control.
 */

#include "fast-open-test.h"

#include "ns3/config.h"
#include "ns3/double.h"
#include "ns3/ns3-compat.h"
#include "ns3/original.h"
#include "ns3/rtt-estimator.h"
#include "ns3/rtt-linux.h"
#include "ns3/tcp-congestion-ops.h"
#include "ns3/tcp-cubic.h"
#include "ns3/tcp-fast-open-socket.h"
#include "ns3/tcp-socket-state.h"

#include <algorithm>
#include <gtest/gtest.h>

using namespace ns3;

namespace
{

/// Changes a default and puts the old one back at the end.
class ChangedDefault
{
  public:
    /**
     * @param name the attribute's full name
     * @param value its new default
     * @param old its old one
     */
    ChangedDefault(const std::string& name, const std::string& value, const std::string& old)
        : m_name(name),
          m_old(old)
    {
        Config::SetDefault(name, StringValue(value));
    }

    ~ChangedDefault()
    {
        Config::SetDefault(m_name, StringValue(m_old));
    }

  private:
    std::string m_name; //!< the attribute
    std::string m_old;  //!< its old default
};

/**
 * Call a function for each attribute of an object that can be read and set.
 *
 * @param type the object's type
 * @param function takes the attribute
 */
void
ForEachAttribute(TypeId type,
                 const std::function<void(const TypeId::AttributeInformation&)>& function)
{
    for (; type != Object::GetTypeId(); type = type.GetParent())
    {
        for (std::size_t i = 0; i < type.GetAttributeN(); i++)
        {
            const auto info = type.GetAttribute(i);
            if (info.accessor->HasGetter() && info.accessor->HasSetter())
            {
                function(info);
            }
        }
    }
}

/**
 * Set all numbers, switches and times of an object to something else.
 *
 * @param object the object
 */
void
Disturb(Ptr<Object> object)
{
    ForEachAttribute(object->GetInstanceTypeId(), [&](const TypeId::AttributeInformation& info) {
        const std::string kind = info.checker->GetValueTypeName();
        if (kind == "ns3::BooleanValue")
        {
            BooleanValue value;
            if (object->GetAttributeFailSafe(info.name, value))
            {
                object->SetAttributeFailSafe(info.name, BooleanValue(!value.Get()));
            }
        }
        else if (kind == "ns3::UintegerValue")
        {
            UintegerValue value;
            if (object->GetAttributeFailSafe(info.name, value))
            {
                object->SetAttributeFailSafe(info.name, UintegerValue(value.Get() + 1));
            }
        }
        else if (kind == "ns3::DoubleValue")
        {
            DoubleValue value;
            if (object->GetAttributeFailSafe(info.name, value))
            {
                object->SetAttributeFailSafe(info.name, DoubleValue(value.Get() / 2 + 0.1));
            }
        }
        else if (kind == "ns3::TimeValue")
        {
            TimeValue value;
            if (object->GetAttributeFailSafe(info.name, value))
            {
                object->SetAttributeFailSafe(info.name, TimeValue(value.Get() + MilliSeconds(1)));
            }
        }
    });
}

/**
 * @param object an object
 * @return its attributes with their values
 */
Lines
Describe(Ptr<Object> object)
{
    Lines lines;
    ForEachAttribute(object->GetInstanceTypeId(), [&](const TypeId::AttributeInformation& info) {
        StringValue value;
        if (object->GetAttributeFailSafe(info.name, value)) // TcpCubic names a parent it has not
        {
            lines.push_back(info.name + " " + value.Get());
        }
    });
    return lines;
}

} // namespace

// As long as no default changes there is one object.
TEST(Original, IsMadeOnce)
{
    Original<TcpCongestionOps> original;
    EXPECT_EQ(original.Get(TcpCubic::GetTypeId()), original.Get(TcpCubic::GetTypeId()));
}

// Another type is another object.
TEST(Original, FollowsTheType)
{
    Original<TcpCongestionOps> original;
    EXPECT_EQ(original.Get(TcpCubic::GetTypeId())->GetName(), "TcpCubic");
    EXPECT_EQ(original.Get(TcpNewReno::GetTypeId())->GetName(), "TcpNewReno");
}

// A changed default counts, and so does one changed back.
TEST(Original, FollowsTheDefaults)
{
    Original<TcpCongestionOps> original;
    const auto getBeta = [&] {
        DoubleValue beta;
        original.Get(TcpCubic::GetTypeId())->GetAttribute("Beta", beta);
        return beta.Get();
    };
    EXPECT_EQ(getBeta(), 0.7);
    {
        ChangedDefault changed("ns3::TcpCubic::Beta", "0.5", "0.7");
        EXPECT_EQ(getBeta(), 0.5);
    }
    EXPECT_EQ(getBeta(), 0.7);
}

// So do those of the objects that it makes for itself.
TEST(Original, FollowsTheDefaultsOfParts)
{
    Original<TcpFastOpenSocket> original;
    const auto get = [&] {
        return original.Get(TcpFastOpenSocket::GetTypeId(), {TcpSocketState::GetTypeId()});
    };
    const auto before = get();
    EXPECT_EQ(get(), before);
    const ChangedDefault changed("ns3::TcpSocketState::EnablePacing", "true", "false");
    EXPECT_NE(get(), before);
}

// The parents' defaults count as well.
TEST(Original, FollowsTheDefaultsOfParents)
{
    Original<RttEstimator> original;
    const TypeId type = RttMeanDeviation::GetTypeId();
    EXPECT_EQ(original.Get(type)->GetEstimate(), Seconds(1));
    ChangedDefault changed("ns3::RttEstimator::InitialEstimation", "2s", "1s");
    EXPECT_EQ(original.Get(type)->GetEstimate(), Seconds(2));
}

// A copy is as good as a new object: it has each attribute of what was copied.
TEST(Original, CopiesHaveAllAttributes)
{
    const std::vector<Ptr<RttEstimator>> estimators{CreateObject<RttMeanDeviation>(),
                                                    CreateObject<RttLinux>()};
    for (const auto& estimator : estimators)
    {
        const Lines before = Describe(estimator);
        Disturb(estimator);
        EXPECT_NE(Describe(estimator), before);
        EXPECT_EQ(Describe(estimator->Copy()), Describe(estimator));
    }
    for (int i = 0; i < 2; i++) // a switch that is left to chance may hit once
    {
        const Ptr<TcpCongestionOps> cubic = CreateObject<TcpCubic>();
        for (int j = 0; j <= i; j++)
        {
            Disturb(cubic);
        }
        Ptr<TcpCongestionOps> copy = cubic->Fork();
        compat::CompleteFork(cubic, copy);
        EXPECT_EQ(Describe(copy), Describe(cubic));
    }
}

// A socket of the factory, a copy as well, is as good as a new one, whatever the
// defaults are: its own, and those of the state that it has.
TEST_F(FastOpenTest, SocketsOfTheFactoryHaveAllDefaults)
{
    Build();
    const auto create = [this] { return NewClient()->socket; };
    const auto describe = [](Ptr<Object> socket) {
        Lines lines = Describe(socket);
        const auto differs = [](const std::string& line) {
            return line.rfind("CongestionOps ", 0) == 0 || // are set by the factory
                   line.rfind("RecoveryOps ", 0) == 0 ||
                   line.rfind("UseAbe ", 0) == 0; // ns-3 reads it from the state
        };
        lines.erase(std::remove_if(lines.begin(), lines.end(), differs), lines.end());
        return lines;
    };
    const Lines before = describe(create());
    EXPECT_GT(before.size(), 30U);
    EXPECT_EQ(before, describe(CreateObject<TcpFastOpenSocket>()));
    const ChangedDefault size("ns3::TcpSocket::SegmentSize", "1000", "536");
    const ChangedDefault buffer("ns3::TcpSocket::RcvBufSize", "5000", "131072");
    const ChangedDefault sack("ns3::TcpSocketBase::Sack", "false", "true");
    const ChangedDefault acks("ns3::TcpLinuxSocket::QuickAcks", "7", "0");
    const ChangedDefault queue("ns3::TcpFastOpenSocket::FastOpenQueueLength", "3", "4096");
    EXPECT_NE(describe(create()), before);
    EXPECT_EQ(describe(create()), describe(CreateObject<TcpFastOpenSocket>()));
}

// The limit of one socket's queue is nobody else's.
TEST_F(FastOpenTest, SocketsShareNoQueue)
{
    Build();
    const auto first = NewClient()->socket;
    const auto second = NewClient()->socket;
    first->SetAttribute("FastOpenQueueLength", UintegerValue(7));
    UintegerValue length;
    second->GetAttribute("FastOpenQueueLength", length);
    EXPECT_EQ(length.Get(), 4096U);
}

// Each socket has a congestion control of its own, with the defaults of its time.
TEST_F(FastOpenTest, SocketsShareNoCongestionControl)
{
    const auto getCongestion = [](Ptr<Socket> socket) {
        PointerValue congestion;
        socket->GetAttribute("CongestionOps", congestion);
        return congestion.Get<TcpCongestionOps>();
    };
    attributes["ns3::TcpL4Protocol::SocketType"] = "ns3::TcpCubic"; // it has more than others
    Build();
    const auto first = getCongestion(NewClient()->socket);
    const auto second = getCongestion(NewClient()->socket);
    EXPECT_NE(first, second);
    ASSERT_EQ(first->GetInstanceTypeId(), TcpCubic::GetTypeId());
    ChangedDefault changed("ns3::TcpCubic::Beta", "0.5", "0.7");
    DoubleValue beta;
    getCongestion(NewClient()->socket)->GetAttribute("Beta", beta);
    EXPECT_EQ(beta.Get(), 0.5);
    first->GetAttribute("Beta", beta);
    EXPECT_EQ(beta.Get(), 0.7);
}
