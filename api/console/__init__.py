"""Where moderators decide: pages made on the server, a session, no picture anywhere."""
