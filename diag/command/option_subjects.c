#include "diag/command/option_subjects.h"

#include "diag/command/command.h"
#include "diag/command/option_folder.h"
#include "diag/idn.h"
#include "diag/memory.h"
#include "diag/platform.h"
#include "diag/text.h"

#include <string.h>

enum { LOCAL_PART_MOST = 64 /* RFC 5321 4.5.3.1.1 */ };

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
    subject->host = NULL;
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

/* As Windows shows a machine: two backslashes, its name, and nothing more. */
static const char *machine_shown(struct options *options, const char *text)
{
    return strncmp(text, "\\\\", 2) == 0 ? options_host_name(options, text + 2) : NULL;
}

/* The host that a URL, a host with a port, or a machine as shown, names; NULL if it is none. */
static const char *host_within(struct options *options, const char *text)
{
    const char *scheme = strstr(text, "://"), *host = scheme ? scheme + 3 : text;
    size_t size = strcspn(host, "/?#:");
    const char *name = options_host_name(options, arena_copy(&options->memory, host, size));

    return scheme || host[size] ? name : machine_shown(options, text);
}

static enum status refuse_name(struct options *options, enum subject_kind kind, const char *text)
{
    const char *word = kind == SUBJECT_DC ? "domain controller" : subject_kind_word(kind);
    char ascii[DNS_NAME_TEXT_SIZE];
    const char *odd = idn_to_ascii(text, ascii) == STATUS_OK ? odd_character(ascii) : NULL;
    const char *host = host_within(options, text);

    if (host)
        complain("'%s' is not a %s name; the name in it is '%s'", text, word, host);
    else if (odd)
        complain("'%s' is not a %s name: it holds '%c'; name several one by one, without commas",
                 text, word, *odd);
    else
        complain("'%s' is not a %s name: labels have 1 to 63 bytes, a name at most 253", text,
                 word);
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
        refuse_name(options, kind, text);
    buffer_release(&name);
    return status;
}

/* Of Exchange: letters' case makes no difference, nor does the script of the domain. */
static enum status add_mailbox(struct options *options, const char *text)
{
    const char *at = strrchr(text, '@');
    size_t local = at ? (size_t)(at - text) : 0;
    enum status status = STATUS_INVALID;
    struct buffer name;

    buffer_init(&name, LOCAL_PART_MOST + 1 + DNS_NAME_TEXT_SIZE);
    for (size_t i = 0; i < local; i++)
        buffer_add_char(&name, text_lower(text[i]));
    buffer_add_char(&name, '@');
    if (local > 0 && local <= LOCAL_PART_MOST && text_is_printable(text, local) &&
        strcspn(text, " <>\",;:\\") > local)
        status = options_canonical_name(at + 1, &name);
    if (status == STATUS_OK)
        add(options, SUBJECT_MAILBOX, name.text, text);
    else
        complain("'%s' is not the address of a mailbox, such as alice@contoso.com", text);
    buffer_release(&name);
    return status;
}

static enum status add_host(struct options *options, enum subject_kind kind, const char *text)
{
    struct ip_address ip;
    char canonical[IP_TEXT_SIZE];

    if (ip_parse(text, strlen(text), &ip) != STATUS_OK)
        return add_name(options, kind, text);
    ip_format(&ip, canonical);
    return add(options, kind, canonical, canonical);
}

const char *options_host_name(struct options *options, const char *text)
{
    struct ip_address ip;
    char canonical[IP_TEXT_SIZE];
    struct buffer name;
    enum status status;

    if (ip_parse(text, strlen(text), &ip) == STATUS_OK) {
        ip_format(&ip, canonical);
        return arena_copy_string(&options->memory, canonical);
    }
    buffer_init(&name, DNS_NAME_TEXT_SIZE);
    status = options_canonical_name(text, &name);
    text = buffer_keep(&name, &options->memory);
    return status == STATUS_OK ? text : NULL;
}

/* Said before, of another machine. */
static bool contradicts(const struct options *options, const char *path, const char *host)
{
    for (size_t i = 0; i < options->subject_count; i++) {
        const struct subject *other = &options->subjects[i];

        if (other->kind != SUBJECT_FILE || strcmp(other->name, path) != 0 || !other->host ||
            strcmp(other->host, host) == 0)
            continue;
        complain("--file: '%s' is said to be of %s, and of %s", path, other->host, host);
        return true;
    }
    return false;
}

/* NULL: what stands before the '=' is a part of a path. */
static const char *host_before(struct options *options, const char *text, size_t size)
{
    if (memchr(text, '/', size) || memchr(text, '\\', size))
        return NULL;
    return options_host_name(options, arena_copy(&options->memory, text, size));
}

static enum status add_file_of(struct options *options, const char *path, const char *host)
{
    if (host && contradicts(options, path, host))
        return STATUS_INVALID;
    add(options, SUBJECT_FILE, path, path);
    options->subjects[options->subject_count - 1].host = host;
    return STATUS_OK;
}

/* Windows' shells hand '*' on as it is. */
static void refuse_path(const char *option, const char *path)
{
    if (strpbrk(path, "*?"))
        complain("%s'%s': there is no such file; a folder is every file in it, by its name alone",
                 option, path);
    else
        complain("%s'%s': %s", option, path, status_text(STATUS_NOT_FOUND));
}

