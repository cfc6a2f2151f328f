"""The rival in Python: Flask and psycopg2 under gunicorn.

RIVAL_QUESTIONS names a JSON file, by name the statement with its parameters,
the keys of a row, and what comes before and after the rows in the answer.
"""
import json
import os
import re

import flask
import psycopg2
import psycopg2.extensions

with open(os.environ["RIVAL_QUESTIONS"], encoding="utf-8") as source:
    QUESTIONS = json.load(source)
for question in QUESTIONS.values():
    question["sql"] = re.sub(r"\$(\d+)", r"%(p\1)s",
                             question["sql"].replace("%", "%%"))
    question["params"] = {f"p{i}": value for i, value
                          in enumerate(question["params"], 1)}

# Numbers with fractions as they are, times as text that is mended below.
psycopg2.extensions.register_type(psycopg2.extensions.new_type(
    (1700,), "NUMERIC", lambda value, _: None if value is None else float(value)))
connection = psycopg2.connect("")
connection.set_session(readonly=True, autocommit=True)
app = flask.Flask(__name__)


def plain(key, value):
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if "_seconds" in key and value is not None:
        return int(value)
    return value


@app.get("/flask/<name>")
def users(name):
    question = QUESTIONS[name]
    keys = question["keys"]
    with connection.cursor() as cursor:
        cursor.execute(question["sql"], question["params"])
        rows = [{key: plain(key, value) for key, value
                 in zip(keys, row[5:])}
                for row in cursor if row[0] == "row"]
    del rows[question["rows"]:]
    body = (question["before"]
            + json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
            + question["after"])
    return flask.Response(body, mimetype="application/json")
