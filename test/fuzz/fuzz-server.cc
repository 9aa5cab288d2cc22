/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * Fuzz target: a listener and its children, in each state of the handshake, with any segments
 * at any times. See FuzzHost for what is checked.
 */

#include "fuzz-host.h"

int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    FuzzHost(FuzzBytes(data, size)).RunServer();
    return 0;
}
