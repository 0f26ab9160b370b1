/* Past exchangers that are at fault: what DNS could do without, and who would be left. */
#include "probes/mx/call.h"
#include "probes/site.h"

#include <stdio.h>
#include <string.h>

/* ---- an exchanger, by its addresses ---- */

static size_t count_at(const struct mx_calls *calls, const struct mx_exchanger *exchanger,
                       mx_call_test *test)
{
    size_t count = 0;

    for (size_t i = 0; i < calls->count; i++)
        count += mx_leads_to(exchanger, &calls->list[i].address->ip) && test(&calls->list[i]);
    return count;
}

/* Every address that it has was called, and lets nobody in. */
static bool is_away(const struct mx_calls *calls, const struct mx_exchanger *exchanger)
{
    return exchanger->addresses > 0 && !mx_is_unresolved(exchanger) &&
           count_at(calls, exchanger, mx_call_is_away) == exchanger->addresses;
}

static bool is_in_doubt(const struct mx_call *call)
{
    return !mx_call_greeted(call) && !mx_call_has_no_way(call);
}

/* ---- what DNS could do without ---- */

static void set_address_record(struct finding *finding, const struct dns_record *record)
{
    char address[IP_TEXT_SIZE];
    struct buffer text;

    ip_format(&record->data.ip, address);
    buffer_init(&text, 4096);
    buffer_print(&text, "%s. %u IN %s %s", record->owner, record->ttl, dns_type_name(record->type),
                 address);
    set_text(finding, "address-record", text.text);
    buffer_release(&text);
}

/* An exchanger before this one has led to the record: names may share one by an alias. */
static bool is_told(const struct mx_calls *calls, size_t exchanger, const struct dns_record *record)
{
    for (size_t i = 0; i < exchanger; i++) {
        const struct mx_exchanger *earlier = &calls->mx->list[i];
        const struct dns_record *other = mx_address_record(earlier, &record->data.ip);

        if (other && strcmp(other->owner, record->owner) == 0 && !is_away(calls, earlier))
            return true;
    }
    return false;
}

static void set_address_records(struct finding *finding, const struct mx_calls *calls,
                                size_t exchanger, mx_call_test *is_at_fault)
{
    for (size_t i = 0; i < calls->count; i++) {
        const struct dns_record *record =
            mx_address_record(&calls->mx->list[exchanger], &calls->list[i].address->ip);

        if (record && is_at_fault(&calls->list[i]) && !is_told(calls, exchanger, record))
            set_address_record(finding, record);
    }
}

/* ---- who would be left ---- */

static bool is_host_left(const struct mx_calls *calls, const struct mx_exchanger *exchanger)
{
    return exchanger->literal.family == IP_NONE && !mx_is_unresolved(exchanger) &&
           count_at(calls, exchanger, mx_call_greeted) > 0 &&
           count_at(calls, exchanger, is_in_doubt) == 0;
}

/* A smart host by its address; Exchange takes one of IPv6 in brackets. */
static void set_address_left(struct finding *finding, const struct ip_address *ip)
{
    char address[IP_TEXT_SIZE], bracketed[IP_TEXT_SIZE + 2];

    ip_format(ip, address);
    snprintf(bracketed, sizeof bracketed, ip->family == IP_V6 ? "[%s]" : "%s", address);
    set_value(finding, VALUE_TEXT, "exchanger-that-greets", bracketed, strlen(bracketed));
}

static void set_one_left(struct finding *finding, const struct mx_calls *calls,
                         mx_call_test *is_at_fault)
{
    const struct mx_call *left = NULL;

    for (size_t i = 0; i < calls->count; i++) {
        const struct mx_call *call = &calls->list[i];
        const char *name = call->exchanger->name;

        if (!mx_call_greeted(call) || is_at_fault(call))
            continue;
        if (!left)
            set_text(finding, "others", "yes");
        left = left ? left : call;
        if (is_host_left(calls, call->exchanger)) {
            set_value(finding, VALUE_NAME, "exchanger-that-greets", name, strlen(name));
            return;
        }
    }
    if (left)
        set_address_left(finding, &left->address->ip);
}

void mx_set_way_out(struct finding *finding, const struct mx_calls *calls,
                    mx_call_test *is_at_fault)
{
    const struct mx_exchangers *mx = calls->mx;

    set_one_left(finding, calls, is_at_fault);
    if (calls->subject->kind != SUBJECT_DOMAIN || mx->is_implicit)
        return;
    for (size_t i = 0; i < mx->count; i++) {
        if (count_at(calls, &mx->list[i], is_at_fault) == 0 ||
            site_online(mx->list[i].name) != SITE_NOT_ONLINE)
            continue;
        if (is_away(calls, &mx->list[i]))
            mx_set_record(finding, calls->subject, &mx->list[i]);
        else
            set_address_records(finding, calls, i, is_at_fault);
    }
}
