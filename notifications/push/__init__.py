"""Push messages to members' phones about their notifications, by Firebase Cloud Messaging (FCM)."""
