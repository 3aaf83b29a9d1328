"""Fits BG/NBD to the histories of a CSV (frequency, recency, T, customers) with what is installed
of lifetimes and pymc-marketing, and prints the time and what was found. Called by predict.rs.
A fit that has not ended after ten minutes is given up."""

import signal
import sys
import time
import warnings

import pandas

warnings.simplefilter("ignore")
histories = pandas.read_csv(sys.argv[1])


def say(name, seconds, found):
    print(f"  {name:<42} {seconds:.3f} s: {found}", flush=True)


def too_long(*_):
    raise TimeoutError("not done after ten minutes")


def attempt(name, fit):
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(600)
    start = time.perf_counter()
    try:
        found = fit()
    except Exception as error:
        lines = str(error).strip().splitlines() or [""]
        found = f"failed: {type(error).__name__}: {lines[0]}"
    signal.alarm(0)
    say(name, time.perf_counter() - start, found)


try:
    import lifetimes

    def by_lifetimes():
        model = lifetimes.BetaGeoFitter()
        columns = (histories[name] for name in ("frequency", "recency", "T"))
        model.fit(*columns, weights=histories["customers"])
        return dict(model.params_)

    attempt(f"lifetimes {lifetimes.__version__}", by_lifetimes)
except ImportError as error:
    print(f"  lifetimes is not here: {error}", flush=True)

try:
    import pymc_marketing
    from pymc_marketing.clv import BetaGeoModel

    def by_pymc():
        # It knows no weights: a row per customer.
        rows = histories.loc[histories.index.repeat(histories["customers"])].reset_index(drop=True)
        rows["customer_id"] = range(len(rows))
        model = BetaGeoModel(data=rows.drop(columns="customers"))
        model.fit(method="map", progressbar=False)
        posterior = model.idata.posterior
        return {name: float(posterior[name].mean()) for name in ("r", "alpha", "a", "b")}

    attempt(f"pymc-marketing {pymc_marketing.__version__} (MAP)", by_pymc)
except ImportError as error:
    print(f"  pymc-marketing is not here: {error}", flush=True)
