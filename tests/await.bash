# For tests in bash: load await, or the stand, which has it.
#
# await COMMAND [ARGUMENT ...], or await 'SHELL CODE': until it succeeds, at most
# $patience seconds (300).  Else it says so, with what that printed last and the
# end of the files in $logs.
await() {
	local seen end=$((SECONDS + ${patience:-300}))
	(($# > 1)) || set -- eval "$1"
	until seen=$("$@" 2>&1); do
		if ((SECONDS > end)); then
			printf 'not in %s s: %s\n%s\n' "${patience:-300}" "$*" \
			    "$seen" >&2
			[[ ! ${logs-} ]] || tail -n 50 "${logs[@]}" >&2
			return 1
		fi
		sleep 0.1
	done
}
