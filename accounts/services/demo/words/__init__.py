"""The words of the demo workspaces: one distributor, told in Russian or in English."""
