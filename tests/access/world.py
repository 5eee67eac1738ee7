"""A small company with everything twice: what a person may see, and what they may not.

Whatever belongs to the foreign client carries the canary in its texts; it must never reach a
person who may not see that client.
"""

import datetime as dt
import itertools
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import (
    AccountPlan,
    AgreedPrice,
    Agreement,
    AgreementFile,
    ApiToken,
    Benefit,
    BulkLoad,
    CarriedGoal,
    Client,
    ClientIdentifier,
    Commitment,
    Connection,
    Consent,
    Contact,
    ContactBlock,
    Destruction,
    Document,
    ExceptionalOffer,
    FrozenSale,
    Goal,
    GoalReading,
    ImportBatch,
    ImportFile,
    Incident,
    Initiative,
    InitiativeStep,
    Interaction,
    Invitation,
    Kam,
    Line,
    Need,
    NeedStep,
    Notice,
    OfferPart,
    Onboarding,
    OnboardingStep,
    OnboardingTemplate,
    OnboardingTemplateStep,
    OpenedSale,
    OwnSkill,
    Payment,
    PlanAction,
    PlanGoal,
    PlanMove,
    PlannedChange,
    PlannedSale,
    PlanParticipant,
    PlanSection,
    PlanTemplate,
    PlanTemplateSection,
    PlanVersion,
    PlanVisit,
    Potential,
    Process,
    ProcessRun,
    ProcessStep,
    ProcessTemplate,
    Product,
    ProductFamily,
    ProgrammeGoal,
    Promise,
    PromiseMove,
    Purpose,
    QuarantinedRow,
    RebateAccrual,
    RebateStep,
    Reference,
    Relation,
    Removal,
    RunStep,
    SkillRating,
    Standing,
    Survey,
    SurveyAnswer,
    SurveyInvitation,
    SurveyRefusal,
    Team,
    TemplateStep,
    Theme,
    TouchedClient,
    User,
    Wallet,
    YearClose,
)
from accounts.services import removals
from kam.backup.models import Backup
from kam.exports.models import Export
from kam.jobs.models import Hold, Job
from kam.lib.scoping import acting_system
from kam.webhooks.models import Attempt, Delivery, Endpoint, Message
from scoring.models import (
    Backtest,
    Confidence,
    Criterion,
    Decision,
    DecisionItem,
    DecisionVote,
    ListOverride,
    Matrix,
    MatrixVersion,
    Rating,
    RatingRequest,
    Seat,
    VersionCriterion,
    WantedRating,
    Weighing,
    WeighingRound,
)
from scoring.services.backtests import Asked, describe
from scoring.services.ranking import run_ranking
from tests.access import (
    world_day,
    world_growth,
    world_handovers,
    world_lists,
    world_meetings,
    world_radar,
    world_reports,
    world_sign_in,
)

CANARY = "Kanarienvogel"
DAY = dt.date(2026, 3, 16)


@dataclass
class World:
    """People by role, and rows by relation to the KAM: own, team, foreign."""

    people: dict[str, User] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    # model label -> relation -> row
    rows: dict[str, dict[str, object]] = field(default_factory=dict)
    common: dict[str, object] = field(default_factory=dict)

    def add(self, relation: str, row):
        self.rows.setdefault(row._meta.label, {})[relation] = row
        return row


def build() -> World:
    with acting_system("test world"):
        world = World()
        _people(world)
        _common(world)
        for relation in ("own", "team", "foreign"):
            _facts(world, relation)
        _participation(world)
        run_ranking(world.common["version"], DAY)
        _confidence(world)
        _decisions(world)
        _weighings(world)
        return world


