#include "diag/probe.h"

#include "diag/examination.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum { SEEN_TEXT_MOST = 65536 };

/* ---- asking ---- */

const struct dns_answer *ask_dns(struct examination *x, const char *name, enum dns_type type)
{
    return ask_dns_at(x, name, type, &(const struct ip_address){0});
}

const struct dns_answer *ask_dns_at(struct examination *x, const char *name, enum dns_type type,
                                    const struct ip_address *server)
{
    struct dns_answer question = {.name = name, .type = type};
    const struct evidence *item;

    if (server->family != IP_NONE) {
        question.at.ip = *server;
        question.at.port = service_port(ask_settings(x), SERVICE_DNS);
    }
    item = exam_ask(x, &evidence_dns, &question.evidence);
    return item->settled ? (const struct dns_answer *)item : NULL;
}

const struct file_digest *ask_file(struct examination *x, const char *path)
{
    const struct file_digest question = {.path = path};
    const struct evidence *item = exam_ask(x, &evidence_digest, &question.evidence);

    return item->settled ? (const struct file_digest *)item : NULL;
}

const struct trace_digest *ask_trace(struct examination *x, const char *path)
{
    const struct trace_digest question = {.path = path};
    const struct evidence *item = exam_ask(x, &evidence_trace, &question.evidence);

    return item->settled ? (const struct trace_digest *)item : NULL;
}

const struct mail_log_digest *ask_mail_log(struct examination *x, const char *path)
{
    const struct mail_log_digest question = {.path = path};
    const struct evidence *item = exam_ask(x, &evidence_mail_log, &question.evidence);

    return item->settled ? (const struct mail_log_digest *)item : NULL;
}

const struct mailstore_digest *ask_mailstore_log(struct examination *x, const char *path)
{
    const struct mailstore_digest question = {.path = path};
    const struct evidence *item = exam_ask(x, &evidence_mailstore_log, &question.evidence);

    return item->settled ? (const struct mailstore_digest *)item : NULL;
}

const struct auth_log_digest *ask_auth_log(struct examination *x, const char *path)
{
    const struct auth_log_digest question = {.path = path};
    const struct evidence *item = exam_ask(x, &evidence_auth_log, &question.evidence);

    return item->settled ? (const struct auth_log_digest *)item : NULL;
}

const struct directory_file *ask_directory_file(struct examination *x, const char *path)
{
    const struct directory_file question = {.path = path};
    const struct evidence *item = exam_ask(x, &evidence_directory_file, &question.evidence);

    return item->settled ? (const struct directory_file *)item : NULL;
}

const struct build_file *ask_build_file(struct examination *x, const char *path)
{
    const struct build_file question = {.path = path};
    const struct evidence *item = exam_ask(x, &evidence_build_file, &question.evidence);

    return item->settled ? (const struct build_file *)item : NULL;
}

const struct iis_config_file *ask_iis_config(struct examination *x, const char *path)
{
    const struct iis_config_file question = {.path = path};
    const struct evidence *item = exam_ask(x, &evidence_iis_config, &question.evidence);

    return item->settled ? (const struct iis_config_file *)item : NULL;
}

const struct iis_config_file *ask_iis_config_of(struct examination *x, const char *machine,
                                                const char *place)
{
    const struct iis_config_file question = {.path = machine, .place = place};
    const struct evidence *item = exam_ask(x, &evidence_iis_config, &question.evidence);

    return item->settled ? (const struct iis_config_file *)item : NULL;
}

const struct http_log_digest *ask_http_log(struct examination *x, const char *path)
{
    const struct http_log_digest question = {.path = path};
    const struct evidence *item = exam_ask(x, &evidence_http_log, &question.evidence);

    return item->settled ? (const struct http_log_digest *)item : NULL;
}

const struct event_log_digest *ask_event_log(struct examination *x, const char *path)
{
    const struct event_log_digest question = {.path = path};
    const struct evidence *item = exam_ask(x, &evidence_event_log, &question.evidence);

    return item->settled ? (const struct event_log_digest *)item : NULL;
}

const struct windows_features *ask_windows_features(struct examination *x, const char *path)
{
    const struct windows_features question = {.path = path};
    const struct evidence *item = exam_ask(x, &evidence_windows_features, &question.evidence);

    return item->settled ? (const struct windows_features *)item : NULL;
}

