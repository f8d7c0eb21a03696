from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "records.members"
    label = "members"
    verbose_name = "Accounts, their keys and pseudonyms"

    def ready(self) -> None:
        """Let no way of deleting passkeys leave staff without one."""
        from allauth.mfa.models import Authenticator
        from django.db.models.signals import pre_delete

        from records.members.mfa import keep_the_last_passkey

        pre_delete.connect(keep_the_last_passkey, sender=Authenticator)
