#include "diag/command/options.h"

#include "diag/clock.h"
#include "diag/command/command.h"
#include "diag/idn.h"
#include "diag/platform.h"
#include "diag/probe.h"
#include "diag/report/report.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum { CONFIG_LINE_MOST = 4096, SHARDS_MOST = 1000000 };

/* ---- subjects ---- */

static enum status add(struct options *options, enum subject_kind kind, const char *name,
                       const char *shown)
{
    struct subject *subject;

    options->subjects = arena_grow(&options->memory, options->subjects, &options->subject_room,
                                   options->subject_count, sizeof *options->subjects);
    subject = &options->subjects[options->subject_count++];
    subject->kind = kind;
    subject->name = arena_copy_string(&options->memory, name);
    subject->shown = arena_copy_string(&options->memory, shown);
    subject->given = true;
    return STATUS_OK;
}

/* The first character that no mail domain or host name has; NULL if there is none. */
static const char *odd_character(const char *ascii)
{
    for (; *ascii; ascii++) {
        if (!text_is_letter(*ascii) && !text_is_digit(*ascii) && !memchr("-_.", *ascii, 3))
            return ascii;
    }
    return NULL;
}

/* The A-label form, folded; what people type may be in any script (IDNA). */
enum status options_canonical_name(const char *text, struct buffer *name)
{
    char ascii[DNS_NAME_TEXT_SIZE];
    uint8_t wire[DNS_NAME_WIRE_MOST];
    size_t size;

    if (dns_name_is_folded(text) && dns_name_to_wire(text, wire, &size) == STATUS_OK) {
        buffer_add_string(name, text);
        return STATUS_OK;
    }
    if (!text_is_printable(text, strlen(text)) || idn_to_ascii(text, ascii) != STATUS_OK)
        return STATUS_INVALID;
    if (odd_character(ascii) || dns_name_to_wire(ascii, wire, &size) != STATUS_OK || size < 2)
        return STATUS_INVALID;
    dns_name_fold(ascii, name);
    return STATUS_OK;
}

static enum status refuse_name(enum subject_kind kind, const char *text)
{
    char ascii[DNS_NAME_TEXT_SIZE];
    const char *odd = idn_to_ascii(text, ascii) == STATUS_OK ? odd_character(ascii) : NULL;

    if (odd)
        complain("'%s' is not a %s name: it holds '%c'; name several one by one, without commas",
                 text, subject_kind_word(kind), *odd);
    else
        complain("'%s' is not a %s name: labels have 1 to 63 bytes, a name at most 253", text,
                 subject_kind_word(kind));
    return STATUS_INVALID;
}

static enum status add_name(struct options *options, enum subject_kind kind, const char *text)
{
    char unicode[DNS_NAME_TEXT_SIZE];
    struct buffer name;
    enum status status;

    buffer_init(&name, DNS_NAME_TEXT_SIZE);
    status = options_canonical_name(text, &name);
    if (status == STATUS_OK)
        add(options, kind, name.text,
            idn_to_unicode(name.text, unicode) == STATUS_OK ? unicode : name.text);
    else
        refuse_name(kind, text);
    buffer_release(&name);
    return status;
}

static enum status add_server(struct options *options, const char *text)
{
    struct ip_address ip;
    char canonical[IP_TEXT_SIZE];

    if (ip_parse(text, strlen(text), &ip) != STATUS_OK)
        return add_name(options, SUBJECT_SERVER, text);
    ip_format(&ip, canonical);
    return add(options, SUBJECT_SERVER, canonical, canonical);
}

enum status options_add_subject(struct options *options, enum subject_kind kind, const char *text)
{
    if (kind == SUBJECT_SERVER)
        return add_server(options, text);
    if (kind == SUBJECT_FILE)
        return add(options, kind, text, text);
    return add_name(options, kind, text);
}

/* With a separator it is no name, so that a mistyped path is not asked of name servers. */
static enum status add_path(struct options *options, const char *text)
{
    if (platform_file_kind(text) != PLATFORM_NO_FILE)
        return options_add_subject(options, SUBJECT_FILE, text);
    complain("'%s': %s", text, status_text(STATUS_NOT_FOUND));
    return STATUS_INVALID;
}

