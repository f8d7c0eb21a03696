from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "records.members"
    label = "members"
    verbose_name = "Accounts, their keys and pseudonyms"
