/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef RESULT_CSV_H
#define RESULT_CSV_H

#include "scenario.h"

#include <ostream>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Write the column names of a file of transfers.
 *
 * @param os the stream
 */
void WriteTransferHeader(std::ostream& os);

/**
 * @ingroup tcp-fast-open
 *
 * Write the transfers of a scenario, one row each. Times are in milliseconds
 * and exact to the nanosecond; a time that was not reached is empty.
 *
 * @param os the stream
 * @param scenario what was run
 * @param result what came out
 */
void WriteTransfers(std::ostream& os, const Scenario& scenario, const ScenarioResult& result);

/**
 * @ingroup tcp-fast-open
 *
 * Write the column names of a file of segments.
 *
 * @param os the stream
 */
void WriteSegmentHeader(std::ostream& os);

/**
 * @ingroup tcp-fast-open
 *
 * Write the segments of a scenario's transfers, one row each, in the order of
 * sending. Times count from the opening of the transfer; `received_ms` is empty
 * for a segment that was lost.
 *
 * @param os the stream
 * @param scenario what was run, with keepSegments set
 * @param result what came out
 */
void WriteSegments(std::ostream& os, const Scenario& scenario, const ScenarioResult& result);

} // namespace ns3

#endif // RESULT_CSV_H