const struct installed_files *ask_installed_files(struct examination *x, const char *path,
                                                  const char *image)
{
    const struct installed_files question = {.path = path, .image = image};
    const struct evidence *item = exam_ask(x, &evidence_installed_files, &question.evidence);

    return item->settled ? (const struct installed_files *)item : NULL;
}

const struct machine_identity *ask_machine(struct examination *x, const char *path)
{
    const struct machine_identity question = {.path = path};
    const struct evidence *item = exam_ask(x, &evidence_machine, &question.evidence);

    return item->settled ? (const struct machine_identity *)item : NULL;
}

const struct windows_setup *ask_windows_setup(struct examination *x, const char *path)
{
    const struct windows_setup question = {.path = path};
    const struct evidence *item = exam_ask(x, &evidence_windows_setup, &question.evidence);

    return item->settled ? (const struct windows_setup *)item : NULL;
}

const struct bound_certificates *ask_bound_certificates(struct examination *x, const char *path)
{
    const struct bound_certificates question = {.path = path};
    const struct evidence *item = exam_ask(x, &evidence_bound_certificates, &question.evidence);

    return item->settled ? (const struct bound_certificates *)item : NULL;
}

const struct registry_answer *ask_registry(struct examination *x, const char *path, const char *key)
{
    const struct registry_answer question = {.path = path, .key = key};
    const struct evidence *item = exam_ask(x, &evidence_registry, &question.evidence);

    return item->settled ? (const struct registry_answer *)item : NULL;
}

const struct time_settings *ask_time_settings(struct examination *x, const char *path)
{
    const struct time_settings question = {.path = path};
    const struct evidence *item = exam_ask(x, &evidence_time_settings, &question.evidence);

    return item->settled ? (const struct time_settings *)item : NULL;
}

const struct smtp_conversation *ask_smtp(struct examination *x, const struct ip_address *ip,
                                         enum service service, const char *name)
{
    const struct smtp_conversation question = {
        .address = {.ip = *ip, .port = service_port(ask_settings(x), service)},
        .tls_at_once = service == SERVICE_SUBMISSIONS,
        .server_name = name};
    const struct evidence *item = exam_ask(x, &evidence_smtp, &question.evidence);

    return item->settled ? (const struct smtp_conversation *)item : NULL;
}

const struct clock_reading *ask_clock(struct examination *x, enum clock_source source,
                                      const struct ip_address *ip, enum service service,
                                      const char *host, const char *realm)
{
    const struct clock_reading question = {
        .source = source,
        .address = {.ip = *ip, .port = service_port(ask_settings(x), service)},
        .tls_at_once = service == SERVICE_HTTPS,
        .host = host,
        .realm = realm};
    const struct evidence *item = exam_ask(x, &evidence_clock, &question.evidence);

    return item->settled ? (const struct clock_reading *)item : NULL;
}

static int order_of_names(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* In order and parted by spaces, so that one question has one key. */
static const char *join_attributes(const char *const *attributes, struct arena *arena)
{
    struct buffer out;
    char **names;
    size_t count = 0;

    while (attributes && attributes[count])
        count++;
    names = arena_new(arena, count, sizeof *names);
    for (size_t i = 0; i < count; i++) {
        names[i] = arena_copy_string(arena, attributes[i]);
        for (char *at = names[i]; *at; at++)
            *at = text_lower(*at);
    }
    if (count > 1)
        qsort(names, count, sizeof *names, order_of_names);
    buffer_init(&out, SEEN_TEXT_MOST);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_add_char(&out, ' ');
        buffer_add_string(&out, names[i]);
    }
    return buffer_keep(&out, arena);
}

const struct directory_answer *ask_directory(struct examination *x,
                                             const struct directory_question *asked)
{
    const struct directory_answer question = {
        .address = {.ip = asked->ip, .port = service_port(ask_settings(x), asked->service)},
        .tls_at_once = asked->service == SERVICE_LDAPS || asked->service == SERVICE_GC_TLS,
        .host = asked->host,
        .base = asked->base,
        .scope = asked->scope,
        .filter = asked->filter,
        .attributes = join_attributes(asked->attributes, &x->memory)};
    const struct evidence *item = exam_ask(x, &evidence_directory, &question.evidence);

    return item->settled ? (const struct directory_answer *)item : NULL;
}

