"""How a member begins with a partner: here, at the partner, not where they live, or not at all. Pure.

Only `HERE` has an Allow. The gate's own rules stay the truth; this keeps a page from offering what they would refuse.
"""

from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.manifests.shapes import Channel, Manifest


class Way(StrEnum):
    HERE = "here"
    AT_PARTNER = "at_partner"
    NOT_OFFERED = "not_offered"
    NO_CONNECTION = "no_connection"


REGIONS = {"US": gettext_lazy("the United States")}


def way_of(manifest: Manifest, *, region: str) -> Way:
    """Return how a member who lives in `region` (ISO 3166-1 alpha-2) begins with a partner."""
    if not manifest.flows:
        return Way.NO_CONNECTION
    if not served_in(manifest, region):
        return Way.NOT_OFFERED
    if manifest.starts_at_partner or all(flow.channel is Channel.API for flow in manifest.flows):
        return Way.AT_PARTNER
    return Way.HERE


def served_in(manifest: Manifest, region: str) -> bool:
    return manifest.regions is None or region in manifest.regions


def on_a_phone(manifest: Manifest) -> bool:
    """Whether a phone carries the data, with switches of its own beside ours."""
    return any(flow.channel is Channel.DEVICE for flow in manifest.flows)


def what_to_do(manifest: Manifest, way: Way) -> str:
    """Return the sentence that answers an Allow where none is offered. "" where one is."""
    name = {"name": manifest.name}
    if way is Way.AT_PARTNER:
        return _("Start in the %(name)s app. Nothing was turned on here.") % name
    if way is Way.NOT_OFFERED:
        return f"{not_offered(manifest)} {_('Nothing was turned on.')}"
    return ""


def not_offered(manifest: Manifest) -> str:
    """Return where a partner can be connected, and that the member's account is elsewhere."""
    places = ", ".join(str(REGIONS.get(region, region)) for region in sorted(manifest.regions or ()))
    told = _("You can connect %(name)s in %(places)s only. Your account says that you live somewhere else.")
    return told % {"name": manifest.name, "places": places}
