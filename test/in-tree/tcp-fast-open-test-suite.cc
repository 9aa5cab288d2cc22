/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * The GoogleTest cases as ns-3's test runner wants them: the suite tcp-fast-open.
 * Only built in an ns-3 tree.
 */

#include "ns3/test.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>

using namespace ns3;

namespace
{

/**
 * Runs one GoogleTest case, and passes its failures on.
 */
class GoogleTestCase : public TestCase, public ::testing::EmptyTestEventListener
{
  public:
    /**
     * @param name the case's name; ns-3 wants names without slashes
     * @param filter what GoogleTest knows it by
     */
    GoogleTestCase(const std::string& name, const std::string& filter)
        : TestCase(name),
          m_filter(filter)
    {
    }

  private:
    void DoRun() override
    {
        auto& tests = *::testing::UnitTest::GetInstance();
        ::testing::GTEST_FLAG(filter) = m_filter;
        tests.listeners().Append(this);
        const bool passed = RUN_ALL_TESTS() == 0;
        tests.listeners().Release(this);
        NS_TEST_EXPECT_MSG_EQ(tests.test_to_run_count(), 1, "the filter takes another case");
        NS_TEST_EXPECT_MSG_EQ(passed, IsStatusSuccess(), "a failure outside of the case");
    }

    void OnTestPartResult(const ::testing::TestPartResult& result) override
    {
        if (result.failed())
        {
            const char* file = result.file_name();
            ReportTestFailure("GoogleTest's check",
                              "failed",
                              "passed",
                              result.message(),
                              file ? file : "",
                              result.line_number());
        }
    }

    const std::string m_filter; //!< what GoogleTest knows the case by
};

/**
 * The suite.
 */
class TcpFastOpenTestSuite : public TestSuite
{
  public:
    TcpFastOpenTestSuite()
        : TestSuite("tcp-fast-open")
    {
    }

  private:
    // Not in the constructor: there GoogleTest does not know all of its cases yet.
    void DoSetup() override
    {
        ::testing::InitGoogleTest();
        auto& tests = *::testing::UnitTest::GetInstance();
        delete tests.listeners().Release(tests.listeners().default_result_printer());
        for (int i = 0; i < tests.total_test_suite_count(); i++)
        {
            const auto& suite = *tests.GetTestSuite(i);
            for (int j = 0; j < suite.total_test_count(); j++)
            {
                const std::string test = suite.GetTestInfo(j)->name();
                if (test.rfind("DISABLED_", 0) == 0)
                {
                    continue; // GoogleTest does not run it either
                }
                const auto filter = std::string(suite.name()) + '.' + test;
                std::string name = filter;
                std::replace(name.begin(), name.end(), '/', '.');
                AddTestCase(new GoogleTestCase(name, filter));
            }
        }
    }
};

TcpFastOpenTestSuite g_tcpFastOpenTestSuite; //!< registers itself

} // namespace
