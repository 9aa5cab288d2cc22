#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What Wireshark thinks of the pcap files: on each path, with each family of addresses,
# and where segments are lost.
#
#   pcap-test.sh COMPARE

set -u
compare=$1
. "$(dirname "$0")/checks.sh"
. "$(dirname "$0")/pcap-checks.sh"

if ! command -v tshark >/dev/null; then
    echo "SKIPPED: there is no tshark" >&2
    exit 77
fi

# --- Nothing lost: nothing remarked ------------------------------------------------

for ip in 4 6; do
    version=$([ $ip = 4 ] || echo --ipv6)
    "$compare" $version --topology=p2p,lan,satellite,mobile --loss=0 --transfers=3 \
        --pcap="$dir/n$ip" --csv="$dir/n$ip.csv" >/dev/null
    check "compare ends well over IPv$ip" [ $? -eq 0 ]
    for topology in p2p lan satellite mobile; do
        for end in client server; do
            file=n$ip-$topology-tfo-$end
            sound $file
            remarked $file ""
            check "$file has a request for a cookie, then SYNs with one" [ \
                "$(fields $file "tcp.srcport != 80 && tcp.options.tfo" tcp.len |
                    xargs)" = "0 300 300" ]
            check "$file has one grant" [ \
                "$(fields $file "tcp.srcport == 80 && tcp.options.tfo.cookie" tcp.len |
                    wc -l)" = 1 ]
            mss=$((1500 - (ip == 4 ? 20 : 40) - 20))
            check "both ends in $file have an MSS of $mss" [ \
                "$(fields $file tcp.options.mss_val tcp.options.mss_val | uniq -c | xargs)" = \
                "6 $mss" ]
            file=n$ip-$topology-3whs-$end
            sound $file
            remarked $file ""
            check "$file has no Fast Open" [ -z "$(fields $file tcp.options.tfo tcp.len)" ]
        done
    done
done
"$compare" --topology=p2p,lan,satellite,mobile --loss=0 --transfers=3 --csv="$dir/without.csv" \
    >/dev/null
check "writing pcap files does not change the results" cmp -s "$dir/n4.csv" "$dir/without.csv"

# --- Segments lost: what that causes is remarked, and nothing else -------------------

# lost DROP CLIENT SERVER [ARGS]: the remarks at both ends of two transfers
lost()
{
    drop=$1
    client=$2
    server=$3
    shift 3
    for ip in 4 6; do
        version=$([ $ip = 4 ] || echo --ipv6)
        lossy=d$ip-$(echo "$drop" | tr ':' '-')
        "$compare" $version --modes=tfo --drop="$drop" --transfers=2 --response=1000 "$@" \
            --pcap="$dir/$lossy" >/dev/null
        sound "$lossy-p2p-tfo-client"
        sound "$lossy-p2p-tfo-server"
        remarked "$lossy-p2p-tfo-client" "$client"
        remarked "$lossy-p2p-tfo-server" "$server"
    done
}

# The first contact. A capture at the receiver's end does not show what was lost before.
lost 1:client:1 "C Retransmission" ""                           # the SYN
# The SYN-ACK: the SYN comes again, is answered, and puts the server's timer off
lost 1:server:1 "C Retransmission" "C Retransmission, S Retransmission"
lost 1:client:2 "" ""                                           # the handshake's last ACK
lost 1:client:3 "C Retransmission" ""                           # the request
lost 1:server:3 "S Previous segment not captured, C Dup ACK, S Retransmission" \
    "C Dup ACK, S Retransmission"                               # the response; the FIN tells

# With a cookie
lost 2:client:1 "2 x C Retransmission" ""                       # the SYN; then its data
# The SYN-ACK: it comes again for the SYN, and by the timer, which goes on; the response and
# the FIN that followed it at once were not taken
lost 2:server:1 "C Retransmission, 2 x S Retransmission, C Dup ACK, 2 x S Retransmission" \
    "C Retransmission, 2 x S Retransmission, C Dup ACK, 2 x S Retransmission"
lost 2:client:2 "" ""                                           # the handshake's last ACK
lost 2:server:2 "S Previous segment not captured, C Dup ACK, S Retransmission" \
    "C Dup ACK, S Retransmission"                               # the response
lost 2:server:3 "" "S Retransmission"                           # the FIN
lost 2:client:1+2:client:2 "3 x C Retransmission" ""            # the SYN twice
# The SYN-ACK and the response
lost 2:server:1+2:server:2 \
    "C Retransmission, 2 x S Retransmission, C Dup ACK, 2 x S Retransmission" \
    "C Retransmission, 2 x S Retransmission, C Dup ACK, 2 x S Retransmission"

# A middlebox that swallows SYNs with data
"$compare" --modes=tfo --syn-data-loss=1 --transfers=2 --response=1000 --pcap="$dir/m" >/dev/null
sound m-p2p-tfo-client
remarked m-p2p-tfo-client "2 x C Retransmission"
remarked m-p2p-tfo-server ""

# --- The checks themselves -----------------------------------------------------------

# flip FILE OFFSET: a copy with another byte, counted from the end, named flipped
flip()
{
    size=$(wc -c <"$dir/$1.pcap")
    head -c $((size - $2)) "$dir/$1.pcap" >"$dir/flipped.pcap"
    printf '\377' >>"$dir/flipped.pcap"
    tail -c $(($2 - 1)) "$dir/$1.pcap" >>"$dir/flipped.pcap"
}
flip d4-2-server-2-p2p-tfo-client 3
check "a changed byte is a wrong checksum" [ \
    "$(fields flipped 'tcp.checksum.status != 1' frame.number | wc -l)" = 1 ]

conclude
