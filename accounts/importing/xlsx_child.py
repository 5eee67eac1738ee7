"""Runs alone: reads one workbook and writes its cells as lines of JSON. See xlsx.py.

Arguments: memory in bytes, seconds of CPU, path, how many rows of each sheet (0: all). Output:
for each visible sheet its name as a JSON string, then one array per row; null at the end.
Nothing of the project is imported.
"""

import datetime
import itertools
import json
import resource
import sys


def limit(what: int, value: int) -> None:
    hard = resource.getrlimit(what)[1]
    ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
    try:
        resource.setrlimit(what, (ceiling, ceiling))
    except (ValueError, OSError) as error:
        # macOS does not bound address space; the checks before parsing and CPU time remain.
        if sys.platform != "darwin":
            raise SystemExit(3) from error


def plain(cell: object) -> object:
    if cell == "" or cell is None:
        return None
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    if isinstance(cell, datetime.timedelta):
        return cell.total_seconds() / 86_400
    return cell


def main(memory: int, seconds: int, path: str, first: int) -> None:
    limit(resource.RLIMIT_AS, memory)
    limit(resource.RLIMIT_CPU, seconds)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_FSIZE, 0)

    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    out = sys.stdout
    # By its content, whatever the name says.
    with open(path, "rb") as file, CalamineWorkbook.from_filelike(file) as workbook:
        for sheet in workbook.sheets_metadata:
            if sheet.visible != SheetVisibleEnum.Visible or sheet.typ != SheetTypeEnum.WorkSheet:
                continue
            out.write(json.dumps(sheet.name) + "\n")
            rows = workbook.get_sheet_by_name(sheet.name).iter_rows()
            for row in itertools.islice(rows, first or None):
                cells = [plain(cell) for cell in row]
                while cells and cells[-1] is None:
                    cells.pop()
                out.write(json.dumps(cells) + "\n")
    out.write("null\n")
    out.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
