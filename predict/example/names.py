"""Names of features and ids, in the manner of the real ones."""

from __future__ import annotations

import random


def _words(text: str) -> list[str]:
    return text.split()


FIRST = _words(
    "abating abridged acclimatizing ageing amateur antiseptic balletic bimanual chalky churrigueresque coastal crisp "
    "dietary dovish elfish fancied flaming gloomy hirsute indigent jocose laconic mellow nervy ornate palmy "
    "quintessential rustic sallow telegrammic untouched wistful"
)
SECOND = _words(
    "adamant boring cissy dodgy exempt fugal gooey hotter iridescent jural kinetic loyal moldy noctuid occupied "
    "parental quartan reclusive slubbed tepid unadaptable vestmental wersh yearly zonal bifold dendritic gnarled "
    "lactic scurvy tidied vaunted"
)
NOUNS = _words(
    "acre bangle cormorant dulse escutcheon ferrule gusset hackney inkstand jackal kestrel lanolin marquis nuthatch "
    "ocelot pyxis quagga rondo sextant tabard usher verderer weakfish yarrow zephyr capstan gemstone lobster "
    "mandolin periwig sorrel thimble"
)
MOST_FEATURES = len(FIRST) * len(SECOND) * len(NOUNS)
# Odd, and the number of names is a power of two: the walk meets each name once, and neighbours share no word.
STRIDE = 7919


def feature_names(count: int) -> list[str]:
    """Name features: unique, the same for every seed, and more features only append names."""
    return [_feature_name(place * STRIDE % MOST_FEATURES) for place in range(count)]


def _feature_name(number: int) -> str:
    rest, noun = divmod(number, len(NOUNS))
    first, second = divmod(rest, len(SECOND))
    return f"feature_{FIRST[first]}_{SECOND[second]}_{NOUNS[noun]}"


def draw_ids(rows: int, seed: int) -> list[str]:
    """Draw unique live ids, `n` and 15 hex digits, sorted."""
    numbers = random.Random(seed).sample(range(16**15), rows)  # noqa: S311  names, not secrets
    return [f"n{number:015x}" for number in sorted(numbers)]
