"""Fixed colours of charts, for print and for pages before their theme takes over.

Found by search: hues of the page's tokens, at least 3 : 1 in contrast against the light and the
dark paper at once, and as far apart as that allows, gold included, for readers with full colour
vision, protanopia, deuteranopia and tritanopia (Machado, Oliveira & Fernandes 2009). The tests
measure both.
"""

COLOURS = {
    "series-1": "#327451",
    "series-2": "#4689F1",
    "series-3": "#A86A26",
    "series-4": "#7958CB",
    "series-5": "#699098",
    "series-6": "#C23957",
    "series-7": "#868966",
    "series-8": "#497FA1",
    "good": "#327451",
    "bad": "#C23957",
    # Helping lines and whiskers, where no theme gives them its ink.
    "neutral": "#828282",
    # Gold means key: the key line and what is selected.
    "key": "#B8860B",
}

SERIES = 8


def criterion_colour(position: int) -> str:
    """The colour of the criterion at a position (from 0) in its matrix; eight, then from the start
    again."""
    return COLOURS[f"series-{position % SERIES + 1}"]
