/*
 * Any value quoted for any shell reads back as itself, and any template filled
 * with it is printable and open wherever the value is not to be trusted. The
 * first two bytes choose the shell and how the value is described; a NUL ends
 * the template, the rest is the value.
 */
#include "diag/read/dns_name.h"
#include "diag/text.h"
#include "tests/quoting/unquote.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_quoting(enum shell shell, const struct value *value)
{
    struct buffer quoted, read;
    uint8_t wire[DNS_NAME_WIRE_MOST];
    const char *expected = value->bytes;
    size_t size = value->size;

    buffer_init(&quoted, SIZE_MAX / 2);
    buffer_init(&read, SIZE_MAX / 2);
    if (remedy_quote(shell, value->type, expected, size, &quoted) == STATUS_OK) {
        check(text_is_printable(quoted.text, quoted.size));
        check(unquote(shell, value->type, quoted.text, quoted.size, &read));
        if (shell == SHELL_DNS && value->type == VALUE_NAME) {
            check(dns_name_to_wire(expected, wire, &size) == STATUS_OK);
            expected = (const char *)wire;
        }
        check(read.size == size && memcmp(read.text, expected, size) == 0);
    } else {
        check(quoted.size == 0);
    }
    buffer_release(&read);
    buffer_release(&quoted);
}

static void check_step(const struct step *step, const struct value *value)
{
    bool used = false;

    for (size_t i = 0; i < step->placeholder_count; i++) {
        used = used || strcmp(step->placeholders[i], value->name) == 0;
        for (size_t j = 0; j < i; j++)
            check(strcmp(step->placeholders[i], step->placeholders[j]) != 0);
    }
    check(step->kind == STEP_EXACT || step->kind == STEP_FILL_IN);
    check((step->kind == STEP_FILL_IN) == (step->placeholder_count > 0));
    if (used)
        check(step->kind == STEP_FILL_IN);
    check(step->risk == NULL && step->note != NULL);
}

static void check_filling(enum shell shell, const char *template, const struct value *value)
{
    const struct step_template templates[] = {
        {.shell = shell,
         .kind = STEP_EXACT,
         .where = template,
         .command = template,
         .note = template},
        {.shell = shell, .kind = STEP_EXACT, .command = "x {value}", .note = "", .each = "value"},
        {.command = NULL},
    };
    struct arena arena = {0};
    struct steps steps = remedy_steps(templates, value, 1, &arena);
    const char *text = remedy_text(template, value, 1, &arena);

    check(steps.count == 2);
    for (size_t i = 0; i < steps.count; i++)
        check_step(&steps.list[i], value);
    check(value->vouched || steps.list[1].kind == STEP_FILL_IN);
    check(strcmp(text, steps.list[0].where) == 0 && strcmp(text, steps.list[0].note) == 0);
    if (text_is_printable(template, strlen(template)))
        check(text_is_printable(text, strlen(text)));
    if (text_is_printable(template, strlen(template)))
        check(text_is_printable(steps.list[0].command, strlen(steps.list[0].command)));
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct value value = {.name = "value"};
    enum shell shell;
    char *template, *bytes;
    size_t template_size;

    if (size < 2)
        return 0;
    shell = (enum shell)(data[0] % SHELL_COUNT);
    value.type = (enum value_type)(data[1] % 3);
    value.vouched = data[1] & 0x80;
    data += 2;
    size -= 2;
    template = malloc(size + 1);
    if (!template)
        return 0;
    memcpy(template, data, size);
    template[size] = '\0';
    template_size = strlen(template);
    value.size = size - template_size - (template_size < size);
    bytes = malloc(value.size + 1);
    if (bytes) {
        memcpy(bytes, data + size - value.size, value.size);
        bytes[value.size] = '\0';
        value.bytes = bytes;
        check_quoting(shell, &value);
        check_filling(shell, template, &value);
    }
    free(bytes);
    free(template);
    return 0;
}
