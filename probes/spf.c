/*
 * SPF: which records a domain or a host that sends publishes, as the Internet sees
 * them (RFC 7208 4.5).
 */
#include "diag/read/spf.h"
#include "diag/probe.h"
#include "diag/text.h"
#include "probes/public_dns.h"
#include "probes/spf_merge.h"

#include <string.h>

enum {
    RECORDS_MOST = 32,     /* SPF records at one name that are looked at */
    LOOKUPS_MOST = 10,     /* RFC 7208 4.6.4 */
    TREE_NAMES_MOST = 100, /* names of an include tree that are followed */
    TREE_DEPTH_MOST = 20,
    DNS_PORT = 53
};

static const struct reference spf_references[] = {
    {"RFC 7208 section 3.2, Multiple DNS Records",
     "https://www.rfc-editor.org/rfc/rfc7208#section-3.2"},
    {"RFC 7208 section 4.5, Selecting Records",
     "https://www.rfc-editor.org/rfc/rfc7208#section-4.5"},
    {"RFC 2181 section 5, Resource Record Sets",
     "https://www.rfc-editor.org/rfc/rfc2181#section-5"},
    {NULL, NULL}};

static const struct reference view_references[] = {
    {"RFC 1034 section 4.2, How the database is divided into zones",
     "https://www.rfc-editor.org/rfc/rfc1034#section-4.2"},
    {"RFC 8499 section 6, Split DNS", "https://www.rfc-editor.org/rfc/rfc8499#section-6"},
    {NULL, NULL}};

#define ASK_A_PUBLIC_RESOLVER                                                                      \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_FILL_IN,                                                   \
        .where = "any machine whose network lets DNS questions out; the same in PowerShell",       \
        .command = "exdiag check --domain {subject} --only spf --dns {resolver}",                  \
        .note = "name a resolver outside your network, such as your provider's: its view is then " \
                "taken as the public one",                                                         \
    }

static const struct step_template ask_elsewhere[] = {ASK_A_PUBLIC_RESOLVER, {0}};

static const struct step_template verify_one_record[] = {
    {.shell = SHELL_SH,
     .kind = STEP_EXACT,
     .where = "where exdiag is; the line is the same in PowerShell",
     .command = "exdiag check --domain {name} --only spf",
     .note = "receivers keep the old answer for up to {ttl} seconds, its time to live"},
    {.shell = SHELL_POWERSHELL,
     .kind = STEP_EXACT,
     .where = "or on any Windows machine",
     .command = "Resolve-DnsName -Name {name} -Type TXT -Server {server} -DnsOnly",
     .note = "expect exactly one answer that begins with v=spf1"},
    {.shell = SHELL_SH,
     .kind = STEP_EXACT,
     .where = "or on any machine with dig",
     .command = "dig +short -t TXT -q {name} @{server}",
     .note = "expect exactly one line that begins with \"v=spf1"},
    {0}};

static const struct finding_kind spf_multiple = {
    .id = "spf-multiple",
    .severity = SEVERITY_CRITICAL,
    .title = "several SPF records are published at one name, where there may be one",
    .why =
        "With more than one record a receiver must not choose: the result is a permanent error "
        "for every message, whoever sends it (RFC 7208 section 4.5). Receivers differ in what they "
        "do then: many reject the message, hold it back or mark it as spam, others use whichever "
        "record comes first, and the order of records is random. So mail to some destinations is "
        "late or lost while most of it arrives.",
    .symptom =
        "Messages to some destinations stay in the queue for hours or days or come back, while "
        "SMTP to most others works. On Exchange, Get-Queue shows queues in Retry with a "
        "LastError of 4xx, and NDRs quote a 5.7.x refusal that speaks of SPF or of a permanent "
        "error; nothing on the server itself is wrong.",
    .cause =
        "A second service asked for \"an SPF record\", and it was added beside the first "
        "instead of into it. RFC 4408 said that records of type SPF (99) displace TXT; that rule "
        "is gone, only TXT counts. An RRset cannot hold two equal records, so copies that look "
        "the same differ in case, or in how their text is split into strings.",
    .applies_to = "every domain that sends mail, whatever the server",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_DNS,
             .kind = STEP_DECIDE,
             .where =
                 "the zone of {name}, at whoever hosts it: delete the {count} records, publish "
                 "this one",
             .command = "{name} IN TXT {merged-record}",
             .risk = "senders that none of the records named stay unauthorised",
             .note = "{remark}",
             .when = "merged-record"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the zone of {name}, at whoever hosts it",
             .command = "Write one record that names every sender you use, and delete the others.",
             .note = "the records were not merged here: {obstacle}",
             .when = "obstacle"},
            {0}},
    .verify = verify_one_record,
    .undo =
        (const struct step_template[]){
            {.shell = SHELL_DNS,
             .kind = STEP_DECIDE,
             .where =
                 "the zone of {name}: the former records, to be published again in place of the "
                 "merged one",
             .command = "{name} IN TXT {former-record}",
             .each = "former-record"},
            {0}},
    .make_known = ask_elsewhere,
    .references = spf_references,
};

