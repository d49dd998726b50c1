"""What sending an update to these people by this vehicle is likely to bring."""
