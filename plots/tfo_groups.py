# SPDX-License-Identifier: GPL-2.0-only

"""Which points go into one figure, and the name of its files."""

import re

from tfo_data import SETTING, SYN_DATA_LOSS, split_variant
from tfo_style import bytes_text, variant_text

MOST_FIGURES = 12  # of a kind

# What may lie across the RTT: the loss of any packet, or of SYNs with data only
LOSS = {
    "column": "loss",
    "slug": "loss",
    "label": "Packet loss, each way (%)",
    "title": "Loss",
}
SYN_LOSS = {
    "column": "syn_data_loss",
    "slug": "syn-data-loss",
    "label": "Loss of SYNs with data (%)",
    "title": "Loss of SYNs with data",
}


def take_syn_loss_out(table):
    """Return the table with the loss of SYNs with data in a column, not in the variant."""
    table = table.copy()
    pairs = table["variant"].map(split_variant)
    table["syn_data_loss"] = [each.get(SYN_DATA_LOSS, 0.0) for each in pairs]
    table["variant"] = [
        ";".join(f"{name}={value}" for name, value in each.items() if name != SYN_DATA_LOSS)
        for each in pairs
    ]
    return table


def group_points(table, varying):
    """Return groups of points with all else equal: their common setting and the points."""
    others = [column for column in SETTING if column not in varying]
    if "syn_data_loss" in table and "syn_data_loss" not in varying:
        others.append("syn_data_loss")
    return [(dict(zip(others, key)), some) for key, some in table.groupby(others)]


def across_rtt(table, enough):
    """Return groups over RTT and a loss, as (axis, setting, points); enough() tells which.

    Where the loss of SYNs with data is swept, its points are not also drawn one loss at a time.
    """
    stripped = take_syn_loss_out(table)
    groups = []
    taken = set()
    for setting, some in group_points(stripped, ("rtt_ms", "variant", "syn_data_loss")):
        for rest, few in some.groupby("variant"):
            if few["syn_data_loss"].nunique() > 1 and enough(few, "syn_data_loss"):
                groups.append((SYN_LOSS, {**setting, "variant": rest}, few))
                taken.update(few.index)
    for setting, some in group_points(table, ("rtt_ms", "loss")):
        alone = some["loss"].nunique() == 1 and taken.issuperset(some.index)
        if not alone and enough(some, "loss"):
            groups.append((LOSS, setting, some))
    return groups


def slug(text):
    """Return a text as a part of a file name."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-.") or "x"


def setting_slug(setting, columns):
    """Return these columns of a setting as a part of a file name."""
    writers = {
        "topology": slug,
        "rtt_ms": lambda value: f"rtt-{value:g}ms",
        "rate_mbps": lambda value: f"{value:g}Mbps",
        "loss": lambda value: f"loss-{value:g}",
        "syn_data_loss": lambda value: f"syn-data-loss-{value:g}",
        "request_bytes": lambda value: f"request-{bytes_text(value)}".replace(" ", ""),
        "response_bytes": lambda value: f"response-{bytes_text(value)}".replace(" ", ""),
        "ip": lambda value: f"ipv{value}",
        "variant": lambda value: slug(variant_text(value)) if value else "linux",
    }
    return "-".join(writers[column](setting[column]) for column in columns)


def name_figures(kind, settings):
    """Return a name for each setting: its topology and what else tells the figures apart."""
    topologies = {setting["topology"] for setting in settings}
    apart = [
        column
        for column in (settings[0] if settings else [])
        if column == "topology"
        or len({(setting["topology"], setting[column]) for setting in settings}) > len(topologies)
    ]
    names = []
    for setting in settings:
        name = f"{kind}-{setting_slug(setting, apart)}".rstrip("-")[:120]
        number = 2
        while name in names:
            name = f"{name[:115]}-{number}"
            number += 1
        names.append(name)
    return names


def name_groups(kind, groups):
    """Return names for groups of across_rtt(), in their order."""
    names = {}
    for axis in (LOSS, SYN_LOSS):
        places = [place for place, group in enumerate(groups) if group[0] is axis]
        if places:
            some = name_figures(f"{kind}-{axis['slug']}", [groups[place][1] for place in places])
            names.update(zip(places, some))
    return [names[place] for place in range(len(groups))]


def limit_figures(groups, names):
    """Return at most MOST_FIGURES groups with names, and a remark; each topology has its share."""
    rank = {}
    order = []
    for place, group in enumerate(groups):
        topology = next(part for part in group if isinstance(part, dict) and "topology" in part)
        topology = topology["topology"]
        rank[topology] = rank.get(topology, -1) + 1
        order.append((rank[topology], place))
    kept = sorted(place for _, place in sorted(order)[:MOST_FIGURES])
    out = [name for place, name in enumerate(names) if place not in kept]
    remarks = []
    if out:
        remarks.append(
            f"{len(kept)} of {len(names)} figures drawn; left out: {', '.join(out[:MOST_FIGURES])}"
            + (f" and {len(out) - MOST_FIGURES} more" if len(out) > MOST_FIGURES else "")
        )
    return [(groups[place], names[place]) for place in kept], remarks
