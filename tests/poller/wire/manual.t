#!/bin/bash
# cccp-protocol(7) is well formed, and says what the code says.

manual=poller/cccp-protocol.7
cd "$(dirname "$0")/../../.." || exit 1
echo 1..6
n=0

# Each line of input is a complaint; none is what we want.
report() {
	local complaints
	complaints=$(cat)
	n=$((n + 1))
	if [ -z "$complaints" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		printf '# %s\n' "${complaints//$'\n'/$'\n# '}"
	fi
}

# Passes lines on, and complains to whoever reports when there are none.
some() {
	grep . || echo "nothing to look for: $1" >&3
}

lint() {
	mandoc -T lint -W warning $manual 2>&1
}

# "cccp-protocol(7), Views" in a comment is the section VIEWS or Views; words
# after the name may belong to the comment's sentence.
references() {
	local section sections
	sections=$(sed -n 's/^\.S[hs] //p' $manual)
	grep -rhoE 'cccp-protocol\(7\), [A-Z][a-z]+( [a-z]+)*' \
	    --include='*.[ch]' --include='*.sql' poller fcgi sql tests |
	    sed 's/.*, //' | sort -u | some references | while read -r section; do
		while ! grep -qix "$section" <<<"$sections"; do
			[[ $section = *' '* ]] || break
			section=${section% *}
		done
		grep -qix "$section" <<<"$sections" || echo "no $section"
	done
}

methods() {
	local id name
	sed -n '/^enum frame_method/,/^}/s/.*FRAME_\([A-Z_]*\) = \([0-9]*\).*/\2 \1/p' \
	    poller/wire/frame.h | some methods | while read -r id name; do
		grep -A 1 -x "\.It $id" $manual | grep -qE \
		    "^\.Cm (server_)?${name,,}( |\$)" || echo "no $id $name"
	done
}

classes() {
	local id
	grep -oE '0x830000[0-9a-f]{2}' poller/wire/object.h | some classes |
	    while read -r id; do
		grep -qE "^\.It $id" $manual || echo "no $id"
	done
}

names() {
	diff <(sed -n '/object_default_names\[/,/^}/{
		s/OBJECT_NAME_PROTOCOL/"com.consistent.protocol"/
		s/.*"\(.*\)".*/\1/p
	}' poller/wire/encode.c | some names) \
	    <(sed -n '/^\.Sh DEFAULT NAMESPACES/,/^\.Ed/s/^ *[0-9]* \([a-z]\)/\1/p' \
		$manual)
}

# The frames shown: hex up to a remark, from one "C>S" or "S>C" to the next.
frames() {
	# shellcheck disable=SC2016
	awk '
	function digit(at) {
		return index("0123456789abcdef", substr(bytes, at, 1)) - 1
	}
	function check(i, size) {
		if (bytes == "")
			return
		size = 0
		for (i = 7; i >= 1; i -= 2)	# little-endian
			size = size * 256 + 16 * digit(i) + digit(i + 1)
		if (size != length(bytes) / 2)
			print length(bytes) / 2 " bytes say " size
		bytes = ""
		frames++
	}
	/^\.Ed/ { check(); open = 0 }
	/^(C>S|S>C) / { check(); open = 1; sub(/^.../, "") }
	open {
		for (f = 1; f <= NF && $f ~ /^([0-9a-f][0-9a-f])+$/; f++)
			bytes = bytes $f
	}
	END { if (frames < 22) print "only " frames " frames are shown" }
	' $manual
}

report 'mandoc finds no fault' < <(lint)
report 'comments refer to sections that are there' < <(references 3>&1)
report 'every method has its number' < <(methods 3>&1)
report 'every class is told' < <(classes 3>&1)
report 'the default names are in their order' < <(names 3>&1)
report 'each frame has the size that it says' < <(frames)
