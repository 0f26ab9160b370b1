/*
 * Directories by wldap32. It connects by name where TLS or Kerberos are to prove that name, so
 * that the system looks it up once more; anonymous searches go to the address. Certificates are
 * verified by the system, against its own store alone.
 */
#include "diag/platform_directory.h"

#include "diag/platform.h"
#include "win32/system.h"
#include "win32/wide.h"

#define SECURITY_WIN32
#include <security.h>
#include <stdlib.h>
#include <string.h>
#include <winldap.h>

#include <winber.h> /* behind winldap.h, which it needs */

enum { ATTRIBUTES_MOST = 256 };

struct directory_session {
    LDAP *handle;
    struct net_address address;
    bool has_answered;
};

/* ---- words ---- */

static const struct {
    ULONG code;
    enum status status;
} outcomes[] = {
    {LDAP_SUCCESS, STATUS_OK},
    {LDAP_SERVER_DOWN, STATUS_CLOSED},
    {LDAP_CONNECT_ERROR, STATUS_CLOSED},
    {LDAP_TIMEOUT, STATUS_TIMED_OUT},
    {LDAP_TIMELIMIT_EXCEEDED, STATUS_TIMED_OUT},
    {LDAP_FILTER_ERROR, STATUS_INVALID},
    {LDAP_PARAM_ERROR, STATUS_INVALID},
    {LDAP_NO_MEMORY, STATUS_EXHAUSTED},
    {LDAP_NOT_SUPPORTED, STATUS_NOT_SUPPORTED},
    {LDAP_AUTH_UNKNOWN, STATUS_NOT_SUPPORTED},
};

/* Of a failure that no server told of. */
static enum status outcome_of(ULONG code)
{
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        if (outcomes[i].code == code)
            return outcomes[i].status;
    }
    return STATUS_MALFORMED;
}

/* That of the last call, which failed, even where the library keeps why to itself. */
static enum status failure(void)
{
    enum status status = outcome_of(LdapGetLastError());

    return status == STATUS_OK ? STATUS_CLOSED : status;
}

/* The results of RFC 4511 4.1.9 come from a server; what wldap32 adds begins at 81. */
static enum status result_of(ULONG code, int *result)
{
    if (code == LDAP_SUCCESS || code >= LDAP_SERVER_DOWN)
        return outcome_of(code);
    *result = (int)code;
    return STATUS_REJECTED;
}

static void explain(LDAP *handle, struct buffer *why)
{
    WCHAR *text = NULL;
    char *utf8;

    if (ldap_get_optionW(handle, LDAP_OPT_SERVER_ERROR, &text) != LDAP_SUCCESS || !text)
        return;
    utf8 = wide_to_utf8(text);
    buffer_add_string(why, utf8);
    free(utf8);
    ldap_memfreeW(text);
}

static struct l_timeval left_until(int64_t deadline)
{
    int64_t left = deadline - platform_monotonic_clock();

    if (left < 1000)
        left = 1000;
    return (struct l_timeval){.tv_sec = (LONG)(left / 1000000), .tv_usec = (LONG)(left % 1000000)};
}

/* ---- whether anybody is there ---- */

static enum status connect_to(const struct net_address *address, int64_t deadline)
{
    struct platform_waiter waiter = {.to_write = true};
    enum status status = platform_tcp_open(address, &waiter.socket);

    if (status != STATUS_OK)
        return status;
    do {
        struct l_timeval left = left_until(deadline);

        platform_wait(&waiter, 1, NULL, (int)left.tv_sec * 1000 + (int)left.tv_usec / 1000);
        status = platform_tcp_result(waiter.socket);
    } while (status == STATUS_AGAIN && platform_monotonic_clock() < deadline);
    platform_socket_close(waiter.socket);
    return status == STATUS_AGAIN ? STATUS_TIMED_OUT : status;
}

