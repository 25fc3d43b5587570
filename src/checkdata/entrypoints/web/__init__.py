"""The web entrypoint: GOV.UK pages over the services of the domain, served by Starlette."""
