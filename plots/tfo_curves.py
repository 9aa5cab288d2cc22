# SPDX-License-Identifier: GPL-2.0-only

"""Completion time over the RTT, a panel for each loss."""

from matplotlib.lines import Line2D
from tfo_data import OPEN, PLAIN, NoFigure
from tfo_groups import LOSS, across_rtt, limit_figures, name_groups
from tfo_style import (
    NOTE_SIZE,
    Drawing,
    add_legend,
    describe_setting,
    failures,
    new_figure,
    panel_grid,
    point_label,
    point_style,
    sample,
    spread,
)

MOST_PANELS = 6
MANY_POINTS = 12  # markers get smaller


def enough_points(points, axis):
    """Tell whether some loss has means of both modes at two RTTs."""
    points = points[(points["plain_runs"] > 0) & (points["open_runs"] > 0)]
    return not points.empty and points.groupby(axis)["rtt_ms"].nunique().max() > 1


def draw_curves(rows, table):
    """Yield completion time over the RTT with intervals, a panel for each loss."""
    groups = across_rtt(table, enough_points)
    # Without loss, p2p's figure is that with the theory
    groups = [
        group
        for group in groups
        if group[0] is not LOSS
        or group[2]["loss"].max() > 0
        or group[1]["topology"] != "p2p"
        or group[1]["variant"]
    ]
    if not groups:
        raise NoFigure("needs transfers of both modes at several RTTs, with loss or not on p2p")
    chosen, remarks = limit_figures(groups, name_groups("rtt", groups))
    for (axis, setting, points), name in chosen:
        yield draw_group(rows, axis, setting, points, name, remarks)
        remarks = []  # once


def draw_group(rows, axis, setting, points, name, remarks):
    """Return the drawing of one group of points."""
    column = axis["column"]
    losses = sorted(points[column].unique())
    if len(losses) > MOST_PANELS:
        remarks = remarks + [f"{name}: {MOST_PANELS} of {len(losses)} losses drawn, evenly spread"]
        losses = spread(losses, MOST_PANELS)
    points = points[points[column].isin(losses)]
    drawn = rows[rows["point"].isin(points.index)]
    counts = [n for n in (*points["plain_runs"], *points["open_runs"]) if n]

    note = f"{describe_setting(setting)}. {sample(counts, drawn)}; "
    note += (
        "bars: 95 % interval (t) over runs. " if max(counts) > 1 else "one run has no interval. "
    )
    note += failures(drawn, point_label)
    columns, lines, width = panel_grid(len(losses))
    figure, axes = new_figure(
        width,
        1.75 if lines > 1 else 2.1,
        lines,
        columns,
        note,
        legend=0.35,
        left=0.68,
        gap=(0.56, 0.2),
    )
    for place in axes.flat[len(losses) :]:
        place.axis("off")
    top = max((points[f"{m}"] + points[f"{m}_half"]).max() for m in ("plain", "open"))
    low, high = points["rtt_ms"].min(), points["rtt_ms"].max()
    aside = 0.006 * (high - low)  # so that intervals do not cover each other
    small = points["rtt_ms"].nunique() > MANY_POINTS
    for place, (panel, loss) in enumerate(zip(axes.flat, losses)):
        some = points[points[column] == loss].sort_values("rtt_ms")
        for case, key, shift in ((PLAIN, "plain", -1), (OPEN, "open", 1)):
            few = some[some[f"{key}_runs"] > 0]
            look = point_style(case)
            if small:
                look["markersize"] *= 0.55
            panel.errorbar(
                few["rtt_ms"] + shift * aside,
                few[key],
                few[f"{key}_half"],
                linestyle=case["line"],
                capsize=1.5 if small else 3,
                **look,
            )
        panel.set_title(f"{axis['title']} {loss * 100:g} %", loc="left", size=NOTE_SIZE)
        margin = 0.06 * (high - low)
        panel.set_xlim(0 if low < 0.4 * high else low - margin, high + margin)
        panel.set_ylim(0, 1.05 * top)
        if place % columns:
            panel.tick_params(labelleft=False)
        else:
            panel.set_ylabel("Completion time (ms)")
        if place + columns >= len(losses):
            panel.set_xlabel("RTT (ms)")
    add_legend(
        figure,
        [
            Line2D([], [], label=case["name"], linestyle=case["line"], **point_style(case))
            for case in (PLAIN, OPEN)
        ],
    )
    caption = f"Completion time over RTT: {describe_setting(setting)}"
    return Drawing(name, caption, figure, remarks)
