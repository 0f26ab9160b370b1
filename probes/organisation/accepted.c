#include "probes/organisation/accepted.h"

#include "diag/idn.h"
#include "diag/read/dns_name.h"
#include "diag/text.h"
#include "probes/site.h"

#include <stdlib.h>
#include <string.h>

const char accepted_domains_filter[] = "(objectClass=msExchAcceptedDomain)";
const char *const accepted_domains_attributes[] = {"msExchAcceptedDomainFlags",
                                                   "msExchAcceptedDomainName", NULL};

enum { TYPE_BITS = 3, FLAGS_MOST = 1000000000 };

static enum accepted_type type_of(const struct directory_entry *entry)
{
    const char *text = directory_text_of(entry, "msExchAcceptedDomainFlags");
    unsigned flags = 0;

    for (; text && text_is_digit(*text) && flags < FLAGS_MOST / 10; text++)
        flags = 10 * flags + (unsigned)(*text - '0');
    return text && *text ? ACCEPTED_OTHER : (enum accepted_type)(flags & TYPE_BITS);
}

static bool is_host_like(const char *ascii)
{
    for (; *ascii; ascii++) {
        if (!text_is_letter(*ascii) && !text_is_digit(*ascii) && !strchr("-_.", *ascii))
            return false;
    }
    return true;
}

/* What a mail domain may be called in DNS; NULL for what is no domain's name. */
static const char *name_of(const char *text, struct arena *arena)
{
    char ascii[DNS_NAME_TEXT_SIZE];
    uint8_t wire[DNS_NAME_WIRE_MOST];
    struct buffer folded;
    size_t size;

    if (!text_is_printable(text, strlen(text)) || idn_to_ascii(text, ascii) != STATUS_OK ||
        !is_host_like(ascii) || dns_name_to_wire(ascii, wire, &size) != STATUS_OK || size < 2)
        return NULL;
    buffer_init(&folded, DNS_NAME_TEXT_SIZE);
    dns_name_fold(ascii, &folded);
    return buffer_keep(&folded, arena);
}

static bool is_wildcard(const char *text)
{
    return text[0] == '*' && (text[1] == '\0' || text[1] == '.');
}

static bool read_entry(const struct directory_entry *entry, struct arena *arena,
                       struct accepted_domain *out)
{
    const char *text = directory_text_of(entry, "msExchAcceptedDomainName");

    if (!text)
        return false;
    out->type = type_of(entry);
    out->is_wildcard = is_wildcard(text);
    out->name = out->is_wildcard ? text : name_of(text, arena);
    if (out->is_wildcard)
        out->unexamined = "which names no domain to look at";
    else if (out->name && site_is_tenant(out->name))
        out->unexamined = "a domain of the tenant, in which Microsoft publishes";
    else if (out->name && dns_name_is_private(out->name))
        out->unexamined = "a name for private use, to which nobody outside can send";
    return out->name != NULL;
}

static int compare(const void *one, const void *other)
{
    const struct accepted_domain *const *a = one, *const *b = other;
    int order = strcmp((*a)->name, (*b)->name);

    return order ? order : (*a > *b) - (*a < *b);
}

/* Of several of one name the first is kept. */
static void drop_doubles(struct accepted_domains *domains, struct arena *arena)
{
    struct accepted_domain **sorted = arena_new(arena, domains->count, sizeof *sorted);
    size_t kept = 0;

    for (size_t i = 0; i < domains->count; i++)
        sorted[i] = &domains->list[i];
    qsort(sorted, domains->count, sizeof *sorted, compare);
    for (size_t i = domains->count; i-- > 1;) {
        if (strcmp(sorted[i]->name, sorted[i - 1]->name) == 0)
            sorted[i]->name = NULL;
    }
    for (size_t i = 0; i < domains->count; i++) {
        if (domains->list[i].name)
            domains->list[kept++] = domains->list[i];
    }
    domains->count = kept;
}

void accepted_domains_read(const struct directory_entry *entries, size_t count, struct arena *arena,
                           struct accepted_domains *out)
{
    *out = (struct accepted_domains){.list = arena_new(arena, count, sizeof *out->list)};
    for (size_t i = 0; i < count; i++) {
        if (read_entry(&entries[i], arena, &out->list[out->count]))
            out->count++;
        else
            out->odd++;
    }
    drop_doubles(out, arena);
}
