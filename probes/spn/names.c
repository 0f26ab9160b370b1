#include "probes/spn/names.h"

#include "diag/read/dns_name.h"
#include "diag/read/spn.h"
#include "diag/text.h"
#include "probes/spn/offers.h"

#include <string.h>

/* ---- a list ---- */

static bool is_host_character(char character)
{
    return text_is_letter(character) || text_is_digit(character) || character == '.' ||
           character == '-' || character == '_';
}

bool spn_is_host(const char *name)
{
    uint8_t wire[DNS_NAME_WIRE_MOST];
    size_t size;
    struct ip_address ip;

    for (const char *at = name; *at; at++) {
        if (!is_host_character(*at))
            return false;
    }
    return name[0] != '.' && name[0] != '-' && strcmp(name, ".") != 0 &&
           ip_parse(name, strlen(name), &ip) != STATUS_OK &&
           dns_name_to_wire(name, wire, &size) == STATUS_OK;
}

struct spn_name *spn_names_add(struct spn_names *names, struct arena *arena, const char *host,
                               enum spn_reason reason, bool is_vouched,
                               const struct evidence *source)
{
    struct spn_name *name;
    struct buffer folded;

    if (!host || !spn_is_host(host))
        return NULL;
    for (size_t i = 0; i < names->count; i++) {
        name = &names->list[i];
        if (!dns_name_equal(name->host, host))
            continue;
        name->reasons |= reason;
        name->is_vouched = name->is_vouched || is_vouched;
        return name;
    }
    if (names->count == SPN_NAMES_MOST) {
        names->left_out++;
        return NULL;
    }
    buffer_init(&folded, DNS_NAME_TEXT_SIZE);
    dns_name_fold(host, &folded);
    name = &names->list[names->count++];
    *name = (struct spn_name){.host = buffer_keep(&folded, arena),
                              .reasons = reason,
                              .is_vouched = is_vouched,
                              .source = source};
    return name;
}

void spn_names_add_server(struct spn_names *names, struct arena *arena,
                          const struct spn_server *server, const struct evidence *source)
{
    spn_names_add(names, arena, server->host, SPN_OWN, true, source);
    spn_names_add(names, arena, server->name, SPN_SHORT, true, source);
    for (size_t i = 0; i < server->listener_count; i++) {
        const struct spn_listener *listener = &server->listeners[i];
        struct spn_name *name;

        if (!listener->fqdn || !listener->authenticates_servers)
            continue;
        if (!spn_is_host(listener->fqdn))
            names->strange = listener;
        name = spn_names_add(names, arena, listener->fqdn, SPN_CONFIGURED, true, source);
        if (name && name->listener_count < SPN_NAME_LISTENERS_MOST)
            name->listeners[name->listener_count++] = listener;
    }
}

bool spn_names_add_held(struct spn_names *names, struct arena *arena,
                        const struct spn_account *account)
{
    size_t before = names->count;

    for (size_t i = 0; account && i < account->name_count; i++) {
        struct spn spn;

        if (spn_parse(account->names[i], arena, &spn) == STATUS_OK && !spn.port && !spn.name &&
            !spn.instance &&
            (text_equal_fold(spn.service, "SMTPSVC") || text_equal_fold(spn.service, "SMTP")))
            spn_names_add(names, arena, spn.host, SPN_HELD, true, account->source);
    }
    return names->count > before;
}

/* ---- what a server says ---- */

static const struct smtp_reply *greeting_of(const struct smtp_conversation *conversation)
{
    const struct smtp_exchange *greeting = smtp_exchange_of(conversation, SMTP_GREETING);

    return greeting && greeting->status == STATUS_OK && greeting->reply.code / 100 == 2
               ? &greeting->reply
               : NULL;
}

/* Behind the code of the first line; or NULL. What a firewall writes over is no name. */
static const char *first_word(const struct smtp_reply *reply, size_t *size)
{
    const char *text = reply && reply->line_count > 0 ? smtp_line_text(&reply->lines[0]) : NULL;

    *size = text ? strcspn(text, " \t") : 0;
    return text;
}

static bool is_first_word(const struct smtp_reply *reply, const char *host)
{
    size_t size;
    const char *word = first_word(reply, &size);

    return word && text_equal_fold_sized(word, size, host, strlen(host));
}

bool spn_announces(const struct smtp_conversation *conversation, const char *host)
{
    if (is_first_word(greeting_of(conversation), host))
        return true;
    for (int i = 0; i < SPN_PLACE_COUNT; i++) {
        if (is_first_word(spn_ehlo(conversation, (enum spn_place)i), host))
            return true;
    }
    return false;
}

static void add_first_word(struct spn_names *names, struct arena *arena,
                           const struct smtp_conversation *conversation,
                           const struct smtp_reply *reply)
{
    size_t size;
    const char *word = first_word(reply, &size);
    struct spn_name *name;

    if (!word)
        return;
    name = spn_names_add(names, arena, arena_copy(arena, word, size), SPN_ANNOUNCED, false,
                         &conversation->evidence);
    if (!name || name->greeting)
        return;
    name->greeting = reply->lines[0].text;
    name->source = &conversation->evidence;
}

void spn_names_add_announced(struct spn_names *names, struct arena *arena,
                             const struct smtp_conversation *conversation)
{
    add_first_word(names, arena, conversation, greeting_of(conversation));
    for (int i = 0; i < SPN_PLACE_COUNT; i++)
        add_first_word(names, arena, conversation, spn_ehlo(conversation, (enum spn_place)i));
}
