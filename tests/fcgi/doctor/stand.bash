# What the tests of cccp-doctor share: a stand whose sources are live, the doctor,
# and what it said.

load ../stand

setup_file() {
	stand_start
}

teardown_file() {
	stand_stop
}

setup() {
	sql -c "UPDATE cccp.source SET alive_at = now(), status = 'live'"
	change
	OTHERS=()
}

teardown() {
	local pid
	for pid in "${OTHERS[@]}" ${WEB-} ${HANDLER-}; do
		end "$pid" || :
	done
	unset WEB HANDLER
}

# The doctor, in English unless LC_ALL is given before.
doctor() {
	LC_ALL=${LC_ALL-C} PGUSER=cccp_web "$DOCTOR" -d "$HTDOCS" "$@" \
	    3>&-
}

# ended STATUS: and if not, what it said.
ended() {
	is "$status" "$1" || {
		printf '%s\n' "$output" >&2
		return 1
	}
}

# says VERDICT TEXT: among the lines of $output is one like that.
says() {
	grep -qE "^$1 +$2" <<<"$output" || {
		printf 'not said: %s %s\n%s\n' "$1" "$2" "$output" >&2
		return 1
	}
}
