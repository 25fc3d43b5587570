"""Tasks of partners and bodies: what is in their listing."""
