#include "diag/command/spf_note.h"

#include "diag/text.h"
#include "probes/spf/remark.h"

#include <string.h>

enum { NAMES_SHOWN = 4, NOTE_MOST = 4096 };

struct note {
    const struct spf_page *page;
    const struct spf_place *place;
    const unsigned *voids; /* so far, this place included; or NULL */
    struct buffer text;
    enum spf_weight weight;
};

static void weigh(struct note *note, enum spf_weight weight)
{
    if (weight > note->weight)
        note->weight = weight;
}

/* The next statement, behind a semicolon if there is one already. */
static void say(struct note *note, enum spf_weight weight, const char *text)
{
    buffer_add_string(&note->text, note->text.size ? "; " : "");
    buffer_add_string(&note->text, text);
    weigh(note, weight);
}

const char *spf_node_word(enum spf_node_state state)
{
    static const char *const words[] = {
        [SPF_NODE_VALID] = "valid",     [SPF_NODE_INVALID] = "invalid", [SPF_NODE_NONE] = "none",
        [SPF_NODE_SEVERAL] = "several", [SPF_NODE_LOOP] = "loop",       [SPF_NODE_MACRO] = "macro",
        [SPF_NODE_UNKNOWN] = "unknown", [SPF_NODE_CUT] = "cut",
    };

    return words[state];
}

/* ---- addresses ---- */

struct list { /* names and addresses, of which the first are shown */
    struct buffer text;
    size_t count;
};

static void add_to_list(struct list *list, const char *text)
{
    if (++list->count > NAMES_SHOWN)
        return;
    buffer_print(&list->text, "%s%s", list->count > 1 ? ", " : "", text);
}

static void say_list(struct note *note, struct list *list, const char *before)
{
    if (list->count > NAMES_SHOWN)
        buffer_print(&list->text, " and %zu more", list->count - NAMES_SHOWN);
    if (list->count) {
        buffer_add_string(&note->text, note->text.size ? "; " : "");
        buffer_print(&note->text, "%s%s", before, list->text.text);
    }
    buffer_release(&list->text);
}

static void list_addresses(struct list *list, const struct dns_answer *answer)
{
    const struct dns_record *record = NULL;
    char text[IP_TEXT_SIZE];

    while (answer && answer->evidence.status == STATUS_OK &&
           (record = dns_answer_next(answer, record))) {
        ip_format(&record->data.ip, text);
        add_to_list(list, text);
    }
}

/* Not to be had: "no answer (timed out)". */
static bool say_failure(struct note *note, const struct dns_answer *answer)
{
    const struct evidence *item = answer ? &answer->evidence : NULL;

    if (!item || item->status == STATUS_OK)
        return false;
    if (item->status == STATUS_INVALID && note->place->name && !*note->place->name)
        say(note, SPF_WEIGHT_DOUBT, "asks for the domain's own name: say it with --domain");
    else
        say(note, SPF_WEIGHT_DOUBT,
            arena_print(note->page->memory, "not known: %s", status_text(item->status)));
    return true;
}

/* Void lookups count for the client's family alone (RFC 7208 4.6.4, 5). */
static void say_voids(struct note *note)
{
    const unsigned *voids = note->place->voids;
    const char *remark = spf_void_remark(note->place);
    unsigned most = 0;

    if (!remark)
        return;
    for (int family = SPF_V4; family < SPF_FAMILIES; family++) {
        if (voids[family] && note->voids && note->voids[family] > most)
            most = note->voids[family];
    }
    say(note, voids[SPF_V4] && voids[SPF_V6] ? SPF_WEIGHT_DOUBT : SPF_WEIGHT_PLAIN, remark);
    if (most == 0)
        return;
    buffer_print(&note->text, " (void %u of %d%s)", most, (int)SPF_VOIDS_MOST,
                 most > SPF_VOIDS_MOST ? "!" : "");
    if (most > SPF_VOIDS_MOST)
        weigh(note, note->voids[SPF_V4] > SPF_VOIDS_MOST ? SPF_WEIGHT_ERROR : SPF_WEIGHT_DOUBT);
}

static void note_addresses(struct note *note)
{
    const struct spf_place *place = note->place;
    struct list list = {0};

    buffer_init(&list.text, NOTE_MOST);
    for (int family = SPF_V4; family < SPF_FAMILIES; family++)
        list_addresses(&list, place->addresses[family]);
    say_list(note, &list, "");
    if (!say_failure(note, place->addresses[SPF_V4]))
        say_failure(note, place->addresses[SPF_V6]);
    say_voids(note);
}

static void note_hosts(struct note *note)
{
    const struct spf_place *place = note->place;
    struct list hosts = {0}, addresses = {0};

    if (say_failure(note, place->mx))
        return;
    if (place->host_count > SPF_HOSTS_MOST) {
        say(note, SPF_WEIGHT_ERROR,
            arena_print(note->page->memory, "%zu hosts, where %d are allowed: a permanent error",
                        place->host_count, (int)SPF_HOSTS_MOST));
        return;
    }
    buffer_init(&hosts.text, NOTE_MOST);
    buffer_init(&addresses.text, NOTE_MOST);
    for (size_t i = 0; place->hosts && i < place->host_count; i++) {
        const struct spf_host *host = &place->hosts[i];

        add_to_list(&hosts, spf_page_show(note->page, host->name));
        for (int family = SPF_V4; family < SPF_FAMILIES; family++)
            list_addresses(&addresses, host->addresses[family]);
    }
    say_list(note, &hosts, "");
    if (addresses.count)
        buffer_add_string(&note->text, ": ");
    buffer_add_string(&note->text, addresses.text.text);
    if (addresses.count > NAMES_SHOWN)
        buffer_print(&note->text, " and %zu more", addresses.count - NAMES_SHOWN);
    buffer_release(&addresses.text);
    say_voids(note);
}

