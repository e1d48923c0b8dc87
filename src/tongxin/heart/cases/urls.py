"""Addresses of the room's screens."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tongxin.heart.cases import (
    lines_papers,
    screens,
    screens_consents,
    screens_disputes,
    screens_file,
    screens_joints,
    screens_papers,
    screens_states,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("node/v1/papers", lines_papers.papers, name="node_papers"),
    path("cases/", screens.cases, name="cases"),
    path("cases/new/", screens.new, name="case_new"),
    path("cases/export/", screens.export, name="cases_export"),
    path("cases/<str:number>/", screens.case, name="case"),
    path("cases/<str:number>/accept/", screens.accept, name="case_accept"),
    path("cases/<str:number>/offer/", screens.offer, name="case_offer"),
    path("cases/<str:number>/take-over/", screens.take_over, name="case_take_over"),
    path("cases/<str:number>/return/", screens.return_over, name="case_return"),
    path("cases/<str:number>/recall/", screens.recall, name="case_recall"),
    path("cases/<str:number>/decide/", screens.decide, name="case_decide"),
    path("cases/<str:number>/consents/", screens_consents.consents, name="case_consents"),
    path("cases/<str:number>/consents/<int:consent>/", screens_consents.withdraw, name="case_consent"),
    path("cases/<str:number>/file/", screens_file.file, name="case_file"),
    path("disputes/", screens_disputes.index, name="disputes"),
    path("disputes/<int:pk>/", screens_disputes.dispute, name="dispute"),
    path("disputes/<int:pk>/holder/", screens_disputes.name, name="dispute_name"),
    path("cases/<str:number>/papers/new/", screens_papers.new, name="case_paper_new"),
    path("cases/<str:number>/papers/reuse/", screens_papers.reuse, name="case_paper_reuse"),
    path("cases/<str:number>/papers/<uuid:paper>/", screens_papers.download, name="case_paper"),
    path("cases/<str:number>/non-acceptance/", screens_states.not_accept, name="case_not_accept"),
    path("cases/<str:number>/suspension/", screens_states.suspend, name="case_suspend"),
    path("cases/<str:number>/resumption/", screens_states.resume, name="case_resume"),
    path("cases/<str:number>/withdrawal/", screens_states.withdraw, name="case_withdraw"),
    path("cases/<str:number>/voiding/", screens_states.void, name="case_void"),
    path("cases/<str:number>/closing/", screens_states.close, name="case_close"),
    path("cases/<str:number>/supersession/", screens_states.supersede, name="case_supersede"),
    path("cases/<str:number>/joint-decision/", screens_joints.put, name="case_put_joint"),
    path("cases/<str:number>/joint-answer/", screens_joints.answer, name="case_answer_joint"),
    path("cases/<str:number>/review/", screens_states.review, name="case_review"),
    path("cases/<str:number>/review-result/", screens_states.conclude, name="case_conclude"),
]
