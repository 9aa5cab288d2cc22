#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Sweeps as a user runs, kills, resumes, splits and repeats them; and wrong input.
#
#   sweep-test.sh SWEEP MERGE COMPARE

set -u
sweep=$1
merge=$2
compare=$3
. "$(dirname "$0")/checks.sh"

# same NAME FOLDER: the rows are those of the undisturbed sweep
same()
{
    sort "$2/results.csv" | cmp -s - "$dir/sorted"
    check "$1" [ $? -eq 0 ]
}

# status FOLDER: how many points are done and have failed, by the last line of each
status()
{
    awk -F, 'NR > 1 { last[$1] = $2 } END { for (p in last) n[last[p]]++
        print n["done"] + 0, n["failed"] + 0 }' "$1/points.csv"
}

grid='--topology=p2p,satellite --rtt=560ms:700ms:20ms --loss=0:0.02:0.01 --runs=4 --transfers=6'

# --- The same bytes, whoever does what --------------------------------------------

"$sweep" $grid --jobs=1 --out="$dir/one" >"$dir/out" 2>"$dir/err"
check "a sweep ends well" [ $? -eq 0 ]
check "the last line counts the failures" grep -q '48 points in .* 0 failed$' "$dir/out"
check "it is quiet where there is no terminal" [ ! -s "$dir/err" ]
sort "$dir/one/results.csv" >"$dir/sorted"
check "a row for each transfer" [ "$(wc -l <"$dir/sorted")" -eq $((48 * 2 * 4 * 6 + 1)) ]
check "no row is there twice" [ -z "$(uniq -d "$dir/sorted")" ]
for jobs in 2 5; do
    "$sweep" $grid --jobs=$jobs --out="$dir/jobs-$jobs" >/dev/null
    same "$jobs jobs bring the same bytes" "$dir/jobs-$jobs"
done
"$compare" --rtt=580ms --loss=0.01 --runs=4 --transfers=6 --csv="$dir/c.csv" >/dev/null
sort "$dir/c.csv" | comm -23 - "$dir/sorted" >"$dir/other"
check "compare has the same rows" [ ! -s "$dir/other" ]
"$sweep" $grid --jobs=2 --out="$dir/one" >"$dir/out" 2>&1
check "a sweep that is done has nothing to do" grep -q 'nothing is left to do' "$dir/out"
same "and stays as it is" "$dir/one"

# --- Killed, interrupted, disturbed -----------------------------------------------

# Killed each time when more points are on the disk than at the last time.
more="$grid --runs=30"
"$sweep" $more --jobs=2 --out="$dir/more" >/dev/null
kills=0
lines=1
for delay in 0.05 0.11 0.02 0.13 0.08; do
    "$sweep" $more --jobs=2 --out="$dir/killed" >/dev/null 2>&1 &
    leader=$!
    while kill -0 $leader 2>/dev/null && [ "$(cat "$dir/killed/points.csv" 2>/dev/null | wc -l)" -le $lines ]; do
        sleep 0.01
    done
    sleep $delay
    kill -9 $leader 2>/dev/null && kills=$((kills + 1))
    wait $leader 2>/dev/null
    lines=$(wc -l <"$dir/killed/points.csv")
done
check "it was killed five times" [ $kills -eq 5 ]
check "kill -9 has left it unfinished" [ "$lines" -lt 49 ]
check "with some points" [ "$lines" -gt 5 ]
"$sweep" $more --jobs=2 --out="$dir/killed" >/dev/null 2>&1
check "the same command goes on after kill -9" [ $? -eq 0 ]
sort "$dir/more/results.csv" >"$dir/more-sorted"
sort "$dir/killed/results.csv" | cmp -s - "$dir/more-sorted"
check "with the same bytes" [ $? -eq 0 ]

cp -r "$dir/one" "$dir/torn"
head -n 31 "$dir/one/points.csv" >"$dir/torn/points.csv"
printf '7,done,4,99' >>"$dir/torn/points.csv"
printf 'p2p,3whs,4,58' >>"$dir/torn/results.csv"
"$sweep" $grid --out="$dir/torn" >"$dir/out" 2>"$dir/err"
check "a torn end is cut" [ $? -eq 0 ]
check "what is whole is kept" grep -q '30 of 48 points are there' "$dir/err"
same "and is made again" "$dir/torn"
cp -r "$dir/one" "$dir/cut"
head -c 20000 "$dir/one/results.csv" >"$dir/cut/results.csv"
"$sweep" $grid --out="$dir/cut" >"$dir/out" 2>"$dir/err"
same "results that were cut are made again" "$dir/cut"
rm "$dir/cut/results.csv"
"$sweep" $grid --out="$dir/cut" >"$dir/out" 2>"$dir/err"
same "and so are results that are gone" "$dir/cut"

"$sweep" $grid --jobs=2 --out="$dir/term" >/dev/null 2>"$dir/err" &
leader=$!
sleep 0.2
kill -TERM $leader
wait $leader
check "SIGTERM ends it with 128 + 15" [ $? -eq 143 ]
check "and the line says how to go on" grep -q 'the same command goes on' "$dir/err"
"$sweep" $grid --jobs=2 --out="$dir/term" >/dev/null 2>&1
same "which it does" "$dir/term"

