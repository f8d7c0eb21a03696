"""The words for a workout that partners see. Another word can name a prenatal class: it becomes `other`."""

OTHER = "other"

ACTIVITIES: frozenset[str] = frozenset(
    {
        "american_football", "badminton", "barre", "baseball", "basketball", "bowling", "boxing", "climbing",
        "core_exercise", "cricket", "cross_country_skiing", "cross_training", "crossfit", "cycling", "dance",
        "dancing", "diving", "downhill_skiing", "elliptical", "fencing", "fitness_class", "flexibility",
        "football", "functional_training", "gardening", "golf", "gymnastics", "handball", "hiit", "hiking",
        "hockey", "horse_riding", "house_work", "housework", "ice_hockey", "ice_skating", "indoor_cycling",
        "indoor_running", "judo", "jumping_rope", "kayaking", "kickboxing", "lacrosse", "martial_arts",
        "mountain_biking", "nordic_walking", "other", "padel", "pilates", "pickleball", "racquetball",
        "rock_climbing", "roller_skating", "rowing", "rugby", "running", "sailing", "skateboarding",
        "skating", "skiing", "snowboarding", "snowshoeing", "soccer", "softball", "squash",
        "stair_exercise", "stairs", "strength_training", "stretching", "surfing", "swimming",
        "table_tennis", "tai_chi", "tennis", "trail_running", "treadmill", "triathlon", "volleyball",
        "walking", "water_polo", "weight_lifting", "wrestling", "yard_work", "yoga",
    }
)  # fmt: skip


def closed(word: str) -> str:
    """Return the word when it is one of ours (case and spaces forgiven), else `other`."""
    plain = word.strip().casefold().replace(" ", "_").replace("-", "_")
    return plain if plain in ACTIVITIES else OTHER