/* A bare argument: a file is a file, an address a server, a name with a dot a domain. */
static enum status add_bare(struct options *options, const char *text)
{
    struct ip_address ip;

    if (!(options->flag & (FOR_CHECK | FOR_REPORT | FOR_EXPLAIN | FOR_SPF))) {
        complain("'%s': 'exdiag %s' takes options alone", text, options->command);
        return STATUS_INVALID;
    }
    if (!(options->flag & FOR_CHECK)) {
        options->words = arena_grow(&options->memory, options->words, &options->word_room,
                                    options->word_count, sizeof *options->words);
        options->words[options->word_count++] = arena_copy_string(&options->memory, text);
        return STATUS_OK;
    }
    if (platform_file_kind(text) == PLATFORM_FILE)
        return options_add_subject(options, SUBJECT_FILE, text);
    if (strpbrk(text, "/\\"))
        return add_path(options, text);
    if (ip_parse(text, strlen(text), &ip) == STATUS_OK)
        return options_add_subject(options, SUBJECT_SERVER, text);
    if (strchr(text, '@')) {
        complain("'%s' is a mailbox, and no probe of this version examines mailboxes", text);
        return STATUS_INVALID;
    }
    if (strchr(text, '.'))
        return options_add_subject(options, SUBJECT_DOMAIN, text);
    complain("'%s' is neither a file nor a domain; see 'exdiag check --help'", text);
    return STATUS_INVALID;
}

/* ---- what the options do ---- */

static enum status take_domain(struct options *options, const char *value)
{
    return options_add_subject(options, SUBJECT_DOMAIN, value);
}

static enum status take_server(struct options *options, const char *value)
{
    return options_add_subject(options, SUBJECT_SERVER, value);
}

static enum status take_file(struct options *options, const char *value)
{
    return options_add_subject(options, SUBJECT_FILE, value);
}

static enum status take_dns(struct options *options, const char *value)
{
    struct settings *settings = &options->settings;

    options->dns = arena_grow(&options->memory, options->dns, &options->dns_room,
                              settings->dns_count, sizeof *options->dns);
    if (net_address_parse(value, DNS_PORT, &options->dns[settings->dns_count]) != STATUS_OK) {
        complain("--dns takes an address, or address:port, not '%s'", value);
        return STATUS_INVALID;
    }
    settings->dns = options->dns;
    settings->dns_count++;
    return STATUS_OK;
}

/* A host that sends; of `exdiag spf` the one whose message is judged. */
static enum status take_ip(struct options *options, const char *value)
{
    struct settings *settings = &options->settings;

    options->senders = arena_grow(&options->memory, options->senders, &options->sender_room,
                                  settings->sender_count, sizeof *options->senders);
    if (ip_parse(value, strlen(value), &options->senders[settings->sender_count]) != STATUS_OK) {
        complain("--ip takes an IPv4 or IPv6 address, not '%s'", value);
        return STATUS_INVALID;
    }
    settings->senders = options->senders;
    settings->sender_count++;
    return STATUS_OK;
}

/* What a client says of itself can be any text, and is judged as such. */
static enum status take_helo(struct options *options, const char *value)
{
    options->settings.helo = arena_copy_string(&options->memory, value);
    return STATUS_OK;
}

static enum status take_sender(struct options *options, const char *value)
{
    options->settings.sender_local = arena_copy_string(&options->memory, value);
    return STATUS_OK;
}

static enum status take_record(struct options *options, const char *value)
{
    options->settings.record = arena_copy_string(&options->memory, value);
    return STATUS_OK;
}

static bool read_number(const char *text, unsigned long least, unsigned long most,
                        unsigned long *number)
{
    char *end;

    if (!text_is_digit(*text))
        return false;
    *number = strtoul(text, &end, 10);
    return *end == '\0' && *number >= least && *number <= most;
}

static enum status take_port(struct options *options, const char *value)
{
    unsigned long port;

    if (strncmp(value, "dns=", 4) != 0 || !read_number(value + 4, 1, 65535, &port)) {
        complain("--port takes SERVICE=N; the services of this version: dns");
        return STATUS_INVALID;
    }
    options->settings.dns_port = (uint16_t)port;
    return STATUS_OK;
}

