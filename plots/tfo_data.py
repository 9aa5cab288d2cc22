# SPDX-License-Identifier: GPL-2.0-only

"""Read the CSV files of tfo-compare and of sweeps."""

import csv
import functools
import io
import math
import re

import pandas as pd

TRANSFER_COLUMNS = (
    "topology mode ip rtt_ms rate_mbps loss request_bytes response_bytes variant seed run "
    "transfer syn_data_bytes ttfb_ms fct_ms retransmissions status"
).split()
SEGMENT_COLUMNS = (
    "topology mode run transfer sender sent_ms received_ms flags seq ack size retransmission "
    "fast_open"
).split()

WHOLE = {"run", "transfer", "seed"}  # from 1
COUNTS = set("request_bytes response_bytes syn_data_bytes retransmissions seq ack size".split())
NUMBERS = {"rtt_ms", "rate_mbps", "loss", "ttfb_ms", "fct_ms", "sent_ms", "received_ms"}
MAY_BE_EMPTY = {"ttfb_ms", "fct_ms", "received_ms", "fast_open", "variant"}
WORDS = {
    "mode": {"3whs", "tfo"},
    "ip": {"4", "6"},
    "status": {"ok", "timeout", "refused", "reset"},
    "sender": {"client", "server"},
    "retransmission": {"0", "1"},
}
FLAGS = set("FIN SYN RST PSH ACK URG ECE CWR".split())

SETTING = "topology rtt_ms rate_mbps loss request_bytes response_bytes ip variant".split()
SYN_DATA_LOSS = "syn-data-loss"  # in a variant: of SYNs with data only

PAIR = ["seed", "run", "transfer"]
TRANSFER = SETTING + ["mode"] + PAIR
EXCHANGE = ["topology", "mode", "run", "transfer"]

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


def split_variant(text):
    """Return what a variant sets, as a dictionary; a ValueError says what is needed."""
    pairs = {}
    for pair in filter(None, text.split(";")):
        name, equals, value = pair.partition("=")
        if not name or not equals or name in pairs:
            raise ValueError(f"is '{text}', needs NAME=VALUE, several joined by ;")
        pairs[name] = value
    if SYN_DATA_LOSS in pairs:
        pairs[SYN_DATA_LOSS] = read_number(pairs[SYN_DATA_LOSS], 1)
    return pairs


def read_number(text, most=math.inf):
    """Return a number that is not negative; a ValueError says what is needed."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"is '{text}', needs a number")
    if not 0 <= value <= most:
        limit = "" if most == math.inf else f" to {most:g}"
        raise ValueError(f"is '{text}', needs a number from 0{limit}")
    return value


@functools.lru_cache(maxsize=100_000)
def check_value(column, text):
    """Return the value of a field; a ValueError says what is needed."""
    if text == "":
        if column in MAY_BE_EMPTY:
            return "" if column in ("fast_open", "variant") else math.nan
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
        value = read_number(text, 1 if column == "loss" else math.inf)
        if column == "rate_mbps" and value == 0:
            raise ValueError(f"is '{text}', needs a number above 0")
        return value
    if column == "variant":
        split_variant(text)
    if column == "topology" and not re.fullmatch(r"[A-Za-z0-9_.-]+", text):
        raise ValueError(f"is '{text}', needs a name of letters, digits, '-', '_' and '.'")
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
            raise InputError(f"column {column} is missing, needs {','.join(columns)}")
    for column in header:
        if column not in columns or header.count(column) > 1:
            raise InputError(f"column '{column}' is not expected, needs {','.join(columns)}")
    return columns


def read_file(name, size=None):
    """Return the kind of a CSV file (its columns) and its rows; of so many bytes, if given."""
    try:
        with open(name, "rb") as file:
            content = file.read() if size is None else file.read(size)
        if size is not None and len(content) < size:
            raise InputError(
                f"has {len(content)} bytes, needs the {size} that points.csv tells of; "
                "is the file truncated?"
            )
        with io.StringIO(content.decode("utf-8-sig"), newline="") as stream:
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
        raise InputError("has a header, but no rows; needs rows of transfers or segments")
    frame = pd.DataFrame(rows)[columns]
    frame["file"] = name
    return columns, frame


def merge_transfers(frames):
    """Join files; what several of them hold alike counts once, contradictions are errors."""
    if not frames:
        return pd.DataFrame(), 0
    rows = pd.concat(frames, ignore_index=True)
    for again, trouble in (
        (rows.duplicated(TRANSFER + ["file"]), "has more than once"),
        (
            rows.duplicated(TRANSFER) & ~rows.duplicated(TRANSFER_COLUMNS),
            "differs from another file on",
        ),
    ):
        if again.any():
            row = rows[again].iloc[0]
            raise InputError(f"{row['file']}: {trouble} the transfer {describe(TRANSFER, row)}")
    repeated = rows.duplicated(TRANSFER)
    return rows[~repeated].reset_index(drop=True), int(repeated.sum())


def merge_exchanges(frames):
    """Join files of segments; an exchange comes from one file, others may hold it alike."""
    if not frames:
        return pd.DataFrame(), 0
    seen = {}
    kept = []
    repeated = 0
    for frame in frames:
        for place, rows in frame.groupby(EXCHANGE, sort=False):
            content = rows.drop(columns="file").fillna(-1).values.tolist()
            if place not in seen:
                seen[place] = content
                kept.append(rows)
            elif seen[place] == content:
                repeated += 1
            else:
                what = describe(EXCHANGE, dict(zip(EXCHANGE, place)))
                name = rows["file"].iat[0]
                raise InputError(f"{name}: differs from another file on the exchange {what}")
    return pd.concat(kept, ignore_index=True), repeated


def describe(columns, row):
    """Write a row's place: its columns and values."""
    values = ((column, row[column]) for column in columns if row[column] != "")
    return " ".join(f"{c}={v:g}" if isinstance(v, float) else f"{c}={v}" for c, v in values)


def read_files(names, size=None):
    """Return transfers and segments, and notes on what was given more than once."""
    transfers = []
    segments = []
    for name in dict.fromkeys(names):
        try:
            columns, frame = read_file(name, size)
        except InputError as error:
            raise InputError(f"{name}: {error}") from None
        (transfers if columns is TRANSFER_COLUMNS else segments).append(frame)
    transfers, same_transfers = merge_transfers(transfers)
    segments, same_exchanges = merge_exchanges(segments)
    notes = []
    if same_transfers:
        notes.append(f"{same_transfers} transfers are in several files alike: counted once")
    if same_exchanges:
        notes.append(f"{same_exchanges} exchanges are in several files alike: used once")
    return transfers, segments, notes
