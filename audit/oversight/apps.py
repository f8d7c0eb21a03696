from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "audit.oversight"
    label = "audit_oversight"
    verbose_name = "What takes two people"

    def ready(self) -> None:
        """Each act says at import how it is checked and carried out."""
        from audit.oversight import holds, identity, retention  # noqa: F401
