"""A form that did not go through is answered with 422: on the library's pages as on our own (UX section 8.1)."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse

OK, UNPROCESSABLE = 200, 422


class FailedForms:
    """Give a posted page that shows its form's errors the status that says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        form = (response.context_data or {}).get("form")
        if request.method == "POST" and response.status_code == OK and getattr(form, "errors", None):
            response.status_code = UNPROCESSABLE
        return response
