from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "integrations.api"
    label = "api"

    def ready(self) -> None:
        """Fill the port: what was answered."""
        from audit import ports as audit
        from integrations.api.claims import AnswerClaims

        audit.claim(AnswerClaims())
