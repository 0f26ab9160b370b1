#include "diag/read/security_inf.h"

#include "diag/text.h"

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

static bool is_word(struct part part, const char *word)
{
    return text_equal_fold_sized(part.text, part.size, word, strlen(word));
}

/* Takes a line, which may be empty; false at the end. */
static bool take_line(const char **at, const char *end, struct part *line)
{
    const char *line_end;

    if (*at == end)
        return false;
    line_end = memchr(*at, '\n', (size_t)(end - *at));
    if (!line_end)
        line_end = end;
    *line = part_of(*at, line_end);
    *at = line_end < end ? line_end + 1 : end;
    return true;
}

static bool get_section(struct part line, struct part *out)
{
    if (line.size < 2 || line.text[0] != '[' || line.text[line.size - 1] != ']')
        return false;
    *out = part_of(line.text + 1, line.text + line.size - 1);
    return true;
}

static bool is_security_section(struct part section)
{
    static const char *const sections[] = {
        "System Access",    "Kerberos Policy", "Event Audit",   "Registry Values",
        "Privilege Rights", "Registry Keys",   "File Security", "Group Membership",
    };

    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        if (is_word(section, sections[i]))
            return true;
    }
    return false;
}

bool security_inf_is_text(const char *head, size_t size)
{
    bool has_frame = false, has_security = false;
    const char *end = head + size;
    struct part line, section;

    while (take_line(&head, end, &line)) {
        if (!get_section(line, &section))
            continue;
        has_frame = has_frame || is_word(section, "Unicode") || is_word(section, "Version");
        has_security = has_security || is_security_section(section);
    }
    return has_frame && has_security;
}

static bool read_minutes(struct part value, uint32_t *out)
{
    enum { DIGITS_MOST = 5 };

    *out = 0;
    if (value.size == 0 || value.size > DIGITS_MOST)
        return false;
    for (size_t i = 0; i < value.size; i++) {
        if (!text_is_digit(value.text[i]))
            return false;
        *out = *out * 10 + (uint32_t)(value.text[i] - '0');
    }
    return true;
}

/* What "name = value" sets; false for another name. */
static bool get_value(struct part line, const char *name, struct part *out)
{
    const char *equals = memchr(line.text, '=', line.size);

    if (!equals || !is_word(part_of(line.text, equals), name))
        return false;
    *out = part_of(equals + 1, line.text + line.size);
    return true;
}

enum status security_inf_read(const char *text, size_t size, struct security_inf *out)
{
    const char *end = text + size;
    struct part line, section, value;
    bool is_kerberos = false;
    uint64_t number = 0;

    memset(out, 0, sizeof *out);
    if (size > SECURITY_INF_MOST)
        return STATUS_TOO_LARGE;
    if (!security_inf_is_text(text, size))
        return STATUS_MALFORMED;
    while (take_line(&text, end, &line) && !out->has_clock_skew) {
        number++;
        if (get_section(line, &section)) {
            is_kerberos = is_word(section, "Kerberos Policy");
        } else if (is_kerberos && get_value(line, "MaxClockSkew", &value)) {
            if (!read_minutes(value, &out->clock_skew))
                return STATUS_MALFORMED;
            out->has_clock_skew = true;
            out->line = number;
        }
    }
    return STATUS_OK;
}
