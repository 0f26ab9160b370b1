#include "probes/powershell/symptom.h"

#include "diag/read/kerberos_error.h"

#include <stdlib.h>
#include <string.h>

static const char *const symptom_texts[POWERSHELL_SYMPTOM_COUNT] = {
#define X(name, text) [POWERSHELL_##name] = text,
    POWERSHELL_SYMPTOM_LIST(X)
#undef X
};

const char *powershell_symptom_text(enum powershell_symptom symptom)
{
    return symptom_texts[symptom];
}

/* ---- the table of statuses ---- */

enum { ANY = 1000 };

/* The first row that fits counts. */
static const struct {
    unsigned code, substatus;
    enum powershell_symptom symptom;
} statuses[] = {
    {200, ANY, POWERSHELL_SERVED},      {301, ANY, POWERSHELL_REDIRECTED},
    {302, ANY, POWERSHELL_REDIRECTED},  {303, ANY, POWERSHELL_REDIRECTED},
    {307, ANY, POWERSHELL_REDIRECTED},  {308, ANY, POWERSHELL_REDIRECTED},
    {401, ANY, POWERSHELL_CHALLENGED},  {403, 4, POWERSHELL_SSL_REQUIRED},
    {403, 5, POWERSHELL_SSL_REQUIRED}, /* of 128 bits */
    {403, ANY, POWERSHELL_FORBIDDEN},   {404, ANY, POWERSHELL_NOT_FOUND},
    {405, ANY, POWERSHELL_NOT_ALLOWED}, {500, 19, POWERSHELL_BAD_CONFIG},
    {500, 21, POWERSHELL_BAD_MODULE},   {500, 22, POWERSHELL_BAD_MODULE},
    {500, 23, POWERSHELL_BAD_MODULE},   {500, 24, POWERSHELL_BAD_MODULE},
    {500, ANY, POWERSHELL_FAILED},      {502, ANY, POWERSHELL_UNAVAILABLE},
    {503, ANY, POWERSHELL_UNAVAILABLE}, {504, ANY, POWERSHELL_UNAVAILABLE},
};

static enum powershell_symptom symptom_of_status(unsigned code, unsigned substatus)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (statuses[i].code == code &&
            (statuses[i].substatus == ANY || statuses[i].substatus == substatus))
            return statuses[i].symptom;
    }
    return POWERSHELL_OTHER;
}

struct powershell_sign powershell_sign_of_status(unsigned code, unsigned substatus,
                                                 uint32_t win32_status)
{
    return (struct powershell_sign){.symptom = symptom_of_status(code, substatus),
                                    .code = code,
                                    .substatus = substatus,
                                    .error = win32_status};
}

/* ---- the codes of a body ---- */

/* "500.19", where the status is 500. */
static unsigned substatus_of(const char *text, unsigned code)
{
    char *end;

    if (strtoul(text, &end, 10) != code || *end != '.')
        return 0;
    return (unsigned)strtoul(end + 1, NULL, 10);
}

static void read_codes(struct powershell_sign *sign, const struct web_exchange *exchange)
{
    for (size_t i = 0; i < exchange->code_count; i++) {
        const char *code = exchange->codes[i];

        if (strncmp(code, "0x", 2) == 0 || strncmp(code, "0X", 2) == 0) {
            if (sign->error == 0)
                sign->error = (uint32_t)strtoul(code, NULL, 16);
        } else if (sign->substatus == 0) {
            sign->substatus = substatus_of(code, exchange->code);
        }
    }
}

/* ---- tickets ---- */

static const struct {
    int32_t code;
    enum powershell_symptom symptom;
} refusals[] = {
    {KRB_AP_ERR_SKEW, POWERSHELL_SKEWED},         {KRB_AP_ERR_TKT_NYV, POWERSHELL_EARLY},
    {KRB_AP_ERR_BADKEYVER, POWERSHELL_WRONG_KEY}, {KRB_AP_ERR_BAD_INTEGRITY, POWERSHELL_WRONG_KEY},
    {KRB_AP_ERR_MODIFIED, POWERSHELL_WRONG_KEY},
};

static enum powershell_symptom symptom_of_refusal(int32_t code)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        if (refusals[i].code == code)
            return refusals[i].symptom;
    }
    return POWERSHELL_TICKET_REFUSED;
}

