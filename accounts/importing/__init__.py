"""Files of other systems -> typed columns and row errors. Pure: no Django, no database.

    table = read("sales.csv", "documents", ReadOptions(map={"Сумма": "amount"}))
    table.frame["amount"]   # list of Decimal, one per accepted row
    table.rows              # record number of each accepted row in the file, header included
    table.errors            # Issues of rows that are not in the frame
    message(issue, "ru")    # the issue in words

    found = recognise("sales.csv", data)        # what the file is and how it would be read
    read(data, found.kind.value, found.options) # so, once its questions are answered
    why = reasons(table.errors, table.held_back, lambda issue: message(issue, "ru"))
    write_refused(out, data, "documents", found.options, why, "ru")

`read` raises `Refused` where nothing of the file can be used. The frame holds the fields of
`accounts.importing.fields`; a field with no column in the file is absent from it.
"""

from accounts.importing.fields import FIELDS, KINDS
from accounts.importing.messages import message
from accounts.importing.reading import read
from accounts.importing.recognise import recognise
from accounts.importing.recognised import Choice, Column, Recognised
from accounts.importing.refused import reasons, write_refused
from accounts.importing.table import Issue, Meta, ReadOptions, Refused, Table

__all__ = [
    "FIELDS",
    "KINDS",
    "Choice",
    "Column",
    "Issue",
    "Meta",
    "ReadOptions",
    "Recognised",
    "Refused",
    "Table",
    "message",
    "read",
    "reasons",
    "recognise",
    "write_refused",
]
