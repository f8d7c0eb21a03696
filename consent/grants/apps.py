from django.apps import AppConfig


class GrantsConfig(AppConfig):
    name = "consent.grants"
    label = "consent_grants"

    def ready(self) -> None:
        """Say how long evidence is kept, and by whom it is let go."""
        from audit import ports
        from consent.grants.keeping import EndedGrants, UnusedNotices

        ports.keep(EndedGrants())
        ports.keep(UnusedNotices())
