#include "probes/spn/tell_logon.h"

#include "probes/spn/kinds.h"
#include "probes/spn/offers.h"
#include "probes/spn/tell.h"

#include <string.h>

enum { TASK_MOST = 261 /* characters that schtasks takes */ };

void spn_logons_of(const struct spn_view *view, struct spn_logons *out)
{
    *out = (struct spn_logons){.count = 0};
    for (size_t i = 0; i < view->case_count; i++) {
        const struct smtp_logon *logon = view->logons[i];
        struct spn_told_logon *told = &out->list[out->count];

        if (!logon)
            continue;
        told->evidence = logon;
        told->judged =
            spn_logon_judge(logon, spn_caller_of(logon->caller, view->forest, view->server));
        if (told->judged.result == SPN_LOGON_NOT_ASKED)
            continue;
        out->count++;
        if (told->judged.proof == SPN_LOGON_PROVES_BAD)
            out->bad = out->bad ? out->bad : told;
        else if (told->judged.proof == SPN_LOGON_PROVES_GOOD)
            out->good = out->good ? out->good : told;
        else
            out->open = out->open ? out->open : told;
    }
}

/* ---- in words ---- */

static const char *way_text(const struct smtp_logon *logon)
{
    if (!logon->over_tls)
        return "";
    return logon->over_anonymous_tls ? " behind X-ANONYMOUSTLS" : " behind STARTTLS";
}

static const char *caller_of(const struct smtp_logon *logon)
{
    return logon->caller ? logon->caller : "whoever runs this";
}

static const char *account_text(enum spn_caller caller)
{
    static const char *const texts[] = {
        [SPN_CALLER_UNKNOWN] = "an account that is not known",
        [SPN_CALLER_PERSON] = "no computer's account",
        [SPN_CALLER_COMPUTER] =
            "a computer's account, of no Exchange server that the directory has",
        [SPN_CALLER_SERVER] = "an Exchange server's account",
        [SPN_CALLER_ITSELF] = "its own account",
    };

    return texts[caller];
}

static const char *error_text(struct examination *x, int32_t code)
{
    const char *name = spn_ticket_error(code);

    return arena_print(pass_memory(x), "%s (%d)", name ? name : "Kerberos error", (int)code);
}

/* What X-EXPS or AUTH was answered: "535", or the error that the server tells. */
static const char *answer_text(struct examination *x, const struct spn_told_logon *told)
{
    const struct smtp_logon *logon = told->evidence;

    if (logon->error_code != 0)
        return error_text(x, logon->error_code);
    return arena_print(pass_memory(x), "%u%s%s", logon->code, logon->enhanced ? " " : "",
                       logon->enhanced ? logon->enhanced : "");
}

const char *spn_logons_what(struct examination *x, const struct spn_logons *logons)
{
    return arena_print(pass_memory(x), "X-EXPS is answered %s", answer_text(x, logons->bad));
}

/* ---- lines ---- */

static void saw_ticket(struct examination *x, struct finding *finding,
                       const struct spn_told_logon *told)
{
    const struct smtp_logon *logon = told->evidence;

    if (logon->error_code != 0)
        saw(finding, &logon->evidence, "the KDC, asked by %s for a ticket for %s: %s: %s",
            caller_of(logon), logon->spn, error_text(x, logon->error_code),
            spn_ticket_meaning(logon->error_code));
    else
        saw(finding, &logon->evidence, "%s has no ticket for %s", caller_of(logon), logon->spn);
}

static void saw_reply(struct examination *x, struct finding *finding,
                      const struct spn_told_logon *told)
{
    const struct smtp_logon *logon = told->evidence;

    saw(finding, &logon->evidence, "%s%s, with a ticket for %s, as %s (%s): %s", logon->mechanism,
        way_text(logon), logon->spn, caller_of(logon), account_text(told->judged.caller),
        answer_text(x, told));
    if (logon->error_code != 0)
        saw(finding, &logon->evidence, "that is: %s", spn_ticket_meaning(logon->error_code));
}

static void saw_logon(struct examination *x, struct finding *finding,
                      const struct spn_told_logon *told)
{
    const struct smtp_logon *logon = told->evidence;

    if (logon->step == SMTP_LOGON_TICKET)
        saw_ticket(x, finding, told);
    else if (logon->mechanism && (logon->code != 0 || logon->error_code != 0))
        saw_reply(x, finding, told);
    else if (logon->code != 0)
        saw(finding, &logon->evidence, "at %s it answered %u%s%s",
            smtp_logon_step_word(logon->step), logon->code, logon->enhanced ? " " : "",
            logon->enhanced ? logon->enhanced : "");
    if (logon->evidence.status != STATUS_OK)
        saw_failure(finding, &logon->evidence);
}

