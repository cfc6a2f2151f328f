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

# The options that getopt(3) is given.
options() {
	sed -n 's/.*getopt(argc, argv, "\(.*\)").*/\1/p' "$main" |
	    tr -d : | grep -o .
}

# Options that the manual has, but the program does not.
dead_options() {
	sed -n 's/^\.It Fl \([A-Za-z]\).*/\1/p' "$manual" | sort |
	    comm -23 - <(options | sort)
}

variables() {
	grep -ohE 'getenv\("[A-Z_]+"\)|"(LC_[A-Z]+|LANG)"' "${sources[@]}" |
	    sed 's/.*"\(.*\)".*/\1/' | sort -u
}

parameters() {
	sed -n 's/.*{ \.name = "\([a-z_]*\)".*/\1/p' fcgi/list/list.h \
	    fcgi/list/{users,queues,calls}.c fcgi/api/detail.c | sort -u
}

columns() {
	sed -n 's/^	X([a-z_]*, "\([a-z_]*\)".*/\1/p' fcgi/list/{users,queues,calls}.c | sort -u
}

# What a statement's select list names, until its FROM.
selected() {
	sed -n "/^static const char $1\[\]/,/ FROM /p" "$2" |
	    sed 's/ FROM .*//; /static/d' | grep -oE '[a-z_.]+(,|"| )' |
	    tr -d ',"' | sed 's/.*\.//' | grep -xE '[a-z_]+'
}

problems() {
	sed -n '/^} problems\[/,/^};/s/.*= { [0-9]*, "\([a-z-]*\)".*/\1/p' \
	    fcgi/http/problem.c
}

metrics() {
	grep -ohE '"(# HELP )?cccp_[a-z_]+( |")' fcgi/counters.c fcgi/api/metrics.c |
	    grep -oE 'cccp_[a-z_]+' | sort -u
}

echo 1..14
for program in of_doctor of_handler; do
	$program
	report 'it is clean mdoc' < <(
		mandoc -T lint -W warning "$manual" 2>&1)
	report 'every option is in it' < <(options | missing Fl)
	report 'and no other' < <(dead_options)
	report 'every variable is in it' < <(variables | missing Ev)
done
report 'every parameter is in it' < <(parameters | missing Cm)
report 'every field of a list is in it' < <(columns | missing Li)
report 'every field of states, calls and samples is in it' < <(
	for what in states calls samples; do
		selected sql_$what fcgi/api/detail.c
	done | missing Li)
report 'every field of a source is in it' < <(
	selected sql_sources fcgi/api/sources.c | missing Li)
report 'every problem is in it' < <(problems | missing Li)
report 'every metric is in it' < <(metrics | missing Li)