static const char *upper_case(struct examination *x, const char *realm)
{
    char *upper = arena_copy_string(&x->memory, realm);

    for (char *at = upper; *at; at++) {
        if (*at >= 'a' && *at <= 'z')
            *at = (char)(*at - 'a' + 'A');
    }
    return upper;
}

const struct ticket_answer *ask_ticket(struct examination *x, const struct ip_address *kdc,
                                       const char *realm, const char *spn)
{
    const struct ticket_answer question = {
        .address = {.ip = *kdc, .port = service_port(ask_settings(x), SERVICE_KERBEROS)},
        .realm = upper_case(x, realm),
        .spn = spn};
    const struct evidence *item = exam_ask(x, &evidence_ticket, &question.evidence);

    return item->settled ? (const struct ticket_answer *)item : NULL;
}

const struct smtp_logon *ask_smtp_logon(struct examination *x, const struct ip_address *ip,
                                        enum service service, const struct ip_address *kdc,
                                        const char *realm, const char *spn)
{
    const struct smtp_logon question = {
        .address = {.ip = *ip, .port = service_port(ask_settings(x), service)},
        .kdc = {.ip = *kdc, .port = service_port(ask_settings(x), SERVICE_KERBEROS)},
        .realm = upper_case(x, realm),
        .spn = spn};
    const struct evidence *item = exam_ask(x, &evidence_smtp_logon, &question.evidence);

    return item->settled ? (const struct smtp_logon *)item : NULL;
}

const struct web_exchange *ask_web(struct examination *x, const struct web_question *asked)
{
    const struct settings *settings = ask_settings(x);
    struct web_exchange question = {
        .address = {.ip = asked->ip, .port = service_port(settings, asked->service)},
        .over_tls = asked->service == SERVICE_HTTPS || asked->service == SERVICE_BACKEND,
        .host = asked->host,
        .path = asked->path,
        .request = asked->request,
        .as_somebody = asked->as_somebody,
        .realm = asked->realm ? upper_case(x, asked->realm) : NULL};
    const struct evidence *item;

    if (asked->kdc) {
        question.kdc.ip = *asked->kdc;
        question.kdc.port = service_port(settings, SERVICE_KERBEROS);
    }
    item = exam_ask(x, &evidence_web, &question.evidence);
    return item->settled ? (const struct web_exchange *)item : NULL;
}

const struct ews_survey *ask_ews(struct examination *x, const struct ews_question *question)
{
    const struct settings *settings = ask_settings(x);
    struct ews_survey whole = {
        .address = {.ip = question->ip, .port = service_port(settings, SERVICE_HTTPS)},
        .host = question->host,
        .mailbox = question->mailbox,
        .most = EWS_SURVEY_USUAL,
        .plants = settings->plants,
        .impersonates = settings->impersonates};
    const struct evidence *item;

    if (question->realm)
        whole.realm = upper_case(x, question->realm);
    if (question->kdc)
        whole.kdc = (struct net_address){.ip = *question->kdc,
                                         .port = service_port(settings, SERVICE_KERBEROS)};
    item = exam_ask(x, &evidence_ews, &whole.evidence);
    return item->settled ? (const struct ews_survey *)item : NULL;
}

const void *ask_shared(struct examination *x, shared_maker *make)
{
    return exam_ask_shared(x, make);
}

struct subject_list ask_subjects(struct examination *x, enum subject_kind kind)
{
    x->asked_subjects |= PROBE_EXAMINES(kind);
    return exam_subjects_of_kind(x, kind);
}

const char *ask_file_host(struct examination *x, const char *path)
{
    struct subject_list files = ask_subjects(x, SUBJECT_FILE);

    for (size_t i = 0; i < files.count; i++) {
        if (strcmp(files.list[i]->name, path) == 0)
            return files.list[i]->host;
    }
    return NULL;
}

bool ask_is_selected(const struct examination *x, const char *name)
{
    const struct exam_options *options = exam_options_of(x->exam);

    for (const struct probe *const *probe = options->probes; *probe; probe++) {
        if (strcmp((*probe)->name, name) == 0)
            return exam_is_selected(options->settings, *probe);
    }
    return false;
}

