# SPDX-License-Identifier: GPL-2.0-only

"""Read the folder of a sweep: its results, and what the sweep tells of itself."""

import csv
import io
import json
from dataclasses import dataclass, field

from tfo_data import SETTING, InputError, read_files

JOURNAL_COLUMNS = ["point", "status", "runs", "bytes", "reason"]
WHAT = "the folder that ./tfo sweep --out=DIR leaves"


@dataclass
class Sweep:
    """What the folder of a sweep holds."""

    transfers: object
    manifest: dict = None  # None where there is none
    failed: list = field(default_factory=list)  # (point, reason)
    remarks: list = field(default_factory=list)  # on what is missing


def read_sweep(folder):
    """Return the sweep in a folder."""
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder, needs {WHAT}")
    results = folder / "results.csv"
    if not results.is_file():
        raise InputError(f"{results}: there is no such file, needs {WHAT}")
    transfers, _, _ = read_files([str(results)])
    if transfers.empty:
        raise InputError(f"{results}: has segments, needs transfers, which {WHAT} has")
    sweep = Sweep(transfers)
    manifest = folder / "manifest.json"
    if manifest.exists():
        sweep.manifest = read_manifest(manifest)
    else:
        sweep.remarks.append("there is no manifest.json, so the parameters are unknown")
    ended = transfers.groupby(SETTING).ngroups
    journal = folder / "points.csv"
    if journal.exists():
        points = read_journal(journal)
        ended = len(points)
        sweep.failed = [(name, reason) for name, (status, reason) in points.items() if status != "done"]
    if sweep.failed:
        number = len(sweep.failed)
        sweep.remarks.append(f"{number} {'point' if number == 1 else 'points'} failed")
    if sweep.manifest is not None:
        sweep.remarks += unfinished(sweep.manifest, ended)
    return sweep


def unfinished(manifest, ended):
    """Return a remark on what a sweep has yet to do."""
    points = int(manifest.get("points", ended))
    if ended < points:
        left = points - ended
        verb = "is" if left == 1 else "are"
        return [f"the sweep is not finished: {left} of {points} points {verb} missing"]
    if "ended" not in manifest:
        return ["the sweep had not ended when its results were drawn"]
    return []


def read_text(path):
    """Return the text of a file."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not a text in UTF-8: {error}") from None


def read_manifest(path):
    """Return what the manifest says: texts, and flags with texts."""
    try:
        manifest = json.loads(read_text(path))
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"{path}: is not JSON: {error}; needs that of a sweep") from None
    flags = manifest.get("flags", {}) if isinstance(manifest, dict) else None
    if not isinstance(flags, dict):
        raise InputError(f"{path}: needs an object, with one of flags")
    for name, value in [*manifest.items(), *flags.items()]:
        if value is not flags and not isinstance(value, str):
            raise InputError(f"{path}: {name} is {json.dumps(value)[:40]}, needs a text")
    points = manifest.get("points", "0")
    if not (points.isascii() and points.isdigit()):
        raise InputError(f"{path}: points is '{points}', needs a whole number")
    return manifest


def read_journal(path):
    """Return status and reason of each point; the last line of a point counts.

    A last line without its end is that of a sweep which was interrupted, and counts for nothing.
    """
    text = read_text(path)
    whole = text[: text.rfind("\n") + 1]
    lines = csv.reader(io.StringIO(whole, newline=""), strict=True)
    points = {}
    try:
        header = next(lines, None)
        if header != JOURNAL_COLUMNS:
            raise InputError(f"{path}: needs the header {','.join(JOURNAL_COLUMNS)}")
        for fields in lines:
            place = f"{path}: line {lines.line_num}"
            if len(fields) != len(JOURNAL_COLUMNS):
                raise InputError(
                    f"{place} has {len(fields)} of {len(JOURNAL_COLUMNS)} fields, "
                    f"needs {','.join(JOURNAL_COLUMNS)}"
                )
            name, status, _, _, reason = fields
            if status not in ("done", "failed"):
                raise InputError(f"{place}: status is '{status}', needs done or failed")
            points[name] = status, reason
    except csv.Error as error:
        raise InputError(f"{path}: is not a CSV file: {error}") from None
    return points
