# SPDX-License-Identifier: GPL-2.0-only

"""Draw the figures of a comparison of TCP Fast Open with the plain handshake.

The input are the CSV files that tfo-compare writes: transfers (--csv) and segments
(--segments), in any mixture; their header lines tell them apart. Every figure that the data
allow is written as PNG and as SVG:

topologies  completion time by topology
rtt         completion time over the RTT, with the theory (p2p without loss)
loss        completion time and saving over loss (p2p)
ladder      one exchange, segment by segment
"""

import argparse
import logging
import math
import pathlib
import sys

# No notices of a font cache on stderr, which is for errors
logging.getLogger("matplotlib").setLevel(logging.CRITICAL)

try:
    import matplotlib

    matplotlib.use("Agg")
    import pandas as pd
    from matplotlib.lines import Line2D
    from tfo_data import (
        FIRST,
        HEADER_BYTES,
        INITIAL_WINDOW,
        IP_BYTES,
        OPEN,
        PLAIN,
        SEGMENT_BYTES,
        SETTING,
        InputError,
        NoFigure,
        complete,
        mean_of_runs,
        pair_up,
        read_files,
        select,
        stalls_ms,
        wire_ms,
    )
    from tfo_ladder import draw_ladder
    from tfo_style import (
        NOTE_SIZE,
        STYLE,
        TOPOLOGY_NAMES,
        add_legend,
        failures,
        ip_text,
        new_figure,
        point_style,
        sample,
        save,
        setting_text,
        size_text,
        span,
        time_text,
    )
except ImportError as missing:
    sys.exit(
        f"tfo_plot.py: {missing} ({sys.executable}); "
        "needs a Python 3 with pandas, matplotlib and scipy"
    )

SAVING_STYLE = {"color": "black", "marker": "D", "markersize": 4.5, "linestyle": "-."}
TRIP_STYLE = {"color": "0.45", "linewidth": 0.9, "linestyle": (0, (1, 2))}


def choose_settings(rows):
    """Return one setting for each topology, and remarks on those with several."""
    chosen = []
    remarks = []
    for topology, some in rows.groupby("topology", sort=False):
        settings = some.groupby(SETTING, sort=False)
        if len(settings) > 1:
            # A file with several topologies is meant for this figure
            together = rows.groupby("file")["topology"].nunique()
            meant = some[some["file"].map(together) > 1]
            settings = (some if meant.empty else meant).groupby(SETTING, sort=False)
            number = some.groupby(SETTING).ngroups
            least = min(settings, key=lambda item: (item[0][3], -len(item[1]), item[0]))
            setting = dict(zip(SETTING, least[0]))
            remarks.append(
                f"{topology} is in the data with {number} settings, drawn is "
                f"{setting_text(setting)}, {size_text(setting, 'request')}"
            )
        else:
            setting = dict(zip(SETTING, next(iter(settings))[0]))
        same = (some[SETTING] == pd.Series(setting)).all(axis=1)
        chosen.append((setting, some[same]))
    chosen.sort(key=lambda item: item[0]["rtt_ms"])
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
    note += failures(
        pd.concat([drawn, useless]), lambda key: TOPOLOGY_NAMES.get(key[0], key[0])
    )

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
        name = TOPOLOGY_NAMES.get(setting["topology"], setting["topology"])
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


def left_out(rows, columns, drawn, what):
    """Return a remark on the settings that a figure does not show."""
    others = rows.groupby(columns).ngroups - drawn
    if not others:
        return []
    noun = "setting" if others == 1 else "settings"
    return [f"left out: {others} p2p {noun} without complete pairs at more than one {what}"]


