#!/usr/bin/env bats
#
# CSV, read back by a spreadsheet in French: LibreOffice without a screen.  In
# the French dialect numbers, dates and booleans are what they were.  In both
# dialects text is text, whatever it looks like and whatever separator the
# spreadsheet takes.

load ../stand

FIELDS=login,name,profile,team,phone,logged,total_inbound,talk_seconds,talk_seconds_mean,login_at,queues,stale

# file NAME QUERY: a list as a CSV file.
file() {
	ask "/api/v1/users?format=csv&$2" >"$FILES/$1"
}

# sheets SEPARATOR NAME ...: reads CSV files as a French spreadsheet does: a
# separator (code; 59 is the semicolon), quotes, UTF-8, French, numbers told by
# what they look like.  All with one start of it, which takes seconds.
sheets() {
	local separator=$1 names=("${@:2}")
	timeout 600 soffice --headless --norestore \
	    "-env:UserInstallation=file://$FILES/profile" \
	    --infilter="Text - txt - csv (StarCalc):$separator,34,76,1,,1036,false,true" \
	    --convert-to fods --outdir "$FILES/$separator" \
	    "${names[@]/#/$FILES/}" \
	    >"$FILES/soffice" 2>&1
}

setup_file() {
	command -v soffice >/dev/null || skip 'LibreOffice is not installed'
	stand_start
	sql >/dev/null <<-'EOF'
		SET ROLE cccp_poller;
		SELECT cccp.staging();
		BEGIN;
		INSERT INTO source_in (name, url, status, alive_at, clock_skew_s,
		    complete, resumed)
		VALUES ('tableur', 'cccp://tableur.example:20103', 'live', now(), 0,
		    true, true);
		INSERT INTO agent_in (login, name, profile, team, phone_uri, logged,
		    mode, total_inbound, managed_inbound, talk_seconds, login_at,
		    queues, present, seen_at)
		VALUES ('t1', '=1+1', '+33 1 99 00 12 34', '-2+3',
		    'tel:+33199001234', true, 'inbound', 1234567, 3, 1234.5,
		    '2026-01-31 09:00:00+01', ARRAY['a;b', '"c"'], true, now()),
		('t2', '@SUM(A1:A9)', 'deux
lignes', 'virgule, point; "guillemets"', 'tel:+33639981234', false,
		    NULL, 0, 0, 0.125, '2026-07-14 23:59:59.75+02', NULL, true, now()),
		('t3', 'Zoé Œuvrard 😀', '  bords  ', '1e5', NULL, NULL, NULL, NULL,
		    NULL, NULL, NULL, NULL, true, now()),
		('t4', '0033199001234', '007', '31/01/2026', 'tel:0199001234', true,
		    'inbound', 1, 1, 1e-7, '2026-01-31 09:00:00+01', NULL, true, now());
		SELECT * FROM cccp.flush();
		COMMIT;
	EOF
	sql -c 'CREATE TABLE text (i int GENERATED ALWAYS AS IDENTITY, doc jsonb)' \
	    -c 'GRANT SELECT ON text TO cccp_poller'
	node "$BATS_TEST_DIRNAME/strings.mjs" | sql -c "\copy text (doc) FROM pstdin
	    (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')"
	sql >/dev/null <<-'EOF'
		SET ROLE cccp_poller;
		SELECT cccp.staging();
		BEGIN;
		INSERT INTO source_in (name, url, status, alive_at, clock_skew_s,
		    complete, resumed)
		VALUES ('grille', 'cccp://grille.example:20103', 'live', now(), 0,
		    true, true);
		INSERT INTO agent_in (login, name, team, present, seen_at)
		SELECT 'k' || i || 'x', doc->>'text', doc->>'text', true, now()
		FROM text;
		SELECT * FROM cccp.flush();
		COMMIT;
	EOF
	handler_start
	web_start
	export FILES=$BATS_FILE_TMPDIR
	file tableur "source=tableur&sort=login&csv=excel-fr&fields=$FIELDS"
	file prod 'source=prod&sort=login&csv=excel-fr'
	file excel-fr 'source=grille&sort=id&csv=excel-fr&fields=login,name,team'
	file strict 'source=grille&sort=id&csv=strict&fields=login,name,team'
	sheets 59 tableur prod excel-fr strict
	sheets 44 excel-fr strict
	sheets 9 excel-fr strict
}

teardown_file() {
	stand_stop
}

# cells SEPARATOR NAME: of a sheet, as JSON: text, numbers and booleans as such,
# dates as "date ...", others as objects.
cells() {
	perl -CSD -MJSON::PP -0777 -e '
		my ($table) = <STDIN> =~ m{(<table:table .*?</table:table>)}s;
		my @rows;
		while ($table =~ m{<table:table-row[^>]*>(.*?)</table:table-row>}gs) {
			my ($row, @cells) = ($1);
			while ($row =~ m{<table:table-cell([^>]*?)(?:/>|>(.*?)</table:table-cell>)}gs) {
				my ($attr, $in) = ($1, $2 // "");
				my ($n) = $attr =~ /number-columns-repeated="(\d+)"/;
				my ($type) = $attr =~ /office:value-type="([a-z]+)"/;
				my ($value) = $attr =~ /office:(?:date-|boolean-)?value="([^"]*)"/;
				my $formula = $attr =~ /table:formula/ ? "formula" : undef;
				my $text = join "\n", $in =~ m{<text:p>(.*?)</text:p>}gs;
				$text =~ s{<text:s(?: text:c="(\d+)")?/>}{" " x ($1 // 1)}ge;
				$text =~ s/<[^>]*>//g;
				s/&lt;/</g, s/&gt;/>/g, s/&quot;/"/g, s/&apos;/\x27/g,
				    s/&amp;/&/g for $text;
				my $cell = $formula // (!defined $type ? undef :
				    $type eq "float" ? $value + 0 :
				    $type eq "boolean" ? ($value eq "true" ? JSON::PP::true :
					JSON::PP::false) :
				    $type eq "date" ? "date $value" :
				    $type eq "string" ? $text : { type => $type });
				push @cells, ($cell) x (($n // 1) > 100 ? 0 : $n // 1);
			}
			push @rows, \@cells if grep { defined } @cells;
		}
		binmode STDOUT, ":raw";
		print JSON::PP->new->utf8->canonical->encode(\@rows);
	' <"$FILES/$1/$2.fods"
}

@test "the same cells come back" {
	cells 59 tableur >"$BATS_TEST_TMPDIR/cells"
	jq . "$BATS_TEST_TMPDIR/cells"
	jq -e --arg fields "$FIELDS" '.[0] == ($fields | split(","))' \
	    "$BATS_TEST_TMPDIR/cells"
	# A formula is text, and a phone number itself.
	jq -e '.[1] == ["t1", "'\''=1+1", "+33 1 99 00 12 34", "'\''-2+3",
	    "+33 1 99 00 12 34", true, 1234567, 1234, 411,
	    "date 2026-01-31T09:00:00", "a;b, \"c\"", false]' \
	    "$BATS_TEST_TMPDIR/cells"
	jq -e '.[2] == ["t2", "'\''@SUM(A1:A9)", "deux\nlignes",
	    "virgule, point; \"guillemets\"", "+33 6 39 98 12 34", false, 0,
	    0, null, "date 2026-07-14T23:59:59", null, false]' \
	    "$BATS_TEST_TMPDIR/cells"
	jq -e '.[3][0:4] == ["t3", "Zoé Œuvrard 😀", "  bords  ", "'\''1e5"] and
	    (.[3][4:11] | all(. == null))' "$BATS_TEST_TMPDIR/cells"
	# Text that looks like a number or a date is neither.
	jq -e '.[4][0:9] == ["t4", "'\''0033199001234", "'\''007",
	    "'\''31/01/2026", "01 99 00 12 34", true, 1, 0, 0]' \
	    "$BATS_TEST_TMPDIR/cells"
}

