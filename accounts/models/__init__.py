"""Facts: who the clients are and what happened."""

from .bulk import BulkLoad
from .clients import Client, ClientIdentifier, Membership, Place
from .contacts import Contact
from .goals import Goal
from .import_files import ImportFile
from .imports import ImportBatch, QuarantinedRow
from .interactions import Interaction
from .ledger import Allocation, Document, Line, Payment
from .potential import Potential, Wallet
from .processes import (
    Process,
    ProcessRun,
    ProcessStep,
    ProcessTemplate,
    RunStep,
    TemplateStep,
)
from .products import Organisation, Product, ProductFamily, Rate
from .relations import Relation
from .standings import Standing
from .users import ApiToken, Team, User

__all__ = [
    "Allocation",
    "ApiToken",
    "BulkLoad",
    "Client",
    "ClientIdentifier",
    "Contact",
    "Document",
    "Goal",
    "ImportBatch",
    "ImportFile",
    "Interaction",
    "Line",
    "Membership",
    "Organisation",
    "Payment",
    "Place",
    "Potential",
    "Process",
    "ProcessRun",
    "ProcessStep",
    "ProcessTemplate",
    "Product",
    "ProductFamily",
    "QuarantinedRow",
    "Rate",
    "Relation",
    "RunStep",
    "Standing",
    "Team",
    "TemplateStep",
    "User",
    "Wallet",
]