static const struct finding_kind spf_none = {
    .id = "spf-none",
    .severity = SEVERITY_WARNING,
    .title = "no SPF record is published",
    .why =
        "Without a record anyone can send as this domain and no receiver can tell; large "
        "receivers hold back or refuse mail that nothing vouches for. The result of the check is "
        "\"none\" (RFC 7208 section 2.6.1).",
    .symptom =
        "Mail lands in junk folders or is refused for lack of authentication; spam is sent in "
        "the domain's name.",
    .cause =
        "No TXT record at the domain begins with exactly v=spf1 and a space. Look-alikes such as "
        "v=spf10 or a record that begins with a quotation mark or a space are not SPF.",
    .applies_to = "every domain; one that never sends should publish v=spf1 -all",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_DNS,
             .kind = STEP_DECIDE,
             .where = "the zone of {name}, at whoever hosts it, if the domain sends mail",
             .command = "{name} IN TXT \"v=spf1 mx ~all\"",
             .risk =
                 "a sender that the record does not name is treated with suspicion: list all of "
                 "them first",
             .note =
                 "mx names the hosts that receive for the domain; add ip4:, ip6: and include: for "
                 "everything else that sends, and change ~all to -all when reports stay clean",
             .when = "receives"},
            {.shell = SHELL_DNS,
             .kind = STEP_DECIDE,
             .where = "the zone of {name}, at whoever hosts it, if the domain never sends mail",
             .command = "{name} IN TXT \"v=spf1 -all\"",
             .risk = "all mail from the domain is then refused"},
            {0}},
    .verify = verify_one_record,
    .undo = (const struct step_template[]){{.shell = SHELL_MANUAL,
                                            .kind = STEP_EXACT,
                                            .where = "the zone of {name}",
                                            .command = "Delete the TXT record that was added."},
                                           {0}},
    .make_known = ask_elsewhere,
    .references = spf_references,
};

static const struct finding_kind dns_servers_disagree = {
    .id = "dns-servers-disagree",
    .severity = SEVERITY_WARNING,
    .title = "the domain's name servers publish different SPF records",
    .why = "Receivers ask any of the delegated servers, so what they learn depends on chance: mail "
           "passes at one moment and fails at the next.",
    .symptom = "SPF results for the same message differ from receiver to receiver and from hour to "
               "hour.",
    .cause = "A secondary server no longer gets its zone transfers, or the zone is kept by hand at "
             "two providers.",
    .applies_to = "zones with more than one name server",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_SH,
             .kind = STEP_EXACT,
             .where = "any Linux machine with dig",
             .command = "dig +norecurse -t SOA -q {zone} @{server}",
             .note = "the server with the lower serial number has the older zone",
             .each = "server"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the server whose zone is old, or its provider",
             .command = "Repair its zone transfer from the primary, or remove the server from the "
                        "delegation.",
             .risk = "removing a server from the delegation takes effect as the parent's records "
                     "expire, usually within two days"},
            {0}},
    .verify = verify_one_record,
    .undo = NULL,
    .no_undo = "looking changes nothing, and an up-to-date zone needs no way back",
    .make_known = ask_elsewhere,
    .references = view_references,
};