(
    ulimit -f 40
    "$sweep" $grid --jobs=2 --out="$dir/full" >/dev/null 2>"$dir/err"
)
check "where the disk is full it ends" [ $? -eq 125 ]
check "in one line that says so" [ "$(grep -c 'results.csv: cannot be written: ' "$dir/err")" = 1 ]
check "without a torn row" [ -z "$(awk -F, 'NF != 17' "$dir/full/results.csv")" ]
"$sweep" $grid --jobs=2 --out="$dir/full" >/dev/null 2>&1
same "and goes on when there is room" "$dir/full"

# A point that takes long, to be disturbed
long="--response=1000,400000000 --rate=1000Mbps --rtt=1ms --transfers=1 --runs=1"
"$sweep" $long --jobs=1 --timeout=0.3s --out="$dir/late" >"$dir/out" 2>&1
check "one failed point: exit code 1" [ $? -eq 1 ]
check "and the last line says so" grep -q ' 1 failed$' "$dir/out"
check "a point beyond --timeout has failed" grep -q '^1,failed,.*took longer than 0.3 s' \
    "$dir/late/points.csv"
check "the others are there" [ "$(status "$dir/late")" = "1 1" ]
"$sweep" $long --jobs=1 --out="$dir/shot" >"$dir/out" 2>&1 &
leader=$!
sleep 0.3
pkill -9 -P $leader
wait $leader
check "a worker that is killed costs its point alone" [ "$(status "$dir/shot")" = "1 1" ]
check "the reason says which signal" grep -q 'killed by signal 9' "$dir/shot/points.csv"
# No check of the flags knows what a key looks like; the node ends the program at it
key=a1a1a1a1-b2b2b2b2-c3c3c3c3
crash="--ns3::TcpFastOpen::Key=$key-d4d4d4d4,none,$key-e5e5e5e5"
"$sweep" "$crash" --runs=2 --jobs=1 --out="$dir/crash" >"$dir/out" 2>&1
check "a worker that crashes costs its point alone" [ "$(status "$dir/crash")" = "2 1" ]
check "the reason has what it said last" grep -q '^1,failed,.*signal 6.*msg=' "$dir/crash/points.csv"
check "variants are told apart" grep -q ',ns3::TcpFastOpen::Key=a1a1a1a1-.*-e5e5e5e5,' \
    "$dir/crash/results.csv"
"$sweep" "$crash" --runs=2 --jobs=1 --out="$dir/crash" >"$dir/out" 2>&1
check "the same command tries failed points again" grep -q '^.*: 3 points .* 1 failed$' "$dir/out"
check "and leaves the others" [ "$(status "$dir/crash")" = "2 1" ]

"$sweep" $long --jobs=1 --timeout=2s --out="$dir/busy" >/dev/null 2>&1 &
leader=$!
while [ ! -f "$dir/busy/results.csv" ]; do
    sleep 0.01
done
check "a folder in use is refused" refuses 125 "in use" "$sweep" $long --out="$dir/busy"
kill $leader
wait $leader

# --- Precision --------------------------------------------------------------------

"$sweep" --loss=0,0.02 --transfers=3 --runs=5 --precision=20% --max-runs=400 --out="$dir/p" >/dev/null
exact=$(awk -F, '$1 == 0 { print $3 }' "$dir/p/points.csv")
lossy=$(awk -F, '$1 == 1 { print $3 }' "$dir/p/points.csv")
check "without loss the first runs suffice" [ "$exact" -eq 5 ]
check "with loss more are needed, and they end" [ "$lossy" -gt 5 -a "$lossy" -lt 400 ]
"$sweep" --loss=0.02 --transfers=3 --runs=5 --precision=0.1% --max-runs=7 --out="$dir/m" >/dev/null
check "--max-runs is the end" [ "$(awk -F, '$1 == 0 { print $3 }' "$dir/m/points.csv")" -eq 7 ]

# --- Files, shards, repeats -------------------------------------------------------

cat >"$dir/grid.ini" <<'END'
; Satellites against the bare link
topology = p2p, satellite
rtt = 560ms:700ms:20ms
loss = 0:0.02:0.01
runs = 4
transfers = 6
END
"$sweep" --grid="$dir/grid.ini" --out="$dir/file" >/dev/null
same "a grid may stand in a file" "$dir/file"
"$sweep" --manifest="$dir/one/manifest.json" --out="$dir/again" >/dev/null 2>"$dir/err"
same "a sweep can be repeated from its manifest" "$dir/again"
check "without a remark" [ ! -s "$dir/err" ]
for i in 1 2 3; do
    "$sweep" $grid --shard=$i/3 --out="$dir/part-$i" >/dev/null