/* wldap32 has one word for all ways of not being reached: a connection of our own has more. */
static enum status why_closed(enum status status, const struct directory_session *session,
                              int64_t deadline)
{
    enum status reached;

    if (status != STATUS_CLOSED || session->has_answered)
        return status;
    reached = connect_to(&session->address, deadline);
    return reached == STATUS_OK ? STATUS_CLOSED : reached;
}

/*
 * StartTLS and logons by SSPI have no deadline. So a silent server is found out before, by what
 * everybody may read (RFC 4513 5.1.1); what it answers is no matter.
 */
static enum status await_answer(struct directory_session *session, int64_t deadline)
{
    static WCHAR filter[] = L"(objectClass=*)", nothing[] = L"1.1"; /* RFC 4511 4.5.1.8 */
    WCHAR *attributes[] = {nothing, NULL};
    struct l_timeval wait = left_until(deadline);
    LDAPMessage *answer = NULL;
    ULONG message,
        code = ldap_search_extW(session->handle, NULL, LDAP_SCOPE_BASE, filter, attributes, FALSE,
                                NULL, NULL, 0, 1, &message),
        type;

    if (code != LDAP_SUCCESS)
        return outcome_of(code);
    type = ldap_result(session->handle, message, LDAP_MSG_ALL, &wait, &answer);
    if (answer)
        ldap_msgfree(answer);
    if (type == 0)
        return STATUS_TIMED_OUT;
    if (type == (ULONG)-1)
        return failure();
    session->has_answered = true;
    return STATUS_OK;
}

/* ---- opening ---- */

bool platform_has_directories(void)
{
    return true;
}

static enum status vet(const struct directory_target *target, struct buffer *why)
{
    bool has_tls = target->tls_at_once || target->start_tls;