def _people(world: World) -> None:
    ours, theirs = Team.objects.create(name="Team North"), Team.objects.create(name="Team South")
    world.common["team"] = ours
    for role, team in [
        ("administrator", None),
        ("manager", ours),
        ("kam", ours),
        ("colleague", ours),
        ("auditor", None),
    ]:
        world.people[role] = _person(role, role, team)
    world.people["teammate"] = _person("teammate", "kam", ours)
    world.people["stranger"] = _person("stranger", "kam", theirs)
    for name, can_write in [("token", True), ("reading token", False)]:
        _row, world.tokens[name] = ApiToken.issue(
            user=world.people["kam"], name=name, can_write=can_write
        )


def _person(name: str, role: str, team) -> User:
    text = f"{name} {CANARY}" if name == "stranger" else name
    return User.objects.create_user(
        f"{name}@example.com", None, name=text, role=role, team=team, language="en"
    )


def _common(world: World) -> None:
    family = ProductFamily.objects.create(name="Boxes")
    world.common["programme"] = ProgrammeGoal.objects.create(
        year=DAY.year, why="grow", what_for="half of the profit", how="together"
    )
    world_lists.common(world)
    world.common["theme"] = Theme.objects.create(name="Refill")
    world.common["closed"] = YearClose.objects.create(year=DAY.year - 1, clients=3)
    world.common["skill"] = OwnSkill.objects.create(name="Tenders", at_six="wins one of three")
    template = OnboardingTemplate.objects.create(name="Our weeks")
    OnboardingTemplateStep.objects.create(template=template, week=1, name="Read the plans")
    world.common["onboarding"] = template
    world.common["product"] = Product.objects.create(code="B-1", name="Box", family=family)
    initiative = Initiative.objects.create(
        kind="beta", name="Refill trial", goal="less waste", theme=world.common["theme"],
        family=family, stage="running", began=DAY,
    )  # fmt: skip
    world.common["initiative"] = initiative
    world.common["planned_change"] = PlannedChange.objects.create(
        name="Boxes become dearer", on=DAY, family=family
    )
    world.common["initiative_step"] = InitiativeStep.objects.create(
        initiative=initiative, before="inviting", after="running", on=DAY
    )
    matrix = Matrix.objects.get(is_main=True)
    first = matrix.versions.get(status="active")
    matrix.versions.update(status="retired")
    version = MatrixVersion.objects.create(matrix=matrix, number=first.number + 1, status="draft")
    criterion = Criterion.objects.filter(rated_by_people=True).exclude(measure="").first()
    computed = Criterion.objects.get(key="average_invoice")
    for position, each in enumerate((criterion, computed), start=1):
        VersionCriterion.objects.create(
            version=version,
            criterion=each,
            position=position,
            weight=1,
            measure=each.measure,
            rule=each.rule,
            rated_by_people=each.rated_by_people,
            people_share=each.people_share,
        )
    MatrixVersion.objects.filter(pk=version.pk).update(status="active")
    world.common |= {"criterion": criterion, "matrix": matrix, "version": version}


def _weighings(world: World) -> None:
    """The KAM is asked to weigh and has not; two others have."""
    version = world.common["version"]
    keys = [row.criterion.key for row in version.criteria.all()]
    asked = WeighingRound.objects.create(matrix=version.matrix, criteria=keys)
    shares = {key: 1 / len(keys) for key in keys}
    for relation, name in (("own", "kam"), ("team", "teammate"), ("foreign", "stranger")):
        given = {} if relation == "own" else {"method": "percent", "weights": shares}
        world.add(
            relation,
            Weighing.objects.create(
                round=asked,
                person=world.people[name],
                submitted_at=None if relation == "own" else timezone.now(),
                **given,
            ),
        )


