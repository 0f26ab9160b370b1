/*
 * Prints commands filled with hostile values, for the grammars of real shells to
 * judge:  quote_samples powershell|ems|sh|dns|dns-name|sh-of-both|powershell-of-both
 *
 * The last two are lines that are said to be the same in sh and in PowerShell.
 *
 * A line holds, between tabs: what the value tries, the kind of step, `x` and the
 * argument expected in hexadecimal (the value, or the placeholder of a value that
 * was refused), and the command, in which the argument stands twice in a command line.
 */
#include "diag/remedy.h"
#include "tests/quoting/hostile.h"

#include <stdio.h>
#include <string.h>

struct sampling {
    const char *word;
    enum shell shell;
    enum value_type type;
    const char *command;
    const struct hostile *values;
    size_t count;
    bool also_powershell;
};

#define POWERSHELL_COMMAND "Get-ReceiveConnector {value} | Set-ReceiveConnector -Banner {value}"

static const struct sampling samplings[] = {
    {"powershell", SHELL_POWERSHELL, VALUE_TEXT, POWERSHELL_COMMAND, hostile_values,
     HOSTILE_COUNT(hostile_values), false},
    {"ems", SHELL_EMS, VALUE_TEXT, POWERSHELL_COMMAND, hostile_values,
     HOSTILE_COUNT(hostile_values), false},
    {"sh", SHELL_SH, VALUE_TEXT, "arguments {value} {value}", hostile_values,
     HOSTILE_COUNT(hostile_values), false},
    {"dns", SHELL_DNS, VALUE_TXT, "IN TXT {value}", hostile_values, HOSTILE_COUNT(hostile_values),
     false},
    {"dns-name", SHELL_DNS, VALUE_NAME, "IN CNAME {value}", hostile_names,
     HOSTILE_COUNT(hostile_names), false},
    {"sh-of-both", SHELL_SH, VALUE_TEXT, "arguments {value} {value}", hostile_values,
     HOSTILE_COUNT(hostile_values), true},
    {"powershell-of-both", SHELL_SH, VALUE_TEXT, POWERSHELL_COMMAND, hostile_values,
     HOSTILE_COUNT(hostile_values), true},
};

static const char placeholder[] = "<value>";

/* By one shell; of a line for two, by the other as well, and to the same text. */
static bool can_be_printed(const struct sampling *sampling, const char *bytes, size_t size)
{
    struct buffer quoted, other;
    bool can;

    buffer_init(&quoted, 8 * REMEDY_VALUE_MOST);
    buffer_init(&other, 8 * REMEDY_VALUE_MOST);
    can = remedy_quote(sampling->shell, sampling->type, bytes, size, &quoted) == STATUS_OK;
    if (can && sampling->also_powershell)
        can = quoted.text[0] != '\'' ||
              (remedy_quote(SHELL_POWERSHELL, sampling->type, bytes, size, &other) == STATUS_OK &&
               strcmp(quoted.text, other.text) == 0);
    buffer_release(&quoted);
    buffer_release(&other);
    return can;
}

static void print_sample(const struct sampling *sampling, const char *label, const char *bytes,
                         size_t size)
{
    const struct step_template templates[] = {
        {.shell = sampling->shell,
         .kind = STEP_EXACT,
         .command = sampling->command,
         .also_powershell = sampling->also_powershell},
        {.command = NULL},
    };
    const struct value value = {"value", bytes, size, sampling->type, true};
    struct arena arena = {0};
    struct steps steps = remedy_steps(templates, &value, 1, &arena);

    if (!can_be_printed(sampling, bytes, size)) {
        bytes = placeholder;
        size = strlen(placeholder);
    }
    printf("%s\t%s\tx", label, step_kind_word(steps.list[0].kind));
    for (size_t i = 0; i < size; i++)
        printf("%02x", (unsigned)(unsigned char)bytes[i]);
    printf("\t%s\n", steps.list[0].command);
    arena_release(&arena);
}

/* A value of 64 KiB made of one character. */
static void print_large_sample(const struct sampling *sampling, const char *character)
{
    struct buffer value;

    buffer_init(&value, REMEDY_VALUE_MOST);
    while (value.size + strlen(character) <= REMEDY_VALUE_MOST)
        buffer_add_string(&value, character);
    print_sample(sampling, "64 KiB", value.text, value.size);
    buffer_release(&value);
}

int main(int argument_count, char **arguments)
{
    for (size_t i = 0; i < HOSTILE_COUNT(samplings) && argument_count == 2; i++) {
        const struct sampling *sampling = &samplings[i];

        if (strcmp(sampling->word, arguments[1]) != 0)
            continue;
        for (size_t j = 0; j < sampling->count; j++)
            print_sample(sampling, sampling->values[j].label, sampling->values[j].bytes,
                         sampling->values[j].size);
        print_large_sample(sampling, "a");
        print_large_sample(sampling, "'");
        print_large_sample(sampling, "\xE2\x80\x99");
        return 0;
    }
    fprintf(stderr, "usage: quote_samples powershell|ems|sh|dns|dns-name|sh-of-both|"
                    "powershell-of-both\n");
    return 2;
}
