#include "probes/spf_check.h"

#include "probes/spf_evaluation.h"

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

struct place { /* a record, where it stands */
    const char *domain;
    const struct spf_record *record;
    unsigned level;
};

/* What came of a term. */
enum match {
    NO_MATCH,
    MATCH,
    UNDECIDED /* an answer is on its way, or the evaluation is over */
};

struct decision { /* what came of a record */
    enum spf_result
        result;          /* SPF_RESULT_COUNT: nothing, as answers are on their way or it is over */
    const char *none;    /* of SPF_RESULT_NONE: what there is instead of a record */
    const char *section; /* where the RFC says so */
    struct place place;  /* of the term that decides, or the last one looked at */
    const struct spf_term *term; /* NULL: none matched */
    size_t step;
};

static struct decision decide(struct spf_evaluation *evaluation, const char *domain,
                              unsigned level);

/* A term as it is written, for a reason or a step. */
static int shown_size(const struct spf_term *term)
{
    return term->size < 200 ? (int)term->size : 200;
}

static const char *shown(const struct place *place, const struct spf_term *term)
{
    return place->record->text + term->start;
}

/* ---- steps ---- */

enum { NO_STEP = SPF_STEPS_MOST };

/* Its index; NO_STEP where none are kept. */
static size_t add_step(struct spf_evaluation *evaluation, const struct place *place,
                       const struct spf_term *term)
{
    struct spf_verdict *verdict = evaluation->verdict;

    if (evaluation->is_brief || verdict->step_count == SPF_STEPS_MOST)
        return NO_STEP;
    evaluation->steps = arena_grow(evaluation->memory, evaluation->steps, &evaluation->step_room,
                                   verdict->step_count, sizeof *evaluation->steps);
    evaluation->steps[verdict->step_count] = (struct spf_step){.domain = place->domain,
                                                               .record = place->record,
                                                               .term = term,
                                                               .level = place->level,
                                                               .lookups = verdict->lookups};
    return verdict->step_count++;
}

static void tell_step(struct spf_evaluation *evaluation, size_t step, const char *name,
                      const struct dns_answer *source, const char *format, ...) PRINTF_LIKE(5, 6);

static void tell_step(struct spf_evaluation *evaluation, size_t step, const char *name,
                      const struct dns_answer *source, const char *format, ...)
{
    va_list arguments;

    if (step == NO_STEP || evaluation->missing > 0)
        return;
    va_start(arguments, format);
    evaluation->steps[step].name = name;
    evaluation->steps[step].source = source ? &source->evidence : NULL;
    evaluation->steps[step].text = arena_print_list(evaluation->memory, format, arguments);
    va_end(arguments);
}

/* ---- mechanisms (RFC 7208 5) ---- */

struct trial { /* one term, being evaluated */
    struct spf_evaluation *evaluation;
    const struct place *place;
    const struct spf_term *term;
    size_t step;
    const char *name; /* its target; NULL for the mechanisms without one */
};

static const char *client_text(const struct trial *trial, char *text)
{
    ip_format(&trial->evaluation->values.ip, text);
    return text;
}

static enum match try_all(const struct trial *trial)
{
    tell_step(trial->evaluation, trial->step, NULL, NULL, "matches whoever sends");
    return MATCH;
}

static unsigned length_of(const struct trial *trial)
{
    bool is_v6 = trial->evaluation->values.ip.family == IP_V6;

    return is_v6 ? trial->term->v6_length : trial->term->v4_length;
}

static enum match try_network(const struct trial *trial)
{
    const struct ip_address *ip = &trial->evaluation->values.ip;
    bool matches = spf_is_in_network(ip, &trial->term->network, length_of(trial));

    if (trial->step != NO_STEP) {
        char client[IP_TEXT_SIZE], network[IP_TEXT_SIZE];

        ip_format(&trial->term->network, network);
        tell_step(trial->evaluation, trial->step, NULL, NULL, "%s is %s %s/%u",
                  client_text(trial, client), matches ? "in" : "not in", network,
                  trial->term->kind == SPF_IP4 ? trial->term->v4_length : trial->term->v6_length);
    }
    return matches ? MATCH : NO_MATCH;
}

