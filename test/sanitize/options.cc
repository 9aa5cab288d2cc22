/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * How the programs of ./tfo test --sanitize report: what is undefined ends the
 * program like a leak, unless it is ns-3's and named in undefined.supp.
 */

extern "C" const char*
__asan_default_options()
{
    return "detect_leaks=1:detect_stack_use_after_return=1";
}

extern "C" const char*
__ubsan_default_options()
{
    return "halt_on_error=1:print_stacktrace=1:suppressions=" SUPPRESSIONS;
}
