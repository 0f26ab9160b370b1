#include "tests/lab/directory_answer.h"

#include "diag/clock.h"
#include "diag/text.h"
#include "tests/lab/directory_filter.h"

#include <stdlib.h>
#include <string.h>

enum {
    PAGE_MOST = 1000,
    RANGE_MOST = 1500,
    WISHES_MOST = 64,
    BIND_REQUEST = BER_APPLICATION,
    BIND_RESPONSE = BER_APPLICATION + 1,
    UNBIND_REQUEST = 0x42,
    SEARCH_REQUEST = BER_APPLICATION + 3,
    SEARCH_ENTRY = BER_APPLICATION + 4,
    SEARCH_DONE = BER_APPLICATION + 5,
    SEARCH_REFERENCE = BER_APPLICATION + 19,
    EXTENDED_REQUEST = BER_APPLICATION + 23,
    EXTENDED_RESPONSE = BER_APPLICATION + 24
};

enum { /* RFC 4511 4.1.9 */
       SUCCESS = 0,
       OPERATIONS_ERROR = 1,
       PROTOCOL_ERROR = 2,
       SIZE_LIMIT_EXCEEDED = 4,
       METHOD_NOT_SUPPORTED = 7,
       STRONGER_AUTH_REQUIRED = 8,
       REFERRAL = 10,
       NO_SUCH_OBJECT = 32,
       INVALID_CREDENTIALS = 49,
       INSUFFICIENT_ACCESS = 50,
       BUSY = 51,
       UNAVAILABLE = 52,
       UNWILLING_TO_PERFORM = 53
};

static const char paging[] = "1.2.840.113556.1.4.319";
static const char start_tls[] = "1.3.6.1.4.1.1466.20037";

struct wish { /* "member;range=1500-*" */
    const char *name;
    size_t size;
    size_t from;
};

struct search {
    const struct directory_peer *peer;
    const struct directory_tree *tree;
    int64_t message;
    int64_t now;
    struct arena memory;

    /* the question */
    const char *base;
    enum tree_scope scope;
    int64_t most;
    struct ber filter;
    struct wish wishes[WISHES_MOST];
    size_t wish_count;
    bool all;
    bool in_pages;
    int64_t page_size;
    size_t from; /* where in the tree the page begins */

    /* the answer */
    struct buffer *out;
    int64_t code;
    const char *text;
    const char *referral;
    size_t next; /* 0: that was all */
};

static bool is_text(struct ber content, const char *text)
{
    return content.size == strlen(text) && memcmp(content.bytes, text, content.size) == 0;
}

/* ---- messages ---- */

static size_t begin_message(struct buffer *out, int64_t message, size_t *start)
{
    *start = out->size;
    ber_put_integer(out, BER_INTEGER, message);
    return out->size;
}

static void put_result(struct buffer *out, int64_t code, const char *text)
{
    ber_put_integer(out, BER_ENUMERATED, code);
    ber_put_text(out, BER_OCTET_STRING, "");
    ber_put_text(out, BER_OCTET_STRING, text);
}

static void say_result(struct buffer *out, int64_t message, int tag, int64_t code, const char *text)
{
    size_t start, at = begin_message(out, message, &start);

    put_result(out, code, text);
    ber_wrap(out, at, tag);
    ber_wrap(out, start, BER_SEQUENCE);
}

static void put_page(const struct search *search, struct buffer *out)
{
    size_t at = out->size, value;
    struct buffer cookie;

    buffer_init(&cookie, 32);
    if (search->next > 0)
        buffer_add_number(&cookie, search->next);
    ber_put_text(out, BER_OCTET_STRING, paging);
    value = out->size;
    ber_put_integer(out, BER_INTEGER, 0);
    ber_put_text(out, BER_OCTET_STRING, cookie.text);
    ber_wrap(out, value, BER_SEQUENCE);
    ber_wrap(out, value, BER_OCTET_STRING);
    ber_wrap(out, at, BER_SEQUENCE);
    ber_wrap(out, at, BER_CONTEXT);
    buffer_release(&cookie);
}

