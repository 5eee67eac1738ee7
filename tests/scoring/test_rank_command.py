"""`manage.py rank`, on small and on real data."""

import io
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.services.importing import run as import_file
from scoring.models import Matrix
from tests.factories import make_client
from tests.scoring.conftest import make_buyers, put_to_use

pytestmark = pytest.mark.django_db
DATA = Path(settings.BASE_DIR).parent / "shared" / "data"


def rank(*arguments: str) -> dict:
    out = io.StringIO()
    call_command("rank", "--json", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_prints_the_top_and_publishes(matrix):
    put_to_use(matrix, {"profit": 1, "average_invoice": 1}, selection_value=2)
    make_buyers(4)
    make_client("Newcomer", external_id="N-1")
    answer = rank("--as-of=2024-06-30", "--top=3")
    assert (answer["clients"], answer["rated"], answer["selected"]) == (5, 4, 2)
    assert [row["name"] for row in answer["rows"]] == ["Buyer 001", "Buyer 002", "Buyer 003"]
    assert [row["selected"] for row in answer["rows"]] == [True, True, False]
    assert answer["line"] == answer["rows"][1]["score"]
    last = rank("--as-of=2024-06-30", "--top=5")["rows"][-1]
    assert (last["external_ids"], last["rank"], last["score"]) == ({"default": "N-1"}, None, None)
    matrix.refresh_from_db()
    assert matrix.current_run_id == answer["run"]
    out = io.StringIO()
    call_command("rank", "--as-of=2024-06-30", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines.index(next(line for line in lines if line.startswith("----"))) == 5


def test_says_which_matrices_there_are(matrix):
    with pytest.raises(CommandError, match="Основные критерии"):
        rank("--matrix=No such")


@pytest.mark.skipif(not DATA.exists(), reason="needs the real data of ../shared/data")
@pytest.mark.parametrize(
    ("name", "clients"),
    [("adventureworks_reseller_sales", 632), ("ibm_accounts_receivable", 100)],
)
def test_real_invoices_alone_make_a_ranking(matrix, name, clients):
    report = import_file(DATA / f"{name}.csv.gz", "documents")
    assert report.accepted == "all", report.as_json(most=5)["errors"]
    answer = rank(f"--top={clients}")
    assert answer["clients"] == answer["rated"] == clients
    assert answer["selected"] == 30
    scores = [row["score"] for row in answer["rows"]]
    assert scores == sorted(scores, reverse=True)
    assert Matrix.objects.get(is_main=True).current_run_id == answer["run"]
