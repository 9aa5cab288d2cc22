#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The command tfo-compare as a user types it: results, pcap, and wrong input.
#
#   command-test.sh COMPARE

set -u
compare=$1
. "$(dirname "$0")/checks.sh"
. "$(dirname "$0")/pcap-checks.sh"

# --- Results ---------------------------------------------------------------------

header=topology,mode,ip,rtt_ms,rate_mbps,loss,request_bytes,response_bytes,variant,seed,run,transfer,syn_data_bytes,ttfb_ms,fct_ms,retransmissions,status
"$compare" --rtt=100ms --rate=10Mbps --response=10000 --transfers=3 \
    --csv="$dir/a.csv" --segments="$dir/s.csv" --pcap="$dir/p4" >"$dir/table"
check "compare ends well" [ $? -eq 0 ]
check "the columns are as promised" [ "$(head -n 1 "$dir/a.csv")" = "$header" ]
check "a row a transfer and mode" [ "$(wc -l <"$dir/a.csv")" -eq 7 ]
check "the table has the topology" grep -q '^p2p ' "$dir/table"

"$compare" --ipv6 --rtt=100ms --rate=10Mbps --response=10000 --transfers=3 \
    --csv="$dir/a6.csv" --pcap="$dir/p6" >/dev/null
check "compare ends well over IPv6" [ $? -eq 0 ]

for ip in 4 6; do
    awk -F, -v ip=$ip 'NR > 1 { fct[$2, $12] = $15; rows += $3 == ip }
        END {
            for (t = 2; t <= 3; t++) {
                saved = fct["3whs", t] - fct["tfo", t]
                if (saved < 99 || saved > 101) exit 1
            }
            if (fct["tfo", 1] - fct["3whs", 1] > 1 || rows != 6) exit 1
        }' "$dir/a${ip#4}.csv"
    check "T1 transfers 2 and 3 are 100 ms faster, the first is not slower, over IPv$ip" [ $? -eq 0 ]
done
"$compare" --ipv6=false --rtt=100ms --rate=10Mbps --transfers=3 --csv="$dir/a4.csv" >/dev/null
check "--ipv6=false is IPv4" cmp -s "$dir/a.csv" "$dir/a4.csv"

for i in 1 2; do
    "$compare" --loss=0.05 --runs=3 --topology=p2p,satellite --csv="$dir/r$i.csv" >/dev/null
done
check "same seed, same bytes" cmp -s "$dir/r1.csv" "$dir/r2.csv"
"$compare" --loss=0.05 --runs=3 --topology=p2p,satellite --seed=2 --csv="$dir/r3.csv" >/dev/null
"$compare" --loss=.05 --topology=p2p --csv="$dir/r4.csv" >/dev/null
check "a number may start with its point" [ $? -eq 0 ]
check "another seed, other bytes" sh -c "! cmp -s '$dir/r1.csv' '$dir/r3.csv'"

"$compare" --ns3::TcpSocket::InitialCwnd=1 --transfers=2 --csv="$dir/c.csv" >/dev/null
slow=$(awk -F, 'NR == 3 { print ($15 > 400) }' "$dir/c.csv")
check "attributes of TCP can be set" [ "$slow" = 1 ]

# --- pcap ------------------------------------------------------------------------

