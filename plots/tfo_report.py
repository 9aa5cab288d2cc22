# SPDX-License-Identifier: GPL-2.0-only

"""The report of a sweep: one page with the figures, their table, and how to repeat it."""

import base64
import html
import math

from tfo_style import topology_name, variant_text

STYLE_SHEET = """
body { color: #111; background: #fff; font: 16px/1.45 sans-serif; margin: 0 auto;
  max-width: 74rem; padding: 0 1rem 3rem; }
p, pre { max-width: 58rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2rem; }
h1, h2 { line-height: 1.2; }
figure { margin: 1.5rem 0; break-inside: avoid; }
figure img { max-width: 100%; height: auto; display: block; }
figcaption { font-size: .9rem; margin-top: .4rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .8rem; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .4rem; text-align: right; white-space: nowrap; }
th { border-bottom: 2px solid #111; vertical-align: bottom; }
td { border-bottom: 1px solid #ccc; }
thead { display: table-header-group; } tr { break-inside: avoid; }
.text { text-align: left; } td.wrap { white-space: normal; overflow-wrap: anywhere; }
pre { background: #f3f3f3; padding: .7rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.remark { border-left: 4px solid #d55e00; padding: .1rem .8rem; }
@media print { body { font-size: 10pt; max-width: none; padding: 0; }
  figure img { width: auto !important; max-height: 4in; }
  .wide { overflow: visible; } table { font-size: 6.5pt; } th, td { padding: 1pt 2pt; } }
"""

FACTS = [
    ("module", "TCP Fast Open module"),
    ("ns3", "ns-3"),
    ("commit", "Commit"),
    ("started", "Started"),
    ("ended", "Ended"),
    ("points", "Points"),
    ("host", "Host"),
]


def escape(text):
    """Return a text for a page."""
    return html.escape(str(text))


def make_page(sweep, table, pictures, remarks):
    """Return the page; pictures are pairs of a drawing and its PNG's bytes."""
    manifest = sweep.manifest or {}
    parts = ["<h1>TCP Fast Open and the plain handshake: a sweep</h1>"]
    parts += [f'<p class="remark">Note: {escape(remark)}.</p>' for remark in sweep.remarks]
    parts.append(
        "<p>Each transfer is a request and its response on a connection of its own, over the "
        "plain three-way handshake and over Fast Open, with the same randomness. Means are over "
        "runs, of later transfers (the first has no cookie yet); ± is half of a 95 % interval "
        "(Student&#8217;s t, over runs). Savings are differences of pairs: plain minus Fast Open "
        "of the same seed, run and transfer, where both were completed.</p>"
    )
    parts.append("<h2>Figures</h2>")
    parts += [draw_picture(drawing, data) for drawing, data in pictures]
    if not pictures:
        parts.append("<p>The data allow none.</p>")
    if remarks:
        parts.append("<p>What is not in the figures:</p><ul>")
        parts += [f"<li>{escape(remark)}</li>" for remark in remarks]
        parts.append("</ul>")
    parts.append("<h2>The points</h2>")
    parts.append(points_table(table))
    if sweep.failed:
        parts.append("<h2>Points that failed</h2>")
        parts.append(simple_table(("Point", "Reason"), sweep.failed, "failed"))
    parts.append("<h2>Parameters</h2>")
    if sweep.manifest is None:
        parts.append("<p>Unknown: the results came without a manifest.json.</p>")
    else:
        flags = manifest.get("flags", {})
        parts.append(
            "<p>The flags of <code>./tfo sweep</code>, with those that were not given:</p>"
        )
        parts.append(
            simple_table(
                ("Flag", "Value"),
                [(f"--{name}", value) for name, value in flags.items()],
                "parameters",
            )
        )
        if "tcp" in manifest:
            parts.append("<p>TCP&#8217;s attributes, where no flag says otherwise:</p>")
            parts.append(simple_table(("Attribute", "Value"), manifest["tcp"].items(), "tcp"))
        facts = [(label, manifest.get(name) or "unknown") for name, label in FACTS]
        parts.append("<h2>How it was made</h2>")
        parts.append(simple_table(("What", "Value"), facts, "facts"))
    parts.append("<h2>How to repeat it</h2>")
    if sweep.manifest is not None:
        commit = manifest.get("commit")
        where = f" at commit {escape(commit)}" if commit else ""
        parts.append(
            f"<p>In a clone of the module{where}, with the <code>manifest.json</code> that lies "
            "beside this page; the same seeds give the same bytes:</p>"
            "<pre>./tfo sweep --manifest=manifest.json --out=DIR\n./tfo plot DIR</pre>"
        )
        if "command" in manifest:
            parts.append(f"<p>Or with all its flags:</p><pre>{escape(manifest['command'])}</pre>")
    else:
        parts.append("<p>The figures and this page, from the results:</p><pre>./tfo plot DIR</pre>")
    body = "\n".join(parts)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>TCP Fast Open: a sweep</title>\n<style>{STYLE_SHEET}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def draw_picture(drawing, data):
    """Return a figure, its picture in the page itself."""
    inches = drawing.figure.get_size_inches()
    return (
        f'<figure id="{escape(drawing.name)}">\n'
        f'<img alt="{escape(drawing.caption)}" style="width: {inches[0] * 8.2:.0f}rem" '
        f'src="data:image/png;base64,{base64.b64encode(data).decode()}">\n'
        f"<figcaption>{escape(drawing.caption)}. File: {escape(drawing.name)}.</figcaption>\n"
        "</figure>"
    )


