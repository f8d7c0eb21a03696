"""The tables that the manifests are held against, written from the design and from the field classification."""

BODY, ENERGY = "height weight", "total_energy active_energy"
SCORES = "readiness_score sleep_score daytime_stress"

# partner: what may go out, what may come in
MAY_CARRY: dict[str, tuple[str, str]] = {
    "strava": ("workout readiness_score activity_score sticker", "workout heart_rate"),
    "apple-health": (
        "sleep respiratory_rate heart_rate steps weight height active_energy resting_energy workout mindful_minutes",
        "workout workout_route heart_rate steps total_energy date_of_birth height weight sex",
    ),
    "health-connect": (
        f"{BODY} heart_rate heart_rate_variability sleep resting_heart_rate steps distance {ENERGY} workout",
        f"workout workout_route heart_rate heart_rate_variability steps {ENERGY} distance power",
    ),
    "natural-cycles": ("temperature_trend", ""),
    "stelo": ("", "glucose"),
    "alexa": (
        "sleep_score readiness_score bedtime_reminder activity_nudge spo2 heart_rate wellness_briefing",
        "meal routine_trigger",
    ),
    "corepower-yoga": (SCORES, ""),
    "the-sculpt-society": (SCORES, ""),
    "technogym": (SCORES, ""),
    "headspace": ("", ""),
    "open": ("sleep", ""),
    "clue": ("", ""),
    "flo": ("", ""),
}


def of(kind: str, paths: str) -> frozenset[str]:
    return frozenset(f"{kind}.{path}" for path in paths.split())


READINESS, SLEEP_SCORE = of("daily_readiness", "score"), of("daily_sleep", "score")
ACTIVITY_SCORE, SPO2 = of("daily_activity", "score"), of("daily_spo2", "spo2_percentage.average")
BPM, ROWS = of("heartrate", "bpm"), of("heartrate", "bpm source")
PHONE_WORKOUT_OUT = of("workout", "activity start_datetime end_datetime calories distance source")
PHONE_WORKOUT_IN = of("workout", "activity start_datetime end_datetime calories distance")
PHONE_SLEEP = of(
    "sleep",
    "bedtime_start bedtime_end total_sleep_duration awake_time deep_sleep_duration light_sleep_duration "
    "rem_sleep_duration sleep_phase_5_min type",
)
ROUTE = of("workout_route", "workout points[].time points[].lat points[].lon")
COACH = {
    "export:readiness_score": READINESS,
    "export:sleep_score": SLEEP_SCORE,
    "export:daytime_stress": of("daily_stress", "day_summary"),
}

DECLARED: dict[str, dict[str, frozenset[str]]] = {
    "strava": {
        "export:workout": of("workout", "activity start_datetime end_datetime distance heart_rate"),
        "export:readiness_score": READINESS,
        "export:activity_score": ACTIVITY_SCORE,
        "export:sticker": SLEEP_SCORE | READINESS | ACTIVITY_SCORE,
        "import:workout": of("workout", "activity start_datetime end_datetime distance"),
        "import:heart_rate": ROWS,
    },
    "apple-health": {
        "export:sleep": PHONE_SLEEP,
        "export:respiratory_rate": of("sleep", "average_breath"),
        "export:heart_rate": BPM,
        "export:steps": of("daily_activity", "steps"),
        "export:weight": of("personal_info", "weight"),
        "export:height": of("personal_info", "height"),
        "export:active_energy": of("daily_activity", "active_calories"),
        "export:resting_energy": of("daily_activity", "resting_calories"),
        "export:workout": PHONE_WORKOUT_OUT,
        "export:mindful_minutes": of("mindful_minutes", "start end"),
        "import:workout": PHONE_WORKOUT_IN,
        "import:workout_route": ROUTE,
        "import:heart_rate": ROWS,
        "import:steps": of("steps_sample", "start end value"),
        "import:total_energy": of("total_energy_sample", "start end value"),
        "import:date_of_birth": of("profile", "date_of_birth"),
        "import:height": of("profile", "height"),
        "import:weight": of("profile", "weight"),
        "import:sex": of("profile", "sex"),
    },
    "health-connect": {
        "export:heart_rate": BPM,
        "export:heart_rate_variability": of("sleep", "average_hrv"),
        "export:height": of("personal_info", "height"),
        "export:weight": of("personal_info", "weight"),
        "export:sleep": PHONE_SLEEP,
        "export:resting_heart_rate": of("sleep", "lowest_heart_rate"),
        "export:steps": of("daily_activity", "steps"),
        "export:distance": of("daily_activity", "equivalent_walking_distance"),
        "export:total_energy": of("daily_activity", "total_calories"),
        "export:active_energy": of("daily_activity", "active_calories"),
        "export:workout": PHONE_WORKOUT_OUT,
        "import:workout": PHONE_WORKOUT_IN,
        "import:workout_route": ROUTE,
        "import:heart_rate": ROWS,
        "import:heart_rate_variability": of("heart_rate_variability_sample", "time value"),
        "import:steps": of("steps_sample", "start end value"),
        "import:total_energy": of("total_energy_sample", "start end value"),
        "import:active_energy": of("active_energy_sample", "start end value"),
        "import:distance": of("distance_sample", "start end value"),
        "import:power": of("power_sample", "start end samples"),
    },
    "natural-cycles": {"export:temperature_trend": of("daily_readiness", "temperature_trend_deviation")},
    "stelo": {"import:glucose": of("glucose", "time value flag trend")},
    "alexa": {
        "export:sleep_score": SLEEP_SCORE,
        "export:readiness_score": READINESS,
        "export:bedtime_reminder": of(
            "sleep_time",
            "optimal_bedtime.day_tz optimal_bedtime.start_offset optimal_bedtime.end_offset",
        ),
        "export:activity_nudge": of("daily_activity", "inactivity_alerts"),
        "export:spo2": SPO2,
        "export:heart_rate": BPM,
        "export:wellness_briefing": SLEEP_SCORE | READINESS | SPO2 | BPM,
        "import:meal": of("meal", "time zone"),
        "import:routine_trigger": of("routine_trigger", "name parameters"),
    },
    "corepower-yoga": COACH,
    "the-sculpt-society": COACH,
    "technogym": COACH,
    "headspace": {},
    "open": {"export:sleep": of("sleep", "bedtime_start bedtime_end total_sleep_duration")},
    "clue": {},
    "flo": {},
}

