"""A page with every part once, for looking at and for the browser tests; never part of a running house."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import Context, Engine, RequestContext, Template
from django.template.loader import render_to_string
from django.urls import include, path

from tongxin.shared.clock import BEIJING

HERE = Path(__file__).resolve().parent
NOW = datetime(2026, 11, 20, 9, 41, tzinfo=BEIJING)


def at(text: str) -> datetime:
    """An instant of the sampler's day, or of the day named before it."""
    day, _, hour = f"2026-11-20 {text}".rpartition(" ")
    return datetime.fromisoformat(f"{day.rpartition(' ')[2]}T{hour}").replace(tzinfo=BEIJING)


class Report(forms.Form):
    """A form with one field of each kind."""

    place = forms.CharField(label="地点 Place", help_text="断面、桥或在图上点选 section or bridge")
    flow = forms.CharField(label="流量 Discharge", required=False)
    level = forms.ChoiceField(label="等级 Level", choices=[("1", "Ⅰ"), ("2", "Ⅱ")])
    kind = forms.ChoiceField(
        label="性质 Kind", choices=[("real", "实际"), ("drill", "演练")], widget=forms.RadioSelect
    )
    known_at = forms.DateTimeField(
        label="获知时间 Known", widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    note = forms.CharField(label="说明 Note", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    sure = forms.BooleanField(label="已核对 Checked")

    def clean_flow(self) -> str:
        """Refuse, in words that mend it."""
        flow: str = self.cleaned_data["flow"]
        if flow.endswith("L/s"):
            raise forms.ValidationError("46 L/s 过小。是否为 46 m³/s？")
        return flow


def content() -> dict[str, Any]:
    """Everything the parts need."""
    clocks = [
        ("open", at("09:23"), at("08:23"), None, None),
        ("open", at("10:23"), at("08:23"), None, None),
        ("open", at("17:30"), at("08:00"), None, None),
        ("claimed", at("17:30"), at("08:00"), None, None),
        ("suspended", at("17:30"), at("08:00"), None, at("2026-11-18 09:41")),
        ("met", at("17:30"), at("08:00"), at("09:00"), None),
        ("met", at("09:00"), at("08:00"), at("09:36"), None),
    ]
    shares = {
        "transport": 0.88,
        "ecology": 0.71,
        "industry": 0.93,
        "services": 0.96,
        "planning": 0.62,
        "delivery": 0.81,
    }
    return {
        "now": NOW,
        "clocks": [
            {"state": s, "due": d, "opened": o, "done": x, "since": y, "n": i}
            for i, (s, d, o, x, y) in enumerate(clocks)
        ],
        "petals": [
            {
                "code": code,
                "share": share,
                "today": 2,
                "overdue": int(code == "ecology"),
                "url": "/agreements/",
            }
            for code, share in shares.items()
        ],
        "leaves": [{"code": code, "share": share} for code, share in shares.items()],
        "page": Paginator(range(43), 20).page(2),
        "entries": [
            {"when": "现在 now", "text": "等通州接收", "kind": "now"},
            {
                "at": at("2026-11-19 16:53"),
                "text": "武清移交通州",
                "kind": "border",
                "seal": "1,204,101",
                "url": "/ledger/",
            },
            {
                "at": at("2026-11-19 10:05"),
                "text": "通州退回",
                "sub": "缺平面图",
                "kind": "bad",
                "seal": "1,203,877",
            },
            {"at": at("2026-11-18 09:12"), "text": "申请提交", "kind": "done", "made_up": True},
        ],
        "steps": [
            {"label": "已收件", "sub": "11-18 09:12", "state": "done"},
            {"label": "待接收", "sub": "到 10:23", "state": "now"},
            {"label": "决定"},
        ],
        "crumb_links": [{"label": "办件", "url": "/cases/"}, {"label": "WT-2026-001187"}],
        "codes": [{"code": "ecology", "name": "生态"}, {"code": "services", "name": "公共服务"}],
        "desk": {"zh": "武清区政务服务办", "en": "Wuqing Service Centre"},
        "only_zh": {"zh": "通州区政务服务局", "en": ""},
        "lasted": timedelta(hours=1, minutes=30),
        "geojson": os.environ.get("SAMPLER_GEOJSON", "/sampler/places.json"),
    }


def show(request: HttpRequest, name: str, form: forms.Form | None = None, status: int = 200) -> HttpResponse:
    """Render one of the sampler's templates."""
    given = {**content(), "form": form or Report()}
    template = Template((HERE / "templates" / name).read_text("utf-8"), engine=Engine.get_default())
    return HttpResponse(template.render(RequestContext(request, given)), status=status)


def staff(request: HttpRequest) -> HttpResponse:
    """The page of parts; a form sent to it comes back with its errors."""
    if request.method == "POST":
        form = Report(request.POST)
        if not form.is_valid():
            return show(request, "sampler.html", form, 422)
        messages.success(request, "已接收。11-27 17:30 前决定。")
    return show(request, "sampler.html")


def public(request: HttpRequest) -> HttpResponse:
    """The plain head."""
    return show(request, "sampler_public.html")


def error(request: HttpRequest, number: int) -> HttpResponse:
    """An error page."""
    context = {"number": "E-5021", "typed": [("地点", "土门楼闸")] if number == 409 else []}
    if number == 500:
        return HttpResponse(
            Engine.get_default().get_template("500.html").render(Context(context)), status=200
        )
    return HttpResponse(render_to_string(f"{number}.html", context, request), status=200)


def _square(code: str, zh: str, en: str, x: float, y: float, focus: bool) -> dict[str, Any]:
    ring = [[x, y], [x + 0.4, y], [x + 0.4, y + 0.4], [x, y + 0.4], [x, y]]
    return {
        "type": "Feature",
        "properties": {"id": code, "zh": zh, "en": en, "level": "district", "focus": focus},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def places(request: HttpRequest) -> JsonResponse:
    """Six made-up squares."""
    names = [
        ("a", "甲区", "Jia"),
        ("b", "乙区", "Yi"),
        ("c", "丙区", "Bing"),
        ("d", "丁县", "Ding"),
        ("e", "戊市", "Wu"),
        ("f", "己区", "Ji"),
    ]
    squares = [
        _square(code, zh, en, 116 + 0.4 * (i % 3), 39 + 0.4 * (i // 3), code in "abe")
        for i, (code, zh, en) in enumerate(names)
    ]
    return JsonResponse({"type": "FeatureCollection", "features": squares})


def ties(request: HttpRequest) -> JsonResponse:
    """Ties between them: one plain, one late, one waiting."""
    one, two, three = os.environ.get("SAMPLER_TIES", "a,b,e").split(",")
    rows = [
        (one, two, "ecology", 3, {}),
        (two, one, "services", 5, {"url": "/desk/"}),
        (two, three, "ecology", 2, {"late": True}),
        (three, one, "transport", 1, {"waiting": True}),
    ]
    return JsonResponse(
        {
            "ties": [
                {"from": a, "to": b, "code": c, "n": n, "label": f"{a} → {b}: {n}", **more}
                for a, b, c, n, more in rows
            ]
        }
    )


def file(request: HttpRequest, name: str) -> HttpResponse:
    """A layer of a real map, when one looks at the sampler by hand."""
    folder = Path(os.environ["SAMPLER_LAYERS"])
    return HttpResponse((folder / name).read_bytes(), content_type="application/geo+json")


urlpatterns = [
    path("sampler/", staff, name="sampler"),
    path("sampler/public/", public),
    path("sampler/error/<int:number>/", error),
    path("sampler/places.json", places),
    path("sampler/ties.json", ties),
    path("sampler/layers/<str:name>", file),
    path("", include("tongxin.site.urls")),
]
