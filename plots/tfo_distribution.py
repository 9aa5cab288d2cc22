# SPDX-License-Identifier: GPL-2.0-only

"""Distribution functions of the completion time."""

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator
from tfo_data import OPEN, PLAIN, SETTING, NoFigure
from tfo_groups import LOSS, SYN_LOSS, group_points, limit_figures, name_figures, take_syn_loss_out
from tfo_stats import RUN, complete, select
from tfo_style import (
    NOTE_SIZE,
    Drawing,
    add_legend,
    describe_setting,
    failures,
    log_ticks,
    new_figure,
    panel_grid,
    point_label,
    setting_text,
    size_text,
    span,
    spread,
    topology_name,
)

LEAST_TRANSFERS = 20
LEAST_DEVIATION = 0.001  # of the mean
MOST_PANELS = 6
LOG_FROM = 4  # ratio of longest to shortest time


def draw_distributions(rows, table):
    """Yield distribution functions, a panel for each loss, or else for each topology."""
    usable = [
        point
        for point, some in rows[rows["transfer"] > 1].groupby("point")
        if all(len(complete(select(some, case))) >= LEAST_TRANSFERS for case in (PLAIN, OPEN))
    ]
    table = table.loc[usable]
    if table.empty:
        raise NoFigure(f"needs {LEAST_TRANSFERS} complete transfers of each mode at a setting")
    groups = []
    alone = []
    varying = ("rtt_ms", "loss", "syn_data_loss")
    for setting, some in group_points(take_syn_loss_out(table), varying):
        # The middle one of the RTTs with the most losses
        losses = some.groupby("rtt_ms").size()
        best = losses[losses == losses.max()].index
        rtt = best[(len(best) - 1) // 2]
        points = some[some["rtt_ms"] == rtt].sort_values(["loss", "syn_data_loss"])
        if len(points) > 1:
            groups.append(({**setting, "rtt_ms": rtt}, points))
        elif differs(rows[rows["point"] == points.index[0]]):
            alone.append((setting, points))
    names = name_figures("distribution", [setting for setting, _ in groups])
    chosen, remarks = limit_figures(groups, names)
    for (setting, points), name in chosen:
        yield draw_losses(rows, setting, points, name, remarks)
        remarks = []  # once
    topologies = {}
    for setting, points in alone:
        topologies.setdefault(setting["topology"], points.index[0])
    if not groups and not topologies:
        raise NoFigure("needs completion times that differ from transfer to transfer")
    if topologies and (len(topologies) > 1 or not groups):
        yield draw_topologies(rows, table.loc[spread(sorted(topologies.values()), MOST_PANELS)])


def differs(rows):
    """Tell whether the times of a mode differ; else there is no distribution to see."""
    times = [complete(select(rows, case))["fct_ms"] for case in (PLAIN, OPEN)]
    return any(some.std() > LEAST_DEVIATION * some.mean() for some in times)


def draw_losses(rows, setting, points, name, remarks):
    """Return the drawing of one RTT, a panel for each loss."""
    if len(points) > MOST_PANELS:
        remarks = remarks + [f"{name}: {MOST_PANELS} of {len(points)} losses drawn, evenly spread"]
        points = points.loc[spread(list(points.index), MOST_PANELS)]
    titles = []
    for loss, syn_loss in zip(points["loss"], points["syn_data_loss"]):
        title = f"{LOSS['title']} {loss * 100:g} %" if loss or not syn_loss else ""
        more = f"{SYN_LOSS['title']} {syn_loss * 100:g} %" if syn_loss else ""
        titles.append(",\n".join(filter(None, (title, more))))
    about = describe_setting(setting)
    figure = draw_panels(rows, points, titles, about, point_label)
    caption = f"Distribution functions of the completion time: {about}"
    return Drawing(name, caption, figure, remarks)


def draw_topologies(rows, points):
    """Return the drawing of one point of each topology, a panel for each."""
    settings = points[SETTING].to_dict("records")
    titles = [
        f"{topology_name(setting['topology'])}:\n{setting_text(setting)}" for setting in settings
    ]
    sizes = {size_text(setting) for setting in settings}
    figure = draw_panels(
        rows,
        points,
        titles,
        sizes.pop() if len(sizes) == 1 else "Requests and responses differ",
        lambda key: topology_name(key[0]),
        shared=False,
    )
    caption = "Distribution functions of the completion time, by topology"
    return Drawing("distribution-topologies", caption, figure, [])


def draw_panels(rows, points, titles, about, label, shared=True):
    """Return a figure with a panel for each point; label names a setting in the note."""
    drawn = rows[rows["point"].isin(points.index) & (rows["transfer"] > 1)]
    counts = [
        len(select(drawn[drawn["point"] == point], case))
        for point in points.index
        for case in (PLAIN, OPEN)
    ]
    lines = ["point", "mode"]
    runs = drawn[lines + RUN].drop_duplicates().groupby(lines).size()
    note = f"{about}. n = {span(counts, 'transfer')} of {span(runs, 'run')} for each line, "
    note += f"transfers {span(drawn['transfer'])} of a run. "
    if (drawn["status"] != "ok").any():
        note += "A failed transfer never completes: its line ends below 1. "
    note += failures(drawn, label).replace("left out of the means", "never complete")

    columns, lines, width = panel_grid(len(points))
    figure, axes = new_figure(
        width,
        1.7 if lines > 1 else 2.1,
        lines,
        columns,
        note,
        legend=0.35 if shared else 0.8,
        left=0.62,
        gap=(0.56 if shared else 0.9, 0.2),
    )
    for place in axes.flat[len(points) :]:
        place.axis("off")
    everything = complete(drawn)["fct_ms"]
    for place, (panel, point, title) in enumerate(zip(axes.flat, points.index, titles)):
        some = drawn[drawn["point"] == point]
        times = everything if shared else complete(some)["fct_ms"]
        limits = set_scale(panel, times.min(), times.max())
        for case in (PLAIN, OPEN):
            mine = select(some, case)
            ended = np.sort(complete(mine)["fct_ms"])
            panel.step(
                [limits[0], *ended, limits[1]],
                [0, *np.arange(1, len(ended) + 1) / len(mine), len(ended) / len(mine)],
                where="post",
                color=case["colour"],
                linestyle=case["line"],
            )
        panel.set_title(title, loc="left", size=NOTE_SIZE)
        panel.set_ylim(0, 1.02)
        if place % columns:
            panel.tick_params(labelleft=False)
        else:
            panel.set_ylabel("Fraction completed")
        if place + columns >= len(points):
            panel.set_xlabel("Completion time (ms)")
    add_legend(
        figure,
        [
            Line2D([], [], label=case["name"], color=case["colour"], linestyle=case["line"])
            for case in (PLAIN, OPEN)
        ],
    )
    return figure


def set_scale(panel, low, high):
    """Set the scale of times, logarithmic where they differ much; return its limits."""
    if high < LOG_FROM * low:
        limits = low - 0.05 * (high - low), high + 0.05 * (high - low)
        panel.xaxis.set_major_locator(MaxNLocator(4))
    else:
        limits = low / 1.15, high * 1.15
        panel.set_xscale("log")
        panel.xaxis.set_major_locator(FixedLocator(log_ticks(*limits)))
        panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        panel.xaxis.set_minor_locator(NullLocator())
    panel.set_xlim(*limits)
    return limits
