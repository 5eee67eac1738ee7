"""Computing over all clients, as jobs."""

import datetime as dt

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kam.jobs.execution import Refused
from kam.jobs.registry import job
from kam.lib import outgoing
from kam.lib.addresses import NotAllowed
from kam.lib.periods import today
from kam.lib.scoping import current

from .connectors import Problem
from .connectors.mailbox import WrongSettings
from .models import (
    BulkLoad,
    Connection,
    ImportBatch,
    ImportFile,
    MinutesMail,
    PersonInvitation,
    SurveyInvitation,
)
from .services import (
    agreements,
    bulk,
    connection_schedule,
    connection_settings,
    connections,
    goals,
    handovers,
    import_files,
    import_folder,
    import_undo,
    mailbox,
    minutes_mail,
    onboarding,
    person_invitations,
    plan_work,
    potential,
    processes,
    promises,
    radar,
    rebates,
    receivables,
    removals,
    retention,
    second_step,
    sign_in_waits,
    survey_mail,
    surveys,
    task_mail,
)


@job(
    potential.JOB,
    title=_("Growth potential of all clients"),
    queue="heavy",
    tells={"clients": _("Clients")},
)
def refresh_potential(running):
    return {"clients": potential.refresh(progress=running.progress)}


def _file(file_id: int) -> ImportFile:
    row = ImportFile.objects.select_related("brought_by").filter(pk=file_id).first()
    if row is None or not row.file:
        raise Refused(str(_("This file is not kept any more.")))
    return row


def _steps(running):
    return lambda done, steps: running.progress(done, steps, "")


def _told(row: ImportFile, report) -> dict:
    return {"file": row.name, "rows": report.rows, "refused": len(report.errors)}


_TELLS = {"file": _("File"), "rows": _("Rows"), "refused": _("Refused")}


@job("accounts.import_check", title=_("Check of a file"), queue="heavy", tells=_TELLS)
def import_check(running, *, file_id):
    """Say what loading a file would do, writing nothing."""
    row = _file(file_id)
    return _told(row, import_files.check(row, _steps(running)))


@job("accounts.import_load", title=_("Loading of a file"), queue="heavy", tells=_TELLS)
def import_load(running, *, file_id, partial=True):
    """Load a file; one that is in already is left as it is."""
    row = _file(file_id)
    if row.batch_id is not None:
        return {"file": row.name, "rows": row.batch.report.get("rows", 0), "refused": 0}
    return _told(row, import_files.load(row, partial=partial, progress=_steps(running)))


@job(bulk.JOB, title=_("Loading of rows sent by a program"), queue="heavy", tells=_TELLS)
def bulk_load(running, *, load_id):
    """Load rows that came over REST; those that are in already are left as they are."""
    row = BulkLoad.objects.select_related("author").filter(pk=load_id).first()
    if row is None:
        raise Refused(str(_("These rows are not kept any more.")))
    report = bulk.run(row, _steps(running))
    refused = len({issue.row for issue in report.errors}) if report else 0
    return {"bulk": row.pk, "rows": row.rows, "refused": refused}


@job(
    "accounts.import_folder",
    title=_("Files of the watched folder"),
    queue="heavy",
    tells={"taken": _("Taken in"), "refused": _("Refused")},
)
def watch_folder(running):
    """Load the files that other systems have dropped and finished writing."""
    return import_folder.look()


def _connection(connection_id: int) -> Connection:
    row = Connection.objects.filter(pk=connection_id).first()
    if row is None:
        raise Refused(str(_("This connection is not kept any more.")))
    return row


@job(
    connections.JOB,
    title=_("Pull from a connected system"),
    queue="heavy",
    goes_out=True,
    tells={"connection": _("Connection"), "read": _("Read"), "changed": _("Changed")},
)
def pull_connection(running, *, connection_id, whole=False):
    """Load what has changed in a connected system; what passes is tried again."""
    row = _connection(connection_id)
    try:
        told = connections.pull(row, job=running.job, whole=whole, progress=running.progress)
    except connections.Busy as busy:
        raise Refused(str(_("Another run of this connection is at work."))) from busy
    except Problem as problem:
        last = running.job.attempts >= running.job.max_attempts
        if problem.is_passing and not last:
            raise
        connections.tell_of_failure(row, problem)
        raise Refused(connections.failure(problem)) from None
    return {
        "connection": row.name,
        "read": sum(tally.read for tally in told.values()),
        "changed": sum(tally.changed for tally in told.values()),
    }


