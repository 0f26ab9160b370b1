#include "diag/read/event_glance.h"

#include "diag/clock.h"
#include "diag/text.h"

#include <string.h>

enum { VALUE_MOST = 256, DIGITS_MOST = 9 };

struct place {
    const char *at, *end;
};

struct span {
    const char *at;
    size_t size;
};

static bool skip(struct place *place, const char *mark)
{
    size_t size = strlen(mark);

    if ((size_t)(place->end - place->at) < size || memcmp(place->at, mark, size) != 0)
        return false;
    place->at += size;
    return true;
}

static bool skip_space(struct place *place)
{
    const char *begin = place->at;

    while (place->at < place->end &&
           (*place->at == ' ' || *place->at == '\r' || *place->at == '\n' || *place->at == '\t'))
        place->at++;
    return place->at > begin;
}

static struct span read_name(struct place *place)
{
    struct span name = {place->at, 0};

    while (place->at < place->end && (text_is_letter(*place->at) || *place->at == ':'))
        place->at++;
    name.size = (size_t)(place->at - name.at);
    return name;
}

/* "value" or 'value', without markup and references in it. */
static bool read_value(struct place *place, struct span *value)
{
    char quote = place->at < place->end ? *place->at++ : '\0';

    value->at = place->at;
    if (quote != '"' && quote != '\'')
        return false;
    for (; place->at < place->end && *place->at != quote; place->at++) {
        if (*place->at == '<' || *place->at == '&')
            return false;
    }
    value->size = (size_t)(place->at - value->at);
    return skip(place, quote == '"' ? "\"" : "'");
}

/*
 * The attributes and the end of a tag; `value` is that of the one that is wanted, and empty if
 * there is none. `is_empty`: it ended with "/>".
 */
static bool read_attributes(struct place *place, const char *wanted, struct span *value,
                            bool *is_empty)
{
    size_t wanted_size = strlen(wanted);

    *value = (struct span){wanted, 0};
    while (skip_space(place)) {
        struct span name = read_name(place), found;

        if (name.size == 0)
            break;
        if (!skip(place, "=") || !read_value(place, &found))
            return false;
        if (name.size == wanted_size && memcmp(name.at, wanted, name.size) == 0)
            *value = found;
    }
    *is_empty = skip(place, "/>");
    return *is_empty || skip(place, ">");
}

/* <name wanted="value"/> or <name wanted="value"></name>; as a string. */
static bool read_element(struct place *place, const char *name, const char *wanted,
                         char value[VALUE_MOST])
{
    struct span found;
    bool is_empty;

    if (!skip(place, "<") || !skip(place, name) ||
        !read_attributes(place, wanted, &found, &is_empty) || found.size >= VALUE_MOST)
        return false;
    memcpy(value, found.at, found.size);
    value[found.size] = '\0';
    return is_empty || (skip(place, "</") && skip(place, name) && skip(place, ">"));
}

static bool read_id(struct place *place, uint32_t *id)
{
    struct span none;
    const char *begin;
    bool is_empty;

    if (!skip(place, "<EventID") || !read_attributes(place, "", &none, &is_empty) || is_empty)
        return false;
    begin = place->at;
    for (*id = 0; place->at < place->end && text_is_digit(*place->at); place->at++) {
        if (place->at - begin == DIGITS_MOST)
            return false;
        *id = *id * 10 + (uint32_t)(*place->at - '0');
    }
    return place->at > begin && skip(place, "</EventID>");
}

/* In what is left of System. */
static int64_t read_time(struct place place)
{
    char value[VALUE_MOST];
    int64_t time;

    while ((place.at = memchr(place.at, '<', (size_t)(place.end - place.at)))) {
        struct place element = place;

        if (skip(&element, "</System") || skip(&element, "<!"))
            return 0;
        if (read_element(&element, "TimeCreated", "SystemTime", value))
            return clock_parse(value, &time) == STATUS_OK ? time : 0;
        place.at++;
    }
    return 0;
}

bool event_glance_is_unwished(const struct event_wish *wishes, const char *text, size_t size,
                              int64_t *time)
{
    struct place place = {text, text + size};
    char provider[VALUE_MOST];
    struct windows_event event = {.provider = provider};
    struct span none;
    bool is_empty;

    if (!skip(&place, "<Event") || !read_attributes(&place, "", &none, &is_empty) || is_empty)
        return false;
    skip_space(&place);
    if (!skip(&place, "<System>"))
        return false;
    skip_space(&place);
    if (!read_element(&place, "Provider", "Name", provider) || !*provider)
        return false;
    skip_space(&place);
    if (!read_id(&place, &event.id) || event_is_wished(wishes, &event))
        return false;
    *time = read_time(place);
    return true;
}
