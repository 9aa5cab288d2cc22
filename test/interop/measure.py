#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only

"""Measure how long transfers take between two kernels, over a simulated link in real time.

    measure.py PROGRAM OUT.csv
    measure.py grid OUT.ini

PROGRAM is tfo-interop. The grid is all of RTTS x RATES x RESPONSES x MODES x LOSSES below.
In each case a client opens two connections to a server, one after the other, in fresh
namespaces; the second one counts, and a segment of it is lost or none is. Each transfer is
a row of OUT.csv. Rows that are there already are not measured again, so a run that was
interrupted goes on. Cases whose times differ among themselves are measured more often.
"""

import argparse
import concurrent.futures
import csv
import functools
import itertools
import os
import random
import socket
import statistics
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
COLUMNS = (*CASE, "repeat", "happened", "ttfb_ms", "fct_ms", "late_ms", "lag_ms")
LATE_MS, LATE_SHARE = 0.5, 0.004  # how late the link may be, in ms or of the transfer's time;
TRIES = 8  # a transfer with a later one is measured again


def measure(program, case, lag, metrics):
    """Measure a case, and return what goes behind it in its row."""
    rtt, rate, response, mode, lost = case
    kernel.hurry()
    kernels = [Kernel(side, False) for side in (CLIENT, SERVER)]
    client, server = kernels
    if not metrics:
        for one in kernels:
            with one.entered():
                one.set("ipv4/tcp_no_metrics_save", 1)
    flags = [f"--rtt={rtt - lag:.3f}ms", f"--rate={rate}Mbps", "--transfers=2"]
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


def attempt(program, case, lag, metrics):
    """Measure a case until the link was not late; return the best of the tries."""
    best = None
    for _ in range(TRIES):
        found = measure(program, case, lag, metrics)
        best = min(best or found, found, key=lambda row: row[-1])
        if best[-1] <= max(LATE_MS, LATE_SHARE * best[-2]):
            break
    return best


def write_grid(arguments):
    """Write the grid for tfo-sweep, whose second transfers are those that are measured here."""
    drops = ["none" if lost == "none" else f"2:{lost}" for lost in LOSSES]
    lines = {
        "topology": ["p2p"],
        "rtt": [f"{rtt}ms" for rtt in arguments.rtt],
        "rate": [f"{rate}Mbps" for rate in arguments.rate],
        "request": [REQUEST],
        "response": arguments.response,
        "transfers": [2],
        "runs": [1],
        "drop": drops,
        "ns3::TcpFastOpen::SaveMetrics": ["true" if arguments.metrics else "false"],
    }
    with open(arguments.out, "w", encoding="ascii") as file:
        for name, values in lines.items():
            print(f"{name} = {', '.join(map(str, values))}", file=file)


def calibrate(program):
    """Return how many ms a round trip takes longer than the link's, by its echoes of one byte."""
    rtt, count = 10, 200
    client, server = [Kernel(side, False) for side in (CLIENT, SERVER)]
    with Link(program, f"--rtt={rtt}ms", "--rate=1Gbps", client=client, server=server) as link:
        with server.socket(socket.SOCK_DGRAM) as echo, client.socket(socket.SOCK_DGRAM) as made:
            echo.bind((server.address, kernel.PORT))
            made.connect((link.server, kernel.PORT))
            times = []
            for _ in range(count):
                sent = time.monotonic()
                made.send(b".")
                data, sender = echo.recvfrom(1)
                echo.sendto(data, sender)
                made.recv(1)
                times.append((time.monotonic() - sent) * 1e3)
    for one in (client, server):
        one.close()
    return statistics.median(times) - rtt


def read_rows(path):
    """Return the cases in the file, and the completion times that each has."""
    times = {}
    if os.path.exists(path):
        with open(path, newline="", encoding="ascii") as file:
            for row in csv.DictReader(file):
                case = tuple(row[name] for name in CASE)
                times.setdefault(case, []).append((float(row["fct_ms"]), int(row["happened"])))
    return times


