/* The texts that the help, the manual page and completions are made of. */
#include "tests/unit/unit.h"

#include "diag/command/circumstance.h"
#include "diag/command/command.h"
#include "diag/command/option_table.h"
#include "diag/text.h"

#include <string.h>

static bool is_one_line(const char *text)
{
    if (!text || !*text || strlen(text) > 200)
        return false;
    for (; *text; text++) {
        if (*text < ' ' || *text > '~')
            return false;
    }
    return true;
}

/* Every option has a description, and a value whose kind completions know. */
static void test_options_are_described(void **state)
{
    (void)state;
    for (const struct option *option = option_table; option->name; option++) {
        if (!is_one_line(option->help))
            fail_msg("--%s: no description of one line in ASCII", option->name);
        if (option->value && vocabulary_of_value(option->value) == VOCABULARY_COUNT)
            fail_msg("--%s %s: vocabulary.c does not know what this value is", option->name,
                     option->value);
        if (option_is_heading(option) && (option->value || option->take))
            fail_msg("a heading takes nothing: %s", option->help);
    }
}

/* No command has two options of one name. */
static void test_names_are_unique(void **state)
{
    (void)state;
    for (const struct option *one = option_table; one->name; one++) {
        for (const struct option *other = one + 1; other->name && !option_is_heading(one);
             other++) {
            if (strcmp(one->name, other->name) == 0 && one->commands & other->commands)
                fail_msg("--%s stands twice in the table for one command", one->name);
        }
    }
}

/* Whatever is completed is a word without what a shell takes for more, and says what it means. */
static void test_words_are_described(void **state)
{
    struct arena memory = {0};

    (void)state;
    for (unsigned kind = 0; kind < VOCABULARY_COUNT; kind++) {
        struct vocabulary one = vocabulary_read((enum vocabulary_kind)kind, &memory);

        assert_true(one.words.count > 0 || kind <= VOCABULARY_SOURCE);
        for (size_t i = 0; i < one.words.count; i++) {
            const struct word *word = &one.words.list[i];

            if (strspn(word->text, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(word->text))
                fail_msg("%s: '%s' is no plain word", one.name, word->text);
            if (!is_one_line(word->help))
                fail_msg("%s: '%s' is not described in one line of ASCII", one.name, word->text);
        }
    }
    arena_release(&memory);
}

static const char *nearest(enum vocabulary_kind kind, const char *typed, struct arena *memory)
{
    struct vocabulary one = vocabulary_read(kind, memory);

    return words_nearest(&one.words, typed);
}

static void test_guesses(void **state)
{
    struct arena memory = {0};

    (void)state;
    assert_string_equal(nearest(VOCABULARY_CHECKS, "clokc", &memory), "clock");
    assert_string_equal(nearest(VOCABULARY_CHECKS, "spf-nnoe", &memory), "spf-none");
    assert_string_equal(nearest(VOCABULARY_PORT, "smpt", &memory), "smtp");
    assert_string_equal(nearest(VOCABULARY_SHELL, "pwershell", &memory), "powershell");
    assert_null(nearest(VOCABULARY_PORT, "zzzzzz", &memory));
    assert_null(nearest(VOCABULARY_CHECKS, "", &memory));
    arena_release(&memory);
}

static unsigned count_wordless(const struct finding_kind *kind,
                               const struct step_template *template)
{
    unsigned count = 0;

    for (; template && template->command; template ++) {
        const char *value = template->when ? template->when : template->each;
        const char *text = circumstance_text(kind->id, template);

        if (value && strcmp(text, circumstance_otherwise) == 0) {
            print_error("%s: circumstance.c has no words for a step of \"%s\"\n", kind->id, value);
            count++;
        }
        if (!value)
            assert_null(text);
    }
    return count;
}

/* `exdiag explain` says in words when a step is one to take. */
static void test_steps_say_when(void **state)
{
    unsigned wordless = 0;

    (void)state;
    for (const struct probe *const *probe = probes; *probe; probe++) {
        for (const struct finding_kind *const *kind = (*probe)->kinds; *kind; kind++)
            wordless +=
                count_wordless(*kind, (*kind)->fix) + count_wordless(*kind, (*kind)->verify) +
                count_wordless(*kind, (*kind)->undo) + count_wordless(*kind, (*kind)->make_known);
    }
    assert_int_equal(wordless, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_are_described), cmocka_unit_test(test_names_are_unique),
        cmocka_unit_test(test_words_are_described),   cmocka_unit_test(test_guesses),
        cmocka_unit_test(test_steps_say_when),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