const struct settings *ask_settings(const struct examination *x)
{
    return exam_options_of(x->exam)->settings;
}

int64_t ask_now(const struct examination *x)
{
    return exam_options_of(x->exam)->started;
}

struct arena *pass_memory(struct examination *x)
{
    return &x->memory;
}

/* ---- telling ---- */

void add_subject(struct examination *x, enum subject_kind kind, const char *name)
{
    struct buffer canonical;

    if (kind == SUBJECT_FILE) {
        exam_add_subject(x->exam, kind, name, name, false);
        return;
    }
    buffer_init(&canonical, DNS_NAME_TEXT_SIZE);
    dns_name_fold(name, &canonical);
    exam_add_subject(x->exam, kind, canonical.text, canonical.text, false);
    buffer_release(&canonical);
}

static struct draft *draft_of(struct finding *finding)
{
    return (struct draft *)finding;
}

/* Where subjects pass through, nobody reads the texts of their findings. */
static bool is_mute(const struct finding *finding)
{
    return exam_options_of(((const struct draft *)finding)->x->exam)->concluded != NULL;
}

static struct finding *tell(struct examination *x, const struct finding_kind *kind,
                            enum outcome outcome)
{
    struct draft *draft = arena_new(&x->memory, 1, sizeof *draft);
    enum value_type type = x->subject->kind == SUBJECT_FILE ? VALUE_TEXT : VALUE_NAME;

    draft->x = x;
    draft->finding.kind = kind;
    draft->finding.probe = x->probe->name;
    draft->finding.outcome = outcome;
    draft->finding.severity = draft->finding.rank = kind->severity;
    draft->finding.subject = x->subject;
    *x->drafts_end = draft;
    x->drafts_end = &draft->next;
    if (x->subject->given)
        set_vouched(&draft->finding, type, "subject", x->subject->name, strlen(x->subject->name));
    else
        set_value(&draft->finding, type, "subject", x->subject->name, strlen(x->subject->name));
    return &draft->finding;
}

struct finding *found(struct examination *x, const struct finding_kind *kind)
{
    return tell(x, kind, OUTCOME_PROBLEM);
}

static struct finding *tell_line(struct examination *x, const struct finding_kind *kind,
                                 enum outcome outcome, const char *format, va_list arguments)
{
    struct finding *finding = tell(x, kind, outcome);
    const char *text;

    if (is_mute(finding))
        return finding;
    text = arena_print_list(&x->memory, format, arguments);
    finding->title = text_printable(&x->memory, text, strlen(text));
    return finding;
}

struct finding *unknown(struct examination *x, const struct finding_kind *kind, const char *format,
                        ...)
{
    struct finding *finding;
    va_list arguments;

    va_start(arguments, format);
    finding = tell_line(x, kind, OUTCOME_UNKNOWN, format, arguments);
    va_end(arguments);
    return finding;
}

struct finding *healthy(struct examination *x, const struct finding_kind *kind, const char *format,
                        ...)
{
    struct finding *finding;
    va_list arguments;

    va_start(arguments, format);
    finding = tell_line(x, kind, OUTCOME_OK, format, arguments);
    va_end(arguments);
    return finding;
}

struct finding *not_applicable(struct examination *x, const struct finding_kind *kind,
                               const char *format, ...)
{
    struct finding *finding;
    va_list arguments;

    va_start(arguments, format);
    finding = tell_line(x, kind, OUTCOME_NOT_APPLICABLE, format, arguments);
    va_end(arguments);
    return finding;
}

void finding_severity(struct finding *finding, enum severity severity)
{
    finding->severity = finding->rank = severity;
}

const char *ask_examiner_name(const struct examination *x)
{
    return exam_options_of(x->exam)->machine;
}

const char *ask_examiner(const struct examination *x)
{
    const char *machine = ask_examiner_name(x);

    return machine ? machine : "the machine that exdiag ran on";
}

