#include "diag/evidence/clock.h"

#include "diag/evidence/redact.h"
#include "diag/json.h"

#include <string.h>

enum { LIFETIME = 600 /* seconds */, ROUNDING = 2, NAME_MOST = 1024 };

static const int64_t instant_most = INT64_C(253402300799999999);  /* the end of the year 9999 */
static const int64_t duration_most = INT64_C(31557600) * 1000000; /* a year */

static const struct {
    const char *word;
    const char *text;
    int64_t resolution;
} sources[CLOCK_SOURCE_COUNT] = {
#define X(name, word, text, resolution) [CLOCK_##name] = {word, text, resolution},
    CLOCK_SOURCE_LIST(X)
#undef X
};

static const struct clock_reading *of(const struct evidence *item)
{
    return (const struct clock_reading *)item;
}

const char *clock_source_word(enum clock_source source)
{
    return sources[source].word;
}

enum clock_source clock_source_from_word(const char *word)
{
    unsigned source = 0;

    while (source < CLOCK_SOURCE_COUNT && strcmp(sources[source].word, word) != 0)
        source++;
    return (enum clock_source)source;
}

const char *clock_source_text(enum clock_source source)
{
    return sources[source].text;
}

int64_t clock_source_resolution(enum clock_source source)
{
    return sources[source].resolution;
}

/* ---- intervals ---- */

struct clock_interval clock_interval_of_sample(const struct clock_sample *sample,
                                               int64_t resolution)
{
    return (struct clock_interval){.least = sample->remote - sample->received - ROUNDING,
                                   .most = sample->remote + resolution - sample->held -
                                           sample->sent + ROUNDING};
}

bool clock_sample_is_possible(const struct clock_sample *sample, int64_t resolution)
{
    const struct clock_interval interval = clock_interval_of_sample(sample, resolution);

    return sample->held >= 0 && sample->sent <= sample->received && interval.least <= interval.most;
}

static void narrow(struct clock_interval *common, const struct clock_interval *other)
{
    if (other->least > common->least)
        common->least = other->least;
    if (other->most < common->most)
        common->most = other->most;
}

static void widen(struct clock_interval *whole, const struct clock_interval *other)
{
    if (other->least < whole->least)
        whole->least = other->least;
    if (other->most > whole->most)
        whole->most = other->most;
}

struct clock_interval clock_interval_of(const struct clock_reading *reading)
{
    struct clock_interval common = {.least = INT64_MIN, .most = INT64_MAX};
    struct clock_interval whole = {.least = INT64_MAX, .most = INT64_MIN};
    struct clock_interval chosen;

    for (size_t i = 0; i < reading->sample_count; i++) {
        const struct clock_interval one =
            clock_interval_of_sample(&reading->samples[i], reading->resolution);

        narrow(&common, &one);
        widen(&whole, &one);
    }
    chosen = common.least <= common.most ? common : whole;
    chosen.least -= reading->examiner;
    chosen.most -= reading->examiner;
    return chosen;
}

/* ---- the question ---- */

static void describe(const struct evidence *item, struct buffer *out)
{
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&of(item)->address, 0, text);
    buffer_print(out, "clock %s %s%s", clock_source_word(of(item)->source), text,
                 of(item)->tls_at_once ? " with TLS" : "");
}

static const char *copy_text(struct arena *arena, const char *text)
{
    return text ? arena_copy_string(arena, text) : NULL;
}

static void copy_question(struct evidence *item, const struct evidence *question)
{
    struct clock_reading *reading = (struct clock_reading *)item;

    reading->source = of(question)->source;
    reading->address = of(question)->address;
    reading->tls_at_once = of(question)->tls_at_once;
    reading->host = copy_text(&item->memory, of(question)->host);
    reading->realm = copy_text(&item->memory, of(question)->realm);
    reading->resolution = clock_source_resolution(reading->source);
    reading->stratum = -1;
}

static bool is_answer_to(const struct evidence *item, const struct evidence *question)
{
    return of(item)->source == of(question)->source &&
           net_address_equal(&of(item)->address, &of(question)->address) &&
           of(item)->tls_at_once == of(question)->tls_at_once;
}

static uint32_t lifetime(const struct evidence *item)
{
    bool was_cut_short = item->status == STATUS_LIMIT || item->status == STATUS_CANCELLED;

    return was_cut_short ? 0 : LIFETIME;
}

/* ---- in evidence files: microseconds as whole numbers, which come back exactly ---- */

static void put_integer(json_t *object, const char *name, int64_t number)
{
    json_object_set_new(object, name, json_integer(number));
}

static void put_text(json_t *object, const char *name, const char *text)
{
    if (text)
        json_put_text(object, name, text);
}

static json_t *save_samples(const struct clock_reading *reading)
{
    json_t *list = json_array();

    for (size_t i = 0; i < reading->sample_count; i++) {
        const struct clock_sample *sample = &reading->samples[i];
        json_t *entry = json_object();

        put_integer(entry, "sent_us", sample->sent);
        put_integer(entry, "received_us", sample->received);
        put_integer(entry, "remote_us", sample->remote);
        put_integer(entry, "held_us", sample->held);
        json_array_append_new(list, entry);
    }
    return list;
}