/* The probe that can say a finding; NULL if there is no finding of that id. */
static const struct probe *probe_of(const char *id)
{
    for (const struct probe *const *probe = probes; *probe; probe++) {
        for (const struct finding_kind *const *kind = (*probe)->kinds; *kind; kind++) {
            if (strcmp((*kind)->id, id) == 0)
                return *probe;
        }
    }
    return NULL;
}

static bool is_known_word(const char *word)
{
    for (const struct probe *const *probe = probes; *probe; probe++) {
        if (strcmp((*probe)->name, word) == 0)
            return true;
    }
    return probe_of(word) != NULL;
}

/* ID,ID,...: probe names or finding ids. */
static enum status take_words(struct options *options, const char *option, const char *value,
                              const char ***list, size_t *count, size_t *room)
{
    for (const char *at = value;; at++) {
        size_t size = strcspn(at, ",");
        const char *word = arena_copy(&options->memory, at, size);

        if (!is_known_word(word)) {
            complain("%s: '%s' is no probe and no finding; see 'exdiag explain'", option, word);
            return STATUS_INVALID;
        }
        *list = arena_grow(&options->memory, *list, room, *count, sizeof **list);
        (*list)[(*count)++] = word;
        at += size;
        if (*at == '\0')
            return STATUS_OK;
    }
}

static enum status take_only(struct options *options, const char *value)
{
    enum status status = take_words(options, "--only", value, &options->only,
                                    &options->settings.only_count, &options->only_room);

    options->settings.only = options->only;
    return status;
}

static enum status take_skip(struct options *options, const char *value)
{
    enum status status = take_words(options, "--skip", value, &options->skip,
                                    &options->settings.skip_count, &options->skip_room);

    options->settings.skip = options->skip;
    return status;
}

static enum status take_severity(struct options *options, const char *value)
{
    const char *equals = strchr(value, '=');
    struct settings *settings = &options->settings;
    struct severity_override override;

    if (!equals) {
        complain("--severity takes ID=LEVEL, not '%s'", value);
        return STATUS_INVALID;
    }
    override.id = arena_copy(&options->memory, value, (size_t)(equals - value));
    override.severity = severity_from_word(equals + 1);
    if (!probe_of(override.id) || override.severity == SEVERITY_COUNT) {
        complain("--severity takes ID=LEVEL, with the ID of a finding and LEVEL critical, warning "
                 "or info, not '%s'",
                 value);
        return STATUS_INVALID;
    }
    options->severities = arena_grow(&options->memory, options->severities, &options->severity_room,
                                     settings->severity_count, sizeof override);
    options->severities[settings->severity_count++] = override;
    settings->severities = options->severities;
    return STATUS_OK;
}

static enum status take_timeout(struct options *options, const char *value)
{
    char *end;
    double seconds = strtod(value, &end);

    if (end == value || *end != '\0' || !(seconds >= 0.01 && seconds <= 3600)) {
        complain("--timeout takes seconds from 0.01 to 3600, not '%s'", value);
        return STATUS_INVALID;
    }
    options->timeout = (unsigned)(seconds * 1000.0);
    return STATUS_OK;
}

static enum status take_count(const char *option, const char *value, unsigned long most,
                              unsigned *out)
{
    unsigned long number;

    if (!read_number(value, 1, most, &number)) {
        complain("%s takes a number from 1 to %lu, not '%s'", option, most, value);
        return STATUS_INVALID;
    }
    *out = (unsigned)number;
    return STATUS_OK;
}

static enum status take_jobs(struct options *options, const char *value)
{
    return take_count("--jobs", value, JOBS_MOST, &options->jobs);
}

static enum status take_in_flight(struct options *options, const char *value)
{
    return take_count("--in-flight", value, DNS_WINDOW_MOST, &options->dns_window);
}

static enum status take_rate(struct options *options, const char *value)
{
    unsigned long number;

    if (!read_number(value, 0, RATE_MOST, &number)) {
        complain("--rate takes questions a second, up to %d, or 0 for no limit, not '%s'",
                 (int)RATE_MOST, value);
        return STATUS_INVALID;
    }
    options->rate = (unsigned)number;
    return STATUS_OK;
}

