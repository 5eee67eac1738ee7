"""Tasks."""

from django.urls import path

from accounts.api import tasks as api
from accounts.views import tasks

urlpatterns = [
    path("tasks/", tasks.task_list, name="task_list"),
    path("tasks/team/", tasks.task_team, name="task_team"),
    path("tasks/new/", tasks.task_create, name="task_create"),
    path("tasks/<int:pk>/", tasks.task_detail, name="task_detail"),
    path("tasks/<int:pk>/edit/", tasks.task_edit, name="task_edit"),
    path("tasks/<int:pk>/act/", tasks.task_act, name="task_act"),
    path("clients/<int:pk>/tasks/", tasks.client_tasks, name="client_tasks"),
]

api_urlpatterns = [
    path("tasks/", api.TaskList.as_view(), name="task-list"),
    path("tasks/<int:pk>/", api.TaskDetail.as_view(), name="task-detail"),
    path("tasks/<int:pk>/settlement/", api.TaskSettlement.as_view(), name="task-settlement"),
    path("tasks/<int:pk>/reopening/", api.TaskReopening.as_view(), name="task-reopening"),
    path("tasks/<int:pk>/acceptance/", api.TaskAcceptance.as_view(), name="task-acceptance"),
    path("tasks/<int:pk>/return/", api.TaskReturn.as_view(), name="task-return"),
]
