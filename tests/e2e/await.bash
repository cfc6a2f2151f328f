# For bats: load await.
#
# await CONDITION: until it holds, at most $patience tenths of a second (600);
# else says so, with the files in $logs.
await() {
	local i
	for ((i = 0; i < ${patience:-600}; i++)); do
		! eval "$1" || return 0
		sleep 0.1
	done
	echo "never: $1" >&2
	[[ ! ${logs-} ]] || cat "${logs[@]}" >&2
	return 1
}
