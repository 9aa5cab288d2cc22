#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# tfo-bench as a user calls it: its table, and wrong flags.
#
#   bench-test.sh BENCH

set -u
bench=$1
. "$(dirname "$0")/checks.sh"

# refuses TEXT ARGS: exit 2, nothing on stdout, one line on stderr that has the text
refuses()
{
    text=$1
    shift
    "$bench" "$@" >"$dir/out" 2>"$dir/err"
    [ $? -eq 2 ] && [ ! -s "$dir/out" ] && [ "$(wc -l <"$dir/err")" -eq 1 ] &&
        grep -qF -e "$text" "$dir/err"
}

# row SIZE SOCKETS COLUMN: a number of the table, whose columns are sockets, CPU time,
# ratio, its spread (four numbers; stock has none), events, ratio of events
row()
{
    awk -v size="$1" -v sockets="$2" -v column="$3" '
        $2 == "B" { current = $1; sub("^" $1 " +B", "") }
        current == size && $1 == sockets {
            gsub(/[|]|to/, "")
            $0 = $0
            print column < 0 ? $(NF + 1 + column) : $column
        }' "$dir/table"
}

"$bench" --transfers=20 --rounds=2 >"$dir/table"
check "bench ends well" [ $? -eq 0 ]
for size in 300 10000; do
    stock=$(row $size stock -2)
    check "off needs the events of stock, $size B" [ "$(row $size off -2)" = "$stock" ]
    check "on needs fewer, $size B" \
        awk -v on="$(row $size on -2)" -v stock="$stock" 'BEGIN { exit !(on > 0 && on < stock) }'
    for sockets in off on; do
        check "the spread of $sockets holds its median, $size B" awk \
            -v m="$(row $size $sockets 3)" -v a="$(row $size $sockets 4)" \
            -v b="$(row $size $sockets 5)" -v c="$(row $size $sockets 6)" \
            -v d="$(row $size $sockets 7)" \
            'BEGIN { exit !(c > 0 && c <= a && a <= m && m <= b && b <= d) }'
    done
done

"$bench" --transfers=5 --rounds=1 --responses=1000 --request=100 --gap=1s >"$dir/table"
check "flags are heeded" [ $? -eq 0 ]
check "one size asked for, one shown" [ "$(grep -c ' B ' "$dir/table")" -eq 1 ]
check "the size asked for" [ -n "$(row 1000 on 2)" ]
check "the head says what was run" \
    grep -q 'transfers: 5, rounds: 1, request: 100 B, between connections: 1 s' "$dir/table"

for wrong in --transfers=0 --transfers=-5 --transfers=many --transfers=1000001 --transfers=1.5 \
    --rounds=0 --rounds= --rounds --request=0 --responses=0 --responses=, --responses=300,x \
    --gap=-1s --gap=5 --gap=soon --gap=5h; do
    check "$wrong is refused" refuses "${wrong%%=*}" "$wrong"
done
check "an unknown flag is refused" refuses "--nothing" --nothing=1
check "a bare word is refused" refuses "transfers" transfers

conclude
