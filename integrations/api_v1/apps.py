from django.apps import AppConfig


class ApiV1Config(AppConfig):
    name = "integrations.api_v1"
    label = "api_v1"

    def ready(self) -> None:
        """Tell the page of keys when each was last used: its requests are counted here."""
        from integrations.api_v1.counted import last_used
        from integrations.tokens import uses

        uses.told_by(last_used)