def _confidence(world: World) -> None:
    """The ranking's confidence, with a seat and a wanted rating of everybody."""
    run = Matrix.objects.get(pk=world.common["matrix"].pk).current_run
    row = Confidence.objects.create(
        run=run,
        draws=100,
        seed=1,
        size=1,
        entropy=1.5,
        contested=2,
        intervals=[[0.4, 0.6], [0.4, 0.6]],
        finished_at=timezone.now(),
    )
    for relation, client in world.clients.items():
        world.add(relation, row)
        world.add(relation, Seat.objects.create(confidence=row, client=client, p_key=0.5))
        world.add(
            relation,
            WantedRating.objects.create(
                confidence=row,
                client=client,
                criterion=world.common["criterion"],
                value=0.5,
                needed=7,
            ),
        )


def _decisions(world: World) -> None:
    """One open decision about everybody; a staff row looks the same from every relation."""
    matrix = Matrix.objects.get(pk=world.common["matrix"].pk)
    decision = Decision.objects.create(matrix=matrix, run=matrix.current_run, basis={})
    vote = DecisionVote.objects.create(
        decision=decision, person=world.people["stranger"], agrees=False, comment=CANARY
    )
    for relation, client in world.clients.items():
        word = CANARY if relation == "foreign" else f"Plain{relation}"
        world.add(relation, decision)
        world.add(relation, vote)
        world.add(
            relation,
            DecisionItem.objects.create(
                decision=decision, client=client, outcome="stay", before="key", proposed="key",
                chosen="key", reason=f"{word} decided",
            ),
        )  # fmt: skip
        world.add(
            relation,
            ListOverride.objects.create(
                matrix=matrix, client=client, kind="must", reason=f"{word} override"
            ),
        )


def _participation(world: World) -> None:
    """A client of another team with whom the colleague helps."""
    # The colleague knows with whom they work: the KAM of this client is named to them.
    owner = _person("host", "kam", world.people["stranger"].team)
    client = Client.objects.create(name="Helped Ltd", owner=owner, team=owner.team)
    helper = world.people["colleague"]
    _promises(world, "participant", client, "Plainhelp", helper)
    world_day.tasks(world, "participant", client, "Plainhelp", helper)
    world_radar.problems(world, "participant", client, "Plainhelp", helper)
    _processes(world, "participant", client, "Plainhelp", helper)
    gone = Removal.objects.create(noun="contact", object_id=0, client=client, holder=helper)
    world.add("participant", gone)
    goal = Goal.objects.create(
        client=client, owner=world.people["kam"], what_for="Plainhelp goal", start=1, target=2
    )
    _plan(world, "participant", client, "Plainhelp", helper, goal)


def _plan(world: World, relation: str, client: Client, word: str, person: User, goal: Goal) -> None:
    """A signed plan with a row in every part; who takes part has an action of their own."""
    plan = AccountPlan.objects.create(
        client=client, title=f"{word} plan", starts=dt.date(DAY.year, 1, 1),
        ends=dt.date(DAY.year, 12, 31), number=1,
        state="draft" if relation == "own" else "signed",  # amended, so that it can be written
    )  # fmt: skip
    section = PlanSection.objects.create(plan=plan, name=f"{word} rivals", text=f"{word} known")
    template = PlanTemplate.objects.create(name=f"Shared {PlanTemplate.objects.count()}")
    for row in (
        plan,
        section,
        PlanGoal(plan=plan, section=section, goal=goal),
        PlanAction(plan=plan, section=section, what=f"{word} visit", owner=person, due=DAY),
        PlanParticipant(plan=plan, person=person, part=f"{word} part"),
        PlanMove(plan=plan, act="sign", words=f"{word} words"),
        PlanVersion(
            plan=plan, number=1,
            content={"title": f"{word} plan", "starts": "2026-01-01", "ends": "2026-12-31"},
        ),
        PlanVisit(plan=plan, person=person),
        template,
        PlanTemplateSection(template=template, name="Risks"),
    ):  # fmt: skip
        row.save()
        world.add(relation, row)