static const struct finding_kind dns_split_view = {
    .id = "dns-split-view",
    .severity = SEVERITY_INFO,
    .title = "this network sees other SPF records than the Internet",
    .why =
        "Nothing is wrong with that: an internal zone often has the same name as the public one. "
        "But SPF checks made inside, and changes made to the internal zone, do not concern other "
        "people's servers. The verdict of this report is about the public records.",
    .symptom =
        "A record that was corrected inside is still wrong for the rest of the world, or the "
        "other way round.",
    .cause = "Split DNS: the resolver asked here has a zone of its own for the domain, or an old "
             "answer in its cache.",
    .applies_to = "organisations with an internal zone of the public name",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the internal zone of {name}",
             .command = "Keep the internal TXT records the same as the public ones if any server "
                        "inside checks SPF; otherwise nothing is to be done."},
            {0}},
    .verify = verify_one_record,
    .undo = NULL,
    .no_undo = "nothing has to be changed",
    .make_known = ask_elsewhere,
    .references = view_references,
};

/* ---- what one server publishes at one name ---- */

struct published {
    const struct dns_answer *answer;
    struct spf_record records[RECORDS_MOST];
    const struct dns_record *sources[RECORDS_MOST];
    size_t count;
};

static const char *join(struct arena *arena, const struct dns_record *record, size_t *size)
{
    struct buffer text;
    const char *copy;

    buffer_init(&text, 65535);
    for (size_t i = 0; i < record->data.txt.count; i++)
        buffer_add(&text, record->data.txt.strings[i].bytes, record->data.txt.strings[i].size);
    *size = text.size;
    copy = arena_copy(arena, text.text, text.size);
    buffer_release(&text);
    return copy;
}

static struct published *select_records(struct examination *x, const struct dns_answer *answer)
{
    struct arena *arena = pass_memory(x);
    struct published *all = arena_new(arena, 1, sizeof *all);
    const struct dns_record *record = NULL;

    all->answer = answer;
    while ((record = dns_answer_next(answer, record)) && all->count < RECORDS_MOST) {
        size_t size;
        const char *text = join(arena, record, &size);

        if (!spf_is_record(text, size))
            continue;
        spf_read(text, size, arena, &all->records[all->count]);
        all->sources[all->count++] = record;
    }
    return all;
}

/* The same records, in whatever order. */
static bool publish_the_same(const struct published *a, const struct published *b)
{
    bool taken[RECORDS_MOST] = {false};

    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        size_t j = 0;

        while (j < b->count &&
               (taken[j] || a->records[i].size != b->records[j].size ||
                memcmp(a->records[i].text, b->records[j].text, a->records[i].size) != 0))
            j++;
        if (j == b->count)
            return false;
        taken[j] = true;
    }
    return true;
}

/* ---- showing ---- */

/* The strings of a record as a zone file has them: "v=spf1 " "mx -all". */
static void show_record(struct finding *finding, const struct published *all, size_t index)
{
    const struct dns_record *record = all->sources[index];
    struct buffer text;

    buffer_init(&text, 65535);
    for (size_t i = 0; i < record->data.txt.count; i++) {
        buffer_add_string(&text, i ? " \"" : "\"");
        buffer_add(&text, record->data.txt.strings[i].bytes, record->data.txt.strings[i].size);
        buffer_add_char(&text, '"');
    }
    saw_marked(finding, &all->answer->evidence, text.text, text.size, 0, index > 0 ? text.size : 0);
    buffer_release(&text);
}

static void show_records(struct finding *finding, const struct published *all)
{
    for (size_t i = 0; i < all->count; i++)
        show_record(finding, all, i);
    if (all->count == 0)
        saw(finding, &all->answer->evidence, "no SPF record");
}

static void show_look_alikes(struct examination *x, struct finding *finding,
                             const struct published *all)
{
    const struct dns_record *record = NULL;

    while ((record = dns_answer_next(all->answer, record))) {
        size_t size;
        const char *text = join(pass_memory(x), record, &size);
        const char *hint = spf_look_alike(text, size);

        if (!hint)
            continue;
        saw_marked(finding, &all->answer->evidence, text, size, 0, size < 8 ? size : 8);
        saw(finding, NULL, "this is not an SPF record: %s", hint);
    }
}

/* ---- the cost of a record ---- */

struct tree {
    struct examination *x;
    const char *seen[TREE_NAMES_MOST];
    size_t seen_count;
    unsigned lookups;
    bool pending;
};

static void add_lookups(struct tree *tree, const struct spf_record *record, int depth);

