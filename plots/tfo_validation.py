#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only

"""Set simulated transfers against those measured between two kernels.

    tfo_validation.py --out=DIR MEASURED.csv SIMULATED.csv...

MEASURED.csv is what test/interop/measure.py writes, SIMULATED.csv the rows of sweeps over
the same grids, whose transfers 2 count. Written are into DIR: comparison.csv with a line for
each case, agreement.md with tables, agreement.png and agreement-hard.png.

A case agrees where the simulated completion time is within 1 ms or a share of the measured
one, the median: 1 % without a loss, 5 % with one; it agrees with some where it is as close to
one of several measured times that differ among themselves. Where it does not agree, a rule of the
kernel's has to account for it. With --check nothing is written.

Exit status: 0 all cases agree or have their rule, 1 some have none, 2 wrong input.
"""

import argparse
import pathlib
import sys

import matplotlib
import numpy as np
import pandas as pd

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.lines import Line2D
from tfo_data import OPEN, PLAIN, split_variant
from tfo_style import NOTE_SIZE, STYLE, add_legend, bytes_text, new_figure

CASE = ["rtt_ms", "rate_mbps", "response_bytes", "mode", "lost"]
MODES = {"3whs": PLAIN, "tfo": OPEN}
LEAST = 1  # ms that a difference may be in any case
AGREES, AGREES_WITH_SOME, UNEXPLAINED = "agrees", "agrees with some", "unexplained"
SHARE_PLAIN, SHARE_LOST = 0.01, 0.05
OUTCOME = 0.03  # share of a time between it and the next that makes the next another outcome
FAR = 1000  # ms of RTT that are more than the timeouts of SYN and SYN-ACK


def is_window(rows):
    """Tell where the ACK of an odd segment may decide on another round trip."""
    server = rows["lost"].str.startswith("server:") & ~rows["lost"].str.contains("+", regex=False)
    large = rows["response_bytes"] >= 100000
    return server & large & (rows["off_ms"].abs() <= 1.1 * rows["rtt_ms"])


# What of the kernel is not modelled, by name: whom it concerns, and how.
RULES = {
    "growing receive window": (
        is_window,
        "A kernel enlarges its receive window while a long response arrives, and acknowledges each "
        "segment that lets it grow at once (tcp_grow_window). The simulation's window has its full "
        "size from the beginning, and every second segment is acknowledged; the odd one of a flight "
        "waits for the next flight, which is a segment shorter. That may take another round trip in "
        "the end: no case is off by more.",
    ),
}


class Wrong(Exception):
    """What is wrong with the input, in one line."""


