/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef FORMAT_TEXT_H
#define FORMAT_TEXT_H

#include <string>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * @param format a format of printf()
 * @return what printf() would write
 */
[[gnu::format(printf, 1, 2)]] std::string FormatText(const char* format, ...);

} // namespace ns3

#endif // FORMAT_TEXT_H
