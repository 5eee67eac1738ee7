"""What the actions of the trail are called; one without words is shown as it is written."""

from django.utils.translation import gettext_lazy as _

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
    "contact.create": _("contact added"),
    "contact.change": _("contact changed"),
    "interaction.change": _("note corrected"),
    "group.join": _("company joined a group"),
    "group.leave": _("company left a group"),
    "goal.create": _("goal written"),
    "goal.change": _("goal changed"),
    "standing.change": _("standing decided"),
    "import": _("file imported"),
    "job.cancel": _("job stopped"),
    "matrix.created": _("matrix made"),
    "matrix.activated": _("matrix put to use"),
    "matrix.restored": _("earlier version of a matrix taken up again"),
    "weighing.asked": _("people asked to weigh criteria"),
    "weighing.given": _("criteria weighed"),
    "weighing.adopted": _("weights of several people taken into the draft"),
    "matrix.draft_discarded": _("draft of a matrix discarded"),
    "backtest.requested": _("backtest asked for"),
    "wallet.state": _("purchases of a client stated"),
    "decision.prepare": _("decision prepared"),
    "decision.confirm": _("decision confirmed"),
    "decision.withdraw": _("decision put aside"),
    "decision.export": _("record of a decision exported"),
    "override.create": _("client put on or off the list"),
    "override.end": _("override ended"),
    "ranking.published": _("ranking published"),
    "ranking.kept": _("ranking unchanged"),
    "portfolio.exported": _("portfolio exported"),
    "demo.loaded": _("demo data loaded"),
    "demo.cleared": _("demo data removed"),
}


def words(action: str) -> str:
    return str(ACTIONS.get(action, action))
