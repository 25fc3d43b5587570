"""Steps of several tasks, written within their unit of work; no task by itself."""
