#!/bin/bash
# Lists, cursors, orders, one user, sources, files, spreadsheets and doors once
# more, with the handler as a CGI program of lighttpd; what CGI cannot is in the
# tests of each web server.

cd "$(dirname "$0")/../../.." || exit
STAND_CGI=yes exec bats --tap \
    tests/fcgi/list/{users,lists,cursor,order,export,spreadsheet}.bats \
    tests/fcgi/api/detail.bats tests/fcgi/page/web.bats