/* The record among the addresses that the client is one of, or in the network of; or NULL. */
static const struct dns_record *find_address(const struct trial *trial,
                                             const struct dns_answer *answer)
{
    const struct dns_record *record = NULL;

    while ((record = dns_answer_next(answer, record))) {
        if (spf_is_in_network(&trial->evaluation->values.ip, &record->data.ip, length_of(trial)))
            break;
    }
    return record;
}

static const char *absence(const struct dns_answer *answer)
{
    return dns_answer_no_such_name(answer) ? "does not exist" : "has none";
}

/* What the addresses of a host, which is the target itself or one of its mail exchangers, say. */
static void tell_addresses(const struct trial *trial, const char *host,
                           const struct dns_answer *answer, const struct dns_record *found)
{
    const char *type = dns_type_name((uint16_t)answer->type);
    char client[IP_TEXT_SIZE], address[IP_TEXT_SIZE];

    if (trial->step == NO_STEP)
        return;
    if (!found && dns_answer_has_records(answer)) {
        tell_step(trial->evaluation, trial->step, trial->name, answer,
                  "%s is not among the %s records of %s", client_text(trial, client), type, host);
    } else if (!found) {
        tell_step(trial->evaluation, trial->step, trial->name, answer, "%s records of %s: it %s",
                  type, host, absence(answer));
    } else {
        ip_format(&found->data.ip, address);
        tell_step(trial->evaluation, trial->step, trial->name, answer,
                  "%s is in %s/%u: %s has the address %s", client_text(trial, client), address,
                  length_of(trial), host, address);
    }
}

static enum match try_a(const struct trial *trial)
{
    const struct dns_answer *answer = spf_look_up_addresses(trial->evaluation, trial->name);
    const struct dns_record *found;

    if (!answer || !spf_is_answer(trial->evaluation, answer, "5.3"))
        return UNDECIDED;
    found = find_address(trial, answer);
    tell_addresses(trial, trial->name, answer, found);
    return found ? MATCH : NO_MATCH;
}

static bool is_null_exchanger(const struct dns_record *mx)
{
    return mx->data.mx.exchange[0] == '\0' || strcmp(mx->data.mx.exchange, ".") == 0;
}

/*
 * All hosts are looked up before any is compared: "it performs an address lookup on each MX
 * name returned", and so an error of any of them counts.
 */
static enum match try_hosts(const struct trial *trial, const struct dns_answer *exchangers)
{
    struct spf_evaluation *evaluation = trial->evaluation;
    const struct dns_record *mx = NULL;
    enum match match = NO_MATCH;
    unsigned missing = evaluation->missing;

    tell_step(evaluation, trial->step, trial->name, exchangers, "no MX host of %s has %s records",
              trial->name, evaluation->values.ip.family == IP_V6 ? "AAAA" : "A");
    while ((mx = dns_answer_next(exchangers, mx))) {
        const struct dns_answer *answer;
        const struct dns_record *found;

        if (is_null_exchanger(mx))
            continue;
        answer = spf_look_up_addresses(evaluation, mx->data.mx.exchange);
        if (evaluation->is_over || (answer && !spf_is_answer(evaluation, answer, "5.4")))
            return UNDECIDED;
        found = answer ? find_address(trial, answer) : NULL;
        if (match == NO_MATCH && answer && dns_answer_has_records(answer))
            tell_addresses(trial, mx->data.mx.exchange, answer, found);
        match = found ? MATCH : match;
    }
    return evaluation->missing == missing ? match : UNDECIDED;
}

static enum match try_mx(const struct trial *trial)
{
    struct spf_evaluation *evaluation = trial->evaluation;
    const struct dns_answer *answer = spf_look_up(evaluation, trial->name, DNS_MX);
    const struct dns_record *mx = NULL;
    unsigned count = 0;

