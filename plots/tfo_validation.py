#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only

"""Set simulated transfers against those measured between two kernels.

    tfo_validation.py --out=DIR MEASURED.csv SIMULATED.csv

MEASURED.csv is what test/interop/measure.py writes, SIMULATED.csv the rows of a sweep over
the same grid, whose transfers 2 count. Written are into DIR: comparison.csv with a line for
each case, agreement.md with tables, agreement.png.

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
SYN_TIMEOUT, LATE = 1000, 40  # ms, and how late its timer may be in jiffies of 4 ms


def is_race(rows):
    """Tell where the kernels' time is that of the other order of two timers: one timeout."""
    race = (rows["mode"] == "3whs") & (rows["lost"] == "server:1")
    late = rows["kernel_ms"] - rows["loss_free_ms"] - SYN_TIMEOUT
    return race & (late.abs() <= np.maximum(LATE, SHARE_LOST * rows["kernel_ms"]))


def is_rate(rows):
    """Tell in which cases recovery decides whether the last segments take another round trip."""
    server = rows["lost"].str.startswith("server:") & (rows["lost"] != "server:1")
    large = rows["response_bytes"] >= 100000
    return server & large & (rows["off_ms"].abs() <= 1.1 * rows["rtt_ms"])


# What of the kernel is not modelled, by name: whom it concerns, and how.
RULES = {
    "race of two timers": (
        is_race,
        "When a SYN-ACK is lost, the client's timer for the SYN and the server's for the SYN-ACK "
        "expire within a jiffy or eight. If the client's SYN is there first, it puts off the "
        "server's timer (tcp_check_req); if not, the SYN-ACK has been sent three times, and the "
        "server begins with a window of one segment (tcp_init_transfer). Kernels do either; in "
        "the simulation, where both timers are exact, always the latter. So the kernels' time is "
        "that without a loss and the timeout of 1 s.",
    ),
    "window in recovery": (
        is_rate,
        "Linux spreads what it sends in recovery by proportional rate reduction (RFC 6937, "
        "tcp_cwnd_reduction); the simulation uses classic recovery, since ns-3's rate reduction "
        "differs from release to release. A segment more or less in a flight, or an odd one that "
        "waits for the delayed ACK after its receiver has left quick-ACK mode, decides whether the "
        "last ones of a long response take another round trip: no case is off by more.",
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


def compare(measured, simulated):
    """Return a row for each case, with both times and what is to be said of them."""
    groups = measured.groupby(CASE)
    kernel = groups["fct_ms"].agg(["size", "median", "min", "max"])
    kernel["happened"] = groups["happened"].max()
    simulated = simulated[simulated["transfer"] == 2].copy()
    simulated["lost"] = [
        split_variant(variant).get("drop", "none").removeprefix("2:")
        for variant in simulated["variant"]
    ]
    if (simulated["status"] != "ok").any():
        raise Wrong("a simulated transfer did not complete")
    if simulated.duplicated(CASE).any():
        raise Wrong("the simulated transfers have several rows for a case")
    rows = kernel.join(simulated.set_index(CASE)["fct_ms"], how="left")
    if rows["fct_ms"].isna().any():
        raise Wrong(f"{rows['fct_ms'].isna().sum()} of the measured cases were not simulated")
    rows = rows.reset_index().rename(columns={"fct_ms": "simulated_ms", "size": "repeats"})
    rows = rows.rename(columns={name: f"kernel_{name}_ms" for name in ("median", "min", "max")})
    lost = rows["happened"] > 0
    rows["kernel_ms"] = rows["kernel_median_ms"]
    free = rows[rows["lost"] == "none"].set_index(CASE[:-1])["simulated_ms"]
    rows["loss_free_ms"] = free.reindex(pd.MultiIndex.from_frame(rows[CASE[:-1]])).to_numpy()
    rows["off_ms"] = rows["simulated_ms"] - rows["kernel_ms"]
    allowed = np.maximum(LEAST, np.where(lost, SHARE_LOST, SHARE_PLAIN) * rows["kernel_ms"])
    near = pd.DataFrame(
        {"ms": measured["fct_ms"], "case": measured[CASE].apply(tuple, axis=1)}
    ).merge(rows.assign(case=rows[CASE].apply(tuple, axis=1), allowed=allowed), on="case")
    near = near[(near["ms"] - near["simulated_ms"]).abs() <= near["allowed"]]
    some = rows[CASE].apply(tuple, axis=1).isin(set(near["case"]))
    rows["verdict"] = np.where(
        rows["off_ms"].abs() <= allowed, AGREES, np.where(some, AGREES_WITH_SOME, "")
    )
    for name, (applies, _) in RULES.items():
        rows.loc[(rows["verdict"] == "") & applies(rows), "verdict"] = name
    rows.loc[rows["verdict"] == "", "verdict"] = UNEXPLAINED
    return rows


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
                    "nothing" if lost == "none" else lost.replace(":", "'s segment "),
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


def report(rows):
    """Return the tables and what is to be read with them."""
    measured = int(rows["repeats"].sum())
    verdicts = rows["verdict"].value_counts()
    rules = "".join(
        f"- **{name}** ({verdicts.get(name, 0)} cases): {text}\n"
        for name, (_, text) in RULES.items()
    )
    others = ", ".join(f"{name} {verdicts.get(name, 0)}" for name in [*RULES, UNEXPLAINED])
    return f"""# Simulated times against two kernels'

Written by `./tfo validate`; not to be edited by hand. How it was measured is told in
`README.md`, the times of each case are in `comparison.csv`.

{len(rows)} cases, {measured} measured transfers. {verdicts.get(AGREES, 0)} cases agree: within
1 % or 1 ms without a loss, within 5 % or 1 ms with one. {verdicts.get(AGREES_WITH_SOME, 0)} more
agree so with one of several times that differ among themselves, since kernels do not take the
same time each time. The others: {others}.

![Simulated over measured times, and how far they are off](agreement.png)

## By the segment that was lost

{summary(rows)}
## Without a loss: kernels / simulated, in ms, by the response

{loss_free(rows)}
## Rules of the kernel that are not modelled

{rules}
{disagreeing(rows)}"""


def draw(rows):
    """Draw simulated over measured times, and the distribution of the differences."""
    note = (
        f"{len(rows)} cases: completion time of a request of 300 B, from "
        f"{rows['repeats'].min()}–{rows['repeats'].max()} transfers between two kernels; RTT "
        f"{rows['rtt_ms'].min()}–{rows['rtt_ms'].max()} ms, {rows['rate_mbps'].min()}–"
        f"{rows['rate_mbps'].max()} Mbit/s, response {bytes_text(rows['response_bytes'].min())} to "
        f"{bytes_text(rows['response_bytes'].max())}; nothing lost, or one of the first six segments "
        "of either side. The lines on the left are 5 % off."
    )
    figure, axes = new_figure(7, 2.8, 1, 2, note)
    scatter, steps = axes[0]
    bounds = np.array([rows["kernel_ms"].min() * 0.8, rows["kernel_ms"].max() * 1.25])
    for factor in (0.95, 1.05):
        scatter.plot(bounds, bounds * factor, color="0.6", linewidth=0.7, zorder=1)
    for mode, case in MODES.items():
        some = rows[rows["mode"] == mode]
        scatter.plot(
            some["kernel_ms"],
            some["simulated_ms"],
            linestyle="none",
            marker=case["marker"],
            markersize=2.6,
            markeredgewidth=0.5,
            markerfacecolor="none",
            color=case["colour"],
        )
    scatter.set(xscale="log", yscale="log", xlim=bounds, ylim=bounds)
    scatter.set_title("Completion time of each case", loc="left", size=NOTE_SIZE)
    scatter.set(xlabel="Measured between kernels (ms)", ylabel="Simulated (ms)")
    limits = {"none": "-", "lost": ":"}
    for mode, case in MODES.items():
        for kind, line in limits.items():
            happened = rows["happened"] > 0
            some = rows[(rows["mode"] == mode) & (happened == (kind == "lost"))]
            off = np.sort(np.maximum(percent(some).abs(), 0.01))
            steps.step(
                off,
                100 * np.arange(1, len(off) + 1) / len(off),
                where="post",
                color=case["colour"],
                linestyle=line,
            )
    steps.set_title("Cases that are off by no more", loc="left", size=NOTE_SIZE)
    steps.set(xscale="log", xlabel="Difference (% of the measured time)", ylabel="Cases (%)")
    steps.set(ylim=(0, 101), xlim=(0.01, 80))
    handles = [
        Line2D(
            [], [], color=case["colour"], marker=case["marker"], markerfacecolor="none", label=name
        )
        for name, case in ((case["name"], case) for case in MODES.values())
    ]
    handles += [
        Line2D([], [], color="0.3", linestyle="-", label="nothing lost"),
        Line2D([], [], color="0.3", linestyle=":", label="one segment lost"),
    ]
    add_legend(figure, handles)
    return figure


def main():
    """Compare, write, and tell what differs."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("."))
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("measured")
    parser.add_argument("simulated")
    arguments = parser.parse_args()
    try:
        measured = read(arguments.measured, [*CASE, "fct_ms", "happened"])
        simulated = read(
            arguments.simulated, [*CASE[:-1], "variant", "transfer", "fct_ms", "status"]
        )
        rows = compare(measured, simulated)
    except Wrong as wrong:
        print(f"tfo_validation.py: {wrong}", file=sys.stderr)
        return 2
    if not arguments.check:
        arguments.out.mkdir(parents=True, exist_ok=True)
        rows.drop(columns="loss_free_ms").round(3).to_csv(arguments.out / "comparison.csv", index=False, lineterminator="\n")
        (arguments.out / "agreement.md").write_text(report(rows), encoding="utf-8")
        with plt.rc_context(STYLE):
            draw(rows).savefig(arguments.out / "agreement.png", dpi=200, metadata={"Software": None})
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
