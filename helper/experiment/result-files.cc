/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "result-files.h"

#include "flag-reader.h"
#include "result-csv.h"

#include <cerrno>
#include <cstring>

namespace ns3
{

ResultFiles::ResultFiles(const std::string& csv, const std::string& segments)
    : m_transfers(Open("csv", csv)),
      m_segments(Open("segments", segments))
{
    WriteTransferHeader(m_transfers.stream);
    WriteSegmentHeader(m_segments.stream);
}

void
ResultFiles::Write(const Scenario& scenario, const ScenarioResult& result)
{
    WriteTransfers(m_transfers.stream, scenario, result);
    WriteSegments(m_segments.stream, scenario, result);
}

bool
ResultFiles::Close()
{
    m_transfers.stream.close();
    m_segments.stream.close();
    return (m_transfers.stream || !m_transfers.wanted) && (m_segments.stream || !m_segments.wanted);
}

ResultFiles::File
ResultFiles::Open(const std::string& flag, const std::string& name)
{
    File file{!name.empty(), {}};
    if (file.wanted)
    {
        file.stream.open(name);
        if (!file.stream)
        {
            throw WrongInput("--" + flag + "=" + name +
                             ": cannot be written: " + std::strerror(errno));
        }
    }
    return file;
}

} // namespace ns3
