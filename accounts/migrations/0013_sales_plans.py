import django.core.validators
import django.db.models.deletion
import django.db.models.manager
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0012_agreements_and_notices'),
    ]

    operations = [
        migrations.CreateModel(
            name='PlannedSale',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=18, validators=[django.core.validators.MinValueValidator(0)], verbose_name='planned')),
                ('known_from', models.DateTimeField(default=django.utils.timezone.now)),
                ('known_to', models.DateTimeField(null=True)),
                ('author', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='planned_sales', to='accounts.client')),
                ('family', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.productfamily')),
            ],
            options={
                'ordering': ['month', 'pk'],
                'abstract': False,
                'base_manager_name': 'unscoped',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['client', 'month'], name='planned_client_month')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='planned_not_negative'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='planned_whole_month'), models.UniqueConstraint(condition=models.Q(('known_to__isnull', True)), fields=('client', 'family', 'month'), name='planned_current_once', nulls_distinct=False)],
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
    ]