def _promises(world: World, relation: str, client: Client, word: str, owner: User) -> None:
    promise = Promise.objects.create(
        client=client, what=f"{word} promise", due=DAY, first_due=DAY, owner=owner,
        assured=f"{word} stock",
    )  # fmt: skip
    world.add(relation, promise)
    move = PromiseMove.objects.create(
        promise=promise, what=f"{word} before", due=DAY, state="open", reason=f"{word} why"
    )
    world.add(relation, move)


def _needs(world: World, relation: str, client: Client, contact: Contact, word: str) -> None:
    need = Need.objects.create(
        client=client, what=f"{word} need", purpose=f"{word} purpose", contact=contact, since=DAY,
        theme=world.common["theme"], low=100, high=300, likelihood=50,
        family=world.common["product"].family, reason=f"{word} reason",
    )  # fmt: skip
    world.add(relation, need)
    step = NeedStep.objects.create(need=need, before="won", after="noted", reason=f"{word} step")
    world.add(relation, step)
    world.add(relation, world.common["theme"])
    world.add(relation, world.common["initiative"])
    world.add(relation, world.common["initiative_step"])
    invitation = Invitation.objects.create(
        initiative=world.common["initiative"], client=client, contact=contact, invited_on=DAY,
        state="took_part", answered_on=DAY, words=f"{word} answer", despite=f"{word} again",
        points=25, reasons=[["need", 25, ["noted", f"{word} need"]]],
    )  # fmt: skip
    world.add(relation, invitation)
    world.add(relation, world.common["planned_change"])
    touched = TouchedClient.objects.create(
        change=world.common["planned_change"], client=client, bought=10, told_on=DAY,
        state="objects", words=f"{word} objects", contact=contact,
    )  # fmt: skip
    world.add(relation, touched)


def _offer(world: World, relation: str, client: Client, word: str) -> None:
    offer = ExceptionalOffer.objects.create(
        client=client, title=f"{word} offer", expectation=f"{word} wish", starts=DAY
    )
    part = OfferPart.objects.create(
        offer=offer, kind="stock", what=f"{word} boxes", due=DAY, assured=f"{word} shelf"
    )
    world.add(relation, offer)
    world.add(relation, part)


def _work(world: World, relation: str, word: str, owner: User) -> None:
    """What is said of a person's work."""
    world.add(relation, Kam.objects.get(pk=owner.pk))
    world.add(relation, world.common["skill"])
    world.add(
        relation,
        SkillRating.objects.create(
            person=owner, skill="rapport", said_by="manager", value=7, day=DAY, note=f"{word} seen"
        ),
    )
    plan = world.add(
        relation, Onboarding.objects.create(person=owner, name=f"{word} weeks", begun=DAY)
    )
    world.add(
        relation,
        OnboardingStep.objects.create(
            onboarding=plan, week=1, name=f"{word} step", note=f"{word} came", due=DAY
        ),
    )
    world.add(relation, world.common["onboarding"])


def _survey(world: World, relation: str, client: Client, word: str, contact: Contact) -> None:
    """An answer to a survey that is everybody's; a low one, so that somebody has to talk."""
    survey = world.common.get("survey") or Survey.objects.create(
        name="Spring",
        closes_on=DAY + dt.timedelta(days=365),
        questions=[{"kind": "text", "ru": "Чего не хватает?", "en": "What is missing?"}],
    )
    world.common["survey"] = survey
    asked = SurveyInvitation(survey=survey, client=client, contact=contact, language="en")
    asked.digest = asked.hash(asked.sign(asked.nonce))
    asked.save()
    world.add(relation, survey)
    world.add(relation, asked)
    answer = SurveyAnswer.objects.create(
        invitation=asked, score=4, comment=f"{word} comment", replies={"0": f"{word} reply"},
        language="en",
    )  # fmt: skip
    world.add(relation, answer)
    world.add(relation, SurveyRefusal.objects.create(contact=contact, invitation=asked))
    benefit = Benefit.objects.create(
        client=client, what=f"{word} benefit", amount=1000, method=f"{word} method", since=DAY,
        state="confirmed", settled_on=DAY, evidence=f"{word} letter", contact=contact,
        file=ContentFile(word.encode(), name="paper"), file_name=f"{word}.pdf",
    )  # fmt: skip
    world.add(relation, benefit)
    reference = Reference.objects.create(
        client=client, title=f"{word} review", text=f"{word} words", contact=contact, given_on=DAY,
        permission="given", permitted_by=contact,
    )  # fmt: skip
    world.add(relation, reference)
    other = Client.objects.filter(pk__in=[c.pk for c in world.clients.values()]).exclude(
        pk=client.pk
    )
    Relation.objects.create(
        client=client, kind="referrer", other=other.first(),
        name="" if other.exists() else f"{word} friend", since=DAY,
    )  # fmt: skip


