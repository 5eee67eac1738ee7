"""Routes of the facts: clients, contacts, interactions, documents."""

from django.urls import path

from .api import agreements as agreements_api
from .api import bulk as bulk_api
from .api import clients as api
from .api import contacts as contacts_api
from .api import external as external_api
from .api import goal_progress as goal_progress_api
from .api import goals as goals_api
from .api import kams as kams_api
from .api import needs as needs_api
from .api import offers as offers_api
from .api import outlook as outlook_api
from .api import potential as potential_api
from .api import processes as processes_api
from .api import promises as promises_api
from .api import removals as removals_api
from .api import sales_plans as sales_plans_api
from .api import subjects as subjects_api
from .views import (
    agreements,
    clients,
    contacts,
    documents,
    goal_progress,
    goals,
    home,
    interactions,
    kams,
    needs,
    notices,
    offers,
    potential,
    processes,
    promises,
    removals,
    sales_plans,
    subjects,
    themes,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("removed/", removals.removal_list, name="removal_list"),
    path("removed/<int:pk>/restoration/", removals.removal_restoration, name="removal_restoration"),
    path("removed/<int:pk>/destruction/", removals.removal_destruction, name="removal_destruction"),
    *(
        path(
            f"{place}/<int:pk>/removal/",
            removals.removal,
            {"noun": noun},
            name=f"{removals.page_of(noun)}_removal",
        )
        for noun, place in removals.PLACES.items()
    ),
    path("clients/", clients.client_list, name="client_list"),
    path("clients/suggestions/", clients.client_suggestions, name="client_suggestions"),
    path("clients/new/", clients.client_create, name="client_create"),
    path("clients/<int:pk>/", clients.client_detail, name="client_detail"),
    path("clients/<int:pk>/edit/", clients.client_edit, name="client_edit"),
    path("clients/<int:pk>/group/", clients.client_group, name="client_group"),
    path("clients/<int:pk>/timeline/", clients.client_timeline, name="client_timeline"),
    path("clients/<int:pk>/potential/", potential.client_potential, name="client_potential"),
    path("clients/<int:pk>/wallets/new/", potential.wallet_create, name="wallet_create"),
    path("clients/<int:pk>/documents/", documents.client_documents, name="client_documents"),
    path("clients/<int:pk>/agreements/", agreements.client_agreements, name="client_agreements"),
    path("clients/<int:pk>/agreements/new/", agreements.agreement_create, name="agreement_create"),
    path("agreements/<int:pk>/", agreements.agreement_edit, name="agreement_edit"),
    path("agreements/<int:pk>/renewal/", agreements.agreement_renewal, name="agreement_renewal"),
    path(
        "agreements/<int:pk>/files/new/",
        agreements.agreement_file_create,
        name="agreement_file_create",
    ),
    path("agreement-files/<int:pk>/", agreements.agreement_file, name="agreement_file"),
    path("notices/", notices.notice_list, name="notice_list"),
    path("sales-plans/", sales_plans.sales_plan_list, name="sales_plan_list"),
    path("clients/<int:pk>/sales-plan/", sales_plans.client_sales_plan, name="client_sales_plan"),
    path(
        "clients/<int:pk>/sales-plan/paste/",
        sales_plans.client_sales_plan_paste,
        name="client_sales_plan_paste",
    ),
    path("notices/<int:pk>/seen/", notices.notice_seen, name="notice_seen"),
    path("clients/<int:pk>/people/", contacts.client_people, name="client_people"),
    path(
        "clients/<int:pk>/people/arrangement/",
        contacts.client_people_arrangement,
        name="client_people_arrangement",
    ),
    path("clients/<int:pk>/processes/", processes.client_processes, name="client_processes"),
    path("clients/<int:pk>/processes/new/", processes.process_create, name="process_create"),
    path("processes/<int:pk>/", processes.process_edit, name="process_edit"),
    path("processes/<int:pk>/stop/", processes.process_stop, name="process_stop"),
    path("processes/<int:pk>/runs/", processes.process_run_create, name="process_run_create"),
    path("process-runs/<int:pk>/end/", processes.process_run_end, name="process_run_end"),
    path("run-steps/<int:pk>/", processes.run_step_settle, name="run_step_settle"),
    path("process-templates/", processes.process_template_list, name="process_template_list"),
    path(
        "process-templates/new/",
        processes.process_template_create,
        name="process_template_create",
    ),
    path(
        "process-templates/<int:pk>/",
        processes.process_template_edit,
        name="process_template_edit",
    ),
    path("clients/<int:pk>/relations/new/", contacts.relation_create, name="relation_create"),
    path("relations/<int:pk>/", contacts.relation_edit, name="relation_edit"),
    path("clients/<int:pk>/contacts/new/", contacts.contact_create, name="contact_create"),
    path(
        "clients/<int:pk>/interactions/new/",
        interactions.interaction_create,
        name="interaction_create",
    ),
    path("clients/<int:pk>/offers/", offers.client_offers, name="client_offers"),
    path("clients/<int:pk>/offers/new/", offers.offer_create, name="offer_create"),
    path("offers/<int:pk>/", offers.offer_detail, name="offer_detail"),
    path("offers/<int:pk>/edit/", offers.offer_edit, name="offer_edit"),
    path("offers/<int:pk>/parts/new/", offers.offer_part_create, name="offer_part_create"),
    path("offer-parts/<int:pk>/", offers.offer_part_edit, name="offer_part_edit"),
    path("promises/", promises.promise_list, name="promise_list"),
    path("promises/<int:pk>/", promises.promise_detail, name="promise_detail"),
    path("promises/<int:pk>/edit/", promises.promise_edit, name="promise_edit"),
    path("clients/<int:pk>/promises/", promises.client_promises, name="client_promises"),
    path("clients/<int:pk>/promises/new/", promises.promise_create, name="promise_create"),
    path("needs/", needs.need_list, name="need_list"),
    path("needs/next-orders/", needs.next_order_list, name="next_order_list"),
    path("needs/<int:pk>/", needs.need_detail, name="need_detail"),
    path("needs/<int:pk>/edit/", needs.need_edit, name="need_edit"),
    path("clients/<int:pk>/needs/", needs.client_needs, name="client_needs"),
    path("clients/<int:pk>/needs/new/", needs.need_create, name="need_create"),
    path("clients/<int:pk>/needs/from-gap/", needs.need_from_gap, name="need_from_gap"),
    path("themes/", themes.theme_list, name="theme_list"),
    path("themes/new/", themes.theme_create, name="theme_create"),
    path("themes/<int:pk>/", themes.theme_detail, name="theme_detail"),
    path("themes/<int:pk>/edit/", themes.theme_edit, name="theme_edit"),
    path("themes/<int:pk>/merging/", themes.theme_merging, name="theme_merging"),
    path("clients/<int:pk>/standing/", goals.client_standing, name="client_standing"),
    path("clients/<int:pk>/candidacy/", goals.client_candidacy, name="client_candidacy"),
    path("clients/<int:pk>/goals/new/", goals.goal_create, name="goal_create"),
    path("goals/", goal_progress.goal_list, name="goal_list"),
    path("goals/<int:pk>/progress/", goal_progress.goal_detail, name="goal_detail"),
    path("goals/programme/<int:year>/", goal_progress.programme_goal, name="programme_goal"),
    path("goals/<int:pk>/", goals.goal_edit, name="goal_edit"),
    path("contacts/<int:pk>/", contacts.contact_edit, name="contact_edit"),
    path("contacts/<int:pk>/position/", contacts.contact_position, name="contact_position"),
    path("interactions/<int:pk>/", interactions.interaction_edit, name="interaction_edit"),
    path("documents/<int:pk>/", documents.document_detail, name="document_detail"),
    path("kams/", kams.kam_list, name="kam_list"),
    path("kams/skills/", kams.kam_skills, name="kam_skills"),
    path("kams/<int:pk>/", kams.kam_detail, name="kam_detail"),
    path("kams/<int:pk>/ratings/new/", kams.kam_rating, name="kam_rating"),
    path("kams/<int:pk>/capacity/", kams.kam_capacity, name="kam_capacity"),
    path("skills/", kams.skill_list, name="skill_list"),
    path("skills/new/", kams.skill_create, name="skill_create"),
    path("skills/<int:pk>/", kams.skill_edit, name="skill_edit"),
    path("personal-data/", subjects.subject_find, name="subject_find"),
    path("contacts/<int:pk>/personal-data/", subjects.subject_card, name="subject_card"),
    path("contacts/<int:pk>/personal-data/export/", subjects.subject_export, name="subject_export"),
    path("contacts/<int:pk>/erasure/", subjects.subject_erasure, name="subject_erasure"),
    path("destructions/", subjects.destruction_list, name="destruction_list"),
    path("destructions/<int:pk>/", subjects.destruction_detail, name="destruction_detail"),
    path("destructions/<int:pk>/left/", subjects.destruction_left, name="destruction_left"),
]