static void say_done(const struct search *search)
{
    struct buffer *out = search->out;
    size_t start, at = begin_message(out, search->message, &start), urls;

    put_result(out, search->code, search->text);
    urls = out->size;
    if (search->referral) {
        ber_put_text(out, BER_OCTET_STRING, search->referral);
        ber_wrap(out, urls, BER_CONTEXT + 3);
    }
    ber_wrap(out, at, SEARCH_DONE);
    if (search->in_pages)
        put_page(search, out);
    ber_wrap(out, start, BER_SEQUENCE);
}

static void say_reference(const struct search *search, const char *url)
{
    size_t start, at = begin_message(search->out, search->message, &start);

    ber_put_text(search->out, BER_OCTET_STRING, url);
    ber_wrap(search->out, at, SEARCH_REFERENCE);
    ber_wrap(search->out, start, BER_SEQUENCE);
}

/* ---- entries ---- */

/* Values from one on, under a name that says which where they are not all of them. */
static void put_attribute(struct search *search, const struct tree_attribute *attribute,
                          size_t from)
{
    size_t most = search->peer->range_most > 0 ? search->peer->range_most : RANGE_MOST;
    size_t end = attribute->value_count, at = search->out->size, set;
    bool is_range = from > 0 || end > most;

    if (from >= end && end > 0)
        return;
    if (end - from > most)
        end = from + most;
    if (!is_range)
        ber_put_text(search->out, BER_OCTET_STRING, attribute->name);
    else if (end < attribute->value_count)
        ber_put_text(
            search->out, BER_OCTET_STRING,
            arena_print(&search->memory, "%s;range=%zu-%zu", attribute->name, from, end - 1));
    else
        ber_put_text(search->out, BER_OCTET_STRING,
                     arena_print(&search->memory, "%s;range=%zu-*", attribute->name, from));
    set = search->out->size;
    for (size_t i = from; i < end; i++)
        ber_put(search->out, BER_OCTET_STRING, attribute->values[i].bytes,
                attribute->values[i].size);
    ber_wrap(search->out, set, BER_SET);
    ber_wrap(search->out, at, BER_SEQUENCE);
}

static const struct wish *wish_for(const struct search *search, const char *name)
{
    for (size_t i = 0; i < search->wish_count; i++) {
        const struct wish *wish = &search->wishes[i];

        if (text_equal_fold_sized(name, strlen(name), wish->name, wish->size))
            return wish;
    }
    return NULL;
}

static void say_entry(struct search *search, const struct tree_entry *entry)
{
    size_t start, at = begin_message(search->out, search->message, &start), attributes;

    ber_put_text(search->out, BER_OCTET_STRING, entry->dn);
    attributes = search->out->size;
    for (size_t i = 0; i < entry->attribute_count; i++) {
        const struct tree_attribute *attribute = &entry->attributes[i];
        const struct wish *wish = wish_for(search, attribute->name);

        if (wish && wish->from > 0 && search->peer->fault == DIRECTORY_PEER_ONE_RANGE)
            continue;
        if (wish || search->all)
            put_attribute(search, attribute, wish ? wish->from : 0);
    }
    ber_wrap(search->out, attributes, BER_SEQUENCE);
    ber_wrap(search->out, at, SEARCH_ENTRY);
    ber_wrap(search->out, start, BER_SEQUENCE);
}

/* ---- the rootDSE ---- */

static void add_attribute(struct search *search, struct tree_entry *entry, const char *name,
                          const struct tree_value *values, size_t count)
{
    struct tree_attribute *attributes =
        arena_new(&search->memory, entry->attribute_count + 1, sizeof *attributes);

    if (directory_tree_attribute(entry, name) || count == 0)
        return;
    if (entry->attribute_count > 0)
        memcpy(attributes, entry->attributes, entry->attribute_count * sizeof *attributes);
    attributes[entry->attribute_count++] =
        (struct tree_attribute){.name = name, .values = values, .value_count = count};
    entry->attributes = attributes;
}

static struct tree_value value_of(const char *text)
{
    return (struct tree_value){.bytes = text, .size = strlen(text)};
}

