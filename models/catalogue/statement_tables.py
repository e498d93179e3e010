"""Names the tables and columns of an SQL statement, and from when on it asks for data."""

import logging
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from models.catalogue.statement_dates import StatementStart, start_of
from models.tuning.catalogue import (
    STATEMENT_TABLES_BRACKETS,
    STATEMENT_TABLES_CHARACTERS,
    STATEMENT_TABLES_REMEMBERED,
    STATEMENT_TABLES_TOKENS,
)

# It quotes statements that it cannot read.
logging.getLogger("sqlglot").addFilter(lambda _: False)

# In any script, and with a letter: what shows a name replaces those that are not ASCII by hashes.
_NAME: Final = re.compile(r"(?=[\W\d_]*[^\W\d_])[\w$][\w$.\-]{0,254}")
# CloudTrail writes this in the place of literals.
_REDACTED: Final = re.compile(r"\*{3}\s?\(?redacted\)?", re.IGNORECASE)
_OPENING: Final = frozenset({TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE})
_CLOSING: Final = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE})
_LITERALS: Final = frozenset({TokenType.STRING, TokenType.NUMBER, TokenType.NATIONAL_STRING})
_Said = tuple[tuple[str, ...], tuple[str, ...], StatementStart]
_NOTHING: Final[_Said] = (), (), StatementStart()


def statement_tables(statement: str) -> tuple[str, ...]:
    """Return the names of the tables that a statement reads or writes.

    A statement that is too long, too deep or wrong has none. Literals, aliases, common table
    expressions and functions are no tables.

    Parameters
    ----------
    statement
        Of Athena, DynamoDB, RDS or Redshift.

    Examples
    --------
    >>> statement_tables("SELECT * FROM shop.orders AS jane WHERE buyer = 'from Jane'")
    ('shop.orders',)
    >>> statement_tables("WITH x AS (SELECT 1 FROM t) SELECT * FROM x")
    ('t',)
    >>> statement_tables("SELECT * FROM 4111111111111111")
    ()
    """
    return _said(statement)[0]


def statement_columns(statement: str) -> tuple[str, ...]:
    """Return the names of the columns that a statement selects, not of those it only compares.

    They are for the catalogue's words: whoever writes a statement may call a column anything.

    Parameters
    ----------
    statement
        As for `statement_tables`.

    Examples
    --------
    >>> statement_columns("SELECT o.email, lower(city) AS jane FROM t7 o WHERE phone = 7")
    ('email', 'city')
    >>> statement_columns("SELECT * FROM t7")
    ()
    """
    return _said(statement)[1]


def statement_start(statement: str) -> StatementStart:
    """Return from when on a statement asks for data, as far as it says so.

    Parameters
    ----------
    statement
        As for `statement_tables`.

    Examples
    --------
    >>> statement_start("SELECT * FROM t WHERE paid > now() - INTERVAL '2' DAY").longest
    172800.0
    """
    return _said(statement)[2]


@lru_cache(maxsize=STATEMENT_TABLES_REMEMBERED)
def _said(statement: str) -> _Said:
    if len(statement) > STATEMENT_TABLES_CHARACTERS:
        return _NOTHING
    statement = _REDACTED.sub("NULL", statement)
    for dialect in ("mysql",) if "`" in statement else ("trino", "postgres"):
        try:
            return _said_in(statement, dialect)
        except (SqlglotError, RecursionError):
            continue
    return _NOTHING


def _said_in(statement: str, dialect: str) -> _Said:
    tokens = sqlglot.tokenize(statement, read=dialect)
    if len(tokens) > STATEMENT_TABLES_TOKENS or _depth(tokens) > STATEMENT_TABLES_BRACKETS:
        return _NOTHING
    if tokens and tokens[0].text.upper() == "UNLOAD":
        statement = _unloaded(statement, tokens)
        tokens = sqlglot.tokenize(statement, read=dialect)
    literals = {token.text for token in tokens if token.token_type in _LITERALS}
    found: dict[str, None] = {}
    columns: dict[str, None] = {}
    statements = [one for one in sqlglot.parse(statement, read=dialect) if one is not None]
    for parsed in statements:
        for table in parsed.find_all(exp.Table):
            name = ".".join(_parts(table, literals))
            if name and not _is_expression(table):
                found[name] = None
        for select in parsed.find_all(exp.Select):
            columns.update((name, None) for name in _selected(select))
    return tuple(found), tuple(columns), start_of(statements)


def _selected(select: exp.Select) -> Iterator[str]:
    for one in select.expressions:
        # A count says how many there are, and nothing of what they hold.
        if one.find(exp.Count) is None:
            yield from (column.name for column in one.find_all(exp.Column) if column.name)


def _depth(tokens: list[Token]) -> int:
    depth = deepest = 0
    for token in tokens:
        depth += (token.token_type in _OPENING) - (token.token_type in _CLOSING)
        deepest = max(deepest, depth)
    return deepest


def _unloaded(statement: str, tokens: list[Token]) -> str:
    """Return the query in the brackets of an UNLOAD, which no dialect knows."""
    depth = 0
    for token in tokens[1:]:
        depth += (token.token_type in _OPENING) - (token.token_type in _CLOSING)
        if depth == 0:
            return statement[tokens[1].end + 1 : token.start]
    return ""


def _parts(table: exp.Table, literals: set[str]) -> Iterator[str]:
    """Yield the parts of a name; none if one of them is not a name."""
    parts = table.parts
    if all(
        isinstance(part, exp.Identifier)
        and _NAME.fullmatch(part.name) is not None
        and part.name not in literals
        for part in parts
    ):
        yield from (part.name for part in parts)


def _is_expression(table: exp.Table) -> bool:
    """Whether the name is that of a common table expression that can be seen from there."""
    if len(table.parts) > 1:
        return False
    inside: exp.Expr | None = table
    while inside is not None:
        around = inside.parent
        tables = None if around is None else around.args.get("with_")
        for one in [] if tables is None else tables.expressions:
            # An expression does not see itself: the name in it is that of a table.
            if one is not inside and one.alias.lower() == table.name.lower():
                return not any(above is one for above in _above(table))
        inside = around
    return False


def _above(node: exp.Expr) -> Iterator[exp.Expr]:
    above = node.parent
    while above is not None:
        yield above
        above = above.parent
