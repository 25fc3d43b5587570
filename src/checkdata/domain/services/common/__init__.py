"""What several tasks write within their unit of work; no task by itself."""
