"""Writes BENCHMARKS.md and its charts from the figures that `benches/scale` measured."""

from __future__ import annotations

from pathlib import Path

# A step, and what its bound is, in words.
STEPS = {
    "import orders, Parquet": "`CREATE TABLE … ORDER BY` time, of the same file, checkpointed",
    "import orders, CSV": "the same from the CSV file",
    "grades, dry run": "the window's sums by customer",
    "grades, the first update": "the same",
    "grades, the next update": "the same",
    "cohort run, 23 months": "the orders joined to the members, summed by activity and customer",
    "cohort run, a month": "the same of the month's orders",
    "cohort verify": "the same of all orders",
    "cohort report": "",
    "overview": "",
    "report, a page": "orders and revenue by customer and month",
    "predict run": "days with an order, first and last, by customer",
    "export orders, Parquet": "`COPY` of the table",
}

PEERS = {
    "pandas_grades": ("Grades", "pandas, from Parquet"),
    "polars_grades": ("Grades", "polars, from Parquet"),
    "sqlite_grades": ("Grades", "SQLite, a customer at a time"),
    "pandas_cohorts": ("Cohort LTV", "pandas, from Parquet"),
    "polars_cohorts": ("Cohort LTV", "polars, from Parquet"),
    "lifetimes_fit": ("BG/NBD fit", "lifetimes, histories given"),
}

# What the command does for the same answer.
OURS = {
    "Grades": ("grades, the first update",),
    "Cohort LTV": ("cohort run, 23 months", "cohort run, a month"),
    "BG/NBD fit": ("predict run",),
}


def write(figures: dict, out: Path) -> None:
    """The page, and its charts in the folder `benches` beside it."""
    shops = {int(orders): steps for orders, steps in figures["shops"].items()}
    charts = out.parent / "benches"
    charts.mkdir(exist_ok=True)
    curves(shops, "wall", "seconds", charts / "scale-time.svg")
    curves(shops, "memory", "megabytes", charts / "scale-memory.svg", 2**-20)
    parts = [HEAD.format(**told(figures["about"]))]
    parts += [shop_table(orders, steps) for orders, steps in shops.items()]
    parts += [files(shops), CHARTS, years(figures["years"]), peers(shops, figures["peers"], figures["customers"])]
    notes = Path(__file__).with_name("scale-notes.md")
    if notes.exists():
        parts.append(notes.read_text())
    out.write_text("\n".join(part.strip("\n") + "\n" for part in parts))


def told(about: dict) -> dict:
    return about


