"""What each composite is made of, field by field. Pure.

A composite has its own flow and its own toggle; `DataType.made_of` names the types, this table the fields. Women's
health, temperature and free text can be part of none (`soundness.py`).
"""

from collections.abc import Mapping
from types import MappingProxyType

Parts = Mapping[str, tuple[str, ...]]  # a kind of document, and the paths of it

MADE_OF: Mapping[str, Parts] = MappingProxyType(
    {
        "sticker": {
            "daily_sleep": ("score",),
            "daily_readiness": ("score",),
            "daily_activity": ("score",),
        },
        "bedtime_reminder": {
            "sleep_time": (
                "optimal_bedtime.day_tz",
                "optimal_bedtime.start_offset",
                "optimal_bedtime.end_offset",
            ),
        },
        "activity_nudge": {"daily_activity": ("inactivity_alerts",)},
        "wellness_briefing": {
            "daily_sleep": ("score",),
            "daily_readiness": ("score",),
            "daily_spo2": ("spo2_percentage.average",),
            "heartrate": ("bpm",),
        },
    }
)
