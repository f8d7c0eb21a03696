"""A ticket's number, as entries may hold it for ever: letters, digits, a few signs, nothing that names a person. Pure.

What is in the log is never taken out again: an address typed where a number belongs could not be erased (SR-8.3).
"""

import re

LONGEST = 64
NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/#-]*")


def problem(ticket: str) -> str:
    """Return what is wrong with a ticket, as a sentence that says what to do; empty when nothing is."""
    if not ticket:
        return "Give the number of the ticket that this is for."
    if len(ticket) > LONGEST:
        return f"Write the ticket in at most {LONGEST} characters."
    if not NUMBER.fullmatch(ticket):
        return "Give the ticket's number alone, like HD-4711: no blank, no name and no address. It stays in the log."
    return ""
