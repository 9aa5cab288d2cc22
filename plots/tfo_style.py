# SPDX-License-Identifier: GPL-2.0-only

"""The look of the figures, and parts that several of them have."""

import math
import re
import textwrap
from dataclasses import dataclass

from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from tfo_data import FIRST, OPEN, PLAIN, SETTING, SYN_DATA_LOSS, split_variant
from tfo_stats import absent, select

STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.labelsize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "hatch.linewidth": 0.6,
    "lines.linewidth": 1.4,
    "errorbar.capsize": 3,
    "svg.fonttype": "none",
    "svg.hashsalt": "tfo_plot",
}
NOTE_SIZE = 8
TOPOLOGY_NAMES = {"lan": "LAN"}
SAVING_STYLE = {"color": "black", "marker": "D", "markersize": 4.5, "linestyle": "-."}
TRIP_STYLE = {"color": "0.45", "linewidth": 0.9, "linestyle": (0, (1, 2))}
MOST_PLACES = 6  # in a note


@dataclass
class Drawing:
    """A figure, the name of its files, and what it shows."""

    name: str
    caption: str
    figure: Figure
    remarks: list


def bytes_text(count):
    """Write a number of bytes."""
    if count >= 1_000_000 and count % 100_000 == 0:
        return f"{count / 1_000_000:g} MB"
    return f"{count / 1000:g} kB" if count >= 1000 and count % 100 == 0 else f"{count:g} B"


def time_text(ms):
    """Write a time in ms with three or four digits."""
    if abs(ms) >= 9.995:
        return f"{ms:.1f}"
    return f"{ms:.2f}" if abs(ms) >= 0.0995 else f"{ms:.3f}"


def setting_text(setting, loss=True):
    """Write the settings of a link."""
    text = f"RTT {setting['rtt_ms']:g} ms, {setting['rate_mbps']:g} Mbit/s"
    text += f", loss {setting['loss'] * 100:g} %" if loss and setting["loss"] else ""
    return text + ip_text(setting)


def topology_name(topology):
    """Write the name of a topology."""
    return TOPOLOGY_NAMES.get(topology, topology)


def variant_text(variant):
    """Write what a variant sets, without the names of classes."""
    return ", ".join(
        f"loss of SYNs with data {value * 100:g} %"
        if name == SYN_DATA_LOSS
        else f"{name.split('::')[-1]} {value}"
        for name, value in split_variant(variant).items()
    )


def ip_text(setting):
    """Write what else a setting has than IPv4 and Linux's TCP."""
    text = "" if setting["ip"] == "4" else ", IPv6"
    return text + (f", {variant_text(setting['variant'])}" if setting["variant"] else "")


def size_text(setting, begin="Request"):
    """Write the sizes of request and response."""
    return (
        f"{begin} {bytes_text(setting['request_bytes'])}, "
        f"response {bytes_text(setting['response_bytes'])}"
    )


def span(numbers, unit=""):
    """Write the range of some numbers: '3' or '3–8', with a unit."""
    low, high = min(numbers), max(numbers)
    text = f"{low:g}" if low == high else f"{low:g}–{high:g}"
    return f"{text} {unit}".rstrip() + ("s" if unit and high != 1 else "")


def sample(counts, rows):
    """Write the sample size of means over runs."""
    later = rows["transfer"][rows["transfer"] > 1]
    return f"n = {span(counts, 'run')} of transfers {span(later)} (means per run)"


def failures(rows, label):
    """Write how many transfers failed or are absent, and where: label names a setting."""
    failed = []
    for case in (PLAIN, FIRST, OPEN):
        some = select(rows, case)
        bad = some[some["status"] != "ok"]
        if len(bad):
            kinds = [f"{kind} {count}" for kind, count in bad["status"].value_counts().items()]
            where = places(bad.groupby(SETTING).size(), label)
            failed.append(f"{case['name']} {len(bad)} ({', '.join(kinds)}; {where})")
    missing = []
    for case in (PLAIN, OPEN):
        numbers = absent(rows, case)
        if len(numbers):
            missing.append(f"{case['name']} {numbers.sum()} ({places(numbers, label)})")
    text = "No transfer failed."
    if failed:
        text = f"Failed transfers, left out of the means: {', '.join(failed)}."
    if missing:
        text += f" Not in the data, though the other mode has them: {', '.join(missing)}."
    return text


def places(numbers, label):
    """Write at which settings something was counted."""
    if len(numbers) > MOST_PLACES:
        return f"at {len(numbers)} settings"
    return ", ".join(f"{number} at {label(key)}" for key, number in numbers.items())


