# SPDX-License-Identifier: GPL-2.0-only

"""Completion time and saving over the loss."""

import pandas as pd
from matplotlib.lines import Line2D
from tfo_data import OPEN, PLAIN, SETTING, NoFigure
from tfo_stats import complete, mean_of_runs, pair_up, select
from tfo_style import (
    NOTE_SIZE,
    SAVING_STYLE,
    TRIP_STYLE,
    add_legend,
    failures,
    left_out,
    new_figure,
    point_style,
    sample,
    setting_text,
    size_text,
    spread,
)


def draw_loss(rows):
    """Completion time over loss, and below it the paired saving; a column for each RTT."""
    if rows.empty:
        raise NoFigure("needs transfers (tfo-compare --csv)")
    rows = rows[rows["topology"] == "p2p"]
    others = [column for column in SETTING if column not in ("topology", "loss")]
    groups = [
        (dict(zip(others, key), loss=0), some)
        for key, some in rows.groupby(others)
        if pair_up(some)["loss"].nunique() > 1
    ]
    if not groups:
        raise NoFigure("needs p2p transfers at several loss rates, of both modes")
    remarks = left_out(rows, others, len(groups), "loss rate")
    sizes = {size_text(setting) for setting, _ in groups}
    columns = min(3 if len(sizes) == 1 else 2, len(groups))  # a longer title needs more room
    if len(groups) > columns:
        remarks.append(f"{columns} of {len(groups)} settings drawn, evenly spread")
        groups = spread(groups, columns)
        sizes = {size_text(setting) for setting, _ in groups}
    drawn = pd.concat([some for _, some in groups])
    counts = []
    for _, some in groups:
        for _, few in some.groupby("loss"):
            counts += [mean_of_runs(complete(select(few, case)))[2] for case in (PLAIN, OPEN)]
            counts.append(mean_of_runs(pair_up(few), "saved")[2])

    def label(key):
        where = f"{key[3] * 100:g} %"
        return where if len(groups) == 1 else f"{where} and {key[1]:g} ms"

    later = select(drawn, OPEN)
    fallback = int((later["syn_data_bytes"] == 0).sum())
    note = f"{sizes.copy().pop()}. " if len(sizes) == 1 else ""
    note += f"{sample(counts, drawn)}; bars: 95 % interval (t) over runs. "
    note += "Saving: plain minus Fast Open of the same seed, run and transfer, both complete. "
    note += (
        f"In {fallback} of {len(later)} Fast Open transfers the SYN carried no data (fall-back). "
    )
    note += failures(drawn, label)

    figure, axes = new_figure(
        4.8 if columns == 1 else 6.7,
        [1.75, 1.35],
        2,
        columns,
        note,
        legend=0.85 if len(sizes) > 1 else 0.35,
        left=0.68,
        gap=(0.42, 0.55),
    )
    for place, (setting, some) in enumerate(groups):
        times, savings = axes[0][place], axes[1][place]
        losses = sorted(some["loss"].unique())
        step = min(b - a for a, b in zip(losses, losses[1:])) * 100
        for axis in (times, savings):
            axis.set_xlim(losses[0] * 100 - step * 0.4, losses[-1] * 100 + step * 0.4)
        for case, shift in ((PLAIN, -0.06), (OPEN, 0.06)):
            drawn_at = []
            for loss, few in some.groupby("loss"):
                mean, half, count = mean_of_runs(complete(select(few, case)))
                if count:
                    drawn_at.append((loss * 100 + shift * step, mean, half))
            where, means, halves = zip(*drawn_at)
            times.errorbar(where, means, halves, linestyle=case["line"], **point_style(case))
        points = []
        for loss, few in some.groupby("loss"):
            mean, half, count = mean_of_runs(pair_up(few), "saved")
            if count:
                points.append((loss * 100, mean, half))
        where, means, halves = zip(*points)
        savings.axhline(0, color="black", linewidth=0.7)
        savings.axhline(setting["rtt_ms"], **TRIP_STYLE)
        savings.errorbar(where, means, halves, **SAVING_STYLE)
        low = min([0] + [mean - half for mean, half in zip(means, halves)])
        high = max([setting["rtt_ms"]] + [mean + half for mean, half in zip(means, halves)])
        margin = 0.12 * (high - low)
        savings.set_ylim(low - (margin if low < 0 else 0), high + margin)
        times.set_ylim(0)
        title = setting_text(setting, loss=False)
        if len(sizes) > 1:
            title += ",\n" + size_text(setting, "request")
        times.set_title(title, loc="left", size=NOTE_SIZE)
        savings.set_xlabel("Packet loss, each way (%)")
        if place == 0:
            times.set_ylabel("Completion time (ms)")
            savings.set_ylabel("Paired saving (ms)")
    add_legend(
        figure,
        [
            Line2D([], [], label=case["name"], linestyle=case["line"], **point_style(case))
            for case in (PLAIN, OPEN)
        ]
        + [
            Line2D([], [], label="saving", **SAVING_STYLE),
            Line2D([], [], label="1 RTT", **TRIP_STYLE),
        ],
    )
    return figure, remarks
