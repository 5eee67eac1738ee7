import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.manager
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0016_personal_data'),
        ('jobs', '0001_jobs'),
    ]

    operations = [
        migrations.CreateModel(
            name='Connection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('system', models.CharField(choices=[('bitrix24', 'Bitrix24'), ('amocrm', 'amoCRM (Kommo)')], max_length=10, verbose_name='system')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('address', models.CharField(max_length=255, verbose_name='address')),
                ('source', models.CharField(max_length=60, verbose_name='source')),
                ('secret', models.TextField(default='', editable=False)),
                ('pulls', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('won', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveBigIntegerField(), blank=True, default=list, size=None)),
                ('pipelines', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveBigIntegerField(), blank=True, default=list, size=None)),
                ('vat', models.CharField(blank=True, default='', max_length=20)),
                ('every', models.PositiveSmallIntegerField(choices=[(0, 'only when asked'), (1, 'every hour'), (3, 'every three hours'), (6, 'every six hours'), (24, 'every night')], default=3, verbose_name='how often')),
                ('whole_at_night', models.BooleanField(default=False, verbose_name='read everything again every night')),
                ('is_active', models.BooleanField(default=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('cursors', models.JSONField(default=dict, editable=False)),
                ('found', models.JSONField(editable=False, null=True)),
                ('report', models.JSONField(editable=False, null=True)),
                ('error', models.JSONField(editable=False, null=True)),
                ('started_at', models.DateTimeField(editable=False, null=True)),
                ('finished_at', models.DateTimeField(editable=False, null=True)),
                ('whole_at', models.DateTimeField(editable=False, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('job', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='jobs.job')),
                ('trial', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='jobs.job')),
            ],
            options={
                'ordering': ['name', 'pk'],
                'abstract': False,
                'base_manager_name': 'unscoped',
                'default_manager_name': 'objects',
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddField(
            model_name='importbatch',
            name='connection',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='batches', to='accounts.connection'),
        ),
    ]
