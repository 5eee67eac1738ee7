"""Office files that are the same bytes whenever they are written: no clock of ours stays in them."""

from __future__ import annotations

import datetime as dt
import re
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a ZIP can tell
_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def steady(packed: bytes, moment: dt.datetime) -> bytes:
    """An Office file with ``moment`` in its properties, and in those of workbooks inside it, and
    no times of its parts."""
    told = moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    held = BytesIO()
    with ZipFile(BytesIO(packed)) as given, ZipFile(held, "w", ZIP_DEFLATED) as written:
        for each in given.infolist():
            body = given.read(each)
            if each.filename.endswith(".xlsx"):
                body = steady(body, moment)
            elif each.filename == "docProps/core.xml":
                body = _MOMENT.sub(rb"\g<1>" + told + rb"\g<2>", body)
            info = ZipInfo(each.filename, EPOCH)
            info.compress_type, info.external_attr = ZIP_DEFLATED, 0o600 << 16
            written.writestr(info, body)
    return held.getvalue()