/* What the tree says of it, the time, and which contexts are here where it says none. */
static struct tree_entry make_root(struct search *search)
{
    const struct directory_node *told = directory_tree_find(search->tree, "");
    struct tree_entry root = told ? told->entry : (struct tree_entry){.dn = ""};
    struct tree_value *contexts = arena_new(&search->memory, search->tree->count, sizeof *contexts);
    struct tree_value *classes = arena_new(&search->memory, 1, sizeof *classes);
    struct tree_value *times = arena_new(&search->memory, 1, sizeof *times);
    char now[CLOCK_TEXT_SIZE];
    size_t count = 0;

    clock_format(search->now / 1000, now);
    times[0] = value_of(arena_print(&search->memory, "%.4s%.2s%.2s%.2s%.2s%.2s.0Z", now, now + 5,
                                    now + 8, now + 11, now + 14, now + 17));
    classes[0] = value_of("top");
    for (size_t i = 0; i < search->tree->count; i++) {
        if (search->tree->nodes[i].is_context)
            contexts[count++] = value_of(search->tree->nodes[i].entry.dn);
    }
    add_attribute(search, &root, "currentTime", times, 1);
    add_attribute(search, &root, "namingContexts", contexts, count);
    add_attribute(search, &root, "objectClass", classes, 1);
    return root;
}

/* ---- what is asked ---- */

static void take_wish(struct search *search, struct ber name)
{
    static const char option[] = ";range=";
    const char *text = (const char *)name.bytes;
    struct wish wish = {.name = text, .size = name.size};

    if (is_text(name, "*"))
        search->all = true;
    for (size_t i = 0; i + sizeof option - 1 <= name.size; i++) {
        if (!text_starts_fold(text + i, name.size - i, option))
            continue;
        wish.size = i;
        wish.from = (size_t)strtoul(arena_copy(&search->memory, text + i + sizeof option - 1,
                                               name.size - i - (sizeof option - 1)),
                                    NULL, 10);
    }
    if (search->wish_count < WISHES_MOST)
        search->wishes[search->wish_count++] = wish;
}

static void take_control(struct search *search, struct ber control)
{
    struct ber type = ber_take(&control, BER_OCTET_STRING), criticality, value;
    int64_t size;

    (void)ber_take_optional(&control, BER_BOOLEAN, &criticality);
    value = ber_take(&control, BER_OCTET_STRING);
    value = ber_take(&value, BER_SEQUENCE);
    size = ber_take_integer(&value);
    if (!is_text(type, paging))
        return;
    control = ber_take(&value, BER_OCTET_STRING);
    if (value.failed || size < 0) {
        search->code = PROTOCOL_ERROR;
        return;
    }
    search->in_pages = true;
    search->page_size = size;
    search->from =
        (size_t)strtoul(arena_copy(&search->memory, control.bytes, control.size), NULL, 10);
}

static void take_question(struct search *search, struct ber request, struct ber controls)
{
    struct ber base = ber_take(&request, BER_OCTET_STRING), names;
    int64_t scope = ber_take_integer(&request);
    int tag;

    (void)ber_take_integer(&request); /* aliases */
    search->most = ber_take_integer(&request);
    (void)ber_take_integer(&request); /* seconds */
    (void)ber_take(&request, BER_BOOLEAN);
    search->filter = request;
    (void)ber_take_any(&request, &tag);
    names = ber_take(&request, BER_SEQUENCE);
    search->base = ber_text(&base, &search->memory);
    search->all = ber_peek(&names) < 0;
    while (ber_peek(&names) >= 0)
        take_wish(search, ber_take(&names, BER_OCTET_STRING));
    if (request.failed || names.failed || !search->base || scope < 0 || scope >= TREE_SCOPE_COUNT)
        search->code = PROTOCOL_ERROR;
    else
        search->scope = (enum tree_scope)scope;
    while (ber_peek(&controls) >= 0)
        take_control(search, ber_take(&controls, BER_SEQUENCE));
}

/* ---- the search ---- */

static bool is_met(struct search *search, const struct tree_entry *entry)
{
    bool matches;
    enum status status = directory_filter_match(search->filter, entry, &matches);

    if (status == STATUS_OK)
        return matches;
    search->code = status == STATUS_MALFORMED ? PROTOCOL_ERROR : UNWILLING_TO_PERFORM;
    search->text = "the lab has no such filter";
    return false;
}

