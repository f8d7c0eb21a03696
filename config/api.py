"""The limits of the partner API, each in five minutes and shared by all processes (SR-4.10)."""

from config.environment import integer

API_REQUESTS_PER_TOKEN = integer("API_REQUESTS_PER_TOKEN", 5_000)
API_REQUESTS_PER_APPLICATION = integer("API_REQUESTS_PER_APPLICATION", 60_000)
