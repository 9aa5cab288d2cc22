/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "format-text.h"

#include <cstdarg>
#include <cstddef>
#include <cstdio>

namespace ns3
{

std::string
FormatText(const char* format, ...)
{
    std::va_list values;
    va_start(values, format);
    std::va_list again;
    va_copy(again, values);
    const int size = std::vsnprintf(nullptr, 0, format, values);
    va_end(values);
    std::string text(size > 0 ? static_cast<std::size_t>(size) : 0, '\0');
    std::vsnprintf(text.data(), text.size() + 1, format, again);
    va_end(again);
    return text;
}

} // namespace ns3
