#include "diag/command/option_table.h"

#include "diag/command/command.h"
#include "diag/command/option_accepted.h"
#include "diag/command/option_files.h"
#include "diag/command/option_subjects.h"
#include "diag/report/report.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum { SHARDS_MOST = 1000000, MAX_TIME_MOST = 86400 /* seconds */ };
enum { MAX_AGE_MOST = 10 * 366 * 86400 /* seconds */ };

/* ---- what they do ---- */

static enum status take_domain(struct options *options, const char *value)
{
    return options_add_subject(options, SUBJECT_DOMAIN, value);
}

static enum status take_server(struct options *options, const char *value)
{
    return options_add_subject(options, SUBJECT_SERVER, value);
}

static enum status take_dc(struct options *options, const char *value)
{
    return options_add_subject(options, SUBJECT_DC, value);
}

static enum status take_mailbox(struct options *options, const char *value)
{
    return options_add_subject(options, SUBJECT_MAILBOX, value);
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

static enum status take_reference(struct options *options, const char *value)
{
    struct settings *settings = &options->settings;
    const char *name = options_host_name(options, value);

    if (!name) {
        complain("--reference takes an NTP server, by name or address, not '%s'", value);
        return STATUS_INVALID;
    }
    if (settings->reference_count == REFERENCES_MOST) {
        complain("--reference: %d servers are enough", REFERENCES_MOST);
        return STATUS_INVALID;
    }
    options->references[settings->reference_count++] = name;
    settings->references = options->references;
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

const struct probe *options_probe_of(const char *id)
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
    return options_probe_of(word) != NULL;
}

/* What a mistyped word may have been; NULL if nobody can tell. */
static const char *guess(struct options *options, enum vocabulary_kind kind, const char *word)
{
    struct vocabulary vocabulary = vocabulary_read(kind, &options->memory);

    return words_nearest(&vocabulary.words, word);
}

static enum status refuse_check(struct options *options, const char *option, const char *word)
{
    const char *meant = guess(options, VOCABULARY_CHECKS, word);

    if (meant)
        complain("%s: '%s' is no probe and no finding; did you mean '%s'?", option, word, meant);
    else
        complain("%s: '%s' is no probe and no finding; see 'exdiag explain'", option, word);
    return STATUS_INVALID;
}

/* The services of --port, with commas. */
static const char *service_words(struct arena *memory)
{
    const char *words = service_word((enum service)0);

    for (unsigned i = 1; i < SERVICE_COUNT; i++)
        words = arena_print(memory, "%s, %s", words, service_word((enum service)i));
    return words;
}

static enum status take_port(struct options *options, const char *value)
{
    size_t size = strcspn(value, "=");
    const char *word = arena_copy(&options->memory, value, size);
    enum service service = service_from_word(word);
    const char *meant = service == SERVICE_COUNT ? guess(options, VOCABULARY_PORT, word) : NULL;
    unsigned long port;

