from django.apps import AppConfig


class TokensConfig(AppConfig):
    name = "integrations.tokens"
    label = "tokens"

    def ready(self) -> None:
        """Let requests that carry a key be known by it, and a key that is given back be ended."""
        from integrations.oauth.bearer import found_by
        from integrations.tokens.bearers import bearer_of_key
        from integrations.tokens.services import give_back
        from integrations.tokens.spelling import PREFIX

        found_by(PREFIX, bearer_of_key, ended_by=give_back)
