#include "diag/platform_directory.h"

#include "posix/channel.h"
#include "posix/directory_library.h"
#include "posix/directory_logon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { URL_SIZE = NET_ADDRESS_TEXT_SIZE + 16, FAREWELL = 1000000 /* microseconds */ };

/* ---- the library's input and output: ours ---- */

static int io_setup(Sockbuf_IO_Desc *layer, void *argument)
{
    layer->sbiod_pvt = argument;
    return 0;
}

static int io_remove(Sockbuf_IO_Desc *layer)
{
    (void)layer;
    return 0;
}

static int io_control(Sockbuf_IO_Desc *layer, int option, void *argument)
{
    (void)argument;
    return option == LBER_SB_OPT_DATA_READY && channel_has_bytes(layer->sbiod_pvt) ? 1 : 0;
}

static ber_slen_t io_read(Sockbuf_IO_Desc *layer, void *bytes, ber_len_t room)
{
    struct channel *channel = layer->sbiod_pvt;
    size_t size = channel_read(channel, bytes, room);

    if (size == 0 && channel_status(channel) != STATUS_CLOSED) {
        errno = EIO;
        return -1;
    }
    return (ber_slen_t)size;
}

static ber_slen_t io_write(Sockbuf_IO_Desc *layer, void *bytes, ber_len_t size)
{
    if (channel_write(layer->sbiod_pvt, bytes, size))
        return (ber_slen_t)size;
    errno = EIO;
    return -1;
}

static Sockbuf_IO input_output = {.sbi_setup = io_setup,
                                  .sbi_remove = io_remove,
                                  .sbi_ctrl = io_control,
                                  .sbi_read = io_read,
                                  .sbi_write = io_write,
                                  .sbi_close = io_remove};

/* ---- opening ---- */

bool platform_has_directories(void)
{
    return ldap_library() != NULL;
}

/*
 * What the library's configuration, read when it is first used, could have a say in. Whatever is
 * not NULL switches on.
 */
static bool set_options(const struct ldap_functions *ldap, LDAP *handle)
{
    const int version = LDAP_VERSION3, never = LDAP_DEREF_NEVER, unlimited = LDAP_NO_LIMIT;
    const struct timeval forever = {.tv_sec = -1};

    return ldap->set_option(handle, LDAP_OPT_PROTOCOL_VERSION, &version) == LDAP_SUCCESS &&
           ldap->set_option(handle, LDAP_OPT_DEREF, &never) == LDAP_SUCCESS &&
           ldap->set_option(handle, LDAP_OPT_SIZELIMIT, &unlimited) == LDAP_SUCCESS &&
           ldap->set_option(handle, LDAP_OPT_TIMELIMIT, &unlimited) == LDAP_SUCCESS &&
           ldap->set_option(handle, LDAP_OPT_TIMEOUT, &forever) == LDAP_SUCCESS &&
           ldap->set_option(handle, LDAP_OPT_NETWORK_TIMEOUT, &forever) == LDAP_SUCCESS &&
           ldap->set_option(handle, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) == LDAP_SUCCESS &&
           ldap->set_option(handle, LDAP_OPT_RESTART, &version) == LDAP_SUCCESS;
}

static bool attach(struct directory_session *session, const struct net_address *address)
{
    const struct ldap_functions *ldap = session->ldap;
    char text[NET_ADDRESS_TEXT_SIZE], url[URL_SIZE];
    ber_len_t most = DIRECTORY_BYTES_MOST;
    Sockbuf *socket = NULL;

    net_address_format(address, 0, text);
    snprintf(url, sizeof url, "ldap://%s", text);
    if (ldap->init_fd((ber_socket_t)channel_socket(session->channel), LDAP_PROTO_EXT, url,
                      &session->handle) != LDAP_SUCCESS)
        return false;
    return set_options(ldap, session->handle) &&
           ldap->get_option(session->handle, LDAP_OPT_SOCKBUF, &socket) == LDAP_SUCCESS &&
           ldap->sockbuf_add_io(socket, &input_output, LBER_SBIOD_LEVEL_PROVIDER,
                                session->channel) == 0 &&
           ldap->sockbuf_ctrl(socket, LBER_SB_OPT_SET_MAX_INCOMING, &most) >= 0;
}

/* STATUS_INVALID for what would send a password, or a ticket, where it must not go. */
static enum status vet(const struct directory_target *target, struct buffer *why)
{
    bool has_tls = target->tls_at_once || target->start_tls;

