#include "diag/command/plan.h"

#include "diag/command/command.h"
#include "diag/command/live.h"
#include "diag/command/machine_text.h"
#include "diag/command/output.h"
#include "diag/evidence/ews.h"
#include "diag/exam.h"
#include "diag/gather/dns.h"
#include "diag/platform.h"
#include "diag/text.h"

#include <string.h>

enum { PROSE_COLUMN = 15 };

static void print_printable(const char *what, const char *text)
{
    struct arena memory = {0};

    printf("%s%s\n", what, text_printable(&memory, text, strlen(text)));
    arena_release(&memory);
}

static void print_resolvers(const struct options *options)
{
    struct net_address found[DNS_RESOLVERS_MOST];
    const struct net_address *servers = options->settings.dns;
    size_t count = options->settings.dns_count;

    if (count == 0) {
        servers = found;
        if (platform_resolvers(found, DNS_RESOLVERS_MOST, &count) != STATUS_OK)
            count = 0;
    }
    puts(count ? "resolvers:" : "resolvers: none; name one with --dns");
    for (size_t i = 0; i < count; i++) {
        char text[NET_ADDRESS_TEXT_SIZE];

        net_address_format(&servers[i], servers[i].port, text);
        printf("  %s, port %u, UDP and TCP\n", text, (unsigned)servers[i].port);
    }
}

/* With --dns those servers alone are asked. */
static void print_ports(const struct settings *settings)
{
    for (unsigned i = 0; i < SERVICE_COUNT; i++) {
        enum service service = (enum service)i;

        if (settings->ports[i] && !(service == SERVICE_DNS && settings->dns_count > 0))
            printf("%s of servers found on the way: port %u instead of %u\n", service_word(service),
                   (unsigned)service_port(settings, service),
                   (unsigned)service_usual_port(service));
    }
}

/* What a run without subjects finds. */
static const unsigned found_in_directory =
    PROBE_EXAMINES(SUBJECT_DOMAIN) | PROBE_EXAMINES(SUBJECT_SERVER) | PROBE_EXAMINES(SUBJECT_DC);

/* A probe runs if it examines one of the subjects and is not switched off. */
static bool is_wanted(const struct probe *probe, struct exam *exam, const struct settings *settings)
{
    struct subject_list subjects = exam_subjects(exam);

    if (settings->everything && probe->subjects & found_in_directory)
        return exam_is_selected(settings, probe);
    for (size_t i = 0; i < subjects.count; i++) {
        if (probe->subjects & PROBE_EXAMINES(subjects.list[i]->kind) &&
            exam_is_selected(settings, probe))
            return true;
    }
    return false;
}

/* Who asks a mailbox: as gatherers choose, the token first. */
static const char *mailbox_credentials(const struct options *options)
{
    if (options->token_file)
        return options->settings.impersonates
                   ? "the token of --token-file, and as the owner of each mailbox: --impersonate"
                   : "the token of --token-file";
    if (options->user)
        return options->settings.impersonates
                   ? "those of --user, and as the owner of each mailbox: --impersonate"
                   : "those of --user";
    return options->settings.impersonates
               ? "the Kerberos ticket of whoever runs this, and as the owner of each mailbox: "
                 "--impersonate"
               : "the Kerberos ticket of whoever runs this, if there is one";
}

/* Whom it asks as; nothing is asked of the user but the password of --user. */
static const char *credentials_of(const struct probe *probe, const struct options *options)
{
    if (!(probe->needs & NEEDS_CREDENTIALS))
        return "none";
    if (probe->subjects & PROBE_EXAMINES(SUBJECT_MAILBOX))
        return mailbox_credentials(options);
    return options->user ? "those of --user for directories"
                         : "the Kerberos ticket of whoever runs this, if there is one";
}

static void print_probes(struct exam *exam, const struct options *options)
{
    const struct settings *settings = &options->settings;

    for (const struct probe *const *probe = probes; *probe; probe++) {
        if (!is_wanted(*probe, exam, settings))
            continue;
        printf("\n%s\n", (*probe)->name);
        output_prose("  touches:", PROSE_COLUMN, (*probe)->touches);
        output_prose("  credentials:", PROSE_COLUMN, credentials_of(*probe, options));
        if (settings->authenticate && (*probe)->logs_on)
            output_prose("  logs on:", PROSE_COLUMN, (*probe)->logs_on);
        output_prose("  in logs:", PROSE_COLUMN, (*probe)->noticed);
    }
}

static bool is_needed(enum probe_need need, struct exam *exam, const struct settings *settings)
{
    for (const struct probe *const *probe = probes; *probe; probe++) {
        if ((*probe)->needs & need && is_wanted(*probe, exam, settings))
            return true;
    }
    return false;
}

/* Whether this system is Windows, which alone asks machines about themselves. */
static bool has_system_folder(void)
{
    struct buffer folder;
    enum status status;

    buffer_init(&folder, PLATFORM_HOST_NAME_SIZE);
    status = platform_system_folder("", &folder);
    buffer_release(&folder);
    return status == STATUS_OK;
}

