# SPDX-License-Identifier: GPL-2.0-only

"""Read the folder of a sweep: its results, and what the sweep tells of itself."""

import json
import math
import re
from dataclasses import dataclass, field

from tfo_data import SETTING, InputError, read_files

JOURNAL_COLUMNS = ["point", "status", "runs", "bytes", "reason"]
OBJECTS = ("flags", "tcp")  # of a manifest
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
    manifest = folder / "manifest.json"
    journal = folder / "points.csv"
    manifest = read_manifest(manifest) if manifest.exists() else None
    points, size = read_journal(journal) if journal.exists() else (None, None)
    transfers, _, _ = read_files([str(results)], size)
    if transfers.empty:
        raise InputError(f"{results}: has segments, needs transfers, which {WHAT} has")
    sweep = Sweep(transfers, manifest)
    if manifest is None:
        sweep.remarks.append("there is no manifest.json, so the parameters are unknown")
    else:
        ended = transfers.groupby(SETTING).ngroups if points is None else len(points)
        sweep.remarks += what_is_missing(manifest, ended)
    sweep.failed = [
        (name, reason) for name, (status, reason) in (points or {}).items() if status == "failed"
    ]
    if sweep.failed:
        number = len(sweep.failed)
        sweep.remarks.append(f"{number} {'point' if number == 1 else 'points'} failed")
    more = results.stat().st_size - (size or math.inf)
    if more > 0:
        sweep.remarks.append(
            f"{more} bytes of results.csv are left out, for points.csv tells of no point that they "
            "belong to"
        )
    return sweep


def what_is_missing(manifest, ended):
    """Return remarks on what a sweep has yet to do, where so many points have ended."""
    remarks = []
    points = int(manifest.get("points", ended))
    shard = manifest.get("shard")
    if shard:
        part, parts = map(int, shard.split("/"))
        remarks.append(f"this is part {part} of a sweep in {parts} parts")
        points = len(range(part - 1, points, parts))
    if ended < points:
        left = points - ended
        verb = "is" if left == 1 else "are"
        remarks.append(f"the sweep is not finished: {left} of {points} points {verb} missing")
    elif not manifest.get("ended"):
        remarks.append("the sweep had not ended when its results were drawn")
    return remarks


def read_text(path):
    """Return the text of a file."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not a text in UTF-8: {error}") from None


def read_manifest(path):
    """Return what the manifest says: texts, and objects of texts."""
    try:
        manifest = json.loads(read_text(path))
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"{path}: is not JSON: {error}; needs that of a sweep") from None
    if not isinstance(manifest, dict):
        raise InputError(f"{path}: needs an object, that of a sweep")
    for name, value in manifest.items():
        if name in OBJECTS and not isinstance(value, dict):
            raise InputError(f"{path}: {name} is {json.dumps(value)[:40]}, needs an object")
        for key, text in value.items() if name in OBJECTS else [(name, value)]:
            if not isinstance(text, str):
                raise InputError(f"{path}: {key} is {json.dumps(text)[:40]}, needs a text")
    points = manifest.get("points", "0")
    if not re.fullmatch("[0-9]{1,18}", points):
        raise InputError(f"{path}: points is '{points}', needs a whole number")
    shard = manifest.get("shard", "")
    if shard and not re.fullmatch("[1-9][0-9]{0,8}/[1-9][0-9]{0,8}", shard):
        raise InputError(f"{path}: shard is '{shard}', needs a part as 1/4")
    return manifest


def read_journal(path):
    """Return status and reason of each point, and how many bytes the results have.

    The last line of a point counts. A last line without its end is that of a sweep which was
    interrupted, and counts for nothing.
    """
    lines = read_text(path).split("\n")[:-1]
    if not lines or lines[0] != ",".join(JOURNAL_COLUMNS):
        raise InputError(f"{path}: needs the header {','.join(JOURNAL_COLUMNS)}")
    points = {}
    size = None
    for number, line in enumerate(lines[1:], 2):
        fields = line.split(",", len(JOURNAL_COLUMNS) - 1)
        place = f"{path}: line {number}"
        if len(fields) != len(JOURNAL_COLUMNS):
            raise InputError(
                f"{place} has {len(fields)} of {len(JOURNAL_COLUMNS)} fields, "
                f"needs {','.join(JOURNAL_COLUMNS)}"
            )
        point, status, _, size, reason = fields
        if status not in ("done", "failed"):
            raise InputError(f"{place}: status is '{status}', needs done or failed")
        if not re.fullmatch("[0-9]{1,18}", size):
            raise InputError(f"{place}: bytes is '{size}', needs a whole number")
        points[point] = status, reason
    return points, None if size is None else int(size)
