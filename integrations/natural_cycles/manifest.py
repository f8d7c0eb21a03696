"""Natural Cycles: reads one number each morning, the temperature trend, and nothing else ever. Pure.

It is the one partner whose purpose is fertility. The wire carries the sensor's trend only: no phase, no window, no log
of ours is a source of it, and nothing comes in. It pulls: once a night's number is there it gets a notice without a
value, and reads. The member begins in the Natural Cycles app. There is no other public interface (read 2026-11-20).
"""

from consent.manifests.shapes import Channel, Direction, Flow, Manifest, Purpose

# The other number that their contract may name one day is `temperature_deviation`.
FIELD = "temperature_trend_deviation"

MANIFEST = Manifest(
    slug="natural-cycles",
    name="Natural Cycles",
    legal_entity="NaturalCycles Nordic AB",
    country="Sweden",
    summary=(
        "A birth control app that uses your temperature. It gets one number each morning, and no other. "
        "You start in the Natural Cycles app."
    ),
    how_often="Once each morning, after your night is in",
    privacy_url="https://www.naturalcycles.com/other/legal/privacy",
    deletion_url="https://help.naturalcycles.com/hc/en-us/articles/360006694278-Delete-your-account",
    # read 2026-11-20: a maker of medical devices keeps cycle records for its studies, without the name
    retention="Natural Cycles keeps what it got, by its own rules. After a delete it may keep it without your name.",
    stopping=(
        "Natural Cycles can read nothing more, from that moment. "
        "Remove the ring in the Natural Cycles app too, and ask them there to delete what they have."
    ),
    starts_at_partner=True,
    flows=(
        Flow(
            direction=Direction.EXPORT,
            data_type="temperature_trend",
            channel=Channel.API,
            fields={"daily_readiness": (FIELD,)},
            name="Temperature trend",
            hint="How much warmer or cooler your skin was at night than is usual for you. One number a night.",
            why="used in the Natural Cycles app to work out your fertile days.",
            purpose=Purpose.FERTILITY_AWARENESS,
        ),
    ),
)
