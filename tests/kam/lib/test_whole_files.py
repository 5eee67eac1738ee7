"""A kept file is whole or absent."""

import errno

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import TemporaryUploadedFile

from kam.lib.whole_files import UNFINISHED, WholeFiles


class Breaks(ContentFile):
    def chunks(self, chunk_size=None):
        yield b"half"
        raise OSError(errno.ENOSPC, "full")


def test_a_file_that_cannot_be_finished_leaves_nothing(tmp_path):
    store = WholeFiles(location=tmp_path)
    with pytest.raises(OSError, match="full"):
        store.save("a/b.txt", Breaks(b""))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_two_of_one_name_are_both_kept_and_nothing_lies_beside(tmp_path):
    store = WholeFiles(location=tmp_path)
    upload = TemporaryUploadedFile("b.txt", "text/plain", 3, None)
    upload.write(b"two")
    upload.seek(0)
    first, second = store.save("a/b.txt", ContentFile(b"one")), store.save("a/b.txt", upload)
    assert first == "a/b.txt"
    assert [store.open(name).read() for name in (first, second)] == [b"one", b"two"]
    assert list((tmp_path / UNFINISHED).iterdir()) == []