@job(
    connections.TRIAL,
    title=_("Test of a connection"),
    goes_out=True,
    tells={"connection": _("Connection")},
)
def try_connection(running, *, connection_id):
    """Look whether a connected system answers, and whom the key leads to."""
    row = _connection(connection_id)
    connections.try_out(row)
    return {"connection": row.name}


@job("accounts.connections_due", title=_("Connections that are due"), tells={"asked": _("Begun")})
def pull_due(running):
    """Ask for a run of every connection whose time has come."""
    return {"asked": connection_schedule.request_due()}


@job("accounts.connections_reseal", title=_("Sealing keys and second steps"))
def reseal_connections(running):
    return {"connections": connection_settings.reseal(), "second_steps": second_step.reseal()}


@job("accounts.forget_sign_ins", title=_("Forgetting failed sign-ins and old invitations"))
def forget_sign_ins(running):
    return {"forgotten": sign_in_waits.forget(), "invitations": person_invitations.forget()}


@job(
    retention.JOB,
    title=_("Letting go what has been kept long enough"),
    queue="heavy",
    tells={"removed": _("Removed"), "failed": _("Failed")},
)
def let_go(running):
    """Let go what is over by the rules of keeping: people, notes, files, rows of programs."""
    run = retention.run(running.progress)
    return {"removed": run.done, "failed": run.failed}


@job(removals.JOB, title=_("Emptying of the bin"), tells={"removed": _("Removed")})
def empty_bin(running):
    """Let go of what was removed longer ago than it can be brought back."""
    return {"removed": removals.purge(settings.REMOVED_DAYS)}


@job(
    import_undo.JOB,
    title=_("Undoing of an import"),
    queue="heavy",
    tells={"file": _("File"), "removed": _("Removed"), "restored": _("Restored")},
)
def undo_import(running, *, batch_id):
    """Take an import back; one that is undone already is left as it is."""
    batch = ImportBatch.objects.filter(pk=batch_id).first()
    if batch is None or batch.undone_at is not None:
        return {}
    try:
        found = import_undo.undo(batch, running.job.actor, _steps(running))
    except import_undo.Hindered as hindered:
        raise Refused(
            str(_("Something has come to depend on it. The page of the import says what."))
        ) from hindered
    return {
        "file": batch.filename,
        "removed": sum(effect.removed for effect in found.effects),
        "restored": sum(effect.restored for effect in found.effects),
    }


@job("accounts.processes", title=_("Starting of processes"), tells={"begun": _("Begun")})
def start_processes(running):
    """Begin the runs that are due by date or by what happened at the client."""
    return {"begun": processes.start_due()}


@job(goals.JOB, title=_("Measuring of goals"), queue="heavy", tells={"read": _("Measured")})
def read_goals(running):
    """Read the measures of open goals, and tell who answers of those that are off."""
    return {"read": goals.read(today())}


@job(
    radar.JOB,
    title=_("Search for problems of clients"),
    queue="heavy",
    tells={"clients": _("Clients"), "found": _("Signals found"), "shown": _("Shown")},
)
def search_for_problems(running):
    """Find signals in the data, let go of those that are over, and compute how clients fare."""
    return radar.search(today())


@job(plan_work.JOB, title=_("Actions of plans that come due"), tells={"told": _("Told")})
def remind_of_plan_actions(running):
    """Tell whose actions are due tomorrow, and whose were due yesterday."""
    return {"told": plan_work.remind(today())}


@job(promises.JOB, title=_("Promises that come due"), tells={"told": _("Told")})
def remind_of_promises(running):
    """Tell those who answer of promises due tomorrow, and of those that were due yesterday."""
    return {"told": promises.remind(today())}


