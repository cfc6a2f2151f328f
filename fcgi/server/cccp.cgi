#!/bin/sh
# cccp.fcgi as a CGI program, for a web server without FastCGI: copy this file
# to the web server's folder of CGI programs, and make it executable.
#
# Each request needs a process and a connection to PostgreSQL, nothing is kept
# in memory, and there are no events (501): pages repeat their requests.

export PGDATABASE=cccp
# reader: everyone whom the web server admits may read.
export CCCP_ANONYMOUS=none

exec /usr/local/sbin/cccp.fcgi
