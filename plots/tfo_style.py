# SPDX-License-Identifier: GPL-2.0-only

"""The look of the figures, and parts that several of them have."""

import re
import textwrap

from matplotlib import pyplot as plt
from tfo_data import FIRST, OPEN, PLAIN, SETTING, absent, select

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


def bytes_text(count):
    """Write a number of bytes."""
    return f"{count / 1000:g} kB" if count >= 1000 and count % 100 == 0 else f"{count} B"


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


def ip_text(setting):
    """Write what else a setting has than IPv4."""
    return "" if setting["ip"] == "4" else ", IPv6"


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
    missing = []
    for case in (PLAIN, FIRST, OPEN):
        some = select(rows, case)
        bad = some[some["status"] != "ok"]
        if len(bad):
            kinds = [f"{kind} {count}" for kind, count in bad["status"].value_counts().items()]
            where = places(((key, len(few)) for key, few in bad.groupby(SETTING)), label)
            failed.append(f"{case['name']} {len(bad)} ({', '.join(kinds)}; {where})")
        if case is not FIRST:
            numbers = [(key, absent(few, case)) for key, few in rows.groupby(SETTING)]
            total = sum(number for _, number in numbers)
            if total:
                missing.append(f"{case['name']} {total} ({places(numbers, label)})")
    text = "No transfer failed."
    if failed:
        text = f"Failed transfers, left out of the means: {', '.join(failed)}."
    if missing:
        text += f" Not in the data, though the other mode has them: {', '.join(missing)}."
    return text


def places(numbers, label):
    """Write at which settings something was counted."""
    return ", ".join(f"{number} at {label(key)}" for key, number in numbers if number)


def wrap_note(text, width):
    """Return the lines of a note for a width in inches; numbers and their units stay together."""
    text = re.sub(r"(\d|±) (?=[%±\d]|ms|B\b|kB|run|transfer)", "\\1\u00a0", text)
    return textwrap.wrap(text, int((width - 0.2) * 16.6))


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
