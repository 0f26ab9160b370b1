#include "probes/spn/accounts.h"

#include "diag/read/case_fold.h"
#include "diag/read/ldap_text.h"
#include "diag/read/spn.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

struct line {         /* of a book: who holds what */
    const char *name; /* folded */
    const struct spn_account *account;
};

enum { ACCOUNT_NAME_MOST = 15 /* of a computer's, without its $ */ };

struct spn_book {
    struct spn_account *accounts;
    size_t account_count;
    const char *domain; /* of the first account that tells one, or NULL */
    bool spans_domains;
    struct line *lines; /* in order of their names */
    size_t line_count;
    struct spn_servers servers;
};

/* ---- text ---- */

char *spn_folded(struct arena *arena, const char *text)
{
    size_t left = strlen(text);
    struct buffer out;

    buffer_init(&out, 2 * left + 1);
    while (left > 0) {
        uint32_t code_point;
        size_t size = text_decode(text, left, &code_point);

        if (size > 0)
            text_encode(&out, case_fold(code_point));
        else
            buffer_add_char(&out, *text);
        size = size ? size : 1;
        text += size;
        left -= size;
    }
    return buffer_keep(&out, arena);
}

static bool is_text(const struct directory_value *value)
{
    return value->size > 0 && !memchr(value->bytes, '\0', value->size) &&
           text_is_utf8(value->bytes, value->size);
}

/* ---- one account ---- */

static bool has_class(const struct directory_entry *entry, const char *name)
{
    const struct directory_attribute *classes = directory_attribute_of(entry, "objectClass");

    for (size_t i = 0; classes && i < classes->value_count; i++) {
        if (text_equal_fold(classes->values[i].bytes, name))
            return true;
    }
    return false;
}

/* "EX01" of "HOST/EX01"; NULL for other names. */
static const char *host_in(const char *name, struct arena *arena)
{
    struct spn spn;

    if (spn_parse(name, arena, &spn) != STATUS_OK || spn.port || spn.name || spn.instance ||
        !text_equal_fold(spn.service, "HOST"))
        return NULL;
    return spn.host;
}

/* What its HOST/ names say: the longest with a dot is the full name. */
static const char *host_of_names(const struct spn_account *account, struct arena *arena)
{
    const char *longest = NULL;

    for (size_t i = 0; i < account->name_count; i++) {
        const char *host = host_in(account->names[i], arena);

        if (host && strchr(host, '.') && (!longest || strlen(host) > strlen(longest)))
            longest = host;
    }
    return longest;
}

/* A computer's account is called by what comes first of its name, as long as such a name may be. */
static bool is_account_name(const char *account, const char *name)
{
    size_t size = strlen(name);

    return text_equal_fold_sized(account, strlen(account), name,
                                 size < ACCOUNT_NAME_MOST ? size : ACCOUNT_NAME_MOST);
}

/* Of an export without sAMAccountName the HOST/ name of a computer is as good; NULL: none is. */
static const char *account_of_names(const struct spn_account *account, const char *entry,
                                    struct arena *arena)
{
    for (size_t i = 0; i < account->name_count; i++) {
        const char *host = host_in(account->names[i], arena);

        if (host && is_account_name(host, entry))
            return host;
    }
    return NULL;
}

/* "EX01" of "EX01$", which is a computer's. */
static void read_name(const struct directory_entry *entry, struct arena *arena,
                      struct spn_account *account)
{
    const char *name = directory_text_of(entry, "sAMAccountName");
    struct ldap_rdn *rdns;
    size_t count;

    if (name) {
        size_t size = strlen(name);
        bool is_machine = size > 1 && name[size - 1] == '$';

        account->is_computer = account->is_computer || is_machine;
        account->name = arena_copy(arena, name, is_machine ? size - 1 : size);
        return;
    }
    if (ldap_dn_parse(entry->dn, arena, &rdns, &count) != STATUS_OK || count == 0)
        return;
    account->name = account_of_names(account, rdns[0].value, arena);
    account->is_guessed = !account->name;
    account->name = account->name ? account->name : rdns[0].value;
}

