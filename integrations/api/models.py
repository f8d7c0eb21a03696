"""How many requests a token or an application has made in the window that runs."""

from django.db import models


class Spent(models.Model):
    """One row a token and one an application, counted up in place. Written by limits.py alone."""

    subject = models.CharField(primary_key=True, max_length=80)
    span = models.BigIntegerField(help_text="which window: seconds since 1970, divided by its length")
    used = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"requests of {self.subject}"
