#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The figures: of files and of a sweep's folder, what they state, and wrong input.
#
#   plot-test.sh COMPARE SWEEP PYTHON PLOT

set -u
compare=$1
sweeper=$2
python=$3
plot=$4
. "$(dirname "$0")/checks.sh"

draw()
{
    "$python" "$plot" "$@"
}

# append FILE FLAGS...: add the transfers of a comparison to a file
append()
{
    file=$1
    shift
    "$compare" "$@" --csv="$dir/one.csv" >/dev/null
    if [ -s "$file" ]; then
        tail -n +2 "$dir/one.csv" >>"$file"
    else
        cat "$dir/one.csv" >"$file"
    fi
}

# sums FOLDER: what is in a folder's files
sums()
{
    (cd "$1" && find . -type f -exec cksum {} + | sort)
}

# --- Figures of files --------------------------------------------------------------

"$compare" --rtt=100ms --transfers=3 --csv="$dir/a.csv" --segments="$dir/s.csv" >/dev/null
"$compare" --ipv6 --rtt=100ms --transfers=3 --csv="$dir/a6.csv" >/dev/null
draw --out="$dir/plots" "$dir/a.csv" "$dir/a6.csv" "$dir/s.csv" >"$dir/out"
check "plots of good files" [ $? -eq 0 ]
check "the PNG is there" [ -s "$dir/plots/ladder.png" ]
check "the SVG is there" [ -s "$dir/plots/ladder.svg" ]
check "what is not drawn is said" grep -q '^saving-size-.*: not drawn, needs' "$dir/out"

# --- Figures of a sweep ------------------------------------------------------------

sweep=$dir/sweep
mkdir "$sweep"
for rtt in 50ms 200ms 600ms; do
    for loss in 0 0.02 0.05; do
        append "$sweep/results.csv" --topology=p2p,satellite --rtt=$rtt --loss=$loss --runs=4
    done
    for chance in 0.2 0.6; do
        append "$sweep/results.csv" --rtt=$rtt --syn-data-loss=$chance --runs=4
    done
    for size in 1000 100000; do
        append "$sweep/results.csv" --rtt=$rtt --response=$size --runs=4
    done
done
cat >"$sweep/manifest.json" <<'END'
{"format": "1", "flags": {"rtt": "50ms,200ms,600ms", "runs": "4"}, "points": "3",
 "module": "0.1.0", "ns3": "3.37", "commit": "0123abc", "started": "2026-01-02T03:04:05Z",
 "ended": "2026-01-02T03:05:06Z", "command": "./tfo sweep --runs=4"}
END

draw "$sweep" >"$dir/out" 2>"$dir/err"
check "the figures of a sweep" [ $? -eq 0 ]
check "a finished sweep is drawn without a word on stderr" [ ! -s "$dir/err" ]
for picture in topologies rtt loss rtt-loss-p2p rtt-loss-satellite rtt-syn-data-loss-p2p \
    saving-rtt-loss-p2p saving-rtt-loss-satellite saving-rtt-syn-data-loss-p2p saving-size-p2p \
    distribution-p2p distribution-satellite; do
    check "$picture.png is a PNG" [ \
        "$(head -c 8 "$sweep/figures/$picture.png" | od -An -tx1 | tr -d ' ')" = 89504e470d0a1a0a ]
    "$python" -c 'import sys; from xml.dom import minidom; minidom.parse(sys.argv[1])' \
        "$sweep/figures/$picture.svg"
    check "$picture.svg is well-formed" [ $? -eq 0 ]
    check "$picture says how many it is from" \
        grep -q '>[^<]*n = [0-9]' "$sweep/figures/$picture.svg"
    check "$picture has a unit on its axes" \
        grep -q '>[^<]*(\(ms\|%\|kB\))<' "$sweep/figures/$picture.svg"
done
heat=$sweep/figures/saving-rtt-syn-data-loss-p2p.svg
check "the heat map is in ms" grep -q '>Paired saving (ms)<' "$heat"
check "the heat map is in per cent" grep -q '>Paired saving (%)<' "$heat"
check "T3 the heat map has the theory's break-even line" grep -q '>break-even, theory<' "$heat"
check "T3 that line is not for loss of any packet" \
    sh -c "! grep -q 'break-even, theory' '$sweep/figures/saving-rtt-loss-p2p.svg'"
# A SYN is lost with 60 %: the saving is 0.4 * 50 ms - 0.6 * 1 s = -580 ms in the mean
check "the cells have numbers with their sign" grep -q '>−[4-7][0-9][0-9]<' "$heat"

cp -r "$sweep/figures" "$dir/before"
cp "$sweep/report.html" "$dir/before.html"
: >"$sweep/figures/saving-size-lan.png"
: >"$sweep/figures/loss-mine.png"
draw "$sweep" >/dev/null
check "a figure that the data no longer give is removed" \
    [ ! -e "$sweep/figures/saving-size-lan.png" ]
check "a file of the user's is not" [ -e "$sweep/figures/loss-mine.png" ]
rm -f "$sweep/figures/loss-mine.png"
check "same data, same figures" diff -r "$sweep/figures" "$dir/before"
check "same data, same report" cmp -s "$sweep/report.html" "$dir/before.html"

