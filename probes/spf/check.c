#include "probes/spf/check.h"

#include "probes/spf/evaluation.h"

#include <string.h>

const char *spf_result_word(enum spf_result result)
{
    static const char *const words[SPF_RESULT_COUNT] = {
#define X(name, word) [SPF_RESULT_##name] = word,
        SPF_RESULT_LIST(X)
#undef X
    };

    return words[result];
}

/* What came of a record. Its result is SPF_RESULT_COUNT while answers are on their way, and where
 * the evaluation is over. */
struct decision {
    enum spf_result result;
    const char *none;            /* of SPF_RESULT_NONE: what there is instead of a record */
    const char *section;         /* of the RFC that says so */
    struct spf_scope scope;      /* of the record that decides */
    const struct spf_term *term; /* that decides; NULL: none matched */
    size_t step;                 /* of that term */
};

static struct decision decide(struct spf_evaluation *evaluation, const char *domain,
                              unsigned level);

/* A term as it is written, for a reason or a step. */
static int shown_size(const struct spf_term *term)
{
    return term->size < 200 ? (int)term->size : 200;
}

static const char *shown(const struct spf_scope *scope, const struct spf_term *term)
{
    return scope->record->text + term->start;
}

/* ---- include (RFC 7208 5.2) ---- */

/* Its table: only pass of the included record is a match. */
static enum spf_match try_include(const struct spf_trial *trial)
{
    struct spf_evaluation *evaluation = trial->evaluation;
    struct decision decision = decide(evaluation, trial->name, trial->scope->level + 1);

    if (decision.result == SPF_RESULT_COUNT)
        return SPF_UNDECIDED;
    if (decision.result == SPF_RESULT_NONE) {
        spf_end(evaluation, SPF_RESULT_PERMERROR, NULL,
                "include:%s %s, which is a permanent error (RFC 7208 section 5.2)", trial->name,
                decision.none);
        return SPF_UNDECIDED;
    }
    spf_tell_step(evaluation, trial->step, NULL, "the record of %s gives %s, so this %s",
                  trial->name, spf_result_word(decision.result),
                  decision.result == SPF_RESULT_PASS ? "matches" : "does not match");
    return decision.result == SPF_RESULT_PASS ? SPF_MATCH : SPF_NO_MATCH;
}

/* A name that DNS cannot carry has no records. What includes it has none to include. */
static enum spf_match try_impossible(const struct spf_trial *trial)
{
    if (trial->term->kind == SPF_INCLUDE)
        spf_end(trial->evaluation, SPF_RESULT_PERMERROR, NULL,
                "%.*s leads to no name that DNS can carry, which is a permanent error "
                "(RFC 7208 section 5.2)",
                shown_size(trial->term), shown(trial->scope, trial->term));
    spf_tell_step(trial->evaluation, trial->step, NULL,
                  "what it stands for is no name that DNS can carry");
    return trial->evaluation->is_over ? SPF_UNDECIDED : SPF_NO_MATCH;
}

/* ---- terms ---- */

/* False where this lookup is one too many. */
static bool count_lookup(struct spf_evaluation *evaluation, const struct spf_scope *scope,
                         const struct spf_term *term)
{
    if (!spf_costs_lookup(term->kind) || ++evaluation->verdict->lookups <= SPF_LOOKUPS_MOST)
        return true;
    spf_end(evaluation, SPF_RESULT_PERMERROR, NULL,
            "%.*s in the record of %s is lookup %u, and more than %d are a permanent error "
            "(RFC 7208 section 4.6.4)",
            shown_size(term), shown(scope, term), scope->domain, evaluation->verdict->lookups,
            SPF_LOOKUPS_MOST);
    return false;
}

