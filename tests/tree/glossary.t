#!/bin/bash
# The glossary of sql/README.md is what the tables of the tree say: `make
# glossary` makes it anew.

cd "$(dirname "$0")/../.." || exit 1
echo 1..1
if made=$(sql/describe glossary sql/README.md | diff sql/README.md - 2>&1); then
	echo 'ok 1 - the glossary is made from the tables'
else
	echo 'not ok 1 - the glossary is made from the tables'
	sed 's/^/# /' <<<"$made"
	exit 1
fi
