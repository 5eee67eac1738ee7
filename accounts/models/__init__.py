"""Facts: who the clients are and what happened."""

from .agreements import (
    AgreedPrice,
    Agreement,
    AgreementFile,
    Commitment,
    RebateAccrual,
    RebateStep,
)
from .benefits import Benefit, Reference
from .bulk import BulkLoad
from .clients import Client, ClientIdentifier, Membership, Place
from .connections import Connection
from .consents import Consent, ContactBlock, Purpose
from .contacts import Contact
from .destructions import ContactChange, Destruction, Suppression
from .edits import Edit
from .efforts import EffortRules, EffortWeek, HourRate, ProgrammeCost, ServiceCost
from .goals import Goal, GoalReading, ProgrammeGoal
from .handovers import Handover, HandoverStep, Substitution
from .import_files import ImportFile
from .imports import ImportBatch, ImportChange, QuarantinedRow
from .incidents import Incident
from .initiatives import Initiative, InitiativeStep, Invitation
from .interactions import Interaction
from .ledger import Allocation, Document, Line, Payment
from .meetings import (
    AgendaItem,
    Meeting,
    MeetingPerson,
    MeetingResult,
    MinutesMail,
    MinutesVersion,
)
from .needs import Need, NeedStep, Theme
from .notices import Notice
from .offers import ExceptionalOffer, OfferPart
from .onboarding import (
    Onboarding,
    OnboardingStep,
    OnboardingTemplate,
    OnboardingTemplateStep,
)
from .own_fields import OwnField
from .plan_templates import PlanTemplate, PlanTemplateSection
from .planned_changes import PlannedChange, TouchedClient
from .plans import (
    AccountPlan,
    PlanAction,
    PlanGoal,
    PlanMove,
    PlanParticipant,
    PlanSection,
    PlanVersion,
    PlanVisit,
)
from .potential import Potential, Wallet
from .problems import HealthWeek, Problem, ProblemStep, RadarSettings, Severity, Signal
from .processes import (
    Process,
    ProcessRun,
    ProcessStep,
    ProcessTemplate,
    RunStep,
    TemplateStep,
)
from .products import Organisation, Product, ProductFamily, Rate
from .promises import Promise, PromiseMove
from .receivables import PaymentPromise, ShipmentStop
from .relations import Relation
from .removals import Removal
from .retention import RetentionRules, RetentionRun
from .sales_plans import PlannedSale
from .saved_views import SavedView
from .sign_in import PersonInvitation, SignInWait
from .skills import Kam, OwnSkill, SkillRating
from .standings import Standing
from .surveys import Survey, SurveyAnswer, SurveyInvitation, SurveyRefusal
from .talks import Attendance, Letter, LetterFile, Piece, TalkFile
from .tasks import Task
from .twins import Twin
from .users import ApiToken, Team, User
from .year_closes import CarriedGoal, FrozenSale, OpenedSale, YearClose

__all__ = [
    "AccountPlan",
    "AgendaItem",
    "AgreedPrice",
    "Agreement",
    "AgreementFile",
    "Allocation",
    "ApiToken",
    "Attendance",
    "Benefit",
    "BulkLoad",
    "CarriedGoal",
    "Client",
    "ClientIdentifier",
    "Commitment",
    "Connection",
    "Consent",
    "Contact",
    "ContactBlock",
    "ContactChange",
    "Destruction",
    "Document",
    "Edit",
    "EffortRules",
    "EffortWeek",
    "ExceptionalOffer",
    "FrozenSale",
    "Goal",
    "GoalReading",
    "Handover",
    "HandoverStep",
    "HealthWeek",
    "HourRate",
    "ImportBatch",
    "ImportChange",
    "ImportFile",
    "Incident",
    "Initiative",
    "InitiativeStep",
    "Interaction",
    "Invitation",
    "Kam",
    "Letter",
    "LetterFile",
    "Line",
    "Meeting",
    "MeetingPerson",
    "MeetingResult",
    "Membership",
    "MinutesMail",
    "MinutesVersion",
    "Need",
    "NeedStep",
    "Notice",
    "OfferPart",
    "Onboarding",
    "OnboardingStep",
    "OnboardingTemplate",
    "OnboardingTemplateStep",
    "OpenedSale",
    "Organisation",
    "OwnField",
    "OwnSkill",
    "Payment",
    "PaymentPromise",
    "PersonInvitation",
    "Piece",
    "Place",
    "PlanAction",
    "PlanGoal",
    "PlanMove",
    "PlanParticipant",
    "PlanSection",
    "PlanTemplate",
    "PlanTemplateSection",
    "PlanVersion",
    "PlanVisit",
    "PlannedChange",
    "PlannedSale",
    "Potential",
    "Problem",
    "ProblemStep",
    "Process",
    "ProcessRun",
    "ProcessStep",
    "ProcessTemplate",
    "Product",
    "ProductFamily",
    "ProgrammeCost",
    "ProgrammeGoal",
    "Promise",
    "PromiseMove",
    "Purpose",
    "QuarantinedRow",
    "RadarSettings",
    "Rate",
    "RebateAccrual",
    "RebateStep",
    "Reference",
    "Relation",
    "Removal",
    "RetentionRules",
    "RetentionRun",
    "RunStep",
    "SavedView",
    "ServiceCost",
    "Severity",
    "ShipmentStop",
    "SignInWait",
    "Signal",
    "SkillRating",
    "Standing",
    "Substitution",
    "Suppression",
    "Survey",
    "SurveyAnswer",
    "SurveyInvitation",
    "SurveyRefusal",
    "TalkFile",
    "Task",
    "Team",
    "TemplateStep",
    "Theme",
    "TouchedClient",
    "Twin",
    "User",
    "Wallet",
    "YearClose",
]