/* Evidence of the machine at hand calls it "this machine", which is another where it is read. */
static const char *name_source(struct examination *x, const struct evidence *source)
{
    static const char at_hand[] = "this machine";
    const size_t size = sizeof at_hand - 1;
    struct arena *arena = &x->memory;
    const char *name;
    struct buffer text;

    buffer_init(&text, SEEN_TEXT_MOST);
    source->kind->describe(source, &text);
    name = text_printable(arena, text.text, text.size);
    buffer_release(&text);
    if (strncmp(name, at_hand, size) != 0 || !strchr("':", name[size]))
        return name;
    if (!ask_examiner_name(x) && strncmp(name + size, "'s ", 3) == 0)
        return arena_print(arena, "%s: %s", ask_examiner(x), name + size + 3);
    return arena_print(arena, "%s%s", ask_examiner(x), name + size);
}

static void add_source(struct draft *draft, const struct evidence *source)
{
    draft->sources = arena_grow(&draft->x->memory, draft->sources, &draft->source_room,
                                draft->finding.source_count, sizeof *draft->sources);
    draft->sources[draft->finding.source_count++] = source;
    draft->finding.sources = draft->sources;
}

static struct seen *add_seen(struct finding *finding, const struct evidence *source)
{
    struct draft *draft = draft_of(finding);
    struct arena *arena = &draft->x->memory;
    struct seen *seen;

    draft->seen =
        arena_grow(arena, draft->seen, &draft->seen_room, finding->seen_count, sizeof *seen);
    finding->seen = draft->seen;
    seen = &draft->seen[finding->seen_count++];
    if (source) {
        seen->source = name_source(draft->x, source);
        add_source(draft, source);
        seen->time = source->time;
        seen->is_read = source->kind->is_of_file;
    }
    return seen;
}

void saw(struct finding *finding, const struct evidence *source, const char *format, ...)
{
    struct arena *arena = &draft_of(finding)->x->memory;
    va_list arguments;
    const char *text;

    if (is_mute(finding))
        return;
    va_start(arguments, format);
    text = arena_print_list(arena, format, arguments);
    va_end(arguments);
    add_seen(finding, source)->text = text_printable(arena, text, strlen(text));
}

void saw_marked(struct finding *finding, const struct evidence *source, const char *bytes,
                size_t size, size_t mark_start, size_t mark_size)
{
    struct arena *arena = &draft_of(finding)->x->memory;
    struct seen *seen;
    struct buffer shown;

    if (is_mute(finding))
        return;
    seen = add_seen(finding, source);
    if (mark_start > size)
        mark_start = size;
    if (mark_size > size - mark_start)
        mark_size = size - mark_start;
    buffer_init(&shown, SEEN_TEXT_MOST);
    text_show(&shown, bytes, mark_start);
    seen->mark_start = text_length(shown.text, shown.size);
    text_show(&shown, bytes + mark_start, mark_size);
    seen->mark_end = text_length(shown.text, shown.size);
    text_show(&shown, bytes + mark_start + mark_size, size - mark_start - mark_size);
    seen->text = buffer_keep(&shown, arena);
}

void plot(struct finding *finding, const struct series_kind *kind, const char *remark,
          uint64_t first, const int64_t *values, size_t count)
{
    struct draft *draft = draft_of(finding);
    struct arena *arena = &draft->x->memory;
    struct series series = {.kind = kind, .first = first};
    int64_t *copies;

    if (is_mute(finding))
        return;
    series.count = count < SERIES_VALUES_MOST ? count : SERIES_VALUES_MOST;
    copies = arena_new(arena, series.count, sizeof *copies);
    for (size_t i = 0; i < series.count; i++)
        copies[i] = values[i] > 0 ? values[i] : 0;
    series.values = copies;
    if (remark)
        series.remark = text_printable(arena, remark, strlen(remark));
    if (series_most(&series) == 0)
        return;
    draft->series = arena_grow(arena, draft->series, &draft->series_room, finding->series_count,
                               sizeof *draft->series);
    draft->series[finding->series_count++] = series;
    finding->series = draft->series;
}

/* As a picture has it: printable, cut, or NULL. */
static const char *picture_text(struct arena *arena, const char *text)
{
    size_t end = 0, length = 0;
    char *shown;

    if (!text)
        return NULL;
    shown = text_printable(arena, text, strlen(text));
    while (shown[end] && length++ < PICTURE_TEXT_MOST)
        end += text_next(shown + end, strlen(shown + end));
    return shown[end] ? arena_print(arena, "%.*s...", (int)end, shown) : shown;
}