static enum spf_match try_mechanism(struct spf_evaluation *evaluation,
                                    const struct spf_scope *scope, const struct spf_term *term,
                                    size_t *step)
{
    struct spf_trial trial = {.evaluation = evaluation, .scope = scope, .term = term};
    enum spf_match match = SPF_UNDECIDED;
    enum status status = STATUS_OK;

    if (!count_lookup(evaluation, scope, term))
        return SPF_UNDECIDED;
    trial.step = *step = spf_add_step(evaluation, scope, term);
    if (spf_costs_lookup(term->kind))
        status = spf_target(evaluation, scope->domain, term, &trial.name);
    if (status == STATUS_OK)
        spf_name_step(evaluation, *step, trial.name);
    if (status == STATUS_INVALID)
        match = try_impossible(&trial);
    else if (status == STATUS_OK)
        match = term->kind == SPF_INCLUDE ? try_include(&trial) : spf_try(&trial);
    if (*step != SPF_NO_STEP)
        evaluation->steps[*step].matches = match == SPF_MATCH;
    return match;
}

/* ---- records (RFC 7208 4) ---- */

static enum spf_result result_of(char qualifier)
{
    switch (qualifier) {
    case '-':
        return SPF_RESULT_FAIL;
    case '~':
        return SPF_RESULT_SOFTFAIL;
    case '?':
        return SPF_RESULT_NEUTRAL;
    default:
        return SPF_RESULT_PASS;
    }
}

/* RFC 7208 6.1. */
static struct decision redirect(struct spf_evaluation *evaluation, const struct spf_scope *scope)
{
    const struct spf_term *term = scope->record->redirect;
    struct decision decision = {.result = SPF_RESULT_COUNT, .scope = *scope};
    enum status status;
    const char *name;
    size_t step;

    if (!count_lookup(evaluation, scope, term))
        return decision;
    step = spf_add_step(evaluation, scope, term);
    status = spf_target(evaluation, scope->domain, term, &name);
    if (status == STATUS_AGAIN)
        return decision;
    if (status == STATUS_INVALID) {
        spf_end(evaluation, SPF_RESULT_PERMERROR, NULL,
                "%.*s leads to no name that DNS can carry, which is a permanent error "
                "(RFC 7208 section 6.1)",
                shown_size(term), shown(scope, term));
        return decision;
    }
    spf_name_step(evaluation, step, name);
    spf_tell_step(evaluation, step, NULL, "no term matched, so the record of %s decides", name);
    decision = decide(evaluation, name, scope->level + 1);
    if (decision.result != SPF_RESULT_NONE)
        return decision;
    spf_end(evaluation, SPF_RESULT_PERMERROR, NULL,
            "redirect=%s %s, which is a permanent error (RFC 7208 section 6.1)", name,
            decision.none);
    decision.result = SPF_RESULT_COUNT;
    return decision;
}

/* Terms from left to right, to the first that matches (RFC 7208 4.6.2). */
static struct decision decide_by_record(struct spf_evaluation *evaluation,
                                        const struct spf_scope *scope)
{
    struct decision decision = {.result = SPF_RESULT_COUNT, .scope = *scope, .step = SPF_NO_STEP};
    const struct spf_record *record = scope->record;
    unsigned missing = evaluation->missing;

    for (size_t i = 0; i < record->term_count; i++) {
        const struct spf_term *term = &record->terms[i];
        enum spf_match match;

        if (!spf_is_mechanism(term->kind))
            continue;
        match = try_mechanism(evaluation, scope, term, &decision.step);
        if (evaluation->is_over)
            return decision;
        if (match != SPF_MATCH)
            continue;
        decision.term = term;
        if (evaluation->missing == missing)
            decision.result = result_of(term->qualifier);
        return decision;
    }
    if (record->redirect)
        decision = redirect(evaluation, scope);
    else
        decision.result = SPF_RESULT_NEUTRAL;
    if (evaluation->missing > missing)
        decision.result = SPF_RESULT_COUNT;
    return decision;
}