/* How many entries this answer may have, and whether another may follow it. */
static size_t room_of(const struct search *search, bool *goes_on)
{
    size_t room = search->peer->page_most > 0 ? search->peer->page_most : PAGE_MOST;

    *goes_on = search->in_pages && search->page_size > 0;
    if (*goes_on && (uint64_t)search->page_size < room)
        room = (size_t)search->page_size;
    if (search->most > 0 && (uint64_t)search->most < room) {
        room = (size_t)search->most;
        *goes_on = false;
    }
    return room;
}

static void search_tree(struct search *search, const struct directory_node *base)
{
    bool goes_on;
    size_t room = room_of(search, &goes_on), count = 0;

    if (search->peer->fault == DIRECTORY_PEER_ENDLESS)
        search->from = 0;
    for (size_t i = search->from; i < search->tree->count && search->code == SUCCESS; i++) {
        const struct directory_node *node = &search->tree->nodes[i];

        if (!directory_tree_is_within(node, base, search->scope))
            continue;
        if (!node->referral && !is_met(search, &node->entry))
            continue;
        if (count++ == room) {
            search->next = goes_on ? i : 0;
            search->code = goes_on ? SUCCESS : SIZE_LIMIT_EXCEEDED;
            break;
        }
        if (node->referral)
            say_reference(search, node->referral);
        else
            say_entry(search, &node->entry);
    }
    if (search->peer->fault == DIRECTORY_PEER_ENDLESS)
        search->next = 1;
}

static void search_base(struct search *search)
{
    const struct directory_node *base = NULL, *referral;
    bool is_forest = search->peer->is_catalog && !*search->base;

    if (!is_forest) {
        referral = directory_tree_referral(search->tree, search->base);
        base = directory_tree_find(search->tree, search->base);
        if (referral) {
            search->code = REFERRAL;
            search->referral = referral->referral;
            return;
        }
        if (!base || !*search->base) {
            search->code = NO_SUCH_OBJECT;
            search->text = "0000208D: NameErr: DSID-03100241, problem 2001 (NO_OBJECT), data 0";
            return;
        }
    }
    search_tree(search, base);
}

static bool is_root(const struct search *search)
{
    return search->base && !*search->base && search->scope == TREE_BASE;
}

/* Whether the peer's fault, or who asks, leaves nothing to search. */
static bool is_refused(struct search *search, const struct directory_talk *talk)
{
    static const struct {
        enum directory_peer_fault fault;
        int64_t code;
        const char *text;
    } refusals[] = {
        {DIRECTORY_PEER_REFUSES, INSUFFICIENT_ACCESS, "00002098: SecErr: DSID-03150F94"},
        {DIRECTORY_PEER_BUSY, BUSY, "0000200E: SvcErr: DSID-020A09AE, problem 5001 (BUSY)"},
    };

    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        if (refusals[i].fault == search->peer->fault) {
            search->code = refusals[i].code;
            search->text = refusals[i].text;
        }
    }
    if (search->code == SUCCESS && !search->peer->is_open && !talk->is_bound) {
        search->code = OPERATIONS_ERROR;
        search->text = "000004DC: LdapErr: DSID-0C090A5E, comment: In order to perform this "
                       "operation a successful bind must be completed on the connection.";
    }
    if (search->code == SUCCESS && search->from > 0 &&
        search->peer->fault == DIRECTORY_PEER_LIMITED)
        search->code = SIZE_LIMIT_EXCEEDED;
    return search->code != SUCCESS;
}

static void run_search(struct search *search, struct directory_talk *talk)
{
    struct tree_entry root;

    if (search->from > 0 && search->peer->fault == DIRECTORY_PEER_STOPS)
        return;
    if (search->from > 0 && search->peer->fault == DIRECTORY_PEER_CLOSES) {
        talk->ends = true;
        return;
    }
    if (search->code == SUCCESS && is_root(search)) {
        root = make_root(search);
        if (is_met(search, &root))
            say_entry(search, &root);
    } else if (search->code == SUCCESS && !is_refused(search, talk)) {
        search_base(search);
    }
    say_done(search);
}

