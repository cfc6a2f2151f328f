#!/usr/bin/perl
# The rooms of the C and their one direction: a file includes headers, and uses
# functions and data, of its own room and of the floors below only; no files call
# one another in a circle, and no headers include one another in one.  Who uses
# what is read from the object files.
use strict;
use warnings;
use File::Basename;
use List::Util qw(uniq);
use Test::More;

chdir dirname($0) . '/../..' or die;
my $build = $ENV{BUILD} // 'build/release';

# From the top; rooms of one floor do not know one another.  A file that stands
# in no room of its side is a room itself.
my %floors = (
	poller => [
		['poller/main'], ['poller/loop'], ['poller/store'],
		['poller/source'], ['poller/json', 'poller/session'],
		['poller/model'], ['poller/wire'], ['sql/lib'],
	],
	fcgi => [
		['fcgi/main', 'fcgi/doctor'], ['fcgi/serve'], ['fcgi/route'],
		['fcgi/api', 'fcgi/reader'],
		['fcgi/list', 'fcgi/event', 'fcgi/page'],
		['fcgi/fresh', 'fcgi/call'], ['fcgi/context'], ['fcgi/access'],
		['fcgi/http', 'fcgi/counters', 'fcgi/gate'], ['sql/lib'],
	],
);

# A .c and its .h.
sub unit { $_[0] =~ s/\.[ch]$//r }

sub room {
	my ($file) = @_;
	return 'sql/lib' if $file =~ m{^sql/lib/};
	return $1 if $file =~ m{^(\w+/\w+)/};
	return unit($file);
}

# The arrows of a graph, file -> file -> [reason, ...], that lead to a floor that
# is not below; each in words.
sub upward {
	my ($side, $graph) = @_;
	my (%floor, @found);
	my $n = @{$floors{$side}};
	for my $i (0 .. $n - 1) {
		$floor{$_} = $n - $i for @{$floors{$side}[$i]};
	}
	for my $from (sort grep { m{^(\Q$side\E|sql)/} } keys %$graph) {
		for my $to (sort keys %{$graph->{$from}}) {
			my ($a, $b) = map { $floor{room($_)} // 0 } $from, $to;
			push @found, words($graph, $from, $to)
			    if room($from) ne room($to) && ($b == 0 || $a <= $b);
		}
	}
	return @found;
}

sub words {
	my ($graph, $from, $to) = @_;
	return "$from -> $to: " . join(', ', uniq @{$graph->{$from}{$to}});
}

# The arrows of all circles (Tarjan's strongly connected components); in words.
sub circles {
	my ($graph) = @_;
	my ($clock, %index, %low, %open, @stack, @found) = (0);
	my $visit;
	$visit = sub {
		my ($v) = @_;
		$index{$v} = $low{$v} = ++$clock;
		push @stack, $v;
		$open{$v} = 1;
		for my $w (sort keys %{$graph->{$v} // {}}) {
			$visit->($w) if !$index{$w};
			$low{$v} = $low{$w} if $open{$w} && $low{$w} < $low{$v};
		}
		return if $low{$v} != $index{$v};
		my @circle;
		do {
			push @circle, pop @stack;
			delete $open{$circle[-1]};
		} while $circle[-1] ne $v;
		for my $a (@circle > 1 ? @circle : ()) {
			push @found, map { words($graph, $a, $_) }
			    grep { $graph->{$a}{$_} } @circle;
		}
	};
	$index{$_} or $visit->($_) for sort keys %$graph;
	return @found;
}

# What the tree has: file -> file -> [reason, ...].
sub tree {
	my @files = @_;
	my (%graph, %defined, %needed);
	my $arrow = sub {
		my ($from, $to, $why) = @_;
		push @{$graph{$from}{$to}}, $why if $from ne $to;
	};
	for my $file (@files) {
		open my $in, '<', $file or die "$file: $!";
		while (<$in>) {
			# What the build makes is in no room.
			$arrow->($file, $1, "includes $1")
			    if /^#include "(.+)"/ && -e $1;
		}
	}
	my @objects = map { "$build/" . unit($_) . '.o' } grep { /\.c$/ } @files;
	open my $nm, '-|', 'nm', '-A', '-P', '-g', @objects or die "nm: $!";
	while (<$nm>) {
		my ($file, $symbol, $type) =
		    m{^\Q$build\E/(.*)\.o: (\S+) (\w)} or next;
		if ($type =~ /[Uvw]/) {
			push @{$needed{$symbol}}, "$file.c";
		} else {
			push @{$defined{$symbol}}, "$file.c";
		}
	}
	close $nm or die "nm failed: run make first";
	for my $symbol (sort keys %needed) {
		my @from = @{$defined{$symbol} // []};
		next if @from != 1;
		$arrow->($_, $from[0], "uses $symbol") for @{$needed{$symbol}};
	}
	return \%graph;
}

sub none {
	my ($name, @found) = @_;
	ok(!@found, $name) or diag(join "\n", @found);
}

my $wrong = {
	'poller/wire/a.c' => { 'poller/model/b.h' => ['includes'],
		'fcgi/http/c.h' => ['includes'] },
	'poller/json/d.c' => { 'poller/session/e.c' => ['uses'] },
	'poller/model/b.c' => { 'poller/model/f.c' => ['uses'] },
	'poller/model/f.c' => { 'poller/model/b.c' => ['uses'] },
};
is(scalar(upward('poller', $wrong)), 3, 'arrows that lead up are found');
is(scalar(circles($wrong)), 2, 'circles are found');

my @files = map { chomp; $_ } `find poller fcgi sql/lib -name '*.[ch]'`;
my $graph = tree(@files);
cmp_ok(scalar(map { values %$_ } values %$graph), '>', 500,
    'the object files were read');
for my $side (sort keys %floors) {
	my %known = map { $_ => 1 } map { @$_ } @{$floors{$side}};
	none("$side: each room has its floor", grep { !$known{$_} }
	    uniq map { room($_) } grep { m{^$side/} } @files);
	none("$side: each room knows only the floors below",
	    upward($side, $graph));
}
none('no files use one another in a circle', circles($graph));
done_testing;
