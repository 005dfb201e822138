"""What the contestants say."""

from __future__ import annotations

from collections.abc import Iterator

from kokoro_stream.front_end import FrontEnd
from kokoro_stream.phonemes.languages import phonemizer

from .turns import Sentence

TOKEN_LIMIT = 510  # of Kokoro

# Named after what they last at 2.9 frames of 25 ms a phoneme, Kokoro's usual pace.
AT_ONCE = {
    "2s": "I moved your meeting to three.",
    "5s": "The train to the coast leaves at nine, and you can buy a ticket on board.",
    "12s": "If you would rather not drive all the way on Friday evening, you could take the last train to the coast, "
    "stay the night near the harbour, and meet the others at breakfast.",
    "60s": "There are three ways to get there, and all of them are fine. The fastest is the train, which leaves every "
    "hour and takes a little less than two. You can buy a ticket on board, but it is cheaper if you book a day ahead. "
    "The bus is slower, because it stops in every village along the river. On the other hand, it costs half as much, "
    "and the view is lovely when the weather is good. If you drive, leave before seven. The road past the lake is "
    "narrow, and after that it gets crowded with people who want to spend the day on the beach. There is a car park "
    "behind the old harbour, and from there it is a short walk to the hotel. Breakfast is served until ten. I would "
    "ask for a room on the upper floor, because the ones below look out on the kitchen. Shall I book one for you now, "
    "or would you like to think about it first?",
}


def sentences(text: str) -> Iterator[Sentence]:
    """Its sentences, each with the phonemes that our front end makes of it: cut and spoken without a mistake."""
    front_end = FrontEnd(phonemizer("en-us"), "quality", TOKEN_LIMIT)
    for line in [*front_end.feed(text), *front_end.flush()]:
        yield Sentence(text[line.start : line.end].strip(), line.utterance.phonemes)
