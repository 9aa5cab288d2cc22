# SPDX-License-Identifier: GPL-2.0-only

"""Compute what the figures show: pairs, means, and intervals over runs."""

import numpy as np
import pandas as pd
from scipy import stats
from tfo_data import FIRST, OPEN, PAIR, PLAIN, SETTING

RUN = ["seed", "run"]
CONFIDENCE = 0.95


def select(rows, case):
    """Return the transfers of one case: PLAIN, FIRST or OPEN; complete or not."""
    mode = "3whs" if case is PLAIN else "tfo"
    first = case is FIRST
    return rows[(rows["mode"] == mode) & ((rows["transfer"] == 1) == first)]


def complete(rows):
    """Return the transfers that were completed."""
    return rows[rows["status"] == "ok"]


def half_interval(deviation, count, scale):
    """Return half of the t interval of means of runs, from their standard deviations.

    The half is 0 where one run, or runs all alike (but for rounding at this scale), give no
    interval.
    """
    count = np.asarray(count, float)
    deviation = np.nan_to_num(np.asarray(deviation, float))
    width = stats.t.ppf((1 + CONFIDENCE) / 2, np.maximum(count - 1, 1))
    half = width * deviation / np.sqrt(np.maximum(count, 1))
    return np.where((count > 1) & (half > 1e-9 * np.abs(scale)), half, 0.0)


def mean_of_runs(rows, column="fct_ms"):
    """Return mean, half of its 95 % interval (t) and number of runs; first a mean per run."""
    runs = rows.groupby(RUN)[column].mean()
    if runs.empty:
        return np.nan, 0, 0
    return runs.mean(), float(half_interval(runs.std(), len(runs), runs.mean())), len(runs)


def means_by_setting(rows, column):
    """Return what mean_of_runs() does, for each setting at once: columns mean, half, runs."""
    runs = rows.groupby(SETTING + RUN, sort=False)[column].mean()
    table = runs.groupby(level=SETTING, sort=False).agg(["mean", "std", "count"])
    table["half"] = half_interval(table["std"], table["count"], table["mean"])
    return table.rename(columns={"count": "runs"})[["mean", "half", "runs"]]


def pair_up(rows):
    """Return the pairs of complete transfers, plain and Fast Open, with what is saved."""
    pairs = complete(select(rows, PLAIN)).merge(
        complete(select(rows, OPEN)), on=SETTING + PAIR, suffixes=("_plain", "_open")
    )
    pairs["saved"] = pairs["fct_ms_plain"] - pairs["fct_ms_open"]
    return pairs


def savings(pairs):
    """Return for each setting the mean paired saving, in ms and in per cent of plain TCP's time.

    The percentage is a ratio of means; its interval is that of the saving with the ratio's
    linearisation (Cochran, Sampling Techniques, ch. 6), again over runs.
    """
    runs = pairs.groupby(SETTING + RUN, sort=False)[["saved", "fct_ms_plain"]].mean()
    groups = runs.groupby(level=SETTING, sort=False)
    means = groups.mean()
    ratio = means["saved"] / means["fct_ms_plain"]
    whole = runs["fct_ms_plain"]
    residual = runs["saved"] - whole * ratio.reindex(runs.index.droplevel(RUN)).to_numpy()
    residual = residual.groupby(level=SETTING, sort=False).std()
    count = groups.size()
    table = pd.DataFrame({"saved": means["saved"]})
    table["saved_half"] = half_interval(groups["saved"].std(), count, means["fct_ms_plain"])
    table["percent"] = 100 * ratio
    table["percent_half"] = 100 * half_interval(
        residual / means["fct_ms_plain"], count, np.ones(len(count))
    )
    table["runs"] = count
    table["pairs"] = pairs.groupby(SETTING, sort=False).size()
    return table


def number_points(rows):
    """Return the transfers with a column point: the line of tabulate() for their setting."""
    return rows.assign(point=rows.groupby(SETTING).ngroup())


def tabulate(rows):
    """Return a table with a row for each setting: means, savings, and what is missing.

    Later transfers only: the first has no cookie, so there is nothing to save.
    """
    index = rows.groupby(SETTING).size().index
    table = pd.DataFrame(index=index)
    for name, case in (("plain", PLAIN), ("first", FIRST), ("open", OPEN)):
        some = select(rows, case)
        means = means_by_setting(complete(some), "fct_ms")
        table[[name, f"{name}_half", f"{name}_runs"]] = means.reindex(table.index)
        failed = some[some["status"] != "ok"].groupby(SETTING).size()
        table[f"{name}_failed"] = failed.reindex(table.index).fillna(0).astype(int)
        number = some.groupby(SETTING).size()
        table[f"{name}_count"] = number.reindex(table.index).fillna(0).astype(int)
    saved = savings(pair_up(rows)).reindex(table.index)
    table[saved.columns] = saved
    for column in ("plain_runs", "first_runs", "open_runs", "runs", "pairs"):
        table[column] = table[column].fillna(0).astype(int)
    return table.reset_index()


def absent(rows, case):
    """Count for each setting the transfers that only the other mode has, unless all are absent."""
    own = select(rows, case)[SETTING + PAIR]
    other = select(rows, PLAIN if case is OPEN else OPEN)[SETTING + PAIR]
    other = other.merge(own[SETTING].drop_duplicates(), on=SETTING)
    both = other.merge(own, on=SETTING + PAIR, how="left", indicator=True)
    return both[both["_merge"] == "left_only"].groupby(SETTING).size()
