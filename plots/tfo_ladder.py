# SPDX-License-Identifier: GPL-2.0-only

"""The ladder diagram: one exchange, segment by segment."""

import math

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from tfo_data import NoFigure
from tfo_style import NOTE_SIZE, TOPOLOGY_NAMES, add_legend, bytes_text, time_text, wrap_note

REQUEST_COLOUR = "#CC79A7"
RESPONSE_COLOUR = "#009E73"
LIGHT = "0.72"


class Exchange:
    """One transfer's segments, and its moments as the applications see them."""

    def __init__(self, rows):
        self.segments = sorted(
            rows.to_dict("records"), key=lambda s: (s["sent_ms"], s["sender"], s["seq"])
        )
        accepted = any(
            s["sender"] == "server" and "SYN" in s["flags"] and s["ack"] > 1 for s in self.segments
        )
        self.request = self.arrivals("client", accepted)
        self.response = self.arrivals("server", True)

    def arrivals(self, sender, syn_data):
        """Return when the first and the last byte of a side's data can be read, and how many."""
        data = []
        size = 0
        # A client in SYN-SENT discards data that comes before the SYN-ACK
        opened = min(
            (
                s["received_ms"]
                for s in self.segments
                if s["sender"] == "server" and "SYN" in s["flags"]
            ),
            key=lambda when: (math.isnan(when), when),
            default=math.nan,
        )
        for segment in self.segments:
            if segment["sender"] == sender and segment["size"]:
                # Data of a SYN follow the SYN's own number
                begin = segment["seq"] + ("SYN" in segment["flags"])
                size = max(size, begin + segment["size"] - 1)
                useful = syn_data or "SYN" not in segment["flags"]
                if sender == "server" and segment["received_ms"] < opened:
                    useful = False
                if useful and not math.isnan(segment["received_ms"]):
                    data.append((segment["received_ms"], begin, begin + segment["size"]))
        first = math.nan
        edge = 1
        held = []
        for when, begin, end in sorted(data):
            held.append((begin, end))
            for begin, end in sorted(held):
                if begin <= edge < end:
                    edge = end
            if edge > 1 and math.isnan(first):
                first = when
            if edge > size:
                return first, when, size
        return first, math.nan, size

    def delay(self, sender):
        """Return the shortest time that a segment of a side was on its way."""
        times = [
            s["received_ms"] - s["sent_ms"]
            for s in self.segments
            if s["sender"] == sender and not math.isnan(s["received_ms"])
        ]
        return min(times, default=math.nan)

    def round_trip(self):
        """Return the time from the last SYN to the first SYN-ACK's arrival."""
        replies = [
            s["received_ms"]
            for s in self.segments
            if s["sender"] == "server" and "SYN" in s["flags"] and not math.isnan(s["received_ms"])
        ]
        if not replies:
            return math.nan
        reply = min(replies)
        return reply - max(
            s["sent_ms"]
            for s in self.segments
            if s["sender"] == "client" and "SYN" in s["flags"] and s["sent_ms"] < reply
        )

    def bursts(self):
        """Return lists of segments that are drawn with one label, before the response's end."""
        end = self.response[1]
        groups = []
        latest = {}
        for segment in self.segments:
            closing = "FIN" in segment["flags"] and not segment["size"]
            if closing or segment["sent_ms"] > end:
                continue
            kind = (segment["sender"], segment_kind(segment), segment["retransmission"])
            group = latest.get(segment["sender"])
            near = 0.25 * self.delay(segment["sender"])
            if (
                group
                and group["kind"] == kind
                and kind[1] == "data"
                and segment["sent_ms"] - group["segments"][-1]["sent_ms"] < near
            ):
                group["segments"].append(segment)
            else:
                before = group["segments"][-1] if group else None
                group = {"kind": kind, "segments": [segment], "after_ack": False}
                if before and segment["sent_ms"] - before["sent_ms"] < near:
                    group["after_ack"] = segment_kind(before) == "ack"
                # Pure ACKs amid data do not part the data
                if kind[1] != "ack" or not before or segment_kind(before) != "data":
                    latest[segment["sender"]] = group
                groups.append(group)
        return groups


