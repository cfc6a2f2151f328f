#!/bin/bash
# The programs that are installed are linked so that a fault is harder to use:
# position-independent (PIE), all symbols bound at the start and their tables
# read-only, no stack that can be executed, no library from where they stand.

cd "$(dirname "$0")/../.." || exit 1
: "${BUILD:=build/${VARIANT:-release}}"
programs=(cccp-poller cccp.fcgi cccp-doctor)
n=0

# check NAME WORDS ...: the last command's output has each; or with ! has not.
check() {
	local name=$1 word bad=()
	shift
	n=$((n + 1))
	for word in "$@"; do
		if [[ $word == !* ]]; then
			grep -qE -- "${word#!}" <<<"$output" && bad+=("$word")
		else
			grep -qE -- "$word" <<<"$output" || bad+=("$word")
		fi
	done
	if ((${#bad[@]} == 0)); then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		printf '# missing, or with ! found: %s\n' "${bad[@]}"
	fi
}

for program in "${programs[@]}"; do
	output=$(readelf -hldW "$BUILD/$program" 2>&1)
	check "$program" 'Type: +DYN ' 'FLAGS_1.* NOW.* PIE' ' GNU_RELRO ' \
	    ' GNU_STACK .* RW ' '!GNU_STACK .*RWE' '!\((RPATH|RUNPATH)\)'
done
echo "1..$n"
