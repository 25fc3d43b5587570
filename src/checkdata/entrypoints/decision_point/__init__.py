"""A decision point for services in any language: OpenID AuthZEN Authorization API 1.0 over HTTP.

`checkdata.entrypoints.decision_point.app` reads and answers requests and knows nothing of the rules: it asks a
`DecisionPoint`, and a `Doorkeeper` who may ask. `checkdata.entrypoints.decision_point.participants` is the decision
point of this service.
"""
