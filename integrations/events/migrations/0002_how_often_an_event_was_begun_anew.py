"""Count how often an operator began an event anew, so that its entries can be held against its row, one to one.

Until now the log alone knew; what it knows is brought over.
"""

import json
from collections import Counter

from django.db import migrations, models


def bring_over(apps, schema_editor):
    told = apps.get_model("audit_log", "Entry").objects.filter(kind="event.replayed")
    counts = Counter(
        json.loads(bytes(body))["facts"]["event"] for body in told.values_list("body", flat=True)
    )
    events = apps.get_model("events", "EventDelivery").objects
    for ref, count in counts.items():
        events.filter(ref=ref).update(replays=count)


class Migration(migrations.Migration):
    dependencies = [
        ("audit_log", "0005_a_month_that_has_begun_elsewhere"),
        ("events", "0001_subscriptions_and_their_events"),
    ]

    operations = [
        migrations.AddField(
            model_name="eventdelivery",
            name="replays",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.RunPython(bring_over, migrations.RunPython.noop),
    ]