class TimeScale:
    """The ladder's time axis, with long times without segments shortened."""

    def __init__(self, exchanges, longest):
        spans = []
        for exchange in exchanges:
            for group in exchange.bursts():
                for segment in group["segments"]:
                    end = segment["received_ms"]
                    if math.isnan(end):
                        end = segment["sent_ms"] + exchange.delay(segment["sender"])
                    spans.append((segment["sent_ms"], min(end, longest)))
        idle = []
        busy_until = 0
        for begin, end in sorted(spans) + [(longest, longest)]:
            if begin - busy_until > 0.2 * longest:
                idle.append((busy_until, begin))
            busy_until = max(busy_until, end)
        busy = longest - sum(end - begin for begin, end in idle)
        # Ends of the gaps, some way off their neighbours' arrows
        margin = 0.03 * busy
        self.gaps = [(begin + margin, end - margin) for begin, end in idle]
        self.longest = longest
        self.places = [0]
        self.heights = [0]
        for begin, end in self.gaps:
            for place, height in ((begin, begin - self.places[-1]), (end, 0.06 * busy)):
                self.places.append(place)
                self.heights.append(self.heights[-1] + height)

    def shown(self, times):
        """Return how far down times are."""
        return self.convert(times, self.places, self.heights)

    def real(self, heights):
        """Return the times that are so far down."""
        return self.convert(heights, self.heights, self.places)

    @staticmethod
    def convert(values, before, after):
        """Map values piece by piece, and one to one at both ends."""
        values = np.asarray(values, dtype=float)
        inside = np.interp(values, before, after)
        return inside + np.minimum(values - before[0], 0) + np.maximum(values - before[-1], 0)

    def ticks(self):
        """Return round times outside of the gaps."""
        steps = MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]).tick_values(0, self.shown(self.longest))
        step = steps[1] - steps[0]
        ticks = [step * number for number in range(int(self.longest / step) + 1)]
        return [t for t in ticks if not any(begin < t < end for begin, end in self.gaps)]


def segment_kind(segment):
    """Tell whether a segment belongs to the handshake, carries data or only acknowledges."""
    if "SYN" in segment["flags"] or "RST" in segment["flags"]:
        return "handshake"
    return "data" if segment["size"] else "ack"


def burst_label(group):
    """Write what a burst of segments is."""
    sender, kind, again = group["kind"]
    segments = group["segments"]
    first = segments[0]
    parts = []
    if kind == "handshake":
        parts.append("-".join(first["flags"].split("|")))
        if again == "1":
            parts[0] += " again"
        if first["fast_open"]:
            cookie = first["fast_open"]
            size = f"{len(cookie) // 2} B"
            parts.append("cookie " + ("request" if cookie == "request" else size))
        if first["size"]:
            parts.append(bytes_text(first["size"]))
        if sender == "server" and (first["ack"] > 1 or len(parts) == 1):
            parts.append(f"ack {first['ack']}")
    else:
        word = "ACK, data" if sender == "client" and group["after_ack"] else "data"
        parts.append(f"{word} {ranges_text(segments)}" + (" again" if again == "1" else ""))
        if len(segments) > 1:
            parts.append(f"{len(segments)} segments")
            lost = sum(math.isnan(s["received_ms"]) for s in segments)
            if lost:
                parts.append(f"{lost} lost")
            if len(", ".join(parts)) > 24:
                parts = [f"{parts[0]},\n{parts[1]}"] + parts[2:]
    return ", ".join(parts)


def ranges_text(segments):
    """Write which bytes some segments carry."""
    ranges = []
    for segment in sorted(segments, key=lambda s: s["seq"]):
        begin, end = segment["seq"], segment["seq"] + segment["size"] - 1
        if ranges and begin <= ranges[-1][1] + 1:
            ranges[-1][1] = max(end, ranges[-1][1])
        else:
            ranges.append([begin, end])
    if len(ranges) > 2:
        ranges = [[ranges[0][0], ranges[-1][1]]]
    return ", ".join(f"{begin}–{end}" for begin, end in ranges)


def draw_segment(axis, exchange, segment, bottom, crowded):
    """Draw one segment as an arrow, a thin one if it has neighbours."""
    start, end = (0, 1) if segment["sender"] == "client" else (1, 0)
    kind = segment_kind(segment)
    carries = segment["size"] > 0
    look = {"color": "black", "linewidth": 1.1}
    if carries:
        look = {"color": REQUEST_COLOUR, "linewidth": 2.2}
        if segment["sender"] == "server":
            look = {"color": RESPONSE_COLOUR, "linewidth": 1.1}
        if crowded:
            look["linewidth"] *= 0.6
    elif kind == "ack":
        look = {"color": LIGHT, "linewidth": 0.8, "zorder": 1}
    if segment["retransmission"] == "1":
        look["linestyle"] = (0, (4, 2))
    sent = segment["sent_ms"]
    received = segment["received_ms"]
    if math.isnan(received):
        middle = sent + exchange.delay(segment["sender"]) / 2
        axis.plot([start, 0.5], [sent, middle], **look)
        axis.plot(0.5, middle, marker="x", color="black", markersize=7, markeredgewidth=1.6)
    elif kind != "ack" or received <= bottom:
        axis.annotate(
            "",
            (end, received),
            (start, sent),
            zorder=look.pop("zorder", 2),
            arrowprops={
                "arrowstyle": "-|>",
                "shrinkA": 0,
                "shrinkB": 0,
                "mutation_scale": 4.5 if crowded or kind == "ack" else 8,
                **look,
            },
        )