static bool is_managed(const struct directory_entry *entry)
{
    return has_class(entry, "msDS-ManagedServiceAccount") ||
           has_class(entry, "msDS-GroupManagedServiceAccount") ||
           has_class(entry, "msDS-DelegatedManagedServiceAccount");
}

static void read_names(const struct directory_entry *entry, struct arena *arena,
                       struct spn_account *account)
{
    const struct directory_attribute *values =
        directory_attribute_of(entry, "servicePrincipalName");
    const char **names = arena_new(arena, values ? values->value_count : 0, sizeof *names);

    for (size_t i = 0; values && i < values->value_count; i++) {
        if (is_text(&values->values[i]))
            names[account->name_count++] = values->values[i].bytes;
    }
    account->names = names;
}

/* An object that was deleted keeps its names, and no domain controller looks at them. */
static bool is_deleted(const struct directory_entry *entry, struct arena *arena)
{
    struct ldap_rdn *rdns;
    size_t count;

    if (ldap_dn_parse(entry->dn, arena, &rdns, &count) != STATUS_OK || count < 2)
        return false;
    return strstr(rdns[0].value, "\nDEL:") || text_equal_fold(rdns[1].value, "Deleted Objects");
}

/* False for an entry that is no account: of Exchange's configuration. */
static bool read_account(const struct directory_entry *entry, struct arena *arena,
                         struct spn_account *account)
{
    *account = (struct spn_account){.dn = entry->dn};
    read_names(entry, arena, account);
    if (account->name_count == 0 && !directory_text_of(entry, "sAMAccountName") &&
        !has_class(entry, "computer"))
        return false;
    if (is_deleted(entry, arena))
        return false;
    account->is_computer = has_class(entry, "computer");
    account->is_managed = is_managed(entry);
    read_name(entry, arena, account);
    account->domain = ldap_dn_domain(entry->dn, arena);
    account->host = directory_text_of(entry, "dNSHostName");
    if (!account->host)
        account->host = host_of_names(account, arena);
    if (account->host && !directory_text_of(entry, "sAMAccountName"))
        account->is_computer = true;
    account->is_user = !account->is_computer && (directory_text_of(entry, "sAMAccountName") ||
                                                 directory_attribute_of(entry, "objectClass"));
    return account->name != NULL;
}

/* ---- a book ---- */

static int by_name(const void *one, const void *other)
{
    const struct line *a = one, *b = other;
    int order = strcmp(a->name, b->name);

    return order ? order : strcmp(a->account->dn, b->account->dn);
}

static void note_domain(struct spn_book *book, const char *domain)
{
    if (!book->domain)
        book->domain = domain;
    else if (domain && !text_equal_fold(domain, book->domain))
        book->spans_domains = true;
}

/* `is_whole`: beside each entry; NULL: `all_whole` goes for all of them. */
static const struct spn_book *make_book(const struct evidence *item,
                                        const struct directory_entry *entries, size_t count,
                                        const bool *is_whole, bool all_whole, struct arena *arena)
{
    struct spn_book *book = arena_new(arena, 1, sizeof *book);
    size_t names = 0;

    spn_servers_read(entries, count, arena, &book->servers);
    book->accounts = arena_new(arena, count, sizeof *book->accounts);
    for (size_t i = 0; i < count; i++) {
        struct spn_account *account = &book->accounts[book->account_count];

        if (!read_account(&entries[i], arena, account))
            continue;
        account->is_whole = is_whole ? is_whole[i] : all_whole;
        account->source = item;
        names += account->name_count;
        book->account_count++;
        note_domain(book, account->domain);
    }
    book->lines = arena_new(arena, names, sizeof *book->lines);
    for (size_t i = 0; i < book->account_count; i++) {
        for (size_t k = 0; k < book->accounts[i].name_count; k++)
            book->lines[book->line_count++] =
                (struct line){spn_folded(arena, book->accounts[i].names[k]), &book->accounts[i]};
    }
    if (book->line_count > 0)
        qsort(book->lines, book->line_count, sizeof *book->lines, by_name);
    return book;
}

