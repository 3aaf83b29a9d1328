"""Writes reference.csv: what single histories let expect under wild parameters, with 80 digits.

The formulas are the papers' own (Fader, Hardie and Lee 2005, eqs. 6 and 10; Batislam, Denizel
and Filiztekin 2007), evaluated by mpmath; every tenth expectation is also integrated by scipy.

    pip install mpmath scipy && python reference.py
"""
import csv
import math
import random

import mpmath as mp
from scipy import integrate, special

mp.mp.dps = 80
random.seed(20051)


def beta(a, b):
    return mp.beta(a, b)


def reference(model, r, alpha, a, b, x, t_x, t, days):
    r, alpha, a, b = map(mp.mpf, (r, alpha, a, b))
    shape, here = r + x, alpha + t
    first = 1 if model == "MBG/NBD" else 0
    stay = beta(a, b + x + first) * here**-shape
    gone = beta(a + 1, b + x + first - 1) * (alpha + t_x) ** -shape if x + first > 0 else mp.mpf(0)
    likelihood = mp.log(mp.gamma(shape) / mp.gamma(r) * alpha**r * (stay + gone) / beta(a, b))
    alive = stay / (stay + gone)
    buys = alive * (1 - (here / (here + days)) ** shape)
    c, z = a + b + x + first - 1, days / (here + days)
    rest = (here / (here + days)) ** shape * mp.hyp2f1(shape, b + x + first, c, z)
    expected = alive * c / (a - 1) * (1 - rest)
    return likelihood, alive, buys, expected


def integrated(model, r, alpha, a, b, x, t_x, t, days, alive):
    """The expectation as an integral over the chance to leave."""
    ahead, shape = days / (alpha + t), r + x
    stay = b + x + (1 if model == "MBG/NBD" else 0)
    log_beta = special.betaln(a, stay)

    def part(logit):
        p = special.expit(logit)
        if p < 1e-290:
            orders = shape * ahead
        else:
            orders = -special.expm1(-shape * special.log1p(p * ahead)) / p
        return math.exp(a * special.log_expit(logit) + stay * special.log_expit(-logit) - log_beta) * orders

    mean = 0.0
    mode = math.log(a / stay)
    edges = [-7000.0, -700, -100, *(mode + part for part in (-40, -15, -5, -2, -0.5, 0, 0.5, 2, 5, 15, 40)), 100, 700, 7000]
    for low, high in zip(sorted(edges), sorted(edges)[1:]):
        mean += integrate.quad(part, low, high, epsabs=0, epsrel=1e-10, limit=500)[0]
    return float(alive) * mean


def wild():
    def spread(low, high):
        return float(f"{float(mp.exp(random.uniform(low, high))):.6g}")

    t = random.choice([0, 1, 30, 270, 729, 3650])
    x = min(t, random.choice([0, 0, 1, 1, 2, 3, 5, 10, 40, 200]))
    t_x = random.randint(x, t) if x else 0
    return (
        random.choice(["BG/NBD", "MBG/NBD"]),
        spread(-5, 5), spread(-3, 8), spread(-5, 5), spread(-5, 5),
        x, t_x, t, random.choice([1, 7, 30, 92, 365]),
    )


def main():
    rows, checked, worst = [], 0, 0.0
    while len(rows) < 400:
        case = wild()
        values = reference(*case)
        rows.append([*case, *(mp.nstr(value, 17) for value in values)])
        if len(rows) % 10 == 0:
            second = integrated(*case, values[1])
            checked, worst = checked + 1, max(worst, abs(second / float(values[3]) - 1))
    with open("reference.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow("model r alpha a b x t_x t days log_likelihood p_alive p_buy expected".split())
        writer.writerows(rows)
    print(f"{len(rows)} rows; scipy's integral of {checked} of them differs by {worst:.1e} at most")


main()
