"""Made-up applications that tests and benchmarks file: what `file_case` takes beside who files and the key."""

from __future__ import annotations

from typing import Any

APPLICATION: dict[str, Any] = {
    "procedure": "food-business-licence",
    "decide_at": "bj-tongzhou",
    "applicant": {
        "applicant_name": "示例餐饮店",
        "credit_code": "91110112SHILI00001",
        "premises": "通州区示例街1号",
    },
    "papers": ["application_form", "business_licence", "floor_plan", "safety_rules"],
}
ROAD_WORKS: dict[str, Any] = {  # decided together with the place where it is handed in
    "procedure": "boundary-road-works",
    "decide_at": "bj-tongzhou",
    "applicant": {"applicant_name": "示例建设公司", "road": "示例路东段", "period": "三个月"},
    "papers": ["application_form", "works_plan", "traffic_plan"],
}
