/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SOCKET_BENCH_H
#define SOCKET_BENCH_H

#include "scenario.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Measures what transfers over several kinds of sockets cost the simulator. The sockets
 * take turns, so that whatever else the machine does meets all of them alike; each round
 * gives one ratio to the stock sockets.
 */
class SocketBench
{
  public:
    /// Sockets to measure.
    struct Contender
    {
        std::string name;    //!< for the table
        std::string factory; //!< their factory
        std::string mode;    //!< the scenario's mode
    };

    /// What was measured of one contender.
    struct Measured
    {
        std::vector<double> cpu;   //!< CPU time of a transfer in us, one for each round
        std::vector<double> ratio; //!< the same as a ratio to the stock sockets'
        double events{0};          //!< events of a transfer, the same in each round
    };

    /**
     * @return who is measured; the first one is what the others are compared with
     */
    static const std::vector<Contender>& GetContenders();

    /**
     * @param scenario the scenario but for the sockets
     * @param rounds rounds that count; one more goes before them
     */
    SocketBench(const Scenario& scenario, uint32_t rounds);

    /**
     * Measure all contenders. The program ends if a transfer fails: what is measured would
     * be something else.
     *
     * @return what was measured, in the order of GetContenders()
     */
    std::vector<Measured> Run() const;

  private:
    /**
     * Run a contender's transfers.
     *
     * @param contender the sockets
     * @param measured takes the number of events
     * @return CPU time of a transfer in us
     */
    double Measure(const Contender& contender, Measured& measured) const;

    Scenario m_scenario; //!< the scenario but for the sockets
    uint32_t m_rounds;   //!< rounds that count
};

} // namespace ns3

#endif // SOCKET_BENCH_H
