#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only

"""Measure how long transfers take between two kernels, over a simulated link in real time.

    measure.py PROGRAM OUT.csv
    measure.py grid OUT.ini --grid=NAME

PROGRAM is tfo-interop. The cases are those of GRIDS below; 'grid' writes one of them for
tfo-sweep. In each case a client opens two connections to a server, one after the other, in fresh
namespaces; the second one counts, and segments of it are lost or none is. Each transfer is
a row of OUT.csv. Rows that are there already are not measured again, so a run that was
interrupted goes on. Cases whose times differ among themselves are measured more often.
"""

import argparse
import concurrent.futures
import csv
import dataclasses
import functools
import itertools
import os
import random
import socket
import statistics
import sys
import time
import typing

import kernel
from kernel import CLIENT, SERVER, Failed, Kernel, Link

REQUEST = 300  # bytes
MODES = ("3whs", "tfo")


def segments(client, server):
    """Return the first segments of the client, and of the server, as --drop names them."""
    counts = {"client": client, "server": server}
    return [f"{side}:{n}" for side, count in counts.items() for n in range(1, count + 1)]


@dataclasses.dataclass
class Grid:
    """All combinations of these."""

    rtt: typing.Sequence[int]  # ms
    rate: typing.Sequence[int]  # Mb/s
    response: typing.Sequence[int]  # bytes
    lost: typing.Sequence[str]  # what is lost at a time, joined by +
    repeats: int  # how often each case is measured
    most: int  # how often where a case's times differ among themselves
    modes: typing.Sequence[str] = MODES

    def cases(self):
        """Return the cases."""
        return itertools.product(self.rtt, self.rate, self.response, self.modes, self.lost)


ONE = Grid(
    (10, 30, 100, 300, 600),
    (1, 10, 50),
    (100, 1000, 10000, 100000),
    ["none", *segments(6, 6)],
    2,
    10,
)
GRIDS = {
    "one": ONE,
    "two": Grid(
        (30, 100, 300),
        (10,),
        (10000,),
        ["+".join(pair) for pair in itertools.combinations(segments(3, 3), 2)]
        + ["client:1+client:2+client:3"],
        20,
        36,
    ),
    # Of the cases of "one" those where kernels do one thing or another, by chance: timers of both
    # ends expire at the same moment; a segment more or less in a flight makes one more flight;
    # a tick of 4 ms is much of the time
    "ticks": dataclasses.replace(ONE, rtt=(10,), lost=segments(6, 6), repeats=8, most=12),
    "races": dataclasses.replace(ONE, lost=["server:1"], modes=["3whs"], repeats=20, most=20),
    "recoveries": dataclasses.replace(
        ONE, response=(100000,), lost=segments(0, 6)[1:], repeats=8, most=12
    ),
    "far": Grid((1500, 2500), (10,), (10000,), ["none", *segments(3, 6)], 20, 36),
}

CASE = ("rtt_ms", "rate_mbps", "response_bytes", "mode", "lost")
COLUMNS = (*CASE, "repeat", "happened", "ttfb_ms", "fct_ms", "late_ms", "lag_ms")
LATE_MS, LATE_SHARE = 0.5, 0.004  # how late the link may be, in ms or of the transfer's time;
TRIES = 8  # a transfer with a later one is measured again
# The timers of a second expire at such ticks, those of both kernels at the same ones, which have
# one clock. To either of them a link whose directions differ is another clock at the other end.
TICK_MS = 32


def drop(lost):
    """Return what is lost of the second transfer, as --drop has it."""
    return "+".join(f"2:{one}" for one in lost.split("+"))


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
    most = min(rtt / 2 - 1, TICK_MS / 2)
    flags.append(f"--forward={(rtt - lag) / 2 + random.uniform(-most, most):.3f}ms")
    flags += [f"--drop={drop(lost)}"] if lost != "none" else []
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
        told = {"client:1", "server:1"}.isdisjoint(lost.split("+"))
        if told and done.syn_data != (mode == "tfo"):
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


def write_grid(grid, metrics, path):
    """Write a grid for tfo-sweep, whose second transfers are those that are measured here."""
    lines = {
        "topology": ["p2p"],
        "rtt": [f"{rtt}ms" for rtt in grid.rtt],
        "rate": [f"{rate}Mbps" for rate in grid.rate],
        "request": [REQUEST],
        "response": grid.response,
        "transfers": [2],
        "runs": [1],
        "modes": grid.modes,
        "drop": ["none" if lost == "none" else drop(lost) for lost in grid.lost],
        "ns3::TcpFastOpen::SaveMetrics": ["true" if metrics else "false"],
    }
    with open(path, "w", encoding="ascii") as file:
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
    """Tell whether the times of a case agree well enough for the next one to agree, too."""
    all_ms = [ms for ms, _ in times]
    share = 0.02 if any(happened for _, happened in times) else 0.01
    return max(all_ms) - min(all_ms) <= max(1, share * min(all_ms))


def main():
    """Measure all cases, often enough."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument(
        "program", help="tfo-interop; or 'grid' for the grid as tfo-sweep reads it"
    )
    parser.add_argument("out")
    parser.add_argument(
        "--grid",
        nargs="+",
        choices=GRIDS,
        default=list(GRIDS),
        help="one segment lost or none, and those cases of it which are measured more often; two "
        "lost; round trips of more than a second",
    )
    parser.add_argument("--jobs", type=int, default=16, help="how many cases at a time")
    parser.add_argument(
        "--metrics",
        action="store_true",
        help="let kernels use what they keep of earlier connections' times, as they do by default",
    )
    for name, unit in (
        ("rtt", "in ms, instead of the grid's"),
        ("rate", "in Mb/s"),
        ("response", "in bytes"),
        ("repeats", "how often each case is measured"),
        ("most", "how often where a case's times differ among themselves"),
    ):
        many = {} if name in ("repeats", "most") else {"nargs": "+"}
        parser.add_argument(f"--{name}", type=int, metavar="N", help=unit, **many)
    arguments = parser.parse_args()
    fields = ("rtt", "rate", "response", "repeats", "most")
    changes = {name: getattr(arguments, name) for name in fields if getattr(arguments, name)}
    grids = [dataclasses.replace(GRIDS[name], **changes) for name in arguments.grid]
    if arguments.program == "grid":
        if len(grids) != 1:
            parser.error("a file has one grid: --grid=NAME")
        write_grid(grids[0], arguments.metrics, arguments.out)
        return
    reason = kernel.why_not()
    if reason:
        sys.exit(f"measure: {reason}")
    for response in {size for grid in grids for size in grid.response}:
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
    failed = 0
    wanted = {case: grid for grid in grids for case in grid.cases()}
    for repeat in range(1, max(max(grid.repeats, grid.most) for grid in grids) + 1):
        times = read_rows(arguments.out)
        cases = []
        for case, grid in wanted.items():
            have = times.get(tuple(map(str, case)), [])
            often = repeat <= grid.repeats or (repeat <= grid.most and not is_settled(have))
            if len(have) < repeat and often:
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
