/*
 * exdiag demo: a broken organisation on loopback, examined for real. Nothing is
 * needed and nothing leaves this machine.
 */
#include "diag/command/command.h"
#include "diag/command/option_subjects.h"
#include "diag/command/option_table.h"
#include "diag/command/output.h"
#include "diag/gather/http.h"
#include "diag/platform.h"
#include "diag/platform_directory.h"
#include "diag/xml_library.h"
#include "tests/lab/world.h"

#include <stdlib.h>
#include <string.h>

enum { /* milliseconds */
       DEMO_TIMEOUT = 5000,
       DEMO_PATIENCE = LAB_WORLD_SLOWEST + 1400, /* machines are busy at times */
       DEMO_PATIENCE_OF_EWS = 1600 /* for the three requests that show that an error lasts */
};

static bool is_of(const char *id, const char *probe)
{
    return strcmp(options_probe_of(id)->name, probe) == 0;
}

/* ---- what is shown ---- */

struct machine { /* libraries that it has */
    bool directories, web, xml;
};

static struct machine look_at_machine(void)
{
    struct xml_library library;
    const char *reason;

    return (struct machine){.directories = platform_has_directories(),
                            .web = http_is_available(),
                            .xml = xml_library_load(&library, &reason) == STATUS_OK};
}

static bool is_told_by_xml(const char *id)
{
    static const char *const ids[] = {"ews-cgi-handler", "ews-directory-differs", "exps-events"};

    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        if (strcmp(ids[i], id) == 0)
            return true;
    }
    return false;
}

static bool can_show(const struct machine *machine, const struct lab_planted *planted)
{
    if (is_of(planted->id, "spn") && !machine->directories)
        return false;
    if (is_told_by_xml(planted->id))
        return machine->xml;
    if (planted->kind == SUBJECT_MAILBOX || is_of(planted->id, "powershell"))
        return machine->web && machine->xml;
    return !is_of(planted->id, "build") || machine->web;
}

/* --only and --skip, and what this machine can ask for */
static bool is_wanted(const struct options *options, const struct machine *machine,
                      const struct lab_planted *planted)
{
    const char *id = planted->id;

    return exam_is_finding_selected(&options->settings, options_probe_of(id), id) &&
           can_show(machine, planted);
}

static void tell_lacks(const struct machine *machine)
{
    if (!machine->directories)
        fputs("service principal names are not shown: OpenLDAP's library is not on this machine\n",
              stderr);
    if (!machine->web)
        fputs("mailboxes, PowerShell and builds are not shown: libcurl is not on this machine\n",
              stderr);
    if (!machine->xml)
        fputs(
            "mailboxes, PowerShell, IIS and event logs are not shown: libxml2 is not on this machine\n",
            stderr);
}

/* ---- was everything found that was planted? ---- */

struct search {
    const struct lab_planted *planted;
    bool found;
};

static bool is_planted_at(const struct lab_planted *planted, const struct subject *subject)
{
    size_t size = strlen(subject->name), ending = strlen(planted->subject);

    if (planted->kind != subject->kind || ending > size ||
        strcmp(subject->name + size - ending, planted->subject) != 0)
        return false;
    return ending == size || planted->kind == SUBJECT_FILE;
}

static void compare(void *context, struct finding *finding)
{
    struct search *search = context;
    const struct lab_planted *planted = search->planted;

    if (strcmp(finding->kind->id, planted->id) == 0 && finding->outcome == planted->outcome &&
        is_planted_at(planted, finding->subject))
        search->found = true;
}

/* On stderr, so that the report alone is on stdout. */
static int compare_with_planted(struct run *run, const struct options *options,
                                const struct machine *machine)
{
    unsigned planted = 0, found = 0;

    fputs("\nplanted in this demonstration:\n", stderr);
    for (const struct lab_planted *one = lab_planted; one->id; one++) {
        struct search search = {.planted = one};

        if (!is_wanted(options, machine, one))
            continue;
        exam_findings(run->exam, compare, &search);
        fprintf(stderr, "  %-9s %-27s %-26s %s\n", search.found ? "found" : "NOT FOUND",
                one->subject, one->id, one->story);
        planted++;
        found += search.found;
    }
    fprintf(stderr, "%u of %u found\n", found, planted);
    tell_lacks(machine);
    fputs("builds are judged as if the table of builds that exdiag has were of today\n", stderr);
    fputs("the names are invented: the commands of the report are not to be run\n", stderr);
    return found == planted ? EXIT_FINE : 1;
}

/* ---- the examination ---- */

static bool is_server(const char *name)
{
    for (const char *const *server = lab_servers; *server; server++) {
        if (strcmp(*server, name) == 0)
            return true;
    }
    return false;
}

/* Whether something is wanted that files for this probe tell. */
static bool is_told_by_files(const struct options *options, const struct machine *machine,
                             const char *probe)
{
    for (const struct lab_planted *one = lab_planted; one->id; one++) {
        bool of_clock = is_of(one->id, "clock") && strncmp(one->id, "time-", strlen("time-")) != 0;

        if (is_of(one->id, probe) && !of_clock && is_wanted(options, machine, one))
            return true;
    }
    return false;
}

