"""The main job played on a made-up network."""