/* A folder is every file in it. */
static enum status add_path_of(struct options *options, const char *path, const char *host)
{
    enum platform_file_kind kind = platform_file_kind(path);

    if (kind == PLATFORM_NO_FILE) {
        refuse_path("--file: ", path);
        return STATUS_INVALID;
    }
    if (kind == PLATFORM_FOLDER)
        return options_walk_folder(options, path, add_file_of, host);
    return add_file_of(options, path, host);
}

/*
 * [HOST=]PATH. What is there by the whole of it is that file or folder; "./" keeps other paths
 * whole.
 */
static enum status add_file(struct options *options, const char *text)
{
    const char *parting = strchr(text, '='), *host;

    if (!parting || platform_file_kind(text) != PLATFORM_NO_FILE)
        return add_path_of(options, text, NULL);
    host = host_before(options, text, (size_t)(parting - text));
    if (!host)
        return add_path_of(options, text, NULL);
    if (!parting[1]) {
        complain("--file: '%s' names a host and no file; it is HOST=PATH", text);
        return STATUS_INVALID;
    }
    return add_path_of(options, parting + 1, host);
}

enum status options_add_subject(struct options *options, enum subject_kind kind, const char *text)
{
    if (kind == SUBJECT_SERVER || kind == SUBJECT_DC)
        return add_host(options, kind, text);
    if (kind == SUBJECT_FILE)
        return add_file(options, text);
    if (kind == SUBJECT_MAILBOX)
        return add_mailbox(options, text);
    return add_name(options, kind, text);
}

const char **options_names(const struct options *options, enum subject_kind kind, size_t *count)
{
    const char **names = memory_new(options->subject_count + 1, sizeof *names);

    *count = 0;
    for (size_t i = 0; i < options->subject_count; i++) {
        if (options->subjects[i].kind == kind)
            names[(*count)++] = options->subjects[i].name;
    }
    return names;
}

/* With a separator it is no name, so that a mistyped path is not asked of name servers. */
static enum status add_path(struct options *options, const char *text)
{
    const char *host = strstr(text, "://") ? host_within(options, text) : NULL;
    const char *machine = machine_shown(options, text);

    if (machine) { /* before it is looked for in the file system, which would ask it by SMB */
        complain("'%s' is a machine; a server is examined by --server %s", text, machine);
        return STATUS_INVALID;
    }
    if (platform_file_kind(text) != PLATFORM_NO_FILE)
        return options_add_subject(options, SUBJECT_FILE, text);
    if (host)
        complain("'%s' is a URL; its server is examined by --server %s", text, host);
    else
        refuse_path("", text);
    return STATUS_INVALID;
}

/* Ends as files do that exdiag reads; no domain on the Internet ends so. */
static bool is_like_file_name(const char *text)
{
    static const char *const endings[] = {"log", "txt",  "pcap",  "pcapng", "cap", "eml",
                                          "csv", "json", "jsonl", "evtx",   "evt", "xml",
                                          "ldf", "ldif", "reg",   "inf",    "vmx"};
    const char *dot = strrchr(text, '.');

    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++) {
        if (text_equal_fold(dot + 1, endings[i]))
            return true;
    }
    return false;
}

static enum status refuse_file(const char *text)
{
    if (strpbrk(text, "*?"))
        refuse_path("", text);
    else
        complain("'%s': there is no file of that name in this folder; a domain of that name is "
                 "examined with --domain",
                 text);
    return STATUS_INVALID;
}

static enum status refuse_word(struct options *options, const char *text)
{
    const char *host = options_host_name(options, text);

    if (host)
        complain("'%s' is neither a file nor a domain; a server is examined by --server %s", text,
                 host);
    else
        complain("'%s' is neither a file nor a domain; see 'exdiag check --help'", text);
    return STATUS_INVALID;
}

enum status options_add_bare(struct options *options, const char *text)
{
    struct ip_address ip;

    if (!(options->flag &
          (FOR_CHECK | FOR_REPORT | FOR_DIFF | FOR_EXPLAIN | FOR_SPF | FOR_COMPLETION))) {
        if (options->flag & FOR_AUDIT)
            complain("'%s': domains come in on standard input: exdiag audit < FILE", text);
        else
            complain("'%s': 'exdiag %s' takes options alone", text, options->command);
        return STATUS_INVALID;
    }
    if (!(options->flag & FOR_CHECK)) {
        options->words = arena_grow(&options->memory, options->words, &options->word_room,
                                    options->word_count, sizeof *options->words);
        options->words[options->word_count++] = arena_copy_string(&options->memory, text);
        return STATUS_OK;
    }
    if (strpbrk(text, "/\\"))
        return add_path(options, text);
    if (platform_file_kind(text) == PLATFORM_FILE)
        return options_add_subject(options, SUBJECT_FILE, text);
    if (ip_parse(text, strlen(text), &ip) == STATUS_OK)
        return options_add_subject(options, SUBJECT_SERVER, text);
    if (strchr(text, '@'))
        return options_add_subject(options, SUBJECT_MAILBOX, text);
    if (strpbrk(text, "*?") || is_like_file_name(text))
        return refuse_file(text);
    if (strchr(text, '.'))
        return options_add_subject(options, SUBJECT_DOMAIN, text);
    if (platform_file_kind(text) == PLATFORM_FOLDER)
        return options_add_subject(options, SUBJECT_FILE, text);
    return refuse_word(options, text);
}
