"""What consent tells the log's wing: names and words for its slugs and keys, and who stands behind a pseudonym.

Filled into `audit.ports` when Django starts. There is no table that links members to pseudonyms: a pseudonym is
computed again from the member's key, and once that key is gone it stands for nobody (SR-8.3).
"""

from collections.abc import Iterator, Mapping
from uuid import UUID

from django.db.models import QuerySet

from audit.ports import Activity, Identity, Recipient
from consent.gate.reasons import WORDS
from consent.gate.shapes import Reason
from consent.grants import partners, selectors
from consent.grants.models import Grant
from consent.manifests.shapes import Manifest
from records.members import keys
from records.members.models import Member, MemberKey
from records.vocabulary.data_types import DATA_TYPES

BATCH = 500  # keys in memory at a time while a pseudonym is looked for


class RegisteredPartners:
    """The catalogue: the register of manifests, the vocabulary, the reasons' words for an auditor."""

    def recipients(self) -> Mapping[str, Recipient]:
        """Return every partner that is registered, by slug; those without a flow too."""
        return {manifest.slug: _recipient(manifest) for manifest in partners.everyone()}

    def data_types(self) -> Mapping[str, str]:
        """Return every data type with its label. Women's health is among them: a request may have named it."""
        return {key: data_type.label for key, data_type in DATA_TYPES.items()}

    def sentence(self, reason: str) -> str:
        """Return the auditor's sentence for a reason; the reason itself when it is none of the gate's."""
        return _SENTENCES.get(reason, reason)


class Members:
    """The mutable link between accounts and their pseudonyms, which is nothing but their keys."""

    def subjects_of(self, email: str) -> Mapping[str, str]:
        """Return an account's pseudonyms, each with its partner ("" = no partner); empty when there is no such account.

        Partners that are no longer registered count too, as long as the account has a grant to them.
        """
        member = Member.objects.with_address(email)
        if member is None:
            return {}
        known = {manifest.slug for manifest in partners.everyone()}
        granted = Grant.objects.filter(member=member).values_list("partner", flat=True)
        return selectors.subjects_of(member, {*known, *granted})

    def identify(self, subject: str, *, partner: str) -> Identity | None:
        """Return who a pseudonym stands for at one partner; None when nobody does, or the member was erased.

        Computes pseudonyms again: first of those with a grant to that partner, then of everybody else who has a key.
        About 20,000 keys a second.
        """
        for key in _likeliest_first(partner):
            if keys.pseudonym(keys.opened(key), partner) == subject:
                member = Member.objects.filter(pk=key.member_id).first()
                return Identity(email=member.email, partner=partner) if member else None
        return None

    def staff(self, account: UUID) -> str:
        """Return the pseudonym under which the log knows one of the staff. Raises MemberErased."""
        return selectors.subject_of(account, "")


_SENTENCES: Mapping[str, str] = {reason.value: WORDS[reason].auditor for reason in Reason}


def _recipient(manifest: Manifest) -> Recipient:
    return Recipient(
        slug=manifest.slug,
        name=manifest.name,
        legal_entity=manifest.legal_entity,
        country=manifest.country,
        privacy_url=manifest.privacy_url,
        deletion_url=manifest.deletion_url,
        retention=manifest.retention,
        onward_recipients=manifest.onward_recipients,
        activities=tuple(
            Activity(
                flow=flow.key,
                data_type=flow.data_type,
                purpose=flow.purpose.value,
                why=flow.why,
                channel=flow.channel.value,
            )
            for flow in manifest.flows
        ),
    )


def _likeliest_first(partner: str) -> Iterator[MemberKey]:
    """Yield every key once, those of the partner's own members before the rest."""
    having = Grant.objects.filter(partner=partner).values("member_id")
    yield from _in_batches(MemberKey.objects.filter(member_id__in=having))
    yield from _in_batches(MemberKey.objects.exclude(member_id__in=having))


def _in_batches(found: QuerySet[MemberKey]) -> Iterator[MemberKey]:
    """Yield rows by key set, so that no cursor stays open while the caller computes."""
    rows = list(found.order_by("pk")[:BATCH])
    while rows:
        yield from rows
        rows = list(found.filter(pk__gt=rows[-1].pk).order_by("pk")[:BATCH])
