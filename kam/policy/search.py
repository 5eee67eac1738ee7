"""Search, and the way to a form that needs a client."""

from kam.lib.policy import Row

from .who import EDITORS, STAFF

ROWS = {
    "search": Row(read=STAFF),
    "create_for": Row(read=EDITORS),
    "api:search": Row(read=STAFF),
}
