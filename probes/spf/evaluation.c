#include "probes/spf/evaluation.h"

#include <string.h>

enum { MICROSECONDS = 1000000 };

void spf_end(struct spf_evaluation *evaluation, enum spf_result error,
             const struct evidence *obstacle, const char *format, ...)
{
    va_list arguments;

    if (evaluation->is_over)
        return;
    evaluation->is_over = true;
    evaluation->verdict->result = error;
    evaluation->verdict->obstacle = obstacle;
    if (evaluation->missing > 0)
        return; /* what comes may change it: the text would be for nobody */
    va_start(arguments, format);
    evaluation->verdict->reason = arena_print_list(evaluation->memory, format, arguments);
    va_end(arguments);
}

/* ---- steps ---- */

size_t spf_add_step(struct spf_evaluation *evaluation, const struct spf_scope *scope,
                    const struct spf_term *term)
{
    struct spf_verdict *verdict = evaluation->verdict;

    if (evaluation->is_brief || verdict->step_count == SPF_STEPS_MOST)
        return SPF_NO_STEP;
    evaluation->steps = arena_grow(evaluation->memory, evaluation->steps, &evaluation->step_room,
                                   verdict->step_count, sizeof *evaluation->steps);
    evaluation->steps[verdict->step_count] = (struct spf_step){.domain = scope->domain,
                                                               .record = scope->record,
                                                               .term = term,
                                                               .level = scope->level,
                                                               .lookups = verdict->lookups};
    return verdict->step_count++;
}

void spf_name_step(struct spf_evaluation *evaluation, size_t step, const char *name)
{
    if (step != SPF_NO_STEP)
        evaluation->steps[step].name = name;
}

void spf_tell_step(struct spf_evaluation *evaluation, size_t step, const struct dns_answer *source,
                   const char *format, ...)
{
    va_list arguments;

    if (step == SPF_NO_STEP || evaluation->missing > 0)
        return;
    va_start(arguments, format);
    evaluation->steps[step].source = source ? &source->evidence : NULL;
    evaluation->steps[step].text = arena_print_list(evaluation->memory, format, arguments);
    va_end(arguments);
}

void spf_tell_end(struct spf_evaluation *evaluation)
{
    size_t count = evaluation->verdict->step_count;

    for (size_t i = 0; i < count; i++) {
        if (!evaluation->steps[i].text)
            spf_tell_step(evaluation, i, NULL, "%s",
                          i + 1 == count ? "here the evaluation ends" : "not decided");
    }
}

/* ---- asking ---- */

/* A receiver that asks the same again has the answer at hand. */
static void count_time(struct spf_evaluation *evaluation, const struct dns_answer *answer)
{
    if (answer->evidence.took <= 0)
        return;
    for (size_t i = 0; i < evaluation->used_count; i++) {
        if (evaluation->used[i] == answer)
            return;
    }
    evaluation->used = arena_grow(evaluation->memory, evaluation->used, &evaluation->used_room,
                                  evaluation->used_count, sizeof *evaluation->used);
    evaluation->used[evaluation->used_count++] = answer;
    evaluation->took += answer->evidence.took;
    if (evaluation->took > (int64_t)SPF_SECONDS_MOST * MICROSECONDS)
        spf_end(evaluation, SPF_RESULT_TEMPERROR, &answer->evidence,
                "the answers took more than %d seconds together, when %s was looked up "
                "(RFC 7208 section 4.6.4)",
                SPF_SECONDS_MOST, answer->name);
}

/* Of terms: the lookup of the domain's own record is none. Of include and redirect, a record
 * that is missing is an error of its own. */
static void count_void(struct spf_evaluation *evaluation, const struct dns_answer *answer)
{
    if (answer->evidence.status != STATUS_OK || dns_answer_has_records(answer) ||
        (answer->type == DNS_TXT && evaluation->verdict->lookups == 0))
        return;
    if (++evaluation->verdict->void_lookups > SPF_VOIDS_MOST && answer->type != DNS_TXT)
        spf_end(evaluation, SPF_RESULT_PERMERROR, NULL,
                "%s has no %s record, and a third lookup that finds nothing is a permanent error "
                "(RFC 7208 section 4.6.4)",
                answer->name, dns_type_name((uint16_t)answer->type));
}

const struct dns_answer *spf_look_up(struct spf_evaluation *evaluation, const char *name,
                                     enum dns_type type)
{
    const struct dns_answer *answer = spf_ask(evaluation->x, name, type);

