#include "probes/spf/tell.h"

#include "probes/spf/kinds.h"
#include "probes/spf/vet.h"

#include <string.h>

enum { MARK_SIZE = 8 }; /* bytes of a look-alike that are marked: its version */

static void show_record(struct finding *finding, const struct spf_published *published,
                        size_t index)
{
    const struct dns_record *record = published->sources[index];
    struct buffer text;

    buffer_init(&text, 65535);
    for (size_t i = 0; i < record->data.txt.count; i++) {
        buffer_add_string(&text, i ? " \"" : "\"");
        buffer_add(&text, record->data.txt.strings[i].bytes, record->data.txt.strings[i].size);
        buffer_add_char(&text, '"');
    }
    /* What makes it one of several is its version, behind the quotation mark. */
    saw_marked(finding, &published->answer->evidence, text.text, text.size, 1,
               published->count > 1 ? SPF_VERSION_SIZE : 0);
    buffer_release(&text);
}

void spf_show_records(struct finding *finding, const struct spf_published *published)
{
    for (size_t i = 0; i < published->count; i++)
        show_record(finding, published, i);
    if (published->count == 0)
        saw(finding, &published->answer->evidence, "no SPF record");
}

void spf_set_windows(struct finding *finding, const char *record)
{
    enum { STRING_MOST = 255 };

    if (strlen(record) <= STRING_MOST)
        set_text(finding, "windows-dns", "yes");
}

bool spf_offer_record(struct finding *finding, const struct spf_fix *fix)
{
    if (!fix->text)
        return false;
    set_value(finding, VALUE_TXT, "corrected-record", fix->text, strlen(fix->text));
    spf_set_windows(finding, fix->text);
    set_text(finding, "changes", fix->changes);
    return true;
}

/*
 * TXT records that somebody meant as SPF records, and what is off. True if there is one, and
 * the record that was meant is offered.
 */
static bool show_look_alikes(struct examination *x, struct finding *finding,
                             const struct subject *domain, const struct spf_published *published)
{
    const struct dns_record *record = NULL, *source = NULL;
    struct spf_fix fix, meant = {0};
    size_t count = 0;

    while ((record = dns_answer_next(published->answer, record))) {
        size_t size;
        const char *text = dns_record_text(record, pass_memory(x), &size);
        const char *hint = spf_look_alike(text, size);

        if (!hint)
            continue;
        saw_marked(finding, &published->answer->evidence, text, size, 0,
                   size < MARK_SIZE ? size : MARK_SIZE);
        saw(finding, NULL, "this is not an SPF record: %s", hint);
        spf_fix_look_alike(text, size, pass_memory(x), &fix);
        spf_vet(x, domain->name, NULL, &fix);
        if (fix.obstacle)
            saw(finding, NULL, "no corrected record is proposed: %s", fix.obstacle);
        if (fix.text) {
            meant = fix;
            source = record;
            count++;
        }
    }
    if (count != 1 || !spf_offer_record(finding, &meant))
        return false;
    spf_set_former_record(finding, source);
    return true;
}

void spf_set_server(struct finding *finding, const struct spf_published *published)
{
    const struct net_address *server = &published->answer->server;

    if (server->port == DNS_PORT)
        set_address(finding, "server", &server->ip);
}

void spf_set_resolver(struct examination *x, struct finding *finding)
{
    const struct settings *settings = ask_settings(x);
    char text[NET_ADDRESS_TEXT_SIZE];

    if (settings->dns_count == 0)
        return;
    net_address_format(&settings->dns[0], DNS_PORT, text);
    set_vouched(finding, VALUE_TEXT, "resolver", text, strlen(text));
}

const char *spf_place_of(const struct subject *subject, const struct spf_published *published)
{
    const struct dns_section *section = &published->answer->answer;

    for (size_t i = section->count; i > 0; i--) {
        const struct dns_record *record = &section->records[i - 1];

        if (record->type == DNS_CNAME)
            return record->data.name;
    }
    return subject->name;
}

void spf_set_common(struct examination *x, struct finding *finding, const struct subject *subject,
                    const struct spf_published *published)
{
    const char *name = published ? spf_place_of(subject, published) : subject->name;

    if (name != subject->name)
        saw(finding, &published->answer->evidence,
            "%s is an alias (CNAME) of %s: records stand there", subject->name, name);
    if (subject->given && name == subject->name && *name)
        set_vouched(finding, VALUE_NAME, "name", name, strlen(name));
    else if (*name)
        set_value(finding, VALUE_NAME, "name", name, strlen(name));
    if (!published)
        return;
    spf_set_resolver(x, finding);
    set_number(finding, "count", published->count);
    spf_set_server(finding, published);
}

void spf_set_former_record(struct finding *finding, const struct dns_record *record)
{
    struct buffer data;

    buffer_init(&data, 65535);
    for (size_t i = 0; i < record->data.txt.count; i++) {
        buffer_add_char(&data, (char)record->data.txt.strings[i].size);
        buffer_add(&data, record->data.txt.strings[i].bytes, record->data.txt.strings[i].size);
    }
    set_value(finding, VALUE_TXT_DATA, "former-record", data.text, data.size);
    buffer_release(&data);
}

struct finding *spf_tell_none(struct examination *x, const struct subject *domain,
                              const struct spf_published *published)
{
    struct finding *finding = found(x, &spf_none);

    spf_set_common(x, finding, domain, published);
    if (dns_answer_no_such_name(published->answer)) {
        finding->title = "the domain does not exist";
        saw(finding, &published->answer->evidence, "the name does not exist (NXDOMAIN)");
        set_text(finding, "unregistered", "yes");
        return NULL;
    }
    set_text(finding, "registered", "yes");
    spf_show_records(finding, published);
    return show_look_alikes(x, finding, domain, published) ? NULL : finding;
}

void spf_tell_unseen(struct examination *x, const struct finding_kind *kind,
                     const struct subject *subject, const struct public_view *view,
                     const struct spf_published *inside)
{
    struct finding *finding = unknown(x, kind, "the public SPF records could not be read");

    spf_set_common(x, finding, subject, NULL);
    saw(finding, NULL, "%s", view->reason);
    if (view->obstacle && view->obstacle->status != STATUS_OK)
        saw_failure(finding, view->obstacle);
    else if (view->obstacle)
        saw(finding, view->obstacle, "it answered without what was needed");
    if (inside && inside->answer->evidence.status == STATUS_OK) {
        saw(finding, NULL, "the resolver of this machine, which may see an internal zone:");
        spf_show_records(finding, inside);
    }
}