void draw_tree(struct finding *finding, const struct tree_kind *kind, const struct tree_node *nodes,
               size_t count, unsigned total)
{
    struct arena *arena = &draft_of(finding)->x->memory;
    struct tree *tree;
    struct tree_node *kept;

    if (is_mute(finding) || count == 0)
        return;
    tree = arena_new(arena, 1, sizeof *tree);
    tree_arrange(kind, nodes, count, TREE_NODES_MOST, total, arena, tree);
    kept = arena_new(arena, tree->count, sizeof *kept);
    for (size_t i = 0; i < tree->count; i++) {
        kept[i] = tree->nodes[i];
        kept[i].label = picture_text(arena, kept[i].label);
        kept[i].remark = picture_text(arena, kept[i].remark);
    }
    tree->nodes = kept;
    finding->tree = tree;
}

void draw_timeline(struct finding *finding, const struct timeline_kind *kind,
                   const struct timeline_row *rows, size_t count)
{
    struct arena *arena = &draft_of(finding)->x->memory;
    struct timeline *timeline;
    struct timeline_row *kept;

    if (is_mute(finding) || count == 0)
        return;
    timeline = arena_new(arena, 1, sizeof *timeline);
    timeline_arrange(kind, rows, count, TIMELINE_ROWS_MOST, arena, timeline);
    kept = arena_new(arena, timeline->count, sizeof *kept);
    for (size_t i = 0; i < timeline->count; i++) {
        kept[i] = timeline->rows[i];
        kept[i].group = picture_text(arena, kept[i].group);
        kept[i].name = picture_text(arena, kept[i].name);
        kept[i].detail = picture_text(arena, kept[i].detail);
    }
    timeline->rows = kept;
    finding->timeline = timeline;
}

void saw_failure(struct finding *finding, const struct evidence *source)
{
    const char *text = status_text(source->status);

    if (source->reason)
        saw(finding, source, "%s: %s", text, source->reason);
    else
        saw(finding, source, "%s", text);
}

static void add_value(struct finding *finding, struct value value)
{
    struct draft *draft = draft_of(finding);
    struct arena *arena = &draft->x->memory;

    if (is_mute(finding))
        return;
    draft->values = arena_grow(arena, draft->values, &draft->value_room, draft->value_count,
                               sizeof *draft->values);
    value.bytes = arena_copy(arena, value.bytes, value.size);
    draft->values[draft->value_count++] = value;
}

void set_value(struct finding *finding, enum value_type type, const char *name, const char *bytes,
               size_t size)
{
    add_value(finding, (struct value){name, bytes, size, type, false});
}

void set_vouched(struct finding *finding, enum value_type type, const char *name, const char *bytes,
                 size_t size)
{
    add_value(finding, (struct value){name, bytes, size, type, true});
}

void set_text(struct finding *finding, const char *name, const char *text)
{
    set_value(finding, VALUE_TEXT, name, text, strlen(text));
}

void set_number(struct finding *finding, const char *name, uint64_t number)
{
    struct buffer text;

    if (is_mute(finding))
        return;
    buffer_init(&text, 20);
    buffer_add_number(&text, number);
    set_vouched(finding, VALUE_TEXT, name, text.text, text.size);
    buffer_release(&text);
}

void set_address(struct finding *finding, const char *name, const struct ip_address *ip)
{
    char text[IP_TEXT_SIZE];

    if (is_mute(finding))
        return;
    ip_format(ip, text);
    set_vouched(finding, VALUE_TEXT, name, text, strlen(text));
}

void repaired_by(struct finding *finding, const char *when, const char *repair)
{
    draft_of(finding)->only = when;
    finding->repair = repair;
}

void claim(struct finding *finding, const char *what, const char *whose)
{
    struct arena *arena = &draft_of(finding)->x->memory;
    struct claim *claims = arena_new(arena, finding->claim_count + 1, sizeof *claims);

    for (size_t i = 0; i < finding->claim_count; i++)
        claims[i] = finding->claims[i];
    claims[finding->claim_count++] =
        (struct claim){arena_copy_string(arena, what), arena_copy_string(arena, whose)};
    finding->claims = claims;
}

