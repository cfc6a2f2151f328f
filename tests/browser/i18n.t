#!/bin/sh
# node takes no module from a file that ends in .t
exec node --test-reporter=./tests/tap.mjs "${0%.t}.mjs"