    if (!answer || !spf_is_answer(evaluation, answer, "5.4"))
        return UNDECIDED;
    while ((mx = dns_answer_next(answer, mx)))
        count++;
    if (count > SPF_HOSTS_MOST) {
        spf_end(evaluation, SPF_RESULT_PERMERROR, &answer->evidence,
                "%s has %u MX records, and more than %d are a permanent error for mx "
                "(RFC 7208 section 4.6.4)",
                trial->name, count, SPF_HOSTS_MOST);
        return UNDECIDED;
    }
    if (count > 0)
        return try_hosts(trial, answer);
    tell_step(evaluation, trial->step, trial->name, answer, "MX records of %s: it %s", trial->name,
              absence(answer));
    return NO_MATCH;
}

static enum match try_ptr(const struct trial *trial)
{
    struct spf_names names;

    if (!spf_validated_names(trial->evaluation, &names))
        return UNDECIDED;
    for (size_t i = 0; i < names.count; i++) {
        if (dns_name_is_below(names.list[i], trial->name)) {
            tell_step(trial->evaluation, trial->step, trial->name, names.source,
                      "the client's validated name %s ends in %s", names.list[i], trial->name);
            return MATCH;
        }
    }
    tell_step(trial->evaluation, trial->step, trial->name, names.source,
              "none of the client's %zu validated names ends in %s", names.count, trial->name);
    return NO_MATCH;
}

static enum match try_exists(const struct trial *trial)
{
    const struct dns_answer *answer = spf_look_up(trial->evaluation, trial->name, DNS_A);
    bool exists;

    if (!answer || !spf_is_answer(trial->evaluation, answer, "5.7"))
        return UNDECIDED;
    exists = dns_answer_has_records(answer);
    tell_step(trial->evaluation, trial->step, trial->name, answer, "A records of %s: it %s",
              trial->name, exists ? "has some" : absence(answer));
    return exists ? MATCH : NO_MATCH;
}

/* RFC 7208 5.2, the table: only pass of the included record is a match. */
static enum match try_include(const struct trial *trial)
{
    struct spf_evaluation *evaluation = trial->evaluation;
    struct decision decision = decide(evaluation, trial->name, trial->place->level + 1);

    if (decision.result == SPF_RESULT_COUNT)
        return UNDECIDED;
    if (decision.result == SPF_RESULT_NONE) {
        spf_end(evaluation, SPF_RESULT_PERMERROR, NULL,
                "include:%s %s, which is a permanent error (RFC 7208 section 5.2)", trial->name,
                decision.none);
        return UNDECIDED;
    }
    tell_step(evaluation, trial->step, trial->name, NULL, "the record of %s gives %s, so this %s",
              trial->name, spf_result_word(decision.result),
              decision.result == SPF_RESULT_PASS ? "matches" : "does not match");
    return decision.result == SPF_RESULT_PASS ? MATCH : NO_MATCH;
}

/* A name that DNS cannot carry has no records. What includes it has none to include. */
static enum match try_impossible(const struct trial *trial)
{
    if (trial->term->kind == SPF_INCLUDE)
        spf_end(trial->evaluation, SPF_RESULT_PERMERROR, NULL,
                "%.*s leads to no name that DNS can carry, which is a permanent error "
                "(RFC 7208 section 5.2)",
                shown_size(trial->term), shown(trial->place, trial->term));
    tell_step(trial->evaluation, trial->step, NULL, NULL,
              "what it stands for is no name that DNS can carry");
    return trial->evaluation->is_over ? UNDECIDED : NO_MATCH;
}

/* False where this lookup is one too many. */
static bool count_lookup(struct spf_evaluation *evaluation, const struct place *place,
                         const struct spf_term *term)
{
    if (!spf_costs_lookup(term->kind) || ++evaluation->verdict->lookups <= SPF_LOOKUPS_MOST)
        return true;
    spf_end(evaluation, SPF_RESULT_PERMERROR, NULL,
            "%.*s in the record of %s is lookup %u, and more than %d are a permanent error "
            "(RFC 7208 section 4.6.4)",
            shown_size(term), shown(place, term), place->domain, evaluation->verdict->lookups,
            SPF_LOOKUPS_MOST);
    return false;
}

