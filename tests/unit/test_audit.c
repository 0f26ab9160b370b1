/* What an audit remembers of an earlier output. */
#include "diag/command/audit_done.h"
#include "diag/platform.h"
#include "diag/text.h"
#include "tests/unit/system.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct audit_done *done;

static int tear_down(void **state)
{
    (void)state;
    audit_done_free(done);
    done = NULL;
    return 0;
}

static enum status read_text(const char *text, struct audit_end *end)
{
    char folder[SYSTEM_PATH_SIZE], path[SYSTEM_PATH_SIZE + 8];
    enum status status;
    FILE *file;

    system_folder_new(folder);
    snprintf(path, sizeof path, "%s/lines", folder);
    assert_int_equal(platform_file_create(path, &file), STATUS_OK);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    fclose(file);
    audit_done_free(done);
    done = audit_done_new();
    status = audit_done_read(done, path, end);
    system_remove(path);
    system_remove(folder);
    return status;
}

static bool take(const char *domain)
{
    return audit_done_take(done, text_hash(domain));
}

/* As often as it was added, and no more; others are not touched. */
static void domains_are_counted(void **state)
{
    enum { MANY = 100000 };

    (void)state;
    done = audit_done_new();
    for (uint64_t i = 0; i < MANY; i++) {
        for (uint64_t j = 0; j <= i % 3; j++)
            audit_done_add(done, i * 0x9E3779B97F4A7C15u);
    }
    for (uint64_t i = 0; i < MANY; i++) {
        for (uint64_t j = 0; j <= i % 3; j++)
            assert_true(audit_done_take(done, i * 0x9E3779B97F4A7C15u));
        assert_false(audit_done_take(done, i * 0x9E3779B97F4A7C15u));
    }
    assert_false(audit_done_take(done, 12345));
}

static void lines_of_an_audit_are_read(void **state)
{
    struct audit_end end;

    (void)state;
    assert_int_equal(
        read_text("{\"domain\": \"a.example\", \"findings\": []}\n"
                  "{\"domain\": \"a.example\", \"findings\": []}\n\n"
                  "{\"findings\":[],\"domain\":\"b.example\"}\r\n"
                  "{\"domain\": \"a \\\"b\\\"\", \"findings\": [], \"error\": \"x\"}\n",
                  &end),
        STATUS_OK);
    assert_int_equal(end.lines, 4);
    assert_int_equal(end.damaged, 0);
    assert_false(end.is_torn || end.lacks_line_end);
    assert_true(take("a.example") && take("a.example") && !take("a.example"));
    assert_true(take("b.example") && take("a \"b\""));
    assert_int_equal(read_text("", &end), STATUS_OK);
    assert_int_equal(end.whole, 0);
}

/* Whatever byte it was cut at: no domain is lost, and none is done twice. */
static void a_torn_line_is_dropped(void **state)
{
    static const char whole[] = "{\"domain\": \"a.example\", \"findings\": []}\n";
    static const char last[] = "{\"domain\": \"b.example\", \"findings\": []}\n";
    struct audit_end end;

    (void)state;
    for (size_t cut = 0; cut < sizeof last; cut++) {
        char text[200];
        bool is_whole = cut + 2 >= sizeof last;

        snprintf(text, sizeof text, "%s%.*s", whole, (int)cut, last);
        assert_int_equal(read_text(text, &end), STATUS_OK);
        assert_true(take("a.example"));
        assert_int_equal(take("b.example"), is_whole);
        assert_int_equal(end.is_torn, cut > 0 && !is_whole);
        assert_int_equal(end.lacks_line_end, cut + 2 == sizeof last);
        assert_int_equal(end.whole, sizeof whole - 1 + (is_whole ? cut : 0));
    }
}

static void what_is_no_audit_is_refused(void **state)
{
    struct audit_end end;

    (void)state;
    assert_int_equal(read_text("a.example\nb.example\n", &end), STATUS_MALFORMED);
    assert_int_equal(read_text("{\"domain\": \"a.example\"}\n{\"domain\": \"b.exam{\"domain\": "
                               "\"c.example\"}\n{\"domain\": \"d.example\"}\n[1]\n",
                               &end),
                     STATUS_OK);
    assert_int_equal(end.damaged, 2);
    assert_true(take("a.example") && take("d.example"));
    assert_int_equal(audit_done_read(done, "/nowhere/to/be/found", &end), STATUS_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(domains_are_counted, tear_down),
        cmocka_unit_test_teardown(lines_of_an_audit_are_read, tear_down),
        cmocka_unit_test_teardown(a_torn_line_is_dropped, tear_down),
        cmocka_unit_test_teardown(what_is_no_audit_is_refused, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
