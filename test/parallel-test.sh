#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A sweep in parts by GNU parallel: merged, they are what a single run brings.
#
#   parallel-test.sh SWEEP MERGE
#
# Exit code 77: skipped, for lack of GNU parallel.

set -u
sweep=$1
merge=$2
case $(parallel --version 2>/dev/null) in
GNU*) ;;
*)
    echo "SKIPPED: there is no GNU parallel" >&2
    exit 77
    ;;
esac
. "$(dirname "$0")/parts.sh"

# The user's settings stay out, and so does the request to cite.
unset PARALLEL PARALLEL_SSHLOGIN PARALLEL_SHELL
export PARALLEL_HOME="$dir/settings"
mkdir "$PARALLEL_HOME"
touch "$PARALLEL_HOME/will-cite"

# run ARGS: the line of the README
run()
{
    seq 4 | parallel build/bin/tfo-sweep --shard={}/4 --jobs=1 --out=parts/part-{} $grid "$@" \
        >"$dir/log" 2>"$dir/err"
}

run
check "parallel ends well" [ $? -eq 0 ]
check "it is quiet" [ ! -s "$dir/err" ]
for i in 1 2 3 4; do
    check "part $i has its points" points $((i - 1)) $((i + 3)) <parts/part-$i/points.csv
done
check "merged, the parts are the single run" whole parts/all parts/part-*

rm -r parts/part-3
check "merge says which points are missing" \
    refuses 1 ' 2 points are missing: 2, 6;' "$merge" --out=parts/some parts/part-*
run
check "the same line brings the part that is missing" [ $? -eq 0 ]
check "and that alone" [ "$(grep -c 'nothing is left to do' "$dir/log")" -eq 3 ]
check "merged, the parts are the single run again" whole parts/again parts/part-*

run --seed=2
check "parallel counts the parts that are refused" [ $? -eq 4 ]

conclude
