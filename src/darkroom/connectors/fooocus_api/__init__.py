"""Fooocus-API, the REST server around Fooocus (mrhan1993/Fooocus-API)."""
