# SPDX-License-Identifier: GPL-2.0-only

"""Draw the figures of a comparison of TCP Fast Open with the plain handshake.

The input is the folder of a sweep (tfo-sweep --out), or CSV files that tfo-compare writes:
transfers (--csv) and segments (--segments), in any mixture; their header lines tell them apart.
Every figure that the data allow is written as PNG and as SVG, and for a sweep a report with them:

topologies    completion time by topology
rtt           completion time over the RTT, with the theory (p2p without loss)
rtt-*         completion time over the RTT, a panel for each loss
loss          completion time and saving over loss (p2p)
saving-rtt-*  heat maps of the saving over RTT and loss
saving-size-* saving over the size of the response
distribution* distribution functions of the completion time
ladder        one exchange, segment by segment

A * stands for what tells the figures apart: the topology first.
"""

import argparse
import logging
import os
import pathlib
import re
import shutil
import sys
import tempfile

# No notices of a font cache on stderr, which is for errors
logging.getLogger("matplotlib").setLevel(logging.CRITICAL)

try:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt
    from tfo_curves import draw_curves
    from tfo_data import InputError, NoFigure, read_files
    from tfo_distribution import draw_distributions
    from tfo_heat import draw_heat
    from tfo_ladder import draw_ladder
    from tfo_loss import draw_loss
    from tfo_report import make_page
    from tfo_rtt import draw_rtt
    from tfo_sizes import draw_sizes
    from tfo_stats import number_points, tabulate
    from tfo_style import STYLE, Drawing, save
    from tfo_sweep import read_sweep
    from tfo_topologies import draw_topologies
except ImportError as missing:
    sys.exit(
        f"tfo_plot.py: {missing} ({sys.executable}); "
        "needs a Python 3 with pandas, matplotlib and scipy"
    )


FIGURE = re.compile(
    "(topologies|rtt|loss|(rtt-loss|rtt-syn-data-loss|saving-rtt|saving-size|distribution)-.+)"
    "[.](png|svg)"
)


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message):
        self.exit(2, f"{self.prog}: {' '.join(message.split())}\n")


def whole_number(text):
    """Read a whole number from 1."""
    if not (text.isascii() and text.isdigit()) or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}', needs a whole number from 1")
    return int(text)


def one(name, caption, draw, *arguments):
    """Yield the drawing of a kind that has one figure."""
    figure, remarks = draw(*arguments)
    yield Drawing(name, caption, figure, remarks)


def list_kinds(transfers, table):
    """Return the kinds of figures of transfers: name and drawings."""
    rows = transfers
    return [
        (
            "topologies",
            one("topologies", "Completion time by topology", draw_topologies, rows),
        ),
        (
            "rtt",
            one("rtt", "Completion time over RTT without loss, and theory", draw_rtt, rows),
        ),
        ("rtt-*", draw_curves(rows, table)),
        ("loss", one("loss", "Completion time and saving over loss", draw_loss, rows)),
        ("saving-rtt-*", draw_heat(rows, table)),
        ("saving-size-*", draw_sizes(rows, table)),
        ("distribution*", draw_distributions(rows, table)),
    ]


def draw_all(kinds, folder):
    """Draw into a folder; return pairs of a drawing and its files, and remarks."""
    drawn = []
    remarks = []
    for name, drawings in kinds:
        try:
            for drawing in drawings:
                drawn.append((drawing, save(drawing.figure, folder, drawing.name)))
                for remark in drawing.remarks:
                    own = remark.startswith(drawing.name)
                    remarks.append(remark if own else f"{name}: {remark}")
        except NoFigure as error:
            remarks.append(f"{name}: not drawn, {error}")
    return drawn, remarks


def move_files(source, target):
    """Move what was drawn to where it belongs; return the new paths."""
    target.mkdir(parents=True, exist_ok=True)
    moved = []
    for path in sorted(source.iterdir()):
        os.replace(path, target / path.name)
        moved.append(target / path.name)
    return moved


def remove_stale(folder, fresh):
    """Remove the figures of a sweep's folder that its data no longer give; return them."""
    stale = [
        path
        for path in sorted(folder.iterdir())
        if path not in fresh and FIGURE.fullmatch(path.name)
    ]
    for path in stale:
        path.unlink()
    return stale