def read(path, columns):
    """Read a CSV file that has to have some columns."""
    try:
        rows = pd.read_csv(path, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise Wrong(f"{path}: {' '.join(str(error).split())}") from error
    missing = [name for name in columns if name not in rows]
    if missing:
        raise Wrong(f"{path}: has no column {', '.join(missing)}")
    return rows


def outcomes(times):
    """Part the times of a case where there is a gap: kernels did one thing or another."""
    parts = []
    for time in sorted(times):
        if parts and time - parts[-1][-1] <= max(LEAST, OUTCOME * parts[-1][-1]):
            parts[-1].append(time)
        else:
            parts.append([time])
    return parts


def variant_drop(variant):
    """Return what a sweep's variant loses of the second transfer, as the measured rows name it."""
    drops = split_variant(variant).get("drop", "none").split("+")
    return "+".join(one.removeprefix("2:") for one in drops)


def compare(measured, simulated):
    """Return a row for each case, with both times and what is to be said of them."""
    groups = measured.groupby(CASE)
    kernel = groups["fct_ms"].agg(["size", "median", "min", "max"])
    kernel["happened"] = groups["happened"].max()
    kernel["times"] = groups["fct_ms"].apply(list)
    simulated = simulated[simulated["transfer"] == 2].copy()
    simulated["lost"] = simulated["variant"].map(variant_drop)
    if (simulated["status"] != "ok").any():
        raise Wrong("a simulated transfer did not complete")
    if simulated.duplicated(CASE).any():
        raise Wrong("the simulated transfers have several rows for a case")
    rows = kernel.join(simulated.set_index(CASE)["fct_ms"], how="left")
    if rows["fct_ms"].isna().any():
        raise Wrong(f"{rows['fct_ms'].isna().sum()} of the measured cases were not simulated")
    rows = rows.reset_index().rename(columns={"fct_ms": "simulated_ms", "size": "repeats"})
    rows = rows.rename(columns={name: f"kernel_{name}_ms" for name in ("median", "min", "max")})
    rows["outcomes"] = rows["times"].map(outcomes)
    # The kernels' time is that of the outcome which is nearest, where there are several
    rows["kernel_ms"] = [
        min(map(np.median, row.outcomes), key=lambda ms, to=row.simulated_ms: abs(ms - to))
        for row in rows.itertuples()
    ]
    rows["off_ms"] = rows["simulated_ms"] - rows["kernel_ms"]
    rows["verdict"] = [verdict(row) for row in rows.itertuples()]
    for name, (applies, _) in RULES.items():
        rows.loc[(rows["verdict"] == UNEXPLAINED) & applies(rows), "verdict"] = name
    return rows


def verdict(row):
    """Tell whether the simulated time of a case is close enough to the measured ones."""
    share = SHARE_LOST if row.happened > 0 else SHARE_PLAIN

    def is_near(time):
        return abs(row.simulated_ms - time) <= max(LEAST, share * time)

    if is_near(row.kernel_median_ms):
        return AGREES
    return AGREES_WITH_SOME if any(map(is_near, row.times)) else UNEXPLAINED


def is_two(rows):
    """Tell in which cases several segments are lost."""
    return rows["lost"].str.contains("+", regex=False)


def is_far(rows):
    """Tell in which cases a round trip takes longer than the first timeouts."""
    return rows["rtt_ms"] > FAR


def percent(rows):
    """Return the differences in percent of the kernel's time."""
    return 100 * rows["off_ms"] / rows["kernel_ms"]


def table(head, lines):
    """Write a table in Markdown."""
    lines = [head, ["---"] * len(head), *lines]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def summary(rows):
    """Return the table of what was lost and how many cases agree."""
    lines = []
    for lost in sorted(rows["lost"].unique(), key=lambda text: (text != "none", text)):
        for mode, case in MODES.items():
            some = rows[(rows["lost"] == lost) & (rows["mode"] == mode)]
            counts = some["verdict"].value_counts()
            others = counts.drop([AGREES, AGREES_WITH_SOME], errors="ignore")
            lines.append(
                [
                    lost_text(lost),
                    case["name"],
                    len(some),
                    int((some["happened"] > 0).sum()) if lost != "none" else "",
                    counts.get(AGREES, 0),
                    counts.get(AGREES_WITH_SOME, 0),
                    ", ".join(f"{name} {count}" for name, count in others.items()),
                    f"{percent(some).abs().median():.2f} %",
                ]
            )
    return table(
        [
            "lost",
            "mode",
            "cases",
            "loss happened",
            "agree",
            "agree with some",
            "by a rule",
            "median off",
        ],
        lines,
    )


def loss_free(rows):
    """Return the table of the times without a loss."""
    some = rows[rows["lost"] == "none"]
    sizes = sorted(some["response_bytes"].unique())
    lines = []
    for (rtt, rate, mode), few in some.groupby(["rtt_ms", "rate_mbps", "mode"]):
        by_size = few.set_index("response_bytes")
        cells = [
            f"{by_size.loc[size, 'kernel_ms']:.1f} / {by_size.loc[size, 'simulated_ms']:.1f}"
            for size in sizes
        ]
        lines.append([rtt, rate, MODES[mode]["name"], *cells])
    return table(["RTT ms", "Mb/s", "mode", *map(bytes_text, sizes)], lines)


def times_text(row):
    """Return the measured times of a case, by outcome, and the simulated one."""
    ranges = []
    for few in row.outcomes:
        low, high = (f"{ms:.0f}" for ms in (few[0], few[-1]))
        ranges.append(low if low == high else f"{low}–{high}")
    mark = "" if row.verdict in (AGREES, AGREES_WITH_SOME) else " (!)"
    return f"{', '.join(ranges)} / {row.simulated_ms:.0f}{mark}"


def side_by_side(rows):
    """Return the table of measured and simulated times by what was lost, a column for each RTT."""
    rtts = sorted(rows["rtt_ms"].unique())
    lines = []
    for lost in sorted(rows["lost"].unique(), key=lambda text: (text != "none", text)):
        for mode, case in MODES.items():
            some = rows[(rows["lost"] == lost) & (rows["mode"] == mode)].set_index("rtt_ms")
            cells = [times_text(some.loc[rtt]) if rtt in some.index else "" for rtt in rtts]
            lines.append([lost_text(lost), case["name"], *cells])
    return table(["lost", "mode", *(f"RTT {rtt} ms" for rtt in rtts)], lines)


def lost_text(lost):
    """Return what was lost, in words."""
    if lost == "none":
        return "nothing"
    return " + ".join(one.replace(":", "'s ") for one in lost.split("+"))


def disagreeing(rows):
    """Return the table of the cases that a rule accounts for, or none."""
    some = rows[~rows["verdict"].isin([AGREES, AGREES_WITH_SOME])]
    some = some.sort_values(["verdict", *CASE])
    lines = [
        [
            row.verdict,
            row.rtt_ms,
            row.rate_mbps,
            row.response_bytes,
            MODES[row.mode]["name"],
            row.lost,
            f"{row.kernel_median_ms:.1f} ({row.kernel_min_ms:.1f} to {row.kernel_max_ms:.1f})",
            f"{row.simulated_ms:.1f}",
            f"{100 * row.off_ms / row.kernel_ms:+.1f} %",
        ]
        for row in some.itertuples()
    ]
    head = ["rule", "RTT ms", "Mb/s", "bytes", "mode", "lost", "kernel ms", "simulated ms", "off"]
    return table(head, lines)


def rules_text(rows):
    """Return the section on what is not modelled and where, if there is anything."""
    counts = rows["verdict"].value_counts()
    rules = "".join(
        f"- **{name}** ({counts.get(name, 0)} cases): {text}\n" for name, (_, text) in RULES.items()
    )
    some_differ = counts.drop([AGREES, AGREES_WITH_SOME], errors="ignore").any()
    parts = [rules, disagreeing(rows) if some_differ else ""]
    text = "\n".join(filter(None, parts))
    return f"\n## What does not agree\n\n{text}" if text else ""


def counts_text(rows):
    """Return how many cases there are, and how many of them agree."""
    counts = rows["verdict"].value_counts()
    others = [f"{name} {counts.get(name, 0)}" for name in [*RULES, UNEXPLAINED]]
    return (
        f"{len(rows)} cases, {int(rows['repeats'].sum())} measured transfers; "
        f"agree {counts.get(AGREES, 0)}, agree with some {counts.get(AGREES_WITH_SOME, 0)}, "
        + ", ".join(others)
    )


def report(rows):
    """Return the tables and what is to be read with them."""
    two, far = rows[is_two(rows)], rows[is_far(rows)]
    one = rows[~is_two(rows) & ~is_far(rows)]
    return f"""# Simulated times against two kernels'

Written by `./tfo validate`; not to be edited by hand. How it was measured is told in
`README.md`, the times of each case are in `comparison.csv`.

{counts_text(rows)}.

A case agrees where the simulated time is within 1 % or 1 ms of the measured one without a loss,
within 5 % or 1 ms with one; the measured one is the median. It agrees with some where it is as
close to one of several times that differ among themselves, since kernels do not take the
same time each time: what their timers do depends on their phase.

## Nothing or one segment lost

{counts_text(one)}.

![Simulated over measured times, and how far they are off](agreement.png)

{summary(one)}
### Without a loss: kernels / simulated, in ms, by the response

{loss_free(one)}
## Two segments lost

{counts_text(two)}. Measured / simulated completion times in ms. Where kernels did one
thing or another, as their timers' phases had it, each outcome has its range.

![Simulated over measured times, where two are lost or the RTT is long](agreement-hard.png)

{side_by_side(two)}
## A round trip of more than a second

{counts_text(far)}. The timeouts of SYN and SYN-ACK expire although nothing is lost.

{side_by_side(far)}{rules_text(rows)}"""


def draw_times(axes, rows):
    """Draw simulated over measured times, with a line from the least measured one to the most."""
    bounds = np.array([rows["kernel_min_ms"].min() * 0.8, rows["kernel_max_ms"].max() * 1.25])
    for factor in (0.95, 1.05):
        axes.plot(bounds, bounds * factor, color="0.6", linewidth=0.7, zorder=1)
    for mode, case in MODES.items():
        some = rows[rows["mode"] == mode]
        axes.hlines(
            some["simulated_ms"],
            some["kernel_min_ms"],
            some["kernel_max_ms"],
            color=case["colour"],
            linewidth=0.5,
        )
        axes.plot(
            some["kernel_ms"],
            some["simulated_ms"],
            linestyle="none",
            marker=case["marker"],
            markersize=2.6,
            markeredgewidth=0.5,
            markerfacecolor="none",
            color=case["colour"],
        )
    axes.set(xscale="log", yscale="log", xlim=bounds, ylim=bounds)
    axes.set(xlabel="Measured between kernels (ms)", ylabel="Simulated (ms)")


def draw_steps(axes, groups):
    """Draw the distribution of the differences in groups of rows, each with its kind of line."""
    for rows, line in groups:
        for mode, case in MODES.items():
            some = rows[rows["mode"] == mode]
            off = np.sort(np.maximum(percent(some).abs(), 0.01))
            share = 100 * np.arange(1, len(off) + 1) / len(off)
            axes.step(off, share, where="post", color=case["colour"], linestyle=line)
    axes.set_title("Cases that are off by no more", loc="left", size=NOTE_SIZE)
    axes.set(xscale="log", xlabel="Difference (% of the measured time)", ylabel="Cases (%)")
    axes.set(ylim=(0, 101), xlim=(0.01, 80))


def draw(rows, groups, what):
    """Draw both for rows, and for the named groups of them the differences."""
    sizes = [bytes_text(size) for size in sorted(rows["response_bytes"].unique())]
    sizes = " to ".join(dict.fromkeys((sizes[0], sizes[-1])))
    repeats = f"{rows['repeats'].min()}–{rows['repeats'].max()}"
    note = (
        f"{len(rows)} cases: completion time of a request of 300 B, from {repeats} transfers "
        f"between two kernels; {what}; response {sizes}. "
        "The lines on the left are 5 % off; a line through a mark leads from the shortest measured "
        "time to the longest."
    )
    figure, axes = new_figure(7, 2.8, 1, 2, note)
    times, steps = axes[0]
    draw_times(times, rows)
    times.set_title("Completion time of each case", loc="left", size=NOTE_SIZE)
    draw_steps(steps, [group[:2] for group in groups])
    handles = [
        Line2D(
            [],
            [],
            color=case["colour"],
            marker=case["marker"],
            markerfacecolor="none",
            label=case["name"],
        )
        for case in MODES.values()
    ]
    handles += [Line2D([], [], color="0.3", linestyle=line, label=name) for _, line, name in groups]
    add_legend(figure, handles)
    return figure


def figures(rows):
    """Return the figures by the names of their files."""
    two, far = is_two(rows), is_far(rows)
    one = rows[~two & ~far]
    happened = one["happened"] > 0
    few, long = rows[two], rows[far]
    return {
        "agreement.png": draw(
            one,
            [(one[~happened], "-", "nothing lost"), (one[happened], ":", "one segment lost")],
            f"RTT {one['rtt_ms'].min()}–{one['rtt_ms'].max()} ms, {one['rate_mbps'].min()}–"
            f"{one['rate_mbps'].max()} Mbit/s, nothing lost or one of the first six segments of "
            "either side",
        ),
        "agreement-hard.png": draw(
            rows[two | far],
            [(few, "-", "two or three lost"), (long, ":", "RTT above 1 s")],
            f"{few['rate_mbps'].max()} Mbit/s, "
            f"RTT {few['rtt_ms'].min()}–{few['rtt_ms'].max()} ms and two of the first three "
            "segments of each side lost, or the client's first three; "
            f"or RTT {' and '.join(map(str, sorted(long['rtt_ms'].unique())))} ms and nothing or "
            "one segment lost",
        ),
    }


def main():
    """Compare, write, and tell what differs."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("."))
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("measured")
    parser.add_argument("simulated", nargs="+")
    arguments = parser.parse_args()
    try:
        measured = read(arguments.measured, [*CASE, "fct_ms", "happened"])
        needed = [*CASE[:-1], "variant", "transfer", "fct_ms", "status"]
        simulated = pd.concat([read(path, needed) for path in arguments.simulated])
        rows = compare(measured, simulated)
    except Wrong as wrong:
        print(f"tfo_validation.py: {wrong}", file=sys.stderr)
        return 2
    if not arguments.check:
        arguments.out.mkdir(parents=True, exist_ok=True)
        table_rows = rows.drop(columns=["times", "outcomes"]).round(3)
        table_rows.to_csv(arguments.out / "comparison.csv", index=False, lineterminator="\n")
        (arguments.out / "agreement.md").write_text(report(rows), encoding="utf-8")
        with plt.rc_context(STYLE):
            for name, figure in figures(rows).items():
                figure.savefig(arguments.out / name, dpi=200, metadata={"Software": None})
    unexplained = rows[rows["verdict"] == UNEXPLAINED]
    for row in unexplained.itertuples():
        print(
            f"unexplained: {row.rtt_ms} ms, {row.rate_mbps} Mb/s, {row.response_bytes} B, {row.mode}, "
            f"lost {row.lost}: {row.simulated_ms:.1f} ms, kernel {row.kernel_ms:.1f} ms"
        )
    print(
        f"{len(rows)} cases: "
        + ", ".join(f"{v} {n}" for v, n in rows["verdict"].value_counts().items())
    )
    return int(len(unexplained) > 0)


if __name__ == "__main__":
    sys.exit(main())