# text_only SEPARATOR NAME: every cell is text.
text_only() {
	cells "$1" "$2" >"$BATS_TEST_TMPDIR/cells"
	jq -e 'length > 2000 and ([.[] | select(any(.[]; . != null and
	    (type != "string" or . == "formula" or startswith("date "))))] |
	    . == [] or (.[0:9] | debug | false))' "$BATS_TEST_TMPDIR/cells"
}

@test "text is text, whatever it looks like and whatever separator is guessed" {
	local dialect separator own
	(($(sql -c 'SELECT count(*) FROM text') > 2000))
	sql -c 'SELECT json_object_agg(format($$k%sx$$, i), doc) FROM text' \
	    >"$BATS_TEST_TMPDIR/texts"
	for dialect in excel-fr:59 strict:44; do
		own=${dialect#*:} dialect=${dialect%:*}
		for separator in 59 44 9; do
			((separator == own)) || text_only $separator $dialect
		done
		text_only "$own" $dialect
		# The same text but for apostrophes; ordinary names have none.
		jq -e --slurpfile texts "$BATS_TEST_TMPDIR/texts" '
		    def bare: gsub("[\\s\u0001\u0027]"; "");
		    $texts[0] as $texts | (length == ($texts | length) + 1) and
		    ([.[1:][] | . as [$login, $name, $team] | $texts[$login] |
		    select($name != $team or ($name | bare) != (.text | bare) or
			(.plain and $name != .text)) | [.text, $name]] |
		    . == [] or (.[0:9] | debug | false))' "$BATS_TEST_TMPDIR/cells"
	done
}

@test "nothing in it is a formula, all numbers are numbers" {
	ask '/api/v1/users?source=prod&sort=login&per_page=500' |
	    jq '.users' >"$BATS_TEST_TMPDIR/want"
	cells 59 prod >"$BATS_TEST_TMPDIR/cells"
	jq -e 'length == 101 and ([.[][] | select(. == "formula")] == [])' \
	    "$BATS_TEST_TMPDIR/cells"
	jq -e --slurpfile want "$BATS_TEST_TMPDIR/want" '
	    .[0] as $names | [.[1:] | to_entries[] | .key as $i | .value as $row |
		range($names | length) | $names[.] as $name | $row[.] as $is |
		$want[0][$i][$name] as $was |
		select(($was | type | . == "number" or . == "boolean") and
		    ($name | test("_seconds") | not) and $is != $was) |
		[$name, $is, $was]] | . == [] or (.[0:5] | debug | false)' \
	    "$BATS_TEST_TMPDIR/cells"
}
