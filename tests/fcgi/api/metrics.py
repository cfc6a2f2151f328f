#!/usr/bin/python3
"""Reads a scrape as Prometheus would, and holds it to what is good form there.

Standard input is the text; standard output is a JSON object, each sample's
name with its labels in the order of the alphabet, and its value.  What is
wrong is told, and ends it with 1.
"""
import json
import math
import re
import sys

from prometheus_client.parser import text_string_to_metric_families

LABELS = {"version", "route", "status", "le", "kind", "source", "for",
    "class"}
text = sys.stdin.buffer.read().decode("utf-8", "strict")
wrong = []


def expect(ok, what):
    if not ok:
        wrong.append(what)


def series(sample):
    labels = ",".join(f'{k}="{v}"' for k, v in sorted(sample.labels.items()))
    return sample.name + (f"{{{labels}}}" if labels else "")


def check_histogram(family):
    by_route = {}
    for s in family.samples:
        route = by_route.setdefault(s.labels["route"], {"buckets": []})
        if s.name.endswith("_bucket"):
            route["buckets"].append((float(s.labels["le"]), s.value))
        else:
            route[s.name.rsplit("_", 1)[1]] = s.value
    for name, r in by_route.items():
        bounds = [le for le, _ in r["buckets"]]
        counts = [n for _, n in r["buckets"]]
        expect(bounds == sorted(set(bounds)), f"{name}: bounds out of order")
        expect(counts == sorted(counts), f"{name}: buckets that shrink")
        expect(bounds and math.isinf(bounds[-1]), f"{name}: no +Inf")
        expect(counts and counts[-1] == r["count"], f"{name}: _count is another")
        expect(r["sum"] >= 0, f"{name}: no _sum")


expect(text.endswith("\n"), "the last line has no end")
for word in ("HELP", "TYPE"):
    named = re.findall(rf"(?m)^# {word} (\S+) \S", text)
    expect(len(named) == len(set(named)), f"{word} told twice")
    samples = {re.sub(r"_(bucket|sum|count)$", "", n)
               for n in re.findall(r"(?m)^(\w+)", text)}
    expect(samples <= set(named), f"no {word}: {samples - set(named)}")

found = {}
last = None
for family in text_string_to_metric_families(text):
    expect(family.documentation, f"{family.name}: no help")
    expect(family.type != "unknown", f"{family.name}: no type")
    expect(family.name.startswith("cccp_"), f"{family.name}: whose is it?")
    if family.type == "histogram":
        check_histogram(family)
    for s in family.samples:
        expect(s.labels.keys() <= LABELS, f"{s.name}: label of {s.labels}")
        expect(series(s) not in found, f"{series(s)}: told twice")
        expect(not math.isnan(s.value), f"{series(s)}: not a number")
        if family.type == "counter":
            expect(s.name.endswith("_total"), f"{s.name}: not _total")
            expect(s.value >= 0, f"{s.name}: below 0")
        found[series(s)] = s.value

print(json.dumps(found))
for what in wrong:
    print(what, file=sys.stderr)
sys.exit(1 if wrong else 0)
