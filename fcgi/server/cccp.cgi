#!/bin/sh
# cccp.fcgi as a CGI program, for a web server without FastCGI: copy this file
# to where that one looks for such programs, and make it executable.
#
# Each request costs a process and a connection to PostgreSQL, nothing is kept
# in memory, and there are no events (501): pages ask from time to time.

export PGDATABASE=cccp
# reader: whoever the web server lets through may read.
export CCCP_ANONYMOUS=none

exec /usr/local/sbin/cccp.fcgi
