#include "diag/read/w32tm_line.h"

#include "diag/text.h"

#include <string.h>

enum rule {
    LOCAL_ONLY = 1,   /* always from the registry: without it there is no provider */
    NO_POLICY = 2,    /* the administrative template of Windows Time does not have it */
    GLOBAL_GROUP = 4, /* one policy sets all of these */
    CLIENT_GROUP = 8  /* and another one all of these, of NtpClient */
};

/* The settings that every Windows since 2008 prints, and what may set them. */
static const struct {
    const char *name;
    unsigned rules;
} names[] = {
    {"AllowNonstandardModeCombinations", NO_POLICY},
    {"AnnounceFlags", GLOBAL_GROUP},
    {"CompatibilityFlags", NO_POLICY},
    {"CrossSiteSyncFlags", CLIENT_GROUP},
    {"DllName", LOCAL_ONLY},
    {"Enabled", 0},
    {"EventLogFlags", GLOBAL_GROUP | CLIENT_GROUP},
    {"FileLogEntries", 0},
    {"FileLogFlags", 0},
    {"FileLogName", 0},
    {"FileLogSize", 0},
    {"FrequencyCorrectRate", GLOBAL_GROUP},
    {"HoldPeriod", GLOBAL_GROUP},
    {"InputProvider", LOCAL_ONLY},
    {"LargePhaseOffset", GLOBAL_GROUP},
    {"LargeSampleSkew", NO_POLICY},
    {"LocalClockDispersion", GLOBAL_GROUP},
    {"MaxAllowedPhaseOffset", GLOBAL_GROUP},
    {"MaxNegPhaseCorrection", GLOBAL_GROUP},
    {"MaxPollInterval", GLOBAL_GROUP},
    {"MaxPosPhaseCorrection", GLOBAL_GROUP},
    {"MinPollInterval", GLOBAL_GROUP},
    {"NtpServer", 0}, /* the client's policy sets it too, but it is only printed for NTP */
    {"PhaseCorrectRate", GLOBAL_GROUP},
    {"PollAdjustFactor", GLOBAL_GROUP},
    {"ResolvePeerBackoffMaxTimes", CLIENT_GROUP},
    {"ResolvePeerBackoffMinutes", CLIENT_GROUP},
    {"SpecialPollInterval", CLIENT_GROUP},
    {"SpikeWatchPeriod", GLOBAL_GROUP},
    {"TimeJumpAuditOffset", NO_POLICY},
    {"Type", CLIENT_GROUP},
    {"UpdateInterval", GLOBAL_GROUP},
};

/* -1: not in the table */
static int index_of(const char *name)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i].name, name) == 0)
            return (int)i;
    }
    return -1;
}

static unsigned rules_of(const struct w32tm_setting *setting)
{
    int index = index_of(setting->name);
    unsigned rules = index < 0 ? 0 : names[index].rules;

    return rules & ~(unsigned)(setting->provider ? GLOBAL_GROUP : CLIENT_GROUP);
}

/* ---- lines ---- */

static size_t name_size(struct w32tm_part line)
{
    size_t size = 0;

    while (size < line.size && (text_is_letter(line.text[size]) || text_is_digit(line.text[size])))
        size++;
    return size;
}

/* French sets a space before the colon, of one kind or another. */
static bool is_space_before_colon(const char *from, const char *colon)
{
    enum { SPACE_MOST = 4 };

    if (colon - from > SPACE_MOST)
        return false;
    for (; from < colon; from++) {
        if (*from > ' ' && *from < 0x7F && *from != '?')
            return false;
    }
    return true;
}

/* Where the brackets open that close at the end of the text; NULL if there are none. */
static const char *last_bracket(const char *from, const char *end)
{
    size_t depth = 0;

    while (end > from) {
        end--;
        depth += *end == ')';
        depth -= *end == '(';
        if (depth == 0)
            return *end == '(' ? end : NULL;
    }
    return NULL;
}

static void add(struct w32tm_settings *settings, struct w32tm_part name, struct w32tm_part value,
                struct w32tm_part origin, struct arena *arena)
{
    size_t room = settings->room, count = settings->count;
    const char *text = arena_copy(arena, name.text, name.size);
    struct w32tm_setting *setting;

    if (count == W32TM_SETTINGS_MOST || (origin.size == 0 && index_of(text) < 0))
        return;
    settings->origins =
        arena_grow(arena, settings->origins, &room, count, sizeof *settings->origins);
    settings->settings =
        arena_grow(arena, settings->settings, &settings->room, count, sizeof *settings->settings);
    setting = &settings->settings[count];
    setting->name = text;
    setting->value = arena_copy(arena, value.text, value.size);
    setting->provider = settings->provider;
    settings->origins[count] = origin;
    settings->known += origin.size > 0 && index_of(setting->name) >= 0;
    settings->count++;
}

