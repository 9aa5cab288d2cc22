/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "result-csv.h"

#include "scenario-flags.h"

#include "ns3/tcp-header.h"

#include <cstdio>
#include <sstream>
#include <string>

namespace ns3
{

namespace
{

/**
 * @param time a time, not negative
 * @return the time in milliseconds, exact to the nanosecond
 */
std::string
Milliseconds(Time time)
{
    const auto nanoseconds = static_cast<long long>(time.GetNanoSeconds());
    char text[32];
    std::snprintf(text, sizeof text, "%lld.%06lld", nanoseconds / 1000000, nanoseconds % 1000000);
    return text;
}

/**
 * @param value a number
 * @return the shortest text for it with up to 9 digits
 */
std::string
Number(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", value);
    return text;
}

/**
 * @param text a text
 * @return the text as a field of a CSV file (RFC 4180)
 */
std::string
Field(const std::string& text)
{
    if (text.find_first_of(",\"\n\r") == std::string::npos)
    {
        return text;
    }
    std::string quoted = "\"";
    for (const char c : text)
    {
        quoted += c == '"' ? "\"\"" : std::string(1, c);
    }
    return quoted + '"';
}

} // namespace

void
WriteTransferHeader(std::ostream& os)
{
    os << "topology,mode,ip,rtt_ms,rate_mbps,loss,request_bytes,response_bytes,variant,seed,run,"
          "transfer,syn_data_bytes,ttfb_ms,fct_ms,retransmissions,status\n";
}

void
WriteTransfers(std::ostream& os, const Scenario& scenario, const ScenarioResult& result)
{
    const std::string variant = Field(GetVariant(scenario));
    for (const auto& record : result.records)
    {
        os << scenario.topology << ',' << scenario.mode << ',' << (scenario.ipv6 ? 6 : 4) << ','
           << Number(result.rtt.GetSeconds() * 1e3) << ',' << Number(result.rate / 1e6) << ','
           << Number(result.loss) << ',' << scenario.request << ',' << scenario.response << ','
           << variant << ',' << scenario.seed << ',' << scenario.run << ',' << record.transfer
           << ',' << record.synDataBytes << ','
           << (record.received > 0 ? Milliseconds(record.firstByte) : "") << ','
           << (record.status == TransferRecord::Status::OK ? Milliseconds(record.lastByte) : "")
           << ',' << record.retransmissions << ',' << record.status << '\n';
    }
}

void
WriteSegmentHeader(std::ostream& os)
{
    os << "topology,mode,run,transfer,sender,sent_ms,received_ms,flags,seq,ack,size,"
          "retransmission,fast_open\n";
}

void
WriteSegments(std::ostream& os, const Scenario& scenario, const ScenarioResult& result)
{
    for (const auto& segment : result.segments)
    {
        // A port comes back only after thousands of transfers: the latest one is meant.
        const TransferRecord* transfer = nullptr;
        for (const auto& record : result.records)
        {
            if (record.clientPort == segment.clientPort && record.opened <= segment.sent)
            {
                transfer = &record;
            }
        }
        if (!transfer)
        {
            continue;
        }
        os << scenario.topology << ',' << scenario.mode << ',' << scenario.run << ','
           << transfer->transfer << ',' << (segment.fromClient ? "client" : "server") << ','
           << Milliseconds(segment.sent - transfer->opened) << ','
           << (segment.received ? Milliseconds(*segment.received - transfer->opened) : "") << ','
           << TcpHeader::FlagsToString(segment.flags) << ',' << segment.sequence << ','
           << segment.acknowledged << ',' << segment.size << ',' << segment.retransmission << ','
           << segment.fastOpen << '\n';
    }
}

} // namespace ns3
