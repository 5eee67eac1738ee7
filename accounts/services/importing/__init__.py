"""Files of other systems into the database: ``run`` takes one file in and reports.

What the files mean is read by :mod:`accounts.importing`; here it meets what is known: clients
and products are recognised, documents compared by fingerprint, facts written as versions, rows
without a client put aside.
"""

from .load import Load
from .refusals import write_refusals
from .report import Counts, Report
from .running import register_loader, run, run_table

__all__ = ["Counts", "Load", "Report", "register_loader", "run", "run_table", "write_refusals"]
