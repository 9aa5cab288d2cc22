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

# refuses STATUS TEXT COMMAND...: exits so, with one line on stderr that has the text
refuses()
{
    status=$1
    text=$2
    shift 2
    "$@" >"$dir/out" 2>"$dir/err"
    got=$?
    if [ $got -ne "$status" ] || [ "$(wc -l <"$dir/err")" -ne 1 ] ||
        ! grep -q -e "$text" "$dir/err"; then
        echo "exit $got of: $*" >&2
        cat "$dir/err" >&2
        return 1
    fi
}

# Print the count; the exit status tells whether all went well.
conclude()
{
    echo "$passed passed, $failed failed"
    [ $failed -eq 0 ]
}