/* Its first error makes a record one, wherever it stands (RFC 7208 4.6). */
static void end_with_syntax_error(struct spf_evaluation *evaluation, const struct spf_scope *scope)
{
    const struct spf_term *term = scope->record->error;
    const char *at = "";

    if (term->error_size < term->size)
        at = arena_print(evaluation->memory, ", at \"%.*s\"",
                         term->error_size < 200 ? (int)term->error_size : 200,
                         scope->record->text + term->error_start);
    spf_end(evaluation, SPF_RESULT_PERMERROR, NULL,
            "the record of %s has an error in \"%.*s\": %s%s (RFC 7208 section 4.6)", scope->domain,
            shown_size(term), shown(scope, term), term->error, at);
}

/* Whether the record that is not published yet stands at this domain. */
static bool stands_here(const struct spf_evaluation *evaluation, const char *domain)
{
    return evaluation->record && dns_name_equal(domain, evaluation->record_domain);
}

/* The one record of a domain (RFC 7208 4.4, 4.5); NULL where the decision has been made. */
static const struct spf_record *find_record(struct spf_evaluation *evaluation, const char *domain,
                                            struct decision *decision)
{
    const struct spf_published *published;
    const struct dns_answer *answer;

    if (stands_here(evaluation, domain))
        return evaluation->record;
    answer = spf_look_up(evaluation, domain, DNS_TXT);
    if (!answer || !spf_is_answer(evaluation, answer, "4.4"))
        return NULL;
    published = spf_select(answer);
    if (published->count == 1)
        return &published->records[0];
    if (published->count > 1) {
        spf_end(evaluation, SPF_RESULT_PERMERROR, &answer->evidence,
                "%s publishes %zu SPF records, and more than one is a permanent error "
                "(RFC 7208 section 4.5)",
                domain, published->count);
        return NULL;
    }
    decision->result = SPF_RESULT_NONE;
    decision->none = dns_answer_no_such_name(answer) ? "does not exist" : "publishes no SPF record";
    decision->section = dns_answer_no_such_name(answer) ? "4.3" : "4.5";
    return NULL;
}

/*
 * check_host() of a name that DNS can carry. Calls itself for include and redirect: as each of
 * them is a lookup, SPF_LOOKUPS_MOST deep at the most.
 */
static struct decision decide(struct spf_evaluation *evaluation, const char *domain, unsigned level)
{
    struct decision decision = {.result = SPF_RESULT_COUNT};
    struct spf_scope scope = {domain, NULL, level};

    if (dns_name_labels(domain) < 2 && !stands_here(evaluation, domain)) {
        decision.result = SPF_RESULT_NONE;
        decision.none = "is no domain name of several labels";
        decision.section = "4.3";
        return decision;
    }
    scope.record = find_record(evaluation, domain, &decision);
    if (!scope.record)
        return decision;
    if (scope.record->error) {
        end_with_syntax_error(evaluation, &scope);
        return decision;
    }
    return decide_by_record(evaluation, &scope);
}

/* ---- explanations (RFC 7208 6.2) ---- */

/* The only TXT record of a name, whatever it says; NULL if there is none such, or not yet. */
static const struct dns_record *find_explanation(struct spf_evaluation *evaluation,
                                                 const char *name)
{
    const struct dns_answer *answer = spf_ask(evaluation->x, name, DNS_TXT);
    const struct dns_record *record;

    if (!answer)
        evaluation->missing++;
    if (!answer || !dns_answer_has_records(answer))
        return NULL;
    record = dns_answer_next(answer, NULL);
    return dns_answer_next(answer, record) ? NULL : record;
}

/* Whatever goes wrong: there is none. What it takes counts for no limit. */
static const char *explain(struct spf_evaluation *evaluation, const struct spf_scope *scope)
{
    const struct spf_term *exp = scope->record->exp;
    const struct dns_record *record;
    const char *name, *text;
    size_t size;

    if (!exp || spf_target(evaluation, scope->domain, exp, &name) != STATUS_OK)
        return NULL;
    record = find_explanation(evaluation, name);
    if (!record)
        return NULL;
    text = dns_record_text(record, evaluation->memory, &size);
    if (!spf_set_values(evaluation, scope->domain, text, size))
        return NULL;
    return spf_expand_explanation(text, size, &evaluation->values, evaluation->memory);
}