def write_along(axis, text, start, end, below, gap=3.5):
    """Write a text along a line, above or below it."""
    (x0, y0), (x1, y1) = axis.transData.transform([start, end])
    if x1 < x0:
        x0, y0, x1, y1 = x1, y1, x0, y0
    angle = math.atan2(y1 - y0, x1 - x0)
    side = -gap if below else gap
    # Short ones nearer the sender, away from the ACKs
    part = 0.4 if below and max(map(len, text.split("\n"))) < 20 else 0.5
    axis.annotate(
        text,
        axis.transData.inverted().transform(
            (1 - part) * axis.transData.transform(start) + part * axis.transData.transform(end)
        ),
        (-side * math.sin(angle), side * math.cos(angle)),
        textcoords="offset points",
        rotation=math.degrees(angle),
        rotation_mode="anchor",
        ha="center",
        va="top" if below else "bottom",
        size=NOTE_SIZE,
        linespacing=1.1,
    )


def draw_gaps(axis, place, gaps):
    """Dot a vertical line where the time axis is shortened."""
    for begin, end in gaps:
        for colour, width, line in (("white", 3, "-"), ("black", 1.4, ":")):
            axis.plot(
                [place, place],
                [begin, end],
                color=colour,
                linewidth=width,
                linestyle=line,
                zorder=4,
                clip_on=False,
            )


def draw_exchange(axis, exchange, bottom, gaps):
    """Draw one exchange between the client's line and the server's."""
    for place, name in ((0, "client"), (1, "server")):
        axis.plot([place, place], [0, bottom], color="black", linewidth=1.6, zorder=3)
        draw_gaps(axis, place, gaps)
        axis.annotate(
            name, (place, 0), (0, 15), textcoords="offset points", ha="center", va="bottom"
        )
    for group in exchange.bursts():
        segments = group["segments"]
        for segment in segments:
            draw_segment(axis, exchange, segment, bottom, len(segments) > 1)
        sender, kind, _ = group["kind"]
        if kind == "ack":
            continue
        below = sender == "server" and kind == "data"
        shown = segments[-1] if below else segments[0]
        received = shown["received_ms"]
        gap = 3.5
        if math.isnan(received):
            received = shown["sent_ms"] + exchange.delay(sender)
            gap = 8  # clear of the cross
        ends = [(0, shown["sent_ms"]), (1, received)]
        if sender == "server":
            ends = [(1, shown["sent_ms"]), (0, received)]
        write_along(axis, burst_label(group), ends[0], ends[1], below, gap)
        times = [s["received_ms"] for s in segments if not math.isnan(s["received_ms"])]
        if len(times) > 1:
            place, tip = (-0.065, -0.025) if sender == "server" else (1.065, 1.025)
            axis.plot(
                [tip, place, place, tip],
                [min(times), min(times), max(times), max(times)],
                color="black",
                linewidth=0.9,
                clip_on=False,
            )
    for when, name, place, side in (
        (exchange.request[1], "request at\nthe appli-\ncation", 1.09, "center"),
        (exchange.response[0], "first byte", -0.09, "bottom"),
        (exchange.response[1], "last byte", -0.09, "top"),
    ):
        text = f"{name}\n{time_text(when)} ms"
        axis.text(
            place,
            when,
            text,
            ha="left" if place > 0 else "right",
            va=side,
            size=NOTE_SIZE,
            linespacing=1.1,
        )
        edge = 1 if place > 0 else 0
        axis.plot([edge, place * 0.98 + 0.02 * edge], [when, when], color="black", linewidth=0.9)