static void print_machines(struct exam *exam, const struct settings *settings)
{
    if (!is_needed(NEEDS_HOST, exam, settings) || !has_system_folder())
        return;
    puts("\nmachines");
    output_prose("  touches:", PROSE_COLUMN, MACHINES_ASKED);
    output_prose("  in logs:", PROSE_COLUMN, MACHINES_NOTICED);
}

/* How web servers are shown who asks: by probes that need credentials, and by no other. */
static void print_web_logons(const struct options *options)
{
    if (options->token_file) {
        print_printable("read, for the token that web servers are shown, over verified TLS alone: ",
                        options->token_file);
    } else if (options->user) {
        printf("logged on to web servers that are examined with a logon, by %s, over %s, as: ",
               options->ntlm ? "NTLM" : "Basic",
               options->ntlm && options->insecure ? "TLS of any kind or none"
                                                  : "verified TLS alone");
        print_printable("", options->user);
    }
    if (options->insecure)
        puts("certificates of web servers that do not verify keep neither Kerberos nor NTLM from "
             "being used\n(--insecure)");
}

static void print_everything(const struct options *options)
{
    if (!options->settings.everything)
        return;
    print_printable("no subject is named; looked for from this machine: ",
                    options->subjects[0].shown);
    puts("  the domain controllers of its domain, by DNS\n"
         "  Exchange's servers and accepted domains, in the directory of its forest\n"
         "each of these is then examined as if it were named");
}

static void print_files(const struct options *options)
{
    for (size_t i = 0; i < options->subject_count; i++) {
        if (options->subjects[i].kind == SUBJECT_FILE)
            print_printable("read: ", options->subjects[i].shown);
    }
    if (options->ca_file)
        print_printable("read, for the authorities to trust: ", options->ca_file);
    if (options->user)
        print_printable("logged on to directories, over verified TLS alone, as: ", options->user);
    print_web_logons(options);
    if (options->settings.plants)
        puts("made in each mailbox, asked for and deleted again: a test item named "
             "\"" EWS_TEST_SUBJECT "\"");
    if (options->password_file)
        print_printable("read, for the password: ", options->password_file);
    if (options->save)
        print_printable("written, with all evidence: ", options->save);
}

static void print_first_asks(const struct evidence_store *store)
{
    if (!evidence_store_first(store)) {
        puts("\nno probe has anything to ask");
        return;
    }
    puts("\nthe first questions; what follows depends on the answers:");
    for (const struct evidence *item = evidence_store_first(store); item; item = item->next) {
        struct buffer text;

        buffer_init(&text, 4096);
        item->kind->describe(item, &text);
        print_printable("  ", text.text);
        buffer_release(&text);
    }
}

static bool has_mailbox(const struct options *options)
{
    size_t i = 0;

    while (i < options->subject_count && options->subjects[i].kind != SUBJECT_MAILBOX)
        i++;
    return i < options->subject_count;
}

/* One paragraph, the last. */
static void print_times(const struct options *options, bool is_patient, struct arena *arena)
{
    double timeout = options->timeout / 1000.0, patience = options->patience / 1000.0;
    const char *text = arena_print(arena,
                                   "a second where everything answers; where nothing does, a few "
                                   "times %.1f s, the most that one network operation takes",
                                   timeout);

    if (has_mailbox(options))
        text = arena_print(arena, "%s; up to %.1f s for items of a mailbox that keep failing", text,
                           patience);
    if (is_patient)
        text = arena_print(arena,
                           "%s; up to %.1f s more where a mail server accepts a connection and "
                           "stays silent: %u are waited for side by side (--jobs), at most three "
                           "of them at one address and port",
                           text, patience, live_jobs(options));
    if (has_mailbox(options) || is_patient)
        text = arena_print(arena, "%s (--patience)", text);
    putchar('\n');
    output_prose("it may take", sizeof "it may take", text);
}

int print_plan(const struct options *options)
{
    struct evidence_store *store = evidence_store_new();
    const struct exam_options how = {.settings = &options->settings,
                                     .probes = probes,
                                     .store = store,
                                     .started = platform_wall_clock(),
                                     .fetch = exam_fetch_nothing};
    struct exam *exam = exam_new(&how);
    struct arena arena = {0};

    for (size_t i = 0; i < options->subject_count; i++)
        exam_add_given(exam, &options->subjects[i]);
    exam_work(exam, 0);
    puts("nothing is sent now. A run with these options would do this:\n");
    print_everything(options);
    print_resolvers(options);
    print_ports(&options->settings);
    print_files(options);
    print_probes(exam, options);
    print_machines(exam, &options->settings);
    print_first_asks(store);
    print_times(options, is_needed(NEEDS_PATIENCE, exam, &options->settings), &arena);
    arena_release(&arena);
    exam_free(exam);
    evidence_store_free(store);
    return EXIT_FINE;
}
