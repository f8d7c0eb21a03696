from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "audit.exports"
    label = "audit_exports"
    verbose_name = "Exports of the log"

    def ready(self) -> None:
        from audit import ports
        from audit.exports.services import ExportFiles

        ports.keep(ExportFiles())