mkdir "$dir/new"
cp "$sweep/results.csv" "$dir/new"
draw --out="$dir/else" "$dir/new" >"$dir/out" 2>"$dir/err"
check "--out takes the figures of a sweep" [ -s "$dir/else/rtt-loss-p2p.png" ]
check "and the report" [ -s "$dir/else/report.html" ]
check "and the sweep's folder stays as it was" [ "$(ls -A "$dir/new")" = results.csv ]
check "without a manifest that is said" grep -q 'no manifest.json' "$dir/err"
(head -n 1 "$sweep/results.csv" && tail -n +2 "$sweep/results.csv" | sort -t, -k 14) \
    >"$dir/new/results.csv"
draw "$dir/new" >/dev/null 2>&1
check "the order of rows does not matter" \
    cmp -s "$dir/new/figures/saving-rtt-loss-p2p.svg" "$sweep/figures/saving-rtt-loss-p2p.svg"

# Dark saves, light costs: the colours' lightness falls from end to end.
PYTHONPATH=$(dirname "$plot") "$python" -c '
import numpy as np
from tfo_heat import COLOURS
rgb = COLOURS(np.linspace(0, 1, 101))[:, :3]
linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
assert (np.diff(linear @ [0.2126, 0.7152, 0.0722]) < 0).all()'
check "the heat map can be read in grey" [ $? -eq 0 ]

# --- Numbers -----------------------------------------------------------------------

# Three runs save 10, 20 and 30 ms of 100 ms, each twice. The t interval of these is
# 4.3027 * 10 / sqrt(3) = 24.8 ms. A transfer without its partner does not count.
mkdir "$dir/known"
head -n 1 "$dir/a.csv" >"$dir/known/results.csv"
for run in 1 2 3; do
    for transfer in 2 3; do
        for mode in 3whs tfo; do
            [ $mode = tfo ] && time=$((100 - 10 * run)) || time=100
            echo "p2p,$mode,4,50,10,0,300,1000,,1,$run,$transfer,0,$time,$time,0,ok"
        done
    done
done >>"$dir/known/results.csv"
echo "p2p,3whs,4,50,10,0,300,1000,,1,3,4,0,7000,7000,0,ok
p2p,tfo,4,50,10,0,300,1000,,1,3,4,0,,,3,timeout" >>"$dir/known/results.csv"
draw "$dir/known" >/dev/null 2>&1
check "the saving is the mean of paired differences with its t interval" \
    grep -q '<td>20.0 ± 24.8</td><td>20.0 ± 24.8</td>' "$dir/known/report.html"
check "failed transfers are counted" grep -q '<td>0, 1</td>' "$dir/known/report.html"
check "pairs are counted" grep -q '<td>3</td><td>6</td>' "$dir/known/report.html"

# --- A sweep that is not finished --------------------------------------------------

real=$dir/real
"$sweeper" --rtt=50ms,200ms --loss=0,0.02 --runs=2 --transfers=3 --jobs=1 --out="$real" \
    >/dev/null 2>&1
draw "$real" >/dev/null 2>"$dir/err"
check "what a sweep leaves is drawn" [ -s "$real/figures/rtt-loss-p2p.png" ]
check "without a word on stderr" [ ! -s "$dir/err" ]
check "the report has its flags" grep -q '>--rtt</td><td class="text wrap">50ms,200ms<' \
    "$real/report.html"
check "and its command" grep -q 'tfo sweep .*--rtt=50ms,200ms' "$real/report.html"

# As a killed sweep leaves it: the last line of the journal and that of the results are torn.
cp -r "$real" "$dir/killed"
head -c -4 "$real/points.csv" >"$dir/killed/points.csv"
head -c -9 "$real/results.csv" >"$dir/killed/results.csv"
sed -i '3s/,done,.*,/,failed,0,0,killed <twice>/' "$dir/killed/points.csv"
draw "$dir/killed" >/dev/null 2>"$dir/err"
check "a sweep that was killed is drawn" [ $? -eq 0 ]
check "with a remark" grep -q 'not finished: 1 of 4 points is missing' "$dir/err"
check "also in the report" grep -q 'not finished: 1 of 4 points is missing' \
    "$dir/killed/report.html"
check "and one on the torn rows" grep -q '[0-9]* bytes of results.csv are left out' "$dir/err"
check "three points are in the table" \
    [ "$(grep -c '^<tr><td class="text">p2p<' "$dir/killed/report.html")" -eq 3 ]
check "failed points are told" grep -q '1 point failed' "$dir/err"
check "with the reason" grep -q 'killed &lt;twice&gt;' "$dir/killed/report.html"
sed -i 's,"shard": "","shard": "2/3",' "$dir/killed/manifest.json"
draw "$dir/killed" >/dev/null 2>"$dir/err"
check "a part of a sweep is told" grep -q 'this is part 2 of a sweep in 3 parts' "$dir/err"

# --- Bad input: one line that names the file, exit 2, nothing written ----------------

