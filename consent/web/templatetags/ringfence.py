"""The parts that every page is made of, as inclusion tags named after the blocks of the stylesheet."""

import re
from typing import Any

from django import template
from django.forms import BaseForm
from django.utils.safestring import mark_safe

register = template.Library()


@register.inclusion_tag("consent/partials/icon.html")
def icon(name: str) -> dict[str, str]:
    """A drawing of ours: mark, out, in, lock, tick, cross."""
    return {"name": name}


@register.inclusion_tag("consent/partials/tag.html")
def tag(kind: str, text: str) -> dict[str, str]:
    """A word with its direction's (or state's) colour and drawing: a colour never stands alone."""
    return {"kind": kind, "text": text}


@register.inclusion_tag("consent/partials/errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """The summary on top of a form that did not go through: one link per problem, to its field."""
    problems = [(error, "") for error in form.non_field_errors()]
    for bound in form:
        problems += [(error, bound.id_for_label) for error in bound.errors]
    return {"problems": [{"text": text, "target": target} for text, target in problems]}


@register.inclusion_tag("consent/partials/field.html")
def field(bound: Any) -> dict[str, Any]:
    """One field: label, hint, what is wrong beside it, and the control."""
    widget = bound.field.widget
    widget.attrs.pop("placeholder", None)  # the label says it; grey words in a field vanish when typing
    # A field for robots: hidden by class, never by a style.
    trap = widget.attrs.pop("style", None) is not None
    described = [f"{bound.id_for_label}_error"] if bound.errors else []
    if bound.help_text:
        described.append(f"{bound.id_for_label}_helptext")
    attrs: dict[str, Any] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attrs["aria-invalid"] = "true"
    tick = getattr(widget, "input_type", "") == "checkbox"
    return {"bound": bound, "control": bound.as_widget(attrs=attrs), "tick": tick, "trap": trap}


@register.filter
def drawing(svg: str) -> str:
    """A drawing made here (the code to scan): its XML heading goes, and what is left must be one SVG."""
    body = svg[svg.index("<svg") :]
    if re.search(r"<script|\son\w+=|style=", body):
        raise ValueError("A drawing carries a script or a style.")
    return mark_safe(body)  # noqa: S308 (made by us from a secret of ours; checked above)
