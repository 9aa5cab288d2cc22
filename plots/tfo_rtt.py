# SPDX-License-Identifier: GPL-2.0-only

"""Completion time over the RTT, with the theory."""

import math

import pandas as pd
from matplotlib.lines import Line2D
from tfo_data import FIRST, OPEN, PLAIN, SETTING, NoFigure
from tfo_stats import complete, mean_of_runs, select
from tfo_style import (
    NOTE_SIZE,
    add_legend,
    failures,
    ip_text,
    left_out,
    new_figure,
    point_style,
    sample,
    size_text,
    span,
    spread,
    time_text,
)

IP_BYTES = {"4": 20, "6": 40}
HEADER_BYTES = {ip: size + 32 + 2 for ip, size in IP_BYTES.items()}  # TCP with timestamps, PPP
SEGMENT_BYTES = {ip: 1500 - size - 32 for ip, size in IP_BYTES.items()}  # payload
INITIAL_WINDOW = 10  # segments
MOST_PANELS = 6


def wire_ms(payload, rate, ip):
    """Return the time in ms that some payload with its headers takes at a rate in Mbit/s."""
    segments = math.ceil(payload / SEGMENT_BYTES[ip])
    return (payload + segments * HEADER_BYTES[ip]) * 8 / rate / 1e3


def stalls_ms(payload, rate, rtt, ip):
    """Return how long slow start keeps the link idle during a response, and the rounds."""
    full = wire_ms(SEGMENT_BYTES[ip], rate, ip)
    turn = rtt + full + HEADER_BYTES[ip] * 8 / rate / 1e3  # until the first ACK of a round is back
    left = math.ceil(payload / SEGMENT_BYTES[ip])
    window = INITIAL_WINDOW
    idle = 0
    rounds = 0
    while left > window and window * full < turn:
        idle += turn - window * full
        rounds += 1
        left -= window
        window *= 2
    return idle, rounds


def draw_rtt(rows):
    """Completion time over RTT with the theory; a panel for each size and rate."""
    if rows.empty:
        raise NoFigure("needs transfers (tfo-compare --csv)")
    rows = rows[(rows["topology"] == "p2p") & (rows["loss"] == 0) & (rows["variant"] == "")]
    groups = [
        (dict(zip(SETTING[2:], key)), some)
        for key, some in rows.groupby(SETTING[2:])
        if complete(select(some, PLAIN))["rtt_ms"].nunique() > 1
        and complete(select(some, OPEN))["rtt_ms"].nunique() > 1
    ]
    if not groups:
        raise NoFigure(
            "needs p2p transfers without loss and variant at several RTTs, of both modes"
        )
    remarks = left_out(rows, SETTING[2:], len(groups), "RTT")
    if len(groups) > MOST_PANELS:
        remarks.append(f"{MOST_PANELS} of {len(groups)} settings drawn, evenly spread")
        groups = spread(groups, MOST_PANELS)
    drawn = pd.concat([some for _, some in groups])

    deviation = 0
    counts = []
    panels = []
    rounds = 0
    unfit = False
    intervals = False
    for setting, some in groups:
        rate = setting["rate_mbps"]
        ip = setting["ip"]
        sizes = setting["request_bytes"], setting["response_bytes"]
        fixed = sum(wire_ms(size, rate, ip) for size in sizes)
        fits = select(some, OPEN)["syn_data_bytes"].max() == setting["request_bytes"]
        unfit = unfit or not fits
        points = {}
        for case in (PLAIN, FIRST, OPEN):
            trips = 1 if case is OPEN and fits else 2
            for rtt, few in complete(select(some, case)).groupby("rtt_ms"):
                mean, half, count = mean_of_runs(few)
                points.setdefault(case["name"], []).append((rtt, mean, half))
                counts.append(count)
                intervals = intervals or half > 0.002 * mean
                theory = trips * rtt + fixed + stalls_ms(sizes[1], rate, rtt, ip)[0]
                deviation = max(deviation, abs(mean - theory))
        rounds = max(rounds, stalls_ms(sizes[1], rate, some["rtt_ms"].max(), ip)[1])
        panels.append((setting, fixed, fits, points))

    headers = [
        f"{HEADER_BYTES[ip]} B of headers (IPv{ip} {IP_BYTES[ip]}, TCP 32, PPP 2) "
        f"to each {SEGMENT_BYTES[ip]} B segment"
        for ip in sorted(set(drawn["ip"]))
    ]
    note = (
        f"c: time of request and response on the link, with {' or '.join(headers)}, "
        "without the handshake's own segments. "
    )
    if rounds:
        note += (
            f"Responses beyond the initial window ({INITIAL_WINDOW} segments): the theory adds the "
            "idle time of slow start, whose window doubles each round trip "
            f"({span([rounds], 'round')} at most). "
        )
    if unfit:
        note += "Where the request does not fit into the SYN, Fast Open saves no round trip. "
    note += f"Largest deviation from the theory: {time_text(deviation)} ms. "
    note += f"{sample(counts, drawn)}, first contact: transfer 1. "
    if intervals:
        note += "Error bars: 95 % interval (t) over runs. "
    note += failures(drawn, lambda key: f"{key[1]:g} ms")

    columns = min(2, len(panels))
    lines = math.ceil(len(panels) / columns)
    height = 2.6 if len(panels) == 1 else 1.7
    figure, axes = new_figure(
        4.8, height, lines, columns, note, legend=2.4, left=0.68, gap=(0.85, 0.5)
    )
    for axis in axes.flat[len(panels) :]:
        axis.axis("off")
    for place, (axis, (setting, fixed, fits, points)) in enumerate(zip(axes.flat, panels)):
        longest = max(point[0] for point in points[PLAIN["name"]])
        steps = [longest * 1.04 * step / 400 for step in range(401)]
        for case, trips in ((PLAIN, 2), (OPEN, 1)):
            if trips == 2 or fits:
                idle = [
                    stalls_ms(setting["response_bytes"], setting["rate_mbps"], rtt, setting["ip"])[
                        0
                    ]
                    for rtt in steps
                ]
                axis.plot(
                    steps,
                    [trips * rtt + fixed + more for rtt, more in zip(steps, idle)],
                    color=case["colour"],
                    linestyle=case["line"],
                    zorder=1,
                )
        for case in (PLAIN, FIRST, OPEN):
            if case["name"] in points:
                rtts, means, halves = zip(*points[case["name"]])
                bars = halves if any(halves) else None
                axis.errorbar(rtts, means, bars, linestyle="none", **point_style(case))
        rate = f"{setting['rate_mbps']:g} Mbit/s{ip_text(setting)}"
        title = f"{size_text(setting)},\n{rate}: c = {fixed:.1f} ms"
        axis.set_title(title, loc="left", size=NOTE_SIZE)
        axis.set_xlim(0, longest * 1.04)
        axis.set_ylim(0)
        if place + columns >= len(panels):
            axis.set_xlabel("RTT (ms)")
    for axis in axes[:, 0]:
        axis.set_ylabel("Completion time (ms)")
    extra = " + slow start" if rounds else ""
    add_legend(
        figure,
        [
            Line2D([], [], linestyle="none", label=case["name"], **point_style(case))
            for case in (PLAIN, FIRST, OPEN)
        ]
        + [
            Line2D([], [], color=case["colour"], linestyle=case["line"], label=text + extra)
            for case, text in ((PLAIN, "theory: 2 RTT + c"), (OPEN, "theory: 1 RTT + c"))
        ],
        2,
    )
    return figure, remarks