static void note_exists(struct note *note)
{
    const struct dns_answer *answer = note->place->addresses[SPF_V4];

    if (say_failure(note, answer))
        return;
    if (answer && dns_answer_has_records(answer))
        say(note, SPF_WEIGHT_DOUBT, "there is an address, so it matches every sender");
    say_voids(note);
}

/* ---- include and redirect ---- */

static void note_node(struct note *note)
{
    const struct spf_node *node = note->place->node;
    const char *remark;
    bool is_error;

    if (!node || (node->state == SPF_NODE_UNKNOWN && say_failure(note, node->answer)))
        return;
    remark = spf_node_remark(node, &is_error);
    if (remark)
        say(note, is_error ? SPF_WEIGHT_ERROR : SPF_WEIGHT_DOUBT, remark);
}

/* ---- macros ---- */

/* The step at which an evaluation came to this term; NULL if it did not. */
static const struct spf_step *step_at(const struct spf_page *page, const struct spf_place *place)
{
    const struct spf_verdict *verdict = &page->view->verdict;

    for (size_t i = 0; page->view->is_evaluated && i < verdict->step_count; i++) {
        if (verdict->steps[i].term == place->term && verdict->steps[i].level == place->in->level)
            return &verdict->steps[i];
    }
    return NULL;
}

/* What a term would ask for, for the message at hand; NULL where that takes more than it tells. */
static const char *expand(const struct spf_page *page, const struct spf_place *place)
{
    const struct spf_term *term = place->term;
    struct spf_macro_values values;
    const char *name;

    if (!page->view->is_evaluated || spf_macro_uses(term->value, term->value_size, 'p'))
        return NULL;
    values = spf_values_of(&page->view->message);
    values.domain = place->in->domain;
    if (spf_expand_domain(term->value, term->value_size, &values, page->memory, &name) != STATUS_OK)
        return NULL;
    return spf_page_show(page, name);
}

static bool note_macro(struct note *note)
{
    const struct spf_term *term = note->place->term;
    const struct spf_step *step = step_at(note->page, note->place);
    const char *name;

    if (!term->value || !memchr(term->value, '%', term->value_size))
        return false;
    name = expand(note->page, note->place);
    if (step && step->name)
        say(note, SPF_WEIGHT_PLAIN,
            arena_print(note->page->memory, "asks for %s", spf_page_show(note->page, step->name)));
    else if (name)
        say(note, SPF_WEIGHT_PLAIN, arena_print(note->page->memory, "would ask for %s", name));
    else
        say(note, SPF_WEIGHT_PLAIN, "depends on the message");
    return true;
}

/* ---- terms ---- */

/* Below an include its result counts as "no match" unless it is a pass (RFC 7208 5.2). */
static bool is_below_include(const struct spf_node *node)
{
    for (; node->from; node = node->from->in) {
        if (node->from->term->kind == SPF_INCLUDE)
            return true;
    }
    return false;
}

static void note_all(struct note *note)
{
    char qualifier = note->place->term->qualifier;

    if (qualifier == '+')
        say(note, SPF_WEIGHT_ERROR, "everybody passes");
    else if (is_below_include(note->place->in))
        say(note, SPF_WEIGHT_PLAIN, "nobody else is included");
    else if (qualifier == '-')
        say(note, SPF_WEIGHT_PLAIN, "everybody else: fail");
    else if (qualifier == '~')
        say(note, SPF_WEIGHT_PLAIN, "everybody else: softfail");
    else
        say(note, SPF_WEIGHT_PLAIN, "everybody else: neutral");
}

static void note_exp(struct note *note)
{
    say(note, SPF_WEIGHT_PLAIN, "where the explanation of a fail stands");
}

static void note_other(struct note *note)
{
    say(note, SPF_WEIGHT_PLAIN, "a modifier that receivers ignore");
}

static void note_ptr(struct note *note)
{
    say(note, SPF_WEIGHT_DOUBT, "depends on the sender's host names");
}

static void (*const writers[SPF_TERM_KIND_COUNT])(struct note *note) = {
    [SPF_ALL] = note_all,       [SPF_INCLUDE] = note_node, [SPF_REDIRECT] = note_node,
    [SPF_A] = note_addresses,   [SPF_MX] = note_hosts,     [SPF_PTR] = note_ptr,
    [SPF_EXISTS] = note_exists, [SPF_EXP] = note_exp,      [SPF_OTHER_MODIFIER] = note_other,
};

const char *spf_note(const struct spf_page *page, const struct spf_place *place,
                     const unsigned *voids, enum spf_weight *weight)
{
    struct note note = {.page = page, .place = place, .voids = place->is_reached ? voids : NULL};
    const struct spf_step *step = step_at(page, place);

    buffer_init(&note.text, NOTE_MOST);
    if (step && step->matches)
        say(&note, SPF_WEIGHT_MATCH, "matches");
    if (place->term->error)
        say(&note, SPF_WEIGHT_ERROR,
            arena_print(page->memory, "permanent error: %s", place->term->error));
    else if (!place->is_reached)
        say(&note, SPF_WEIGHT_DOUBT, "never reached");
    else if (!note_macro(&note) && writers[place->term->kind])
        writers[place->term->kind](&note);
    *weight = note.weight;
    return buffer_keep(&note.text, page->memory);
}
