"""The trail as people read it, in place of names of tables and keys."""

from django.utils.translation import override

from kam.audit.words import details, what, who


def test_the_system_is_named_by_what_it_was_doing():
    with override("en"):
        assert who("system:job scoring.rank") == "Ranking of clients"
        assert who("system:demo data") == "the system: demo data"
        assert who("Вера Соколова") == "Вера Соколова"


def test_objects_and_details_have_words():
    with override("ru"):
        assert what("accounts.client", 7) == "клиент 7"
        assert what("other.thing", None) == "other.thing"
        assert what("", None) == ""
        kept = {"from": "trial", "to": "key", "taken_over": False, "reason": "", "versions": [2, 1]}
        assert list(details(kept)) == [
            ("был", "Испытательный срок"), ("стал", "Ключевой клиент"), ("версии", "2, 1")
        ]  # fmt: skip


def test_values_are_told_as_a_person_would():
    with override("en"):
        kept = {"whole": True, "dropped": None, "versions": {"2025": 2, "2026": True}, "size": 0}
        assert list(details(kept)) == [
            ("everything", "yes"), ("versions", "2025: 2, 2026: yes"), ("bytes", "0")
        ]  # fmt: skip
    with override("ru"):
        assert list(details({"unheard": True})) == [("unheard", "да")]


def test_digests_are_cut():
    assert list(details({"sha256": "ab" * 32})) == [("SHA-256", "abababababab…")]