static const struct web_challenge *error_of(const struct web_exchange *exchange)
{
    for (size_t i = 0; i < exchange->challenge_count; i++) {
        if (exchange->challenges[i].token == WEB_KERBEROS_ERROR)
            return &exchange->challenges[i];
    }
    return NULL;
}

/* When the answer came, by the clock of whoever asked: microseconds since 1970 UTC. */
static int64_t answered_at(const struct web_exchange *exchange)
{
    return exchange->evidence.time * 1000 + (exchange->answered > 0 ? exchange->answered : 0);
}

static void read_refusal(struct powershell_sign *sign, const struct web_exchange *exchange,
                         const struct web_challenge *error)
{
    enum { SECOND = 1000000 };
    int64_t ahead = error->server_time - answered_at(exchange);

    sign->symptom = symptom_of_refusal(error->error_code);
    sign->kerberos = error->error_code;
    sign->server_time = error->server_time;
    if (error->server_time > 0)
        sign->seconds_ahead = (ahead + (ahead < 0 ? -SECOND / 2 : SECOND / 2)) / SECOND;
}

/* ---- without an answer ---- */

static const struct {
    enum status status;
    enum powershell_symptom symptom;
} ends[] = {
    {STATUS_REFUSED, POWERSHELL_REFUSED},    {STATUS_UNREACHABLE, POWERSHELL_UNREACHABLE},
    {STATUS_TIMED_OUT, POWERSHELL_SILENT},   {STATUS_CLOSED, POWERSHELL_CLOSED},
    {STATUS_MALFORMED, POWERSHELL_NOT_HTTP}, {STATUS_TOO_LARGE, POWERSHELL_NOT_HTTP},
};

static enum powershell_symptom symptom_of_end(const struct web_exchange *exchange)
{
    enum status status = exchange->evidence.status;

    if (exchange->step == WEB_TICKET && (status == STATUS_NOT_FOUND || status == STATUS_REJECTED))
        return POWERSHELL_NO_TICKET;
    if (exchange->step == WEB_HANDSHAKE && (status == STATUS_CLOSED || status == STATUS_MALFORMED))
        return POWERSHELL_TLS_FAILED;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (ends[i].status == status)
            return ends[i].symptom;
    }
    return POWERSHELL_NOT_KNOWN;
}

/* ---- an exchange ---- */

static enum powershell_symptom symptom_of_fault(const struct wsman_reply *fault)
{
    if (!fault->has_number)
        return POWERSHELL_FAULTED;
    if (wsman_number_is_of_powershell(fault->number))
        return POWERSHELL_SHELL;
    return fault->number == WSMAN_ACCESS_DENIED ? POWERSHELL_DENIED : POWERSHELL_FAULTED;
}

static void read_reply(struct powershell_sign *sign, const struct wsman_reply *reply)
{
    switch (reply->kind) {
    case WSMAN_REPLY_FAULT:
        sign->symptom = symptom_of_fault(reply);
        if (reply->has_number && sign->symptom != POWERSHELL_SHELL)
            sign->fault = reply->number;
        break;
    case WSMAN_REPLY_IDENTITY:
        sign->symptom = POWERSHELL_IDENTIFIED;
        break;
    case WSMAN_REPLY_SHELL:
        sign->symptom = POWERSHELL_SHELL;
        break;
    default:
        break;
    }
}

struct powershell_sign powershell_sign_of(const struct web_exchange *exchange)
{
    struct powershell_sign sign = {.code = exchange->code};
    const struct web_challenge *error = error_of(exchange);

    sign.node = web_field_of(exchange, "X-FEServer");
    if (exchange->evidence.status != STATUS_OK) {
        sign.symptom = symptom_of_end(exchange);
        sign.kerberos = exchange->error_code;
        return sign;
    }
    read_codes(&sign, exchange);
    sign.symptom = symptom_of_status(sign.code, sign.substatus);
    if (sign.code == 401 && error)
        read_refusal(&sign, exchange, error);
    else if (exchange->wsman)
        read_reply(&sign, exchange->wsman);
    else if (sign.code == 200 && exchange->request == WEB_SHELL)
        sign.symptom = POWERSHELL_UNTYPED;
    return sign;
}

/* ---- what several have in common ---- */

