/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef FIXED_DEFAULTS_H
#define FIXED_DEFAULTS_H

#include <cstdint>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * The promise that no default of an attribute is changed as long as this object lives.
 * Original then looks at the defaults once, not for each copy: ns-3 has no way to read
 * one without copying all that it knows of the attribute, and none to hear of a change.
 *
 * @code
 *   const FixedDefaults fixed;
 *   Simulator::Run();
 * @endcode
 */
class FixedDefaults
{
  public:
    FixedDefaults();
    ~FixedDefaults();
    FixedDefaults(const FixedDefaults&) = delete;
    FixedDefaults& operator=(const FixedDefaults&) = delete;

    /**
     * @return the number of the promise that holds, never used before; 0 where none does
     */
    static uint64_t GetPromise();

  private:
    static uint64_t m_last;  //!< the number of the last promise
    static uint32_t m_alive; //!< how many objects there are: one in another adds nothing
};

} // namespace ns3

#endif // FIXED_DEFAULTS_H
