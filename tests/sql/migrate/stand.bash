# What the tests of sql/migrate share: a cluster, and a database for each test.

bats_require_minimum_version 1.5.0

setup_file() {
	. "$BATS_TEST_DIRNAME/../../pg.sh"
	PG_SCHEMA=no pg_start
	export PG_ROOT PG_DIR PG_BIN
	FILES=$(cd "$PG_ROOT/sql" && printf '%s\n' {tables,code}/*.sql | wc -l)
	SCHEMA=$("$PG_ROOT/sql/migrate" --version)
	export FILES SCHEMA
}

teardown_file() {
	. "$BATS_TEST_DIRNAME/../../pg.sh"
	pg_find && pg_stop
}

# Each test has a database of its own, named by its number.
setup() {
	export PGDATABASE=d$BATS_TEST_NUMBER
	psql -Xq -d postgres -c "CREATE DATABASE $PGDATABASE"
}

teardown() {
	# Not all jobs: bats has one, which counts down the time of the test.
	[[ ! ${HOLDER-} ]] || kill "$HOLDER" 2>/dev/null || :
	PGDATABASE=d$BATS_TEST_NUMBER
	psql -Xq -d postgres -c "DROP DATABASE $PGDATABASE WITH (FORCE)"
}

sql() {
	psql -XAtq -v ON_ERROR_STOP=1 "$@"
}

migrate() {
	"${SQL:-$PG_ROOT/sql}/migrate" "$@"
}

# A copy of the folder to spoil, with a name that asks for trouble.
spoil() {
	SQL="$BATS_TEST_TMPDIR/it's \$HOME"
	mkdir "$SQL"
	cp -r "$PG_ROOT"/sql/{migrate,tables,code} "$SQL"
}

# Everything that the schemas hold, to compare with later.
everything() {
	pg_dump --schema 'cccp*' | sed '/^\\\(un\)*restrict /d'
}