static enum match try_mechanism(struct spf_evaluation *evaluation, const struct place *place,
                                const struct spf_term *term, size_t *step)
{
    static enum match (*const tries[SPF_TERM_KIND_COUNT])(const struct trial *trial) = {
        [SPF_ALL] = try_all,     [SPF_INCLUDE] = try_include, [SPF_A] = try_a,
        [SPF_MX] = try_mx,       [SPF_PTR] = try_ptr,         [SPF_IP4] = try_network,
        [SPF_IP6] = try_network, [SPF_EXISTS] = try_exists};
    struct trial trial = {.evaluation = evaluation, .place = place, .term = term};
    enum match match = UNDECIDED;
    enum status status = STATUS_OK;

    if (!count_lookup(evaluation, place, term))
        return UNDECIDED;
    trial.step = *step = add_step(evaluation, place, term);
    if (spf_costs_lookup(term->kind))
        status = spf_target(evaluation, place->domain, term, &trial.name);
    if (status == STATUS_INVALID)
        match = try_impossible(&trial);
    else if (status == STATUS_OK)
        match = tries[term->kind](&trial);
    if (*step != NO_STEP)
        evaluation->steps[*step].matches = match == MATCH;
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
static struct decision redirect(struct spf_evaluation *evaluation, const struct place *place)
{
    const struct spf_term *term = place->record->redirect;
    struct decision decision = {.result = SPF_RESULT_COUNT, .place = *place};
    enum status status;
    const char *name;
    size_t step;

    if (!count_lookup(evaluation, place, term))
        return decision;
    step = add_step(evaluation, place, term);
    status = spf_target(evaluation, place->domain, term, &name);
    if (status == STATUS_AGAIN)
        return decision;
    if (status == STATUS_INVALID) {
        spf_end(evaluation, SPF_RESULT_PERMERROR, NULL,
                "%.*s leads to no name that DNS can carry, which is a permanent error "
                "(RFC 7208 section 6.1)",
                shown_size(term), shown(place, term));
        return decision;
    }
    tell_step(evaluation, step, name, NULL, "no term matched, so the record of %s decides", name);
    decision = decide(evaluation, name, place->level + 1);
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
                                        const struct place *place)
{
    struct decision decision = {.result = SPF_RESULT_COUNT, .place = *place, .step = NO_STEP};
    const struct spf_record *record = place->record;
    unsigned missing = evaluation->missing;

    for (size_t i = 0; i < record->term_count; i++) {
        const struct spf_term *term = &record->terms[i];
        enum match match;

        if (!spf_is_mechanism(term->kind))
            continue;
        match = try_mechanism(evaluation, place, term, &decision.step);
        if (evaluation->is_over)
            return decision;
        if (match != MATCH)
            continue;
        decision.term = term;
        if (evaluation->missing == missing)
            decision.result = result_of(term->qualifier);
        return decision;
    }
    if (record->redirect)
        decision = redirect(evaluation, place);
    else
        decision.result = SPF_RESULT_NEUTRAL;
    if (evaluation->missing > missing)
        decision.result = SPF_RESULT_COUNT;
    return decision;
}

/* Its first error makes a record one, wherever it stands (RFC 7208 4.6). */
static void end_with_syntax_error(struct spf_evaluation *evaluation, const struct place *place)
{
    const struct spf_term *term = place->record->error;
    int size = term->error_size < 200 ? (int)term->error_size : 200;

    spf_end(evaluation, SPF_RESULT_PERMERROR, NULL,
            "the record of %s has an error in \"%.*s\": %s, at \"%.*s\" (RFC 7208 section 4.6)",
            place->domain, shown_size(term), shown(place, term), term->error, size,
            place->record->text + term->error_start);
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
    struct place place = {domain, NULL, level};

    if (dns_name_labels(domain) < 2 && !stands_here(evaluation, domain)) {
        decision.result = SPF_RESULT_NONE;
        decision.none = "is no domain name of several labels";
        decision.section = "4.3";
        return decision;
    }
    place.record = find_record(evaluation, domain, &decision);
    if (!place.record)
        return decision;
    if (place.record->error) {
        end_with_syntax_error(evaluation, &place);
        return decision;
    }
    return decide_by_record(evaluation, &place);
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
static const char *explain(struct spf_evaluation *evaluation, const struct place *place)
{
    const struct spf_term *exp = place->record->exp;
    const struct dns_record *record;
    const char *name, *text;
    size_t size;

    if (!exp || spf_target(evaluation, place->domain, exp, &name) != STATUS_OK)
        return NULL;
    record = find_explanation(evaluation, name);
    if (!record)
        return NULL;
    text = dns_record_text(record, evaluation->memory, &size);
    if (!spf_set_values(evaluation, place->domain, text, size))
        return NULL;
    return spf_expand_explanation(text, size, &evaluation->values, evaluation->memory);
}

static void add_explanation(struct spf_evaluation *evaluation, const struct place *place)
{
    struct spf_verdict aside = {0};
    struct spf_evaluation own = *evaluation;

    own.verdict = &aside;
    own.is_brief = true;
    own.used_count = own.used_room = 0;
    own.took = 0;
    evaluation->verdict->explanation = explain(&own, place);
    evaluation->missing = own.missing;
}

/* ---- check_host() ---- */

static const struct spf_step *matched_step(struct spf_evaluation *evaluation,
                                           const struct decision *decision)
{
    struct spf_step *step;

    if (!decision->term)
        return NULL;
    if (decision->step != NO_STEP)
        return &evaluation->steps[decision->step];
    step = arena_new(evaluation->memory, 1, sizeof *step);
    *step = (struct spf_step){.domain = decision->place.domain,
                              .record = decision->place.record,
                              .term = decision->term,
                              .level = decision->place.level,
                              .matches = true,
                              .lookups = evaluation->verdict->lookups};
    return step;
}

static void conclude(struct spf_evaluation *evaluation, const struct decision *decision)
{
    struct spf_verdict *verdict = evaluation->verdict;

    verdict->steps = evaluation->steps;
    if (evaluation->is_over)
        return;
    verdict->result = decision->result;
    if (decision->result == SPF_RESULT_NONE)
        verdict->reason =
            arena_print(evaluation->memory, "%s %s (RFC 7208 section %s)",
                        evaluation->values.sender_domain, decision->none, decision->section);
    else
        verdict->matched = matched_step(evaluation, decision);
    if (decision->result == SPF_RESULT_FAIL && !evaluation->is_brief)
        add_explanation(evaluation, &decision->place);
}

static struct ip_address client_address(const struct ip_address *ip)
{
    struct ip_address v4 = {.family = IP_V4};

    if (!ip_is_v4_mapped(ip))
        return *ip;
    memcpy(v4.bytes, ip->bytes + 12, 4);
    return v4;
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
    const char *local = message->local && message->local[0] ? message->local : "postmaster";
    struct spf_evaluation evaluation = {.x = x,
                                        .memory = pass_memory(x),
                                        .verdict = verdict,
                                        .values = {.ip = client_address(&message->ip),
                                                   .local = local,
                                                   .sender_domain = message->domain,
                                                   .domain = message->domain,
                                                   .helo = message->helo,
                                                   .now = ask_now(x) / 1000},
                                        .record = record,
                                        .record_domain = message->domain,
                                        .is_brief = message->brief};
    struct decision decision = {.result = SPF_RESULT_NONE, .section = "4.3"};

    memset(verdict, 0, sizeof *verdict);
    decision.none = record ? NULL : malformation(message->domain);
    if (!decision.none)
        decision = decide(&evaluation, message->domain, 0);
    if (evaluation.missing == 0)
        conclude(&evaluation, &decision);
    return evaluation.missing == 0;
}