    if (!answer) {
        evaluation->missing++;
        return NULL;
    }
    count_time(evaluation, answer);
    count_void(evaluation, answer);
    return evaluation->is_over ? NULL : answer;
}

const struct dns_answer *spf_look_up_addresses(struct spf_evaluation *evaluation, const char *name)
{
    bool is_v6 = evaluation->values.ip.family == IP_V6;

    return spf_look_up(evaluation, name, is_v6 ? DNS_AAAA : DNS_A);
}

bool spf_is_answer(struct spf_evaluation *evaluation, const struct dns_answer *answer,
                   const char *section)
{
    const struct evidence *evidence = &answer->evidence;

    if (evidence->status == STATUS_OK)
        return true;
    spf_end(evaluation, SPF_RESULT_TEMPERROR, evidence,
            "the %s records of %s could not be had: %s (RFC 7208 section %s)",
            dns_type_name((uint16_t)answer->type), answer->name, status_text(evidence->status),
            section);
    return false;
}

/* ---- the client's names ---- */

static bool has_address(const struct dns_answer *answer, const struct ip_address *ip)
{
    const struct dns_record *record = NULL;

    while ((record = dns_answer_next(answer, record))) {
        if (ip_equal(&record->data.ip, ip))
            return true;
    }
    return false;
}

/*
 * What DNS says of the client is nothing that the domain could be blamed for: an error leaves a
 * name out (RFC 7208 5.5). What nobody asked for, though, nobody knows.
 */
static bool is_known(struct spf_evaluation *evaluation, const struct dns_answer *answer)
{
    enum status status = answer->evidence.status;

    if (status == STATUS_CANCELLED || status == STATUS_NOT_RECORDED || status == STATUS_LIMIT ||
        status == STATUS_EXHAUSTED)
        return spf_is_answer(evaluation, answer, "5.5");
    return status == STATUS_OK;
}

static const struct dns_answer *look_up_names(struct spf_evaluation *evaluation)
{
    static const char reverse[] = "%{ir}.%{v}.arpa";
    const char *name;

    spf_expand_domain(reverse, sizeof reverse - 1, &evaluation->values, evaluation->memory, &name);
    return spf_look_up(evaluation, name, DNS_PTR);
}

bool spf_validated_names(struct spf_evaluation *evaluation, struct spf_names *names)
{
    const struct dns_answer *pointers = look_up_names(evaluation);
    const struct dns_record *record = NULL;
    unsigned missing = evaluation->missing;
    size_t looked_at = 0;

    names->count = 0;
    names->source = pointers;
    if (!pointers)
        return false;
    if (!is_known(evaluation, pointers))
        return !evaluation->is_over;
    while ((record = dns_answer_next(pointers, record)) && looked_at++ < SPF_HOSTS_MOST) {
        const char *name = record->data.name;
        const struct dns_answer *addresses = spf_look_up_addresses(evaluation, name);

        if (evaluation->is_over)
            return false;
        if (addresses && is_known(evaluation, addresses) &&
            has_address(addresses, &evaluation->values.ip))
            names->list[names->count++] = name;
    }
    return evaluation->missing == missing && !evaluation->is_over;
}

/* ---- targets ---- */

/* RFC 7208 7.3: the domain itself, else a name below it, else any. */
static const char *preferred_name(const struct spf_names *names, const char *domain)
{
    const char *below = NULL;

    for (size_t i = 0; i < names->count; i++) {
        if (dns_name_equal(names->list[i], domain))
            return names->list[i];
        if (!below && dns_name_is_below(names->list[i], domain))
            below = names->list[i];
    }
    if (below || names->count == 0)
        return below;
    return names->list[0];
}

bool spf_set_values(struct spf_evaluation *evaluation, const char *domain, const char *text,
                    size_t size)
{
    struct spf_names names;

    evaluation->values.domain = domain;
    if (!spf_macro_uses(text, size, 'p'))
        return true;
    if (!spf_validated_names(evaluation, &names))
        return false;
    evaluation->values.validated = preferred_name(&names, domain);
    return true;
}

enum status spf_target(struct spf_evaluation *evaluation, const char *domain,
                       const struct spf_term *term, const char **name)
{
    *name = domain;
    if (!term->value)
        return STATUS_OK;
    if (!spf_set_values(evaluation, domain, term->value, term->value_size))
        return STATUS_AGAIN;
    return spf_expand_domain(term->value, term->value_size, &evaluation->values, evaluation->memory,
                             name);
}
