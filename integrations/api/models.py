"""How many requests a token or an application has made in the window that runs."""

from django.db import models

from consent.grants.models import Grant


class Spent(models.Model):
    """One row a token, one an application and one a grant, counted up in place. Written by limits.py alone.

    That of a grant numbers its answers: `answers` is how many of its requests have ended in an entry of the log, ever.
    It is no limit, and goes with the grant.
    """

    subject = models.CharField(primary_key=True, max_length=80)
    span = models.BigIntegerField(help_text="which window: seconds since 1970, divided by its length")
    used = models.PositiveIntegerField()
    answers = models.PositiveBigIntegerField(default=0, db_default=0)
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"requests of {self.subject}"
