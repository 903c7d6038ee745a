"""Docker Compose, resolved by us: merge, variables, profiles, `extends`, `include`, with places."""

from tasks.domain.platform.compose.reader import read as read
