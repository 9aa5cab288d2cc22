# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests of sweeps in parts share; to be sourced with $sweep and $merge. The
# folder $project has the built program and the examples where the project has them;
# $grid are the flags of a sweep of 8 points, which is run in one go.

. "$(dirname "$0")/checks.sh"
trap 'exit 129' HUP # for the trap of checks.sh
trap 'exit 130' INT
trap 'exit 143' TERM

project=$dir/project
mkdir -p "$project/build/bin"
ln -s "$(readlink -f "$sweep")" "$project/build/bin/tfo-sweep"
ln -s "$(readlink -f "$(dirname "$0")/../examples")" "$project/examples"
merge=$(readlink -f "$merge")
cd "$project" || exit 1

grid="--rtt=20ms,100ms --loss=0.02:0.05:0.01 --runs=3 --transfers=3"
build/bin/tfo-sweep $grid --out="$dir/single" >/dev/null
check "a single run ends well" [ $? -eq 0 ]
sort "$dir/single/results.csv" >"$dir/sorted"
check "it has a row for each transfer" [ "$(wc -l <"$dir/sorted")" -eq $((8 * 2 * 3 * 3 + 1)) ]

# whole FOLDER PART...: merged, the parts are the single run, with nothing missing
whole()
{
    "$merge" --out="$@" >"$dir/out" 2>"$dir/err" &&
        grep -qF ': 8 of 8 points, 0 failed' "$dir/out" && [ ! -s "$dir/err" ] &&
        sort "$1/results.csv" | cmp - "$dir/sorted"
}

# points NUMBER...: these are the points of the file on stdin, a part's points.csv
points()
{
    [ "$(sed -n 's/,done,.*//p' | sort -n | tr '\n' ' ')" = "$* " ]
}
