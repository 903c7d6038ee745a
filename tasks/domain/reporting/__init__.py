"""What people and programs get to read: the bundle, its report and its documents."""
