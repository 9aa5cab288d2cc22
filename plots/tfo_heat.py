# SPDX-License-Identifier: GPL-2.0-only

"""Heat maps of the paired saving over RTT and loss, with the line of no saving."""

import numpy as np
from matplotlib import patheffects
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.lines import Line2D
from tfo_data import NoFigure
from tfo_groups import LOSS, SYN_LOSS, across_rtt, limit_figures, name_groups
from tfo_style import (
    NOTE_SIZE,
    Drawing,
    add_legend,
    describe_setting,
    failures,
    new_figure,
    point_label,
    sample,
)

# Blue saves, grey is even, yellow costs. Lightness grows from end to end, and the hues are told
# apart by colour-blind eyes, so the sign can be read in grey, too.
COLOURS = LinearSegmentedColormap.from_list(
    "saving",
    [
        (0.0, "#FFF3A0"),
        (0.3, "#FCE36B"),
        (0.47, "#E4D08A"),
        (0.5, "#C4C4C4"),
        (0.53, "#A9BCD3"),
        (0.75, "#5F8BBB"),
        (1.0, "#0B3A75"),
    ],
)
COLOURS.set_bad("white")
SYN_TIMEOUT_MS = 1000  # RFC 6298, 2.1: until a SYN is sent again
CHARACTER = 0.07  # inches at NOTE_SIZE
MOST_TICKS = 10
MOST_PER_CENT = 100  # of the colours: a saving is less, a cost can be a multiple
HALO = [patheffects.withStroke(linewidth=2.6, foreground="white")]
EVEN_STYLE = {"color": "black", "linewidth": 1.3, "linestyle": "-", "path_effects": HALO}
THEORY_STYLE = {"color": "black", "linewidth": 1.3, "linestyle": (0, (3, 2)), "path_effects": HALO}
DOT_STYLE = {
    "color": "black",
    "marker": "o",
    "markersize": 3.6,
    "markeredgecolor": "white",
    "markeredgewidth": 0.7,
    "linestyle": "none",
}


def enough_points(points, axis):
    """Tell whether there are pairs at two RTTs and at two losses."""
    points = points[points["pairs"] > 0]
    return points["rtt_ms"].nunique() > 1 and points[axis].nunique() > 1


def draw_heat(rows, table):
    """Yield heat maps of the saving over RTT and loss, in ms and in per cent."""
    groups = across_rtt(table, enough_points)
    if not groups:
        raise NoFigure("needs pairs of complete transfers at several RTTs and losses")
    chosen, remarks = limit_figures(groups, name_groups("saving-rtt", groups))
    for (axis, setting, points), name in chosen:
        yield draw_group(rows, axis, setting, points, name, remarks)
        remarks = []  # once


def write_number(value):
    """Write a number as short as a cell needs it."""
    text = f"{value:.0f}" if abs(value) >= 9.95 else f"{value:.1f}"
    return text.replace("-", "−") if float(text) else text.lstrip("-")


def theory_applies(axis, setting, points):
    """Tell whether nothing but SYNs with data is lost, and TCP is Linux's."""
    return axis is SYN_LOSS and setting["loss"] == 0 and not setting["variant"]


def draw_group(rows, axis, setting, points, name, remarks):
    """Return the drawing of one group of points."""
    column = axis["column"]
    rtts = sorted(points["rtt_ms"].unique())
    losses = sorted(points[column].unique())
    drawn = rows[rows["point"].isin(points.index)]
    paired = points[points["pairs"] > 0]
    runs = list(paired["runs"])

    def grid(value):
        return points.pivot_table(value, column, "rtt_ms", "first").loc[losses, rtts]

    saved = grid("saved").to_numpy(float)
    half = grid("saved_half").to_numpy(float)
    several = np.nan_to_num(grid("runs").to_numpy(float)) > 1
    unsure = several & (np.abs(saved) <= half)
    theory = theory_applies(axis, setting, points)

    note = f"{describe_setting(setting)}. {sample(runs, drawn)} for each cell. "
    note += "Saving: plain minus Fast Open of the same seed, run and transfer, both complete; "
    note += "in per cent of plain TCP's mean time. "
    if max(runs) == 1:
        note += "One run has no interval. "
    if np.nanmin(saved) >= 0:
        note += "No mean is below 0, so there is no break-even line. "
    elif np.nanmax(saved) > 0:
        note += "Lines are interpolated between the middles of cells. "
    if theory:
        note += (
            "Theory: a lost SYN costs its timeout of 1 s, so the saving is 0 where "
            "RTT / (RTT + 1 s) of the SYNs with data are lost. "
        )
    if np.nanmin(grid("percent").to_numpy(float)) < -MOST_PER_CENT:
        note += f"Colours end at −{MOST_PER_CENT} %. "
    if np.isnan(saved).any():
        note += "White cells (–): no pairs. "
    note += failures(drawn, point_label)

    handles = []
    if np.nanmin(saved) < 0 < np.nanmax(saved):
        handles.append(Line2D([], [], label="break-even, measured", **EVEN_STYLE))
    if theory:
        handles.append(Line2D([], [], label="break-even, theory", **THEORY_STYLE))
    if unsure.any():
        handles.append(Line2D([], [], label="95 % interval (t) includes 0", **DOT_STYLE))
    figure, axes = new_figure(
        6.7,
        min(3.4, max(1.3, 0.27 * len(losses))),
        1,
        2,
        note,
        legend=1.3 if handles else 0.4,
        left=0.58,
        gap=(0, 0.45),
    )
    for panel, value, label in (
        (axes[0][0], "saved", "Paired saving (ms)"),
        (axes[0][1], "percent", "Paired saving (%)"),
    ):
        draw_cells(figure, panel, grid(value).to_numpy(float), unsure, label)
        panel.set_xlabel("RTT (ms)")
        set_ticks(panel.xaxis, rtts, [f"{rtt:g}" for rtt in rtts], MOST_TICKS)
        set_ticks(panel.yaxis, losses, [f"{loss * 100:g}" for loss in losses], MOST_TICKS)
        if theory:
            draw_theory(panel, rtts, losses)
    axes[0][0].set_ylabel(axis["label"])
    axes[0][1].tick_params(labelleft=False)
    if handles:
        add_legend(figure, handles)
    what = "packet loss" if axis is LOSS else "loss of SYNs with data"
    caption = f"What Fast Open saves, over RTT and {what}: {describe_setting(setting)}"
    return Drawing(name, caption, figure, remarks)


