"""How often something comes round, as Config's API names it (API reference, "MaximumExecutionFrequency")."""

from __future__ import annotations

from datetime import timedelta

PERIODS = {
    "One_Hour": timedelta(hours=1),
    "Three_Hours": timedelta(hours=3),
    "Six_Hours": timedelta(hours=6),
    "Twelve_Hours": timedelta(hours=12),
    "TwentyFour_Hours": timedelta(hours=24),
}
