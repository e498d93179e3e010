"""What decides in the rules: how many are too many, and from when on a habit is known."""

from typing import Final

from models.domain.time_units import DAY_SECONDS, HOUR_SECONDS

# --- rule_book

# Days of a principal before shares and walks are held against its habits: a whole week, so that
# each weekday was there once. Chosen, not measured.
RULE_BOOK_KNOWING_DAYS: Final = 7
# Signs that make a newcomer's bulk read a page. Chosen, not measured.
RULE_BOOK_LEAST_SIGNS: Final = 2
# User agents of programs that people fetch with and products do not ship. Chosen, not measured.
RULE_BOOK_SCRIPT_AGENTS: Final = (
    "python-", "curl/", "go-http-client", "wget/", "okhttp", "postman", "scrapy", "aws-cli",
    "libwww", "powershell",
)  # fmt: skip

# --- failures

# Failed calls in an hour that may be somebody trying ids. Chosen, not measured.
FAILURES_LEAST_CALLS: Final = 20
# The share of all calls that they must be. Chosen, not measured.
FAILURES_LEAST_SHARE: Final = 0.3
# How rare such an hour must be for the principal. Chosen, not measured.
FAILURES_RARE_CHANCE: Final = 0.02

# --- known_share

# A share of all buyers is too much only if it is so many times the usual. Chosen, not measured.
KNOWN_SHARE_TIMES_USUAL: Final = 3

# --- raw_key

# A raw key is reported again after this time. Chosen, not measured.
RAW_KEY_REPORTED_AGAIN_SECONDS: Final = 30 * DAY_SECONDS
# Keys of a principal that are remembered as reported. Chosen, not measured: it decides about
# memory only.
RAW_KEY_CREDENTIALS_KEPT: Final = 4

# --- secrets

# Secrets in an hour by somebody who never reads them. Chosen, not measured.
SECRETS_LEAST_READ: Final = 10

# --- sequence

# A walk must have so many times the ids of the fullest hour of a usual day. Chosen, not measured.
SEQUENCE_TIMES_USUAL: Final = 3.0
# How fast a walk becomes a habit, a day: an attacker's must not within a few. Chosen, not measured.
SEQUENCE_HABIT_GROWTH: Final = 1.5
# What a first day teaches at most. Chosen, not measured.
SEQUENCE_HABIT_START: Final = 20.0
# What a day without a walk leaves of the habit. Chosen, not measured.
SEQUENCE_HABIT_KEPT_A_DAY: Final = 0.97

# --- sharing

# From one network to another and back within this time is use from both at once. Chosen, not
# measured.
SHARING_AT_ONCE_SECONDS: Final = HOUR_SECONDS
# Credentials of a principal whose networks are remembered. Chosen, not measured: it decides about
# memory only.
SHARING_CREDENTIALS_KEPT: Final = 4
# Which networks are usual is not known sooner. Chosen, not measured.
SHARING_YOUNG_SECONDS: Final = 3 * DAY_SECONDS

# --- storage

# Listings before a read that make it a search. Chosen, not measured.
STORAGE_LEAST_LISTINGS: Final = 3