if command -v tshark >/dev/null; then
    # clean FILE: nothing but TCP, and nothing that tshark wonders about
    clean()
    {
        sound "$1"
        remarked "$1" ""
    }
    second='tcp.stream == 1'
    for ip in 4 6; do
        file=p$ip-p2p-tfo-server
        responses=7
        if [ $ip = 6 ]; then
            responses=8
        fi
        check "W1 W6 the SYN has kind 34, 8 bytes of cookie and 300 of data, over IPv$ip" [ \
            "$(fields $file "$second && tcp.flags.syn == 1 && tcp.flags.ack == 0 &&
                tcp.option_kind == 34 && tcp.options.tfo.cookie" tcp.len)" = 300 ]
        check "the cookie has 8 bytes, over IPv$ip" [ \
            "$(fields $file "$second && tcp.options.tfo.cookie" tcp.options.tfo.cookie |
                tr -d ':\n' | wc -c)" = 16 ]
        check "W7 the SYN-ACK acknowledges 301, over IPv$ip" [ \
            "$(fields $file "$second && tcp.flags.syn == 1 && tcp.flags.ack == 1" tcp.ack)" = 301 ]
        ack=$(fields $file "$second && tcp.dstport == 80 && tcp.flags.syn == 0" frame.number |
            head -n 1)
        early=$(fields $file "$second && tcp.srcport == 80 && tcp.len > 0 && frame.number < $ack" \
            frame.number | wc -l)
        check "S6 the whole response leaves before the client's ACK, over IPv$ip" [ \
            "$early" = $responses ]
        check "all packets are IPv$ip's" [ \
            -z "$(fields $file "ip.version != $ip or ipv6.version != $ip" frame.number)" ]
        for mode in 3whs tfo; do
            clean p$ip-p2p-$mode-client
            clean p$ip-p2p-$mode-server
        done
    done
else
    echo "SKIPPED: the pcap checks, there is no tshark" >&2
fi

# --- Wrong flags: one line that names the flag, exit 2, nothing written -----------

for wrong in --rate=-5Mbps --rate=0 --rate=fast --rate=10 --loss=1.5 --loss=-0.1 --loss=x \
    --loss=nan --rtt=-1ms --rtt=100 --rtt=200s --request=0 --response=-1 --response=1.5 \
    --transfers=0 --transfers=99999999999 --runs=0 --seed=0 --topology=moon --topology= \
    --modes=quic --modes= --csv= --csv --pcap --rate=10mbps --drop=2:client --drop=2:middle:1 --drop=99:client:1 --syn-data-loss=2 --syn-data-loss=x \
    --ipv6= --ipv6=6; do
    flag=${wrong%%=*}
    check "$wrong is refused" refuses 2 "$flag" "$compare" "$wrong" --csv="$dir/never.csv"
done
check "an unknown flag is refused" refuses 2 "--nothing" "$compare" --nothing=1
check "a bare word is refused" refuses 2 "p2p" "$compare" p2p
check "--drop needs p2p" refuses 2 "--drop" "$compare" --topology=lan --drop=1:client:1
for topology in mobile satellite; do
    check "an RTT too short for $topology" refuses 2 "--rtt" \
        "$compare" --topology=$topology --rtt=10ms
done
check "an attribute that the mode sets" refuses 2 "ns3::TcpFastOpen::Switch" \
    "$compare" --ns3::TcpFastOpen::Switch=0
check "an unknown attribute is refused" refuses 2 "ns3::TcpSocket::Foo" \
    "$compare" --ns3::TcpSocket::Foo=1
check "a wrong value of an attribute is refused" refuses 2 "ns3::TcpSocket::InitialCwnd" \
    "$compare" --ns3::TcpSocket::InitialCwnd=many
check "a CSV path that cannot be written" refuses 2 "--csv" "$compare" --csv="$dir/no/such.csv"
check "a segments path that cannot be written" refuses 2 "--segments" \
    "$compare" --segments="$dir/no/such.csv"
check "a pcap path that cannot be written" refuses 2 "--pcap" "$compare" --pcap="$dir/no/such"
check "wrong flags write nothing" [ ! -e "$dir/never.csv" ]
cp "$dir/a.csv" "$dir/kept.csv"
"$compare" --loss=2 --csv="$dir/kept.csv" 2>/dev/null
check "wrong flags leave old results" cmp -s "$dir/a.csv" "$dir/kept.csv"
if [ -e /dev/full ]; then
    check "a full disk is reported" refuses 1 "written" "$compare" --transfers=1 --csv=/dev/full
fi

conclude
