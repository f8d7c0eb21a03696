"""Celery's tasks: one line each around what `manage.py worker` runs too. They take references, never health data."""

from uuid import UUID

from celery import shared_task
from django.conf import settings

from integrations import work

# Acked before it begins and given hours: its row says who is at it, and rings again only when that worker fell silent.
LONG = {"acks_late": False, "reject_on_worker_lost": False, "time_limit": settings.LONGEST_LONG_TASK}


@shared_task  # type: ignore[untyped-decorator]
def deliver_one(ref: str) -> None:
    work.Job("deliver", UUID(ref)).run()


@shared_task  # type: ignore[untyped-decorator]
def run_job(verb: str, ref: str) -> None:
    work.Job(verb, UUID(ref)).run()


@shared_task(**LONG)  # type: ignore[untyped-decorator]
def run_long_job(verb: str, ref: str) -> None:
    work.Job(verb, UUID(ref)).run()


@shared_task  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Every 30 s: find what was left lying and ring again for all that is due (SR-7.1)."""
    work.sweep()
    for job in work.due():
        told = (job.verb, str(job.ref))
        if job.long:
            run_long_job.apply_async(
                told, expires=settings.SWEEP_EVERY
            )  # else one rings after the other in vain
        else:
            run_job.delay(*told)


@shared_task(**LONG)  # type: ignore[untyped-decorator]
def daily() -> None:
    """Every few minutes: what is done once a day, by whoever comes first."""
    work.daily()


@shared_task  # type: ignore[untyped-decorator]
def sequence() -> None:
    """Every half second: entries get their index, and a checkpoint is published (SR-8.2)."""
    work.sequence_or_say_why()
