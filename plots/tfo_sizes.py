# SPDX-License-Identifier: GPL-2.0-only

"""The paired saving over the size of the response."""

from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator
from tfo_data import NoFigure
from tfo_groups import group_points, limit_figures, name_figures
from tfo_style import (
    NOTE_SIZE,
    TRIP_STYLE,
    Drawing,
    add_legend,
    bytes_text,
    describe_setting,
    failures,
    log_ticks,
    new_figure,
    point_label,
    sample,
    spread,
)

# Colours of Okabe and Ito, from dark to light; lines and markers tell them apart in grey
LINES = [
    {"color": "black", "marker": "o", "linestyle": "-", "markersize": 5},
    {"color": "#0072B2", "marker": "s", "linestyle": "--", "markersize": 5},
    {"color": "#D55E00", "marker": "^", "linestyle": "-.", "markersize": 6},
    {"color": "#E69F00", "marker": "D", "linestyle": (0, (1, 1)), "markersize": 4.5},
]
MOST_BANDS = 3


def draw_sizes(rows, table):
    """Yield the saving over the response's size, a line for each RTT and a band for each loss."""
    groups = [
        (setting, some)
        for setting, some in group_points(table, ("rtt_ms", "loss", "response_bytes"))
        if not curves(some).empty
    ]
    if not groups:
        raise NoFigure("needs pairs of complete transfers with several sizes of the response")
    names = name_figures("saving-size", [setting for setting, _ in groups])
    chosen, remarks = limit_figures(groups, names)
    for (setting, points), name in chosen:
        yield draw_group(rows, setting, curves(points), name, remarks)
        remarks = []  # once


def curves(points):
    """Return the points of those RTTs and losses that have pairs at two sizes."""
    points = points[points["pairs"] > 0]
    sizes = points.groupby(["rtt_ms", "loss"])["response_bytes"].transform("nunique")
    return points[sizes > 1]


def draw_group(rows, setting, points, name, remarks):
    """Return the drawing of one group of points."""
    remarks = list(remarks)
    for column, most, what in (("rtt_ms", len(LINES), "RTTs"), ("loss", MOST_BANDS, "losses")):
        values = sorted(points[column].unique())
        if len(values) > most:
            remarks.append(f"{name}: {most} of {len(values)} {what} drawn, evenly spread")
            points = points[points[column].isin(spread(values, most))]
    rtts = sorted(points["rtt_ms"].unique())
    losses = sorted(points["loss"].unique())
    drawn = rows[rows["point"].isin(points.index)]
    several = points["runs"].max() > 1

    note = f"{describe_setting(setting)}. {sample(points['runs'], drawn)}. "
    note += "Saving: plain minus Fast Open of the same seed, run and transfer, both complete; "
    note += "in per cent of plain TCP's mean time. "
    note += "Bars: 95 % interval (t) over runs. " if several else "One run has no interval. "
    note += "Dotted grey: 1 RTT. "
    note += failures(drawn, lambda key: f"{bytes_text(key[5])} and {point_label(key)}")
    figure, axes = new_figure(
        6.7,
        2.3 if len(losses) == 1 else 1.7,
        len(losses),
        2,
        note,
        legend=0.35,
        left=0.8,
        gap=(0.56, 0.72),
    )
    low, high = points["response_bytes"].min(), points["response_bytes"].max()
    for column, (value, label) in enumerate(
        (("saved", "Paired saving (ms)"), ("percent", "Paired saving (%)"))
    ):
        half = f"{value}_half"
        for line, loss in enumerate(losses):
            panel = axes[line][column]
            band = points[points["loss"] == loss]
            bottom = min(0, (band[value] - band[half]).min())
            top = max(0, (band[value] + band[half]).max())
            if value == "saved":
                top = max(top, rtts[-1])
            panel.axhline(0, color="black", linewidth=0.7)
            for place, (rtt, look) in enumerate(zip(rtts, LINES)):
                some = band[band["rtt_ms"] == rtt].sort_values("response_bytes")
                aside = 1.05 ** (place - (len(rtts) - 1) / 2)
                if value == "saved":
                    panel.axhline(rtt, **TRIP_STYLE)
                panel.errorbar(some["response_bytes"] * aside, some[value], some[half], **look)
            panel.set_xscale("log")
            panel.set_xlim(low / 1.25, high * 1.25)
            panel.xaxis.set_major_locator(FixedLocator(log_ticks(low / 1.25, high * 1.25)))
            panel.xaxis.set_major_formatter(FuncFormatter(lambda size, _: f"{size / 1000:g}"))
            panel.xaxis.set_minor_locator(NullLocator())
            margin = 0.05 * (top - bottom)
            panel.set_ylim(bottom - (margin if bottom < 0 else 0), top + margin)
            panel.set_ylabel(label)
            panel.set_title(f"Loss {loss * 100:g} %", loc="left", size=NOTE_SIZE)
            if line == len(losses) - 1:
                panel.set_xlabel("Size of the response (kB)")
    add_legend(
        figure, [Line2D([], [], label=f"RTT {rtt:g} ms", **look) for rtt, look in zip(rtts, LINES)]
    )
    caption = f"What Fast Open saves, over the size of the response: {describe_setting(setting)}"
    return Drawing(name, caption, figure, remarks)