    if (!target->host && (has_tls || target->identity != DIRECTORY_AS_ANONYMOUS)) {
        buffer_add_string(why, "nobody has said which name it has to prove");
        return STATUS_INVALID;
    }
    if (target->identity != DIRECTORY_AS_NAMED)
        return STATUS_OK;
    if (!has_tls) {
        buffer_add_string(why, "a password goes over verified TLS alone");
        return STATUS_DENIED;
    }
    if (*target->user && *target->password)
        return STATUS_OK;
    buffer_add_string(why, "without a name or a password it would be an anonymous logon");
    return STATUS_INVALID;
}

static enum status prepare(struct directory_session *session, const struct directory_target *target,
                           int *result, struct buffer *why)
{
    struct channel *channel = session->channel;
    enum status status = channel_connect(channel, &target->address);

    if (status == STATUS_OK && target->tls_at_once)
        status = channel_secure(channel, target->host, target->ca_file, target->ca_text);
    if (status == STATUS_OK && !attach(session, &target->address))
        status = STATUS_EXHAUSTED;
    if (status == STATUS_OK && target->start_tls && !target->tls_at_once)
        status = directory_start_tls(session, target, result, why);
    return status == STATUS_OK ? directory_log_on(session, target, result, why) : status;
}

enum status platform_directory_open(const struct directory_target *target, int64_t deadline,
                                    int *result, struct buffer *why, struct directory_session **out)
{
    const struct ldap_functions *ldap = ldap_library();
    struct directory_session *session;
    enum status status = vet(target, why);

    *out = NULL;
    *result = 0;
    if (status != STATUS_OK)
        return status;
    if (!ldap) {
        buffer_add_string(why, "OpenLDAP's library is not on this machine");
        return STATUS_NOT_SUPPORTED;
    }
    session = memory_new(1, sizeof *session);
    session->ldap = ldap;
    session->channel = channel_new();
    session->deadline = deadline;
    channel_set_deadline(session->channel, deadline);
    status = prepare(session, target, result, why);
    if (why->size == 0)
        buffer_add_string(why, channel_why(session->channel));
    if (status == STATUS_OK)
        *out = session;
    else
        platform_directory_close(session);
    return status;
}

void platform_directory_close(struct directory_session *session)
{
    if (!session)
        return;
    channel_set_deadline(session->channel, platform_monotonic_clock() + FAREWELL);
    if (session->handle)
        session->ldap->unbind_ext(session->handle, NULL, NULL);
    channel_free(session->channel);
    free(session);
}

/* ---- messages ---- */

enum status directory_failure(const struct directory_session *session, int code)
{
    enum status status = channel_status(session->channel);

    if (status != STATUS_OK)
        return status;
    if (code == LDAP_FILTER_ERROR)
        return STATUS_INVALID;
    return code == LDAP_SERVER_DOWN ? STATUS_CLOSED : STATUS_MALFORMED;
}

enum status directory_hear(struct directory_session *session, int message, LDAPMessage **answer)
{
    int64_t left = session->deadline - platform_monotonic_clock();
    struct timeval wait = {.tv_sec = (time_t)(left / 1000000),
                           .tv_usec = (suseconds_t)(left % 1000000)};
    int type, code = LDAP_SUCCESS;

    *answer = NULL;
    if (left <= 0)
        return STATUS_TIMED_OUT;
    type = session->ldap->result(session->handle, message, LDAP_MSG_ONE, &wait, answer);
    if (type > 0)
        return STATUS_OK;
    if (type == 0)
        return STATUS_TIMED_OUT;
    session->ldap->get_option(session->handle, LDAP_OPT_RESULT_CODE, &code);
    return directory_failure(session, code);
}

/* ---- a search ---- */

static void take_values(struct directory_session *session, LDAPMessage *entry, const char *name,
                        const struct directory_taker *taker)
{
    struct berval **values = session->ldap->get_values_len(session->handle, entry, name);

    for (size_t i = 0; values && values[i]; i++)
        taker->value(taker->context, name, values[i]->bv_val, values[i]->bv_len);
    if (values)
        session->ldap->value_free_len(values);
}

static bool take_entry(struct directory_session *session, LDAPMessage *entry,
                       const struct directory_taker *taker)
{
    const struct ldap_functions *ldap = session->ldap;
    char *dn = ldap->get_dn(session->handle, entry);
    bool is_wanted = dn && taker->entry(taker->context, dn);
    BerElement *place = NULL;
    char *name = is_wanted ? ldap->first_attribute(session->handle, entry, &place) : NULL;

    while (name) {
        take_values(session, entry, name, taker);
        ldap->memfree(name);
        name = ldap->next_attribute(session->handle, entry, place);
    }
    if (place)
        ldap->ber_free(place, 0);
    if (dn)
        ldap->memfree(dn);
    return is_wanted;
}

static void take_referrals(struct directory_session *session, char **urls,
                           const struct directory_taker *taker)
{
    for (size_t i = 0; urls && urls[i]; i++)
        taker->referral(taker->context, urls[i]);
    if (urls)
        session->ldap->memvfree((void **)urls);
}