    if (service != SERVICE_COUNT && value[size] && read_number(value + size + 1, 1, 65535, &port)) {
        options->settings.ports[service] = (uint16_t)port;
        return STATUS_OK;
    }
    if (meant)
        complain("--port: '%s' is no service; did you mean '%s'?", word, meant);
    else
        complain("--port takes SERVICE=N, not '%s'; the services of this version: %s", value,
                 service_words(&options->memory));
    return STATUS_INVALID;
}

/* ID,ID,...: probe names or finding ids. */
static enum status take_words(struct options *options, const char *option, const char *value,
                              const char ***list, size_t *count, size_t *room)
{
    for (const char *at = value;; at++) {
        size_t size = strcspn(at, ",");
        const char *word = arena_copy(&options->memory, at, size);

        if (!is_known_word(word))
            return refuse_check(options, option, word);
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
    const char *meant;

    if (!equals) {
        complain("--severity takes ID=LEVEL, not '%s'", value);
        return STATUS_INVALID;
    }
    override.id = arena_copy(&options->memory, value, (size_t)(equals - value));
    override.severity = severity_from_word(equals + 1);
    meant = options_probe_of(override.id) ? NULL : guess(options, VOCABULARY_SEVERITY, override.id);
    if (meant) {
        complain("--severity: '%s' is no finding; did you mean '%s'?", override.id, meant);
        return STATUS_INVALID;
    }
    if (!options_probe_of(override.id) || override.severity == SEVERITY_COUNT) {
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

/* Seconds as milliseconds. */
static bool read_seconds(const char *value, double most, unsigned *milliseconds)
{
    char *end;
    double seconds = strtod(value, &end);

    if (end == value || *end != '\0' || !(seconds >= 0.01 && seconds <= most))
        return false;
    *milliseconds = (unsigned)(seconds * 1000.0);
    return true;
}

static enum status take_timeout(struct options *options, const char *value)
{
    if (read_seconds(value, 3600, &options->timeout))
        return STATUS_OK;
    complain("--timeout takes seconds from 0.01 to 3600, not '%s'", value);
    return STATUS_INVALID;
}

const struct patience patiences[] = {
    {"quick", PATIENCE_QUICK}, {"normal", PATIENCE_USUAL}, {"proof", PATIENCE_PROOF}, {NULL, 0}};

static enum status take_patience(struct options *options, const char *value)
{
    for (const struct patience *one = patiences; one->word; one++) {
        if (strcmp(one->word, value) == 0) {
            options->patience = one->milliseconds;
            return STATUS_OK;
        }
    }
    if (read_seconds(value, PATIENCE_MOST / 1000.0, &options->patience))
        return STATUS_OK;
    complain("--patience takes quick (30 s), normal (60 s), proof (300 s) or seconds from 0.01 to "
             "%d, not '%s'",
             PATIENCE_MOST / 1000, value);
    return STATUS_INVALID;
}

static enum status take_max_time(struct options *options, const char *value)
{
    if (read_seconds(value, MAX_TIME_MOST, &options->max_time))
        return STATUS_OK;
    complain("--max-time takes seconds from 0.01 to %d, not '%s'", MAX_TIME_MOST, value);
    return STATUS_INVALID;
}

static enum status take_max_age(struct options *options, const char *value)
{
    unsigned long seconds;

    if (!read_number(value, 0, MAX_AGE_MOST, &seconds)) {
        complain("--max-age takes whole seconds up to %d, or 0 for any age, not '%s'", MAX_AGE_MOST,
                 value);
        return STATUS_INVALID;
    }
    options->max_age = (unsigned)seconds;
    options->has_max_age = true;
    options->asks_max_age = options->asks_max_age || !options->in_config;
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

bool options_format_is_of(unsigned flag, const char *word)
{
    if (flag & FOR_SPF)
        return strcmp(word, "text") == 0 || strcmp(word, "json") == 0;
    return report_format_find(word) != NULL;
}

static void refuse_format(struct options *options, const char *value)
{
    const char *words = report_formats->name;

    for (const struct report_format *format = report_formats + 1; format->name; format++)
        words = arena_print(&options->memory, "%s%s%s", words, format[1].name ? ", " : " or ",
                            format->name);
    complain("--format takes %s, not '%s'", words, value);
}

static enum status take_format(struct options *options, const char *value)
{
    if (!options_format_is_of(options->flag, value)) {
        if (options->flag & FOR_SPF)
            complain("--format of 'exdiag spf' takes text or json, not '%s'", value);
        else
            refuse_format(options, value);
        return STATUS_INVALID;
    }
    options->format = arena_copy_string(&options->memory, value);
    return STATUS_OK;
}

static enum status take_title(struct options *options, const char *value)
{
    options->title = text_printable(&options->memory, value, strlen(value));
    return STATUS_OK;
}

/* ---- the table ---- */

const struct option option_table[] = {
    {"", NULL, FOR_CHECK, NULL, 0, "What is examined"},
    {"domain", "D", FOR_CHECK, take_domain, 0, "examine a mail domain"},
    {"domain", "D", FOR_SPF, take_domain, 0, "at which the record of --record is to stand"},
    {"server", "HOST", FOR_CHECK, take_server, 0, "examine a server, by name or address"},
    {"dc", "HOST", FOR_CHECK, take_dc, 0,
     "a domain controller: ask its directory, and hold the servers' clocks against its own"},
    {"mailbox", "ADDRESS", FOR_CHECK, take_mailbox, 0,
     "ask EWS for items of a mailbox as an archiver does, through each --server"},
    {"plant-test-item", NULL, FOR_CHECK, NULL, offsetof(struct options, settings.plants),
     "make a meeting request with an inline picture in the mailbox's Drafts, ask, delete it"},
    {"impersonate", NULL, FOR_CHECK, NULL, offsetof(struct options, settings.impersonates),
     "ask EWS as the owner of the mailbox (the role ApplicationImpersonation)"},
    {"reference", "HOST", FOR_CHECK, take_reference, 0,
     "an NTP server outside whose clock is right, to hold the PDC emulator's against"},
    {"file", "[HOST=]PATH", FOR_CHECK, take_file, 0,
     "examine a file, or all of a folder; types are recognised by content, HOST= says whose"},
    {"ip", "ADDR", FOR_CHECK, take_ip, 0,
     "a host that sends mail for the domains: is it in their records?"},
    {"ip", "ADDR", FOR_SPF, take_ip, 0, "judge a message that this address sends"},
    {"helo", "NAME", FOR_SPF, NULL, offsetof(struct options, settings.helo),
     "the name it says HELO with"},
    {"sender", "LOCAL", FOR_SPF, NULL, offsetof(struct options, settings.sender_local),
     "the local part of the sender, where the identity has none (postmaster)"},
    {"ip", "ADDR", FOR_AUDIT, take_ip, 0, "judge a message that this address sends"},
    {"helo", "NAME", FOR_AUDIT, NULL, offsetof(struct options, settings.helo),
     "the name it says HELO with"},
    {"sender", "LOCAL", FOR_AUDIT, NULL, offsetof(struct options, settings.sender_local),
     "the local part of the sender (postmaster)"},
    {"deep", NULL, FOR_AUDIT, NULL, offsetof(struct options, settings.deep),
     "ask more than a verdict takes: type 99, hosts that the record forgets"},
    {"rate", "N", FOR_AUDIT, take_rate, 0,
     "DNS questions a second at most; 0: no limit (200 to public resolvers)"},
    {"shard", "I/N", FOR_AUDIT, take_shard, 0,
     "only the domains of part I, from 0, of N: for several machines"},
    {"resume", "FILE", FOR_AUDIT, NULL, offsetof(struct options, resume),
     "the earlier output: what has a line there is not examined again"},
    {"dns", "ADDR[:PORT]", FOR_AUDIT, take_dns, 0,
     "ask this name server; several share the questions"},
    {"only", "ID,...", FOR_AUDIT, take_only, 0, "only these probes or findings (spf)"},
    {"skip", "ID,...", FOR_AUDIT, take_skip, 0, "not these probes or findings"},
    {"in-flight", "N", FOR_AUDIT, take_in_flight, 0,
     "DNS questions in flight at most (2000; 100 to public resolvers)"},
    {"quiet", NULL, FOR_AUDIT, NULL, offsetof(struct options, quiet), "no progress on a terminal"},
    {"record", "TEXT", FOR_SPF, NULL, offsetof(struct options, settings.record),
     "explain this record, which is not published yet"},
    {"", NULL, FOR_CHECK, NULL, 0, "Where it is asked"},
    {"dns", "ADDR[:PORT]", FOR_CHECK | FOR_SPF, take_dns, 0,
     "ask this name server, and take its view as the public one"},
    {"port", "SERVICE=N", FOR_CHECK | FOR_SPF | FOR_AUDIT, take_port, 0,
     "ask servers found on the way at port N: dns, smtp, ..."},
    {"", NULL, FOR_CHECK, NULL, 0, "What is judged, and how"},
    {"only", "ID,...", FOR_CHECK | FOR_REPORT | FOR_DIFF | FOR_DEMO | FOR_SPF, take_only, 0,
     "only these probes or findings"},
    {"skip", "ID,...", FOR_CHECK | FOR_REPORT | FOR_DIFF | FOR_DEMO | FOR_SPF, take_skip, 0,
     "not these probes or findings"},
    {"severity", "ID=LEVEL", FOR_CHECK | FOR_REPORT | FOR_DIFF | FOR_SPF, take_severity, 0,
     "judge a finding as critical, warning or info"},
    {"accept", "FILE", FOR_CHECK | FOR_REPORT | FOR_DIFF | FOR_SPF, options_read_accepted, 0,
     "findings this site has accepted: lines of ID SUBJECT YYYY-MM-DD REASON"},
    {"builds", "FILE", FOR_CHECK | FOR_REPORT | FOR_DIFF, options_read_builds, 0,
     "a newer table of Exchange's builds than the program's own"},
    {"", NULL, FOR_CHECK, NULL, 0, "How long, and how much at once"},
    {"timeout", "SECONDS", FOR_CHECK | FOR_SPF | FOR_AUDIT, take_timeout, 0,
     "for one network operation, retries included (10); what keeps coming may take --patience"},
    {"patience", "HOW", FOR_CHECK | FOR_AUDIT | FOR_DEMO, take_patience, 0,
     "for a mail server to greet: quick (30 s), normal (60), proof (300), or seconds"},
    {"max-time", "SECONDS", FOR_CHECK, take_max_time, 0,
     "for the whole run, which then ends with what it knows (of --format nagios: 55)"},
    {"max-age", "SECONDS", FOR_REPORT | FOR_DIFF, take_max_age, 0,
     "of --format nagios: older evidence is UNKNOWN; 0: of no age (93600, which is 26 h)"},
    {"jobs", "N", FOR_CHECK | FOR_AUDIT, take_jobs, 0,
     "conversations with servers at once (1024, audit 64; at most 4096)"},
    {"in-flight", "N", FOR_CHECK | FOR_SPF, take_in_flight, 0,
     "DNS questions in flight at most (500)"},
    {"", NULL, FOR_CHECK, NULL, 0, "Whom is trusted, and who asks"},
    {"ca-file", "FILE", FOR_CHECK | FOR_AUDIT, options_take_ca_file, 0,
     "certificates of authorities to trust (PEM), instead of this system's"},
    {"user", "NAME", FOR_CHECK, NULL, offsetof(struct options, user),
     "log on to directories and web servers as this user, over verified TLS alone"},
    {"password-file", "FILE", FOR_CHECK, NULL, offsetof(struct options, password_file),
     "whose first line is the password; else EXDIAG_PASSWORD, or a prompt"},
    {"token-file", "FILE", FOR_CHECK, NULL, offsetof(struct options, token_file),
     "whose first line is an OAuth token for web servers; goes before --user"},
    {"ntlm", NULL, FOR_CHECK, NULL, offsetof(struct options, ntlm),
     "log on to web servers as --user by NTLM instead of Basic"},
    {"insecure", NULL, FOR_CHECK, NULL, offsetof(struct options, insecure),
     "let Kerberos and NTLM go over TLS that does not verify; nothing else ever does"},
    {"authenticate", NULL, FOR_CHECK, NULL, offsetof(struct options, settings.authenticate),
     "log on to mail servers with the ticket of the user who runs this; no mail is offered"},
    {"", NULL, FOR_CHECK, NULL, 0, "What is written"},
    {"save", "FILE", FOR_CHECK, NULL, offsetof(struct options, save),
     "write all evidence to a new file, for 'exdiag report'"},
    {"save", "FILE", FOR_REPORT, NULL, offsetof(struct options, save),
     "with --redact: write the redacted evidence to a new file"},
    {"redact", NULL, FOR_CHECK | FOR_REPORT | FOR_DIFF, NULL, offsetof(struct options, redact),
     "put pseudonyms in place of names and addresses"},
    {"plan", NULL, FOR_CHECK, NULL, offsetof(struct options, plan),
     "say what would be asked, send nothing"},
    {"format", "FORMAT", FOR_CHECK | FOR_REPORT | FOR_DIFF | FOR_DEMO, take_format, 0,
     "text, html, json, markdown, junit, nagios or prometheus"},
    {"format", "FORMAT", FOR_SPF, take_format, 0, "text or json"},
    {"output", "FILE", FOR_CHECK | FOR_REPORT | FOR_DIFF | FOR_DEMO | FOR_SPF, NULL,
     offsetof(struct options, output), "write the report to a file"},
    {"runbook", "FILE", FOR_CHECK | FOR_REPORT, NULL, offsetof(struct options, runbook),
     "write the commands alone to a file, by machine, each a comment"},
    {"output", "FILE", FOR_COLLECT_SCRIPT | FOR_COMPLETION, NULL, offsetof(struct options, output),
     "write the script to a file"},
    {"output", "FILE", FOR_MAN, NULL, offsetof(struct options, output), "write the page to a file"},
    {"title", "TEXT", FOR_CHECK | FOR_REPORT | FOR_DIFF, take_title, 0, "a title for the report"},
    {"config", "FILE", FOR_CHECK | FOR_REPORT | FOR_DIFF | FOR_SPF | FOR_AUDIT, options_read_config,
     0, "read options from a file, one a line"},
    {"verbose", NULL, FOR_CHECK | FOR_REPORT | FOR_DIFF | FOR_DEMO, NULL,
     offsetof(struct options, verbose), "show what was right, too"},
    {"verbose", NULL, FOR_SPF, NULL, offsetof(struct options, verbose),
     "each step of the evaluation, and whole lists"},
    {"quiet", NULL, FOR_CHECK | FOR_REPORT | FOR_DIFF | FOR_DEMO | FOR_SPF, NULL,
     offsetof(struct options, quiet), "titles and the summary only"},
    {"no-color", NULL, FOR_CHECK | FOR_REPORT | FOR_DIFF | FOR_DEMO | FOR_SPF, NULL,
     offsetof(struct options, no_color), "no colours (also NO_COLOR)"},
    {"help", NULL, FOR_ALL, NULL, offsetof(struct options, help), "this help"},
    {"version", NULL, FOR_ALL, NULL, offsetof(struct options, version), "the version"},
    {0},
};
