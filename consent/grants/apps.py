from django.apps import AppConfig


class GrantsConfig(AppConfig):
    name = "consent.grants"
    label = "consent_grants"

    def ready(self) -> None:
        """Say how long evidence is kept, and by whom it is let go; and who reads the manifest of a review's row."""
        from audit import ports
        from consent.grants import partners
        from consent.grants.keeping import EndedGrants, UnusedNotices
        from consent.manifests import register

        register.look_up(partners.load)
        ports.keep(EndedGrants())
        ports.keep(UnusedNotices())
