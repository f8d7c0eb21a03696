"""How long each kind of record is kept, in days. Two people may change a term; none goes below what the law asks.

Log entries have no term: they are never cut. Six years: 45 CFR 164.528(a), 164.530(j)(2). Days of six years are counted
with both leap days.
"""

SIX_YEARS = 6 * 365 + 2
RETENTION_DAYS = {
    "ended_grants": SIX_YEARS,  # with their toggles and receipts
    "unused_notices": SIX_YEARS,  # served, and no grant refers to them any more
    "ended_deliveries": 90,
    "ended_events": 90,  # of webhooks, with the subscriptions that ended
    "exports": 1,
}
RETENTION_LEAST_DAYS = {"ended_grants": SIX_YEARS, "unused_notices": SIX_YEARS, "ended_deliveries": 14}
