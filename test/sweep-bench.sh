#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What a sweep gains: points per second of a sweep with one process and with two, and of
# a shell loop that starts the compare program for each point. The same points, in turns.
#
#   sweep-bench.sh SWEEP COMPARE [ROUNDS]

set -eu
sweep=$1
compare=$2
rounds=${3:-3}
points=500
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

now()
{
    date +%s%N
}

# took NAME COMMAND...: points per second of a command, a line in the file NAME
took()
{
    name=$1
    shift
    begin=$(now)
    "$@" >"$dir/out"
    echo "$points $begin $(now)" | awk '{ print $1 / ($3 - $2) * 1e9 }' >>"$dir/$name"
}

run_sweep()
{
    rm -rf "$dir/sweep"
    "$sweep" --rtt=1ms:${points}ms:1ms --runs=1 --transfers=2 --jobs="$1" --out="$dir/sweep"
}

run_loop()
{
    for rtt in $(seq $points); do
        "$compare" --rtt="${rtt}ms" --runs=1 --transfers=2 --csv="$dir/loop.csv"
    done
}

# median FILE
median()
{
    sort -n "$1" | awk '{ a[NR] = $1 } END { print (a[int((NR + 1) / 2)] + a[int(NR / 2) + 1]) / 2 }'
}

run_sweep 2 >"$dir/out" # what is read from the disk is read now
for round in $(seq "$rounds"); do
    took one run_sweep 1
    took two run_sweep 2
    sed 's/.*leader \([0-9.]*\) %.*/\1/' "$dir/out" >>"$dir/leader"
    took loop run_loop
done

one=$(median "$dir/one")
two=$(median "$dir/two")
loop=$(median "$dir/loop")
echo "$points points of p2p, 1 run of 2 transfers in both modes; median of $rounds rounds"
echo "$one $two $loop $(median "$dir/leader")" | awk '{
    printf "sweep --jobs=1      %7.1f points/s\n", $1
    printf "sweep --jobs=2      %7.1f points/s   %.2f times one job\n", $2, $2 / $1
    printf "loop over compare   %7.1f points/s   two jobs do %.1f times the loop\n", $3, $2 / $3
    printf "leader of two jobs  %7.1f %% of all CPU time\n", $4
}'