def _consents(world: World, relation: str, contact: Contact, word: str) -> None:
    """What the person said to a purpose that is everybody's, and a block that has ended."""
    purpose, _new = Purpose.objects.get_or_create(
        key="marketing", defaults={"label_en": "Advertising", "basis": "consent"}
    )
    world.add(relation, purpose)
    consent = Consent.objects.create(
        contact=contact, purpose=purpose, given_on=DAY, channel="paper",
        text_version=f"{word} form", source=f"{word} folder",
    )  # fmt: skip
    world.add(relation, consent)
    block = ContactBlock.objects.create(
        contact=contact, ground="claim", reason=f"{word} letter", since=DAY, ended_on=DAY,
        end_reason=f"{word} answer",
    )  # fmt: skip
    world.add(relation, block)


def _facts(world: World, relation: str) -> None:
    owner = world.people[{"own": "kam", "team": "teammate", "foreign": "stranger"}[relation]]
    word = CANARY if relation == "foreign" else f"Plain{relation}"
    numbers = itertools.count({"own": 100, "team": 200, "foreign": 777_000}[relation])
    client = Client.objects.create(
        name=f"{word} Ltd",
        legal_name=f"{word} Limited",
        segment=f"{word} segment",
        city=f"{word} city",
        region=f"{word} region",
        owner=owner,
        team=owner.team,
        lifecycle="active",
        kind="group" if relation == "team" else "organisation",
    )
    world.clients[relation] = world.add(relation, client)
    add = world.add
    add(
        relation,
        ClientIdentifier.objects.create(client=client, source="crm", external_id=f"{word}-7"),
    )
    contact = add(
        relation,
        Contact.objects.create(
            client=client,
            name=f"Ann {word}",
            email=f"ann@{word}.example",
            role="decides",
            counterpart=owner,
            source="crm",
            came_on=DAY,
        ),
    )
    add(
        relation,
        Relation.objects.create(client=client, kind="partner", name=f"{word} partner"),
    )
    gone = Contact.objects.create(client=client, name=f"{word} removed", email=f"x@{word}.example")
    add(relation, removals.remove("contact", gone, None, owner))
    _consents(world, relation, contact, word)
    _processes(world, relation, client, word, owner)
    _promises(world, relation, client, word, owner)
    world_day.tasks(world, relation, client, word, owner)
    world_meetings.debts(world, relation, client, word, owner)
    world_meetings.meetings(world, relation, client, word, owner)
    world_sign_in.invited(world, relation, word, owner)
    world_handovers.handovers(world, relation, client, word, owner)
    world_lists.lists(world, relation, client, word, owner)
    world_reports.reports(world, relation, word, owner)
    world_reports.business_reviews(world, relation, client, word, owner)
    world_radar.problems(world, relation, client, word, owner)
    world_radar.found(world, relation, client, word)
    world_growth.costs(world, relation, client, word, owner)
    _needs(world, relation, client, contact, word)
    _offer(world, relation, client, word)
    _work(world, relation, word, owner)
    _survey(world, relation, client, word, contact)
    _agreement(world, relation, client, owner, word)
    # A relation to a client that others may not see: neither side tells them its name.
    if relation == "foreign":
        for other in ("own", "team"):
            Relation.objects.create(client=client, kind="supplier", other=world.clients[other])
            Relation.objects.create(client=world.clients[other], kind="customer", other=client)
    talk = Interaction.objects.create(
        client=client, contact=contact, date=DAY, subject=f"{word} call", text=f"{word} text"
    )
    world_day.talk(world, relation, add(relation, talk), word, owner)
    world_day.letter(world, relation, word, owner)
    amount = Decimal(next(numbers))
    document = add(
        relation,
        Document.objects.create(
            client=client,
            number=f"{word}-1",
            year=DAY.year,
            date=DAY,
            due=DAY,
            manager=f"{word} manager",
            agreement=f"{word} agreement",
            currency="RUB",
            net=amount,
            gross=amount,
            costed_net=amount,
            cost=amount / 2,
        ),
    )
    add(
        relation,
        Line.objects.create(
            document=document,
            client=client,
            date=DAY,
            position=1,
            product=world.common["product"],
            quantity=1,
            net=amount,
            gross=amount,
        ),
    )
    add(
        relation,
        Payment.objects.create(
            client=client, key=f"{word}-p", number=f"{word}-p", date=DAY, amount=1, currency="RUB"
        ),
    )
    add(
        relation,
        Rating.objects.create(
            client=client,
            criterion=world.common["criterion"],
            value=7,
            rater=owner,
            date=DAY,
            reason=f"{word} reason",
        ),
    )
    add(
        relation,
        RatingRequest.objects.create(
            client=client,
            criterion=world.common["criterion"],
            person=owner,
            asked_by=world.people["administrator"],
            reason=f"{word} question",
        ),
    )
    goal = dict.fromkeys(("why", "what_for", "how", "own_measure", "unit"), f"{word} goal")
    row = add(
        relation,
        Goal.objects.create(client=client, owner=owner, start=1, target=2, due=DAY, **goal),
    )
    add(
        relation,
        GoalReading.objects.create(goal=row, day=DAY, value=1, note=f"{word} check-in"),
    )
    _plan(world, relation, client, word, owner, row)
    add(relation, world.common["programme"])
    add(
        relation,
        Standing.objects.create(
            client=client, value="key", since=DAY, reason=f"{word} standing", author=owner
        ),
    )
    asker = world.people["kam"] if relation == "own" else owner
    add(relation, Job.objects.create(kind="scoring.rank_all", actor=asker, note=f"{word} note"))
    add(
        relation,
        Export.objects.create(
            author=asker, name="clients", format="csv", language="en", query=f"q={word}",
            rows=1, filename=f"{word}.csv", file=ContentFile(word.encode(), name="export"),
        ),
    )  # fmt: skip
    add(
        relation,
        BulkLoad.objects.create(
            author=asker, kind="clients", source="crm", rows=1, sha256="0" * 64,
            keys=[f"{word}-7"], report={"accepted": "all"},
        ),
    )  # fmt: skip
    token, _secret = ApiToken.issue(user=asker, name=f"{word} key")
    add(relation, token)
    add(
        relation,
        ImportBatch.objects.create(
            kind="clients",
            filename="shared.csv",
            asked_by=world.people["administrator"],
            report={"accepted": "all", "rows": 1, "errors": [], "warnings": []},
        ),
    )
    add(
        relation,
        Connection.objects.create(
            system="bitrix24",
            name="Shared portal",
            address="https://shared.bitrix24.example",
            source="bitrix24",
            pulls=["companies"],
        ),
    )
    batch = world.rows["accounts.ImportBatch"][relation]
    waiting = {"client_name": f"Stranger {batch.pk}", "amount": "1.00"}
    add(
        relation,
        QuarantinedRow.objects.create(
            batch=batch,
            source="bank",
            kind="payments",
            row=2,
            data=waiting,
            fingerprint=f"{batch.pk}",
        ),
    )
    add(
        relation,
        ImportFile.objects.create(
            name="shared.csv",
            file=ContentFile(b"name;inn\n;1\n", name="shared"),
            sha256="0" * 64,
            status="loaded",
            kind="clients",
            preview=batch.report
            | {"errors": [{"row": 2, "column": "name", "code": "cell.required", "params": {}}]},
            batch=batch,
        ),
    )
    add(
        relation,
        Destruction.objects.create(
            number=Destruction.objects.count() + 1, contact_ref=0, client_ref=0, digest="0" * 64,
            basis="withdrawn", by_name="somebody", keep_until=DAY,
        ),
    )  # fmt: skip
    add(relation, Incident.objects.create(title="Shared laptop lost", since=DAY, until=DAY))
    add(relation, _backtest(world, client))
    add(
        relation,
        Wallet.objects.create(client=client, amount=900, date=DAY, source=f"{word} director"),
    )
    add(
        relation,
        Potential.objects.create(
            client=client,
            as_of=DAY,
            peers=7,
            yardstick="turnover",
            low=10,
            middle=20,
            high=30,
            wallet=900,
            wallet_stated=True,
            share=50,
            reasons=[
                {
                    "family": world.common["product"].family_id,
                    "buyers": 6,
                    "peers": 7,
                    "own": 0,
                    "low": 10,
                    "high": 30,
                }
            ],
        ),
    )
    _webhook(world, relation, client)
    _backups(world, relation)
    # Not scoped, but with an id in a URL: the same for every relation.
    for shared in ("matrix", "version", "criterion", "team", "product"):
        add(relation, world.common[shared])
    add(relation, owner)


