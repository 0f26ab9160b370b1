/* Words that a tracker would make links of, or obey, are code; others stay words. */
#include "diag/report/markdown_write.h"
#include "tests/golden/golden.h"

static void expect_words(const char *text, const char *wanted)
{
    struct buffer written;
    FILE *file = tmpfile();

    assert_non_null(file);
    buffer_init(&written, GOLDEN_MOST);
    markdown_put_words(file, text);
    rewind(file);
    golden_read(file, &written);
    assert_string_equal(written.text, wanted);
    buffer_release(&written);
    fclose(file);
}

static void hashes_of_commits(void **state)
{
    (void)state;
    expect_words("deadbeef1", "`deadbeef1`");
    expect_words("at deadbeef1, (deadbeef1) or \"deadbeef1\".",
                 "at `deadbeef1`, (`deadbeef1`) or \"`deadbeef1`\".");
    expect_words("main/DEADBEEF1 a:deadbeef1", "`main/DEADBEEF1` `a:deadbeef1`");
    expect_words("deadbee1\xc3\xa9 deadbeef effaced, 123456 deadb1, 1,234,567",
                 "deadbee1\xc3\xa9 deadbeef effaced, 123456 deadb1, 1,234,567");
}

static void issues(void **state)
{
    (void)state;
    expect_words("PROJ-12 (PROJ-12), x-PROJ-12 ABC-DEF-12 P2-1 gh-12 (GH-1)",
                 "`PROJ-12` (`PROJ-12`), `x-PROJ-12` `ABC-DEF-12` `P2-1` `gh-12` (`GH-1`)");
    expect_words("2026-11-24 proj-12 high-5 PROJ-x A-B 10-20 --12",
                 "2026-11-24 proj-12 high-5 PROJ-x A-B 10-20 --12");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_of_commits),
        cmocka_unit_test(issues),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
