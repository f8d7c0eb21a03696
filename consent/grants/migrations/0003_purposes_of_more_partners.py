"""Let the database know the purposes of the partners after Strava. Advertising and sale are still none of them."""

from django.db import migrations, models

NAME = "no_purpose_is_advertising_or_sale"
BEFORE = [
    "training_log",
    "activity_tracking",
    "coaching",
    "health_record",
    "fertility_awareness",
    "glucose_insight",
    "voice_answers",
    "sharing_with_others",
]
SINCE = [*BEFORE, "reminders", "food_log", "own_use"]


class Migration(migrations.Migration):
    dependencies = [("consent_grants", "0002_a_receipt_never_changes")]

    operations = [
        migrations.RemoveConstraint(model_name="toggle", name=NAME),
        migrations.AddConstraint(
            model_name="toggle",
            constraint=models.CheckConstraint(condition=models.Q(purpose__in=SINCE), name=NAME),
        ),
    ]
