"""The signed-in member's simulated ring. Only in the demo world."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from consent.web.answers import see_other
from integrations.intake import demo, services
from records.members.models import Member

BUTTONS = {
    "workout": ("Log a workout with heart rate", "A workout with heart rate was logged."),
    "workout_without_heart_rate": (
        "Log a workout without heart rate",
        "A workout without heart rate was logged.",
    ),
    "night": ("Log last night", "Last night was logged, with your scores for today."),
    "day": ("Log today", "Today was logged."),
}


@login_required
@require_http_methods(["GET", "POST"])
def ring(request: HttpRequest) -> HttpResponse:
    """Show the ring's buttons; a press logs a workout, a night or a day of today."""
    if request.method == "GET":
        buttons = [(what, label) for what, (label, _) in BUTTONS.items()]
        return render(request, "integrations/ring.html", {"buttons": buttons})
    what = request.POST.get("log", "")
    if what not in BUTTONS:
        return HttpResponseBadRequest("The ring logs a workout, a night or a day.", content_type="text/plain")
    assert isinstance(request.user, Member)  # noqa: S101 (login_required)
    services.receive(member=request.user, documents=demo.logged(request.user, what, now=timezone.now()))
    messages.success(request, BUTTONS[what][1])
    return see_other(reverse("ring:page"))
