"""Celery's tasks: one line each around what `manage.py worker` runs too. They take references, never health data."""

from uuid import UUID

from celery import shared_task

from integrations import work


@shared_task  # type: ignore[untyped-decorator]
def deliver_one(ref: str) -> None:
    work.Job("deliver", UUID(ref)).run()


@shared_task  # type: ignore[untyped-decorator]
def run_job(verb: str, ref: str) -> None:
    work.Job(verb, UUID(ref)).run()


@shared_task  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Every 30 s: find what was left lying and ring again for all that is due (SR-7.1)."""
    work.sweep()
    for job in work.due():
        run_job.delay(job.verb, str(job.ref))


@shared_task  # type: ignore[untyped-decorator]
def sequence() -> None:
    """Every half second: entries get their index, and a checkpoint is published (SR-8.2)."""
    work.sequence_or_say_why()
