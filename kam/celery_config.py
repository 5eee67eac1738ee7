"""Celery settings of the dispatcher and the workers, each with its reason."""

from django.conf import settings

imports = ["kam.jobs.worker"]
broker_url = settings.REDIS_URL
result_backend = None  # state lives on the job row
task_ignore_result = True
task_acks_late = True
task_reject_on_worker_lost = True  # acks_late alone loses a task whose child process dies
task_acks_on_failure = task_acks_on_timeout = True
task_publish_retry = False  # the dispatcher retries by itself
task_serializer = "json"
accept_content = ["json"]
task_default_queue = "light"
task_time_limit = settings.JOB_SECONDS_HARD
task_soft_time_limit = settings.JOB_SECONDS
worker_prefetch_multiplier = 1  # long tasks do not hoard
worker_max_tasks_per_child = 200
worker_max_memory_per_child = 600_000  # KB: a process that has grown is replaced after its task
worker_cancel_long_running_tasks_on_connection_loss = True
worker_soft_shutdown_timeout = 20
broker_connection_retry_on_startup = True
broker_connection_max_retries = None
broker_transport_options = {
    # Must exceed the hard time limit, or a task starts twice.
    "visibility_timeout": max(2700, settings.JOB_SECONDS_HARD + 900),
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,  # default 10 makes a lost task wait about 100 s
    "socket_connect_timeout": 1,
    "socket_timeout": 10,
    "socket_keepalive": True,
    "health_check_interval": 25,
    "retry_on_timeout": False,
}
timezone = settings.COMPANY_TIME_ZONE