static enum status take_shard(struct options *options, const char *value)
{
    const char *slash = strchr(value, '/');
    const char *part = arena_copy(&options->memory, value, strcspn(value, "/"));
    unsigned long index, count;

    if (!slash || !read_number(slash + 1, 1, SHARDS_MOST, &count) ||
        !read_number(part, 0, count - 1, &index)) {
        complain("--shard takes I/N with I from 0 to N-1, such as 0/4, not '%s'", value);
        return STATUS_INVALID;
    }
    options->shard = (unsigned)index;
    options->shard_count = (unsigned)count;
    return STATUS_OK;
}

static enum status take_resume(struct options *options, const char *value)
{
    options->resume = arena_copy_string(&options->memory, value);
    return STATUS_OK;
}

static enum status take_format(struct options *options, const char *value)
{
    if (options->flag & FOR_SPF && strcmp(value, "text") != 0 && strcmp(value, "json") != 0) {
        complain("--format of 'exdiag spf' takes text or json, not '%s'", value);
        return STATUS_INVALID;
    }
    if (!report_format_find(value)) {
        complain("--format takes text, json or html, not '%s'", value);
        return STATUS_INVALID;
    }
    options->format = arena_copy_string(&options->memory, value);
    return STATUS_OK;
}

static enum status take_save(struct options *options, const char *value)
{
    options->save = arena_copy_string(&options->memory, value);
    return STATUS_OK;
}

static enum status take_output(struct options *options, const char *value)
{
    options->output = arena_copy_string(&options->memory, value);
    return STATUS_OK;
}

static enum status take_title(struct options *options, const char *value)
{
    options->title = text_printable(&options->memory, value, strlen(value));
    return STATUS_OK;
}

/* ---- files of options and of accepted findings ---- */

/* A line without the white space around it, which is cut off. */
static char *trim(char *line)
{
    char *start = line + strspn(line, " \t\r\n");
    size_t size = strlen(start);

    while (size > 0 && memchr(" \t\r\n", start[size - 1], 4))
        start[--size] = '\0';
    return start;
}

/* Calls `take` for each line that is neither empty nor a comment. */
static enum status read_lines(struct options *options, const char *path, const char *option,
                              enum status (*take)(struct options *options, char *line))
{
    char line[CONFIG_LINE_MOST];
    FILE *file;
    enum status status = platform_file_open(path, &file);

    if (status != STATUS_OK) {
        complain("%s: '%s': %s", option, path, status_text(status));
        return STATUS_INVALID;
    }
    while (status == STATUS_OK && fgets(line, sizeof line, file)) {
        char *text = trim(line);

        if (strlen(line) == sizeof line - 1) {
            complain("%s: '%s': a line is longer than %d bytes", option, path,
                     (int)sizeof line - 2);
            status = STATUS_INVALID;
        } else if (*text && *text != '#') {
            status = take(options, text);
        }
    }
    fclose(file);
    return status;
}

/* The next word of a line, which is cut off behind it; "" at the end. */
static char *take_word(char **line)
{
    char *word = *line + strspn(*line, " \t"), *end = word + strcspn(word, " \t");

    *line = *end ? end + 1 : end;
    *end = '\0';
    return word;
}

/* A subject as people write it, made canonical; paths, and what is no name, stay as they are. */
static const char *canonical_subject(struct options *options, const char *id, const char *text)
{
    const struct probe *probe = probe_of(id);
    const char *subject = text;
    struct buffer name;

    if (!probe || probe->subjects & PROBE_EXAMINES(SUBJECT_FILE))
        return text;
    buffer_init(&name, DNS_NAME_TEXT_SIZE);
    if (options_canonical_name(text, &name) == STATUS_OK)
        subject = arena_copy_string(&options->memory, name.text);
    buffer_release(&name);
    return subject;
}

/* ID SUBJECT YYYY-MM-DD REASON... */
static enum status take_accepted(struct options *options, char *line)
{
    struct settings *settings = &options->settings;
    struct arena *memory = &options->memory;
    struct acceptance accepted;
    int64_t day;