void spn_saw_logons(struct examination *x, struct finding *finding, const struct spn_view *view,
                    const struct spn_logons *logons)
{
    for (size_t i = 0; i < logons->count; i++) {
        const struct spn_told_logon *told = &logons->list[i];

        saw_logon(x, finding, told);
        if (told->judged.result == SPN_LOGON_SKEW)
            due_to(finding, SUBJECT_DC, view->forest->controllers.list[0].name);
        if (told->judged.caller == SPN_CALLER_ITSELF && told->judged.proof == SPN_LOGON_PROVES_BAD)
            saw(finding, NULL,
                "a server that logs on to itself by a name that is not the machine's is refused "
                "by its loopback check, too: exdiag explain back-connection-host-names");
    }
}

/* ---- taken ---- */

static void saw_untried(struct finding *finding, const struct spn_view *view)
{
    for (size_t i = 0; i < view->names.count; i++) {
        const struct spn_name *name = &view->names.list[i];

        if (spn_is_needed(name->reasons) && !name->is_vouched)
            saw(finding, name->source,
                "by %s no ticket was asked for: neither you nor the directory calls it so",
                name->host);
    }
}

static void tell_taken(struct examination *x, const struct spn_view *view,
                       const struct spn_logons *logons)
{
    const struct smtp_logon *logon = logons->good->evidence;
    struct finding *finding =
        healthy(x, &exps_refused, "logged on by %s as %s with a ticket for %s%s", logon->mechanism,
                caller_of(logon), logon->spn, logons->count > 1 ? ", and by its other names" : "");

    spn_saw_logons(x, finding, view, logons);
    if (!spn_logon_is_exps(logon))
        saw(finding, NULL,
            "so the name, the key and the clocks are in order; X-EXPS by Kerberos, the way of "
            "Exchange's servers, it does not offer to this machine");
    saw_untried(finding, view);
}

/* ---- not known ---- */

static const char *refusal_text(struct examination *x, const struct spn_told_logon *told)
{
    const struct smtp_logon *logon = told->evidence;
    const char *answer = answer_text(x, told);

    if (!spn_logon_is_exps(logon))
        return arena_print(pass_memory(x),
                           "%s is answered %s to %s, which is not how servers log on",
                           logon->mechanism, answer, caller_of(logon));
    return arena_print(pass_memory(x),
                       "X-EXPS is answered %s to %s, which says something of servers only if that "
                       "is an Exchange server's account",
                       answer, caller_of(logon));
}

static const char *open_text(struct examination *x, const struct spn_told_logon *told)
{
    static const char *const texts[SPN_LOGON_COUNT] = {
        [SPN_LOGON_CUT_SHORT] = "the run ended before the logon did",
        [SPN_LOGON_SKEW] = "the clocks are too far apart for a ticket, says the KDC",
        [SPN_LOGON_BUSY] = "it puts logons off, for a reason that is not the ticket",
        [SPN_LOGON_TOO_LONG] = "the ticket is longer than a line that it takes",
        [SPN_LOGON_STRANGER] = "who answers there does not have the key of that name",
        [SPN_LOGON_BROKEN_OFF] = "the logon was broken off",
        [SPN_LOGON_NO_CREDENTIALS] = "no logon was tried: whoever runs this has no Kerberos ticket",
        [SPN_LOGON_NO_LIBRARY] = "no logon was tried: this machine has no Kerberos library",
        [SPN_LOGON_NO_TICKET] = "no logon was tried: the KDC gives no ticket for the name",
        [SPN_LOGON_REFERRED] = "no logon was tried: the KDC refers to another realm for the ticket",
        [SPN_LOGON_NO_ANSWER] = "no logon was tried: no ticket could be had",
        [SPN_LOGON_NOT_OFFERED] =
            "no logon was tried: it offers Kerberos by neither X-EXPS nor AUTH to this machine",
        [SPN_LOGON_NOT_REACHED] = "no logon was tried: the conversation did not get that far",
        [SPN_LOGON_TURNED_AWAY] = "no logon was tried: it refuses to go that far",
    };
    const char *text = texts[told->judged.result];

    if (told->judged.result == SPN_LOGON_SKEW && told->evidence->step == SMTP_LOGON_TOKENS)
        return "the clocks are too far apart for the logon, says the server";
    return text ? text : refusal_text(x, told);
}

