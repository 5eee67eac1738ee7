"""F7: the disk of the files is full."""

import shutil
import subprocess
from pathlib import Path

import pytest

from kam.exports.models import Export
from kam.exports.services import request
from kam.jobs.models import Job
from kam.lib.scoping import acting_as
from tests.factories import make_client, make_user

from .test_broker import visitor

pytestmark = [pytest.mark.drill, pytest.mark.full]


@pytest.fixture
def small_disk(directory):
    """A disk of 1 MB."""
    place = directory / "files"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def files(place: Path) -> list[Path]:
    return [path for path in place.rglob("*") if path.is_file() and path.name != "filler"]


def test_a_full_disk_of_files_leaves_no_half_file_and_what_waits_is_written_later(
    small_disk, house, told
):
    told.fault(
        "F7", "the disk of the files full while a list is written and a file is handed in",
        "507 and no half file; pages go on; written once there is room",
    )  # fmt: skip
    house.environment["FILES_DIR"] = str(small_disk)
    with (small_disk / "filler").open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError:
            pass
    for number in range(150):
        make_client(f"Client {number}", city="Moscow")
    house.up("worker", "dispatcher", "web")
    key = visitor()
    person = make_user("administrator")
    with acting_as(person):
        export = request(person, "clients", "xlsx")
    house.until(lambda: "No space left" in Job.unscoped.get(pk=export.job_id).error)
    half = files(small_disk)
    rows = "".join(f"Client {number};Moscow\n" for number in range(3000))
    handed_in = house.ask(
        "/api/v1/import-files/", file=f"name;city\n{rows}".encode(), key=key
    ).status
    half += files(small_disk)
    pages = house.ask("/api/v1/clients/", key=key).status
    (small_disk / "filler").unlink()
    took = house.until(lambda: not Job.unscoped.get(pk=export.job_id).is_open, 60)
    with acting_as(person):
        export = Export.objects.get(pk=export.pk)
    kept = [path.stat().st_size for path in files(small_disk)]
    told.saw(
        f"handing in: {handed_in}, {len(half)} half files, pages {pages}; "
        f"list of {export.rows} rows written {took:.0f} s after there was room"
    )
    assert half == []
    assert handed_in == 507
    assert pages == 200
    assert (export.rows, kept) == (150, [export.size])
