# SPDX-License-Identifier: GPL-2.0-only
#
# Checks of pcap files by tshark; to be sourced after checks.sh. Files are in $dir, and
# named without `.pcap`.

# shark FILE ARGS: tshark with checks of the checksums
shark()
{
    pcap=$dir/$1.pcap
    shift
    tshark -r "$pcap" -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE "$@" \
        2>/dev/null
}

# fields FILE FILTER FIELD: the field's value in each packet that passes the filter
fields()
{
    shark "$1" -Y "$2" -T fields -e "$3"
}

# sound FILE: there are packets; all of them are TCP, well-formed, with right checksums
sound()
{
    shark "$1" -T fields -e tcp.stream -e _ws.malformed -e tcp.checksum.status \
        -e ip.checksum.status >"$dir/sound"
    check "$1 has packets" [ -s "$dir/sound" ]
    check "$1 has nothing but well-formed TCP" \
        awk -F '\t' '$1 == "" || $2 != "" { exit 1 }' "$dir/sound"
    check "$1 has right checksums" \
        awk -F '\t' '$3 != 1 || ($4 != "" && $4 != 1) { exit 1 }' "$dir/sound"
}

# remarks FILE: what tshark wonders about, in order: the sender, C or S, and the remark
remarks()
{
    shark "$1" -Y 'tcp.analysis.flags' -T fields -e tcp.srcport -e _ws.col.Info |
        sed 's/^80\t/S /; s/^[0-9]*\t/C /; s/^\(.\) \[TCP \([^]0-9#]*[^]0-9# ]\)[^]]*\].*/\1 \2/' |
        uniq -c | awk '{ printf "%s%s%s", sep, ($1 > 1 ? $1 " x " : ""), substr($0, index($0, $2)); sep = ", " }'
}

# remarked FILE REMARKS: these are all remarks
remarked()
{
    found=$(remarks "$1")
    check "$1: the remarks are \"$2\", not \"$found\"" [ "$found" = "$2" ]
}
