#include "probes/spn/kinds.h"
#include "probes/spn/offers.h"
#include "probes/spn/offers_in_logs.h"
#include "probes/spn/tell.h"

#include <string.h>

enum { TEXT_MOST = 1024 };

/* Where it has been looked, and what was seen there. */
static void saw_places(struct finding *finding, const struct smtp_conversation *conversation)
{
    for (int i = 0; i < SPN_PLACE_COUNT; i++) {
        enum spn_place place = (enum spn_place)i;
        const struct smtp_reply *reply = spn_ehlo(conversation, place);
        const char *parameters = reply ? smtp_keyword(reply, "X-EXPS") : NULL;
        const struct smtp_exchange *end = spn_end_of(conversation, place);

        if (parameters)
            saw(finding, &conversation->evidence, "%s: X-EXPS %s", spn_place_text(place),
                parameters);
        else if (reply)
            saw(finding, &conversation->evidence, "%s: no X-EXPS", spn_place_text(place));
        else if (spn_is_unseen(conversation, place) && end && end->status != STATUS_OK)
            saw(finding, &conversation->evidence, "%s: not seen, for after %s: %s%s%s",
                spn_place_text(place), smtp_step_word(end->step), status_text(end->status),
                end->reason ? ", " : "", end->reason ? end->reason : "");
        else if (spn_is_unseen(conversation, place) && end)
            saw(finding, &conversation->evidence, "%s: not seen, for %s was answered %u",
                spn_place_text(place), smtp_step_word(end->step), end->reply.code);
        else if (spn_is_unseen(conversation, place))
            saw(finding, &conversation->evidence, "%s: not looked at", spn_place_text(place));
    }
}

/* Of the last that came: that is what servers go by. */
static void saw_lines(struct finding *finding, const struct smtp_conversation *conversation)
{
    const struct smtp_reply *reply = NULL;

    for (int i = SPN_PLACE_COUNT - 1; i >= 0 && !reply; i--)
        reply = spn_ehlo(conversation, (enum spn_place)i);
    for (size_t i = 0; reply && i < reply->line_count; i++)
        saw(finding, &conversation->evidence, "%s", reply->lines[i].text);
}

static void set_server(struct finding *finding, const struct spn_view *view)
{
    set_vouched(finding, VALUE_NAME, "machine", view->host, strlen(view->host));
    set_vouched(finding, VALUE_TEXT, "server", view->server->name, strlen(view->server->name));
}

static void tell_absent(struct examination *x, const struct spn_view *view, bool is_masked)
{
    struct finding *finding = found(x, &exps_absent);

    if (is_masked) {
        finding_severity(finding, SEVERITY_CRITICAL);
        set_text(finding, "masked", "yes");
    }
    set_server(finding, view);
    saw(finding, &view->conversation->evidence,
        "what it offers to the machine that runs exdiag, which may be another thing than to its "
        "servers:");
    saw_places(finding, view->conversation);
    saw_lines(finding, view->conversation);
}

/* "in the clear and behind X-ANONYMOUSTLS" */
static const char *offered_text(struct examination *x, const struct smtp_conversation *conversation)
{
    const char *parting = "";
    struct buffer out;

    buffer_init(&out, TEXT_MOST);
    for (int i = 0; i < SPN_PLACE_COUNT; i++) {
        const struct smtp_reply *reply = spn_ehlo(conversation, (enum spn_place)i);

        if (!reply || !smtp_keyword(reply, "X-EXPS"))
            continue;
        buffer_print(&out, "%s%s", parting, spn_place_text((enum spn_place)i));
        parting = " and ";
    }
    return buffer_keep(&out, pass_memory(x));
}

static void tell_offered(struct examination *x, const struct spn_view *view)
{
    struct finding *finding =
        healthy(x, &exps_absent, "X-EXPS %s is offered, %s",
                spn_offered(view->conversation, "X-EXPS"), offered_text(x, view->conversation));

    saw_places(finding, view->conversation);
}

static void tell_partly_seen(struct examination *x, const struct spn_view *view)
{
    struct finding *finding =
        unknown(x, &exps_absent, "X-EXPS is not among what could be seen of its offers");

    set_server(finding, view);
    saw_places(finding, view->conversation);
}

/* In a file of a run that did not ask there is nothing to tell of. */
static void tell_not_seen(struct examination *x, const struct spn_view *view)
{
    struct finding *finding;

    if (!view->conversation &&
        (!view->no_conversation || view->no_conversation->status == STATUS_NOT_RECORDED))
        return;
    if (!view->conversation && view->no_conversation->status == STATUS_REFUSED) {
        not_applicable(x, &exps_absent, "nothing of it listens at port 25 here");
        return;
    }
    finding = unknown(x, &exps_absent, "what it offers to other servers could not be seen");
    set_server(finding, view);
    if (view->conversation)
        saw_places(finding, view->conversation);
    else if (view->no_conversation->status == STATUS_OK)
        saw(finding, view->no_conversation, "its name has no address");
    else
        saw_failure(finding, view->no_conversation);
}

void spn_tell_offers(struct examination *x, const struct spn_view *view)
{
    size_t servers = spn_servers_that_let_log_on(&view->forest->servers);
    enum spn_offer offer;

    if (spn_tell_offers_in_logs(x, view) || !view->server)
        return;
    if (servers == 0)
        servers = spn_servers_that_let_log_on(&view->exports->servers);
    offer = spn_offer_of(view->conversation, servers);
    if (offer == SPN_OFFERED)
        tell_offered(x, view);
    else if (offer == SPN_OFFER_ABSENT || offer == SPN_OFFER_MASKED)
        tell_absent(x, view, offer == SPN_OFFER_MASKED);
    else if (offer == SPN_OFFER_PARTLY_SEEN)
        tell_partly_seen(x, view);
    else if (offer == SPN_OFFER_NOT_SEEN)
        tell_not_seen(x, view);
}