    accepted.id = arena_copy_string(memory, take_word(&line));
    accepted.subject = arena_copy_string(memory, take_word(&line));
    accepted.expires = arena_copy_string(memory, take_word(&line));
    accepted.reason = arena_copy_string(memory, line + strspn(line, " \t"));
    if (!probe_of(accepted.id) || clock_parse_day(accepted.expires, &day) != STATUS_OK ||
        !*accepted.reason || !text_is_printable(accepted.reason, strlen(accepted.reason))) {
        complain("--accept: a line is ID SUBJECT YYYY-MM-DD REASON, not '%s %s %s %s'", accepted.id,
                 accepted.subject, accepted.expires, accepted.reason);
        return STATUS_INVALID;
    }
    accepted.subject = canonical_subject(options, accepted.id, accepted.subject);
    options->accepted = arena_grow(memory, options->accepted, &options->accepted_room,
                                   settings->accepted_count, sizeof accepted);
    options->accepted[settings->accepted_count++] = accepted;
    settings->accepted = options->accepted;
    return STATUS_OK;
}

static enum status take_accept(struct options *options, const char *value)
{
    return read_lines(options, value, "--accept", take_accepted);
}

static enum status take_option(struct options *options, const char *name, const char *value,
                               bool *used_value);

/* "name value", "name=value", "name", each with or without the dashes. */
static enum status take_config_line(struct options *options, char *line)
{
    char *name = line + (strncmp(line, "--", 2) == 0 ? 2 : 0);
    char *end = name + strcspn(name, "= \t"), *value = NULL;
    bool used_value = false;
    enum status status;

    if (*end) {
        value = end + strspn(end, "= \t");
        *end = '\0';
    }
    status = take_option(options, name, value, &used_value);
    if (status == STATUS_OK && value && !used_value) {
        complain("--config: --%s takes no value", name);
        return STATUS_INVALID;
    }
    return status;
}

static enum status take_config(struct options *options, const char *value)
{
    enum status status;

    if (options->in_config) {
        complain("--config: a configuration file cannot name another");
        return STATUS_INVALID;
    }
    options->in_config = true;
    status = read_lines(options, value, "--config", take_config_line);
    options->in_config = false;
    return status;
}

/* ---- the table ---- */

