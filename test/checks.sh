# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests of commands share; to be sourced. A folder $dir for their files, and
# a count of checks that ends the test.

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
passed=0

# check NAME COMMAND...: the command succeeds
check()
{
    name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $name" >&2
    fi
}

# Print the count; the exit status tells whether all went well.
conclude()
{
    echo "$passed passed, $failed failed"
    [ $failed -eq 0 ]
}
