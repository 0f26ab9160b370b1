/* exdiag spf: SPF of one identity or of a record, explained, and evaluated for a sender. */
#include "diag/command/command.h"
#include "diag/command/live.h"
#include "diag/command/output.h"
#include "diag/command/spf_page.h"
#include "diag/idn.h"
#include "diag/text.h"
#include "diag/verdict.h"

#include <string.h>

enum { EXIT_PROBLEMS = 1, EXIT_NOT_KNOWN = 3 };

/* ---- whose SPF ---- */

/* As the DNS has it, in lower case; what is no name stays as it is, for check_host() to judge. */
static const char *domain_name(struct options *options, const char *text)
{
    char ascii[DNS_NAME_TEXT_SIZE];
    struct buffer folded;

    if (idn_to_ascii(text, ascii) != STATUS_OK)
        return arena_copy_string(&options->memory, text);
    buffer_init(&folded, DNS_NAME_TEXT_SIZE);
    dns_name_fold(ascii, &folded);
    return buffer_keep(&folded, &options->memory);
}

static void set_domain(struct options *options, const char *text)
{
    struct subject *subject = arena_new(&options->memory, 1, sizeof *subject);
    char unicode[DNS_NAME_TEXT_SIZE];

    subject->kind = SUBJECT_DOMAIN;
    subject->name = domain_name(options, text);
    subject->shown = subject->name;
    if (idn_to_unicode(subject->name, unicode) == STATUS_OK)
        subject->shown = arena_copy_string(&options->memory, unicode);
    subject->given = true;
    options->subjects = subject;
    options->subject_count = 1;
}

/* "user@domain", "domain", or "" for the null sender. A local part may hold an @ itself. */
static int read_identity(struct options *options, const char *text)
{
    const char *at = strrchr(text, '@');

    if (*text == '\0' || strcmp(text, "<>") == 0) {
        if (!options->settings.helo)
            return complain("the null sender is judged by the name of its HELO: give it with "
                            "--helo");
        options->settings.sender_local = NULL;
        set_domain(options, options->settings.helo);
        return EXIT_FINE;
    }
    if (at)
        options->settings.sender_local = arena_copy(&options->memory, text, (size_t)(at - text));
    set_domain(options, at ? at + 1 : text);
    return EXIT_FINE;
}

/* A term that asks for the name at which the record stands, or a macro that may. */
static bool needs_domain(const char *text, struct arena *memory)
{
    struct spf_record record;

    if (!spf_is_record(text, strlen(text)))
        return false;
    spf_read(text, strlen(text), memory, &record);
    for (size_t i = 0; i < record.term_count; i++) {
        const struct spf_term *term = &record.terms[i];
        bool asks = term->kind == SPF_A || term->kind == SPF_MX || term->kind == SPF_PTR;

        if ((asks && !term->value) || (term->value && memchr(term->value, '%', term->value_size)))
            return true;
    }
    return false;
}

static int read_record(struct options *options)
{
    if (options->subject_count > 0)
        return EXIT_FINE;
    if (options->settings.sender_count > 0 &&
        needs_domain(options->settings.record, &options->memory))
        return complain("--record: a term asks for the domain's own name: say with --domain where "
                        "the record is to stand");
    set_domain(options, "");
    return EXIT_FINE;
}

/* Fills in the one subject, and of the settings what the identity says. */
static int read_arguments(struct options *options)
{
    if (options->word_count > 1)
        return complain("'%s': one identity at a time; for many domains there is 'exdiag audit'",
                        options->words[1]);
    if (options->word_count + options->subject_count > 1)
        return complain("name one domain: as the identity, or with --domain");
    if (options->settings.sender_count > 1)
        return complain("--ip: one message comes from one address");
    if (options->word_count == 1)
        return read_identity(options, options->words[0]);
    if (options->settings.record)
        return read_record(options);
    if (options->subject_count == 1)
        return EXIT_FINE;
    return complain("name whose SPF to explain, such as: exdiag spf user@example.com --ip "
                    "192.0.2.1");
}

/* ---- showing it ---- */

static int exit_status_of(const struct spf_page *page)
{
    int exit_status = report_exit_status(page->report);

    if (exit_status == EXIT_PROBLEMS)
        return exit_status;
    if (page->view->senders.is_cut)
        exit_status = EXIT_NOT_KNOWN;
    if (!page->view->is_evaluated)
        return exit_status;
    if (page->view->verdict.result == SPF_RESULT_PERMERROR)
        return EXIT_PROBLEMS;
    return page->view->verdict.result == SPF_RESULT_TEMPERROR ? EXIT_NOT_KNOWN : exit_status;
}

static enum status write_page(const void *what, const struct report_options *style,
                              const struct options *options, FILE *stream)
{
    if (strcmp(options->format, "json") == 0)
        return spf_page_json(what, stream);
    return spf_page_text(what, style, stream);
}

static int show(const struct run *run, const struct options *options)
{
    struct arena memory = {0};
    struct report report;
    struct spf_page page = {.settings = &run->about.settings,
                            .view = exam_result(run->exam, &probe_spf_identity),
                            .report = &report,
                            .memory = &memory};
    int exit_status;

    if (!page.view)
        return complain("nothing was examined: --skip leaves nothing to say");
    page.identity = spf_page_show(&page, options->word_count ? options->words[0] : "");
    page.domain = spf_page_show(&page, page.view->domain);
    verdict(run, 1, NULL, &memory, &report);
    spf_page_fill(&page);
    exit_status = output_page(write_page, &page, options);
    if (exit_status == EXIT_FINE)
        exit_status = exit_status_of(&page);
    arena_release(&memory);
    return exit_status;
}

static int spf(struct options *options)
{
    static const struct probe *const identity_alone[] = {&probe_spf_identity, NULL};
    struct run run = {.probes = identity_alone};
    int exit_status = read_arguments(options);

    if (exit_status == EXIT_FINE && !output_spares_input(options))
        exit_status = EXIT_TROUBLE;
    if (exit_status != EXIT_FINE)
        return exit_status;
    run.about.subjects = options->subjects;
    run.about.subject_count = options->subject_count;
    run.about.settings = options->settings;
    run.about.settings.deep = true;
    run.about.settings.one_message = true;
    exit_status = live_run(&run, options);
    if (exit_status == EXIT_FINE)
        exit_status = show(&run, options);
    run_release(&run);
    return exit_status;
}

const struct command command_spf = {
    .name = "spf",
    .summary = "explains the SPF of a sender or of a record, and says what becomes of a message",
    .usage = "[IDENTITY] [options]",
    .flag = FOR_SPF,
    .run = spf,
    .arguments = VOCABULARY_TEXT,
    .more = "IDENTITY is user@domain or domain; '' is the null sender, judged by its --helo.\n"
            "Without --ip the record is explained: what is wrong with it, what it costs, who\n"
            "may send. With --ip it says first what becomes of a message from there, and why.\n\n"
            "Exit status: 0 nothing wrong; 1 problems worse than info, or permerror; 2 usage\n"
            "or internal error; 3 no problem, but something is not known (temperror, or parts\n"
            "of the tree). pass and fail are no problems.",
};
