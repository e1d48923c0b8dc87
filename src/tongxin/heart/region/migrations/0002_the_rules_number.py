"""The one row of the rules number."""

from django.db import migrations, models


def first(apps, schema_editor):
    apps.get_model("region", "RulesNumber").objects.get_or_create(pk=1, defaults={"number": 1, "mark": "first"})


class Migration(migrations.Migration):
    dependencies = [("region", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="RulesNumber",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveBigIntegerField(default=0)),
                ("mark", models.CharField(max_length=16)),
            ],
        ),
        migrations.RunPython(first, migrations.RunPython.noop),
    ]
