"""Sign-up: verification codes and the registration of members."""
