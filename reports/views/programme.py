"""Does the programme pay?"""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from reports.dashboards.programme import answer, programme, programme_charts, words_of
from reports.figures import programme_effect as figures

TONES = {figures.PAYS: "good", figures.HARMS: "bad", figures.UNLIKE: "watch"}


@require_GET
def programme_page(request):
    told = programme()
    context = {
        "told": told,
        "answer": answer(told),
        "tone": TONES.get(told.verdict.word, ""),
        "charts": programme_charts(told),
        "spent": [(words_of(key), amount) for key, amount in told.spent],
        "fewest_months": figures.FEWEST_MONTHS,
        "peers": figures.PEERS,
    }
    return render(request, "reports/programme.html", context)