def set_ticks(axis, values, labels, most):
    """Label the cells, or every so many of them."""
    step = -(-len(values) // most)
    axis.set_ticks(range(0, len(values), step), labels[::step])


def draw_cells(figure, panel, values, unsure, label):
    """Draw the cells of a panel, the line of no saving, and the scale above."""
    largest = np.nanmax(np.abs(values))
    limit = max(min(largest, MOST_PER_CENT if "%" in label else largest), 1e-9)
    scale = Normalize(-limit, limit)
    panel.imshow(values, COLOURS, scale, aspect="auto", origin="lower", interpolation="nearest")
    for side in panel.spines.values():
        side.set_visible(False)
    panel.tick_params(length=0)
    lines, columns = values.shape
    panel.set_xticks(np.arange(columns + 1) - 0.5, minor=True)
    panel.set_yticks(np.arange(lines + 1) - 0.5, minor=True)
    panel.grid(which="minor", color="white", linewidth=0.8 if columns <= 15 else 0.3)
    panel.tick_params(which="minor", length=0)

    box = panel.get_position()
    width, height = figure.get_size_inches()
    cell = box.width * width / columns, box.height * height / lines
    longest = max(len(write_number(value)) for value in values.flat if not np.isnan(value))
    room = longest * CHARACTER + 0.05 <= cell[0] and cell[1] >= 0.24
    for (line, place), value in np.ndenumerate(values):
        if np.isnan(value):
            panel.text(place, line, "–", ha="center", va="center", size=NOTE_SIZE)
        elif room:
            ground = COLOURS(scale(value))
            dark = np.dot(ground[:3], (0.30, 0.59, 0.11)) < 0.55  # luma
            panel.text(
                place,
                line,
                write_number(value),
                ha="center",
                va="center",
                size=NOTE_SIZE,
                color="white" if dark else "black",
                path_effects=[patheffects.withStroke(linewidth=2, foreground=ground)],
                zorder=4,
            )
        if unsure[line, place]:
            corner = (0.5 - 0.04 / cell[0], 0.5 - 0.045 / cell[1]) if room else (0, 0)
            panel.plot(place + corner[0], line + corner[1], zorder=5, **DOT_STYLE)
    if np.nanmin(values) < 0 < np.nanmax(values):
        for colour, width in (("white", 2.9), ("black", 1.3)):
            panel.contour(
                np.ma.masked_invalid(values), [0], colors=colour, linewidths=width, zorder=3
            )
    panel.set_xlim(-0.5, columns - 0.5)
    panel.set_ylim(-0.5, lines - 0.5)

    above = panel.inset_axes([0, 1 + 0.07 / (box.height * height), 1, 0.11 / (box.height * height)])
    bar = figure.colorbar(ScalarMappable(scale, COLOURS), cax=above, orientation="horizontal")
    bar.ax.set_xlim(max(-limit, min(0, np.nanmin(values))), max(0, np.nanmax(values)))
    bar.ax.xaxis.set_ticks_position("top")
    bar.ax.xaxis.set_label_position("top")
    bar.ax.tick_params(labelsize=NOTE_SIZE, length=2, pad=1)
    bar.outline.set_visible(False)
    bar.set_label(label)


def draw_theory(panel, rtts, losses):
    """Draw where the saving is 0 in theory, on axes that count cells."""
    rtt = np.linspace(rtts[0], rtts[-1], 400)
    loss = rtt / (rtt + SYN_TIMEOUT_MS)
    inside = (loss >= losses[0]) & (loss <= losses[-1])
    panel.plot(
        np.interp(rtt[inside], rtts, range(len(rtts))),
        np.interp(loss[inside], losses, range(len(losses))),
        zorder=3,
        **THEORY_STYLE,
    )