def is_settled(times):
    """Tell whether the times of a case agree among themselves as a simulated one has to."""
    all_ms = [ms for ms, _ in times]
    share = 0.05 if any(happened for _, happened in times) else 0.01
    return max(all_ms) - min(all_ms) <= max(1, share * min(all_ms))


def main():
    """Measure all cases, often enough."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument(
        "program", help="tfo-interop; or 'grid' for the grid as tfo-sweep reads it"
    )
    parser.add_argument("out")
    parser.add_argument("--repeats", type=int, default=2, help="how often each case is measured")
    parser.add_argument(
        "--most",
        type=int,
        default=5,
        help="how often where a case's times differ among themselves",
    )
    parser.add_argument("--jobs", type=int, default=16, help="how many cases at a time")
    parser.add_argument(
        "--metrics",
        action="store_true",
        help="let kernels use what they keep of earlier connections' times, as they do by default",
    )
    for name, values, unit in (
        ("rtt", RTTS, "ms"),
        ("rate", RATES, "Mb/s"),
        ("response", RESPONSES, "bytes"),
    ):
        parser.add_argument(
            f"--{name}", type=int, nargs="+", default=values, metavar="N", help=f"in {unit}"
        )
    arguments = parser.parse_args()
    if arguments.program == "grid":
        write_grid(arguments)
        return
    reason = kernel.why_not()
    if reason:
        sys.exit(f"measure: {reason}")
    for response in arguments.response:
        kernel.pattern(SERVER, response)
    kernel.hurry()
    # As many at a time as are measured: a processor that is idle wakes up late
    with concurrent.futures.ProcessPoolExecutor(arguments.jobs) as pool:
        lags = pool.map(calibrate, [arguments.program] * arguments.jobs)
        lag = round(statistics.median(lags), 3)
    print(
        f"measure: the link's round trip is made shorter by the {lag} ms that this machine adds",
        file=sys.stderr,
    )
    grid = list(
        itertools.product(arguments.rtt, arguments.rate, arguments.response, MODES, LOSSES)
    )
    failed = 0
    for repeat in range(1, max(arguments.repeats, arguments.most) + 1):
        times = read_rows(arguments.out)
        cases = []
        for case in grid:
            have = times.get(tuple(map(str, case)), [])
            if len(have) < repeat and (repeat <= arguments.repeats or not is_settled(have)):
                cases.append(case)
        random.Random(repeat).shuffle(cases)  # slow ones among quick ones
        print(f"measure: time {repeat} for {len(cases)} cases", file=sys.stderr)
        failed += measure_all(arguments, cases, lag, repeat)
    print(f"{sum(map(len, read_rows(arguments.out).values()))} measured, {failed} failed")
    sys.exit(failed > 0)


def measure_all(arguments, cases, lag, repeat):
    """Measure cases once each, several at a time; return how many failed."""
    failed = 0
    fresh = not os.path.exists(arguments.out)
    with open(arguments.out, "a", newline="", encoding="ascii") as file:
        rows = csv.writer(file, lineterminator="\n")
        if fresh:
            rows.writerow(COLUMNS)
        with concurrent.futures.ProcessPoolExecutor(arguments.jobs) as pool:
            task = functools.partial(
                attempt, arguments.program, lag=lag, metrics=arguments.metrics
            )
            tasks = {pool.submit(task, case): case for case in cases}
            for done in concurrent.futures.as_completed(tasks):
                try:
                    happened, *times = done.result()
                except (Failed, OSError) as error:
                    print(f"measure: {tasks[done]}: {error}", file=sys.stderr)
                    failed += 1
                    continue
                times = [f"{one:.3f}" for one in times]
                rows.writerow([*tasks[done], repeat, happened, *times, lag])
                file.flush()
    return failed


if __name__ == "__main__":
    main()
