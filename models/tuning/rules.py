"""Constants of the rules: how many are too many, and when a habit is known."""

from typing import Final

from models.domain.time_units import DAY_SECONDS, HOUR_SECONDS

# --- rule_book

# Days before shares and sequential ids are compared with a principal's habits: each weekday once.
# Chosen, not measured.
RULE_BOOK_KNOWING_DAYS: Final = 7
# Signs that turn a newcomer's bulk read into a page. Chosen, not measured.
RULE_BOOK_LEAST_SIGNS: Final = 2
# User agents of scripts and tools, which products do not use. Chosen, not measured.
RULE_BOOK_SCRIPT_AGENTS: Final = (
    "python-", "curl/", "go-http-client", "wget/", "okhttp", "postman", "scrapy", "aws-cli",
    "libwww", "powershell",
)  # fmt: skip

# --- delegation

# The first days of a stream teach who is given access, and page nobody. Chosen, not measured.
DELEGATION_LEARNING_SECONDS: Final = 3 * DAY_SECONDS

# --- failures

# Failed calls in an hour that may be guesses at ids. Chosen, not measured.
FAILURES_LEAST_CALLS: Final = 20
# Least share of all calls that must have failed. Chosen, not measured.
FAILURES_LEAST_SHARE: Final = 0.3
# How rare such an hour must be for the principal. Chosen, not measured.
FAILURES_RARE_CHANCE: Final = 0.02

# --- known_share

# A share of all buyers is too much only above this multiple of the usual share. Chosen, not
# measured.
KNOWN_SHARE_TIMES_USUAL: Final = 3
# False pages a principal-day from which the rule pages. Measured on 110 small and 40 sparse worlds
# that nothing is reported of: it is wrong once in 2,000 principal-days, a quarter of this.
KNOWN_SHARE_LEAST_ALLOWED: Final = 0.002

# --- old_credential

# A secret older than this should have been rotated: Amazon asks for it in 180 days.
OLD_CREDENTIAL_DAYS: Final = 180
# Old credentials of a principal that are told of in a day. Chosen, not measured.
OLD_CREDENTIAL_KEPT: Final = 4

# --- raw_key

# A raw key is reported again after this time. Chosen, not measured.
RAW_KEY_REPORTED_AGAIN_SECONDS: Final = 30 * DAY_SECONDS
# Reported keys kept for each principal. Chosen, not measured: affects memory only.
RAW_KEY_CREDENTIALS_KEPT: Final = 4

# --- secrets

# Secrets in an hour that are too many for a principal that never reads them. Chosen, not measured.
SECRETS_LEAST_READ: Final = 10

# --- sequence

# Sequential ids must exceed those in the fullest hour of a usual day by this factor. Chosen, not
# measured.
SEQUENCE_TIMES_USUAL: Final = 3.0
# Most that the habit grows in a day: an attacker must not become usual within a few days. Chosen,
# not measured.
SEQUENCE_HABIT_GROWTH: Final = 1.5
# Most that a first day teaches. Chosen, not measured.
SEQUENCE_HABIT_START: Final = 20.0
# A day without sequential ids decays the habit by this factor. Chosen, not measured.
SEQUENCE_HABIT_KEPT_A_DAY: Final = 0.97

# --- sharing

# A credential that moves to another network and back within this time is in use from both at once.
# Chosen, not measured.
SHARING_AT_ONCE_SECONDS: Final = HOUR_SECONDS
# Credentials of a principal whose networks are kept. Chosen, not measured: affects memory only.
SHARING_CREDENTIALS_KEPT: Final = 4
# New networks after its first day, of which half are forgotten in a week, that make a principal one
# that roams. Chosen, not measured: a machine that moves house once shows one.
SHARING_MOST_CHANGES: Final = 1.5
# Age from which a principal's usual networks are known. Chosen, not measured.
SHARING_YOUNG_SECONDS: Final = 3 * DAY_SECONDS

# --- shared_network

