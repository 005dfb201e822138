"""Speech for frameworks of voice assistants, made by a server of ours: one module a framework."""
