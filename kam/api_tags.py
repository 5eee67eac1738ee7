"""Under which heading an address stands in the description of the API, by what it begins with."""

from django.utils.translation import gettext_lazy as _

# tag -> what it holds, and the first parts of addresses
TAGS = {
    "clients": (
        _("Who the clients are, the people there, and what one wants with them."),
        (
            "clients",
            "contacts",
            "relations",
            "goals",
            "goal-rolls",
            "programme-goals",
            "standings",
            "agreements",
            "sales-plans",
        ),
    ),
    "facts": (
        _("What happened: documents, payments, talks."),
        ("documents", "payments", "interactions", "letters"),
    ),
    "processes": (
        _("How one works with clients, step by step."),
        ("process-templates", "processes", "process-runs", "run-steps"),
    ),
    "agreements": (
        _("What is agreed and planned with clients, and what the product has told you."),
        ("agreements", "sales-plans", "years", "notices"),
    ),
    "plans": (
        _("Plans of clients: sections, actions, who takes part, and how they are signed."),
        ("plans", "plan-templates", "plan-sections", "plan-actions", "plan-participants"),
    ),
    "tasks": (
        _("What people have to do, by when, and who asked for it."),
        ("tasks",),
    ),
    "promises": (
        _("What was promised to clients and by them, what only they get, and what became of it."),
        ("promises", "offers", "offer-parts"),
    ),
    "search": (_("One search over everything that the reader may see."), ("search",)),
    "lists": (
        _("Views of lists, own fields of clients, and cards that may be one client."),
        ("views", "own-fields", "duplicates", "twins"),
    ),
    "handovers": (
        _("Clients that change hands, and who stands in for whom."),
        ("handovers", "handover-steps", "substitutions"),
    ),
    "meetings": (
        _("Meetings with clients and reviews: agenda, minutes, what came of them."),
        ("meetings",),
    ),
    "receivables": (
        _("What clients owe, and to whom nothing is shipped."),
        ("receivables", "shipment-stops"),
    ),
    "problems": (
        _("What is wrong with clients, what the data tell of it, and how relationships fare."),
        ("problems", "problem-steps", "signals", "data-quality", "radar-settings"),
    ),
    "needs": (
        _("What clients will want, and the themes that gather it."),
        ("needs", "themes", "next-orders"),
    ),
    "kams": (
        _("What KAMs carry, how well they master it, and when to hire."),
        ("kams", "skills", "onboardings", "onboarding-steps", "onboarding-templates"),
    ),
    "surveys": (
        _("What clients are asked by a link, and what they answer."),
        ("surveys", "survey-invitations"),
    ),
    "benefits": (
        _("What clients gain from us, their words for others, and whom they brought."),
        ("benefits", "references", "referrals"),
    ),
    "costs": (
        _("What clients and the programme cost, and whether it pays."),
        ("efforts", "service-costs", "programme-costs", "programme"),
    ),
    "initiatives": (
        _("Beta tests, new products and unique offers, and the clients invited to them."),
        ("initiatives", "invitations"),
    ),
    "planned-changes": (
        _("Changes that we plan, and what the clients they touch say."),
        ("planned-changes", "touched-clients"),
    ),
    "ranking": (
        _("The ranking and how sure it is."),
        ("ranking", "confidences", "backtests"),
    ),
    "matrices": (
        _("By what clients are ranked: matrices, criteria, weights, rules."),
        ("matrices", "criteria"),
    ),
    "ratings": (
        _("What people say of clients, and what they are asked."),
        ("ratings", "rating-requests", "rating-spreads"),
    ),
    "decisions": (
        _("Who is on the key list, and why."),
        ("decisions", "overrides"),
    ),
    "portfolio": (_("Figures and charts of all clients."), ("portfolio",)),
    "reports": (
        _("Periodic reports and business reviews as they were made, and what is ordered."),
        ("reports", "built-reports", "built-figures", "report-schedules", "business-reviews"),
    ),
    "imports": (
        _("Files and many rows on their way in, and rows that wait for a client."),
        ("import-files", "imports", "bulk", "quarantine", "connections"),
    ),
    "removals": (
        _("What was removed and can be brought back."),
        ("removals",),
    ),
    "exports": (_("Lists as files."), ("exports",)),
    "personal-data": (
        _("A person found everywhere, handed out, destroyed; what people agreed to."),
        (
            "subjects",
            "destructions",
            "retention",
            "accesses",
            "incidents",
            "purposes",
            "consents",
            "not-told",
            "processing-register",
        ),
    ),
    "health": (_("How the installation fares: jobs, schedules, backups, disks."), ("health",)),
    "backups": (_("Whether there is a good backup."), ("backups",)),
    "webhooks": (
        _("Which other systems are told of events, and what they answered."),
        ("webhooks", "webhook-deliveries"),
    ),
    "administration": (
        _("The audit trail, jobs, and this description."),
        ("events", "seals", "jobs", "notices", "schema", "company", "people"),
    ),
    # Where an address stands that nobody has put under a heading.
    "other": (_("Everything else."), ()),
}
