"""The table of rate limits: the number of requests in a time for each scope. Counting is in libs/throttling.

docs/api.md says what each limits. The setting THROTTLE_RATES replaces single ones.
"""

# Rates by scope in the notation of the limits library, several separated by ";".
DEFAULT_THROTTLE_RATES = {
    # Mobile carriers share one IPv4 address between hundreds of phones (RFC 6269). So limits by address count only what
    # costs: e-mails, wrong codes, sign-ups that are hashed. A hundred an hour lets a tenth of a thousand phones sign up
    # in the hour after an announcement. Ten a minute keep an IPv6 /48, which has four times as many, from queueing
    # hundreds of e-mails at once before everybody else's.
    "code-address": "10/minute;100/hour;400/day",
    # By mailbox and requesting network: when an e-mail is late, people request two or three.
    "code-email": "5/hour;20/day",
    # By mailbox, of all networks: above that of one. Beyond it no request is refused, but few e-mails are sent.
    "code-mailbox": "15/hour;60/day",
    # By mailbox, above `code-mailbox`: sign-ups with sub-addresses and other spellings, and changes to a new address.
    "code-alias": "1/10minute",
    # Codes for sign-ups by requesting network (/24, /48). More are sent, but above `email-codes` they wait apart from
    # those of other networks, so that a flood from few networks delays only its own.
    "code-network": "10/minute;100/hour",
    # All codes and all other e-mails of the server together; more wait. Several times what one IPv6 site may cause, so
    # that reaching it means a flood from many places. Codes of members, for sign-ups, and for sign-ups from busy
    # networks are each counted by themselves.
    "email-codes": "300/minute;5000/hour",
    "email-notices": "300/minute;5000/hour",
    # Whoever knows a password may log in, withdraw or repeat a token without end, and each of these sends an e-mail.
    "new-device-email": "10/hour;30/day",
    "confirm-address": "100/hour",
    "sign-up-address": "100/hour",
    # Each costs a slow hash. Phones stay logged in, so that a thousand of them log in a few times an hour.
    "sign-in-address": "60/minute;600/hour",
    "refresh-failure-address": "60/minute",
    "upload-member": "120/hour;600/day",
    "post-member": "60/hour;300/day",
    "edit-member": "60/hour;300/day",
    "comment-member": "20/minute;300/day",
    "search-member": "60/minute;600/hour",
    "password-member": "20/hour",
    # Codes at the admin's login, right ones too. After wrong ones, django-otp has its own pauses besides.
    "second-factor-member": "10/10minute;30/hour",
    "relation-member": "120/minute;400/day",
    "heart-member": "60/minute;1000/day",
    "save-member": "60/minute;1000/day",
    "report-member": "20/hour;50/day",
    "appeal-member": "20/day",
    # Scrolling a feed makes a few requests a page and stays far below ten a second.
    "read-member": "600/minute",
    "write-member": "120/minute",
    "devices-session": "60/minute",
    "config-address": "1200/minute",
    # Pages of shared posts. When one becomes popular, the phones of a mobile carrier come from few addresses, as do the
    # servers that fetch previews for messengers.
    "share-address": "1200/minute",
}
