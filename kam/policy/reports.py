"""Dashboards: the same clients as everywhere else."""

from kam.lib.policy import Row

from .who import LEADERS, STAFF

ROWS = {
    "portfolio_abc_xyz": Row(read=STAFF),
    "matrix_map": Row(read=STAFF, subject="scoring.Matrix"),
    "matrix_axes": Row(write=LEADERS, subject="scoring.Matrix"),
    "api:portfolio-abc-xyz": Row(read=STAFF),
    "api:matrix-map": Row(read=STAFF, subject="scoring.Matrix"),
    "api:matrix-axes": Row(write=LEADERS, subject="scoring.Matrix"),
    "portfolio": Row(read=STAFF),
    "portfolio_rows": Row(read=STAFF),
    "client_months": Row(read=STAFF, subject="accounts.Client"),
    "api:portfolio": Row(read=STAFF),
    "api:portfolio-rows": Row(read=STAFF),
    "api:client-months": Row(read=STAFF, subject="accounts.Client"),
}
