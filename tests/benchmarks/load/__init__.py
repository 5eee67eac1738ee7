"""A whole product under load: its company, the people who use it, and what they do all day."""
