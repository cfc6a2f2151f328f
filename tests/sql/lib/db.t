#!/bin/bash
# sql/lib/db.c against a real server.

cd "$(dirname "$0")/../../.." || exit 1
CMOCKA_MESSAGE_OUTPUT=TAP exec tests/pg.sh \
    "${BUILD:-build/release}/db-check"
