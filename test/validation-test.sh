#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Simulated times against those that were measured between two kernels, as they are kept in
# doc/validation; and that a time that is wrong is noticed.
#
#   validation-test.sh SWEEP PYTHON

set -u
sweep=$1
python=$2
root=$(dirname "$0")/..
measured=$root/doc/validation/measured.csv
. "$(dirname "$0")/checks.sh"

# compare MEASURED SIMULATED: what tfo_validation.py says
compare()
{
    "$python" "$root/plots/tfo_validation.py" --check "$@"
}

set --
for grid in one two far; do
    "$python" "$root/test/interop/measure.py" grid "$dir/$grid.ini" --grid="$grid"
    check "the grid $grid is written" [ -s "$dir/$grid.ini" ]
    "$sweep" --grid="$dir/$grid.ini" --jobs=2 --out="$dir/$grid" >/dev/null 2>&1
    check "it is simulated" [ $? -eq 0 ]
    set -- "$@" "$dir/$grid/results.csv"
done
one=$dir/one/results.csv
compare "$measured" "$@" >"$dir/told"
check "each case agrees, or a rule of the kernel's accounts for it" [ $? -eq 0 ]
grep '^unexplained' "$dir/told" >&2
check "all cases are compared" grep -q '^1696 cases' "$dir/told"
check "most agree" [ "$(sed -n 's,.*cases: agrees \([0-9]*\).*,\1,p' "$dir/told")" -gt 1600 ]
for rule in "race of two timers" "window in recovery"; do
    check "and no $rule is needed" [ "$(grep -c "$rule" "$dir/told")" -eq 0 ]
done

# The kernels' other way, which is their standard one: to keep the RTT
"$python" "$root/test/interop/measure.py" grid "$dir/kept.ini" --grid=one --metrics --rtt 30 100 300 \
    --rate 10 --response 10000
"$sweep" --grid="$dir/kept.ini" --jobs=2 --out="$dir/kept" >/dev/null 2>&1
compare "$root/doc/validation/measured-metrics.csv" "$dir/kept/results.csv" >"$dir/told"
check "so it is where they keep the RTT" [ $? -eq 0 ]
grep '^unexplained' "$dir/told" >&2
compare "$root/doc/validation/measured-metrics.csv" "$one" >"$dir/told"
check "which makes a difference" grep -q '^unexplained: 100 ms.*tfo, lost server:1' "$dir/told"

awk -F, 'BEGIN { OFS = FS } NR > 1 && $1 == 100 && $5 == "none" { $9 *= 1.02 } 1' \
    "$measured" >"$dir/slower.csv"
compare "$dir/slower.csv" "$@" >"$dir/told"
check "2 % too much is noticed" [ $? -eq 1 ]
check "in each of these cases" [ "$(grep -c '^unexplained: 100 ms.* lost none' "$dir/told")" -ge 23 ]
awk -F, 'BEGIN { OFS = FS } $5 ~ /[+]/ { $9 *= 1.07 } 1' "$measured" >"$dir/slower.csv"
compare "$dir/slower.csv" "$@" >"$dir/told"
check "so is 7 % with two lost" [ $? -eq 1 ]
check "in most of these cases" [ "$(grep -c '^unexplained: .*lost .*+' "$dir/told")" -ge 70 ]
awk -F, 'BEGIN { OFS = FS } $1 > 1000 && $5 == "none" { $9 *= 1.02 } 1' "$measured" >"$dir/slower.csv"
compare "$dir/slower.csv" "$@" >"$dir/told"
check "and 2 % of a long round trip" [ "$(grep -c '^unexplained: .*00 ms.* lost none' "$dir/told")" -eq 4 ]
check "a missing file is named" refuses 2 'nothing.csv' compare "$dir/nothing.csv" "$one"
check "so are missing columns" refuses 2 'has no column lost' compare "$one" "$one"
grep -v ',600,' "$one" >"$dir/part.csv"
check "and cases that were not simulated" refuses 2 'were not simulated' compare \
    "$measured" "$dir/part.csv"
conclude