: >"$dir/empty.csv"
head -n 1 "$dir/a.csv" >"$dir/header.csv"
head -c 400 "$dir/a.csv" >"$dir/cut.csv"
cut -d, -f1-12 "$dir/a.csv" >"$dir/column.csv"
cut -d, -f1-8,10- "$dir/a.csv" >"$dir/variant.csv"
sed 's/,100,/,hundred,/' "$dir/a.csv" >"$dir/word.csv"
sed 's/,ok$/,fine/' "$dir/a.csv" >"$dir/status.csv"
sed 's/^p2p/p2p <moon>/' "$dir/a.csv" >"$dir/topology.csv"
(cat "$dir/a.csv" && tail -n 1 "$dir/a.csv") >"$dir/twice.csv"
says()
{
    case $1 in
    missing) echo "cannot be read" ;;
    empty) echo "is empty, needs a header" ;;
    header) echo "no rows; needs rows" ;;
    cut) echo "line [0-9]* has [0-9]* of 17 fields; is the file truncated" ;;
    column) echo "column syn_data_bytes is missing, needs topology,mode," ;;
    variant) echo "column variant is missing, needs topology,mode," ;;
    word) echo "line 2: rtt_ms is 'hundred', needs a number" ;;
    status) echo "line 2: status is 'fine', needs ok or refused or reset or timeout" ;;
    topology) echo "topology is 'p2p <moon>', needs a name" ;;
    twice) echo "has more than once the transfer topology=p2p" ;;
    esac
}
broken=$dir/broken
cp -r "$sweep" "$broken"
for wrong in missing empty header cut column variant word status topology twice; do
    check "a $wrong file is refused" \
        refuses 2 "/$wrong.csv: .*$(says $wrong)" draw --out="$dir/never" "$dir/$wrong.csv"
    rm -f "$broken/results.csv"
    [ $wrong = missing ] || cp "$dir/$wrong.csv" "$broken/results.csv"
    sums "$broken" >"$dir/sums"
    text=$(says $wrong)
    [ $wrong != missing ] || text="there is no such file, needs the folder that ./tfo sweep"
    check "a sweep with a $wrong file is refused" \
        refuses 2 "broken/results.csv: .*$text" draw "$broken"
    sums "$broken" | cmp -s "$dir/sums" -
    check "and its old figures stay" [ $? -eq 0 ]
done
check "wrong files write nothing" [ ! -e "$dir/never" ]
cp "$sweep/results.csv" "$broken"
head -c -9 "$real/results.csv" >"$dir/killed/results.csv"
cp "$real/points.csv" "$dir/killed"
check "results that are shorter than the journal says are refused" \
    refuses 2 "killed/results.csv: has [0-9]* bytes, needs the [0-9]* that" draw "$dir/killed"
cp "$real/points.csv" "$real/results.csv" "$real/manifest.json" "$sweep"
cp "$real/points.csv" "$real/results.csv" "$broken"

# refused FILE TEXT: the sweep is refused for a file that comes on stdin
refused()
{
    cat >"$broken/$1"
    sums "$broken" >"$dir/sums"
    check "a sweep is refused: $2" refuses 2 "broken/$1: .*$2" draw "$broken"
    sums "$broken" | cmp -s "$dir/sums" -
    check "and its old figures stay" [ $? -eq 0 ]
    cp "$sweep/$1" "$broken/$1"
}
echo '{"points": "3", "flags": {' | refused manifest.json "is not JSON"
echo '[]' | refused manifest.json "needs an object"
echo '{"points": "many"}' | refused manifest.json "points is 'many', needs a whole number"
echo '{"points": 3}' | refused manifest.json "points is 3, needs a text"
printf 'point,state\n' | refused points.csv "needs the header point,status,runs,bytes,reason"
printf 'point,status,runs,bytes,reason\n1,gone,1,1,\n' |
    refused points.csv "line 2: status is 'gone', needs done or failed"
printf 'point,status,runs,bytes,reason\n1,done,1,many,\n' |
    refused points.csv "line 2: bytes is 'many', needs a whole number"
echo '{"points": "3", "shard": "x"}' | refused manifest.json "shard is 'x', needs a part"
echo '{"points": "3", "flags": "x"}' | refused manifest.json 'flags is "x", needs an object'
rm "$broken/points.csv"
cp "$dir/s.csv" "$broken/results.csv"
check "segments are no sweep" refuses 2 "results.csv: .*needs transfers" draw "$broken"

check "a folder that does not exist" \
    refuses 2 "nowhere: there is no such folder" draw "$dir/nowhere"
check "a file without --out" refuses 2 "a.csv: is a file, needs --out" draw "$dir/a.csv"
check "two files without --out" refuses 2 "need --out" draw "$dir/a.csv" "$dir/a6.csv"
check "no data" refuses 2 "DATA" draw
: >"$dir/file"
check "a folder that cannot be made" refuses 2 "cannot be written" \
    draw --out="$dir/file/plots" "$dir/a.csv"
check "no leavings of a failed attempt" [ -z "$(find "$dir" -name '.tfo-plot-*')" ]

conclude
