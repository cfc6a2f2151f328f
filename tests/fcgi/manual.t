#!/bin/bash
# The manuals of cccp.fcgi and cccp-doctor are well formed and complete.

cd "$(dirname "$0")/../.." || exit 1
n=0

# The files that the functions below read.
of_handler() {
	manual=fcgi/cccp.fcgi.8 main=fcgi/main.c
	mapfile -t sources < <(ls fcgi/*.c fcgi/*/*.c | grep -v ^fcgi/doctor/)
}
of_doctor() {
	manual=fcgi/doctor/cccp-doctor.8 main=fcgi/doctor/main.c
	sources=(fcgi/doctor/*.c fcgi/page/asset.c)
}

# Each line of input is a complaint; none is what we want.
report() {
	local complaints name
	complaints=$(cat)
	name="${manual##*/}: $1"
	n=$((n + 1))
	if [[ -z $complaints ]]; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		printf '# %s\n' "${complaints//$'\n'/$'\n# '}"
	fi
}

# Words on standard input that the manual lacks; $1 is what marks them there.
missing() {
	local word some=no
	while read -r word; do
		some=yes
		grep -qE "^\.(It )?$1 (.* )?$word( |\$)" "$manual" ||
		    echo "not in the manual: $word"
	done
	[[ $some = yes ]] || echo 'found nothing to look for'
}

# differ ONE OTHER: lines of what two functions print that are not the same.
differ() {
	local one other
	one=$($1 | sort -u) other=$($2 | sort -u)
	[[ $one && $other ]] || echo 'found nothing to compare'
	diff <(echo "$one") <(echo "$other") | grep '^[<>]'
}

# A section or subsection of the manual.
section() {
	awk -v "name=$1" '/^\.S[hs] / { on = substr($0, 5) == name } on' \
	    "$manual"
}

# The options that getopt(3) is given.
options() {
	sed -n 's/.*getopt(argc, argv, "\(.*\)").*/\1/p' "$main" |
	    tr -d : | grep -o .
}

options_told() {
	sed -n 's/^\.It Fl \([A-Za-z]\).*/\1/p' "$manual"
}

variables() {
	grep -ohE 'getenv\("[A-Z_]+"\)|"(LC_[A-Z]+|LANG)"' "${sources[@]}" |
	    sed 's/.*"\(.*\)".*/\1/' | sort -u
}

# Those that all lists have; openapi.t looks at all parameters and fields.
parameters() {
	sed -n 's/.*{ \.name = "\([a-z_]*\)".*/\1/p' fcgi/list/list.h
}

paths() {
	jq -r '.paths | keys[]' htdocs/api/v1/openapi.json
}

paths_told() {
	section 'HTTP API' | sed -n 's/^\.It Li \(GET\|POST\) //p' | tr -d ' ' | tr , '\n'
}

# Each with its status.
problems() {
	sed -n '/^} problems\[/,/^};/s/.*= { \([0-9]*\), "\([a-z-]*\)".*/\1 \2/p' \
	    fcgi/http/problem.c
}

problems_told() {
	section Errors | awk '/^\.It [0-9]/ { status = $2 }
	    status && /^\.Li / { gsub(/[,;]/, ""); for (i = 2; i <= NF; i++)
	    print status, $i }'
}

metrics() {
	grep -ohE '"(# HELP )?cccp_[a-z_]+( |")' fcgi/counters.c fcgi/api/metrics.c |
	    grep -oE 'cccp_[a-z_]+'
}

metrics_told() {
	section METRICS | grep -oE 'cccp_[a-z_]+'
}

echo 1..10
for program in of_doctor of_handler; do
	$program
	report 'it is clean mdoc' < <(
		mandoc -T lint -W warning "$manual" 2>&1)
	report 'it has every option, and no other' < <(
		differ options options_told)
	report 'every variable is in it' < <(variables | missing Ev)
done
report 'every parameter of all lists is in it' < <(parameters | missing Cm)
report 'it has every path of openapi.json, and no other' < <(
	differ paths paths_told)
report 'it has every problem with its status, and no other' < <(
	differ problems problems_told)
report 'it has every metric, and no other' < <(differ metrics metrics_told)