void due_to(struct finding *finding, enum subject_kind kind, const char *name)
{
    finding->due_to.kind = kind;
    finding->due_to.name = arena_copy_string(&draft_of(finding)->x->memory, name);
}

void explained_only_by(struct finding *finding, const char *const *ids, size_t count)
{
    const char **causes = arena_new(&draft_of(finding)->x->memory, count + 1, sizeof *causes);

    for (size_t i = 0; i < count; i++)
        causes[i] = ids[i];
    finding->causes = causes;
}

/* ---- beside the findings ---- */

static struct fact *add_fact(struct examination *x, const char *name)
{
    struct fact *fact = arena_new(&x->memory, 1, sizeof *fact);

    fact->name = name;
    *x->facts_end = fact;
    x->facts_end = &fact->next;
    return fact;
}

void tell_number(struct examination *x, const char *name, uint64_t number)
{
    add_fact(x, name)->number = number;
}

void tell_text(struct examination *x, const char *name, const char *text)
{
    add_fact(x, name)->text = text_printable(&x->memory, text, strlen(text));
}

void place(struct examination *x, const struct scale *scale, const struct span *span)
{
    struct placed *placed;

    if (exam_options_of(x->exam)->concluded || span->least > span->most ||
        x->placed_count == SPANS_MOST)
        return;
    placed = arena_new(&x->memory, 1, sizeof *placed);
    placed->scale = scale;
    placed->span = *span;
    if (span->group)
        placed->span.group = text_printable(&x->memory, span->group, strlen(span->group));
    placed->span.name = text_printable(&x->memory, span->name, strlen(span->name));
    if (span->role)
        placed->span.role = text_printable(&x->memory, span->role, strlen(span->role));
    *x->placed_end = placed;
    x->placed_end = &placed->next;
    x->placed_count++;
}

void measure(struct examination *x, const struct gauge *gauge, const char *part, int64_t value)
{
    struct measured *measured;

    if (exam_options_of(x->exam)->concluded || x->measured_count == MEASURES_MOST)
        return;
    measured = arena_new(&x->memory, 1, sizeof *measured);
    measured->measure = (struct measure){.gauge = gauge,
                                         .subject = x->subject->shown,
                                         .value = value,
                                         .warning = gauge->warning,
                                         .critical = gauge->critical};
    if (part)
        measured->measure.part = text_printable(&x->memory, part, strlen(part));
    *x->measured_end = measured;
    x->measured_end = &measured->next;
    x->measured_count++;
}

void set_result(struct examination *x, const void *result)
{
    x->result = result;
}

/* ---- concluding ---- */

static struct steps steps_of(const struct step_template *templates, const struct draft *draft)
{
    if (!templates)
        return (struct steps){0};
    return remedy_steps(templates, draft->values, draft->value_count, &draft->x->memory);
}

/* Those of the templates that a finding of another repair has. */
static struct steps own_steps_of(const struct step_template *templates, const struct draft *draft)
{
    struct arena *arena = &draft->x->memory;
    struct steps all = steps_of(templates, draft);
    struct step *list;
    size_t kept = 0;

    if (!draft->only)
        return all;
    list = arena_new(arena, all.count, sizeof *list);
    for (size_t i = 0; i < all.count; i++) {
        const char *when = all.list[i].from->when;

        if (when && strcmp(when, draft->only) == 0)
            list[kept++] = all.list[i];
    }
    return (struct steps){list, kept};
}

static void conclude(struct draft *draft)
{
    struct finding *finding = &draft->finding;
    const struct finding_kind *kind = finding->kind;
    struct arena *arena = &draft->x->memory;

    if (!finding->title)
        finding->title = remedy_text(kind->title, draft->values, draft->value_count, arena);
    if (!finding->why)
        finding->why = remedy_text(kind->why, draft->values, draft->value_count, arena);
    if (finding->outcome == OUTCOME_PROBLEM) {
        finding->fix = own_steps_of(kind->fix, draft);
        finding->verify = steps_of(kind->verify, draft);
        finding->undo = own_steps_of(kind->undo, draft);
    } else if (finding->outcome == OUTCOME_UNKNOWN) {
        finding->fix = steps_of(kind->make_known, draft);
    }
}

void examination_conclude(struct examination *x)
{
    for (struct draft *draft = x->drafts; draft; draft = draft->next)
        conclude(draft);
}
