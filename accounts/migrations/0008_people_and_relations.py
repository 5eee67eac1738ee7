import django.db.models.deletion
import django.db.models.manager
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_import_files'),
    ]

    operations = [
        migrations.CreateModel(
            name='Relation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('partner', 'Partner'), ('supplier', 'Supplier'), ('customer', 'Customer'), ('referrer', 'Recommended us')], max_length=10, verbose_name='what they are to the client')),
                ('name', models.CharField(blank=True, default='', max_length=255, verbose_name='organisation')),
                ('since', models.DateField(blank=True, null=True, verbose_name='since')),
                ('until', models.DateField(blank=True, null=True, verbose_name='until')),
                ('note', models.CharField(blank=True, default='', max_length=500, verbose_name='note')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                'ordering': ['kind', 'pk'],
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
            model_name='contact',
            name='attitude',
            field=models.CharField(blank=True, choices=[('', 'Not known'), ('sponsor', 'Stands up for us'), ('supports', 'Well disposed'), ('neutral', 'Neutral'), ('against', 'Against us')], db_default='', default='', max_length=10, verbose_name='attitude to us'),
        ),
        migrations.AddField(
            model_name='contact',
            name='counterpart',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='our counterpart'),
        ),
        migrations.AddField(
            model_name='contact',
            name='influence',
            field=models.CharField(blank=True, choices=[('', 'Not known'), ('high', 'Strong'), ('medium', 'Medium'), ('low', 'Weak')], db_default='', default='', max_length=10, verbose_name='influence'),
        ),
        migrations.AddField(
            model_name='contact',
            name='left_to',
            field=models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='where to'),
        ),
        migrations.AddField(
            model_name='contact',
            name='map_x',
            field=models.SmallIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='contact',
            name='map_y',
            field=models.SmallIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='contact',
            name='reports_to',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reports', to='accounts.contact', verbose_name='reports to'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('reports_to__isnull', True), models.Q(('reports_to', models.F('id')), _negated=True), _connector='OR'), name='contact_not_own_chief'),
        ),
        migrations.AddField(
            model_name='relation',
            name='author',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='relation',
            name='client',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='relations', to='accounts.client'),
        ),
        migrations.AddField(
            model_name='relation',
            name='other',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='related_from', to='accounts.client'),
        ),
        migrations.AddConstraint(
            model_name='relation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name', ''), ('other__isnull', False)), models.Q(('other__isnull', True), models.Q(('name', ''), _negated=True)), _connector='OR'), name='relation_one_other'),
        ),
        migrations.AddConstraint(
            model_name='relation',
            constraint=models.CheckConstraint(condition=models.Q(('other', models.F('client')), _negated=True), name='relation_not_self'),
        ),
        migrations.AddConstraint(
            model_name='relation',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('since__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='relation_dates'),
        ),
    ]
