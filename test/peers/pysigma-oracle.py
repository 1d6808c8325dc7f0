"""Plays the pairs and correlations of test/fixtures/sigma through pySigma's SQLite backend on SQLite.

    python3 test/peers/pysigma-oracle.py

Installs pySigma 2.0.1 and its SQLite backend 2.1.1 from PyPI into a temporary folder. Prints every row on which they
differ from our reading and fails for one that docs/sigma.md does not explain. Without PyPI it says so and ends with 2.

What the tables cannot say is the runner's and not pySigma's: lists are stored as JSON text, objects as dotted columns,
booleans as text. Columns have no affinity, so that a number stays a number.
"""

import json
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "test" / "fixtures" / "sigma"
PACKAGES = ["pysigma==2.0.1", "pysigma-backend-sqlite==2.1.1"]


def rows_of(name):
    return [json.loads(line) for line in (FIXTURES / name).read_text().splitlines() if line.strip()]


def flattened(event, prefix=""):
    for key, value in event.items():
        if isinstance(value, dict):
            yield from flattened(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            yield prefix + key, json.dumps(value, ensure_ascii=False)
        elif isinstance(value, bool):
            yield prefix + key, str(value).lower()
        else:
            yield prefix + key, value


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def database(events, sql):
    """A table `logs` with the events' fields and every other name that the query might mean."""
    rows = [dict(flattened(event)) for event in events]
    for row in rows:
        row["timestamp"] = row.pop("@timestamp", None)
    names = {name for row in rows for name in row}
    for bare, in_quotes in re.findall(r"\b([A-Za-z_][A-Za-z0-9_]*)\b|[`\"]([^`\"]+)[`\"]", sql):
        names.add(bare or in_quotes)
    columns = {}
    # names in SQL do not tell capitals apart
    for name in sorted(names, key=lambda name: name not in {key for row in rows for key in row}):
        columns.setdefault(name.lower(), name)
    connection = sqlite3.connect(":memory:")
    connection.create_function("REGEXP", 2, lambda pattern, text: text is not None and bool(re.search(pattern, str(text))))
    listed = [name for name in columns.values() if name.lower() not in ("rowid", "oid", "_rowid_")][:1900]
    connection.execute(f"CREATE TABLE logs ({', '.join(quoted(name) for name in listed)})")
    for row in rows:
        keys = [name for name in row if name in listed]
        marks = ", ".join("?" for _ in keys)
        values = [str(row[key]) if isinstance(row[key], int) and abs(row[key]) > 2**63 else row[key] for key in keys]
        if keys:
            connection.execute(f"INSERT INTO logs ({', '.join(map(quoted, keys))}) VALUES ({marks})", values)
    return connection


def count(rules, events):
    """Rows that the rules' query gives, or `refused`."""
    from sigma.backends.sqlite import sqliteBackend
    from sigma.collection import SigmaCollection

    try:
        queries = sqliteBackend().convert(SigmaCollection.from_yaml(rules))
    except Exception:
        return "refused"
    try:
        return len(database(events, queries[-1]).execute(queries[-1]).fetchall())
    except sqlite3.Error as error:
        return f"SQL error: {error}"


def compare():
    differences = []
    pairs, correlations = rows_of("engine-pairs.ndjson"), rows_of("engine-correlations.ndjson")
    for row in pairs:
        got = count(row["rule_yaml"], [row["event"]])
        got = got > 0 if isinstance(got, int) else got
        if got != row["match"]:
            differences.append((row["name"], got, row["match"]))
    for row in correlations:
        got = count(row["rules_yaml"], row["events"])
        wanted = "refused" if row.get("refused") else len(row["holds_at"])
        if got != wanted:
            differences.append((row["name"], got, wanted))
    for name, got, wanted in differences:
        print(f"{name}: pySigma {got}, ours {wanted}")
    print(f"{len(pairs)} pairs and {len(correlations)} correlations, {len(differences)} differ")
    explained = (ROOT / "docs" / "sigma.md").read_text()
    missing = [name for name, _, _ in differences if f"`{name}`" not in explained]
    if missing:
        sys.exit(f"docs/sigma.md does not explain {', '.join(missing)}")


if __name__ == "__main__":
    if sys.argv[1:] == ["--installed"]:
        compare()
    else:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            python = pathlib.Path(folder) / "bin" / "python"
            if subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES]).returncode != 0:
                print("PyPI is not reached: the pairs stand alone")
                sys.exit(2)
            sys.exit(subprocess.run([python, __file__, "--installed"]).returncode)
