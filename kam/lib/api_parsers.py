"""JSON as it was written: a number with a point is an exact decimal, not a binary fraction."""

import json
from decimal import Decimal

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser


class ExactJSONParser(BaseParser):
    """Reads the stream itself: how large a body may be is the endpoint's to say."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            return json.loads(stream.read(), parse_float=Decimal, parse_constant=_refuse)
        except (ValueError, RecursionError, ArithmeticError) as error:
            raise ParseError from error


def _refuse(text: str):
    raise ValueError(text)
