"""The e-mail after a change. It names no partner and no type: a mailbox is read by others too."""

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _

from records.members.models import Member

logger = logging.getLogger(__name__)


def changed(member: Member) -> None:
    """Tell the member that their choices changed. A mail that cannot leave stops nothing."""
    body = _(
        "You changed what you share.\n\n"
        "See it, and your receipt, when you are signed in:\n%(address)s/connections/\n\n"
        "Was it not you? Sign in and press Stop sharing at the top of the page."
    ) % {"address": settings.BASE_URL.rstrip("/")}
    try:
        send_mail(_("Your sharing choices changed"), body, None, [member.email])
    except OSError as trouble:
        logger.warning("The mail after a change did not leave (%s).", type(trouble).__name__)
