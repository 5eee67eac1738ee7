"""In which widths and themes a page is looked at."""

import os

LOOKS = [("wide", "light"), ("narrow", "dark"), ("wide", "dark"), ("narrow", "light")]


def looks(language: str) -> list[tuple[str, str]]:
    """Each language in two of the four, so that both together have every width and theme; with
    ``--full`` each in all four."""
    if os.environ.get("KAM_TESTS_FULL"):
        return LOOKS
    return LOOKS[:2] if language == "ru" else LOOKS[2:]
