"""The agenda of the leaders' meeting: which desk keeps it, and what each meeting resolved on an item.

`settled_at`, `outcome` and `settled_by` were never written; the resolutions stand in a table of their own.
"""

import django.db.models.deletion
from django.db import migrations, models


def name_meetings(apps, schema_editor):
    """Note for items that stand already whose agenda they are on: the nearest group with both sides in it."""
    item_rows = apps.get_model("agreements", "AgendaItem").objects.filter(meeting="")
    if not item_rows.exists():
        return
    parents = dict(apps.get_model("region", "Jurisdiction").objects.values_list("id", "parent_id"))
    staffed = set(apps.get_model("region", "Mandate").objects.filter(kind="seat").values_list("desk_id", flat=True))
    members = {}
    rows = apps.get_model("region", "GroupMember").objects.filter(valid_until__isnull=True)
    for group, place in rows.values_list("group_id", "jurisdiction_id"):
        members.setdefault(group, set()).add(place)

    def line(place):
        found = []
        while place and place not in found:
            found.append(place)
            place = parents.get(place)
        return found

    for item in item_rows.select_related("duty"):
        sides = [desk.partition("/")[0] for desk in (item.duty.bound_desk_id, item.duty.owed_desk_id)]
        common = []
        for group, places in members.items():
            steps = [next((n for n, place in enumerate(line(side)) if place in places), None) for side in sides]
            if None not in steps:
                common.append((sum(steps), len(places), group))
        desks = [f"{group}/coordination_office" for _steps, _size, group in sorted(common)]
        item.meeting = next((d for d in desks if d in staffed), f"{sides[0]}/coordination_office")
        item.save(update_fields=["meeting"])


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0008_duties_by_score'),
        ('region', '0001_initial'),
    ]

    operations = [
        migrations.RemoveField(model_name='agendaitem', name='outcome'),
        migrations.RemoveField(model_name='agendaitem', name='settled_at'),
        migrations.RemoveField(model_name='agendaitem', name='settled_by'),
        migrations.AddField(
            model_name='agendaitem',
            name='meeting',
            field=models.CharField(db_index=True, default='', max_length=80),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name='agendaitem',
            index=models.Index(fields=['put_at', 'id'], name='agenda_by_time'),
        ),
        migrations.CreateModel(
            name='Resolution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('dated', 'Dated'), ('noted', 'Noted'), ('returned', 'Returned')], max_length=10)),
                ('met_on', models.DateField()),
                ('by_day', models.DateField(blank=True, null=True)),
                ('text', models.TextField()),
                ('post', models.CharField(max_length=120)),
                ('at', models.DateTimeField()),
                ('desk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='region.desk')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='resolutions', to='agreements.agendaitem')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('item', 'met_on'), name='one_resolution_a_meeting')],
            },
        ),
        migrations.RunPython(name_meetings, migrations.RunPython.noop),
    ]
