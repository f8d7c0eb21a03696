"""Celery's settings (SR-7.3). Without `BROKER_URL` there is none: `manage.py worker` polls the outbox table."""

from typing import Any

from config.environment import boolean, integer, text

BROKER_URL = text("BROKER_URL", "")
LONGEST_TASK = 120  # seconds
LONGEST_LONG_TASK = 6 * 3600  # seconds: an export, a check of the whole log, a member's own copy
SWEEP_EVERY = 30.0  # seconds: what a lost message forgot is found by then (SR-7.1)
LOOK_DAILY_EVERY = 300.0  # seconds: whether the day's work is done
SEQUENCE_EVERY = 0.5  # seconds: a checkpoint stands at most one second after an entry (SR-8.2)
# A third of it is an attempt's deadline (SR-7.2).
DELIVERY_LEASE_SECONDS = integer("DELIVERY_LEASE_SECONDS", 30)

CELERY_BROKER_URL = BROKER_URL or "memory://"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = LONGEST_TASK
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_STORE_ERRORS_EVEN_IF_IGNORED = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "integrations.tasks.sweep", "schedule": SWEEP_EVERY},
    "daily": {
        "task": "integrations.tasks.daily",
        "schedule": LOOK_DAILY_EVERY,
        "options": {"expires": LOOK_DAILY_EVERY},
    },
    "sequence": {
        "task": "integrations.tasks.sequence",
        "schedule": SEQUENCE_EVERY,
        "options": {"expires": 2 * SEQUENCE_EVERY},  # where nobody came for it, the next one does
    },
}
if boolean("SEQUENCER_APART"):  # a worker of its own, under its own role of the database (SR-8.4)
    CELERY_BEAT_SCHEDULE.pop("sequence")
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {}
if BROKER_URL.startswith(("amqp", "pyamqp")):
    CELERY_TASK_DEFAULT_QUEUE_TYPE = "quorum"
    CELERY_BROKER_TRANSPORT_OPTIONS = {"confirm_publish": True}
elif BROKER_URL.startswith("redis"):
    # Redis gives a task back after this long, and looks for abandoned ones every 10 x throttle seconds (kombu 5.7).
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 4 * LONGEST_TASK, "unacked_restore_throttle": 1}
