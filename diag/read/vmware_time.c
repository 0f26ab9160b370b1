#include "diag/read/vmware_time.h"

#include "diag/text.h"

#include <stdint.h>
#include <string.h>

struct part { /* of the text, without the blanks around it */
    const char *text;
    size_t size;
};

static bool is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

static struct part part_of(const char *from, const char *end)
{
    while (from < end && is_blank(*from))
        from++;
    while (end > from && is_blank(end[-1]))
        end--;
    return (struct part){from, (size_t)(end - from)};
}

/* Takes the next line that is not empty; false at the end. */
static bool take_line(struct part *left, struct part *line)
{
    while (left->size > 0) {
        const char *end = memchr(left->text, '\n', left->size);
        size_t used = end ? (size_t)(end - left->text) + 1 : left->size;

        *line = part_of(left->text, end ? end : left->text + left->size);
        left->text += used;
        left->size -= used;
        if (line->size > 0)
            return true;
    }
    return false;
}

static bool is_word(struct part part, const char *word)
{
    return text_equal_fold_sized(part.text, part.size, word, strlen(word));
}

/* ---- the tools ---- */

/* What follows the last "timesync status" of a line; false for a line without. */
static bool get_rest(struct part line, struct part *rest)
{
    static const char command[] = "timesync status";
    size_t size = sizeof command - 1;

    for (size_t at = line.size; at-- > 0;) {
        if (line.size - at >= size && text_starts_fold(line.text + at, line.size - at, command)) {
            *rest = part_of(line.text + at + size, line.text + line.size);
            return true;
        }
    }
    return false;
}

/* What the program prints and what it exits with: EX_UNAVAILABLE of sysexits.h where it is off. */
static enum vmware_time said(struct part word)
{
    static const struct {
        const char *word;
        enum vmware_time says;
    } words[] = {
        {"0", VMWARE_TIME_ENABLED},         {"69", VMWARE_TIME_DISABLED},
        {"Enabled", VMWARE_TIME_ENABLED},   {"Disabled", VMWARE_TIME_DISABLED},
        {"Aktiviert", VMWARE_TIME_ENABLED}, {"Deaktiviert", VMWARE_TIME_DISABLED},
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (is_word(word, words[i].word))
            return words[i].says;
    }
    return VMWARE_TIME_UNKNOWN;
}

/* The answer stands behind the command, or is the line below it. False if nobody asked. */
static bool read_status(struct part left, enum vmware_time *out)
{
    struct part line, rest;
    bool was_asked = false, is_next = false;

    while (take_line(&left, &line)) {
        bool is_command = get_rest(line, &rest);
        enum vmware_time answer = is_command ? said(rest) : VMWARE_TIME_UNKNOWN;

        if (is_next && !is_command)
            answer = said(line);
        if (answer != VMWARE_TIME_UNKNOWN)
            *out = answer;
        is_next = is_command && rest.size == 0;
        was_asked = was_asked || is_command;
    }
    return was_asked;
}

/* ---- a virtual machine's configuration ---- */

/* `name = "value"`, in any case. */
static bool get_setting(struct part line, const char *name, struct part *value)
{
    const char *end = line.text + line.size, *equals = memchr(line.text, '=', line.size);

    if (!equals || !is_word(part_of(line.text, equals), name))
        return false;
    *value = part_of(equals + 1, end);
    if (value->size >= 2 && value->text[0] == '"' && value->text[value->size - 1] == '"')
        *value = part_of(value->text + 1, value->text + value->size - 1);
    return true;
}

/* False if the text is no configuration of a virtual machine. */
static bool read_vmx(struct part left, enum vmware_time *out)
{
    struct part line, value;
    bool has_version = false, has_hardware = false;

    while (take_line(&left, &line)) {
        has_version = has_version || get_setting(line, "config.version", &value);
        has_hardware = has_hardware || get_setting(line, "virtualHW.version", &value);
        if (!get_setting(line, "tools.syncTime", &value))
            continue;
        if (is_word(value, "TRUE") || is_word(value, "1"))
            *out = VMWARE_TIME_ENABLED;
        else if (is_word(value, "FALSE") || is_word(value, "0"))
            *out = VMWARE_TIME_DISABLED;
    }
    return has_version && has_hardware;
}

/* ---- either ---- */

enum vmware_time vmware_time_read(const char *text, size_t size)
{
    enum vmware_time vmx = VMWARE_TIME_UNKNOWN, status = VMWARE_TIME_UNKNOWN;
    struct part whole = {text, size};

    if (read_vmx(whole, &vmx))
        return vmx;
    read_status(whole, &status);
    return status;
}

bool vmware_time_is_text(const char *head, size_t size)
{
    enum vmware_time says = VMWARE_TIME_UNKNOWN;
    struct part whole = {head, size};

    return read_vmx(whole, &says) || (read_status(whole, &says) && says != VMWARE_TIME_UNKNOWN);
}