def draw_rtt(rows):
    """Completion time over RTT with the theory; a panel for each size and rate."""
    if rows.empty:
        raise NoFigure("needs transfers (tfo-compare --csv)")
    rows = rows[(rows["topology"] == "p2p") & (rows["loss"] == 0)]
    groups = [
        (dict(zip(SETTING[2:], key)), some)
        for key, some in rows.groupby(SETTING[2:])
        if complete(select(some, PLAIN))["rtt_ms"].nunique() > 1
        and complete(select(some, OPEN))["rtt_ms"].nunique() > 1
    ]
    if not groups:
        raise NoFigure("needs p2p transfers without loss at several RTTs, of both modes")
    drawn = pd.concat([some for _, some in groups])
    remarks = left_out(rows, SETTING[2:], len(groups), "RTT")

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
                    stalls_ms(
                        setting["response_bytes"], setting["rate_mbps"], rtt, setting["ip"]
                    )[0]
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


def draw_loss(rows):
    """Completion time over loss, and below it the paired saving; a column for each RTT."""
    if rows.empty:
        raise NoFigure("needs transfers (tfo-compare --csv)")
    rows = rows[rows["topology"] == "p2p"]
    others = ["rtt_ms", "rate_mbps", "request_bytes", "response_bytes", "ip"]
    groups = [
        (dict(zip(others, key), loss=0), some)
        for key, some in rows.groupby(others)
        if pair_up(some)["loss_plain"].nunique() > 1
    ]
    if not groups:
        raise NoFigure("needs p2p transfers at several loss rates, of both modes")
    drawn = pd.concat([some for _, some in groups])
    remarks = left_out(rows, others, len(groups), "loss rate")

    sizes = {size_text(setting) for setting, _ in groups}
    columns = min(3 if len(sizes) == 1 else 2, len(groups))
    bands = math.ceil(len(groups) / columns)
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
        [1.75, 1.35] * bands,
        2 * bands,
        columns,
        note,
        legend=1 if len(sizes) > 1 else 0.5,
        left=0.68,
        gap=(0.42 if bands == 1 else 0.8, 0.55),
    )
    for axis in axes.flat:
        axis.axis("off")
    for place, (setting, some) in enumerate(groups):
        times = axes[2 * (place // columns)][place % columns]
        savings = axes[2 * (place // columns) + 1][place % columns]
        losses = sorted(some["loss"].unique())
        step = min(b - a for a, b in zip(losses, losses[1:])) * 100
        for axis in (times, savings):
            axis.axis("on")
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
        if place + columns >= len(groups):
            savings.set_xlabel("Packet loss, each way (%)")
        if place % columns == 0:
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


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message):
        self.exit(2, f"{self.prog}: {message}\n")


def whole_number(text):
    """Read a whole number from 1."""
    if not (text.isascii() and text.isdigit()) or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}', needs a whole number from 1")
    return int(text)


def main():
    """Read the files, then draw what they allow."""
    parser = Parser(description="Draw the figures of tfo-compare's CSV files, as PNG and SVG.")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the figures")
    parser.add_argument(
        "--transfer",
        type=whole_number,
        default=2,
        metavar="N",
        help="transfer of the ladder diagram [2, the first with a cookie]",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="CSV of transfers or of segments")
    arguments = parser.parse_args()

    matplotlib.rcdefaults()
    matplotlib.rcParams.update(STYLE)
    folder = pathlib.Path(arguments.out)
    try:
        transfers, segments, notes = read_files(arguments.files)
        folder.mkdir(parents=True, exist_ok=True)
        for note in notes:
            print(f"note: {note}")
        drawn = 0
        for name, draw in (
            ("topologies", lambda: draw_topologies(transfers)),
            ("rtt", lambda: draw_rtt(transfers)),
            ("loss", lambda: draw_loss(transfers)),
            ("ladder", lambda: draw_ladder(segments, arguments.transfer)),
        ):
            try:
                figure, remarks = draw()
            except NoFigure as error:
                print(f"{name}: not drawn, {error}")
                continue
            for remark in remarks:
                print(f"{name}: {remark}")
            for path in save(figure, folder, name):
                print(path)
            drawn += 1
    except InputError as error:
        parser.error(str(error))
    except OSError as error:
        parser.error(f"{error.filename or folder}: cannot be written: {error.strerror}")
    return 0 if drawn else 1


if __name__ == "__main__":
    sys.exit(main())
