#include "diag/gather/directory.h"

#include "diag/gather/certificate.h"
#include "diag/gather/directory_build.h"
#include "diag/gather/tls.h"
#include "diag/platform.h"
#include "diag/text.h"

#include <string.h>

enum {
    PAGE_SIZE = 500, /* entries; a controller's own limit is 1,000 unless changed */
    PAGES_MOST = 1000,
    OPERATIONS = 6,      /* that may each take all of the patience of one */
    SLACK = 2000,        /* milliseconds */
    COOKIE_MOST = 65536, /* bytes */
    WHY_MOST = 4096
};

enum { TIME_LIMIT_EXCEEDED = 3, SIZE_LIMIT_EXCEEDED = 4, ADMIN_LIMIT_EXCEEDED = 11 };

struct search {
    struct directory_answer *answer;
    struct directory_access *access;
    struct directory_visit visit;
    struct directory_build build;
    const char *const *attributes;
    int64_t patience; /* microseconds for one operation */
    int64_t deadline; /* of all of them */
    struct buffer why;
    struct buffer lacking; /* what kept it from asking as the caller */
};

static int64_t microseconds(unsigned milliseconds)
{
    return (int64_t)milliseconds * 1000;
}

int64_t gather_directory_allowance(const struct gather_options *options)
{
    return OPERATIONS * microseconds(options->timeout) + microseconds(SLACK);
}

static int64_t next_deadline(const struct search *search)
{
    int64_t next = platform_monotonic_clock() + search->patience;

    return next < search->deadline ? next : search->deadline;
}

/* "cn dnshostname" as an array; ended by NULL. */
static const char *const *split(const char *names, struct arena *arena)
{
    const char **list = NULL;
    size_t count = 0, room = 0;

    while (*names) {
        size_t size = strcspn(names, " ");

        list = arena_grow(arena, list, &room, count, sizeof *list);
        list[count++] = arena_copy(arena, names, size);
        names += size + (names[size] == ' ');
    }
    list = arena_grow(arena, list, &room, count, sizeof *list);
    list[count] = NULL;
    return list;
}

/* A certificate is known by its thumbprint. */
static void take_value(void *build, const char *attribute, const char *bytes, size_t size)
{
    struct stored_certificate certificate = {.thumbprint = ""};
    struct arena memory = {0};

    if (text_equal_fold(attribute, "msExchServerInternalTLSCert")) {
        (void)certificate_read_stored((const unsigned char *)bytes, size, &memory, &certificate);
        bytes = certificate.thumbprint;
        size = strlen(bytes);
    }
    directory_build_value(build, attribute, bytes, size);
    arena_release(&memory);
}

static enum status ask_page(struct search *search, struct directory_page *page)
{
    const struct directory_taker taker = {directory_build_entry, take_value,
                                          directory_build_referral, &search->build};

    buffer_clear(&search->why);
    return platform_directory_search(search->visit.session, page, &taker, next_deadline(search),
                                     &search->answer->result, &search->why);
}

static enum status ask_pages(struct search *search)
{
    const struct directory_answer *answer = search->answer;
    struct buffer cookie;
    struct directory_page page = {.base = answer->base,
                                  .scope = answer->scope,
                                  .filter = answer->filter,
                                  .attributes = search->attributes,
                                  .size = answer->scope == DIRECTORY_BASE ? 0 : PAGE_SIZE,
                                  .cookie = &cookie};
    enum status status = STATUS_OK;
    unsigned count = 0;

    buffer_init(&cookie, COOKIE_MOST);
    do
        status = ask_page(search, &page);
    while (status == STATUS_OK && cookie.size > 0 && !cookie.truncated && !search->build.full &&
           ++count < PAGES_MOST);
    if (cookie.size > 0 || (status != STATUS_OK && count > 0))
        search->answer->more = true;
    buffer_release(&cookie);
    return status;
}