    if (!target->host && (has_tls || target->identity != DIRECTORY_AS_ANONYMOUS)) {
        buffer_add_string(why, "nobody has said which name it has to prove");
        return STATUS_INVALID;
    }
    if (has_tls && (target->ca_file || target->ca_text)) {
        buffer_add_string(why, "on Windows the authorities of its own store are trusted alone");
        return STATUS_NOT_SUPPORTED;
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

/*
 * Where the host is a name, it is looked up as it stands, and not as a domain's. A connection that
 * broke is not made again behind our back: that one would log on before anybody asked for TLS.
 */
static bool set_options(LDAP *handle)
{
    ULONG version = LDAP_VERSION3;

    ldap_set_optionW(handle, LDAP_OPT_AREC_EXCLUSIVE, LDAP_OPT_ON);
    ldap_set_optionW(handle, LDAP_OPT_AUTO_RECONNECT, LDAP_OPT_OFF);
    return ldap_set_optionW(handle, LDAP_OPT_VERSION, &version) == LDAP_SUCCESS &&
           ldap_set_optionW(handle, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) == LDAP_SUCCESS;
}

static LDAP *start(const struct directory_target *target)
{
    char text[IP_TEXT_SIZE];
    bool by_name =
        target->tls_at_once || target->start_tls || target->identity != DIRECTORY_AS_ANONYMOUS;
    WCHAR *host;
    LDAP *handle = NULL;

    ip_format(&target->address.ip, text);
    host = wide_from_utf8(by_name ? target->host : text);
    if (host)
        handle = target->tls_at_once ? ldap_sslinitW(host, target->address.port, 1)
                                     : ldap_initW(host, target->address.port);
    free(host);
    return handle;
}

/* ---- logons ---- */

static enum status log_on_as_named(LDAP *handle, const struct directory_target *target,
                                   int64_t deadline, int *result)
{
    WCHAR *user = wide_from_utf8(target->user), *password = wide_from_utf8(target->password);
    struct l_timeval wait = left_until(deadline);
    LDAPMessage *answer = NULL;
    enum status status = STATUS_INVALID;

    if (user && password) {
        ULONG message = ldap_simple_bindW(handle, user, password);
        ULONG type = message == (ULONG)-1
                         ? (ULONG)-1
                         : ldap_result(handle, message, LDAP_MSG_ALL, &wait, &answer);

        if (type == 0)
            status = STATUS_TIMED_OUT;
        else if (type == (ULONG)-1)
            status = outcome_of(LdapGetLastError());
        else
            status = result_of(ldap_result2error(handle, answer, TRUE), result);
    }
    if (password)
        SecureZeroMemory(password, wcslen(password) * sizeof *password);
    free(password);
    free(user);
    return status;
}

/* Kerberos alone: Negotiate could take NTLM in its place. */
static enum status log_on_as_caller(LDAP *handle, bool is_sealed, int *result)
{
    static WCHAR package[] = L"Kerberos,!NTLM";
    SEC_WINNT_AUTH_IDENTITY_EXW identity = {.Version = SEC_WINNT_AUTH_IDENTITY_VERSION,
                                            .Length = sizeof identity,
                                            .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE,
                                            .PackageList = package,
                                            .PackageListLength =
                                                sizeof package / sizeof *package - 1};
    ULONG code;

    if (is_sealed && (ldap_set_optionW(handle, LDAP_OPT_SIGN, LDAP_OPT_ON) != LDAP_SUCCESS ||
                      ldap_set_optionW(handle, LDAP_OPT_ENCRYPT, LDAP_OPT_ON) != LDAP_SUCCESS))
        return STATUS_NOT_SUPPORTED;
    code = ldap_bind_sW(handle, NULL, (WCHAR *)&identity, LDAP_AUTH_NEGOTIATE);
    if (code == LDAP_LOCAL_ERROR) /* no ticket could be had */
        return STATUS_NOT_FOUND;
    return result_of(code, result);
}

static void say_no_tls(ULONG code, struct buffer *why)
{
    buffer_print(why,
                 "Windows makes no TLS with it (0x%02lx): most often its certificate is not "
                 "trusted, or is for another name",
                 code);
}

/* Where the server tells of no reason, it is the system that takes no TLS with it. */
static enum status start_tls(LDAP *handle, int *result, struct buffer *why)
{
    ULONG code = ldap_start_tls_sW(handle, NULL, NULL, NULL, NULL);
    enum status status = result_of(code, result);

    if (status != STATUS_CLOSED && status != STATUS_MALFORMED)
        return status;
    say_no_tls(code, why);
    return STATUS_DENIED;
}

/* With LDAPS wldap32 connects when it is told to, or with its first question. */
static enum status connect_and_ask(struct directory_session *session, bool is_asked, bool has_tls,
                                   int64_t deadline, struct buffer *why)
{
    struct l_timeval wait = left_until(deadline);
    ULONG code = ldap_connect(session->handle, &wait);
    enum status status = code == LDAP_SUCCESS ? STATUS_OK : outcome_of(code);

    if (status == STATUS_OK && is_asked)
        status = await_answer(session, deadline);
    status = why_closed(status, session, deadline);
    if (status == STATUS_CLOSED && has_tls)
        say_no_tls(LDAP_SERVER_DOWN, why);
    return status;
}

static enum status log_on(struct directory_session *session, const struct directory_target *target,
                          int64_t deadline, int *result, struct buffer *why)
{
    bool is_anonymous = target->identity == DIRECTORY_AS_ANONYMOUS;
    enum status status =
        connect_and_ask(session, !is_anonymous, target->tls_at_once, deadline, why);

    if (status != STATUS_OK || is_anonymous)
        return status;
    if (target->start_tls && !target->tls_at_once)
        status = start_tls(session->handle, result, why);
    if (status != STATUS_OK)
        return status;
    if (target->identity == DIRECTORY_AS_NAMED)
        return log_on_as_named(session->handle, target, deadline, result);
    return log_on_as_caller(session->handle, !target->tls_at_once, result);
}

enum status platform_directory_open(const struct directory_target *target, int64_t deadline,
                                    int *result, struct buffer *why, struct directory_session **out)
{
    struct directory_session *session;
    enum status status = vet(target, why);

    *out = NULL;
    *result = 0;
    if (status != STATUS_OK)
        return status;
    session = memory_new(1, sizeof *session);
    session->address = target->address;
    session->handle = start(target);
    if (!session->handle || !set_options(session->handle))
        status = STATUS_EXHAUSTED;
    else
        status = log_on(session, target, deadline, result, why);
    if (status == STATUS_OK) {
        *out = session;
        return STATUS_OK;
    }
    if (session->handle && why->size == 0)
        explain(session->handle, why);
    platform_directory_close(session);
    return status;
}

void platform_directory_close(struct directory_session *session)
{
    if (!session)
        return;
    if (session->handle)
        ldap_unbind(session->handle);
    free(session);
}

/* ---- a search ---- */

static void take_values(LDAP *handle, LDAPMessage *entry, WCHAR *name,
                        const struct directory_taker *taker)
{
    struct berval **values = ldap_get_values_lenW(handle, entry, name);
    char *utf8 = wide_to_utf8(name);

    for (size_t i = 0; values && values[i]; i++)
        taker->value(taker->context, utf8, values[i]->bv_val, values[i]->bv_len);
    free(utf8);
    if (values)
        ldap_value_free_len(values);
}

static bool take_entry(LDAP *handle, LDAPMessage *entry, const struct directory_taker *taker)
{
    WCHAR *dn = ldap_get_dnW(handle, entry);
    char *utf8 = dn ? wide_to_utf8(dn) : NULL;
    bool is_wanted = utf8 && taker->entry(taker->context, utf8);
    BerElement *place = NULL;
    WCHAR *name = is_wanted ? ldap_first_attributeW(handle, entry, &place) : NULL;

    while (name) {
        take_values(handle, entry, name, taker);
        ldap_memfreeW(name);
        name = ldap_next_attributeW(handle, entry, place);
    }
    if (place)
        ber_free(place, 0);
    free(utf8);
    if (dn)
        ldap_memfreeW(dn);
    return is_wanted;
}

static void take_referrals(WCHAR **urls, const struct directory_taker *taker)
{
    for (size_t i = 0; urls && urls[i]; i++) {
        char *utf8 = wide_to_utf8(urls[i]);

        taker->referral(taker->context, utf8);
        free(utf8);
    }
    if (urls)
        ldap_value_freeW(urls);
}

static void take_cookie(LDAP *handle, LDAPControlW **controls, struct buffer *cookie)
{
    struct berval *value = NULL;
    ULONG estimate;

    if (ldap_parse_page_controlW(handle, controls, &estimate, &value) != LDAP_SUCCESS || !value)
        return;
    if (value->bv_val)
        buffer_add(cookie, value->bv_val, value->bv_len);
    ber_bvfree(value);
}

static enum status take_end(LDAP *handle, LDAPMessage *answer, struct directory_page *page,
                            const struct directory_taker *taker, int *result, struct buffer *why)
{
    WCHAR *text = NULL, **urls = NULL;
    LDAPControlW **controls = NULL;
    ULONG code = LDAP_SUCCESS,
          parsed = ldap_parse_resultW(handle, answer, &code, NULL, &text, &urls, &controls, FALSE);

    if (text) {
        char *utf8 = wide_to_utf8(text);

        buffer_add_string(why, utf8);
        free(utf8);
        ldap_memfreeW(text);
    }
    take_referrals(urls, taker);
    if (controls) {
        take_cookie(handle, controls, page->cookie);
        ldap_controls_freeW(controls);
    }
    return parsed == LDAP_SUCCESS ? result_of(code, result) : outcome_of(parsed);
}

/* STATUS_AGAIN while there is more to come, STATUS_LIMIT when the taker has enough. */
static enum status take_message(LDAP *handle, ULONG type, LDAPMessage *answer,
                                struct directory_page *page, const struct directory_taker *taker,
                                int *result, struct buffer *why)
{
    WCHAR **urls = NULL;

    if (type == LDAP_RES_SEARCH_RESULT)
        return take_end(handle, answer, page, taker, result, why);
    if (type == LDAP_RES_SEARCH_ENTRY)
        return take_entry(handle, answer, taker) ? STATUS_AGAIN : STATUS_LIMIT;
    if (type == LDAP_RES_REFERRAL && ldap_parse_referenceW(handle, answer, &urls) == LDAP_SUCCESS)
        take_referrals(urls, taker);
    return STATUS_AGAIN;
}

static ULONG begin_search(LDAP *handle, const struct directory_page *page, WCHAR *base,
                          WCHAR *filter, WCHAR **attributes, ULONG *message)
{
    static const ULONG scopes[DIRECTORY_SCOPE_COUNT] = {[DIRECTORY_BASE] = LDAP_SCOPE_BASE,
                                                        [DIRECTORY_ONE] = LDAP_SCOPE_ONELEVEL,
                                                        [DIRECTORY_SUBTREE] = LDAP_SCOPE_SUBTREE};
    struct berval cookie = {.bv_val = page->cookie->text, .bv_len = (ULONG)page->cookie->size};
    LDAPControlW *paging = NULL, *controls[2] = {NULL, NULL};
    ULONG code = LDAP_SUCCESS;

    if (page->size > 0)
        code = ldap_create_page_controlW(handle, page->size, &cookie, FALSE, &paging);
    if (code != LDAP_SUCCESS)
        return code;
    controls[0] = paging;
    code = ldap_search_extW(handle, base, scopes[page->scope], filter, attributes, FALSE,
                            paging ? controls : NULL, NULL, 0, 0, message);
    if (paging)
        ldap_control_freeW(paging);
    return code;
}

static ULONG send_search(LDAP *handle, const struct directory_page *page, ULONG *message)
{
    WCHAR *base = wide_from_utf8(page->base), *filter = wide_from_utf8(page->filter);
    WCHAR *attributes[ATTRIBUTES_MOST] = {NULL};
    size_t count = 0;
    ULONG code = LDAP_PARAM_ERROR;

    while (page->attributes[count] && count + 1 < ATTRIBUTES_MOST) {
        attributes[count] = wide_from_utf8(page->attributes[count]);
        if (!attributes[count++])
            break;
    }
    if (base && filter && !page->attributes[count])
        code = begin_search(handle, page, base, filter, count > 0 ? attributes : NULL, message);
    while (count > 0)
        free(attributes[--count]);
    free(filter);
    free(base);
    return code;
}

static enum status take_answers(struct directory_session *session, ULONG message,
                                struct directory_page *page, const struct directory_taker *taker,
                                int64_t deadline, int *result, struct buffer *why)
{
    LDAP *handle = session->handle;
    enum status status = STATUS_AGAIN;

    while (status == STATUS_AGAIN) {
        struct l_timeval wait = left_until(deadline);
        LDAPMessage *answer = NULL;
        bool is_late = platform_monotonic_clock() >= deadline; /* what has come may have no end */
        ULONG type = is_late ? 0 : ldap_result(handle, message, LDAP_MSG_ONE, &wait, &answer);

        if (type == 0)
            return STATUS_TIMED_OUT;
        if (type == (ULONG)-1)
            return failure();
        session->has_answered = true;
        status = take_message(handle, type, answer, page, taker, result, why);
        ldap_msgfree(answer);
    }
    if (status == STATUS_LIMIT)
        ldap_abandon(handle, message);
    return status;
}

enum status platform_directory_search(struct directory_session *session,
                                      struct directory_page *page,
                                      const struct directory_taker *taker, int64_t deadline,
                                      int *result, struct buffer *why)
{
    enum status status;
    ULONG message = 0, code;

    *result = 0;
    code = send_search(session->handle, page, &message);
    if (code == LDAP_SUCCESS) {
        buffer_clear(page->cookie);
        status = take_answers(session, message, page, taker, deadline, result, why);
    } else {
        status = outcome_of(code);
    }
    return why_closed(status, session, deadline);
}
