#include "diag/command/vocabulary.h"

#include "diag/command/command.h"
#include "diag/command/completion.h"
#include "diag/command/option_table.h"
#include "diag/report/report.h"
#include "diag/text.h"

#include <string.h>

enum vocabulary_kind vocabulary_of_value(const char *value)
{
    static const struct {
        const char *value;
        enum vocabulary_kind kind;
    } values[] = {
        {"D", VOCABULARY_TEXT},
        {"HOST", VOCABULARY_TEXT},
        {"ADDRESS", VOCABULARY_TEXT},
        {"ADDR", VOCABULARY_TEXT},
        {"ADDR[:PORT]", VOCABULARY_TEXT},
        {"NAME", VOCABULARY_TEXT},
        {"LOCAL", VOCABULARY_TEXT},
        {"TEXT", VOCABULARY_TEXT},
        {"N", VOCABULARY_TEXT},
        {"I/N", VOCABULARY_TEXT},
        {"SECONDS", VOCABULARY_TEXT},
        {"FILE", VOCABULARY_FILE},
        {"[HOST=]PATH", VOCABULARY_SOURCE},
        {"ID,...", VOCABULARY_CHECKS},
        {"ID=LEVEL", VOCABULARY_SEVERITY},
        {"SERVICE=N", VOCABULARY_PORT},
        {"HOW", VOCABULARY_PATIENCE},
        {"FORMAT", VOCABULARY_FORMAT},
    };

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        if (strcmp(values[i].value, value) == 0)
            return values[i].kind;
    }
    return VOCABULARY_COUNT;
}

void words_add(struct words *words, struct arena *memory, const char *text, const char *help)
{
    words->list = arena_grow(memory, words->list, &words->room, words->count, sizeof *words->list);
    words->list[words->count].text = text;
    words->list[words->count++].help = help;
}

const char *words_nearest(const struct words *words, const char *typed)
{
    const char *nearest = NULL;
    size_t best = 0;

    for (size_t i = 0; i < words->count; i++) {
        size_t likeness = text_likeness(typed, words->list[i].text);

        if (likeness > best) {
            best = likeness;
            nearest = words->list[i].text;
        }
    }
    return nearest;
}

/* ---- their sources ---- */

/* Of a title that is a value alone, what people notice stands in its place. */
const char *vocabulary_headline(const struct finding_kind *kind, struct arena *memory)
{
    const char *title = kind->title;

    if (*title == '{' && strcspn(title, "}") + 1 == strlen(title))
        return remedy_text(arena_copy(memory, kind->symptom, strcspn(kind->symptom, ".;")), NULL, 0,
                           memory);
    return remedy_text(title, NULL, 0, memory);
}

static void add_findings(struct words *words, struct arena *memory)
{
    for (const struct probe *const *probe = probes; *probe; probe++) {
        for (const struct finding_kind *const *kind = (*probe)->kinds; *kind; kind++)
            words_add(words, memory, (*kind)->id, vocabulary_headline(*kind, memory));
    }
}

static void add_checks(struct vocabulary *vocabulary, struct arena *memory)
{
    for (const struct probe *const *probe = probes; *probe; probe++)
        words_add(&vocabulary->words, memory, (*probe)->name, (*probe)->summary);
    add_findings(&vocabulary->words, memory);
}

static void add_knowledge(struct vocabulary *vocabulary, struct arena *memory)
{
    for (const struct topic *const *topic = topics; *topic; topic++)
        words_add(&vocabulary->words, memory, (*topic)->name, (*topic)->title);
    add_findings(&vocabulary->words, memory);
}

static void add_severity(struct vocabulary *vocabulary, struct arena *memory)
{
    add_findings(&vocabulary->words, memory);
    for (unsigned i = 0; i < SEVERITY_COUNT; i++)
        words_add(&vocabulary->values, memory, severity_word((enum severity)i),
                  i == SEVERITY_INFO ? "shown, and not counted" : "a problem: exit status 1");
}

static void add_ports(struct vocabulary *vocabulary, struct arena *memory)
{
    for (unsigned i = 0; i < SERVICE_COUNT; i++)
        words_add(
            &vocabulary->words, memory, service_word((enum service)i),
            arena_print(memory, "usually port %u", (unsigned)service_usual_port((enum service)i)));
}

static void add_patience(struct vocabulary *vocabulary, struct arena *memory)
{
    for (const struct patience *one = patiences; one->word; one++)
        words_add(&vocabulary->words, memory, one->word,
                  arena_print(memory, "%u seconds", one->milliseconds / 1000));
}

static void add_formats(struct vocabulary *vocabulary, struct arena *memory)
{
    for (const struct report_format *format = report_formats; format->name; format++)
        words_add(&vocabulary->words, memory, format->name, format->help);
}

static void add_spf_formats(struct vocabulary *vocabulary, struct arena *memory)
{
    for (const struct report_format *format = report_formats; format->name; format++) {
        if (options_format_is_of(FOR_SPF, format->name))
            words_add(&vocabulary->words, memory, format->name, format->help);
    }
}

static void add_shells(struct vocabulary *vocabulary, struct arena *memory)
{
    for (const struct completion_shell *shell = completion_shells; shell->name; shell++)
        words_add(&vocabulary->words, memory, shell->name, shell->help);
}

static void add_commands(struct vocabulary *vocabulary, struct arena *memory)
{
    for (const struct command *const *command = commands; *command; command++)
        words_add(&vocabulary->words, memory, (*command)->name, (*command)->summary);
}

struct vocabulary vocabulary_read(enum vocabulary_kind kind, struct arena *memory)
{
    static const struct {
        const char *name;
        enum word_shape shape;
    } forms[] = {
#define X(name, word, shape) {word, SHAPE_##shape},
        VOCABULARY_LIST(X)
#undef X
    };
    static void (*const sources[VOCABULARY_COUNT])(struct vocabulary *, struct arena *) = {
        [VOCABULARY_CHECKS] = add_checks,       [VOCABULARY_SEVERITY] = add_severity,
        [VOCABULARY_PORT] = add_ports,          [VOCABULARY_PATIENCE] = add_patience,
        [VOCABULARY_FORMAT] = add_formats,      [VOCABULARY_SPF_FORMAT] = add_spf_formats,
        [VOCABULARY_KNOWLEDGE] = add_knowledge, [VOCABULARY_SHELL] = add_shells,
        [VOCABULARY_COMMAND] = add_commands,
    };
    struct vocabulary vocabulary = {0};

    vocabulary.name = forms[kind].name;
    vocabulary.shape = forms[kind].shape;
    if (sources[kind])
        sources[kind](&vocabulary, memory);
    return vocabulary;
}
