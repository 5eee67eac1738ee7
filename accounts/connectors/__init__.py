"""Systems that are asked for what has changed: Bitrix24 and amoCRM (Kommo).

Pure: a connector takes credentials and a cursor and gives pages of elements as the system has
them; :mod:`accounts.importing` makes tables of those, :mod:`accounts.services.connections` loads
them.  What goes wrong is a :class:`Problem` with a code; texts never hold an address or a secret.
"""

from accounts.connectors.amocrm import AmoCRM
from accounts.connectors.bitrix24 import Bitrix24
from accounts.connectors.line import Line
from accounts.connectors.problems import Problem
from accounts.connectors.pulling import Cursor, Found, Page, Shape
from kam.lib.addresses import Rules

__all__ = [
    "AmoCRM",
    "Bitrix24",
    "Cursor",
    "Found",
    "Line",
    "Page",
    "Problem",
    "Rules",
    "Shape",
]
