"""The trail in words; what has none is shown as it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.jobs.registry import title_of

ACTIONS = {
    "setup": _("the first administrator was made"),
    "sign_in": _("signed in"),
    "sign_in.failed": _("sign-in failed"),
    "sign_out": _("signed out"),
    "password.change": _("password changed"),
    "person.create": _("person added"),
    "person.change": _("person changed"),
    "team.create": _("team added"),
    "team.change": _("team changed"),
    "token.issue": _("key created"),
    "token.revoke": _("key withdrawn"),
    "client.create": _("client added"),
    "client.change": _("client changed"),
    "client.export": _("clients exported"),
    "export.written": _("list exported"),
    "export.taken": _("exported file taken"),
    "company.exported": _("whole company exported"),
    "company.imported": _("company taken in"),
    "company.change": _("company described"),
    "connection.create": _("connection added"),
    "connection.change": _("connection changed"),
    "connection.off": _("connection switched off"),
    "connection.on": _("connection switched on"),
    "connection.run": _("connection run asked for"),
    "contact.create": _("contact added"),
    "contact.change": _("contact changed"),
    "agreement.create": _("agreement written"),
    "agreement.change": _("agreement changed"),
    "agreement.file": _("file of an agreement kept"),
    "agreement.download": _("file of an agreement taken"),
    "sales_plan.change": _("sales plan changed"),
    "contact.view": _("contacts looked at"),
    "subject.search": _("person looked for everywhere"),
    "subject.view": _("everything about a person looked at"),
    "subject.export": _("everything about a person handed out"),
    "subject.erase": _("personal data destroyed"),
    "subject.redact": _("words masked by hand after a destruction"),
    "subject.settle": _("row looked at after a destruction"),
    "retention.change": _("time of keeping changed"),
    "retention.run": _("what had been kept long enough let go"),
    "retention.act": _("notes and files whose time was over destroyed"),
    "relation.create": _("relation to an organisation noted"),
    "relation.change": _("relation to an organisation changed"),
    "interaction.change": _("note corrected"),
    "group.join": _("company joined a group"),
    "group.leave": _("company left a group"),
    "goal.create": _("goal written"),
    "goal.change": _("goal changed"),
    "process.create": _("process of a client made"),
    "process.change": _("process of a client changed"),
    "process.stop": _("process not run any more"),
    "process.resume": _("process run again"),
    "process.start": _("process begun"),
    "process.step": _("step of a process settled"),
    "process.break_off": _("process broken off"),
    "goal.check_in": _("check-in of a goal"),
    "programme_goal.save": _("goal of the programme written"),
    "need.note": _("need noted"),
    "need.change": _("need changed"),
    "need.step": _("need brought into another state"),
    "theme.make": _("theme of needs made"),
    "theme.change": _("theme of needs changed"),
    "theme.merge": _("theme of needs merged into another"),
    "offer.create": _("exceptional offer drafted"),
    "offer.change": _("exceptional offer changed"),
    "offer.part": _("part added to an exceptional offer"),
    "offer.part_change": _("part of an exceptional offer changed"),
    "offer.part_remove": _("part taken out of an exceptional offer"),
    "offer.give": _("exceptional offer given"),
    "offer.end": _("exceptional offer ended"),
    "backup.make": _("backup attempted"),
    "outgoing.hold": _("what goes out held back"),
    "outgoing.release": _("what goes out released"),
    "promise.make": _("promise written down"),
    "promise.change": _("promise changed"),
    "promise.settle": _("promise settled"),
    "promise.satisfaction": _("satisfaction with a promise noted"),
    "promise.reopen": _("promise opened again"),
    "kam.capacity": _("capacity of a KAM set"),
    "skills.rate": _("skills rated"),
    "skill.create": _("skill added"),
    "skill.change": _("skill changed"),
    "year.close": _("year closed"),
    "year.undo": _("closing of a year undone"),
    "onboarding.start": _("onboarding begun"),
    "onboarding_step.change": _("step of an onboarding changed"),
    "onboarding.end": _("onboarding ended"),
    "onboarding_template.create": _("template of onboarding made"),
    "onboarding_template.change": _("template of onboarding changed"),
    "benefit.claim": _("benefit written down"),
    "benefit.change": _("benefit changed"),
    "benefit.settle": _("client said what they think of a benefit"),
    "benefit.download": _("paper of a benefit taken"),
    "reference.create": _("reference written down"),
    "reference.change": _("reference changed"),
    "survey.create": _("survey made"),
    "survey.change": _("survey changed"),
    "survey.invite": _("link of a survey made"),
    "survey.mail": _("link of a survey mailed"),
    "survey.withdraw": _("link of a survey withdrawn"),
    "survey.answer": _("survey answered by the client"),
    "survey.answer_change": _("answer to a survey changed by the client"),
    "survey.follow_up": _("answer to a survey followed up"),
    "survey.decline": _("client asks for no more surveys"),
    "survey.allow": _("client may be asked again"),
    "process_template.create": _("standard process made"),
    "process_template.change": _("standard process changed"),
    "standing.change": _("standing decided"),
    "import": _("file imported"),
    "import.file": _("file brought in"),
    "import.put_aside": _("file put aside"),
    "import.download": _("original file of an import taken"),
    "import.undo": _("import undone"),
    "import.findings": _("refused rows of an import taken"),
    "removal.remove": _("record removed"),
    "removal.restore": _("removed record brought back"),
    "removal.destroy": _("removed record let go for good"),
    "removal.expire": _("bin emptied of what is too old"),
    "job.cancel": _("job stopped"),
    "matrix.created": _("matrix made"),
    "matrix.axes": _("axes of the portfolio matrix changed"),
    "matrix.activated": _("matrix put to use"),
    "matrix.restored": _("earlier version of a matrix taken up again"),
    "weighing.asked": _("people asked to weigh criteria"),
    "weighing.given": _("criteria weighed"),
    "weighing.adopted": _("weights of several people taken into the draft"),
    "matrix.draft_discarded": _("draft of a matrix discarded"),
    "backtest.requested": _("backtest asked for"),
    "confidence.worked_out": _("worked out how sure the list is"),
    "matrix.rule_changed": _("rule of a criterion changed"),
    "wallet.state": _("purchases of a client stated"),
    "decision.prepare": _("decision prepared"),
    "decision.confirm": _("decision confirmed"),
    "decision.withdraw": _("decision put aside"),
    "decision.export": _("record of a decision exported"),
    "override.create": _("client put on or off the list"),
    "override.end": _("override ended"),
    "quarantine.give": _("rows in quarantine given a client"),
    "quarantine.discard": _("rows in quarantine put away"),
    "ranking.published": _("ranking published"),
    "ranking.kept": _("ranking unchanged"),
    "ranking.thinned": _("old ranking let go"),
    "rating.requested": _("people asked for ratings"),
    "rating.request_withdrawn": _("request for a rating withdrawn"),
    "ratings.pasted": _("ratings pasted from a table"),
    "portfolio.exported": _("portfolio exported"),
    "webhook.create": _("webhook made"),
    "webhook.change": _("webhook changed"),
    "webhook.remove": _("webhook removed"),
    "webhook.rotate": _("secret of a webhook rotated"),
    "webhook.example": _("example sent to a webhook"),
    "webhook.resend": _("messages to a webhook sent again"),
    "webhook.stop": _("webhook stopped by itself"),
    "audit.verified": _("audit trail held against its seals"),
    "demo.loaded": _("demo data loaded"),
    "demo.cleared": _("demo data removed"),
}

FAULTS = {
    "altered": _("Event %(number)s is not what it was."),
    "removed": _("Event %(number)s is gone."),
    "slipped_in": _("Event %(number)s was added later than it says."),
    "seal_altered": _("Seal %(number)s is not what it was."),
    "seal_missing": _("Seal %(number)s is gone."),
    "other_head": _("Seal %(number)s is not the one that was noted."),
}


OBJECTS = {
    "accounts.client": _("client"),
    "accounts.connection": pgettext_lazy("audit", "connection"),
    "accounts.contact": _("contact"),
    "accounts.destruction": pgettext_lazy("audit", "act of destruction"),
    "accounts.goal": _("goal"),
    "accounts.importbatch": _("import"),
    "accounts.importfile": _("file"),
    "accounts.interaction": pgettext_lazy("audit", "note"),
    "accounts.retentionrun": pgettext_lazy("audit", "night of the rules of keeping"),
    "accounts.team": _("team"),
    "accounts.user": _("person"),
    "accounts.process": pgettext_lazy("audit", "process"),
    "accounts.agreement": pgettext_lazy("audit", "agreement"),
    "accounts.relation": pgettext_lazy("audit", "relation"),
    "accounts.processrun": pgettext_lazy("audit", "run of a process"),
    "accounts.processtemplate": pgettext_lazy("audit", "standard process"),
    "exports.export": pgettext_lazy("audit", "export"),
    "accounts.programmegoal": _("goal of the programme"),
    "accounts.need": pgettext_lazy("audit", "need"),
    "accounts.theme": pgettext_lazy("audit", "theme of needs"),
    "accounts.exceptionaloffer": pgettext_lazy("audit", "exceptional offer"),
    "backup.backup": pgettext_lazy("audit", "backup"),
    "accounts.promise": _("promise"),
    "accounts.kam": pgettext_lazy("audit", "KAM"),
    "accounts.onboarding": pgettext_lazy("audit", "onboarding"),
    "accounts.onboardingstep": pgettext_lazy("audit", "step of an onboarding"),
    "accounts.onboardingtemplate": pgettext_lazy("audit", "template of onboarding"),
    "accounts.yearclose": pgettext_lazy("audit", "closed year"),
    "accounts.ownskill": pgettext_lazy("audit", "skill"),
    "accounts.benefit": _("benefit of a client"),
    "accounts.reference": _("reference"),
    "accounts.survey": _("survey"),
    "accounts.surveyinvitation": _("link of a survey"),
    "accounts.surveyanswer": _("answer to a survey"),
    "jobs.job": _("job"),
    "webhooks.endpoint": _("webhook"),
    "scoring.backtest": _("backtest"),
    "scoring.criterion": _("criterion"),
    "scoring.decision": _("decision"),
    "scoring.matrix": _("matrix"),
    "scoring.matrixversion": _("version of a matrix"),
    "scoring.rankingrun": _("ranking"),
}
DETAILS = {
    "act": pgettext_lazy("audit", "act"),
    "acts": pgettext_lazy("audit", "acts"),
    "basis": pgettext_lazy("audit", "basis"),
    "bulk_loads": pgettext_lazy("audit", "rows sent by programs"),
    "gone_clients": pgettext_lazy("audit", "contacts of clients who are gone"),
    "import_files": pgettext_lazy("audit", "original files"),
    "left_contacts": pgettext_lazy("audit", "contacts who left"),
    "notes": pgettext_lazy("audit", "texts of notes"),
    "found": pgettext_lazy("audit", "found"),
    "against": pgettext_lazy("audit", "votes against"),
    "as_of": pgettext_lazy("audit", "as of"),
    "changes": pgettext_lazy("audit", "changes"),
    "checksum": pgettext_lazy("audit", "checksum"),
    "clients": pgettext_lazy("audit", "clients"),
    "contested": pgettext_lazy("audit", "seats not sure"),
    "criteria": pgettext_lazy("audit", "criteria"),
    "criterion": pgettext_lazy("audit", "criterion"),
    "draws": pgettext_lazy("audit", "weightings drawn"),
    "amount": pgettext_lazy("audit", "for"),
    "event": pgettext_lazy("audit", "event"),
    "events": pgettext_lazy("audit", "events"),
    "faults": pgettext_lazy("audit", "faults"),
    "fields": pgettext_lazy("audit", "fields"),
    "filters": pgettext_lazy("audit", "filters"),
    "format": pgettext_lazy("audit", "format"),
    "from": pgettext_lazy("audit", "was"),
    "host": pgettext_lazy("audit", "host"),
    "kind": pgettext_lazy("audit", "kind"),
    "left": pgettext_lazy("audit", "left the list"),
    "lines": pgettext_lazy("audit", "lines"),
    "messages": pgettext_lazy("audit", "messages"),
    "list": pgettext_lazy("audit", "list"),
    "made_at": pgettext_lazy("audit", "made at"),
    "matrix": pgettext_lazy("audit", "matrix"),
    "missing": pgettext_lazy("audit", "missing"),
    "overridden": pgettext_lazy("audit", "decided otherwise"),
    "people": pgettext_lazy("audit", "people"),
    "reason": pgettext_lazy("audit", "reason"),
    "role": pgettext_lazy("audit", "role"),
    "rows": pgettext_lazy("audit", "rows"),
    "seals": pgettext_lazy("audit", "seals"),
    "secrets": pgettext_lazy("audit", "with passwords and keys"),
    "seed": pgettext_lazy("audit", "seed"),
    "selected": pgettext_lazy("audit", "selected"),
    "sha256": "SHA-256",
    "since": pgettext_lazy("audit", "since"),
    "delivery": pgettext_lazy("audit", "delivery"),
    "size": pgettext_lazy("audit", "bytes"),
    "taken_over": pgettext_lazy("audit", "taken over"),
    "step": pgettext_lazy("audit", "step"),
    "to": pgettext_lazy("audit", "became"),
    "version": pgettext_lazy("audit", "version"),
    "whole": pgettext_lazy("audit", "everything"),
    "versions": pgettext_lazy("audit", "versions"),
}
VALUES = {
    "withdrawn": _("consent withdrawn"),
    "purpose": _("purpose reached or lost"),
    "objection": _("demand of the person to stop"),
    "unlawful": _("processed without a basis"),
    "retention": _("time of keeping is over"),
    "candidate": _("Candidate"),
    "trial": _("Trial"),
    "key": _("Key client"),
    "watch": _("Key client under watch"),
    "former": _("Former key client"),
    "none": "—",
}
JOB = "system:job "
SYSTEM = "system:"
DIGEST_SHOWN = 12


def words(action: str) -> str:
    return str(ACTIONS.get(action, action))


def who(actor_name: str) -> str:
    """A person by name; the system by what it was doing."""
    if actor_name.startswith(JOB):
        return str(title_of(actor_name.removeprefix(JOB)))
    if actor_name.startswith(SYSTEM):
        return _now("the system: %(doing)s") % {"doing": actor_name.removeprefix(SYSTEM)}
    return actor_name


def what(object_type: str, object_id: int | None) -> str:
    if not object_type:
        return ""
    return f"{OBJECTS.get(object_type, object_type)} {object_id or ''}".strip()


def details(kept: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Labels and values; what is false or nothing is left out."""
    for name, value in kept.items():
        if value is not False and value is not None and value != "":
            yield str(DETAILS.get(name, name)), _value(value)


def _value(value: Any) -> str:
    if value is True:
        return _now("yes")
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_value(each)}" for name, each in value.items())
    text = str(value)
    if len(text) == 64 and all(digit in "0123456789abcdef" for digit in text):
        return f"{text[:DIGEST_SHOWN]}…"
    return str(VALUES.get(text, text))
