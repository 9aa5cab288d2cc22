#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only

"""Measure how long transfers take between two kernels, over a simulated link in real time.

    measure.py PROGRAM OUT.csv
    measure.py grid OUT.ini

PROGRAM is tfo-interop. The grid is all of RTTS x RATES x RESPONSES x MODES x LOSSES below.
In each case a client opens two connections to a server, one after the other, in fresh
namespaces; the second one counts, and a segment of it is lost or none is. Each transfer is
a row of OUT.csv. Rows that are there already are not measured again, so a run that was
interrupted goes on.
"""

import argparse
import concurrent.futures
import csv
import itertools
import os
import random
import sys
import time

import kernel
from kernel import CLIENT, SERVER, Failed, Kernel, Link

RTTS = (10, 30, 100, 300, 600)  # ms
RATES = (1, 10, 50)  # Mb/s
REQUEST = 300  # bytes
RESPONSES = (100, 1000, 10000, 100000)  # bytes
MODES = ("3whs", "tfo")
SEGMENTS = 6  # of either side, each of which is lost in turn
LOSSES = ["none"] + [
    f"{side}:{n}" for side in ("client", "server") for n in range(1, SEGMENTS + 1)
]

CASE = ("rtt_ms", "rate_mbps", "response_bytes", "mode", "lost")
COLUMNS = (*CASE, "repeat", "happened", "ttfb_ms", "fct_ms", "late_ms")
LATE_MS, LATE_SHARE = 0.5, 0.004  # how late the link may be, in ms or of the transfer's time;
TRIES = 8  # a transfer with a later one is measured again


def measure(program, case, metrics):
    """Measure a case, and return what goes behind it in its row."""
    rtt, rate, response, mode, lost = case
    kernel.hurry()
    kernels = [Kernel(side, False) for side in (CLIENT, SERVER)]
    client, server = kernels
    if not metrics:
        for one in kernels:
            with one.entered():
                one.set("ipv4/tcp_no_metrics_save", 1)
    flags = [f"--rtt={rtt}ms", f"--rate={rate}Mbps", "--transfers=2"]
    flags += [f"--drop=2:{lost}"] if lost != "none" else []
    try:
        with Link(program, *flags, client=client, server=server) as link:
            served = server.serve(REQUEST, response)
            for _ in range(2):
                done = client.transfer(link.server, REQUEST, response, mode == "tfo")
                time.sleep(rtt * 1.6e-3 + 0.03)  # until the connection is closed on both sides
            late = link.close()["late_ms"]
        if not done.exact or not all(one.exact for one in served):
            raise Failed("a byte is wrong")
        # Where the SYN or the SYN-ACK is lost, the kernel does not tell what became of its data.
        if lost not in ("client:1", "server:1") and done.syn_data != (mode == "tfo"):
            raise Failed("SYN data was " + ("" if done.syn_data else "not ") + "acknowledged")
        return len(link.all("lost")), done.first_ms, done.last_ms, late
    finally:
        for one in kernels:
            one.close()


def attempt(program, case, metrics):
    """Measure a case until the link was not late; return the best of the tries."""
    best = None
    for _ in range(TRIES):
        found = measure(program, case, metrics)
        best = min(best or found, found, key=lambda row: row[-1])
        if best[-1] <= max(LATE_MS, LATE_SHARE * best[-2]):
            break
    return best


def write_grid(path):
    """Write the grid for tfo-sweep, whose second transfers are those that are measured here."""
    drops = ["none" if lost == "none" else f"2:{lost}" for lost in LOSSES]
    lines = {
        "topology": ["p2p"],
        "rtt": [f"{rtt}ms" for rtt in RTTS],
        "rate": [f"{rate}Mbps" for rate in RATES],
        "request": [REQUEST],
        "response": RESPONSES,
        "transfers": [2],
        "runs": [1],
        "drop": drops,
    }
    with open(path, "w", encoding="ascii") as file:
        for name, values in lines.items():
            print(f"{name} = {', '.join(map(str, values))}", file=file)


def read_rows(path):
    """Return the cases and repeats that are in the file."""
    if not os.path.exists(path):
        return set()
    with open(path, newline="", encoding="ascii") as file:
        return {tuple(row[name] for name in (*CASE, "repeat")) for row in csv.DictReader(file)}


def main():
    """Measure all cases."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument(
        "program", help="tfo-interop; or 'grid' for the grid as tfo-sweep reads it"
    )
    parser.add_argument("out")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=16)
    parser.add_argument(
        "--metrics",
        action="store_true",
        help="let the kernels use what they keep of earlier connections' times, as they do by default",
    )
    arguments = parser.parse_args()
    if arguments.program == "grid":
        write_grid(arguments.out)
        return
    reason = kernel.why_not()
    if reason:
        sys.exit(f"measure: {reason}")
    there = read_rows(arguments.out)
    grid = list(itertools.product(RTTS, RATES, RESPONSES, MODES, LOSSES))
    jobs = []
    for repeat in range(1, arguments.repeats + 1):
        some = [(case, repeat) for case in grid if (*map(str, case), str(repeat)) not in there]
        random.Random(repeat).shuffle(some)  # slow ones among quick ones
        jobs += some
    for response in RESPONSES:
        kernel.pattern(SERVER, response)
    started = time.monotonic()
    failed = 0
    with open(arguments.out, "a", newline="", encoding="ascii") as file:
        rows = csv.writer(file, lineterminator="\n")
        if not there:
            rows.writerow(COLUMNS)
        with concurrent.futures.ProcessPoolExecutor(arguments.jobs) as pool:
            tasks = {
                pool.submit(attempt, arguments.program, case, arguments.metrics): (case, repeat)
                for case, repeat in jobs
            }
            for count, task in enumerate(concurrent.futures.as_completed(tasks), 1):
                case, repeat = tasks[task]
                try:
                    happened, *times = task.result()
                except (Failed, OSError) as error:
                    print(f"measure: {case}: {error}", file=sys.stderr)
                    failed += 1
                    continue
                rows.writerow([*case, repeat, happened, *(f"{one:.3f}" for one in times)])
                if count % 100 == 0:
                    file.flush()
                    elapsed = time.monotonic() - started
                    print(f"measure: {count} of {len(jobs)}, {elapsed:.0f} s", file=sys.stderr)
    print(f"{len(jobs) - failed} measured, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