static const void *read_answer(const struct evidence *item, struct arena *arena)
{
    const struct directory_answer *answer = (const struct directory_answer *)item;

    return make_book(item, answer->entries, answer->entry_count, NULL, !answer->more, arena);
}

static const void *read_file(const struct evidence *item, struct arena *arena)
{
    const struct directory_file *file = (const struct directory_file *)item;

    return make_book(item, file->entries, file->entry_count, file->is_whole, false, arena);
}

const struct spn_book *spn_book_of_answer(const struct directory_answer *answer)
{
    return evidence_read(&answer->evidence, read_answer);
}

const struct spn_book *spn_book_of_file(const struct directory_file *file)
{
    return evidence_read(&file->evidence, read_file);
}

const struct spn_account *spn_book_accounts(const struct spn_book *book, size_t *count)
{
    *count = book->account_count;
    return book->accounts;
}

const char *spn_book_domain(const struct spn_book *book)
{
    return book->spans_domains ? NULL : book->domain;
}

const struct spn_servers *spn_book_servers(const struct spn_book *book)
{
    return &book->servers;
}

/* ---- several ---- */

void spn_library_add(struct spn_library *library, const struct spn_book *book, struct arena *arena)
{
    library->books =
        arena_grow(arena, library->books, &library->room, library->count, sizeof *library->books);
    library->books[library->count++] = book;
}

/* ---- looking up ---- */

/* What of a DN is ASCII, which all code pages have in common, is the same, and not all of it is. */
static bool is_dn_alike(const char *one, const char *other)
{
    bool is_ascii = true;

    for (;; one++, other++) {
        for (; (unsigned char)*one >= 0x80; one++)
            is_ascii = false;
        for (; (unsigned char)*other >= 0x80; other++)
            is_ascii = false;
        if (!case_equal(one, 1, other, 1))
            return false;
        if (*one == '\0')
            return !is_ascii;
    }
}

static bool is_same_name(const struct spn_account *one, const struct spn_account *other)
{
    return !one->is_guessed && !other->is_guessed && one->is_computer == other->is_computer &&
           text_equal_fold(one->name, other->name);
}

bool spn_account_is(const struct spn_account *one, const struct spn_account *other)
{
    if (one == other || !one || !other)
        return one == other;
    if (strcmp(one->dn, other->dn) == 0 || ldap_dn_equal(one->dn, other->dn))
        return true;
    return one->source != other->source && one->domain && other->domain &&
           text_equal_fold(one->domain, other->domain) &&
           (is_same_name(one, other) || is_dn_alike(one->dn, other->dn));
}

bool spn_account_has(const struct spn_account *account, const char *service, const char *host)
{
    size_t size = strlen(service);

    for (size_t i = 0; i < account->name_count; i++) {
        const char *name = account->names[i];

        if (strlen(name) > size && name[size] == '/' && case_equal(name, size, service, size) &&
            spn_equal(name + size + 1, host))
            return true;
    }
    return false;
}

/* An account of which one piece of evidence has all names is better known there. */
static void add_holder(struct spn_holders *out, const struct spn_account *account)
{
    for (size_t i = 0; i < out->count; i++) {
        if (!spn_account_is(out->list[i], account))
            continue;
        if (account->is_whole && !out->list[i]->is_whole)
            out->list[i] = account;
        return;
    }
    out->more = out->count == SPN_HOLDERS_MOST;
    if (!out->more)
        out->list[out->count++] = account;
}