/* What machines and programs say of themselves and each other. */
static void add_files(struct options *options, const struct machine *machine,
                      const struct lab_world *world)
{
    const char *path, *probe, *host;

    for (size_t i = 0; lab_world_file(world, i, &path, &probe); i++) {
        host = lab_world_file_host(world, i);
        if (host)
            path = arena_print(&options->memory, "%s=%s", host, path);
        if (is_told_by_files(options, machine, probe))
            options_add_subject(options, SUBJECT_FILE, path);
    }
}

/* The fault lives on one node, so each is named. */
static void add_mailbox(struct options *options, const char *mailbox)
{
    options_add_subject(options, SUBJECT_MAILBOX, mailbox);
    for (const char *const *node = lab_nodes; *node; node++)
        options_add_subject(options, SUBJECT_SERVER, *node);
}

/* All with something planted for this probe: a server is also judged by how others are. */
static void add_servers(struct options *options, const char *probe)
{
    for (const struct lab_planted *one = lab_planted; one->id; one++) {
        if (is_of(one->id, probe) && is_server(one->subject))
            options_add_subject(options, SUBJECT_SERVER, one->subject);
    }
}

/* Other servers, and domain controllers, turn up by themselves. */
static void add_subjects(struct options *options, const struct machine *machine,
                         const struct lab_world *world)
{
    for (const struct lab_planted *one = lab_planted; one->id; one++) {
        if (!is_wanted(options, machine, one))
            continue;
        if (one->kind == SUBJECT_DOMAIN)
            options_add_subject(options, SUBJECT_DOMAIN, one->subject);
        add_servers(options, options_probe_of(one->id)->name);
        if (is_of(one->id, "spn"))
            options_add_subject(options, SUBJECT_DOMAIN, lab_organisation);
        if (one->kind == SUBJECT_MAILBOX)
            add_mailbox(options, one->subject);
    }
    add_files(options, machine, world);
}

/* The usual one is made for the Internet; nobody watches a demonstration that long. */
static unsigned patience_of(const struct options *options, const struct machine *machine)
{
    bool has_exchangers = false;

    for (const struct lab_planted *one = lab_planted; one->id; one++)
        has_exchangers =
            has_exchangers || (is_of(one->id, "mx") && is_wanted(options, machine, one));
    if (options->patience != PATIENCE_USUAL)
        return options->patience;
    return has_exchangers ? DEMO_PATIENCE : DEMO_PATIENCE_OF_EWS;
}

/* The files of the demonstration go first. */
static void interrupt(void *argument)
{
    (void)argument;
}

static int examine(struct options *options, const struct machine *machine,
                   const struct lab_world_ways *ways)
{
    struct run run = {0};
    size_t server_count;
    const char **servers = options_names(options, SUBJECT_SERVER, &server_count);
    const struct run_options how = {.gather = {.resolvers = &ways->resolver,
                                               .resolver_count = 1,
                                               .dns_window = DNS_WINDOW_USUAL,
                                               .timeout = DEMO_TIMEOUT,
                                               .patience = patience_of(options, machine),
                                               .ca_text = ways->authority,
                                               .anonymous = true,
                                               .web = {.token = "of-the-demonstration",
                                                       .servers = servers,
                                                       .server_count = server_count},
                                               .jobs = JOBS_USUAL},
                                    .catch_interrupts = true};
    enum status status;
    int exit_status;

    memcpy(options->settings.ports, ways->ports, sizeof ways->ports);
    options->settings.references = &ways->reference;
    options->settings.reference_count = 1;
    options->settings.builds = ways->builds;
    options->settings.deep = true;
    options->title =
        "DEMONSTRATION on loopback, with invented names: the commands below show their "
        "form and are not to be run";
    run.about.subjects = options->subjects;
    run.about.subject_count = options->subject_count;
    run.about.settings = options->settings;
    status = run_live(&run, &how);
    free(servers);
    (void)platform_on_interrupt(interrupt, NULL);
    if (status != STATUS_OK) {
        exit_status = complain("nothing could be examined: %s", status_text(status));
    } else {
        exit_status = output_report(&run, 1, options);
        if (exit_status != EXIT_TROUBLE)
            exit_status = compare_with_planted(&run, options, machine);
    }
    run_release(&run);
    return exit_status;
}

static int show_world(struct options *options)
{
    const struct machine machine = look_at_machine();
    struct lab_world *world;
    struct lab_world_ways ways;
    enum status status = lab_world_start(&world, &ways);
    int exit_status;

    if (status != STATUS_OK)
        return complain("the demonstration needs free ports on 127.0.0.x, and room for ten small "
                        "files: %s",
                        status_text(status));
    add_subjects(options, &machine, world);
    exit_status = options->subject_count > 0
                      ? examine(options, &machine, &ways)
                      : complain("nothing would be examined: --only and --skip leave nothing of "
                                 "what is planted");
    lab_world_stop(world);
    return exit_status;
}

/* Before the first server starts: on POSIX, a thread of theirs would be ended by the signal. */
static int demo(struct options *options)
{
    int exit_status;

    (void)platform_on_interrupt(interrupt, NULL);
    exit_status = show_world(options);
    (void)platform_on_interrupt(NULL, NULL);
    return exit_status;
}

const struct command command_demo = {
    .name = "demo",
    .summary = "examines a broken organisation on loopback: the whole job, nothing needed",
    .usage = "[options]",
    .flag = FOR_DEMO,
    .run = demo,
};
