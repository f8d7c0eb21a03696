"""Amazon Alexa+: answers the member's questions aloud, reminds, and takes in meals and routines. Pure.

The member links from Amazon's side. An answer holds the one value that was asked for; nothing is in the text of a
notification (Amazon has no schema for health, facts of 2026-11-20). Of heart rate the newest value goes, and none
before it. A meal comes in as its time and zone; the member's own words for it are private. Whatever is asked about a
cycle gets one same answer.
"""

from functools import partial

from consent.manifests.shapes import Channel, Direction, Flow, Granularity, Manifest, Purpose

_answer = partial(Flow, direction=Direction.EXPORT, channel=Channel.VOICE, purpose=Purpose.VOICE_ANSWERS)
_reminder = partial(Flow, direction=Direction.EXPORT, channel=Channel.VOICE, purpose=Purpose.REMINDERS)

_SPO2 = "spo2_percentage.average"
_BEDTIME = ("optimal_bedtime.day_tz", "optimal_bedtime.start_offset", "optimal_bedtime.end_offset")

_OUT = (
    _answer(
        data_type="sleep_score",
        fields={"daily_sleep": ("score",)},
        name="Sleep score",
        hint="One number a day, from 0 to 100.",
        why="so that Alexa can tell you when you ask how you slept.",
    ),
    _answer(
        data_type="readiness_score",
        fields={"daily_readiness": ("score",)},
        name="Readiness score",
        hint="One number a day, from 0 to 100.",
        why="so that Alexa can tell you when you ask how ready you are.",
    ),
    _reminder(
        data_type="bedtime_reminder",
        fields={"sleep_time": _BEDTIME},
        name="Bedtime reminder",
        hint="The time that suits you best for going to bed.",
        why="so that Alexa can remind you in time.",
    ),
    _reminder(
        data_type="activity_nudge",
        fields={"daily_activity": ("inactivity_alerts",)},
        name="Move reminder",
        hint="That you sat still for long. Nothing else about your day.",
        why="so that Alexa can tell you it is time to move.",
    ),
    _answer(
        data_type="spo2",
        fields={"daily_spo2": (_SPO2,)},
        name="Blood oxygen",
        hint="How much oxygen is in your blood at night, in percent.",
        why="so that Alexa can tell you when you ask for it.",
    ),
    _answer(
        data_type="heart_rate",
        fields={"heartrate": ("bpm",)},
        name="Heart rate",
        hint="The last one your ring saw, and none before it.",
        why="so that Alexa can tell you when you ask for it.",
        granularity=Granularity.NEWEST,
    ),
    _answer(
        data_type="wellness_briefing",
        fields={
            "daily_sleep": ("score",),
            "daily_readiness": ("score",),
            "daily_spo2": (_SPO2,),
            "heartrate": ("bpm",),
        },
        name="Morning briefing",
        hint="Your scores, blood oxygen and last heart rate. Only those that you have on here too.",
        why="so that Alexa can sum up your night when you ask.",
        granularity=Granularity.NEWEST,
    ),
)

_IN = (
    Flow(
        direction=Direction.IMPORT,
        data_type="meal",
        channel=Channel.VOICE,
        fields={"meal": ("time", "zone")},
        name="Meals",
        hint="When you ate, as you told Alexa.",
        why="logs your meals here without typing.",
        purpose=Purpose.FOOD_LOG,
    ),
    Flow(
        direction=Direction.IMPORT,
        data_type="routine_trigger",
        channel=Channel.VOICE,
        fields={"routine_trigger": ("name", "parameters")},
        name="Routines",
        hint="The rules you made in Alexa, like a song when it is time for bed.",
        why="so that we know when a rule of yours should start.",
        purpose=Purpose.REMINDERS,
    ),
)

MANIFEST = Manifest(
    slug="alexa",
    name="Amazon Alexa+",
    legal_entity="Amazon.com Services LLC",
    country="United States",
    summary=(
        "Answers questions about your sleep and readiness. Women’s health data is never shared. "
        "You start in the Alexa app."
    ),
    how_often="When you ask, and when a reminder is due",
    privacy_url="https://www.amazon.com/privacy",
    deletion_url="https://www.amazon.com/alexaprivacysettings",
    retention=(
        "Amazon may keep what Alexa told you until you delete it. "
        "When you unlink, your ring data is deleted there."
    ),
    stopping=(
        "Alexa can ask for nothing more, from that moment. We delete the reminders and rules that we made there. "
        "Amazon deletes what it has of your ring when you unlink. They do not tell us when that is done."
    ),
    starts_at_partner=True,
    flows=(*_OUT, *_IN),
)