def make_workshop(target):
    """Return a new folder on the disk of the target, so that files can be moved in one step."""
    place = target.absolute()
    while not place.is_dir():
        place = place.parent
    return pathlib.Path(tempfile.mkdtemp(prefix=".tfo-plot-", dir=place))


def plot_sweep(folder, out):
    """Draw the figures and the report of a sweep; return whether there is a figure."""
    sweep = read_sweep(folder)
    for remark in sweep.remarks:
        print(f"tfo_plot.py: {folder}: {remark}", file=sys.stderr)
    rows = number_points(sweep.transfers)
    table = tabulate(rows)
    figures = out or folder / "figures"
    workshop = make_workshop(figures)
    try:
        drawn, remarks = draw_all(list_kinds(rows, table), workshop)
        pictures = [(drawing, paths[0].read_bytes()) for drawing, paths in drawn]
        page = workshop / "report.html"
        page.write_text(make_page(sweep, table, pictures, remarks), encoding="utf-8")
        report = (out or folder) / "report.html"
        report.parent.mkdir(parents=True, exist_ok=True)
        os.replace(page, report)
        moved = move_files(workshop, figures)
        if out is None:
            remarks += [f"removed {path}, from other data" for path in remove_stale(figures, moved)]
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    print(*remarks, *moved, report, sep="\n")
    return bool(drawn)


def plot_files(names, out, transfer):
    """Draw the figures that some files allow; return whether there is one."""
    transfers, segments, notes = read_files(names)
    kinds = [("ladder", one("ladder", "One exchange", draw_ladder, segments, transfer))]
    if transfers.empty:
        notes.append("no figures of transfers, they need a file of tfo-compare --csv")
    else:
        rows = number_points(transfers)
        kinds = list_kinds(rows, tabulate(rows)) + kinds
    workshop = make_workshop(out)
    try:
        drawn, remarks = draw_all(kinds, workshop)
        moved = move_files(workshop, out)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    print(*[f"note: {note}" for note in notes], *remarks, *moved, sep="\n")
    return bool(drawn)


def main():
    """Read the command line and the data, then draw what they allow."""
    parser = Parser(
        prog="tfo_plot.py",
        description="Draw the figures of a sweep, with a report, or those of tfo-compare's CSV "
        "files; as PNG and SVG.",
    )
    parser.add_argument(
        "--out",
        metavar="DIR",
        type=pathlib.Path,
        help="folder for the figures [of a sweep: figures/ in it, the report beside it]",
    )
    parser.add_argument(
        "--transfer",
        type=whole_number,
        default=2,
        metavar="N",
        help="transfer of the ladder diagram [2, the first with a cookie]",
    )
    parser.add_argument(
        "data", nargs="+", metavar="DATA", help="folder of a sweep, or CSV files (with --out)"
    )
    arguments = parser.parse_args()

    matplotlib.rcdefaults()
    matplotlib.rcParams.update(STYLE)
    if "text.parse_math" in matplotlib.rcParams:
        matplotlib.rcParams["text.parse_math"] = False  # a $ in the data is a $
    folder = pathlib.Path(arguments.data[0])
    # Without --out there is nothing but a sweep's folder that can be meant
    is_sweep = len(arguments.data) == 1 and (folder.is_dir() or arguments.out is None)
    try:
        if is_sweep and folder.is_file():
            parser.error(f"{folder}: is a file, needs --out=DIR for its figures")
        if is_sweep:
            drawn = plot_sweep(folder, arguments.out)
        elif arguments.out is None:
            parser.error("several files need --out=DIR for their figures")
        else:
            drawn = plot_files(arguments.data, arguments.out, arguments.transfer)
    except InputError as error:
        parser.error(str(error))
    except OSError as error:
        where = error.filename2 or error.filename or arguments.out or folder
        parser.error(f"{where}: cannot be written: {error.strerror}")
    finally:
        plt.close("all")
    return 0 if drawn else 1


if __name__ == "__main__":
    sys.exit(main())