done
"$merge" --out="$dir/merged" "$dir/part-1" "$dir/part-2" "$dir/part-3" >"$dir/out"
check "three shards are merged" [ $? -eq 0 ]
same "with the same bytes" "$dir/merged"
"$merge" --out="$dir/two" "$dir/part-1" "$dir/part-3" >/dev/null 2>"$dir/err"
check "a missing part: exit code 1" [ $? -eq 1 ]
check "and a line that says what is missing" grep -q '16 points are missing: 1, 4, 7' "$dir/err"
"$sweep" --manifest="$dir/two/manifest.json" --out="$dir/two" >/dev/null 2>&1
same "the sweep makes what was missing" "$dir/two"
check "parts of another sweep are refused" refuses 2 "another sweep" \
    "$merge" --out="$dir/never" "$dir/part-1" "$dir/p"
check "a part that is none is refused" refuses 2 "manifest.json" \
    "$merge" --out="$dir/never" "$dir/part-1" "$dir"
check "a folder that is not empty is refused" refuses 2 "not empty" \
    "$merge" --out="$dir/one" "$dir/part-1"
check "merge needs parts" refuses 2 "--out=DIR" "$merge" --out="$dir/never"
"$sweep" $grid --dry-run --out="$dir/never" >"$dir/out" 2>"$dir/err"
check "--dry-run tells points, runs and time" grep -q \
    '48 points, 4 runs of each, 2 modes: 384 simulations; about [0-9]* s' "$dir/out"
if script --version >/dev/null 2>&1; then
    script -qec "'$sweep' $grid --out='$dir/tty'" /dev/null >"$dir/out"
    check "on a terminal there is a progress line" grep -q 'of 48 points, .*/s, 0:0.* 0 failed' \
        "$dir/out"
fi

# --- Wrong input: one line, nothing written ---------------------------------------

for wrong in --rtt=600ms:20ms:20ms --rtt=20ms:600ms:0ms --rtt=20ms:600ms:-1ms --rtt=20ms:1s:20ms \
    --rtt=20ms,,40ms --rtt=20ms, --rtt=20ms,20ms --rtt=0.02s,20ms --rtt=x --loss=0:2:0.5 --loss=0:1 \
    --runs=0 --runs=x --jobs=0 --jobs=-1 --jobs=2000 --shard=5/4 --shard=0/4 --shard=1 --shard=a/b \
    --timeout=0s --timeout=5 --precision=0% --precision=2 --transfers=2,3 --topology=moon \
    --modes=quic --modes=tfo,tfo --max-runs=0 --out= --grid=/nowhere --manifest=/nowhere \
    --dry-run=2 --yes=maybe --nothing=1 --csv=x; do
    flag=${wrong%%=*}
    check "$wrong is refused" refuses 125 "$flag" "$sweep" "--out=$dir/never" "$wrong"
done
check "--out of a file is refused" refuses 125 "--out" "$sweep" --out="$dir/grid.ini"
check "--out of another folder is refused" refuses 125 "--out" "$sweep" --out="$dir"
check "a bare word is refused" refuses 125 "p2p" "$sweep" p2p
check "--precision needs both modes" refuses 125 "--precision" \
    "$sweep" --precision=1% --modes=tfo --out="$dir/never"
check "an RTT too short for one topology" refuses 125 "--rtt" \
    "$sweep" --topology=p2p,mobile --rtt=10ms --out="$dir/never"
check "a million points need --yes" refuses 125 "1000000 points.*--yes" \
    "$sweep" --rtt=1ms:1000ms:1ms --response=1:1000:1 --out="$dir/never"
check "more than can be are refused" refuses 125 "more than" \
    "$sweep" --yes --response=1:4000000000:1 --out="$dir/never"
echo 'rtt 20ms' >"$dir/bad.ini"
check "a grid that is none is refused" refuses 125 "line 1" \
    "$sweep" --grid="$dir/bad.ini" --out="$dir/never"
echo 'jobs = 2' >"$dir/bad.ini"
check "a grid has parameters alone" refuses 125 "jobs" \
    "$sweep" --grid="$dir/bad.ini" --out="$dir/never"
head -c 300 "$dir/one/manifest.json" >"$dir/bad.json"
check "a manifest that is cut is refused" refuses 125 "no manifest" \
    "$sweep" --manifest="$dir/bad.json" --out="$dir/never"
check "nothing was written" [ ! -e "$dir/never" ]
check "another grid in the folder is refused" refuses 125 "--runs is 4, not 5" \
    "$sweep" $grid --runs=5 --out="$dir/one"
check "a shard in the folder of the whole is refused" refuses 125 "--shard" \
    "$sweep" $grid --shard=1/2 --out="$dir/one"
sed 's/"module": "[^ ]*/"module": "0.0.1/' "$dir/one/manifest.json" >"$dir/m.json"
cp -r "$dir/one" "$dir/old"
cp "$dir/m.json" "$dir/old/manifest.json"
check "another version's folder is refused" refuses 125 "version is 0.0.1" \
    "$sweep" $grid --out="$dir/old"
same "what is refused stays as it is" "$dir/old"
"$sweep" --manifest="$dir/m.json" --out="$dir/newer" >/dev/null 2>"$dir/err"
check "a repeat by another version has a remark" grep -q 'results may differ' "$dir/err"

conclude
