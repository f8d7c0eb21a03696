from django.apps import AppConfig


class ProofsConfig(AppConfig):
    name = "audit.proofs"
    label = "audit_proofs"
    verbose_name = "The proofs of the log"