static const struct option {
    const char *name;
    const char *value; /* its name in the help; NULL: a switch */
    unsigned commands;
    enum status (*take)(struct options *options, const char *value);
    size_t flag; /* offset of the switch in struct options */
    const char *help;
} option_table[] = {
    {"domain", "D", FOR_CHECK, take_domain, 0, "examine a mail domain"},
    {"domain", "D", FOR_SPF, take_domain, 0, "at which the record of --record is to stand"},
    {"server", "HOST", FOR_CHECK, take_server, 0, "examine a server, by name or address"},
    {"file", "PATH", FOR_CHECK, take_file, 0,
     "examine a file; its type is recognised by its content"},
    {"ip", "ADDR", FOR_CHECK, take_ip, 0,
     "a host that sends mail for the domains: is it in their records?"},
    {"ip", "ADDR", FOR_SPF, take_ip, 0, "judge a message that this address sends"},
    {"helo", "NAME", FOR_SPF, take_helo, 0, "the name it says HELO with"},
    {"sender", "LOCAL", FOR_SPF, take_sender, 0,
     "the local part of the sender, where the identity has none (postmaster)"},
    {"ip", "ADDR", FOR_AUDIT, take_ip, 0, "judge a message that this address sends"},
    {"helo", "NAME", FOR_AUDIT, take_helo, 0, "the name it says HELO with"},
    {"sender", "LOCAL", FOR_AUDIT, take_sender, 0, "the local part of the sender (postmaster)"},
    {"deep", NULL, FOR_AUDIT, NULL, offsetof(struct options, settings.deep),
     "ask more than a verdict takes: type 99, hosts that the record forgets"},
    {"rate", "N", FOR_AUDIT, take_rate, 0,
     "DNS questions a second at most; 0: no limit (200 to public resolvers)"},
    {"shard", "I/N", FOR_AUDIT, take_shard, 0,
     "only the domains of part I, from 0, of N: for several machines"},
    {"resume", "FILE", FOR_AUDIT, take_resume, 0,
     "the earlier output: what has a line there is not examined again"},
    {"dns", "ADDR[:PORT]", FOR_AUDIT, take_dns, 0,
     "ask this name server; several share the questions"},
    {"only", "ID,...", FOR_AUDIT, take_only, 0, "only these probes or findings (spf)"},
    {"skip", "ID,...", FOR_AUDIT, take_skip, 0, "not these probes or findings"},
    {"in-flight", "N", FOR_AUDIT, take_in_flight, 0,
     "DNS questions in flight at most (2000; 100 to public resolvers)"},
    {"quiet", NULL, FOR_AUDIT, NULL, offsetof(struct options, quiet), "no progress on a terminal"},
    {"record", "TEXT", FOR_SPF, take_record, 0, "explain this record, which is not published yet"},
    {"dns", "ADDR[:PORT]", FOR_CHECK | FOR_SPF, take_dns, 0,
     "ask this name server, and take its view as the public one"},
    {"port", "dns=N", FOR_CHECK | FOR_SPF | FOR_AUDIT, take_port, 0,
     "ask name servers found on the way at port N"},
    {"only", "ID,...", FOR_CHECK | FOR_REPORT | FOR_SPF, take_only, 0,
     "only these probes or findings"},
    {"skip", "ID,...", FOR_CHECK | FOR_REPORT | FOR_SPF, take_skip, 0,
     "not these probes or findings"},
    {"severity", "ID=LEVEL", FOR_CHECK | FOR_REPORT | FOR_SPF, take_severity, 0,
     "judge a finding as critical, warning or info"},
    {"accept", "FILE", FOR_CHECK | FOR_REPORT | FOR_SPF, take_accept, 0,
     "findings this site has accepted: lines of ID SUBJECT YYYY-MM-DD REASON"},
    {"timeout", "SECONDS", FOR_CHECK | FOR_SPF | FOR_AUDIT, take_timeout, 0,
     "for one network operation, retries included (10)"},
    {"jobs", "N", FOR_CHECK | FOR_AUDIT, take_jobs, 0, "worker threads at most (64)"},
    {"in-flight", "N", FOR_CHECK | FOR_SPF, take_in_flight, 0,
     "DNS questions in flight at most (500)"},
    {"save", "FILE", FOR_CHECK, take_save, 0,
     "write all evidence to a new file, for 'exdiag report'"},
    {"redact", NULL, FOR_CHECK | FOR_REPORT, NULL, offsetof(struct options, redact),
     "put pseudonyms in place of names and addresses"},
    {"plan", NULL, FOR_CHECK, NULL, offsetof(struct options, plan),
     "say what would be asked, send nothing"},
    {"format", "FORMAT", FOR_CHECK | FOR_REPORT | FOR_DEMO, take_format, 0, "text, json or html"},
    {"format", "FORMAT", FOR_SPF, take_format, 0, "text or json"},
    {"output", "FILE", FOR_CHECK | FOR_REPORT | FOR_DEMO | FOR_SPF, take_output, 0,
     "write the report to a file"},
    {"title", "TEXT", FOR_CHECK | FOR_REPORT, take_title, 0, "a title for the report"},
    {"config", "FILE", FOR_CHECK | FOR_REPORT | FOR_SPF | FOR_AUDIT, take_config, 0,
     "read options from a file, one a line"},
    {"verbose", NULL, FOR_CHECK | FOR_REPORT | FOR_DEMO, NULL, offsetof(struct options, verbose),
     "show what was right, too"},
    {"verbose", NULL, FOR_SPF, NULL, offsetof(struct options, verbose),
     "each step of the evaluation, and whole lists"},
    {"quiet", NULL, FOR_CHECK | FOR_REPORT | FOR_SPF, NULL, offsetof(struct options, quiet),
     "titles and the summary only"},
    {"no-color", NULL, FOR_CHECK | FOR_REPORT | FOR_DEMO | FOR_SPF, NULL,
     offsetof(struct options, no_color), "no colours (also NO_COLOR)"},
    {"help", NULL, FOR_ALL, NULL, offsetof(struct options, help), "this help"},
    {"version", NULL, FOR_ALL, NULL, offsetof(struct options, version), "the version"},
};