def _processes(world: World, relation: str, client: Client, word: str, owner: User) -> None:
    """A process of the client under way, from a standard that is everybody's."""
    template = ProcessTemplate.objects.create(
        name=f"Shared standard {ProcessTemplate.objects.count()}"
    )
    origin = TemplateStep.objects.create(template=template, name="Call")
    process = Process.objects.create(
        client=client,
        template=template,
        name=f"{word} process",
        expectation=f"{word} expectation",
        watched_from=DAY,
    )
    step = {"name": f"{word} step", "details": f"{word} way", "responsible": owner}
    ProcessStep.objects.create(process=process, origin=origin, **step)
    run = ProcessRun.objects.create(process=process, started_on=DAY, cause_text=f"{word} cause")
    world.add(relation, template)
    world.add(relation, process)
    world.add(relation, run)
    world.add(relation, RunStep.objects.create(run=run, due=DAY, **step))


def _backups(world: World, relation: str) -> None:
    """Rows of the administration look the same from every relation."""
    backup, _made = Backup.objects.get_or_create(name="kam-x", defaults={"error": "disk full"})
    hold, _made = Hold.objects.get_or_create(only=True, defaults={"reason": "restored"})
    world.add(relation, backup)
    world.add(relation, hold)


def _webhook(world: World, relation: str, client: Client) -> None:
    """An address that is told of the client, and what it answered: the administrator's alone.

    Switched off, so that nothing is called.
    """
    endpoint = Endpoint(
        url="https://hooks.example/kam", description=f"{CANARY} hooks", events=["job.failed"],
        is_active=False, stopped="person",
    )  # fmt: skip
    endpoint.new_secret()
    endpoint.save()
    message = Message.objects.create(
        type="client.entered_key_list", data={"client": client.pk, "standing": "key"}
    )
    delivery = Delivery.objects.create(
        message=message, endpoint=endpoint, status="delivered", tries=1, next_at=None
    )
    attempt = Attempt.objects.create(delivery=delivery, milliseconds=90, status=200, answer=CANARY)
    for row in (endpoint, message, delivery, attempt):
        world.add(relation, row)


