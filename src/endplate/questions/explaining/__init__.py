"""Why a session did less than was hoped: one thing changed at a time in the copies that visits left."""
