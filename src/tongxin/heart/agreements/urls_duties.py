"""Addresses of duties, the leaders' agenda, conflicts of clauses, and matters without a page of their own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tongxin.heart.agreements import screens_agenda, screens_duties, screens_matters

urlpatterns: list[URLPattern | URLResolver] = [
    path("duties/", screens_duties.index, name="duties"),
    path("duties/<int:pk>/", screens_duties.duty, name="duty"),
    path("duties/<int:pk>/performance/", screens_duties.perform, name="duty_perform"),
    path("duties/<int:pk>/acceptance/", screens_duties.accept, name="duty_accept"),
    path("duties/<int:pk>/return/", screens_duties.send_back, name="duty_send_back"),
    path("duties/<int:pk>/excuse/", screens_duties.excuse, name="duty_excuse"),
    path("duties/<int:pk>/abandonment/", screens_duties.give_up, name="duty_give_up"),
    path("duties/<int:pk>/suspension/", screens_duties.suspend, name="duty_suspend"),
    path("duties/<int:pk>/resumption/", screens_duties.resume, name="duty_resume"),
    path("duties/<int:pk>/date/", screens_duties.date, name="duty_date"),
    path("agenda/", screens_agenda.index, name="agenda"),
    path("agenda/sheet/", screens_agenda.sheet, name="agenda_sheet"),
    path("agenda/export/", screens_agenda.export, name="agenda_export"),
    path("agenda/<int:pk>/", screens_agenda.item, name="agenda_item"),
    path("agenda/<int:pk>/resolution/", screens_agenda.settle, name="agenda_settle"),
    path("conflicts/", screens_matters.conflict_list, name="conflicts"),
    path("conflicts/<int:pk>/", screens_matters.conflict, name="conflict"),
    path("conflicts/<int:pk>/ruling/", screens_matters.rule, name="conflict_rule"),
    path("matters/<str:number>/", screens_matters.matter, name="matter"),
    path("matters/<str:number>/withdrawal/", screens_matters.withdraw, name="matter_withdraw"),
]