/* What would make it known, as the steps of the kind ask for it; NULL: to try again. */
static const char *const remedies[SPN_LOGON_COUNT] = {
    [SPN_LOGON_REFUSED] = "as-server",    [SPN_LOGON_PUT_OFF] = "as-server",
    [SPN_LOGON_EXPLAINED] = "as-server",  [SPN_LOGON_NOT_OFFERED] = "as-server",
    [SPN_LOGON_NO_LIBRARY] = "as-server", [SPN_LOGON_NO_CREDENTIALS] = "credentials",
    [SPN_LOGON_SKEW] = "clocks",          [SPN_LOGON_NO_TICKET] = "ticket",
    [SPN_LOGON_REFERRED] = "other-realm", [SPN_LOGON_TOO_LONG] = "long-ticket",
};

/* What SYSTEM is to run on an Exchange server: that is its account, and takes no password. */
static const char *task_of(struct examination *x, const struct spn_view *view)
{
    return arena_print(
        pass_memory(x),
        "C:\\Windows\\exdiag\\exdiag.exe check --server %s --only spn --authenticate "
        "--output C:\\Windows\\exdiag\\logon.txt",
        view->host);
}

static void set_remedy(struct examination *x, struct finding *finding, const struct spn_view *view,
                       const char *remedy)
{
    const char *task = task_of(x, view);

    set_vouched(finding, VALUE_NAME, "machine", view->host, strlen(view->host));
    set_vouched(finding, VALUE_TEXT, remedy, "yes", strlen("yes"));
    if (strlen(task) <= TASK_MOST)
        set_vouched(finding, VALUE_TEXT, "task", task, strlen(task));
}

static void tell_open(struct examination *x, const struct spn_view *view,
                      const struct spn_logons *logons)
{
    const struct spn_told_logon *told = logons->open;
    const char *remedy = remedies[told->judged.result];
    struct finding *finding = unknown(x, &exps_refused, "%s", open_text(x, told));

    set_remedy(x, finding, view, remedy ? remedy : "again");
    set_vouched(finding, VALUE_TEXT, "spn", told->evidence->spn, strlen(told->evidence->spn));
    spn_saw_logons(x, finding, view, logons);
    spn_saw_verdicts(x, finding, view);
}

/* ---- not tried ---- */

static void tell_not_tried(struct examination *x, const struct spn_view *view)
{
    struct finding *finding;

    if (!view->conversation) {
        finding = unknown(x, &exps_refused, "no logon was tried: its port 25 does not answer");
        set_remedy(x, finding, view, "again");
        saw_failure(finding, view->no_conversation);
    } else if (view->forest->state != SPN_FOREST_FOUND) {
        finding = unknown(x, &exps_refused,
                          "no logon was tried: the domain controllers that are to give a ticket "
                          "are not known from here");
        set_remedy(x, finding, view, "controllers");
        if (view->forest->obstacle)
            saw_failure(finding, view->forest->obstacle);
    } else if (!view->is_sure) {
        finding = unknown(x, &exps_refused,
                          "no logon was tried: the directory that lists it did not show who it is, "
                          "and you did not name it");
        set_remedy(x, finding, view, "again");
        saw(finding, view->forest->servers_source, "it was asked anonymously");
    } else {
        finding = unknown(x, &exps_refused,
                          "no logon was tried: neither you nor the directory calls it by a name "
                          "of its own");
        set_remedy(x, finding, view, "name");
    }
}

static bool was_asked(const struct spn_view *view)
{
    for (size_t i = 0; i < view->case_count; i++) {
        if (view->logons[i])
            return true;
    }
    return false;
}

/* What is no server of Exchange, and lets nobody log on by Kerberos, is none of this probe's. */
static bool is_to_be_tried(const struct spn_view *view)
{
    if (!view->wants_logon || was_asked(view))
        return false;
    if (view->conversation)
        return view->server || spn_offers_kerberos(view->conversation);
    return view->server && view->no_conversation && view->no_conversation->status != STATUS_OK &&
           view->no_conversation->status != STATUS_REFUSED &&
           view->no_conversation->status != STATUS_NOT_RECORDED;
}

bool spn_tell_logons(struct examination *x, const struct spn_view *view,
                     const struct spn_logons *logons)
{
    if (logons->open)
        tell_open(x, view, logons);
    else if (logons->good)
        tell_taken(x, view, logons);
    else if (is_to_be_tried(view))
        tell_not_tried(x, view);
    else
        return false;
    return true;
}
