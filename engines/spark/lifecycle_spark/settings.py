"""The settings of the file that the lake was pushed from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Criterion:
    """What a grade asks for; both must be met."""

    min_amount: Decimal
    min_orders: int


@dataclass(frozen=True)
class Settings:
    """What the batch and the grade update need to know."""

    cohort_months: int
    gross_margin: Decimal
    window_months: int
    one_step: bool
    grace_days: int
    vip: Criterion
    gold: Criterion
    silver: Criterion

    def criteria(self) -> dict[str, Decimal | int]:
        """The criteria as parameters of statements."""
        named = {"vip": self.vip, "gold": self.gold, "silver": self.silver}
        amounts = {f"{name}_amount": criterion.min_amount for name, criterion in named.items()}
        orders = {f"{name}_orders": criterion.min_orders for name, criterion in named.items()}
        return amounts | orders


def read_settings(text: str) -> Settings:
    """Reads what `lifecycle config --format json` prints, every number as the decimal that is written."""
    given = json.loads(text, parse_float=Decimal)
    grades, cohort = given["grades"], given["cohort"]

    def criterion(name: str) -> Criterion:
        return Criterion(Decimal(str(grades[name]["min_amount"])).quantize(Decimal("0.01")), grades[name]["min_orders"])

    return Settings(
        cohort_months=cohort["months"],
        gross_margin=Decimal(str(cohort["gross_margin"])).quantize(Decimal("0.000001")),
        window_months=grades["window_months"],
        one_step=grades["one_step_demotion"],
        grace_days=grades["demotion_grace_days"],
        vip=criterion("VIP"),
        gold=criterion("GOLD"),
        silver=criterion("SILVER"),
    )