# What the scopes open together, but for the one of Natural Cycles.
CEILING = (
    "email age weight height sex "
    "steps distance active_energy total_energy activity_score activity_detail sleep sleep_score optimal_bedtime "
    "respiratory_rate heart_rate resting_heart_rate heart_rate_variability readiness_score daytime_stress rest_mode "
    "ring_battery ring_configuration interbeat_interval workout session tag spo2 breathing_disturbance resilience "
    "cardiovascular_age vo2_max"
)

# Every field of the API of each of these types; free text and fields of our own left out.
API_FIELDS: dict[str, frozenset[str]] = {
    "email": of("personal_info", "email"),
    "age": of("personal_info", "age"),
    "weight": of("personal_info", "weight"),
    "height": of("personal_info", "height"),
    "sex": of("personal_info", "biological_sex"),
    "steps": of("daily_activity", "steps"),
    "distance": of("daily_activity", "equivalent_walking_distance meters_to_target"),
    "active_energy": of("daily_activity", "active_calories"),
    "total_energy": of("daily_activity", "total_calories"),
    "activity_score": ACTIVITY_SCORE,
    "activity_detail": of(
        "daily_activity",
        "target_calories target_meters average_met_minutes class_5_min met high_activity_met_minutes "
        "medium_activity_met_minutes low_activity_met_minutes sedentary_met_minutes high_activity_time "
        "medium_activity_time low_activity_time sedentary_time resting_time non_wear_time inactivity_alerts "
        "contributors.meet_daily_targets contributors.move_every_hour contributors.recovery_time "
        "contributors.stay_active contributors.training_frequency contributors.training_volume",
    ),
    "sleep": of(
        "daily_sleep",
        "contributors.deep_sleep contributors.efficiency contributors.latency contributors.rem_sleep "
        "contributors.restfulness contributors.timing contributors.total_sleep",
    )
    | of(
        "sleep",
        "bedtime_start bedtime_end time_in_bed total_sleep_duration awake_time latency efficiency "
        "deep_sleep_duration light_sleep_duration rem_sleep_duration sleep_phase_5_min sleep_phase_30_sec "
        "app_sleep_phase_5_min movement_30_sec restless_periods type period sleep_algorithm_version "
        "sleep_analysis_reason low_battery_alert",
    ),
    "sleep_score": SLEEP_SCORE | of("sleep", "sleep_score_delta"),
    "optimal_bedtime": of(
        "sleep_time",
        "optimal_bedtime.day_tz optimal_bedtime.start_offset optimal_bedtime.end_offset recommendation status",
    ),
    "respiratory_rate": of("sleep", "average_breath"),
    "heart_rate": ROWS | of("sleep", "average_heart_rate heart_rate") | of("session", "heart_rate"),
    "resting_heart_rate": of("sleep", "lowest_heart_rate"),
    "heart_rate_variability": of("sleep", "average_hrv hrv") | of("session", "heart_rate_variability"),
    "readiness_score": READINESS | of("sleep", "readiness_score_delta readiness.score"),
    "daytime_stress": of("daily_stress", "day_summary recovery_high stress_high"),
    # An episode without its tags is none, and its moment alone would tell that there was one.
    "rest_mode": of("rest_mode_period", "start_day start_time end_day end_time"),
    "ring_battery": of("ring_battery_level", "level charging in_charger"),
    "ring_configuration": of("sleep", "ring_id")
    | of("ring_configuration", "color design firmware_version hardware_type set_up_at size"),
    "interbeat_interval": of("interbeat_interval", "ibi validity"),
    "workout": of("workout", "activity start_datetime end_datetime intensity source calories distance"),
    "session": of("session", "type start_datetime end_datetime mood motion_count"),
    "tag": of("enhanced_tag", "tag_type_code start_time end_time start_day end_day")
    | of("tag", "tags timestamp"),
    "spo2": SPO2,
    "breathing_disturbance": of("daily_spo2", "breathing_disturbance_index"),
    "resilience": of(
        "daily_resilience",
        "level contributors.sleep_recovery contributors.daytime_recovery contributors.stress",
    ),
    "cardiovascular_age": of("daily_cardiovascular_age", "vascular_age pulse_wave_velocity"),
    "vo2_max": of("vO2_max", "vo2_max"),
}
