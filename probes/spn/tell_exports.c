#include "probes/spn/kinds.h"
#include "probes/spn/tell.h"

#include "diag/read/spn.h"
#include "diag/text.h"

#include <string.h>

enum { DUPLICATES_MOST = 64 };

struct told { /* names that are told of somewhere, folded */
    const char *names[DUPLICATES_MOST];
    size_t count;
};

static bool is_told(const struct told *told, const char *name)
{
    for (size_t i = 0; i < told->count; i++) {
        if (strcmp(told->names[i], name) == 0)
            return true;
    }
    return false;
}

/* ---- servers ---- */

struct tally {
    size_t servers, right, open, idle;
};

static bool is_open(const struct spn_view *view)
{
    for (size_t i = 0; i < view->case_count; i++) {
        if (view->cases[i].verdict == SPN_OPEN)
            return true;
    }
    return false;
}

static void look_at_servers(struct examination *x, const struct spn_exports *exports,
                            struct told *told, struct tally *tally)
{
    for (size_t i = 0; i < exports->servers.count; i++) {
        const struct spn_server *server = &exports->servers.list[i];
        const struct spn_view *view = spn_view_of_export(x, exports, server);
        bool is_told;

        tally->servers++;
        tally->idle += view->is_idle;
        if (view->is_idle)
            continue;
        for (size_t k = 0; k < view->case_count; k++) {
            const struct spn_case *at = &view->cases[k];

            if (at->verdict == SPN_DUPLICATE && told->count < DUPLICATES_MOST)
                told->names[told->count++] =
                    spn_folded(pass_memory(x), spn_text(x, at->service, at->host));
        }
        is_told = spn_view_is_wrong(view) || spn_view_is_partial(view);
        if (is_told && server->host)
            add_subject(x, SUBJECT_SERVER, server->host);
        else if (is_told)
            spn_tell_names(x, view);
        else if (view->own && view->own->is_whole && !is_open(view))
            tally->right++;
        else
            tally->open++;
    }
}

/* ---- duplicates of nobody's ---- */

/* Whose name it is is not known where setspn -X alone says that several accounts have it. */
static void tell_duplicate(struct examination *x, const struct spn_exports *exports,
                           const char *service, const char *host)
{
    struct spn_view *view = arena_new(pass_memory(x), 1, sizeof *view);
    struct spn_forest *none = arena_new(pass_memory(x), 1, sizeof *none);
    struct spn_case *at = &view->cases[0];

    none->state = SPN_FOREST_NONE;
    view->forest = none;
    view->exports = exports;
    view->host = host;
    view->library = exports->library;
    view->case_names[0] = spn_names_add(&view->names, pass_memory(x), host, SPN_HELD, true, NULL);
    if (!view->case_names[0])
        return;
    *at = (struct spn_case){
        .service = service, .host = view->case_names[0]->host, .reasons = SPN_HELD};
    spn_find_holders(&view->library, service, host, pass_memory(x), &at->named);
    spn_judge(at);
    view->case_count = 1;
    if (at->verdict == SPN_DUPLICATE)
        spn_tell_names(x, view);
}

/* As it is written here; NULL for another service. */
static const char *service_of(const struct spn *spn)
{
    if (text_equal_fold(spn->service, "SMTPSVC"))
        return "SMTPSVC";
    return text_equal_fold(spn->service, "SMTP") ? "SMTP" : NULL;
}

/* `name`: folded. */
static void look_at_name(struct examination *x, const struct spn_exports *exports, const char *name,
                         struct told *told)
{
    static const char prefix[] = "smtp";
    struct spn_holders holders;
    struct spn spn;

    if (strncmp(name, prefix, sizeof prefix - 1) != 0 || is_told(told, name) ||
        spn_parse(name, pass_memory(x), &spn) != STATUS_OK || spn.port || spn.name ||
        spn.instance || !service_of(&spn))
        return;
    spn_find_holders(&exports->library, spn.service, spn.host, pass_memory(x), &holders);
    if (holders.count < 2)
        return;
    told->names[told->count++] = name;
    tell_duplicate(x, exports, service_of(&spn), spn.host);
}

/* Each name once, however many accounts have it. */
static void look_at_accounts(struct examination *x, const struct spn_exports *exports,
                             struct told *told)
{
    for (size_t i = 0; i < exports->library.count; i++) {
        const struct spn_book *book = exports->library.books[i];
        const char *name;

        for (size_t at = 0;
             told->count < DUPLICATES_MOST && (name = spn_book_next_name(book, &at)) != NULL;)
            look_at_name(x, exports, name, told);
    }
}

static void tell_open(struct examination *x, const struct spn_exports *exports, size_t count)
{
    const char *plural = count == 1 ? "" : "s";

    if (exports->cut)
        saw(unknown(x, &smtp_spn_missing,
                    "%zu mail server%s, whose names may be in what is not here", count, plural),
            &exports->cut->evidence,
            "this ends before its end: that a name is not here does not say that nobody has it");
    else
        unknown(x, &smtp_spn_missing,
                "%zu mail server%s, of whose account%s not all names are here", count, plural,
                plural);
}

void spn_tell_exports(struct examination *x, const struct subject *file)
{
    const struct spn_exports *exports = spn_exports_of(x);
    struct told *told = arena_new(pass_memory(x), 1, sizeof *told);
    struct tally tally = {.servers = 0};

    if (exports->is_pending || exports->count == 0 ||
        strcmp(exports->files[0]->path, file->name) != 0)
        return;
    look_at_servers(x, exports, told, &tally);
    look_at_accounts(x, exports, told);
    if (tally.right > 0)
        healthy(x, &smtp_spn_missing, "%zu mail server%s, whose own names are on %s", tally.right,
                tally.right == 1 ? "" : "s", tally.right == 1 ? "its account" : "their accounts");
    if (tally.open > 0)
        tell_open(x, exports, tally.open);
    if (tally.idle > 0 && tally.idle == tally.servers)
        not_applicable(
            x, &smtp_spn_missing,
            "other servers log on to none of its mail servers: they are Edge servers, or "
            "without the Hub Transport role");
    if (tally.servers == 0 && told->count == 0 && !exports->cut)
        not_applicable(x, &smtp_spn_missing, "it names no mail server");
}