static void add_lookups_of(struct tree *tree, const char *name, int depth)
{
    const struct dns_answer *answer;
    const struct published *all;

    if (tree->seen_count == TREE_NAMES_MOST || depth > TREE_DEPTH_MOST)
        return;
    for (size_t i = 0; i < tree->seen_count; i++) {
        if (dns_name_equal(tree->seen[i], name))
            return;
    }
    tree->seen[tree->seen_count++] = name;
    answer = ask_dns(tree->x, name, DNS_TXT);
    if (!answer) {
        tree->pending = true;
        return;
    }
    all = select_records(tree->x, answer);
    if (all->count == 1)
        add_lookups(tree, &all->records[0], depth + 1);
}

static void add_lookups(struct tree *tree, const struct spf_record *record, int depth)
{
    tree->lookups += record->lookups;
    for (size_t i = 0; i < record->term_count; i++) {
        const struct spf_term *term = &record->terms[i];

        if ((term->kind == SPF_INCLUDE || term->kind == SPF_REDIRECT) && term->value &&
            !memchr(term->value, '%', term->value_size) && !term->error)
            add_lookups_of(tree, arena_copy(pass_memory(tree->x), term->value, term->value_size),
                           depth);
    }
}

/* Lookups of the whole tree below a record (RFC 7208 4.6.4); false while they are counted. */
static bool count_lookups(struct examination *x, const char *text, unsigned *lookups)
{
    struct tree tree = {.x = x};
    struct spf_record record;

    spf_read(text, strlen(text), pass_memory(x), &record);
    add_lookups(&tree, &record, 0);
    *lookups = tree.lookups;
    return !tree.pending;
}

/* ---- values of texts and steps ---- */

static void set_number(struct finding *finding, struct examination *x, const char *name,
                       unsigned long number)
{
    const char *text = arena_print(pass_memory(x), "%lu", number);

    set_vouched(finding, VALUE_TEXT, name, text, strlen(text));
}

static void set_text(struct finding *finding, const char *name, const char *text)
{
    set_value(finding, VALUE_TEXT, name, text, strlen(text));
}

/* Tools like nslookup take no port, so a server at another one is left to be filled in. */
static void set_server(struct finding *finding, const struct published *all)
{
    char server[IP_TEXT_SIZE];

    if (all->answer->server.port != DNS_PORT)
        return;
    ip_format(&all->answer->server.ip, server);
    set_vouched(finding, VALUE_TEXT, "server", server, strlen(server));
}

/* `name` is the user's subject, or a host that the domain's own MX record names. */
static void set_common(struct examination *x, struct finding *finding,
                       const struct subject *subject, const char *name, const struct published *all)
{
    bool is_subject = subject->given && dns_name_equal(name, subject->name);

    if (is_subject)
        set_vouched(finding, VALUE_NAME, "name", name, strlen(name));
    else
        set_value(finding, VALUE_NAME, "name", name, strlen(name));
    if (!all)
        return;
    set_number(finding, x, "count", (unsigned long)all->count);
    set_server(finding, all);
    set_number(finding, x, "ttl", all->count ? all->sources[0]->ttl : 3600);
}

/* ---- judging ---- */

static bool is_first_of_its_text(const struct published *all, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (all->records[i].size == all->records[index].size &&
            memcmp(all->records[i].text, all->records[index].text, all->records[i].size) == 0)
            return false;
    }
    return true;
}

static void set_merge(struct examination *x, struct finding *finding, const struct published *all)
{
    struct spf_merge merge;
    unsigned lookups = 0;
    const char *remark = "";

    spf_merge(all->records, all->count, pass_memory(x), &merge);
    if (merge.text && !count_lookups(x, merge.text, &lookups))
        return;
    if (lookups > LOOKUPS_MOST) {
        merge.obstacle =
            arena_print(pass_memory(x),
                        "together they need %u DNS lookups and the limit is %u, so the "
                        "merged record would be a permanent error again",
                        lookups, (unsigned)LOOKUPS_MOST);
        merge.text = NULL;
    }
    if (merge.identical)
        saw(finding, NULL,
            "the records say the same: they differ in case or in how their text is "
            "split into strings, and still count as %zu",
            all->count);
    for (size_t i = 0; i < all->count; i++) {
        if (is_first_of_its_text(all, i))
            set_value(finding, VALUE_TXT, "former-record", all->records[i].text,
                      all->records[i].size);
    }
    if (!merge.text) {
        set_text(finding, "obstacle", merge.obstacle);
        return;
    }
    set_value(finding, VALUE_TXT, "merged-record", merge.text, strlen(merge.text));
    if (merge.remark)
        remark = arena_print(pass_memory(x), "%s; ", merge.remark);
    set_text(
        finding, "remark",
        arena_print(pass_memory(x),
                    "%sit needs %u of %u DNS lookups; check that it names every sender you use",
                    remark, lookups, (unsigned)LOOKUPS_MOST));
}