static void save(const struct evidence *item, json_t *object)
{
    const struct clock_reading *reading = of(item);
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&reading->address, 0, text);
    json_put_text(object, "source", clock_source_word(reading->source));
    json_put_text(object, "address", text);
    if (reading->tls_at_once)
        json_put_bool(object, "tls_at_once", true);
    put_text(object, "host", reading->host);
    put_text(object, "realm", reading->realm);
    put_integer(object, "examiner_us", reading->examiner);
    put_integer(object, "resolution_us", reading->resolution);
    json_object_set_new(object, "samples", save_samples(reading));
    if (reading->stratum >= 0)
        put_integer(object, "stratum", reading->stratum);
    put_text(object, "reference", reading->reference);
    put_text(object, "told_host", reading->told_host);
    put_text(object, "told_domain", reading->told_domain);
    put_text(object, "told_forest", reading->told_forest);
    put_text(object, "told_build", reading->told_build);
    if (reading->error_code)
        put_integer(object, "error_code", reading->error_code);
}

/* A whole number from `least` to `most`; `missing` for everything else. */
static int64_t get_integer(const json_t *object, const char *name, int64_t least, int64_t most,
                           int64_t missing)
{
    const json_t *value = json_object_get(object, name);
    int64_t number = json_integer_value(value);

    return json_is_integer(value) && number >= least && number <= most ? number : missing;
}

/* False for what no gatherer has written. */
static bool load_sample(struct clock_sample *sample, const json_t *entry, int64_t resolution)
{
    sample->sent = get_integer(entry, "sent_us", 0, duration_most, -1);
    sample->received = get_integer(entry, "received_us", 0, duration_most, -1);
    sample->remote = get_integer(entry, "remote_us", 0, instant_most, -1);
    sample->held = get_integer(entry, "held_us", 0, duration_most, -1);
    return sample->sent >= 0 && sample->received >= 0 && sample->remote >= 0 &&
           clock_sample_is_possible(sample, resolution);
}

static void load_samples(struct clock_reading *reading, const json_t *list)
{
    size_t count = json_array_size(list);

    for (size_t i = 0; i < count && reading->sample_count < CLOCK_SAMPLES_MOST; i++) {
        struct clock_sample sample;

        if (load_sample(&sample, json_array_get(list, i), reading->resolution))
            reading->samples[reading->sample_count++] = sample;
    }
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct clock_reading *reading = (struct clock_reading *)item;
    const char *source = json_get_text(object, "source"),
               *address = json_get_text(object, "address");
    struct arena *arena = &item->memory;

    if (!source || !address)
        return STATUS_MALFORMED;
    reading->source = clock_source_from_word(source);
    if (reading->source == CLOCK_SOURCE_COUNT)
        return STATUS_NOT_SUPPORTED;
    if (net_address_parse(address, 0, &reading->address) != STATUS_OK || reading->address.port == 0)
        return STATUS_MALFORMED;
    reading->tls_at_once = json_get_bool(object, "tls_at_once");
    reading->host = json_copy_text(object, "host", arena);
    reading->realm = json_copy_text(object, "realm", arena);
    reading->examiner = get_integer(object, "examiner_us", 0, instant_most, 0);
    reading->resolution = get_integer(object, "resolution_us", 1, duration_most,
                                      clock_source_resolution(reading->source));
    load_samples(reading, json_object_get(object, "samples"));
    if (item->status == STATUS_OK && reading->sample_count == 0)
        item->status = STATUS_MALFORMED;
    reading->stratum = (int)get_integer(object, "stratum", 0, UINT8_MAX, -1);
    reading->reference = json_copy_text(object, "reference", arena);
    reading->told_host = json_copy_text(object, "told_host", arena);
    reading->told_domain = json_copy_text(object, "told_domain", arena);
    reading->told_forest = json_copy_text(object, "told_forest", arena);
    reading->told_build = json_copy_text(object, "told_build", arena);
    reading->error_code = (int32_t)get_integer(object, "error_code", INT32_MIN, INT32_MAX, 0);
    return STATUS_OK;
}

/* ---- redaction ---- */

static const char *redacted_name(const struct redactor *redactor, const char *name,
                                 struct arena *arena)
{
    struct buffer out;

    if (!name)
        return NULL;
    buffer_init(&out, NAME_MOST);
    redact_name(redactor, name, &out);
    return buffer_keep(&out, arena);
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct clock_reading *reading = (struct clock_reading *)item;
    struct arena *arena = &item->memory;

    redact_ip(redactor, &reading->address.ip);
    reading->host = redacted_name(redactor, reading->host, arena);
    reading->realm = redacted_name(redactor, reading->realm, arena);
    reading->told_host = redacted_name(redactor, reading->told_host, arena);
    reading->told_domain = redacted_name(redactor, reading->told_domain, arena);
    reading->told_forest = redacted_name(redactor, reading->told_forest, arena);
    if (reading->reference && strchr(reading->reference, '.')) /* "GPS" says nothing of anybody */
        reading->reference = redacted_name(redactor, reading->reference, arena);
}

const struct evidence_kind evidence_clock = {
    .name = "clock",
    .size = sizeof(struct clock_reading),
    .write_key = describe,
    .copy_question = copy_question,
    .is_answer_to = is_answer_to,
    .lifetime = lifetime,
    .describe = describe,
    .save = save,
    .load = load,
    .redact = redact,
};
