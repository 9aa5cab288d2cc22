# SPDX-License-Identifier: GPL-2.0-only

"""Completion time by topology."""

import math

import pandas as pd
from tfo_data import FIRST, OPEN, PLAIN, SETTING, NoFigure
from tfo_stats import complete, mean_of_runs, pair_up, select
from tfo_style import (
    NOTE_SIZE,
    failures,
    new_figure,
    sample,
    setting_text,
    size_text,
    time_text,
    topology_name,
)


def choose_settings(rows):
    """Return one setting for each topology, and remarks on those with several.

    The least loss, as many topologies with all else equal as can be, the most transfers, then
    the middle RTT.
    """
    # A file with several topologies is meant for this figure
    together = rows.groupby("file")["topology"].nunique()
    table = (
        rows.assign(meant=rows["file"].map(together) > 1)
        .groupby(SETTING, sort=False)
        .agg(transfers=("mode", "size"), meant=("meant", "any"))
        .reset_index()
    )
    table["shared"] = table.groupby(SETTING[1:])["topology"].transform("nunique")
    middle = table["rtt_ms"].quantile(interpolation="lower")
    table["off"] = (table["rtt_ms"] - middle).abs()
    order = ["meant", "variant", "loss", "shared", "transfers", "off"]
    table = table.sort_values(
        order + SETTING, ascending=[False, True, True, False, False, True] + [True] * len(SETTING)
    )
    chosen = []
    remarks = []
    for topology, settings in table.groupby("topology", sort=False):
        setting = settings.iloc[0][SETTING].to_dict()
        if len(settings) > 1:
            remarks.append(
                f"{topology} is in the data with {len(settings)} settings, drawn is "
                f"{setting_text(setting)}, {size_text(setting, 'request')}"
            )
        same = (rows[SETTING] == pd.Series(setting)).all(axis=1)
        chosen.append((setting, rows[same]))
    chosen.sort(key=lambda item: (item[0]["rtt_ms"], item[0]["topology"]))
    return chosen, remarks


def draw_topologies(rows):
    """Completion time by topology: bars, a panel with its own scale for each."""
    if rows.empty:
        raise NoFigure("needs transfers (tfo-compare --csv)")
    usable = [
        name
        for name, some in rows.groupby("topology")
        if not any(complete(select(some, case)).empty for case in (PLAIN, OPEN))
    ]
    others = ", ".join(sorted(set(rows["topology"]) - set(usable)))
    useless = rows[~rows["topology"].isin(usable)]
    rows = rows[rows["topology"].isin(usable)]
    if rows.empty:
        raise NoFigure("needs complete transfers 2 and later of both modes")
    if len(usable) == 1 and rows.groupby(SETTING).ngroups > 1:
        raise NoFigure("needs several topologies, or one setting of one topology")
    chosen, remarks = choose_settings(rows)
    if others:
        remarks.append(f"left out: {others}, without complete transfers 2 and later of both modes")
    drawn = pd.concat([some for _, some in chosen])

    sizes = {size_text(setting) for setting, _ in chosen}
    counts = [mean_of_runs(pair_up(some), "saved")[2] for _, some in chosen]
    note = f"{sizes.pop()}. " if len(sizes) == 1 else ""
    note += f"Each panel has its own scale. {sample(counts, drawn)}, first contact: transfer 1. "
    if max(counts) > 1:
        note += "Bars: mean; whiskers, ±: 95 % interval (t) over runs; saving: paired. "
    if others:
        note += f"Left out: {others}, whose transfers of a mode all failed or are absent. "
    note += failures(pd.concat([drawn, useless]), lambda key: topology_name(key[0]))

    columns = min(2, len(chosen))
    lines = math.ceil(len(chosen) / columns)
    several = len({size_text(setting) for setting, _ in chosen}) > 1
    figure, axes = new_figure(
        5 if columns > 1 else 3.6,
        1.5,
        lines,
        columns,
        note,
        legend=1.2 if several else 0.6,
        left=0.74,
        gap=(1.1 + 0.15 * several, 0.62),
    )
    for axis in axes.flat[len(chosen) :]:
        axis.axis("off")
    for axis, (setting, some) in zip(axes.flat, chosen):
        highest = 0
        for place, case in enumerate((PLAIN, FIRST, OPEN)):
            mean, half, count = mean_of_runs(complete(select(some, case)))
            if count == 0:
                axis.text(place, 0, "none", ha="center", va="bottom")
                continue
            axis.bar(
                place,
                mean,
                0.72,
                color=case["colour"],
                hatch=case["hatch"],
                edgecolor="white" if case["hatch"] else case["colour"],
                linewidth=0,
            )
            if half > 0.002 * mean:
                axis.errorbar(place, mean, half, color="black", linewidth=1)
            axis.annotate(
                time_text(mean),
                (place, mean + half),
                (0, 2),
                textcoords="offset points",
                ha="center",
                va="bottom",
            )
            highest = max(highest, mean + half)
        pairs = pair_up(some)
        saved, half, _ = mean_of_runs(pairs, "saved")
        part = 100 * saved / mean_of_runs(pairs, "fct_ms_plain")[0]
        word = "saves" if saved >= 0 else "costs"
        interval = f" ± {time_text(half)}" if half > 0.0005 * abs(saved) else ""
        name = topology_name(setting["topology"])
        title = setting_text(setting)
        if several:
            title += "\n" + size_text(setting, "request")
        axis.set_ylim(0, highest * 1.16)
        axis.set_xticks(range(3), ["plain", "first\ncontact", "Fast\nOpen"])
        axis.tick_params(axis="x", length=0)
        saving = f"{word} {time_text(abs(saved))}{interval} ms ({abs(part):.0f} %)"
        for text, height, look in (
            (name, 30 + 11 * several, {"weight": "bold"}),
            (f"{title}\n{saving}", 7, {"size": NOTE_SIZE, "linespacing": 1.15}),
        ):
            axis.annotate(
                text,
                (0, 1),
                (-26, height),
                xycoords="axes fraction",
                textcoords="offset points",
                **look,
            )
    for axis in axes[:, 0]:
        axis.set_ylabel("Completion time (ms)")
    return figure, remarks
