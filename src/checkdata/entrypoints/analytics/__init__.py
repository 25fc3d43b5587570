"""Events for the department's analysts, in the form of DfE Analytics, about pseudonyms (docs/monitoring.md)."""