static size_t first_line(const struct spn_book *book, const char *name)
{
    size_t low = 0, high = book->line_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(book->lines[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const char *spn_book_next_name(const struct spn_book *book, size_t *at)
{
    const char *name = *at < book->line_count ? book->lines[*at].name : NULL;

    while (name && *at < book->line_count && strcmp(book->lines[*at].name, name) == 0)
        ++*at;
    return name;
}

void spn_find_holders(const struct spn_library *library, const char *service, const char *host,
                      struct arena *arena, struct spn_holders *out)
{
    const char *name = spn_folded(arena, arena_print(arena, "%s/%s", service, host));

    out->count = 0;
    out->more = false;
    for (size_t i = 0; i < library->count && !out->more; i++) {
        const struct spn_book *book = library->books[i];

        for (size_t k = first_line(book, name);
             k < book->line_count && !out->more && strcmp(book->lines[k].name, name) == 0; k++)
            add_holder(out, book->lines[k].account);
    }
}

void spn_keep_holder(struct spn_holders *holders, const struct spn_account *account,
                     const char *service, const char *host)
{
    if (!holders->more || !account || !spn_account_has(account, service, host))
        return;
    for (size_t i = 0; i < holders->count; i++) {
        if (spn_account_is(holders->list[i], account))
            return;
    }
    holders->list[holders->count - 1] = account;
}

enum { /* how well a computer's account fits */
       FITS_NOT,
       FITS_NAME,
       FITS_NAME_AND_DOMAIN,
       FITS_HOST,
       FITS_BOTH
};

static unsigned fit(const struct spn_account *account, const char *host, const char *name)
{
    const char *dot = host ? strchr(host, '.') : NULL;
    bool is_named_so = name && is_account_name(account->name, name);

    if (!account->is_computer || account->is_managed)
        return FITS_NOT;
    if (host && account->host && text_equal_fold(account->host, host))
        return is_named_so ? FITS_BOTH : FITS_HOST;
    if (!is_named_so || (host && account->host))
        return FITS_NOT; /* or it says that it is another */
    return dot && account->domain && text_equal_fold(account->domain, dot + 1)
               ? FITS_NAME_AND_DOMAIN
               : FITS_NAME;
}

struct search {
    const struct spn_account *best;
    unsigned fits;
    bool is_alone;                   /* no other fits as well */
    const struct spn_account *named; /* fits by its name alone; or NULL */
};

static void consider(struct search *search, const struct spn_account *account, unsigned fits)
{
    if (fits == FITS_NAME || fits == FITS_NAME_AND_DOMAIN)
        search->named = account;
    if (fits == FITS_NOT || fits < search->fits)
        return;
    if (fits == search->fits && spn_account_is(search->best, account)) {
        search->best = account->is_whole ? account : search->best;
        return;
    }
    search->is_alone = fits > search->fits;
    search->best = account;
    search->fits = fits;
}

static struct search search_computer(const struct spn_library *library, const char *host,
                                     const char *name)
{
    struct search search = {.fits = FITS_NOT};

    for (size_t i = 0; i < library->count; i++) {
        const struct spn_book *book = library->books[i];

        for (size_t k = 0; k < book->account_count; k++)
            consider(&search, &book->accounts[k], fit(&book->accounts[k], host, name));
    }
    return search;
}

const struct spn_account *spn_find_computer(const struct spn_library *library, const char *host,
                                            const char *name)
{
    struct search search = search_computer(library, host, name);
    bool is_contradicted =
        search.fits == FITS_HOST && search.named && !spn_account_is(search.named, search.best);

    return search.is_alone && !is_contradicted ? search.best : NULL;
}

bool spn_has_computer(const struct spn_library *library, const char *host, const char *name)
{
    return search_computer(library, host, name).fits != FITS_NOT;
}

bool spn_spans_domains(const struct spn_library *library)
{
    const char *domain = NULL;

    for (size_t i = 0; i < library->count; i++) {
        const struct spn_book *book = library->books[i];

        if (book->spans_domains ||
            (domain && book->domain && !text_equal_fold(domain, book->domain)))
            return true;
        domain = domain ? domain : book->domain;
    }
    return false;
}