static void tell_multiple(struct examination *x, const struct subject *subject, const char *name,
                          const struct published *all)
{
    struct finding *finding = found(x, &spf_multiple);

    set_common(x, finding, subject, name, all);
    show_records(finding, all);
    set_merge(x, finding, all);
}

static void tell_none(struct examination *x, const struct subject *subject,
                      const struct published *all, const struct dns_answer *mx)
{
    struct finding *finding = found(x, &spf_none);

    set_common(x, finding, subject, subject->name, all);
    if (dns_answer_no_such_name(all->answer))
        saw(finding, &all->answer->evidence, "the name does not exist (NXDOMAIN)");
    else
        show_records(finding, all);
    show_look_alikes(x, finding, all);
    if (dns_answer_has_records(mx))
        set_text(finding, "receives", "yes");
}

static void tell_disagreement(struct examination *x, const struct subject *subject,
                              const char *name, struct published *const *views, size_t count)
{
    struct finding *finding = found(x, &dns_servers_disagree);

    set_common(x, finding, subject, name, views[0]);
    set_text(finding, "zone", name);
    for (size_t i = 0; i < count; i++) {
        show_records(finding, views[i]);
        if (i > 0)
            set_server(finding, views[i]);
    }
}

static void tell_split(struct examination *x, const struct subject *subject, const char *name,
                       const struct published *inside, const struct published *outside)
{
    struct finding *finding = found(x, &dns_split_view);

    set_common(x, finding, subject, name, outside);
    saw(finding, NULL, "the resolver of this machine:");
    show_records(finding, inside);
    saw(finding, NULL, "the domain's own name servers:");
    show_records(finding, outside);
}

static void tell_unknown(struct examination *x, const struct finding_kind *kind,
                         const struct subject *subject, const struct public_view *view,
                         const struct published *inside)
{
    struct finding *finding = unknown(x, kind, "the public SPF records could not be read");

    set_common(x, finding, subject, subject->name, NULL);
    saw(finding, NULL, "%s", view->reason);
    if (view->obstacle)
        saw_failure(finding, view->obstacle);
    if (inside && inside->answer->evidence.status == STATUS_OK) {
        saw(finding, NULL, "the resolver of this machine, which may see an internal zone:");
        show_records(finding, inside);
    }
}

/* The hosts that an MX record would name are subjects of their own; unless it cannot be read. */
static void tell_unknown_hosts(struct examination *x, const struct subject *domain,
                               const struct dns_answer *mx)
{
    struct finding *finding =
        unknown(x, &spf_multiple, "its mail hosts are not known, so their records were not read");

    set_common(x, finding, domain, domain->name, NULL);
    saw_failure(finding, &mx->evidence);
}

/* The view with the most records: what the unluckiest receiver gets. */
static const struct published *worst_of(struct published *const *views, size_t count)
{
    const struct published *worst = views[0];

    for (size_t i = 1; i < count; i++)
        worst = views[i]->count > worst->count ? views[i] : worst;
    return worst;
}

/*
 * Compares the servers with each other and with the resolver, and reports what is
 * wrong at a name. Gives the view to judge by; NULL if there is none (yet).
 */
static const struct published *judge_name(struct examination *x, const struct subject *subject,
                                          const char *name, const struct public_view *view,
                                          const struct published *inside)
{
    struct published *views[PUBLIC_SERVERS_MOST] = {select_records(x, view->answers[0])};
    const struct published *worst;
    bool agree = true;

    for (size_t i = 1; i < view->count; i++) {
        views[i] = select_records(x, view->answers[i]);
        agree = agree && publish_the_same(views[0], views[i]);
    }
    worst = worst_of(views, view->count);
    if (!agree)
        tell_disagreement(x, subject, name, views, view->count);
    else if (inside && inside->answer->evidence.status == STATUS_OK &&
             !publish_the_same(inside, worst))
        tell_split(x, subject, name, inside, worst);
    if (worst->count > 1)
        tell_multiple(x, subject, name, worst);
    return worst;
}

