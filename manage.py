#!/usr/bin/env python3
"""Ringfence's command line: `python manage.py help` lists what an operator can do."""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 (the sentence is for whoever starts us with an old Python)
    sys.exit(
        "Ringfence needs Python 3.11 or newer. This is "
        + sys.version.split()[0]
        + "; try: make run PYTHON=python3.12"
    )


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as refused:
        sys.exit(str(refused))


if __name__ == "__main__":
    main()
