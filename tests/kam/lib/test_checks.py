"""Settings that do not go together are refused with what to do."""

import pytest

from kam.lib import checks

GOOD = {"SITE_URL": "https://kam.example", "SECURE": True, "ALLOWED_HOSTS": [".example"]}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, []),
        ({"ALLOWED_HOSTS": ["other.example.org"]}, ["kam.E001"]),
        ({"SITE_URL": "kam.example"}, ["kam.E001"]),
        ({"DEBUG": True}, ["kam.E002"]),
        ({"SECRET_KEY": "x", "SECRET_KEY_FALLBACKS": ["x"]}, ["kam.W003"]),
        ({"IMAP_URL": "imaps://a:b@c"}, ["kam.E004"]),
        ({"TRUSTED_PROXIES": ["172.31.250.0/28", "::1"]}, []),
        ({"TRUSTED_PROXIES": ["proxy"]}, ["kam.E012"]),
        ({"TRUSTED_PROXIES": ["0.0.0.0/0"]}, ["kam.E013"]),
        ({"DATABASE_REPLICA_URL": "postgres://a@db/kam", "DATABASE_URL": ""}, ["kam.E014"]),
        (
            {
                "DATABASE_REPLICA_URL": "postgres://a@db:5432/kam",
                "DATABASE_URL": "postgres://b@db/kam",
            },
            ["kam.E015"],
        ),
        (
            {"DATABASE_REPLICA_URL": "postgres://a@db2/kam", "DATABASE_URL": "postgres://b@db/kam"},
            [],
        ),
        ({"BACKUP_FOLDER": "backups"}, ["kam.E005"]),
        ({"BACKUP_FOLDER": "/kam/files/b", "FILES_DIR": "/kam/files"}, ["kam.E006"]),
        ({"BACKUP_FOLDER": "/kam/filesystem", "FILES_DIR": "/kam/files"}, []),
        ({"COMPANY_TIME_ZONE": "Moscow"}, ["kam.E007"]),
        ({"JOB_MEMORY_MB": 100}, ["kam.E008"]),
        ({"LOG_FORMAT": "Json"}, ["kam.E009"]),
        ({"OIDC_ISSUER": "https://login.example.org"}, ["kam.E010"]),
        ({"OIDC_ISSUER": "http://login.example.org", "OIDC_CLIENT_ID": "kam"}, ["kam.E011"]),
    ],
)
def test_what_does_not_go_together_is_said_with_a_hint(settings, given, said):
    for name, value in (GOOD | {"DEBUG": False} | given).items():
        setattr(settings, name, value)
    found = checks.settings_that_do_not_go_together()
    assert [message.id for message in found] == said
    assert all(message.hint for message in found)
