/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "socket-bench.h"

#include "ns3/abort.h"

#include <cstddef>

namespace ns3
{

const std::vector<SocketBench::Contender>&
SocketBench::GetContenders()
{
    static const std::vector<Contender> contenders{
        {"stock", "ns3::TcpSocketFactory", "3whs"},
        {"off", "ns3::TcpFastOpenSocketFactory", "3whs"},
        {"on", "ns3::TcpFastOpenSocketFactory", "tfo"},
    };
    return contenders;
}

SocketBench::SocketBench(const Scenario& scenario, uint32_t rounds)
    : m_scenario(scenario),
      m_rounds(rounds)
{
}

std::vector<SocketBench::Measured>
SocketBench::Run() const
{
    std::vector<Measured> all(GetContenders().size());
    for (uint32_t round = 0; round <= m_rounds; round++)
    {
        std::vector<double> cpu(all.size());
        for (std::size_t turn = 0; turn < all.size(); turn++)
        {
            const std::size_t i = (round + turn) % all.size(); // everyone is first at times
            cpu[i] = Measure(GetContenders()[i], all[i]);
        }
        for (std::size_t i = 0; i < all.size() && round > 0; i++)
        {
            all[i].cpu.push_back(cpu[i]);
            all[i].ratio.push_back(cpu[i] / cpu[0]);
        }
    }
    return all;
}

double
SocketBench::Measure(const Contender& contender, Measured& measured) const
{
    Scenario scenario = m_scenario;
    scenario.factory = contender.factory;
    scenario.mode = contender.mode;
    const ScenarioResult result = RunScenario(scenario);
    for (const auto& record : result.records)
    {
        NS_ABORT_MSG_IF(record.status != TransferRecord::Status::OK,
                        "transfer " << record.transfer << " over " << contender.name
                                    << " sockets has failed");
    }
    NS_ABORT_MSG_IF(result.records.size() != scenario.transfers, "transfers are missing");
    measured.events = static_cast<double>(result.events) / scenario.transfers;
    return 1e6 * result.cpu / scenario.transfers;
}

} // namespace ns3
