#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The report of a sweep, opened in a browser.
#
#   report-test.sh COMPARE PYTHON PLOT

set -u
compare=$1
python=$2
plot=$3
. "$(dirname "$0")/checks.sh"

sweep=$dir/sweep
mkdir "$sweep"
for rtt in 50ms 200ms; do
    for loss in 0 0.03; do
        "$compare" --topology=p2p,satellite --rtt=$rtt --loss=$loss --runs=3 \
            --csv="$dir/one.csv" >/dev/null
        head -n 1 "$dir/one.csv" >"$dir/header.csv"
        tail -n +2 "$dir/one.csv" >>"$dir/rows.csv"
    done
done
cat "$dir/header.csv" "$dir/rows.csv" >"$sweep/results.csv"
cat >"$sweep/manifest.json" <<'END'
{"format": "1", "flags": {"rtt": "50ms,200ms", "note": "<script>document.title = 'no'</script>"},
 "points": "8", "module": "0.1.0", "ns3": "3.37", "commit": "0123abc",
 "started": "2026-01-02T03:04:05Z", "ended": "2026-01-02T03:05:06Z",
 "command": "./tfo sweep --rtt=50ms,200ms --note='\"<b>&'"}
END
"$python" "$plot" "$sweep" >/dev/null
check "the report is written" [ -s "$sweep/report.html" ]
page=$sweep/report.html

# --- What is in the page -------------------------------------------------------------

check "no address in it" sh -c "! grep -q '://' '$page'"
loaded='(src|href|srcset)="[^"]{0,22}|url\(|@import|<(script|link|iframe|object)'
check "nothing in it is loaded from elsewhere" \
    [ -z "$(grep -oE "$loaded" "$page" | grep -v '^src="data:image/png;base64,')" ]
pictures=$(ls "$sweep/figures"/*.png | wc -l)
check "a picture for each figure" [ "$(grep -c '<img ' "$page")" -eq "$pictures" ]
check "each with a text for those who do not see it" \
    [ "$(grep -c '<img alt="[^"]' "$page")" -eq "$(grep -c '<img ' "$page")" ]
check "how to repeat it" grep -q './tfo sweep --manifest=manifest.json --out=DIR' "$page"
check "the command as it was typed" grep -q "note=&#x27;&quot;&lt;b&gt;&amp;&#x27;" "$page"
for fact in 0.1.0 3.37 0123abc 2026-01-02T03:04:05Z 2026-01-02T03:05:06Z; do
    check "$fact is in the page" grep -q ">$fact<" "$page"
done
check "--rtt is in the page" grep -q '>--rtt</td><td class="text wrap">50ms,200ms<' "$page"

# --- What a browser makes of it ------------------------------------------------------

browser=
for candidate in chromium chromium-browser google-chrome; do
    if [ -z "$browser" ] && command -v $candidate >/dev/null; then
        browser=$candidate
    fi
done
if [ -z "$browser" ]; then
    echo "SKIPPED: the report in a browser, there is no chromium" >&2
    conclude
    exit
fi

# browse FLAG...: run the browser, without a window or a network
browse()
{
    timeout 120 "$browser" --headless --no-sandbox --disable-gpu --no-first-run \
        --disable-background-networking --user-data-dir="$dir/profile" \
        --virtual-time-budget=5000 "$@" 2>"$dir/browser"
}

# The page has no script; this one looks at a copy of it and leaves what it saw in the title.
cat "$page" - >"$dir/seen.html" <<'END'
<script>
addEventListener("load", () => {
  const wanting = [...document.images].filter(
    image => !image.complete || image.naturalWidth < 300 || image.naturalHeight < 200 ||
      image.getBoundingClientRect().width < 200 || image.getBoundingClientRect().height < 100);
  const elsewhere = performance.getEntriesByType("resource").filter(
    entry => !entry.name.startsWith("data:"));
  const rows = document.querySelectorAll("#points tbody tr");
  const ragged = [...rows].filter(
    row => row.cells.length != document.querySelector("#points thead tr").cells.length);
  const root = document.documentElement;
  document.title = [
    "images", document.images.length, "wanting", wanting.length, "elsewhere", elsewhere.length,
    "rows", rows.length, "ragged", ragged.length,
    "scripts", document.scripts.length, "wide", root.scrollWidth > root.clientWidth,
  ].join(" ");
});
</script>
END
expected="images $pictures wanting 0 elsewhere 0 rows 8 ragged 0 scripts 1 wide false"
for size in 1280,900 500,900; do
    browse --window-size=$size --dump-dom "file://$dir/seen.html" >"$dir/dom"
    title=$(sed -n 's,.*<title>\(.*\)</title>.*,\1,p' "$dir/dom")
    check "the browser sees the figures and the table in a window of $size" \
        [ "$title" = "$expected" ]
    [ "$title" = "$expected" ] || { echo "it saw: $title" >&2; tail -n 3 "$dir/browser" >&2; }
done
browse --window-size=1280,900 --screenshot="$dir/shot.png" "file://$page" >/dev/null
check "the browser draws the page" [ -s "$dir/shot.png" ]
"$python" -c '
import sys
from matplotlib.image import imread
shot = imread(sys.argv[1])[:, :, :3]
ink = (shot.min(axis=2) < 0.5).mean()
assert shot.shape[:2] == (900, 1280) and 0.005 < ink < 0.5, (shot.shape, ink)' "$dir/shot.png"
check "dark text and figures on white" [ $? -eq 0 ]

conclude