static void spoil(const struct search *search, struct directory_talk *talk, size_t start)
{
    if (search->out->size == start)
        return;
    if (search->peer->fault == DIRECTORY_PEER_WRONG_BER)
        search->out->text[start] = BER_SET;
    if (search->peer->fault == DIRECTORY_PEER_HALF) {
        search->out->size = start + (search->out->size - start) / 2;
        talk->ends = true;
    }
}

static void answer_search(const struct directory_peer *peer, const struct directory_tree *tree,
                          struct directory_talk *talk, struct search *search)
{
    size_t start = search->out->size;

    search->peer = peer;
    search->tree = tree;
    search->text = "";
    if (peer->fault == DIRECTORY_PEER_WRONG_ID)
        search->message++;
    talk->heard.searches++;
    run_search(search, talk);
    spoil(search, talk, start);
}

/* ---- logging on ---- */

static int64_t judge_logon(const struct directory_peer *peer, struct directory_talk *talk,
                           struct ber name, struct ber password, const char **text)
{
    *text = "80090308: LdapErr: DSID-0C090569, comment: AcceptSecurityContext error, data 52e";
    talk->is_bound = false;
    if (name.size == 0 && password.size == 0) {
        *text = "";
        return SUCCESS;
    }
    talk->heard.binds++;
    if (!talk->has_tls) {
        *text = "00002028: LdapErr: DSID-0C09023E, comment: The server requires binds to turn on "
                "integrity checking if SSL\\TLS are not already active on the connection";
        return STRONGER_AUTH_REQUIRED;
    }
    if (peer->fault == DIRECTORY_PEER_DENIES || !peer->user || !is_text(name, peer->user) ||
        !is_text(password, peer->password))
        return INVALID_CREDENTIALS;
    talk->is_bound = true;
    *text = "";
    return SUCCESS;
}

static void answer_bind(const struct directory_peer *peer, struct directory_talk *talk,
                        struct ber request, int64_t message, struct buffer *out)
{
    int64_t version = ber_take_integer(&request), code;
    struct ber name = ber_take(&request, BER_OCTET_STRING), password;
    const char *text = "";

    if (request.failed || version != 3)
        code = PROTOCOL_ERROR;
    else if (ber_take_optional(&request, BER_CONTEXT_PRIMITIVE, &password))
        code = judge_logon(peer, talk, name, password, &text);
    else
        code = METHOD_NOT_SUPPORTED;
    say_result(out, message, BIND_RESPONSE, code, text);
}

static void answer_extended(const struct directory_peer *peer, struct directory_talk *talk,
                            struct ber request, int64_t message, struct buffer *out)
{
    struct ber name = ber_take(&request, BER_CONTEXT_PRIMITIVE);
    int64_t code = PROTOCOL_ERROR;

    if (is_text(name, start_tls)) {
        talk->starts_tls = peer->certificate != SMTP_PEER_NO_CERTIFICATE && !talk->has_tls;
        code = talk->starts_tls ? SUCCESS : UNAVAILABLE;
    }
    say_result(out, message, EXTENDED_RESPONSE, code, "");
}

void directory_answer(const struct directory_peer *peer, const struct directory_tree *tree,
                      struct directory_talk *talk, struct ber message, int64_t now,
                      struct buffer *out)
{
    struct ber content = ber_take(&message, BER_SEQUENCE), request, controls = {.failed = true};
    struct search search = {.message = ber_take_integer(&content), .now = now, .out = out};
    int tag;

    request = ber_take_any(&content, &tag);
    (void)ber_take_optional(&content, BER_CONTEXT, &controls);
    if (request.failed || tag == UNBIND_REQUEST) {
        talk->ends = true;
        return;
    }
    if (peer->fault == DIRECTORY_PEER_SILENT)
        return;
    if (tag == SEARCH_REQUEST) {
        take_question(&search, request, controls);
        answer_search(peer, tree, talk, &search);
    } else if (tag == BIND_REQUEST) {
        answer_bind(peer, talk, request, search.message, out);
    } else if (tag == EXTENDED_REQUEST) {
        answer_extended(peer, talk, request, search.message, out);
    }
    arena_release(&search.memory);
}
