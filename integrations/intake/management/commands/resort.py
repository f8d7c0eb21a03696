"""`manage.py resort`: after the vocabulary changed, sort what is stored again, before the new policy is in force.

Subscribers are told of what is gone for them as of any deletion.
"""

from typing import Any

from django.core.management import BaseCommand

from integrations import sharing
from records.members.models import Member


class Command(BaseCommand):
    help = "Sort every member's documents again by the vocabulary of today. Safe to run as often as you like."

    def handle(self, **options: Any) -> None:
        members = changed = 0
        for member in Member.objects.iterator():
            changed += len(sharing.resort(member))
            members += 1
        self.stdout.write(f"{members} members sorted again; {changed} documents changed for partners.")