/* "[Configuration]" opens a section, "NtpClient (Local)" a provider; "Type: NTP (Local)". */
void w32tm_add_setting(struct w32tm_settings *settings, struct w32tm_part line, struct arena *arena)
{
    const char *end = line.text + line.size, *after = line.text + name_size(line), *bracket, *colon;
    struct w32tm_part name = {line.text, name_size(line)}, origin = {end, 0};

    if (line.text[0] == '[' && end[-1] == ']') {
        settings->is_open = true;
        settings->provider = NULL;
        return;
    }
    if (!settings->is_open || name.size == 0)
        return;
    bracket = last_bracket(after, end);
    colon = memchr(after, ':', (size_t)(end - after));
    if (bracket && w32tm_part_of(after, bracket).size == 0) {
        settings->provider = arena_copy(arena, name.text, name.size);
        return;
    }
    if (!colon || !is_space_before_colon(after, colon))
        return;
    if (bracket && bracket > colon)
        origin = w32tm_part_of(bracket + 1, end - 1);
    else
        bracket = end;
    add(settings, name, w32tm_part_of(colon + 1, bracket), origin, arena);
}

/* ---- origins: which word is which ---- */

struct words {
    struct w32tm_part of[W32TM_ORIGIN_COUNT]; /* empty: not learnt */
};

static bool is_known(const struct words *words, struct w32tm_part word)
{
    for (size_t i = 0; i < W32TM_ORIGIN_COUNT; i++) {
        if (words->of[i].size > 0 && w32tm_is_same(words->of[i], word))
            return true;
    }
    return false;
}

/* The word of the first setting of these rules that no other meaning is known for. */
static struct w32tm_part new_word(const struct w32tm_settings *settings, unsigned rules,
                                  const struct words *words)
{
    for (size_t i = 0; i < settings->count; i++) {
        if ((rules_of(&settings->settings[i]) & rules) && settings->origins[i].size > 0 &&
            !is_known(words, settings->origins[i]))
            return settings->origins[i];
    }
    return (struct w32tm_part){"", 0};
}

/* The same, if all of these settings have it and they are several. */
static struct w32tm_part word_of_group(const struct w32tm_settings *settings, unsigned group,
                                       const struct words *words)
{
    enum { GROUP_LEAST = 5 };
    struct w32tm_part word = new_word(settings, group, words);
    size_t count = 0;

    for (size_t i = 0; i < settings->count; i++) {
        if (!(rules_of(&settings->settings[i]) & group))
            continue;
        if (!w32tm_is_same(settings->origins[i], word))
            return (struct w32tm_part){"", 0};
        count++;
    }
    return count >= GROUP_LEAST ? word : (struct w32tm_part){"", 0};
}

/* What stands behind no value at all says that there is none. */
static struct w32tm_part word_of_nothing(const struct w32tm_settings *settings)
{
    for (size_t i = 0; i < settings->count; i++) {
        if (!*settings->settings[i].value && settings->origins[i].size > 0)
            return settings->origins[i];
    }
    return (struct w32tm_part){"", 0};
}

static struct w32tm_part word_of_policy(const struct w32tm_settings *settings,
                                        const struct words *words)
{
    struct w32tm_part word = word_of_group(settings, CLIENT_GROUP, words);

    if (word.size == 0)
        word = word_of_group(settings, GLOBAL_GROUP, words);
    if (word.size == 0 && words->of[W32TM_LOCAL].size > 0 && words->of[W32TM_DEFAULT].size > 0)
        word = new_word(settings, CLIENT_GROUP | GLOBAL_GROUP, words);
    return word;
}

static void learn(const struct w32tm_settings *settings, struct words *words)
{
    words->of[W32TM_UNKNOWN] = word_of_nothing(settings);
    words->of[W32TM_LOCAL] = new_word(settings, LOCAL_ONLY, words);
    if (words->of[W32TM_LOCAL].size == 0)
        return;
    words->of[W32TM_DEFAULT] = new_word(settings, NO_POLICY, words);
    words->of[W32TM_POLICY] = word_of_policy(settings, words);
}

static enum w32tm_origin origin_of(const struct words *words, struct w32tm_part word)
{
    static const char *const english[W32TM_ORIGIN_COUNT] = {"", "Local", "Policy", "Default"};

    for (size_t i = W32TM_LOCAL; i < W32TM_ORIGIN_COUNT && word.size > 0; i++) {
        struct w32tm_part known = {english[i], strlen(english[i])};

        if (w32tm_is_same(word, known) || w32tm_is_same(word, words->of[i]))
            return (enum w32tm_origin)i;
    }
    return W32TM_UNKNOWN;
}

void w32tm_find_origins(struct w32tm_settings *settings)
{
    struct words words = {0};

    learn(settings, &words);
    for (size_t i = 0; i < settings->count; i++)
        settings->settings[i].origin = origin_of(&words, settings->origins[i]);
}
