"""What the tests of partners stand on."""

from tests.support.strava import strava_simulator as strava_simulator