def _agreement(world: World, relation: str, client: Client, owner: User, word: str) -> None:
    """An agreement with a row in every part, and the notice that it ends."""
    agreement = Agreement.objects.create(
        client=client, number=f"{word} agreement", starts=DAY, ends=DAY + dt.timedelta(days=364),
        rebate_period="year", credit_limit=10, owner=owner, note=f"{word} terms",
    )  # fmt: skip
    parts = (
        Commitment(agreement=agreement, starts=DAY, ends=agreement.ends, amount=1000),
        AgreedPrice(agreement=agreement, product=world.common["product"], price=7),
        RebateStep(agreement=agreement, volume=1, percent=2),
        RebateAccrual(agreement=agreement, client=client, date=DAY, amount=3),
        AgreementFile(
            agreement=agreement, name=f"{word}.pdf", file=ContentFile(b"terms", name="terms")
        ),
        Notice(
            person=world.people["kam"] if relation == "own" else owner,
            kind="agreement_ends",
            key=f"{relation} agreement",
            client=client,
            facts={"number": f"{word} agreement", "ends": "2027-03-15"},
        ),
        PlannedSale(client=client, month=dt.date(DAY.year, 1, 1), amount=5),
    )
    world.add(relation, agreement)
    for row in parts:
        row.save()
        world.add(relation, row)
    _closed_year(world, relation, client, word)