static void add_explanation(struct spf_evaluation *evaluation, const struct spf_scope *scope)
{
    struct spf_verdict aside = {0};
    struct spf_evaluation own = *evaluation;

    own.verdict = &aside;
    own.is_brief = true;
    own.used_count = own.used_room = 0;
    own.took = 0;
    evaluation->verdict->explanation = explain(&own, scope);
    evaluation->missing = own.missing;
}

/* ---- check_host() ---- */

static const struct spf_step *matched_step(struct spf_evaluation *evaluation,
                                           const struct decision *decision)
{
    struct spf_step *step;

    if (!decision->term)
        return NULL;
    if (decision->step != SPF_NO_STEP)
        return &evaluation->steps[decision->step];
    step = arena_new(evaluation->memory, 1, sizeof *step);
    *step = (struct spf_step){.domain = decision->scope.domain,
                              .record = decision->scope.record,
                              .term = decision->term,
                              .level = decision->scope.level,
                              .matches = true,
                              .lookups = evaluation->verdict->lookups};
    return step;
}

static void conclude(struct spf_evaluation *evaluation, const struct decision *decision)
{
    struct spf_verdict *verdict = evaluation->verdict;

    verdict->steps = evaluation->steps;
    if (evaluation->is_over) {
        spf_tell_end(evaluation);
        return;
    }
    verdict->result = decision->result;
    if (decision->result == SPF_RESULT_NONE)
        verdict->reason =
            arena_print(evaluation->memory, "%s %s (RFC 7208 section %s)",
                        evaluation->values.sender_domain, decision->none, decision->section);
    else
        verdict->matched = matched_step(evaluation, decision);
    if (decision->result == SPF_RESULT_FAIL && !evaluation->is_brief)
        add_explanation(evaluation, &decision->scope);
}

static struct ip_address client_address(const struct ip_address *ip)
{
    struct ip_address v4 = {.family = IP_V4};

    if (!ip_is_v4_mapped(ip))
        return *ip;
    memcpy(v4.bytes, ip->bytes + 12, 4);
    return v4;
}

struct spf_macro_values spf_values_of(const struct spf_message *message)
{
    return (struct spf_macro_values){.ip = client_address(&message->ip),
                                     .local = message->local && *message->local ? message->local
                                                                                : "postmaster",
                                     .sender_domain = message->domain,
                                     .domain = message->domain,
                                     .helo = message->helo};
}

/* RFC 7208 4.3: what is no name, nobody needs to look up. */
static const char *malformation(const char *domain)
{
    uint8_t wire[DNS_NAME_WIRE_MOST];
    size_t size;

    if (domain[0] == '[')
        return "is an address and no domain name";
    return dns_name_to_wire(domain, wire, &size) == STATUS_OK ? NULL : "is no domain name";
}

bool spf_check_host(struct examination *x, const struct spf_message *message,
                    const struct spf_record *record, struct spf_verdict *verdict)
{
    struct spf_evaluation evaluation = {.x = x,
                                        .memory = pass_memory(x),
                                        .verdict = verdict,
                                        .values = spf_values_of(message),
                                        .record = record,
                                        .record_domain = message->domain,
                                        .is_brief = message->brief};
    struct decision decision = {.result = SPF_RESULT_NONE, .section = "4.3"};

    memset(verdict, 0, sizeof *verdict);
    evaluation.values.now = ask_now(x) / 1000;
    decision.none = record ? NULL : malformation(message->domain);
    if (!decision.none)
        decision = decide(&evaluation, message->domain, 0);
    if (evaluation.missing == 0)
        conclude(&evaluation, &decision);
    return evaluation.missing == 0;
}