static enum status ask_ranges(struct search *search)
{
    struct buffer cookie;
    const char *attributes[2] = {NULL, NULL};
    struct directory_page page = {.scope = DIRECTORY_BASE,
                                  .filter = "(objectClass=*)",
                                  .attributes = attributes,
                                  .cookie = &cookie};
    enum status status = STATUS_OK;

    buffer_init(&cookie, COOKIE_MOST);
    while (status == STATUS_OK &&
           directory_build_next_range(&search->build, &page.base, &attributes[0])) {
        buffer_clear(&cookie);
        status = ask_page(search, &page);
    }
    buffer_release(&cookie);
    return status;
}

/* Limits end a search early, and what came before stands (RFC 4511 4.5.1.4, 4.5.1.5). */
static bool is_a_limit(int result)
{
    return result == TIME_LIMIT_EXCEEDED || result == SIZE_LIMIT_EXCEEDED ||
           result == ADMIN_LIMIT_EXCEEDED;
}

static bool is_at_an_end(enum status status)
{
    return status != STATUS_OK && status != STATUS_REJECTED && status != STATUS_LIMIT &&
           status != STATUS_INVALID;
}

static enum status search_once(struct search *search)
{
    struct directory_answer *answer = search->answer;
    enum status status = ask_pages(search);

    if (status == STATUS_OK)
        status = ask_ranges(search);
    if (status == STATUS_REJECTED && is_a_limit(answer->result)) {
        answer->more = true;
        return STATUS_OK;
    }
    if (status == STATUS_LIMIT)
        return STATUS_OK;
    return status;
}

static void explain_refusal(struct search *search)
{
    struct evidence *item = &search->answer->evidence;

    item->reason = "the logon was refused";
    if (search->why.size > 0)
        item->reason =
            arena_print(&item->memory, "%s: %s", item->reason,
                        text_printable(&item->memory, search->why.text, search->why.size));
}

/* A server may close a session that was left open: then a new one is asked. */
static enum status visit(struct search *search, bool fresh)
{
    struct directory_answer *answer = search->answer;
    enum status status =
        directory_access_enter(search->access, answer, fresh, next_deadline(search),
                               &answer->result, &search->why, &search->visit);
    bool was_left_open;

    if (status != STATUS_OK) {
        if (status == STATUS_REJECTED)
            explain_refusal(search);
        return status;
    }
    was_left_open = !search->visit.is_fresh;
    status = search_once(search);
    directory_access_exit(search->access, &search->visit, !is_at_an_end(status));
    if (status == STATUS_CLOSED && was_left_open && search->build.entry_count == 0)
        return visit(search, true);
    return status;
}

static void explain(struct search *search, enum status status)
{
    struct directory_answer *answer = search->answer;
    struct arena *memory = &answer->evidence.memory;

    if (status == STATUS_REJECTED && search->lacking.size > 0)
        answer->evidence.reason =
            arena_print(memory, "asked anonymously: %s",
                        text_printable(memory, search->lacking.text, search->lacking.size));
    if (search->why.size == 0)
        return;
    if (answer->result != 0)
        answer->diagnostic = arena_copy_string(memory, search->why.text);
    else if (status != STATUS_OK)
        answer->evidence.reason = text_printable(memory, search->why.text, search->why.size);
}

void gather_directory(struct evidence *item, const struct gather_options *options,
                      struct directory_access *access)
{
    struct directory_answer *answer = (struct directory_answer *)item;
    struct search search = {.answer = answer,
                            .access = access,
                            .attributes = split(answer->attributes, &item->memory),
                            .patience = microseconds(options->timeout)};

    search.deadline = platform_monotonic_clock() + OPERATIONS * search.patience;
    buffer_init(&search.why, WHY_MOST);
    buffer_init(&search.lacking, WHY_MOST);
    answer->identity = directory_access_identity(access, answer, &search.lacking);
    directory_build_begin(&search.build, answer);
    item->status = visit(&search, false);
    directory_build_end(&search.build);
    explain(&search, item->status);
    buffer_release(&search.why);
    buffer_release(&search.lacking);
    tls_thread_end();
    item->settled = true;
}
