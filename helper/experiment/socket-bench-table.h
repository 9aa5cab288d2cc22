/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SOCKET_BENCH_TABLE_H
#define SOCKET_BENCH_TABLE_H

#include "socket-bench-request.h"
#include "socket-bench.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * @param request what is measured
 * @return the head of a table of it, for people
 */
std::string PrintBenchHead(const SocketBenchRequest& request);

/**
 * @ingroup tcp-fast-open
 *
 * @param response bytes of a response
 * @param all what was measured with it, in the order of SocketBench::GetContenders()
 * @return the rows of the table for it
 */
std::string PrintBenchRows(uint32_t response, const std::vector<SocketBench::Measured>& all);

} // namespace ns3

#endif // SOCKET_BENCH_TABLE_H