# Unrelated principals on one network that is new to all. Chosen, not measured: two may be a chance,
# and a thief with more keys shows more.
SHARED_NETWORK_LEAST_PRINCIPALS: Final = 3
# New networks of a principal in an hour that are looked at. Chosen, not measured: a thief needs
# one, and who shows more is left to the statistics.
SHARED_NETWORK_MOST_NEW: Final = 2

# --- storage

# Listings before a read that make a search of it. Chosen, not measured.
STORAGE_LEAST_LISTINGS: Final = 3
# Sensitive objects or records read in the hour before such a search pages. Chosen, not measured: a
# new job looks for its few files, too.
STORAGE_LEAST_READ: Final = 20.0

# --- sweep

# Objects in an hour that a principal never read before. Chosen, not measured: a sync of a real
# lab's bucket took 1,168.
SWEEP_LEAST_NEW: Final = 500
# Least share of them in all objects of the hour. Chosen, not measured.
SWEEP_LEAST_NEW_SHARE: Final = 0.9
# They must exceed those of its fullest hours by this factor. Chosen, not measured.
SWEEP_TIMES_USUAL: Final = 3.0
# A principal younger than this has no habits yet: the channel of first reads needs two closed days.
SWEEP_YOUNG_SECONDS: Final = 2 * DAY_SECONDS
# Principal-days from which statistics know what is usual: twice those that a cohort's parent is
# worth. Chosen, not measured.
SWEEP_KNOWN_DAYS: Final = 60.0
# Services that hold objects.
SWEEP_STORAGE: Final = frozenset({"s3", "s3-outposts", "s3express"})
# Tools and scripts that copy buckets.
SWEEP_COPYING_AGENTS: Final = (
    *RULE_BOOK_SCRIPT_AGENTS, "boto", "rclone", "s5cmd", "s3cmd", "s4cmd", "s3fs", "goofys",
    "mountpoint-s3", "minio", "cyberduck", "duck/", "winscp", "aws-sdk", "aws sdk", "[aws-cli",
    "[boto", "hadoop",
)  # fmt: skip

# --- history

# A reach below this is a late job, whatever the habit. Chosen, not measured.
HISTORY_LEAST_SECONDS: Final = 60 * DAY_SECONDS
# A reach must exceed the usual one by this factor. Chosen, not measured.
HISTORY_TIMES_USUAL: Final = 8.0
# Days that told how far they reached before the habit is known. Chosen, not measured.
HISTORY_KNOWING_DAYS: Final = 3
# Most that a known habit grows in a day: a thief needs ten days to get from two days to five
# years, and makes a ticket on the way. Chosen, not measured.
HISTORY_HABIT_GROWTH: Final = 2.0
# A day without such a reach decays the habit by this factor. Chosen, not measured.
HISTORY_HABIT_KEPT_A_DAY: Final = 0.97
# From this reach on it may page by itself. Chosen, not measured.
HISTORY_PAGED_FROM_SECONDS: Final = 365 * DAY_SECONDS
# The same, if the usual reach is at most this. Chosen, not measured.
HISTORY_PAGED_HABIT_SECONDS: Final = 14 * DAY_SECONDS
# Principals with a habit that a cohort needs to lend one. Chosen, not measured.
HISTORY_LEAST_MEMBERS: Final = 3

# --- unasked_report

# How long the request of a finished report may still arrive. Chosen, not measured: some logs come
# an hour late.
UNASKED_REPORT_WAITS_SECONDS: Final = HOUR_SECONDS
# How long before it is finished a report may be asked for. Chosen, not measured.
UNASKED_REPORT_ASKED_BEFORE_SECONDS: Final = 3 * DAY_SECONDS
# How far the clock of a log may be behind the marketplace's. Chosen, not measured.
UNASKED_REPORT_SKEW_SECONDS: Final = 900.0
# How long a log must have shown requests before their absence pages. Chosen, not measured.
UNASKED_REPORT_LOG_KNOWN_SECONDS: Final = DAY_SECONDS
# Notices that wait; of more, the oldest are judged at once. Chosen, not measured.
UNASKED_REPORT_WAITING_KEPT: Final = 1_000