def seconds(value: float) -> str:
    """With no more digits than a single run is good for."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def shop_table(orders: int, steps: dict) -> str:
    lines = [
        f"### {orders:,} orders of {steps['import orders, Parquet']['customers']:,} customers",
        "",
        "| step | wall, s | CPU, s | peak memory, MB | orders/s | bound, s | times the bound |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for name in STEPS:
        step = steps[name]
        bound = step.get("bound")
        held = (f"{bound:.3f}" if bound < 0.1 else seconds(bound), f"{step['wall'] / bound:.1f}") if bound else ("", "")
        lines.append(
            f"| {name} | {seconds(step['wall'])} | {seconds(step['cpu'])} | {step['memory'] / 2**20:,.0f} "
            f"| {orders / step['wall'] / 1e6:.2f} M | {held[0]} | {held[1]} |"
        )
    return "\n".join(lines)


def files(shops: dict) -> str:
    lines = ["### Size of the file after the import", "", "| orders | file, MB | bytes an order | the same rows, bare, MB |", "|--:|--:|--:|--:|"]
    for orders, steps in shops.items():
        step = steps["import orders, Parquet"]
        lines.append(f"| {orders:,} | {step['file'] / 2**20:,.1f} | {step['file'] / orders:.1f} | {step['bare'] / 2**20:,.1f} |")
    return "\n".join(lines)


def years(years: dict) -> str:
    lines = [
        "## Simulating a year",
        "",
        "`generate --days 365` with ever more customers; places in the shop and candidates grow with them (a fiftieth and a 250th). The bound is a copy",
        "of the customers and orders that it wrote into a new file.",
        "",
        "| customers at the start | orders | wall, s | CPU, s | peak memory, MB | file, MB | bound, s | times the bound |",
        "|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for users, year in years.items():
        lines.append(
            f"| {int(users):,} | {year['orders']:,} | {seconds(year['wall'])} | {seconds(year['cpu'])} | {year['memory'] / 2**20:,.0f} "
            f"| {year['file'] / 2**20:,.1f} | {year['bound']:.2f} | {year['wall'] / year['bound']:.0f} |"
        )
    return "\n".join(lines)


def peers(shops: dict, peers: dict, customers: dict) -> str:
    lines = [
        "## Beside other ways",
        "",
        "Grades and the cohorts' revenue are the same as the command's, which is checked. Peers are timed without starting Python and importing what they need. pandas and",
        "polars read the columns that they need from a Parquet file each time (pandas with amounts as doubles), SQLite has loaded and indexed its table before; the command starts and reads its file",
        "each time, and keeps what it computes: grades with their history, cohorts with their members and every measure of a month, to be verified later.",
        "",
        "| work | orders | how | seconds | `lifecycle`, seconds |",
        "|---|--:|---|--:|--:|",
    ]
    for orders, found in peers.items():
        for name, peer in found.items():
            work, how = PEERS[name]
            ours = sum(shops[int(orders)][step]["wall"] for step in OURS[work])
            named = " + ".join(f"`{step}`" for step in OURS[work])
            lines.append(f"| {work} | {int(orders):,} | {how} | {seconds(peer['seconds'])} | {seconds(ours)} ({named}) |")
    lines += [
        "",
        "`predict run` reads all orders, fits two models for each pool of customers, checks them on a hold-out, and writes a prediction for every customer and cohort;",
        "lifetimes is given the histories and fits once. `benches/predict.rs` compares the fit alone.",
        "",
        "Customers with a Korean name, a birth date, a region and a time of sign-up, 10,000 of them: "
        + "; ".join(f"{name} {seconds(peer['seconds'])} s" for name, peer in customers.items())
        + ". The simulated years above write their customers, and a year of orders, in the times given there.",
    ]
    return "\n".join(lines)


def curves(shops: dict, figure: str, unit: str, out: Path, factor: float = 1.0) -> None:
    """A chart of a figure by orders, both axes logarithmic: a straight line that rises as the dotted one is in proportion."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "lifecycle"
    from matplotlib import pyplot

    chart, axes = pyplot.subplots(figsize=(8, 5))
    shown = ["import orders, CSV", "import orders, Parquet", "predict run", "report, a page", "cohort verify", "cohort run, 23 months", "grades, the first update", "cohort run, a month", "cohort report"]
    ends = []
    for name in shown:
        points = [(orders, steps[name][figure] * factor) for orders, steps in shops.items()]
        (line,) = axes.plot(*zip(*points), marker="o", markersize=3.5, linewidth=1.4)
        ends.append((points[-1][1], name, line.get_color()))
    first, last = min(shops), max(shops)
    low = min(steps[name][figure] * factor for steps in shops.values() for name in shown)
    axes.plot([first, last], [low, low * last / first], linestyle=":", color="gray", linewidth=1)
    axes.set(xscale="log", yscale="log", xlabel="orders", ylabel=unit)
    axes.grid(True, which="major", alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    # Names at the ends of the lines, pushed apart.
    place, bottom = 0.0, axes.get_ylim()[0]
    for value, name, color in sorted(ends):
        place = max(value, place * 1.28, bottom)
        axes.annotate(name, (last, value), xytext=(last * 1.18, place), color=color, fontsize=8, va="center")
    chart.subplots_adjust(right=0.76)
    chart.savefig(out, metadata={"Date": None})
    pyplot.close(chart)


HEAD = """
# Benchmarks

What `lifecycle` takes as a shop grows, beside the least that its engine would take for the same answer, and beside other ways to get there.
`benches/scale` measures it all and writes this page; only the last section is written by hand.

Measured on {date}, revision {revision} ({version}), on {system}: {cpu}, {cores} cores, {memory} GB of memory; load when it began {load:.1f}.

## How to read it

- Times are of whole processes, from start to end, each run once; memory is the most that the process held at any time. The engine was given {given} (`--memory`): what
  does not fit goes to disk.
- A **bound** is a plain DuckDB query for the sums that the step needs (named below), on the same file, in a process that is already
  running: the median of three rounds, or a single one where something is written. What a step takes beyond it is the price
  of checks, of exact money, of history that is kept, and of starting.
- One machine, and a virtual one, that others share: seconds vary by a tenth or two from hour to hour, and do not carry over to other machines. The multiples of the bound, measured within
  the same minutes, do so better. For small shops they mean nothing: starting the engine takes longer than the work.
- The shop is drawn from a formula: a fifth of its customers are there on the first day and the others join evenly over two years, some buy far more often than others, 240 activities acquire about a
  quarter of them, amounts have cents. Real shops have wider rows, lines with errors, longer names: this page cannot show how their files behave.
- Checked at every size: imports and exports by counts and sums, grades and the cohorts' revenue by plain queries over the files that were imported. Reports and predictions are not checked here but in the tests.

What the bounds are:

""" + "\n".join(f"- {name}: {bound}." for name, bound in STEPS.items() if bound) + """

## A shop's own orders
"""

CHARTS = """
### As curves

A line that rises as the dotted one grows in proportion to the orders; a flatter one does better.

![Seconds by orders](benches/scale-time.svg)

![Megabytes by orders](benches/scale-memory.svg)
"""
