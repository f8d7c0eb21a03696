"""The limits of the partner API, each in five minutes and shared by all processes (SR-4.10), and the size of a page."""

from config.environment import integer

API_REQUESTS_PER_TOKEN = integer("API_REQUESTS_PER_TOKEN", 5_000)
API_REQUESTS_PER_APPLICATION = integer("API_REQUESTS_PER_APPLICATION", 60_000)
API_PAGE_ROWS = integer("API_PAGE_ROWS", 1_000)
