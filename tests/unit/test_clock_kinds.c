/* What every repair of the clock probe must be, whatever finding it is of. */
#include "tests/unit/unit.h"

#include "probes/clock/kinds.h"

#include <string.h>

static const struct finding_kind *const kinds[] = {
    &clock_skew, &clock_sources_disagree, &time_hierarchy, &time_pdc_source, &time_vm_sync,
};

enum { KIND_COUNT = sizeof kinds / sizeof *kinds };

/* The text between `before` and the next quotation mark; NULL if there is none. */
static const char *quoted_behind(const char *command, const char *before, size_t *size)
{
    const char *at = strstr(command, before);

    if (!at)
        return NULL;
    at += strlen(before);
    *size = strcspn(at, "\"");
    assert_true(*size > 0 && at[*size] == '"');
    return at;
}

/* The file that the steps of a finding keep for the way back, or NULL. */
static const char *kept_by(const struct finding_kind *kind, size_t *size)
{
    const char *kept = NULL;

    for (const struct step_template *step = kind->fix; step && step->command; step++) {
        const char *file = quoted_behind(step->command, "if not exist \"", size);

        if (strstr(step->command, "reg export"))
            assert_non_null(file);
        kept = file ? file : kept;
    }
    return kept;
}

/*
 * What was kept before the first change is never written over: not by the second time the steps
 * are followed, and not by another finding of the same machine.
 */
static void the_way_back_is_kept(void **state)
{
    (void)state;
    for (size_t i = 0; i < KIND_COUNT; i++) {
        for (const struct step_template *step = kinds[i]->fix; step && step->command; step++) {
            size_t size = 0, again = 0;
            const char *file = quoted_behind(step->command, "if not exist \"", &size), *written;

            if (!strstr(step->command, "reg export"))
                continue;
            assert_non_null(file);
            assert_memory_equal(file, "%SystemRoot%\\", strlen("%SystemRoot%\\"));
            assert_null(strstr(step->command, "/y"));
            written = quoted_behind(step->command, "Services\\W32Time \"", &again);
            assert_non_null(written);
            assert_int_equal(again, size);
            assert_memory_equal(written, file, size);
            assert_non_null(strstr(step->note, "there already"));
        }
    }
}

/* The way back takes the file of its own finding, and there is one to take. */
static void the_way_back_takes_what_was_kept(void **state)
{
    size_t imports = 0;

    (void)state;
    for (size_t i = 0; i < KIND_COUNT; i++) {
        size_t size = 0, kept_size = 0;
        const char *kept = kept_by(kinds[i], &kept_size);

        for (const struct step_template *step = kinds[i]->undo; step && step->command; step++) {
            const char *file = quoted_behind(step->command, "reg import \"", &size);

            if (!strstr(step->command, "reg import"))
                continue;
            imports++;
            assert_non_null(file);
            assert_non_null(kept);
            assert_int_equal(size, kept_size);
            assert_memory_equal(file, kept, size);
        }
    }
    assert_int_equal(imports, 3);
}

/* A machine may have a wrong clock and a wrong source of time: two repairs, two files. */
static void two_findings_keep_two_files(void **state)
{
    size_t skew_size = 0, source_size = 0;
    const char *of_skew = kept_by(&clock_skew, &skew_size);
    const char *of_source = kept_by(&time_hierarchy, &source_size);

    (void)state;
    assert_non_null(of_skew);
    assert_non_null(of_source);
    assert_false(skew_size == source_size && memcmp(of_skew, of_source, skew_size) == 0);
}

static bool has_step(const struct step_template *steps, const char *command)
{
    for (; steps && steps->command; steps++) {
        if (strcmp(steps->command, command) == 0)
            return true;
    }
    return false;
}

static void check_queries(const struct step_template *steps)
{
    for (; steps && steps->command; steps++) {
        if (!strstr(steps->command, "w32tm /query"))
            continue;
        assert_non_null(steps->note);
        assert_non_null(strstr(steps->note, "Windows Server 2008"));
        assert_non_null(strstr(steps->note, "w32tm /monitor"));
    }
}

/* Windows Server 2003, on which Exchange 2003 runs, has no w32tm /query. */
static void queries_say_which_windows_has_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < KIND_COUNT; i++) {
        check_queries(kinds[i]->fix);
        check_queries(kinds[i]->verify);
        check_queries(kinds[i]->make_known);
    }
}

/* w32tm /config reaches a service that runs, and lasts where nobody else sets the clock. */
static void what_is_seen_leads_somewhere(void **state)
{
    const struct step_template *look = clock_skew.fix;

    (void)state;
    while (look->command && strcmp(look->command, "w32tm /query /source") != 0)
        look++;
    assert_non_null(look->command);
    assert_non_null(strstr(look->note, "VM IC Time Synchronization Provider"));
    assert_non_null(strstr(look->note, "exdiag explain time-vm-sync"));
    assert_non_null(strstr(look->note, "0x80070426"));
    assert_true(has_step(clock_skew.fix, "net start w32time"));
    while (look->command && strcmp(look->command, "net start w32time") != 0) {
        assert_null(strstr(look->command, "/config "));
        look++;
    }
    assert_non_null(strstr(look->note, "1058"));
    assert_non_null(strstr(look->note, "sc config w32time start= auto"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_way_back_is_kept),
        cmocka_unit_test(the_way_back_takes_what_was_kept),
        cmocka_unit_test(two_findings_keep_two_files),
        cmocka_unit_test(queries_say_which_windows_has_them),
        cmocka_unit_test(what_is_seen_leads_somewhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