@job(
    mailbox.JOB,
    title=_("Mail that people hand on"),
    goes_out=True,
    tells={"taken": _("Taken in"), "waiting": _("Without a client"), "refused": _("Refused")},
)
def read_mailbox(running):
    """Take in what people have sent to their secret addresses."""
    try:
        told = mailbox.look()
    except WrongSettings as error:
        raise Refused(
            str(_("The box does not let us in: look at IMAP_URL (%(why)s).") % {"why": error})
        ) from None
    except NotAllowed as error:
        raise Refused(
            str(_("The box is in a network that may not be called: see IMAP_ALLOWED_NETWORKS."))
        ) from error
    return {name: told[name] for name in ("taken", "waiting", "refused")}


@job(task_mail.ALL, title=_("Mails with the tasks of the day"), tells={"asked": _("Begun")})
def mail_all_tasks(running):
    """Ask for a mail to everybody who has something due today."""
    return {"asked": task_mail.request(today())}


@job(
    task_mail.JOB,
    title=_("Mail with the tasks of the day"),
    queue="outgoing",
    patience=dt.timedelta(hours=12),
    as_person=True,
    tells={"tasks": _("Tasks")},
)
def mail_tasks(running, *, person_id, day):
    """Mail a person what is due; once a day, however often this is asked."""
    return {"tasks": task_mail.send(person_id, dt.date.fromisoformat(day))}


@job(receivables.JOB, title=_("Stops of shipments by rule"), tells={"changed": _("Changed")})
def apply_shipment_rules(running):
    """Stop shipments to whom the rules call for it, and lift the stops they do not call for."""
    return {"changed": receivables.apply_rules(today())}


@job(handovers.JOB, title=_("Clients that change hands today"), tells={"done": _("Handed over")})
def hand_over(running):
    """Carry out the handovers whose day has come."""
    return {"done": handovers.carry_out_due()}


@job(onboarding.JOB, title=_("Overdue steps of onboardings"), tells={"told": _("Told")})
def remind_of_onboardings(running):
    """Tell new KAMs and who leads them of steps that have become overdue."""
    return {"told": onboarding.remind(today())}


@job(
    survey_mail.JOB,
    title=_("Mail with the link of a survey"),
    queue="outgoing",
    patience=outgoing.PATIENCE,
    as_person=True,
    tells={"state": _("Mail")},
)
def mail_survey(running, *, invitation_id):
    """Mail a link, with the rights of who asked as they are now.  It goes out once or not at all."""
    rows = SurveyInvitation.objects.filter(pk=invitation_id).editable_by(current())
    row = rows.select_related("survey", "client__owner", "contact", "author").first()
    if row is None:
        raise Refused(str(_("This link is not yours to send any more.")))
    return {"state": survey_mail.send(row, surveys.link_of(row))}


@job(
    minutes_mail.JOB,
    title=_("Mail with the minutes of a meeting"),
    queue="outgoing",
    patience=outgoing.PATIENCE,
    as_person=True,
    tells={"state": _("Mail")},
)
def mail_minutes(running, *, mail_id):
    """Mail minutes, with the rights of who asked as they are now.  Once or not at all."""
    rows = MinutesMail.objects.filter(pk=mail_id).editable_by(current())
    row = rows.select_related("version__meeting__client", "contact", "author").first()
    if row is None:
        raise Refused(str(_("These minutes are not yours to send any more.")))
    return {"state": minutes_mail.send(row)}


@job(agreements.ACCRUE, title=_("Rebates by agreements"), tells={"changed": _("Changed")})
def accrue_rebates(running):
    """Bring the rebates earned month by month in line with agreements and purchases."""
    return {"changed": rebates.accrue()}


@job("accounts.agreement_reminders", title=_("Agreements that end"), tells={"told": _("Told")})
def remind_of_agreements(running):
    """Tell those who answer for agreements 90, 60 and 30 days before the end."""
    return {"told": agreements.remind(today())}


@job(
    person_invitations.JOB,
    title=_("Mail with an invitation"),
    queue="outgoing",
    as_person=True,
    tells={"state": _("Mail")},
)
def mail_person_invitation(running, *, invitation_id, serial):
    """Mail the link, with the rights of who invited as they are now.  Once or not at all."""
    rows = PersonInvitation.objects.filter(pk=invitation_id, serial=serial)
    row = rows.editable_by(current()).select_related("author").first()
    if row is None or not row.is_open:
        raise Refused(str(_("This invitation is no longer open.")))
    return {"state": person_invitations.send(row)}
