# SPDX-License-Identifier: GPL-2.0-only

"""Read the CSV files of tfo-compare, and compute what the figures show."""

import csv
import math

import pandas as pd
from scipy import stats

TRANSFER_COLUMNS = (
    "topology mode ip rtt_ms rate_mbps loss request_bytes response_bytes seed run transfer "
    "syn_data_bytes ttfb_ms fct_ms retransmissions status"
).split()
SEGMENT_COLUMNS = (
    "topology mode run transfer sender sent_ms received_ms flags seq ack size retransmission "
    "fast_open"
).split()

WHOLE = {"run", "transfer", "seed"}  # from 1
COUNTS = set("request_bytes response_bytes syn_data_bytes retransmissions seq ack size".split())
NUMBERS = {"rtt_ms", "rate_mbps", "loss", "ttfb_ms", "fct_ms", "sent_ms", "received_ms"}
MAY_BE_EMPTY = {"ttfb_ms", "fct_ms", "received_ms", "fast_open"}
WORDS = {
    "mode": {"3whs", "tfo"},
    "ip": {"4", "6"},
    "status": {"ok", "timeout", "refused", "reset"},
    "sender": {"client", "server"},
    "retransmission": {"0", "1"},
}
FLAGS = set("FIN SYN RST PSH ACK URG ECE CWR".split())

SETTING = ["topology", "rtt_ms", "rate_mbps", "loss", "request_bytes", "response_bytes", "ip"]
PAIR = ["seed", "run", "transfer"]
TRANSFER = SETTING + ["mode"] + PAIR
EXCHANGE = ["topology", "mode", "run", "transfer"]

IP_BYTES = {"4": 20, "6": 40}
HEADER_BYTES = {ip: size + 32 + 2 for ip, size in IP_BYTES.items()}  # TCP with timestamps, PPP
SEGMENT_BYTES = {ip: 1500 - size - 32 for ip, size in IP_BYTES.items()}  # payload
INITIAL_WINDOW = 10  # segments

# What is compared: mode and look (colours of Okabe and Ito); readable in grey too
PLAIN = {"name": "plain", "colour": "#0072B2", "hatch": "", "marker": "o", "line": "-"}
FIRST = {
    "name": "first contact",
    "colour": "#56B4E9",
    "hatch": "////",
    "marker": "x",
    "line": ":",
}
OPEN = {"name": "Fast Open", "colour": "#D55E00", "hatch": "...", "marker": "s", "line": "--"}


class InputError(Exception):
    """What is wrong with the input, in one line."""


class NoFigure(Exception):
    """Why a figure cannot be drawn."""


def check_value(column, text):
    """Return the value of a field; a ValueError says what is needed."""
    if text == "":
        if column in MAY_BE_EMPTY:
            return "" if column == "fast_open" else math.nan
        raise ValueError("is empty")
    if column in WORDS:
        if text not in WORDS[column]:
            raise ValueError(f"is '{text}', needs {' or '.join(sorted(WORDS[column]))}")
        return text
    if column in WHOLE or column in COUNTS:
        least = 1 if column in WHOLE else 0
        if not (text.isascii() and text.isdigit()) or int(text) < least:
            raise ValueError(f"is '{text}', needs a whole number from {least}")
        return int(text)
    if column in NUMBERS:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise ValueError(f"is '{text}', needs a number")
        if value < 0 or (column == "loss" and value > 1) or (column == "rate_mbps" and value == 0):
            raise ValueError(f"is '{text}', out of range")
        return value
    if column == "flags" and not set(text.split("|")) <= FLAGS:
        raise ValueError(f"is '{text}', needs flags such as SYN|ACK")
    if column == "fast_open" and text != "request":
        try:
            bytes.fromhex(text)
        except ValueError:
            raise ValueError(f"is '{text}', needs 'request' or a cookie in hex") from None
    return text


def check_header(header):
    """Return which columns a header is made of: those of transfers or those of segments."""
    columns = max(TRANSFER_COLUMNS, SEGMENT_COLUMNS, key=lambda c: len(set(c) & set(header)))
    if len(set(columns) & set(header)) < len(columns) / 2:
        raise InputError("unknown header, needs that of a tfo-compare --csv or --segments file")
    for column in columns:
        if column not in header:
            raise InputError(f"column {column} is missing")
    for column in header:
        if column not in columns or header.count(column) > 1:
            raise InputError(f"column '{column}' is not expected")
    return columns