def _closed_year(world: World, relation: str, client: Client, word: str) -> None:
    """Last year, closed for everybody, with a goal that went on."""
    close, month = world.common["closed"], dt.date(DAY.year - 1, 1, 1)
    world.add(relation, close)
    world.add(relation, FrozenSale.objects.create(close=close, client=client, month=month, sold=7))
    opened = PlannedSale.objects.create(client=client, month=dt.date(DAY.year, 2, 1), amount=6)
    world.add(relation, OpenedSale.objects.create(close=close, client=client, planned=opened))
    goals = [
        Goal.objects.create(client=client, what_for=f"{word} {when}", status=status)
        for when, status in (("then", "missed"), ("now", "open"))
    ]
    world.add(relation, CarriedGoal.objects.create(close=close, origin=goals[0], goal=goals[1]))


def _backtest(world: World, client: Client) -> Backtest:
    """A finished backtest of one date that names the client."""
    version = world.common["version"]
    key, day = f"version:{version.pk}", DAY.isoformat()
    figures = {name: [1.5, 1.1, 1.9] for name in ("lift", "precision", "captured", "difference")}
    named = {"client": client.pk, "place": 1, "outcome": 5, "outcome_place": 1, "ratings": [7, 8]}
    counts = {"documents": 1, "payments": 0, "interactions": 0, "ratings": 0}
    row = {"first": key, "second": "random", "difference": [1, 0.5, 2], "origins": 1}
    return Backtest.objects.create(
        matrix=world.common["matrix"],
        parameters={
            "asked": {**vars(Asked((version.pk,))), "versions": [version.pk]},
            "versions": [describe(version)],
        },
        summary={"verdicts": {"random": None}, "dates": [day], "n": 1},
        result={
            "contenders": [key, "random"],
            "origins": [
                {"as_of": day, "until": day, "clients": 40, "n": 1, "unknown": 0, "absent": {},
                 "mean": 1.0, "figures": {key: figures, "random": figures}},
            ],
            "overall": {key: figures, "random": figures},
            "verdicts": [row | {"verdict": None}],
            "ablation": [],
            "curves": {
                name: [0, 0.5, 1] for name in ("clients", "ideal", "random", key)
            },
            "named": [
                {"as_of": day, "version": key, "found": 1, "hits": [named], "misses": [named],
                 "disappointments": []},
            ],
            "independent": 1,
            "enough": False,
            "skipped": [],
            "latest": day,
            "leaks": [{"as_of": day, **counts}],
            "history": {"documents": {"all": 3, "assumed": 1}},
        },
    )  # fmt: skip
