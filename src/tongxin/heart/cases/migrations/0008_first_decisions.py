"""Every case that was decided before decisions had rows of their own gets its first one."""

from django.db import migrations

FILL = """
INSERT INTO cases_decision (case_id, number, outcome, reason, desk_id, post, at)
SELECT number, 1, outcome, outcome_reason, competent_desk_id, '', decided_at
FROM cases_case WHERE outcome <> '' AND decided_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_states_and_decisions")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