api_urlpatterns = [
    path("removals/", removals_api.RemovalList.as_view(), name="removal-list"),
    path("removals/<int:pk>/", removals_api.RemovalDetail.as_view(), name="removal-detail"),
    path(
        "removals/<int:pk>/restoration/",
        removals_api.RemovalRestoration.as_view(),
        name="removal-restoration",
    ),
    *(
        path(
            f"{kind}/bulk/", bulk_api.bulk_of(kind).as_view(), name=f"{kind.removesuffix('s')}-bulk"
        )
        for kind in ("clients", "contacts", "documents", "payments", "interactions", "ratings")
    ),
    path(
        "clients/by-external/<str:source>/<path:external_id>/",
        external_api.ClientByExternal.as_view(),
        name="client-external",
    ),
    path(
        "documents/by-external/<str:source>/<path:external_id>/",
        external_api.DocumentByExternal.as_view(),
        name="document-external",
    ),
    path(
        "payments/by-external/<str:source>/<path:external_id>/",
        external_api.PaymentByExternal.as_view(),
        name="payment-external",
    ),
    path("payments/", external_api.PaymentList.as_view(), name="payment-list"),
    path("bulk/", bulk_api.BulkList.as_view(), name="bulk-list"),
    path("bulk/<int:pk>/", bulk_api.BulkDetail.as_view(), name="bulk-detail"),
    path("bulk/<int:pk>/rows/", bulk_api.BulkRows.as_view(), name="bulk-rows"),
    path("clients/", api.ClientList.as_view(), name="client-list"),
    path("clients/<int:pk>/", api.ClientDetail.as_view(), name="client-detail"),
    path(
        "clients/<int:pk>/candidacy/", goals_api.ClientCandidacy.as_view(), name="client-candidacy"
    ),
    path("goals/", goals_api.GoalList.as_view(), name="goal-list"),
    path("goals/<int:pk>/", goals_api.GoalDetail.as_view(), name="goal-detail"),
    path(
        "goals/<int:pk>/progress/",
        goal_progress_api.GoalProgress.as_view(),
        name="goal-progress",
    ),
    path(
        "goals/<int:pk>/readings/",
        goal_progress_api.GoalReadings.as_view(),
        name="goal-readings",
    ),
    path("goal-rolls/", goal_progress_api.GoalRolls.as_view(), name="goal-rolls"),
    path(
        "programme-goals/",
        goal_progress_api.ProgrammeGoalList.as_view(),
        name="programme-goal-list",
    ),
    path(
        "programme-goals/<int:pk>/",
        goal_progress_api.ProgrammeGoalDetail.as_view(),
        name="programme-goal-detail",
    ),
    path("standings/", goals_api.StandingList.as_view(), name="standing-list"),
    path(
        "clients/<int:pk>/potential/",
        potential_api.ClientPotential.as_view(),
        name="client-potential",
    ),
    path("clients/<int:pk>/wallets/", potential_api.WalletList.as_view(), name="wallet-list"),
    path("agreements/", agreements_api.AgreementList.as_view(), name="agreement-list"),
    path("agreements/<int:pk>/", agreements_api.AgreementDetail.as_view(), name="agreement-detail"),
    path(
        "clients/<int:pk>/agreements/",
        agreements_api.ClientAgreements.as_view(),
        name="client-agreements",
    ),
    path("sales-plans/", sales_plans_api.SalesPlanList.as_view(), name="sales-plan-list"),
    path(
        "clients/<int:pk>/sales-plan/",
        sales_plans_api.ClientSalesPlan.as_view(),
        name="client-sales-plan",
    ),
    path("notices/", agreements_api.NoticeList.as_view(), name="notice-list"),
    path("notices/<int:pk>/seen/", agreements_api.NoticeSeen.as_view(), name="notice-seen"),
    path("clients/<int:pk>/people/", contacts_api.ClientPeople.as_view(), name="client-people"),
    path("contacts/", contacts_api.ContactList.as_view(), name="contact-list"),
    path("contacts/<int:pk>/", contacts_api.ContactDetail.as_view(), name="contact-detail"),
    path(
        "contacts/<int:pk>/position/",
        contacts_api.ContactPosition.as_view(),
        name="contact-position",
    ),
    path("processes/", processes_api.ProcessList.as_view(), name="process-list"),
    path("processes/<int:pk>/", processes_api.ProcessDetail.as_view(), name="process-detail"),
    path("process-runs/", processes_api.RunList.as_view(), name="process-run-list"),
    path("run-steps/<int:pk>/", processes_api.RunStepDetail.as_view(), name="run-step-detail"),
    path("process-templates/", processes_api.TemplateList.as_view(), name="process-template-list"),
    path(
        "process-templates/<int:pk>/",
        processes_api.TemplateDetail.as_view(),
        name="process-template-detail",
    ),
    path("offers/", offers_api.OfferList.as_view(), name="offer-list"),
    path("offers/<int:pk>/", offers_api.OfferDetail.as_view(), name="offer-detail"),
    path("offers/<int:pk>/parts/", offers_api.OfferParts.as_view(), name="offer-parts"),
    path("offers/<int:pk>/giving/", offers_api.OfferGiving.as_view(), name="offer-giving"),
    path("offers/<int:pk>/ending/", offers_api.OfferEnding.as_view(), name="offer-ending"),
    path("offer-parts/<int:pk>/", offers_api.OfferPartDetail.as_view(), name="offer-part-detail"),
    path("kams/", kams_api.KamList.as_view(), name="kam-list"),
    path("kams/hiring/", kams_api.KamHiring.as_view(), name="kam-hiring"),
    path("kams/<int:pk>/", kams_api.KamDetail.as_view(), name="kam-detail"),
    path("kams/<int:pk>/ratings/", kams_api.KamRatings.as_view(), name="kam-ratings"),
    path("kams/<int:pk>/capacity/", kams_api.KamCapacity.as_view(), name="kam-capacity"),
    path("skills/", kams_api.SkillList.as_view(), name="skill-list"),
    path("skills/<int:pk>/", kams_api.SkillDetail.as_view(), name="skill-detail"),
    path("promises/", promises_api.PromiseList.as_view(), name="promise-list"),
    path("promises/<int:pk>/", promises_api.PromiseDetail.as_view(), name="promise-detail"),
    path(
        "promises/<int:pk>/settlement/",
        promises_api.PromiseSettlement.as_view(),
        name="promise-settlement",
    ),
    path(
        "promises/<int:pk>/satisfaction/",
        promises_api.PromiseSatisfaction.as_view(),
        name="promise-satisfaction",
    ),
    path(
        "promises/<int:pk>/reopening/",
        promises_api.PromiseReopening.as_view(),
        name="promise-reopening",
    ),
    path(
        "clients/<int:pk>/promises-kept/",
        promises_api.ClientPromisesKept.as_view(),
        name="client-promises-kept",
    ),
    path("needs/", needs_api.NeedList.as_view(), name="need-list"),
    path("needs/<int:pk>/", needs_api.NeedDetail.as_view(), name="need-detail"),
    path("needs/<int:pk>/steps/", needs_api.NeedSteps.as_view(), name="need-steps"),
    path("next-orders/", outlook_api.NextOrderList.as_view(), name="next-order-list"),
    path("clients/<int:pk>/outlook/", outlook_api.ClientOutlook.as_view(), name="client-outlook"),
    path(
        "clients/<int:pk>/needs-from-gaps/",
        outlook_api.NeedFromGap.as_view(),
        name="client-need-from-gap",
    ),
    path("themes/", needs_api.ThemeList.as_view(), name="theme-list"),
    path("themes/<int:pk>/", needs_api.ThemeDetail.as_view(), name="theme-detail"),
    path("themes/<int:pk>/merging/", needs_api.ThemeMerging.as_view(), name="theme-merging"),
    path("relations/", contacts_api.RelationList.as_view(), name="relation-list"),
    path("relations/<int:pk>/", contacts_api.RelationDetail.as_view(), name="relation-detail"),
    path("interactions/", api.InteractionList.as_view(), name="interaction-list"),
    path("interactions/<int:pk>/", api.InteractionDetail.as_view(), name="interaction-detail"),
    path("documents/", api.DocumentList.as_view(), name="document-list"),
    path("documents/<int:pk>/", api.DocumentDetail.as_view(), name="document-detail"),
    path("subjects/search/", subjects_api.SubjectSearch.as_view(), name="subject-search"),
    path("subjects/<int:pk>/", subjects_api.SubjectDetail.as_view(), name="subject-detail"),
    path(
        "subjects/<int:pk>/erasure/", subjects_api.SubjectErasure.as_view(), name="subject-erasure"
    ),
    path("destructions/", subjects_api.DestructionList.as_view(), name="destruction-list"),
    path(
        "destructions/<int:pk>/",
        subjects_api.DestructionDetail.as_view(),
        name="destruction-detail",
    ),
    path(
        "destructions/<int:pk>/left/",
        subjects_api.DestructionLeft.as_view(),
        name="destruction-left",
    ),
]
