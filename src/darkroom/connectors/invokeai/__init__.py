"""The connector to InvokeAI."""
