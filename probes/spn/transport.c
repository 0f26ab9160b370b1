#include "probes/spn/transport.h"

#include "diag/clock.h"
#include "diag/text.h"
#include "probes/machine.h"
#include "probes/spn/kinds.h"

#include <string.h>

enum { DATE_SIZE = 10 };

/* Neither the server's clock nor the examiner's need be right to the minute. */
static const int64_t doubt = INT64_C(3600) * 1000;

static const char attribute[] = "msExchServerInternalTLSCert",
                  filter[] = "(msExchServerInternalTLSCert=*)";

struct transport { /* of one server */
    struct examination *x;
    const struct subject *server;
    const struct evidence *directory;        /* that names it */
    const char *thumbprint;                  /* that it names */
    const struct bound_certificates *stored; /* of the server's own store */
};

/* NULL where the directory names none. */
static const char *thumbprint_of(const struct directory_answer *answer, const char *dn)
{
    for (size_t i = 0; i < answer->entry_count; i++) {
        if (text_equal_fold(answer->entries[i].dn, dn))
            return directory_text_of(&answer->entries[i], attribute);
    }
    return NULL;
}

/* False while it is on its way, and where there is nothing to tell. */
static bool look_at(struct transport *transport, const struct spn_view *view)
{
    static const char *const attributes[] = {attribute, NULL};
    struct spn_search search;
    const char *path;

    if (!view->server || view->forest->state != SPN_FOREST_FOUND ||
        !machine_of(transport->x, transport->server, &path) || !path)
        return false;
    transport->stored = ask_bound_certificates(transport->x, path);
    search = spn_forest_configured(transport->x, view->forest, filter, attributes);
    if (!transport->stored || search.is_pending || !search.answer)
        return false;
    transport->directory = &search.answer->evidence;
    transport->thumbprint = thumbprint_of(search.answer, view->server->dn);
    return transport->thumbprint && *transport->thumbprint;
}

static void name_machine(const struct transport *transport, struct finding *finding)
{
    const char *name = transport->server->name;

    if (transport->server->given)
        set_vouched(finding, VALUE_NAME, "machine", name, strlen(name));
    else
        set_value(finding, VALUE_NAME, "machine", name, strlen(name));
}

static void tell_problem(const struct transport *transport,
                         const struct stored_certificate *certificate, const char *value,
                         const char *what, const char *dates)
{
    struct finding *finding = found(transport->x, &smtp_certificate);

    set_text(finding, "what", what);
    set_text(finding, value, "yes");
    set_text(finding, "thumbprint", transport->thumbprint);
    name_machine(transport, finding);
    saw(finding, transport->directory, "the internal transport certificate is %s",
        transport->thumbprint);
    if (certificate && certificate->is_read)
        saw(finding, &transport->stored->evidence, "%s, %s, %s private key", certificate->subject,
            dates, certificate->has_key ? "with a" : "without a");
    else
        saw(finding, &transport->stored->evidence, "the computer's store has no such certificate");
}

static const char *dates_of(const struct transport *transport,
                            const struct stored_certificate *certificate)
{
    char from[CLOCK_TEXT_SIZE], until[CLOCK_TEXT_SIZE];

    clock_format(certificate->not_before, from);
    clock_format(certificate->not_after, until);
    return arena_print(pass_memory(transport->x), "%.*s to %.*s", DATE_SIZE, from, DATE_SIZE,
                       until);
}

static void judge_stored(const struct transport *transport,
                         const struct stored_certificate *certificate)
{
    const char *dates = dates_of(transport, certificate);

    if (!certificate->has_key)
        tell_problem(transport, certificate, "no-key", "has no private key", dates);
    else if (certificate->not_after < ask_now(transport->x) - doubt)
        tell_problem(transport, certificate, "expired", "has expired", dates);
    else
        name_machine(transport,
                     healthy(transport->x, &smtp_certificate, "the internal transport's: %s, %s",
                             certificate->subject, dates));
}

void spn_tell_transport(struct examination *x, const struct subject *server,
                        const struct spn_view *view)
{
    struct transport transport = {.x = x, .server = server};
    const struct stored_certificate *certificate;

    if (!look_at(&transport, view))
        return;
    certificate = stored_certificate_of(transport.stored, transport.thumbprint);
    if (certificate && certificate->is_read)
        judge_stored(&transport, certificate);
    else if (!certificate && transport.stored->knows_store)
        tell_problem(&transport, NULL, "gone", "is gone from the computer's store", NULL);
    else if (machine_is_unread(&transport.stored->evidence) &&
             !machine_is_for_elevated(x, server, &transport.stored->evidence))
        machine_saw_unread(
            unknown(x, &smtp_certificate, "the server's own store could not be read"), server,
            &transport.stored->evidence);
}