def simple_table(header, rows, name):
    """Return a table of texts."""
    head = "".join(f'<th class="text">{escape(text)}</th>' for text in header)
    body = "\n".join(
        "<tr>" + "".join(f'<td class="text wrap">{escape(text)}</td>' for text in row) + "</tr>"
        for row in rows
    )
    return (
        f'<table id="{name}">\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>'
    )


def number(value, digits=1):
    """Write a number with a real minus sign, or a dash where there is none."""
    if math.isnan(value):
        return "–"
    text = f"{value:.{digits}f}"
    return text.replace("-", "−") if float(text) else text.lstrip("-")


def interval(mean, half, runs, digits=1):
    """Write a mean with half of its interval, where several runs give one."""
    text = number(mean, digits)
    return f"{text} ± {number(half, digits)}" if runs > 1 else text


def points_table(table):
    """Return the table of all points."""
    columns = [
        ("Topology", "text"),
        ("IP", ""),
        ("RTT<br>ms", ""),
        ("Rate<br>Mbit/s", ""),
        ("Loss<br>%", ""),
        ("Request<br>B", ""),
        ("Response<br>B", ""),
        ("Variant", "text"),
        ("Runs", ""),
        ("Pairs", ""),
        ("First<br>contact<br>ms", ""),
        ("Plain<br>ms", ""),
        ("Fast Open<br>ms", ""),
        ("Saving<br>ms", ""),
        ("Saving<br>%", ""),
        ("Failed:<br>plain,<br>Fast Open", ""),
    ]
    head = "".join(f'<th class="{look}">{title}</th>' for title, look in columns)
    lines = []
    for row in table.to_dict("records"):
        failed = row["open_failed"] + row["first_failed"]
        cells = [
            escape(topology_name(row["topology"])),
            f"v{escape(row['ip'])}",
            f"{row['rtt_ms']:g}",
            f"{row['rate_mbps']:g}",
            f"{row['loss'] * 100:g}",
            row["request_bytes"],
            row["response_bytes"],
            escape(variant_text(row["variant"])) or "–",
            max(row["runs"], row["plain_runs"], row["open_runs"]),
            row["pairs"],
            number(row["first"]),
            interval(row["plain"], row["plain_half"], row["plain_runs"]),
            interval(row["open"], row["open_half"], row["open_runs"]),
            interval(row["saved"], row["saved_half"], row["runs"]),
            interval(row["percent"], row["percent_half"], row["runs"]),
            f"{row['plain_failed']}, {failed}",
        ]
        lines.append(
            "<tr>"
            + "".join(
                f'<td class="{look}">{cell}</td>' if look else f"<td>{cell}</td>"
                for cell, (_, look) in zip(cells, columns)
            )
            + "</tr>"
        )
    body = "\n".join(lines)
    return (
        f'<div class="wide"><table id="points">\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody>\n</table></div>"
    )
