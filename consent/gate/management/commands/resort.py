"""`manage.py resort`: after the vocabulary changed, sort what is stored again, before the new policy is in force."""

from typing import Any

from django.core.management import BaseCommand

from consent.gate import door
from records.members.models import Member


class Command(BaseCommand):
    help = "Sort every member's documents again by the vocabulary of today. Safe to run as often as you like."

    def handle(self, **options: Any) -> None:
        members = changed = 0
        for member_id in Member.objects.values_list("id", flat=True).iterator():
            changed += len(door.resort(member_id=member_id))
            members += 1
        self.stdout.write(f"{members} members sorted again; {changed} documents changed for partners.")
