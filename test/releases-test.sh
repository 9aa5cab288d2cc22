#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A study does not depend on the distribution: transfers with losses have the same rows on
# Debian 12 (ns-3.37) and Debian 13 (ns-3.43), byte for byte. A bare Debian 13 is made with
# debootstrap, which takes root, the network, and about ten minutes.
#
#   releases-test.sh COMPARE [DEBIAN13]
#
# COMPARE is tfo-compare, built here; DEBIAN13 a folder for the other system, which is kept
# and used again. Skipped (77) where that system cannot be made.

set -u
compare=$(readlink -f "$1")
root=$(readlink -f "$(dirname "$0")/..")
. "$root/test/checks.sh"
system=${2:-$dir/debian13}

if [ "$(id -u)" -ne 0 ] || ! command -v debootstrap >/dev/null; then
    echo "SKIPPED: a Debian 13 takes root and debootstrap"
    exit 77
fi
if [ ! -x "$system/usr/bin/cmake" ]; then
    debootstrap --variant=minbase --include="g++,cmake,ninja-build,libns3-dev,libgsl-dev,\
libxml2-dev,libsqlite3-dev,libboost-dev,libsodium-dev,libpython3-dev" trixie "$system" >"$dir/debootstrap.log" 2>&1 || {
        tail -n 3 "$dir/debootstrap.log"
        echo "SKIPPED: debootstrap failed"
        exit 77
    }
fi

mkdir -p "$system/tmp/module"
(cd "$root" && tar cf - CMakeLists.txt model helper examples test scratch) |
    tar xf - -C "$system/tmp/module"
chroot "$system" sh -c 'cd /tmp/module && cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release &&
    cmake --build build --target tfo-compare' >"$dir/build.log" 2>&1
built=$?
check "the module builds on Debian 13" [ $built -eq 0 ]
if [ $built -ne 0 ]; then
    tail -n 20 "$dir/build.log" >&2
    conclude
    exit 1
fi

# same NAME FLAGS...: both systems write the same rows
same()
{
    name=$1
    shift
    "$compare" "$@" --csv="$dir/here.csv" >/dev/null 2>"$dir/here.err"
    chroot "$system" /tmp/module/build/bin/tfo-compare "$@" --csv=/tmp/there.csv >/dev/null \
        2>"$dir/there.err"
    check "$name" cmp "$dir/here.csv" "$system/tmp/there.csv"
}

for loss in 0 0.01 0.02 0.03 0.04 0.06 0.08 0.1; do # those of the demo's loss.csv
    same "loss of $loss" --loss="$loss" --runs=200
done
for response in 500 100000 1000000; do
    same "$response bytes with losses" --loss=0.05 --runs=20 --response="$response" --transfers=3
done
same "IPv6" --loss=0.05 --runs=20 --ipv6 --transfers=3
same "without SACK, without a loss" --ns3::TcpSocketBase::Sack=false --transfers=3
same "other topologies" --topology=lan,satellite --loss=0.03 --runs=20
conclude
