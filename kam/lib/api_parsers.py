"""JSON that our database and our own answers can hold.

Refused as a whole: NUL and halves of characters in texts, numbers beyond all bounds, nesting that
would exhaust the stack.  How large a body may be is the endpoint's to say, so these parsers read the
stream themselves.
"""

import json
import math
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser


class JSON(BaseParser):
    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            text = stream.read().decode("utf-8-sig")
            data = json.loads(text, parse_float=self.number, parse_constant=_refuse)
            if "\\u" in text:
                _check(data)
        except (ValueError, RecursionError, ArithmeticError) as error:
            raise ParseError(_("The body is not JSON that can be taken.")) from error
        return data

    @staticmethod
    def number(text: str) -> Any:
        value = float(text)
        return value if math.isfinite(value) else _refuse(text)


class ExactJSON(JSON):
    """A number with a point is an exact decimal, not a binary fraction."""

    @staticmethod
    def number(text: str) -> Any:
        value = Decimal(text)
        return value if -40 < value.adjusted() < 40 else _refuse(text)


def _refuse(text: str):
    raise ValueError(text)


def _check(value: Any) -> None:
    """Only escapes can bring in what UTF-8 and JSON themselves forbid."""
    if isinstance(value, str):
        value.encode()  # a half of a character is a UnicodeEncodeError, which is a ValueError
        if "\x00" in value:
            _refuse(value)
    elif isinstance(value, dict):
        for name, each in value.items():
            _check(name)
            _check(each)
    elif isinstance(value, list):
        for each in value:
            _check(each)