enum { OPTION_COUNT = sizeof option_table / sizeof *option_table };

static const struct option *find_option(const char *name, unsigned flag)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (option_table[i].commands & flag && strcmp(option_table[i].name, name) == 0)
            return &option_table[i];
    }
    return NULL;
}

/* The option that shares the longest beginning with a mistyped one, two letters at least. */
static const char *nearest_option(const char *name, unsigned flag)
{
    const char *nearest = NULL;
    size_t best = 1;

    for (size_t i = 0; i < OPTION_COUNT; i++) {
        size_t same = 0;

        while (name[same] && name[same] == option_table[i].name[same])
            same++;
        if (same > best && option_table[i].commands & flag) {
            best = same;
            nearest = option_table[i].name;
        }
    }
    return nearest;
}

static enum status refuse(const struct options *options, const char *name)
{
    const char *nearest = nearest_option(name, options->flag);

    if (nearest && strcmp(nearest, name) != 0)
        complain("unknown option --%s; did you mean --%s?", name, nearest);
    else
        complain("unknown option --%s; see 'exdiag %s --help'", name, options->command);
    return STATUS_INVALID;
}

/* Of the short options of other programs only -h is one here. */
static enum status refuse_short(const struct options *options, const char *argument)
{
    complain("unknown option %s; see 'exdiag %s --help'", argument, options->command);
    return STATUS_INVALID;
}

static enum status take_option(struct options *options, const char *name, const char *value,
                               bool *used_value)
{
    const struct option *option = find_option(name, options->flag);

    if (!option)
        return refuse(options, name);
    if (!option->value) {
        *(bool *)((char *)options + option->flag) = true;
        return STATUS_OK;
    }
    if (!value) {
        complain("--%s needs a value: --%s %s", name, name, option->value);
        return STATUS_INVALID;
    }
    *used_value = true;
    return option->take(options, value);
}

static enum status take_argument(struct options *options, int argc, char **argv, int *at)
{
    char *argument = argv[*at], *name = argument + 2, *equals = strchr(argument, '=');
    const char *value = equals ? equals + 1 : *at + 1 < argc ? argv[*at + 1] : NULL;
    bool used_value = false;
    enum status status;

    if (equals)
        name = arena_copy(&options->memory, name, (size_t)(equals - name));
    status = take_option(options, name, value, &used_value);
    if (status == STATUS_OK && equals && !used_value) {
        complain("--%s takes no value", name);
        return STATUS_INVALID;
    }
    if (used_value && !equals)
        (*at)++;
    return status;
}

enum status options_read(struct options *options, const char *command, unsigned flag, int argc,
                         char **argv)
{
    enum status status = STATUS_OK;
    bool only_bare = false;

    memset(options, 0, sizeof *options);
    options->command = command;
    options->flag = flag;
    options->settings.dns_port = DNS_PORT;
    options->timeout = TIMEOUT_USUAL;
    options->jobs = JOBS_USUAL;
    options->dns_window = flag & FOR_AUDIT ? 0 : DNS_WINDOW_USUAL;
    options->rate = RATE_USUAL;
    options->shard_count = 1;
    options->format = "text";
    for (int at = 0; at < argc && status == STATUS_OK; at++) {
        if (!only_bare && strcmp(argv[at], "--") == 0)
            only_bare = true;
        else if (!only_bare && strncmp(argv[at], "--", 2) == 0)
            status = take_argument(options, argc, argv, &at);
        else if (!only_bare && strcmp(argv[at], "-h") == 0)
            options->help = true;
        else if (!only_bare && argv[at][0] == '-' && argv[at][1])
            status = refuse_short(options, argv[at]);
        else
            status = add_bare(options, argv[at]);
    }
    return status;
}

void options_release(struct options *options)
{
    arena_release(&options->memory);
}

void options_print_help(unsigned flag)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = &option_table[i];
        char left[40];

        if (!(option->commands & flag))
            continue;
        snprintf(left, sizeof left, "--%s %s", option->name, option->value ? option->value : "");
        printf("  %-24s %s\n", left, option->help);
    }
}
