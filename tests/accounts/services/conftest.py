import pytest

from .importing import Importer


@pytest.fixture
def load(db, tmp_path) -> Importer:
    return Importer(tmp_path)
