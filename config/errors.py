"""The plain pages for what went wrong. They say what to do next and repeat nothing of what was sent (SR-4.8)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist

from records.members.errors import NotAllowed

SENTENCES = {
    400: ("That did not work", "We could not read what your browser sent. Go back and try again."),
    403: ("This page is not open to you", "Sign in with another account, or go back."),
    404: ("There is nothing here", "The address may be mistyped, or it is not yours to see."),
    500: ("Something went wrong on our side", "Nothing was shared. Please try again in a minute."),
}


def page(request: HttpRequest, status: int, title: str = "", sentence: str = "") -> HttpResponse:
    """Render `error.html` with `title`, `sentence` and `status`; plain text where even that fails."""
    title, sentence = title or SENTENCES[status][0], sentence or SENTENCES[status][1]
    try:
        return render(
            request, "error.html", {"title": title, "sentence": sentence, "status": status}, status=status
        )
    except TemplateDoesNotExist:
        return HttpResponse(f"{title}. {sentence}\n", status=status, content_type="text/plain; charset=utf-8")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 400)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, NotAllowed):
        return page(request, 403, exception.title, str(exception))
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page must not fail as the request did: whatever the template runs into, a sentence comes out."""
    try:
        return page(request, 500)
    except Exception:
        title, sentence = SENTENCES[500]
        return HttpResponse(f"{title}. {sentence}\n", status=500, content_type="text/plain; charset=utf-8")


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the token of this browser: an old tab, blocked cookies, or a forgery."""
    return page(request, 403, "We could not be sure that this was you", "Reload the page and try again.")