bool powershell_is_500(enum powershell_symptom symptom)
{
    return symptom == POWERSHELL_FAILED || symptom == POWERSHELL_BAD_CONFIG ||
           symptom == POWERSHELL_BAD_MODULE;
}

bool powershell_is_wsman(enum powershell_symptom symptom)
{
    return symptom == POWERSHELL_SHELL || symptom == POWERSHELL_IDENTIFIED ||
           symptom == POWERSHELL_DENIED || symptom == POWERSHELL_FAULTED;
}

bool powershell_is_clock(enum powershell_symptom symptom)
{
    return symptom == POWERSHELL_SKEWED || symptom == POWERSHELL_EARLY;
}

bool powershell_is_answer(enum powershell_symptom symptom)
{
    switch (symptom) {
    case POWERSHELL_NOT_KNOWN:
    case POWERSHELL_NO_TICKET:
    case POWERSHELL_NOT_TRUSTED:
    case POWERSHELL_TLS_FAILED:
    case POWERSHELL_REFUSED:
    case POWERSHELL_CLOSED:
    case POWERSHELL_SILENT:
    case POWERSHELL_UNREACHABLE:
    case POWERSHELL_NOT_HTTP:
        return false;
    default:
        return true;
    }
}

/* ---- codes, in words ---- */

/* Of Windows (winerror.h), as IIS gives them: an HRESULT of facility 7 holds the same number. */
static const struct known_error {
    uint32_t error;
    enum powershell_symptom points_at; /* of a 500; POWERSHELL_FAILED: at nothing */
    const char *text;
} errors[] = {
    {2, POWERSHELL_FAILED, "a file is not there"},
    {3, POWERSHELL_FAILED, "a folder is not there"},
    {5, POWERSHELL_FAILED, "access is denied"},
    {13, POWERSHELL_BAD_CONFIG, "a value is not valid"},
    {33, POWERSHELL_BAD_CONFIG, "a section is locked above"},
    {50, POWERSHELL_FAILED, "it is not supported"},
    {126, POWERSHELL_BAD_MODULE, "a DLL, or one that it needs, is not there"},
    {127, POWERSHELL_BAD_MODULE, "a DLL lacks a function"},
    {183, POWERSHELL_BAD_CONFIG, "an entry is there twice"},
    {193, POWERSHELL_BAD_MODULE, "a DLL is of the other bitness, or none"},
    {1114, POWERSHELL_BAD_MODULE, "a DLL does not start"},
    {1168, POWERSHELL_FAILED, "an element is not found"},
    {1326, POWERSHELL_FAILED, "user name or password is wrong"},
};

static const struct known_error *error_known(uint32_t error)
{
    static const uint32_t facility_win32 = 0x80070000;
    uint32_t number = (error & 0xffff0000) == facility_win32 ? error & 0xffff : error;

    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (errors[i].error == number)
            return &errors[i];
    }
    return NULL;
}

enum powershell_symptom powershell_sign_points_at(const struct powershell_sign *sign)
{
    const struct known_error *known = error_known(sign->error);

    return sign->symptom == POWERSHELL_FAILED && known ? known->points_at : sign->symptom;
}

static void write_parted(struct buffer *out, size_t start)
{
    if (out->size > start)
        buffer_add_string(out, ", ");
}

static void write_error(uint32_t error, struct buffer *out)
{
    const struct known_error *known = error_known(error);

    buffer_print(out, error < 0x10000 ? "error %u" : "0x%08x", (unsigned)error);
    if (known)
        buffer_print(out, " (%s)", known->text);
}

static void write_kerberos(int32_t code, struct buffer *out)
{
    const char *name = kerberos_error_name(code);

    buffer_print(out, "%s (%d)", name ? name : "error of Kerberos", (int)code);
}

void powershell_sign_write(const struct powershell_sign *sign, struct buffer *out)
{
    size_t start = out->size;

    if (sign->substatus > 0)
        buffer_print(out, "%u.%u", sign->code, sign->substatus);
    if (sign->error != 0) {
        write_parted(out, start);
        write_error(sign->error, out);
    }
    if (sign->fault != 0) {
        write_parted(out, start);
        buffer_print(out, "0x%08x of WS-Management", (unsigned)sign->fault);
    }
    if (sign->kerberos != 0) {
        write_parted(out, start);
        write_kerberos(sign->kerberos, out);
    }
}
