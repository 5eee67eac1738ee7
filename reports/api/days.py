"""Days in the addresses of figures."""

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext as _
from rest_framework import serializers

from reports.dashboards.asking import EARLIEST

# Days that can be counted on from, whatever is asked.
LATEST = dt.date(9000, 1, 1)


def asked_day(asked: Mapping[str, str], name: str) -> dt.date | None:
    """The day that the address says under ``name``; None where it says none.

    Raises ValidationError for what is no day, and for days that nothing was ever dated on.
    """
    if name not in asked:
        return None
    found: dt.date = serializers.DateField().run_validation(asked[name])
    if not EARLIEST <= found <= LATEST:
        raise serializers.ValidationError({name: [_("There are no figures of that day.")]})
    return found
