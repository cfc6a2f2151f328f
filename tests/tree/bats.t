#!/usr/bin/env perl
# Tests in bats can fail.  The shell does not end a test at a command that fails
# after `!`, nor at one before the last `&&` of a list: in the middle of a test
# both say nothing.  `run ! command`, and a line for each.
use strict;
use warnings;

# The lines of a file that check nothing, each as "number: line".
sub idle {
	my @lines = @_;
	my ($here, @bad);

	for my $i (0 .. $#lines) {
		local $_ = $lines[$i];

		if (defined $here) {
			undef $here if /^\t*\Q$here\E$/;
			next;
		}
		$here = $1 if /<<-?\s*['"]?(\w+)/;
		my $end = $i;
		$end++ while ($lines[$end] // '') =~ /(&&|\|\||\\)$/;
		my $last = ($lines[$end + 1] // '') =~ /^\t*\}/;
		# Strings and tests are one word, so that what is in them is no list.
		s/'[^']*'|"(?:\\.|[^"\\])*"/x/g;
		s/\[\[ .*? \]\]|\(\(.*?\)\)(?!\))|(?<!\S)\[ .*? \]/test/g;
		push @bad, $i + 1 . ": $lines[$i]" if /^\t+! / ||
		    /^\t+(test|is|grep|jq|cmp|diff)\b[^|;]*&&/ && !$last &&
		    !/&& *(break|continue|return|skip)\b/ && !/\|\|/;
	}
	return @bad;
}

sub lines {
	open(my $file, '<', $_[0]) or die "$_[0]: $!";
	chomp(my @lines = <$file>);
	return @lines;
}

my $n = 0;

sub ok {
	my ($name, @bad) = @_;

	printf "%sok %d - %s\n", @bad ? 'not ' : '', ++$n, $name;
	print "# $_\n" for @bad;
}

my @files = glob 'tests/*/*.bats tests/*/*/*.bats';
my @bad = ("\tis a b &&", "\t! grep down log", "\t\t! a || ! b", "\t[[ a ]] && [ b ]",
    "\t((1)) && is a b", "\tis \"\$(a && b)\" c && grep d e");
my @good = ("\trun ! grep down log", "\t[[ a && b ]]", "\t[ a ] || ! b",
    "\tis \"\$(a && b)\" c", "\t[[ a ]] && break", "\tif ! a; then",
    "\tcat <<-END", "\t! this is text", "\tEND");

print "1..5\n";
ok('what checks nothing is found', map { "not found: $_" }
    grep { !idle($_) } @bad);
ok('what checks something is not', idle(@good));
ok('there are tests', @files > 30 ? () : scalar(@files) . ' files');
ok('each can be run', grep { !-x } glob 'tests/*/*.t tests/*/*.t.mjs ' .
    'tests/*/*.bats tests/*/*/*.t tests/*/*/*.t.mjs tests/*/*/*.bats');
ok('each line of them checks something',
    map { my $file = $_; map { "$file:$_" } idle(lines($file)) } @files);
