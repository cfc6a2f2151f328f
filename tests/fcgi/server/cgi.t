#!/bin/bash
# The tests of lists, cursors, details, exports and files once more, with the
# handler as a CGI program of lighttpd.  Filters, refusals and orders do not depend
# on it, nor does what a spreadsheet makes of a file: search.bats, order.bats and
# spreadsheet.bats run by FastCGI alone.  What CGI cannot do is tested with each
# web server.

cd "$(dirname "$0")/../../.." || exit
STAND_CGI=yes exec bats --tap \
    tests/fcgi/list/{users,lists,cursor,export}.bats \
    tests/fcgi/api/detail.bats tests/fcgi/page/web.bats