def draw_ladder(rows, transfer):
    """One exchange, plain and Fast Open side by side on one time axis."""
    if rows.empty:
        raise NoFigure("needs segments (tfo-compare --segments)")
    found = rows[rows["transfer"] == transfer].groupby(["topology", "run"], sort=False)
    found = [(key, some) for key, some in found if some["mode"].nunique() == 2]
    if not found:
        raise NoFigure(f"the segments do not have transfer {transfer} in both modes")
    for (topology, run), some in found:
        exchanges = [Exchange(some[some["mode"] == mode]) for mode in ("3whs", "tfo")]
        if not any(math.isnan(e.request[1] + e.response[1]) for e in exchanges):
            break
    else:
        raise NoFigure(f"transfer {transfer} did not reach its last byte in both modes")
    remarks = []
    if len(found) > 1:
        remarks.append(f"drawn is {topology}, run {run}; {len(found) - 1} more are in the data")

    plain, fast = exchanges
    longest = max(plain.response[1], fast.response[1])
    times = TimeScale(exchanges, longest)
    name = TOPOLOGY_NAMES.get(topology, topology)
    note = f"{name}, run {run}, transfer {transfer}; n = 1 exchange of each mode. "
    trip = plain.round_trip()
    if not math.isnan(trip):
        note += f"RTT: from SYN to SYN-ACK of the plain handshake, {time_text(trip)} ms. "
    note += "ACKs that arrive after the last byte, and the closing segments, are left out."
    for begin, end in times.gaps:
        note += f" Dotted: {end - begin:.0f} ms without segments, shortened."
    width, panel, top, left = 6.7, 4.9, 0.92, 0.62
    note = wrap_note(note, width)
    low = 0.1 + 0.16 * len(note)
    figure_height = top + panel + low
    figure = plt.figure(figsize=(width, figure_height))
    panel_width = (width - left - 0.02) / 2
    # Room for labels above the first and below the last arrow
    inch = times.shown(longest) / (panel - 0.42)
    axes = []
    for number in range(2):
        axis = figure.add_axes(
            [
                (left + number * panel_width) / width,
                low / figure_height,
                panel_width / width,
                panel / figure_height,
            ]
        )
        axis.set_yscale("function", functions=(times.shown, times.real))
        axis.set_xlim(-0.54, 1.5)
        axis.set_ylim(longest + 0.36 * inch, -0.06 * inch)
        axis.set_xticks([])
        axis.set_yticks([])
        axis.minorticks_off()
        for spine in axis.spines.values():
            spine.set_visible(False)
        axes.append(axis)
    axes[0].set_yticks(times.ticks(), [f"{tick:g}" for tick in times.ticks()])
    axes[0].spines["left"].set_visible(True)
    axes[0].spines["left"].set_bounds(0, longest)
    draw_gaps(axes[0], axes[0].get_xlim()[0], times.gaps)
    axes[0].set_ylabel("Time since the client's call to open (ms)", labelpad=4)
    axes[0].yaxis.set_label_coords(-0.46 / panel_width, 0.5)

    names = ("Plain handshake", "Fast Open" if transfer > 1 else "Fast Open, first contact")
    for axis, exchange, name in zip(axes, exchanges, names):
        draw_exchange(axis, exchange, longest + 0.3 * inch, times.gaps)
        axis.annotate(
            name,
            (0.5, 0),
            (0, 30),
            textcoords="offset points",
            ha="center",
            va="bottom",
            weight="bold",
        )
    draw_difference(axes, plain, fast, times)

    figure.text(
        0.1 / width,
        0.06 / figure_height,
        "\n".join(note),
        size=NOTE_SIZE,
        va="bottom",
        linespacing=1.25,
    )
    add_legend(
        figure,
        [
            Line2D([], [], color="black", linewidth=1.1, label="handshake"),
            Line2D([], [], color=REQUEST_COLOUR, linewidth=2.2, label="request"),
            Line2D([], [], color=RESPONSE_COLOUR, linewidth=1.1, label="response"),
            Line2D([], [], color=LIGHT, linewidth=0.8, label="pure ACK"),
            Line2D([], [], color="black", linewidth=1.1, linestyle=(0, (4, 2)), label="sent again"),
            Line2D(
                [], [], color="black", marker="x", markersize=7, linestyle="none", label="lost"
            ),
        ],
    )
    return figure, remarks


def draw_difference(axes, plain, fast, times):
    """Mark how much earlier the last byte of Fast Open arrives."""
    saved = plain.response[1] - fast.response[1]
    if abs(saved) < 0.02 * plain.response[1]:
        return
    axis = axes[1] if saved > 0 else axes[0]
    names = ("Fast Open", "plain")
    later = max(plain.response[1], fast.response[1])
    earlier = min(plain.response[1], fast.response[1])
    axis.plot([-0.09, 1], [later, later], color="black", linewidth=0.8, linestyle=(0, (1, 2)))
    axis.annotate(
        "",
        (0.05, earlier),
        (0.05, later),
        arrowprops={"arrowstyle": "<|-|>", "color": "black", "shrinkA": 0, "shrinkB": 0},
    )
    text = f"{time_text(abs(saved))} ms {'saved' if saved > 0 else 'earlier'}"
    trip = plain.round_trip()
    if not math.isnan(trip):
        text += f"\n= {abs(saved) / trip:.2f} RTT"
    axis.annotate(
        f"last byte, {names[saved > 0]}",
        (0.06, later),
        (0, -4),
        textcoords="offset points",
        va="top",
        size=NOTE_SIZE,
    )
    axis.text(
        0.1,
        float(times.real((times.shown(earlier) + times.shown(later)) / 2)),
        text,
        va="center",
        size=NOTE_SIZE,
        linespacing=1.15,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
    )
