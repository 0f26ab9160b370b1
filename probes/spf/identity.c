#include "probes/spf/identity.h"

#include "diag/text.h"
#include "probes/spf/judge.h"
#include "probes/spf/kinds.h"
#include "probes/spf/multiple.h"
#include "probes/spf/tell.h"
#include "probes/spf/vet.h"

#include <string.h>

/* ---- what stands against it ---- */

/* RFC 7208 4.3: a name of several labels, none of them empty or longer than the DNS has it. */
static bool is_mail_domain(const char *domain)
{
    uint8_t wire[DNS_NAME_WIRE_MOST];
    size_t size;

    return dns_name_to_wire(domain, wire, &size) == STATUS_OK && dns_name_labels(domain) > 1;
}

static void tell_no_domain(struct examination *x)
{
    struct finding *finding = found(x, &spf_none);

    finding->title = "this is no domain name at which SPF could be looked up";
    saw(finding, NULL,
        "a name has two labels at least, each of 1 to 63 bytes: the result is \"none\" "
        "(RFC 7208 section 4.3)");
}

static void tell_unread(struct examination *x, const struct dns_answer *answer)
{
    saw_failure(unknown(x, &spf_none, "the SPF record could not be read"), &answer->evidence);
}

/* ---- a record that is published ---- */

static bool explain_tree(struct examination *x, const struct subject *domain,
                         const struct spf_record *record, struct spf_view *view)
{
    const struct spf_judged judged = {domain, view->name, &view->tree, view->published};

    if (!spf_tree_grow(x, view->domain, view->published, record, SPF_BOTH_FAMILIES, &view->tree))
        return false;
    spf_senders(x, &view->tree, &view->senders);
    spf_judge(x, &judged);
    spf_fix(view->tree.top->record, &view->tree,
            view->published ? view->published->sources[0] : NULL, pass_memory(x), &view->fix);
    return true;
}

/* What the domain does with mail decides what to publish: a null MX takes none (RFC 7505). */
static bool explain_none(struct examination *x, const struct subject *domain, struct spf_view *view)
{
    const struct dns_answer *mx = spf_ask(x, view->domain, DNS_MX);
    const struct dns_record *record = NULL;
    struct finding *finding;
    bool receives = false;

    if (!mx)
        return false;
    while ((record = dns_answer_next(mx, record)))
        receives |= strcmp(record->data.mx.exchange, ".") != 0;
    finding = spf_tell_none(x, domain, view->published);
    if (finding)
        set_text(finding, receives ? "receives" : "sends-only", "yes");
    return true;
}

/*
 * A resolver inside may have a zone of its own for the domain: a record that it gives is
 * explained as what it sees, but that there is none says nothing about the Internet.
 */
static bool is_unseen(struct examination *x, const struct subject *domain, struct spf_view *view)
{
    struct public_view outside = {.state = PUBLIC_KNOWN};

    if (ask_settings(x)->dns_count == 0)
        outside = public_dns(x, view->domain, DNS_TXT);
    view->is_inside = outside.state == PUBLIC_UNREACHABLE;
    if (!view->is_inside || view->published->count > 0)
        return false;
    view->unseen = outside.reason;
    spf_tell_unseen(x, &spf_none, domain, &outside, view->published);
    return true;
}

static bool explain_published(struct examination *x, const struct subject *domain,
                              struct spf_view *view)
{
    if (!is_mail_domain(view->domain)) {
        tell_no_domain(x);
        return true;
    }
    view->answer = spf_ask(x, view->domain, DNS_TXT);
    if (!view->answer)
        return false;
    if (view->answer->evidence.status != STATUS_OK) {
        tell_unread(x, view->answer);
        return true;
    }
    view->published = spf_select(view->answer);
    view->name = spf_place_of(domain, view->published);
    if (is_unseen(x, domain, view))
        return true;
    if (view->published->count == 1)
        return explain_tree(x, domain, NULL, view);
    if (view->published->count == 0)
        return explain_none(x, domain, view);
    spf_tell_multiple(x, domain, view->published);
    return true;
}

