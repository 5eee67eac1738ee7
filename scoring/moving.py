"""Rankings on their way into another installation: a part for each run, and the place shown."""

from kam.exports.company.partitions import parted
from scoring import store
from scoring.selectors.matrices import main_run


def show_current() -> None:
    """Let everything show the places of the main matrix again."""
    run = main_run()
    if run is not None:
        with store.as_owner():
            store.show(run.pk)


parted(store.PARENT, "run_id", make=store.make_part, finish=show_current)
