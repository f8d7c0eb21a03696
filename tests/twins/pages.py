"""The pages as somebody looks at them: status, headers and every byte, so that the size is compared too."""

from collections.abc import Callable
from random import Random

from django.db import connection
from django.test import Client
from django.urls import reverse

from consent.grants import selectors
from consent.manifests.register import manifest_of
from records.models import Document
from tests.twins.reads import every_read
from tests.twins.ways_out import Question, Questions, every_question
from tests.twins.world import World

OURS = ("landing", "partners", "ledger", "stop", "settings", "help")


def every_page(world: World) -> list[Question]:
    """Return the pages of the member, of the public, and of the simulated ring."""
    found = [(f"page {name}", _get(reverse(f"consent:{name}"))) for name in OURS]
    for partner in world.grants:
        found.append((f"page of {partner}", _get(reverse("consent:manage", args=[partner]))))
        found.append((f"question of {partner}", _get(reverse("consent:connect", args=[partner]))))
        found.append((f"preview page of {partner}", _preview(partner)))
        found.append((f"ledger of {partner}", _get(f"{reverse('consent:ledger')}?partner={partner}")))
    for receipt in selectors.receipts_of(world.member).order_by("grant__partner")[:3]:
        for form in ("receipt", "receipt_json", "receipt_fhir"):
            path = reverse(f"consent:{form}", args=[receipt.ref])
            found.append((f"{form} of {receipt.grant.partner}", _get(path)))
    found.append(("page of the ring", _get("/demo/ring/")))
    found.append(("no such page", _get("/activity/period/")))
    found.append(("healthz", _get("/healthz")))
    return found


def some_of_everything(dice: Random) -> Questions:
    """Choose questions of partners, previews and pages by chance."""

    def choose(world: World) -> list[Question]:
        asked, pages = every_question(world), every_page(world)
        previews = [question for question in asked if question[0].startswith("preview")]
        listed = [question for question in pages if question[0] == "page ledger"]
        return [*dice.sample(asked, k=12), *dice.sample(previews, k=2), *dice.sample(pages, k=2), *listed]

    return choose


def everything(world: World) -> list[Question]:
    """Ask every question of partners, every preview, every page, and every read through the API."""
    kinds = list(Document.objects.order_by("day", "id").values_list("id", "kind"))
    return [*every_question(world), *every_page(world), *every_read(world, kinds)]


def _get(path: str) -> Callable[[World], object]:
    return lambda world: _seen(_signed_in(world), "get", path, {})


def _preview(partner: str) -> Callable[[World], object]:
    manifest = manifest_of(partner)
    flows = [flow.key for flow in manifest.flows] if manifest else []
    path = reverse("consent:preview", args=[partner])
    return lambda world: _seen(_signed_in(world), "post", path, {"flow": flows})


def _signed_in(world: World) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(world.member, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _seen(client: Client, method: str, path: str, sent: dict[str, list[str]]) -> object:
    """Return what came back. A cookie's own end is by the machine's clock, so of cookies names and values are kept."""
    answer = getattr(client, method)(path, sent)
    cookies = {name: cookie.value for name, cookie in answer.cookies.items()}
    assert answer.status_code < 500, path
    assert not connection.needs_rollback
    return [answer.status_code, dict(answer.headers), cookies, len(answer.content), answer.content]