/* ---- subjects ---- */

/* Hosts of the domain that receive also send; their own names hold records too (HELO, RFC
 * 7208 2.3). */
static void add_exchangers(struct examination *x, const struct subject *domain,
                           const struct dns_answer *mx)
{
    const struct dns_record *record = NULL;

    while ((record = dns_answer_next(mx, record))) {
        const char *host = record->data.mx.exchange;

        if (dns_name_is_below(host, domain->name) && !dns_name_equal(host, domain->name))
            add_subject(x, SUBJECT_SERVER, host);
    }
}

static void judge_domain(struct examination *x, const struct subject *domain,
                         const struct public_view *view, const struct published *inside,
                         const struct dns_answer *mx)
{
    const struct published *all;

    if (view->state == PUBLIC_NONE) {
        not_applicable(x, &spf_none, "a name for private use, which nobody outside can see");
        not_applicable(x, &spf_multiple, "a name for private use, which nobody outside can see");
        return;
    }
    if (view->state == PUBLIC_UNREACHABLE) {
        tell_unknown(x, &spf_multiple, domain, view, inside);
        tell_unknown(x, &spf_none, domain, view, inside);
        return;
    }
    all = judge_name(x, domain, domain->name, view, inside);
    if (all->count == 0)
        tell_none(x, domain, all, mx);
    else
        healthy(x, &spf_none, "an SPF record is published");
    if (all->count < 2)
        healthy(x, &spf_multiple, "not more than one SPF record is published");
    if (mx->evidence.status != STATUS_OK)
        tell_unknown_hosts(x, domain, mx);
}

static void examine_domain(struct examination *x, const struct subject *domain)
{
    struct public_view view = public_dns(x, domain->name, DNS_TXT);
    const struct dns_answer *txt = ask_dns(x, domain->name, DNS_TXT);
    const struct dns_answer *mx = ask_dns(x, domain->name, DNS_MX);
    const struct published *inside;

    if (mx)
        add_exchangers(x, domain, mx);
    if (view.state == PUBLIC_PENDING || !txt || !mx)
        return;
    inside = ask_settings(x)->dns_count ? NULL : select_records(x, txt);
    judge_domain(x, domain, &view, inside, mx);
}

static void examine_server(struct examination *x, const struct subject *server)
{
    struct public_view view;
    struct ip_address ip;

    if (ip_parse(server->name, strlen(server->name), &ip) == STATUS_OK) {
        not_applicable(x, &spf_multiple, "an address: SPF records stand at names");
        return;
    }
    view = public_dns(x, server->name, DNS_TXT);
    if (view.state == PUBLIC_PENDING)
        return;
    if (view.state == PUBLIC_NONE)
        not_applicable(x, &spf_multiple, "a name for private use, which nobody outside can see");
    else if (view.state == PUBLIC_UNREACHABLE)
        tell_unknown(x, &spf_multiple, server, &view, NULL);
    else if (judge_name(x, server, server->name, &view, NULL)->count < 2)
        healthy(x, &spf_multiple, "not more than one SPF record is published");
}

static void examine(struct examination *x, const struct subject *subject)
{
    if (subject->kind == SUBJECT_DOMAIN)
        examine_domain(x, subject);
    else
        examine_server(x, subject);
}

static const struct finding_kind *const kinds[] = {
    &spf_multiple, &spf_none, &dns_servers_disagree, &dns_split_view, NULL,
};

const struct probe probe_spf = {
    .name = "spf",
    .summary = "SPF records: several at one name, none, and views of DNS that differ",
    .needs = NEEDS_NETWORK,
    .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN) | PROBE_EXAMINES(SUBJECT_SERVER),
    .touches =
        "DNS questions (UDP and TCP port 53) about the domain, its mail exchangers and the "
        "domains its SPF record includes: to the resolvers and, without --dns, to servers of "
        "the top-level domain and of the domain itself",
    .noticed = "nothing but DNS questions, which every mail server asks all day",
    .kinds = kinds,
    .examine = examine,
};
