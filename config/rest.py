"""The member API's framework, cut to size: keys and JSON alone; and how its schema is written."""

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["integrations.api_v1.reading.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_PARSER_CLASSES": ["integrations.api_v1.reading.Json"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "integrations.api_v1.reading.OnlyJson",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "integrations.api_v1.problems.answered",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Ringfence",
    "VERSION": "1",
    "DESCRIPTION": (
        "`/api/v1` is a member's own: their connections, receipts and ledger, and stopping. It opens for a key "
        "that they made under Your own programs.\n\n"
        "`/v2` is what partners' programs and members' own read. Every byte passes the policy gate: a field whose "
        "type is not switched on is null, or not there. Women's health is in no answer."
    ),
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {},
    "AUTHENTICATION_WHITELIST": [],
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "bearer": {
                "type": "http",
                "scheme": "bearer",
                "description": "A member's key, or an access token.",
            }
        }
    },
    "SECURITY": [{"bearer": []}],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "integrations.api_v1.partner_schema.described",
        "integrations.api_v1.webhook_schema.described",
    ],
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
}