def point_label(key):
    """Write where a point of a figure over RTT and loss is, from its setting's values."""
    setting = dict(zip(SETTING, key))
    loss = setting["loss"] or split_variant(setting["variant"]).get(SYN_DATA_LOSS, 0)
    return f"{setting['rtt_ms']:g} ms" + (f" and {loss * 100:g} %" if loss else "")


def spread(items, most):
    """Return so many items at most, evenly spread, with the first and the last."""
    if len(items) <= most:
        return items
    return [items[round(place * (len(items) - 1) / (most - 1))] for place in range(most)]


def left_out(rows, columns, drawn, what):
    """Return a remark on the settings that a figure does not show."""
    others = rows.groupby(columns).ngroups - drawn
    if not others:
        return []
    noun = "setting" if others == 1 else "settings"
    return [f"left out: {others} p2p {noun} without complete pairs at more than one {what}"]


def wrap_note(text, width):
    """Return the lines of a note for a width in inches; numbers and their units stay together."""
    text = re.sub(r"(\d|±) (?=[%±\d]|ms|s\b|B\b|kB|run|transfer)", "\\1\u00a0", text)
    return textwrap.wrap(text, int((width - 0.2) * 16.6))


def describe_setting(setting):
    """Write what the settings of a group of points have in common, for a note."""
    parts = []
    if "topology" in setting:
        parts.append(topology_name(setting["topology"]))
    if "rtt_ms" in setting:
        parts.append(f"RTT {setting['rtt_ms']:g} ms")
    parts.append(f"{setting['rate_mbps']:g} Mbit/s")
    if setting.get("loss"):
        parts.append(f"loss {setting['loss'] * 100:g} %")
    if "request_bytes" in setting:
        parts.append(f"request {bytes_text(setting['request_bytes'])}")
    if "response_bytes" in setting:
        parts.append(f"response {bytes_text(setting['response_bytes'])}")
    return ", ".join(parts) + ip_text(setting)


def log_ticks(low, high, most=5):
    """Return round numbers for a logarithmic scale, few enough to be read."""
    ticks = []
    for steps in ((1, 2, 5), (1, 3), (1,)):
        decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        ticks = [step * 10.0**decade for decade in decades for step in steps]
        ticks = [tick for tick in ticks if low <= tick <= high]
        if len(ticks) <= most:
            break
    return ticks


def panel_grid(panels):
    """Return columns, lines and width in inches of a figure: one or two columns of a paper."""
    columns = panels if panels < 4 else (2 if panels == 4 else 3)
    return columns, -(-panels // columns), {1: 3.5, 2: 4.8, 3: 6.7}[columns]


def new_figure(width, panel, rows, columns, note, *, legend=1, left=0.62, gap=(0.6, 0.75)):
    """Return a figure and its axes; panel and gaps are heights in inches, the note goes below."""
    lines = wrap_note(note, width)
    top = 0.1 + 0.24 * legend + 0.38
    bottom = 0.58 + 0.145 * len(lines)
    heights = panel if isinstance(panel, list) else [panel] * rows
    height = top + sum(heights) + gap[0] * (rows - 1) + bottom
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(width, height),
        squeeze=False,
        gridspec_kw={"height_ratios": heights},
    )
    panel_width = (width - left - 0.1 - gap[1] * (columns - 1)) / columns
    figure.subplots_adjust(
        left=left / width,
        right=1 - 0.1 / width,
        top=1 - top / height,
        bottom=bottom / height,
        hspace=gap[0] * rows / sum(heights),
        wspace=gap[1] / panel_width,
    )
    figure.text(
        0.1 / width, 0.06 / height, "\n".join(lines), size=NOTE_SIZE, va="bottom", linespacing=1.25
    )
    return figure, axes


def add_legend(figure, handles, columns=None):
    """Put a legend above all panels."""
    height = figure.get_size_inches()[1]
    figure.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, 1 - 0.04 / height),
        ncol=columns or len(handles),
        borderaxespad=0,
        columnspacing=1.4,
        handlelength=2.2,
    )


def point_style(case):
    """Return how the points of a case look."""
    hollow = case is PLAIN
    return {
        "color": case["colour"],
        "marker": case["marker"],
        "markersize": {"o": 7.5, "x": 5, "s": 5}[case["marker"]],
        "markerfacecolor": "white" if hollow else case["colour"],
        "markeredgewidth": 1.3,
    }


def save(figure, folder, name):
    """Write a figure as PNG and as SVG, without dates; return the files."""
    paths = [folder / f"{name}.png", folder / f"{name}.svg"]
    figure.savefig(paths[0], dpi=200, metadata={"Software": None})
    figure.savefig(paths[1], metadata={"Date": None, "Creator": None})
    plt.close(figure)
    return paths