static void take_cookie(struct directory_session *session, LDAPControl **controls,
                        struct buffer *cookie)
{
    const struct ldap_functions *ldap = session->ldap;
    LDAPControl *control = ldap->control_find(LDAP_CONTROL_PAGEDRESULTS, controls, NULL);
    struct berval value = {0};
    ber_int_t estimate;

    if (!control || ldap->parse_pageresponse_control(session->handle, control, &estimate, &value) !=
                        LDAP_SUCCESS)
        return;
    if (value.bv_val) {
        buffer_add(cookie, value.bv_val, value.bv_len);
        ldap->memfree(value.bv_val);
    }
}

static enum status take_end(struct directory_session *session, LDAPMessage *answer,
                            struct directory_page *page, const struct directory_taker *taker,
                            int *result, struct buffer *why)
{
    const struct ldap_functions *ldap = session->ldap;
    LDAPControl **controls = NULL;
    char *text = NULL, **urls = NULL;
    int code =
        ldap->parse_result(session->handle, answer, result, NULL, &text, &urls, &controls, 0);

    if (text) {
        buffer_add_string(why, text);
        ldap->memfree(text);
    }
    take_referrals(session, urls, taker);
    if (controls) {
        take_cookie(session, controls, page->cookie);
        ldap->controls_free(controls);
    }
    if (code != LDAP_SUCCESS)
        return directory_failure(session, code);
    return *result == LDAP_SUCCESS ? STATUS_OK : STATUS_REJECTED;
}

/* STATUS_AGAIN while there is more to come, STATUS_LIMIT when the taker has enough. */
static enum status take_message(struct directory_session *session, LDAPMessage *answer,
                                struct directory_page *page, const struct directory_taker *taker,
                                int *result, struct buffer *why)
{
    const struct ldap_functions *ldap = session->ldap;
    int type = ldap->msgtype(answer);
    char **urls = NULL;

    if (type == LDAP_RES_SEARCH_RESULT)
        return take_end(session, answer, page, taker, result, why);
    if (type == LDAP_RES_SEARCH_ENTRY)
        return take_entry(session, answer, taker) ? STATUS_AGAIN : STATUS_LIMIT;
    if (type == LDAP_RES_SEARCH_REFERENCE &&
        ldap->parse_reference(session->handle, answer, &urls, NULL, 0) == LDAP_SUCCESS)
        take_referrals(session, urls, taker);
    return STATUS_AGAIN;
}

static int begin_search(struct directory_session *session, const struct directory_page *page,
                        int *message)
{
    static const int scopes[DIRECTORY_SCOPE_COUNT] = {[DIRECTORY_BASE] = LDAP_SCOPE_BASE,
                                                      [DIRECTORY_ONE] = LDAP_SCOPE_ONELEVEL,
                                                      [DIRECTORY_SUBTREE] = LDAP_SCOPE_SUBTREE};
    const struct ldap_functions *ldap = session->ldap;
    struct berval cookie = {.bv_val = page->cookie->text, .bv_len = page->cookie->size};
    LDAPControl *paging = NULL, *controls[2] = {NULL, NULL};
    int code = LDAP_SUCCESS;

    if (page->size > 0)
        code =
            ldap->create_page_control(session->handle, (ber_int_t)page->size, &cookie, 0, &paging);
    if (code != LDAP_SUCCESS)
        return code;
    controls[0] = paging;
    code = ldap->search_ext(session->handle, page->base, scopes[page->scope], page->filter,
                            (char **)page->attributes, 0, paging ? controls : NULL, NULL, NULL,
                            LDAP_NO_LIMIT, message);
    if (paging)
        ldap->control_free(paging);
    return code;
}

enum status platform_directory_search(struct directory_session *session,
                                      struct directory_page *page,
                                      const struct directory_taker *taker, int64_t deadline,
                                      int *result, struct buffer *why)
{
    enum status status = STATUS_AGAIN;
    int message, code;

    *result = 0;
    session->deadline = deadline;
    channel_set_deadline(session->channel, deadline);
    code = begin_search(session, page, &message);
    if (code != LDAP_SUCCESS)
        return directory_failure(session, code);
    buffer_clear(page->cookie);
    while (status == STATUS_AGAIN) {
        LDAPMessage *answer;

        status = directory_hear(session, message, &answer);
        if (status == STATUS_OK)
            status = take_message(session, answer, page, taker, result, why);
        if (answer)
            session->ldap->msgfree(answer);
    }
    if (status == STATUS_LIMIT)
        session->ldap->abandon_ext(session->handle, message, NULL, NULL);
    if (why->size == 0)
        buffer_add_string(why, channel_why(session->channel));
    return status;
}
