#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The conformance check finds what is wrong: over small projects made for it.
#
#   conformance-test.sh PYTHON CONFORMANCE

set -u
python=$1
conformance=$2
. "$(dirname "$0")/checks.sh"

# A small project that is all right: two rules, three tests, the table.
make_project()
{
    rm -rf "$dir/project"
    mkdir -p "$dir/project/doc" "$dir/project/test"
    cat >"$dir/project/doc/behaviour.md" <<'END'
# Rules

## W. Wire
- W1  One | two.
- C12 Three.
END
    cat >"$dir/project/test/a-test.cc" <<'END'
// One and three.
TEST_F(Wire, W1_C12_Both)
{
}

TEST_P(Longer,
       C12_BrokenLine)
{
}

TEST(Other, WithoutARule)
{
}
END
    write >/dev/null
}

write()
{
    "$python" "$conformance" --root="$dir/project" "$@"
}

# expect NAME STATUS TEXT [ARGS]: exits so; where it fails, with one line that has the text
expect()
{
    name=$1
    status=$2
    text=$3
    shift 3
    write "$@" >"$dir/out" 2>"$dir/err"
    got=$?
    lines=$([ "$status" -eq 0 ] && echo 0 || echo 1)
    if [ $got -eq "$status" ] && [ "$(wc -l <"$dir/err")" -eq "$lines" ] &&
        cat "$dir/out" "$dir/err" | grep -qF -e "$text"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $name: exit $got" >&2
        cat "$dir/err" >&2
    fi
}

project=$dir/project
table=$project/doc/conformance.md

make_project
expect "a good project passes" 0 "2 rules, each with a test; 3 tests" --check
row='| W1 | One \| two. | `Wire.W1_C12_Both` ([a-test.cc](../test/a-test.cc)) |'
expect "the table has the rule, its text and its test" 0 "" --check
if ! grep -qxF -e "$row" "$table"; then
    failed=$((failed + 1))
    echo "FAILED: no row $row" >&2
fi

echo '- S3  Four.' >>"$project/doc/behaviour.md"
write >/dev/null 2>&1
expect "a rule without a test" 1 "no test for S3" --check
expect "a rule without a test, when the table is written" 1 "no test for S3"

make_project
echo 'TEST(A, S4_Stray) {}' >>"$project/test/a-test.cc"
write >/dev/null 2>&1
expect "a test of an unknown rule" 1 "a-test.cc: A.S4_Stray: doc/behaviour.md has no rule S4" --check

make_project
echo 'TEST(A, C12_S4_Stray) {}' >>"$project/test/a-test.cc"
write >/dev/null 2>&1
expect "an unknown rule behind a known one" 1 "has no rule S4" --check

for hidden in '// TEST(A, S3_Comment) {}' '/* TEST(A, S3_Comment) {} */' \
    'const char* s = "TEST(A, S3_Text)";' 'TEST(A, DISABLED_S3_Off) {}' \
    'TEST(DISABLED_A, S3_Off) {}' 'TEST(A, Late_S3_Id) {}'; do
    make_project
    echo '- S3  Four.' >>"$project/doc/behaviour.md"
    echo "$hidden" >>"$project/test/a-test.cc"
    write >/dev/null 2>&1
    expect "no proof: $hidden" 1 "no test for S3" --check
done

make_project
echo 'TEST(A, C12_New) {}' >>"$project/test/a-test.cc"
expect "a table that lacks a test" 1 "doc/conformance.md is not up to date" --check
expect "writing mends it" 0 "4 tests"
expect "and the check passes" 0 "4 tests" --check

make_project
sed -i 's/Three/Drei/' "$project/doc/behaviour.md"
expect "a table with a rule's old text" 1 "doc/conformance.md is not up to date" --check

make_project
rm "$table"
expect "no table" 1 "doc/conformance.md cannot be read" --check
if [ -e "$table" ]; then
    failed=$((failed + 1))
    echo "FAILED: --check has written the table" >&2
fi

make_project
rm "$project/doc/behaviour.md"
expect "no checklist" 2 "doc/behaviour.md cannot be read" --check
: >"$project/doc/behaviour.md"
expect "an empty checklist" 2 "doc/behaviour.md has no rules" --check

make_project
echo '- W1  Again.' >>"$project/doc/behaviour.md"
expect "a rule that is there twice" 2 "doc/behaviour.md:6: W1 is there twice" --check

make_project
echo '- w7 small' >>"$project/doc/behaviour.md"
expect "a line that is no rule" 2 "doc/behaviour.md:6: a rule has the form" --check

make_project
rm "$project/test/a-test.cc"
expect "no tests" 2 "test has no tests" --check
rm -r "$project/test"
expect "no folder of tests" 2 "test cannot be read" --check

make_project
rm "$table"
mkdir "$table"
expect "a table that cannot be written" 2 "doc/conformance.md cannot be written"

make_project
expect "an unknown flag" 2 "--chekc" --chekc

conclude
