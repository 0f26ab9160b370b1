/* Lists of domains as people have them, in pieces of any size. */
#include "tests/unit/unit.h"

#include "diag/read/domain_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "NAME" or "!FAULT", a line each; the pieces are `step` bytes in memory of their own. */
static char *read_all(const char *bytes, size_t size, size_t step)
{
    struct domain_list *list = calloc(1, sizeof *list);
    struct domain_line line;
    char *out = calloc(1, size * 64 + 64), *end = out;

    for (size_t at = 0;; at += step) {
        size_t piece = at >= size ? 0 : size - at < step ? size - at : step;
        char *copy = malloc(piece + 1);

        if (piece)
            memcpy(copy, bytes + at, piece);
        domain_list_add(list, copy, piece);
        while (domain_list_next(list, &line)) {
            assert_true(line.size > 0 && line.size <= DOMAIN_LINE_MOST);
            assert_true(!line.name != !line.fault);
            end += sprintf(end, "%s%s\n", line.name ? "" : "!", line.name ? line.name : line.fault);
        }
        free(copy);
        if (piece == 0)
            break;
    }
    free(list);
    return out;
}

static void expect_of(const char *bytes, size_t size, const char *wanted)
{
    static const size_t steps[] = {1, 2, 3, 7, 100000};

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        char *out = read_all(bytes, size, steps[i]);

        assert_string_equal(out, wanted);
        free(out);
    }
}

static void expect(const char *text, const char *wanted)
{
    expect_of(text, strlen(text), wanted);
}

/* Line ends, blank lines, comments, the byte order mark: none of it is a domain. */
static void only_lines_that_say_something_count(void **state)
{
    (void)state;
    expect("", "");
    expect("\n\r\n \t \n", "");
    expect("a.example\nb.example", "a.example\nb.example\n");
    expect("a.example\r\n\r\nb.example\r\n", "a.example\nb.example\n");
    expect("\xEF\xBB\xBF"
           "a.example\n",
           "a.example\n");
    expect("\xEF\xBB\xBF", "");
    expect("\xEF\xBB\xBF# domains\na.example\n", "a.example\n");
    expect("  # a\n#b\na.example # the first\n\tb.example\t\n", "a.example\nb.example\n");
}

/* What stands around a domain where people copy it from. */
static void the_domain_is_found_in_pages_and_mailboxes(void **state)
{
    static const char *const forms[] = {
        "A.Example",
        "http://A.Example",
        "https://user:p@ss@A.Example:8443/path?query#fragment",
        "https://A.Example?x=http://b.example",
        "//A.Example/path",
        "A.Example/path",
        "A.Example:25",
        "A.Example:",
        "post@A.Example",
        "\"a@b\"@A.Example",
        "<post@A.Example>",
        "The post <post@A.Example>",
        "mailto:post@A.Example?subject=x",
        "@A.Example",
    };

    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        expect(forms[i], "A.Example\n");
    expect("a.example.", "a.example.\n");
    expect("b\xC3\xBC"
           "cher.example\n",
           "b\xC3\xBC"
           "cher.example\n");
    expect("not a domain\n", "not a domain\n");
    expect("https://\n@\n", "\n\n");
}

static void what_cannot_be_a_domain_has_its_reason(void **state)
{
    static const char zero[] = "a.exa\0mple\nb.example\n";

    (void)state;
    expect("192.0.2.1\n2001:db8::1\n[2001:db8::1]:25\nhttp://192.0.2.1:80/\npost@[192.0.2.1]\n",
           "!an address, not a domain\n!an address, not a domain\n!an address, not a domain\n"
           "!an address, not a domain\n!an address, not a domain\n");
    expect_of(zero, sizeof zero - 1, "!the line holds a NUL byte\nb.example\n");
    expect("a\xFF.example\nb.example\n", "!the line is not UTF-8\nb.example\n");
}

/* A line without end takes no memory, is told once, and the next one is read as ever. */
static void a_long_line_is_one_line(void **state)
{
    enum { SIZE = 3 * DOMAIN_LINE_MOST };
    static char text[SIZE + 20];

    (void)state;
    memset(text, 'a', SIZE);
    memcpy(text + SIZE, "\nb.example\n", 12);
    expect(text, "!the line is longer than 4096 bytes\nb.example\n");
    expect_of(text, SIZE, "!the line is longer than 4096 bytes\n");
    memset(text, ' ', SIZE);
    expect(text, "b.example\n");
    text[0] = '#';
    expect(text, "b.example\n");
    memset(text, 'a', SIZE);
    expect(text + SIZE - DOMAIN_LINE_MOST + 1, text + SIZE - DOMAIN_LINE_MOST + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_lines_that_say_something_count),
        cmocka_unit_test(the_domain_is_found_in_pages_and_mailboxes),
        cmocka_unit_test(what_cannot_be_a_domain_has_its_reason),
        cmocka_unit_test(a_long_line_is_one_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
