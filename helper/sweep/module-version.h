/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MODULE_VERSION_H
#define MODULE_VERSION_H

#include <string>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * @return the module's version with a hash of its sources: two that are equal make
 *         the same results
 */
std::string GetModuleVersion();

/**
 * @ingroup tcp-fast-open
 *
 * @return the commit that the module was built from, with `-dirty` where files
 *         differ from it; `unknown` outside a clone
 */
std::string GetModuleCommit();

/**
 * @ingroup tcp-fast-open
 *
 * @return the version of ns-3 that the module was built against
 */
std::string GetNs3Version();

} // namespace ns3

#endif // MODULE_VERSION_H