def read_file(name):
    """Return the kind of a CSV file (its columns) and its rows."""
    try:
        with open(name, encoding="utf-8-sig", newline="") as stream:
            lines = csv.reader(stream, strict=True)
            header = next(lines, None)
            if not header:
                raise InputError("is empty, needs a header line and rows")
            columns = check_header(header)
            rows = []
            for fields in lines:
                place = f"line {lines.line_num}"
                if len(fields) != len(header):
                    raise InputError(
                        f"{place} has {len(fields)} of {len(header)} fields; is the file truncated?"
                    )
                row = {}
                for column, text in zip(header, fields):
                    try:
                        row[column] = check_value(column, text)
                    except ValueError as error:
                        raise InputError(f"{place}: {column} {error}") from None
                if row.get("status") == "ok" and math.isnan(row["ttfb_ms"] + row["fct_ms"]):
                    raise InputError(f"{place}: status is ok, but ttfb_ms or fct_ms is empty")
                if row.get("received_ms", math.nan) < row.get("sent_ms", 0):
                    raise InputError(f"{place}: received_ms is before sent_ms")
                rows.append(row)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"is not a CSV file: {error}") from None
    if not rows:
        raise InputError("has a header, but no rows")
    frame = pd.DataFrame(rows)[columns]
    frame["file"] = name
    return columns, frame


def merge_rows(frames, key):
    """Join files; what several of them hold alike counts once, contradictions are errors."""
    seen = {}
    kept = []
    repeated = 0
    for frame in frames:
        name = frame["file"].iat[0]
        keep = []
        new = {}
        for place, rows in frame.groupby(key, sort=False):
            content = rows.drop(columns="file").fillna(-1).values.tolist()
            first = seen.get(place)
            if first is None and (key is EXCHANGE or len(rows) == 1):
                new[place] = (name, content)
                keep.append(rows)
            elif first is None or first[1] != content:
                what = " ".join(f"{v:g}" if isinstance(v, float) else str(v) for v in place)
                trouble = f"differs from {first[0]} on" if first else "has more than once"
                raise InputError(f"{name}: {trouble} the transfer {what} ({' '.join(key)})")
            else:
                repeated += 1
        seen.update(new)
        kept += keep
    if not kept:
        return pd.DataFrame(), repeated
    return pd.concat(kept, ignore_index=True), repeated


def read_files(names):
    """Return transfers and segments, and notes on what was given more than once."""
    transfers = []
    segments = []
    for name in dict.fromkeys(names):
        try:
            columns, frame = read_file(name)
        except InputError as error:
            raise InputError(f"{name}: {error}") from None
        (transfers if columns is TRANSFER_COLUMNS else segments).append(frame)
    transfers, same_transfers = merge_rows(transfers, TRANSFER)
    segments, same_exchanges = merge_rows(segments, EXCHANGE)
    notes = []
    if same_transfers:
        notes.append(f"{same_transfers} transfers are in several files alike: counted once")
    if same_exchanges:
        notes.append(f"{same_exchanges} exchanges are in several files alike: used once")
    return transfers, segments, notes


def select(rows, case):
    """Return the transfers of one case: PLAIN, FIRST or OPEN; complete or not."""
    mode = "3whs" if case is PLAIN else "tfo"
    first = case is FIRST
    return rows[(rows["mode"] == mode) & ((rows["transfer"] == 1) == first)]


def complete(rows):
    """Return the transfers that were completed."""
    return rows[rows["status"] == "ok"]


def mean_of_runs(rows, column="fct_ms"):
    """Return mean, half of its 95 % interval (t) and number of runs; first a mean per run.

    The half is 0 where one run, or runs all alike, give no interval.
    """
    runs = rows.groupby(["seed", "run"])[column].mean()
    count = len(runs)
    if count == 0:
        return math.nan, 0, 0
    half = 0
    if count > 1:
        half = stats.t.ppf(0.975, count - 1) * runs.std(ddof=1) / math.sqrt(count)
        # Equal runs: nothing but rounding
        half = half if half > 1e-9 * abs(runs.mean()) else 0
    return runs.mean(), half, count


def pair_up(rows):
    """Return the pairs of complete transfers, plain and Fast Open, with what is saved."""
    pairs = complete(select(rows, PLAIN)).merge(
        complete(select(rows, OPEN)), on=PAIR, suffixes=("_plain", "_open")
    )
    pairs["saved"] = pairs["fct_ms_plain"] - pairs["fct_ms_open"]
    return pairs


def absent(rows, case):
    """Count the transfers that only the other mode has."""
    other = select(rows, PLAIN if case is OPEN else OPEN)
    own = select(rows, case)
    if own.empty:
        return 0
    return len(set(map(tuple, other[PAIR].values)) - set(map(tuple, own[PAIR].values)))


def wire_ms(payload, rate, ip):
    """Return the time in ms that some payload with its headers takes at a rate in Mbit/s."""
    segments = math.ceil(payload / SEGMENT_BYTES[ip])
    return (payload + segments * HEADER_BYTES[ip]) * 8 / rate / 1e3


def stalls_ms(payload, rate, rtt, ip):
    """Return how long slow start keeps the link idle during a response, and the rounds."""
    full = wire_ms(SEGMENT_BYTES[ip], rate, ip)
    turn = rtt + full + HEADER_BYTES[ip] * 8 / rate / 1e3  # until the first ACK of a round is back
    left = math.ceil(payload / SEGMENT_BYTES[ip])
    window = INITIAL_WINDOW
    idle = 0
    rounds = 0
    while left > window and window * full < turn:
        idle += turn - window * full
        rounds += 1
        left -= window
        window *= 2
    return idle, rounds