/* ---- a record that is not published yet ---- */

/*
 * The first character that is not as RFC 7208 4.5 has it, "v=spf1", then a space or the end;
 * where it is of a word, the rest of that word with it.
 */
static void mark_version(const char *text, size_t size, size_t *start, size_t *length)
{
    static const char version[] = "v=spf1 ";
    size_t same = 0, end;

    while (same < size && same < sizeof version - 1 && text_lower(text[same]) == version[same])
        same++;
    end = same;
    while (end < size && (text_is_letter(text[end]) || text_is_digit(text[end])))
        end++;
    if (end == same && same < size)
        end += text_next(text + same, size - same);
    *start = same;
    *length = end - same;
}

static void tell_no_record(struct examination *x, const struct subject *domain, const char *text,
                           size_t size, struct spf_fix *fix)
{
    struct finding *finding = found(x, &spf_none);
    const char *hint = spf_look_alike(text, size);
    size_t start, length;

    mark_version(text, size, &start, &length);
    finding->title =
        arena_print(pass_memory(x), "receivers would not take this for an SPF record: %s",
                    hint ? hint : "it does not begin with v=spf1 and a space");
    saw_marked(finding, NULL, text, size, start, length);
    spf_fix_look_alike(text, size, pass_memory(x), fix);
    spf_vet(x, domain->name, NULL, fix);
    spf_offer_record(finding, fix);
    spf_set_common(x, finding, domain, NULL);
    spf_set_resolver(x, finding);
}

static bool explain_proposed(struct examination *x, const struct subject *domain,
                             struct spf_view *view)
{
    const char *text = ask_settings(x)->record;
    struct spf_record *record = arena_new(pass_memory(x), 1, sizeof *record);
    size_t size = strlen(text);

    record->text = text;
    record->size = size;
    view->record = record;
    if (!spf_is_record(text, size)) {
        tell_no_record(x, domain, text, size, &view->fix);
        return true;
    }
    spf_read(text, size, pass_memory(x), record);
    return explain_tree(x, domain, record, view);
}

/* ---- a message ---- */

static bool evaluate(struct examination *x, struct spf_view *view)
{
    const struct settings *settings = ask_settings(x);

    view->message = (struct spf_message){.ip = settings->senders[0],
                                         .local = settings->sender_local,
                                         .domain = view->domain,
                                         .helo = settings->helo};
    view->is_evaluated = true;
    if (view->record && !spf_is_record(view->record->text, view->record->size)) {
        view->verdict.result = SPF_RESULT_NONE;
        view->verdict.reason = "the text is no SPF record (RFC 7208 section 4.5)";
        return true;
    }
    if (view->unseen) {
        view->verdict.result = SPF_RESULT_TEMPERROR;
        view->verdict.reason = arena_print(
            pass_memory(x), "the record that receivers see could not be read: %s", view->unseen);
        return true;
    }
    return spf_check_host(x, &view->message, view->record, &view->verdict);
}

static void examine(struct examination *x, const struct subject *domain)
{
    struct spf_view *view = arena_new(pass_memory(x), 1, sizeof *view);
    bool is_explained, is_evaluated = true;

    view->domain = view->name = domain->name;
    is_explained = ask_settings(x)->record ? explain_proposed(x, domain, view)
                                           : explain_published(x, domain, view);
    if (ask_settings(x)->sender_count > 0)
        is_evaluated = evaluate(x, view);
    if (is_explained && is_evaluated)
        set_result(x, view);
}

static const struct finding_kind *const kinds[] = {&spf_multiple, &spf_none, SPF_RECORD_KINDS,
                                                   NULL};

const struct probe probe_spf_identity = {
    .name = "spf",
    .summary = "SPF of one identity: the tree of its record, who may send, and a verdict",
    .needs = NEEDS_NETWORK,
    .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN),
    .touches = "DNS questions (UDP and TCP port 53) about the domain and the names in its record",
    .noticed = "nothing but DNS questions, which every mail server asks all day",
    .kinds = kinds,
    .examine = examine,
};
