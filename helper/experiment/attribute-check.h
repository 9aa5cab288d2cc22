/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ATTRIBUTE_CHECK_H
#define ATTRIBUTE_CHECK_H

#include <string>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Look for what is wrong with an attribute and the text that is to be its value, before
 * ns-3 does, which ends the program at many a wrong one.
 *
 * @param name the attribute's full name
 * @param text the text
 * @return one line; empty where nothing is wrong
 */
std::string CheckAttribute(const std::string& name, const std::string& text);

} // namespace ns3

#endif // ATTRIBUTE_CHECK_H
