/* What a live server shows, in words and findings. */
#include "diag/clock.h"
#include "diag/read/kerberos_error.h"
#include "diag/read/net_address.h"
#include "diag/text.h"
#include "probes/as_called.h"
#include "probes/powershell/cause.h"
#include "probes/powershell/kinds.h"
#include "probes/powershell/live.h"

#include <string.h>

enum { LINE_MOST = 4096 /* bytes */ };

static const char *const place_texts[POWERSHELL_PLACE_COUNT] = {
    [POWERSHELL_FRONT_HTTP] = "the front end without TLS",
    [POWERSHELL_FRONT_HTTPS] = "the front end",
    [POWERSHELL_BACK_END] = "the back end",
};

/* ---- one look ---- */

static const char *const request_texts[WEB_REQUEST_COUNT] = {[WEB_GET] = "GET",
                                                             [WEB_IDENTIFY] = "Identify",
                                                             [WEB_LOGON] = "a logon",
                                                             [WEB_SHELL] = "a shell"};

/* What became of a shell that the server was to refuse. */
static const char *const shell_texts[WEB_SHELL_COUNT] = {
    [WEB_SHELL_NONE] = "",
    [WEB_SHELL_DELETED] = "; a shell was made all the same, and deleted again",
    [WEB_SHELL_LEFT] = "; a shell was made all the same, and goes by itself after a minute",
};

static void write_answer(const struct powershell_look *look, struct buffer *out)
{
    const struct powershell_sign *sign = &look->sign;
    const char *reason = look->exchange->evidence.reason;
    struct buffer codes;

    if (!powershell_is_answer(sign->symptom)) {
        buffer_print(out, "it %s: %s%s%s", powershell_symptom_text(sign->symptom),
                     status_text(look->exchange->evidence.status), reason ? ": " : "",
                     reason ? reason : "");
        return;
    }
    buffer_print(out, "HTTP %u: it %s", sign->code, powershell_symptom_text(sign->symptom));
    buffer_init(&codes, LINE_MOST);
    powershell_sign_write(sign, &codes);
    if (codes.size > 0)
        buffer_print(out, ", %s", codes.text);
    buffer_release(&codes);
    if (sign->node)
        buffer_print(out, " (%s answered)", sign->node);
    buffer_add_string(out, shell_texts[look->exchange->shell]);
}

static void saw_look(struct finding *finding, const struct powershell_look *look)
{
    struct buffer line;

    buffer_init(&line, LINE_MOST);
    write_answer(look, &line);
    saw(finding, &look->exchange->evidence, "%s", line.text);
    buffer_release(&line);
}

static bool has_same_answer(const struct powershell_look *look, const struct powershell_look *other)
{
    struct buffer answers[2];
    bool is_same;

    if (strcmp(look->exchange->path, other->exchange->path) != 0 ||
        look->exchange->as_somebody != other->exchange->as_somebody ||
        look->exchange->scheme != other->exchange->scheme)
        return false;
    buffer_init(&answers[0], LINE_MOST);
    buffer_init(&answers[1], LINE_MOST);
    write_answer(look, &answers[0]);
    write_answer(other, &answers[1]);
    is_same = strcmp(answers[0].text, answers[1].text) == 0;
    buffer_release(&answers[0]);
    buffer_release(&answers[1]);
    return is_same;
}

/* Of these looks (bits): answers of one path that are the same are told once. */
static void saw_looks(struct finding *finding, const struct powershell_node *node, unsigned looks)
{
    for (size_t i = 0; i < POWERSHELL_LOOK_COUNT; i++) {
        const struct powershell_look *look = &node->looks[i];
        struct buffer line;
        size_t size;

        if (!(looks & 1u << i))
            continue;
        buffer_init(&line, LINE_MOST);
        write_answer(look, &line);
        size = line.size;
        for (size_t k = i + 1; k < POWERSHELL_LOOK_COUNT; k++) {
            const struct powershell_look *other = &node->looks[k];

            if (!(looks & 1u << k) || !has_same_answer(look, other))
                continue;
            buffer_print(&line, "%s %s at %u", line.size > size ? "," : "; the same to",
                         request_texts[other->exchange->request], other->exchange->address.port);
            looks &= ~(1u << k);
        }
        saw(finding, &look->exchange->evidence, "%s", line.text);
        buffer_release(&line);
    }
}

/* A logon that this program did not make is no evidence of the server. */
static bool was_kept_back(const struct powershell_node *node, size_t look)
{
    return powershell_looks_as_somebody(look) &&
           node->looks[look].sign.symptom == POWERSHELL_NOT_KNOWN;
}

static void saw_places(struct finding *finding, const struct powershell_node *node, unsigned places)
{
    unsigned looks = 0;

    for (size_t i = 0; i < POWERSHELL_LOOK_COUNT; i++) {
        if (node->looks[i].exchange && (places & 1u << powershell_place_of(i)) &&
            !was_kept_back(node, i))
            looks |= 1u << i;
    }
    saw_looks(finding, node, looks);
}

/* ---- which server answers ---- */

static const char *other_node(const struct powershell_node *node, const char *first)
{
    for (size_t i = 0; i < POWERSHELL_LOOK_COUNT; i++) {
        const char *told = node->looks[i].sign.node;

        if (told && (!first || !text_equal_fold(told, first)))
            return told;
    }
    return NULL;
}

static void saw_nodes(struct finding *finding, const struct powershell_view *view,
                      const struct powershell_node *node)
{
    const char *first = other_node(node, NULL);
    const char *second = first ? other_node(node, first) : NULL;

    if (second)
        saw(finding, NULL, "%s and %s answer by one name (X-FEServer): what differs may be theirs",
            first, second);
    else if (first && !powershell_node_is_own(view, node))
        saw(finding, NULL, "by the name %s answers %s (X-FEServer): that is the server to repair",
            view->server->shown, first);
}

/* ---- values ---- */

static void name_run(struct finding *finding, const struct powershell_view *view)
{
    static const enum service services[] = {SERVICE_DNS, SERVICE_HTTP, SERVICE_HTTPS,
                                            SERVICE_BACKEND, SERVICE_KERBEROS};
    const char *spn;

    set_vouched(finding, VALUE_NAME, "machine", view->server->name, strlen(view->server->name));
    if (view->server->given)
        set_vouched(finding, VALUE_NAME, "server", view->server->name, strlen(view->server->name));
    set_as_called(view->x, finding, services, sizeof services / sizeof *services);
    set_text(finding, ask_settings(view->x)->authenticate ? "as-somebody" : "as-nobody", "yes");
    spn = arena_print(pass_memory(view->x), "HTTP/%s", view->server->name);
    set_vouched(finding, VALUE_TEXT, "spn", spn, strlen(spn));
}

/* ---- 500 ---- */

static void tell_failing_node(struct finding *finding, const struct powershell_view *view,
                              const struct powershell_node *node)
{
    unsigned looks = 0;

    for (size_t i = 0; i < POWERSHELL_LOOK_COUNT; i++) {
        if (powershell_look_fails(node, i))
            looks |= 1u << i;
    }
    saw_looks(finding, node, looks);
    saw_places(finding, node, 1u << POWERSHELL_BESIDE);
    if (powershell_site_of(node) == POWERSHELL_SITE_ALIVE)
        saw(finding, NULL, "pages beside it are served: it is this directory, not the web site");
    else if (powershell_site_of(node) == POWERSHELL_SITE_DEAD)
        saw(finding, NULL, "pages beside it fail too: it is the web site, not this directory");
    saw_nodes(finding, view, node);
}

void powershell_tell_failing(struct finding *finding, const struct powershell_view *view)
{
    for (size_t i = 0; i < view->count; i++) {
        if (powershell_node_fails(&view->nodes[i]))
            tell_failing_node(finding, view, &view->nodes[i]);
    }
}

/* ---- not available ---- */

static enum powershell_symptom first_symptom(const struct powershell_node *node,
                                             enum powershell_place place)
{
    for (size_t i = 0; i < POWERSHELL_LOOK_COUNT; i++) {
        if (powershell_place_of(i) == place && node->looks[i].exchange)
            return node->looks[i].sign.symptom;
    }
    return POWERSHELL_NOT_KNOWN;
}

static bool front_answers(const struct powershell_node *node)
{
    return powershell_place_answers(node, POWERSHELL_FRONT_HTTP) ||
           powershell_place_answers(node, POWERSHELL_FRONT_HTTPS);
}

/* X(value that prints its steps, in words) in the order of what is worse */
struct absence {
    const char *value;
    const char *text;
    enum powershell_place place;
    enum powershell_symptom symptom;
    bool is_own; /* means something at the server itself alone */
};

static const struct absence absences[] = {
    {"pool-front", "the front end's directory answers 503", POWERSHELL_FRONT_HTTPS,
     POWERSHELL_UNAVAILABLE, false},
    {"pool-front", "the front end's directory answers 503 without TLS", POWERSHELL_FRONT_HTTP,
     POWERSHELL_UNAVAILABLE, false},
    {"pool-back", "the back end's directory answers 503", POWERSHELL_BACK_END,
     POWERSHELL_UNAVAILABLE, false},
    {"tls-front", "the front end completes no TLS handshake", POWERSHELL_FRONT_HTTPS,
     POWERSHELL_TLS_FAILED, false},
    {"tls-back", "the back end completes no TLS handshake", POWERSHELL_BACK_END,
     POWERSHELL_TLS_FAILED, false},
    {"http-refused", "nothing listens for the front end without TLS", POWERSHELL_FRONT_HTTP,
     POWERSHELL_REFUSED, true},
    {"https-refused", "nothing listens for the front end with TLS", POWERSHELL_FRONT_HTTPS,
     POWERSHELL_REFUSED, true},
    {"back-refused", "nothing listens for the back end", POWERSHELL_BACK_END, POWERSHELL_REFUSED,
     true},
};

static bool is_dead(const struct powershell_node *node)
{
    bool is_failing =
        powershell_node_fails(node) ||
        powershell_place_shows(node, POWERSHELL_FRONT_HTTPS, POWERSHELL_UNAVAILABLE) ||
        powershell_place_shows(node, POWERSHELL_FRONT_HTTP, POWERSHELL_UNAVAILABLE);

    return is_failing && powershell_site_of(node) == POWERSHELL_SITE_DEAD;
}

/* Neither port of the front end has anybody behind it, of a server that is one of Exchange's. */
static bool is_off(const struct powershell_node *node)
{
    return first_symptom(node, POWERSHELL_FRONT_HTTP) == POWERSHELL_REFUSED &&
           first_symptom(node, POWERSHELL_FRONT_HTTPS) == POWERSHELL_REFUSED;
}

static bool is_absent(const struct powershell_view *view, const struct powershell_node *node,
                      const struct absence *absence)
{
    if (absence->is_own && !(powershell_node_is_own(view, node) && front_answers(node)))
        return false;
    return powershell_place_shows(node, absence->place, absence->symptom);
}

/* The shell comes in at port 80, and is served by the back end. */
static void tell_stopped(const struct powershell_view *view, const struct powershell_node *node,
                         const struct absence *absence, struct finding *finding)
{
    set_text(finding, "stopped", "yes");
    if (absence->place != POWERSHELL_FRONT_HTTPS && powershell_node_is_own(view, node))
        finding_severity(finding, SEVERITY_CRITICAL);
}

/* The places that lack, as bits; *text: the first of them in words. */
static unsigned find_absences(const struct powershell_view *view,
                              const struct powershell_node *node, const char **text,
                              struct finding **finding)
{
    unsigned places = 0;

    for (size_t i = 0; i < sizeof absences / sizeof *absences; i++) {
        if (!is_absent(view, node, &absences[i]))
            continue;
        if (!*finding)
            *finding = found(view->x, &powershell_unavailable);
        set_text(*finding, absences[i].value, "yes");
        if (absences[i].symptom == POWERSHELL_UNAVAILABLE)
            tell_stopped(view, node, &absences[i], *finding);
        if (!*text)
            *text = absences[i].text;
        places |= 1u << absences[i].place;
    }
    return places;
}

/*
 * A certificate that IIS cannot use ends handshakes, which one out of its time does not, and stops
 * neither pools nor sites.
 */
static void explain_absence(const struct powershell_node *node, unsigned causes,
                            struct finding *finding)
{
    static const char *const ids[] = {"kerbauth-path", "powershell-vdir-settings",
                                      "backend-certificate"};
    bool is_by_certificate =
        (causes & POWERSHELL_CAUSE_BACK_END_CERTIFICATE) != 0 &&
        powershell_place_shows(node, POWERSHELL_BACK_END, POWERSHELL_TLS_FAILED);

    explained_only_by(finding, ids, sizeof ids / sizeof *ids - !is_by_certificate);
}

static bool tell_unavailable(const struct powershell_view *view, const struct powershell_node *node,
                             unsigned causes)
{
    bool is_whole = is_dead(node) || (is_off(node) && powershell_is_exchange(view));
    struct finding *finding = is_whole ? found(view->x, &powershell_unavailable) : NULL;
    const char *text = NULL;
    unsigned places;

    if (is_whole) {
        finding_severity(finding, SEVERITY_CRITICAL);
        set_text(finding, "site", "yes");
        text = is_off(node) ? "nothing listens where the web site is to be"
                            : "the whole web site fails, not this directory alone";
        places = 1u << POWERSHELL_FRONT_HTTP | 1u << POWERSHELL_FRONT_HTTPS;
    } else {
        places = find_absences(view, node, &text, &finding);
    }
    if (!finding)
        return false;
    set_text(finding, "what", text);
    explain_absence(node, causes, finding);
    name_run(finding, view);
    saw_places(finding, node, places | 1u << POWERSHELL_BESIDE);
    saw_nodes(finding, view, node);
    return true;
}

/* ---- forbidden, not found ---- */

static bool shows_anywhere(const struct powershell_node *node, enum powershell_place place,
                           enum powershell_symptom symptom)
{
    for (size_t i = 0; i < POWERSHELL_LOOK_COUNT; i++) {
        if (powershell_place_of(i) == place && node->looks[i].exchange &&
            node->looks[i].sign.symptom == symptom)
            return true;
    }
    return false;
}

static bool wants_ssl(const struct powershell_node *node)
{
    return shows_anywhere(node, POWERSHELL_FRONT_HTTP, POWERSHELL_SSL_REQUIRED) ||
           (powershell_place_shows(node, POWERSHELL_FRONT_HTTP, POWERSHELL_FORBIDDEN) &&
            powershell_place_answers(node, POWERSHELL_FRONT_HTTPS) &&
            !shows_anywhere(node, POWERSHELL_FRONT_HTTPS, POWERSHELL_FORBIDDEN));
}

/* A proxy in front may keep all of it from whoever asks here. */
static struct finding *begin(const struct powershell_view *view, const struct powershell_node *node,
                             const struct finding_kind *kind, const char *doubt)
{
    struct finding *finding;

    if (powershell_node_is_own(view, node))
        return found(view->x, kind);
    finding = unknown(view->x, kind, "%s", doubt);
    set_text(finding, "by-its-name", "yes");
    return finding;
}

static bool tell_forbidden(const struct powershell_view *view, const struct powershell_node *node)
{
    struct finding *finding;

    if (!wants_ssl(node))
        return false;
    finding = begin(view, node, &powershell_forbidden,
                    "without TLS it is forbidden, by Exchange or by what stands in front of it");
    name_run(finding, view);
    saw_places(finding, node, 1u << POWERSHELL_FRONT_HTTP | 1u << POWERSHELL_FRONT_HTTPS);
    saw_nodes(finding, view, node);
    return true;
}

static const struct {
    enum powershell_place place;
    const char *value; /* that prints its steps */
} sides[] = {
    {POWERSHELL_FRONT_HTTPS, "gone-https"},
    {POWERSHELL_FRONT_HTTP, "gone-http"},
    {POWERSHELL_BACK_END, "gone-back"},
};

static bool tell_not_found(const struct powershell_view *view, const struct powershell_node *node)
{
    struct finding *finding = NULL;
    unsigned places = 0;

    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        if (!powershell_place_shows(node, sides[i].place, POWERSHELL_NOT_FOUND))
            continue;
        if (!finding) {
            finding = begin(view, node, &powershell_not_found,
                            "it is not there, or what stands in front of Exchange keeps it");
            set_text(finding, "where", place_texts[sides[i].place]);
        }
        set_text(finding, sides[i].value, "yes");
        if (sides[i].place != POWERSHELL_BACK_END)
            set_text(finding, "gone-front", "yes");
        places |= 1u << sides[i].place;
    }
    if (!finding)
        return false;
    name_run(finding, view);
    saw_places(finding, node, places | 1u << POWERSHELL_BESIDE);
    saw_nodes(finding, view, node);
    return true;
}

/* ---- refused ---- */

enum { REFUSAL_CAUSES_MOST = 4 };

static const struct {
    enum powershell_symptom symptom;
    enum severity severity;
    const char *value; /* that prints its steps */
    const char *text;
    const char *causes[REFUSAL_CAUSES_MOST]; /* kinds that make it, unless NULL */
} refusals[] = {
    {POWERSHELL_SKEWED,
     SEVERITY_CRITICAL,
     "clock",
     "the clocks are too far apart for its ticket",
     {"clock-skew"}},
    {POWERSHELL_EARLY,
     SEVERITY_CRITICAL,
     "clock",
     "its ticket is of a time that has not come there",
     {"clock-skew"}},
    {POWERSHELL_WRONG_KEY,
     SEVERITY_CRITICAL,
     "key",
     "its ticket was made with another key than the server has",
     {NULL}},
    {POWERSHELL_TICKET_REFUSED,
     SEVERITY_WARNING,
     "ticket",
     "the server takes no such ticket",
     {NULL}},
    {POWERSHELL_UNTYPED,
     SEVERITY_CRITICAL,
     "fault",
     "it is answered with no WS-Management, as where its modules are not native ones",
     {"kerbauth-path", "kerbauth-managed", "wsman-module-missing", "winrm-iis-ext-missing"}},
    {POWERSHELL_FAULTED,
     SEVERITY_WARNING,
     "fault",
     "WS-Management answers with a fault",
     {"kerbauth-managed"}},
};

static void saw_clock(struct finding *finding, const struct powershell_look *look)
{
    char time[CLOCK_TEXT_SIZE];

    if (look->sign.server_time == 0)
        return;
    clock_format(look->sign.server_time / 1000, time);
    saw(finding, &look->exchange->evidence, "it was %s there, by its clock: %+lld s from here",
        time, (long long)look->sign.seconds_ahead);
}

static void name_fault(struct finding *finding, const struct powershell_sign *sign)
{
    struct buffer text;

    if (sign->fault == 0)
        return;
    buffer_init(&text, 32);
    buffer_print(&text, "0x%08x", (unsigned)sign->fault);
    set_vouched(finding, VALUE_TEXT, "number", text.text, text.size);
    buffer_release(&text);
}

static void name_causes(struct finding *finding, size_t row)
{
    size_t count = 0;

    while (count < REFUSAL_CAUSES_MOST && refusals[row].causes[count])
        count++;
    explained_only_by(finding, refusals[row].causes, count);
}

static void tell_refusal(const struct powershell_view *view, const struct powershell_node *node,
                         size_t look, size_t row)
{
    struct finding *finding = found(view->x, &powershell_refused);

    finding_severity(finding, refusals[row].severity);
    set_text(finding, "what", refusals[row].text);
    set_text(finding, refusals[row].value, "yes");
    if (powershell_is_clock(refusals[row].symptom))
        due_to(finding, view->server->kind, view->server->name);
    name_causes(finding, row);
    name_run(finding, view);
    name_fault(finding, &node->looks[look].sign);
    saw_look(finding, &node->looks[look]);
    saw_clock(finding, &node->looks[look]);
    for (size_t i = 0; i < POWERSHELL_LOOK_COUNT; i++) {
        if (i != look && powershell_looks_as_somebody(i) &&
            powershell_is_answer(node->looks[i].sign.symptom))
            saw_look(finding, &node->looks[i]);
    }
    saw_nodes(finding, view, node);
}

/* No shell began. No ticket and no right are the caller's part, and no fault of the directory's. */
static const struct {
    enum powershell_symptom symptom;
    bool is_open; /* whether the directory is well, too */
    const char *value;
    const char *text;
} lacks[] = {
    {POWERSHELL_CLOSED, true, "cut-off", "the connection ends as soon as somebody logs on"},
    {POWERSHELL_SILENT, true, "cut-off", "whoever logs on gets no answer in time"},
    {POWERSHELL_REDIRECTED, true, "sent-away", "whoever logs on is sent elsewhere"},
    {POWERSHELL_NOT_ALLOWED, true, "sent-away", "whoever logs on may not send what a shell does"},
    {POWERSHELL_NOT_FOUND, true, "sent-away", "whoever logs on finds no such directory"},
    {POWERSHELL_NO_TICKET, false, "no-ticket", "no logon was tried: there is no ticket for it"},
    {POWERSHELL_DENIED, false, "no-right",
     "whoever asks has no right to a remote PowerShell there"},
    {POWERSHELL_FORBIDDEN, false, "no-right", "whoever asks is forbidden to come in"},
    {POWERSHELL_NOT_TRUSTED, false, "certificate",
     "no logon was tried: its certificate is not trusted"},
    {POWERSHELL_CHALLENGED, false, "no-right",
     "it goes on asking who one is, and does not say why"},
};

static void tell_lack(const struct powershell_view *view, const struct powershell_node *node,
                      size_t look, size_t row)
{
    struct finding *finding = unknown(view->x, &powershell_refused, "%s", lacks[row].text);
    const struct web_exchange *exchange = node->looks[look].exchange;

    set_text(finding, lacks[row].value, "yes");
    if (exchange->error_code == KDC_ERR_S_PRINCIPAL_UNKNOWN)
        set_text(finding, "no-name", "yes");
    name_run(finding, view);
    for (size_t i = look; i < POWERSHELL_LOOK_COUNT; i++) {
        if (node->looks[i].exchange && powershell_looks_as_somebody(i) &&
            node->looks[i].sign.symptom == lacks[row].symptom)
            saw_look(finding, &node->looks[i]);
    }
}

/* The first look as somebody that shows this; POWERSHELL_LOOK_COUNT: none does. */
static size_t look_as_somebody(const struct powershell_node *node, enum powershell_symptom symptom)
{
    size_t i = 0;

    while (i < POWERSHELL_LOOK_COUNT &&
           !(node->looks[i].exchange && powershell_looks_as_somebody(i) &&
             node->looks[i].sign.symptom == symptom))
        i++;
    return i;
}

static bool lets_in(const struct powershell_node *node)
{
    return look_as_somebody(node, POWERSHELL_SHELL) < POWERSHELL_LOOK_COUNT ||
           look_as_somebody(node, POWERSHELL_SERVED) < POWERSHELL_LOOK_COUNT;
}

/* Behind TLS anybody's logon may be made: what keeps it back there is said by the reason. */
static void tell_kept_back(const struct powershell_view *view, const struct powershell_node *node)
{
    const struct web_exchange *exchange = node->looks[POWERSHELL_LOOK_HTTPS_SHELL].exchange;
    struct finding *finding;

    if (!exchange || exchange->evidence.status != STATUS_DENIED || lets_in(node) ||
        !was_kept_back(node, POWERSHELL_LOOK_HTTPS_SHELL))
        return;
    finding = unknown(view->x, &powershell_refused, "no logon was tried there");
    name_run(finding, view);
    saw_failure(finding, &exchange->evidence);
}

/* As somebody: true where more is told than who may not come in. */
static bool tell_logon(const struct powershell_view *view, const struct powershell_node *node)
{
    for (size_t row = 0; row < sizeof refusals / sizeof *refusals; row++) {
        size_t look = look_as_somebody(node, refusals[row].symptom);

        if (look < POWERSHELL_LOOK_COUNT) {
            tell_refusal(view, node, look, row);
            return true;
        }
    }
    for (size_t row = 0; row < sizeof lacks / sizeof *lacks && !lets_in(node); row++) {
        size_t look = look_as_somebody(node, lacks[row].symptom);

        if (look < POWERSHELL_LOOK_COUNT) {
            tell_lack(view, node, look, row);
            return lacks[row].is_open;
        }
    }
    tell_kept_back(view, node);
    return false;
}

/* ---- nothing wrong ---- */

static void write_places(const struct powershell_node *node, struct buffer *out)
{
    size_t start = out->size;

    for (size_t place = 0; place < POWERSHELL_BESIDE; place++) {
        for (size_t i = 0; i < POWERSHELL_LOOK_COUNT; i++) {
            const struct powershell_sign *sign = &node->looks[i].sign;

            if (powershell_place_of(i) != place || !powershell_is_answer(sign->symptom))
                continue;
            buffer_print(out, "%s%s answers %u", out->size > start ? ", " : "", place_texts[place],
                         sign->code);
            break;
        }
    }
}

/* The worst that became of one there. */
static enum web_shell shell_of(const struct powershell_node *node)
{
    enum web_shell worst = WEB_SHELL_NONE;

    for (size_t i = 0; i < POWERSHELL_LOOK_COUNT; i++) {
        if (node->looks[i].exchange && node->looks[i].exchange->shell > worst)
            worst = node->looks[i].exchange->shell;
    }
    return worst;
}

/* What a shell sends is sent elsewhere: to nobody alone, or to everybody, is open. */
static const struct powershell_look *redirected_look(const struct powershell_node *node)
{
    static const size_t posts[] = {POWERSHELL_LOOK_HTTP_IDENTIFY, POWERSHELL_LOOK_HTTPS_IDENTIFY};

    for (size_t i = 0; i < sizeof posts / sizeof *posts && !lets_in(node); i++) {
        if (node->looks[posts[i]].sign.symptom == POWERSHELL_REDIRECTED)
            return &node->looks[posts[i]];
    }
    return NULL;
}

static bool tell_redirected(const struct powershell_view *view)
{
    for (size_t i = 0; i < view->count; i++) {
        const struct powershell_look *look = redirected_look(&view->nodes[i]);
        const char *target = look ? web_field_of(look->exchange, "Location") : NULL;
        struct finding *finding;

        if (!look)
            continue;
        finding = unknown(view->x, &powershell_vdir_500,
                          "it sends what a shell begins with elsewhere, as httpRedirect does");
        name_run(finding, view);
        set_text(finding, "sent-elsewhere", "yes");
        saw_look(finding, look);
        if (target)
            saw(finding, &look->exchange->evidence, "to %s", target);
        return true;
    }
    return false;
}

/* What an answer to nobody tells of is what comes before the logon: its causes are others. */
static bool is_seen_as_nobody(const struct powershell_view *view)
{
    for (size_t i = 0; i < view->count; i++) {
        for (size_t look = 0; look < POWERSHELL_LOOK_COUNT; look++) {
            if (view->nodes[i].looks[look].exchange && powershell_looks_as_somebody(look))
                return false;
        }
    }
    return true;
}

/* A ticket is for a name. */
static bool has_name(const struct powershell_view *view)
{
    struct ip_address ip;

    return ip_parse(view->server->name, strlen(view->server->name), &ip) != STATUS_OK;
}

static bool is_asked_for(const struct powershell_view *view)
{
    return ask_settings(view->x)->only_count > 0 && view->server->given;
}

/* What is well is not printed by itself; a shell that this run left behind is to be. */
static void tell_healthy(const struct powershell_view *view)
{
    bool is_left = false, is_half = is_seen_as_nobody(view) && is_asked_for(view);
    struct finding *finding;
    struct buffer text;

    buffer_init(&text, LINE_MOST);
    for (size_t i = 0; i < view->count; i++) {
        if (!front_answers(&view->nodes[i]))
            continue;
        if (text.size > 0)
            buffer_add_string(&text, "; ");
        write_places(&view->nodes[i], &text);
        if (look_as_somebody(&view->nodes[i], POWERSHELL_SHELL) < POWERSHELL_LOOK_COUNT)
            buffer_add_string(&text, ", and a remote PowerShell begins as it should");
        buffer_add_string(&text, shell_texts[shell_of(&view->nodes[i])]);
        is_left = is_left || shell_of(&view->nodes[i]) == WEB_SHELL_LEFT;
    }
    if (is_half)
        buffer_add_string(&text, "; what it answers to whoever logs on was not seen");
    if (is_left || is_half) {
        finding = unknown(view->x, &powershell_vdir_500, "%s", text.text);
        name_run(finding, view);
        set_text(finding,
                 is_left          ? "left-behind"
                 : has_name(view) ? "half-seen"
                                  : "no-name",
                 "yes");
    } else {
        healthy(view->x, &powershell_vdir_500, "%s", text.text);
    }
    buffer_release(&text);
}

/* ---- nothing known ---- */

static void tell_unknown(const struct powershell_view *view)
{
    const bool has_no_address = view->obstacle && view->obstacle->status == STATUS_OK;
    struct finding *finding = unknown(view->x, &powershell_vdir_500, "%s",
                                      has_no_address ? "DNS has no address for its name"
                                                     : "no answer came from its front end");

    name_run(finding, view);
    set_text(finding, has_no_address ? "no-address" : "not-reached", "yes");
    if (has_no_address)
        saw(finding, view->obstacle, "neither an A nor an AAAA record");
    else if (view->obstacle)
        saw_failure(finding, view->obstacle);
    for (size_t i = 0; i < view->count; i++)
        saw_places(finding, &view->nodes[i],
                   1u << POWERSHELL_FRONT_HTTP | 1u << POWERSHELL_FRONT_HTTPS);
}

/* ---- all of it ---- */

static bool any_front_answers(const struct powershell_view *view)
{
    for (size_t i = 0; i < view->count; i++) {
        if (front_answers(&view->nodes[i]))
            return true;
    }
    return false;
}

static bool tell_node(const struct powershell_view *view, const struct powershell_node *node,
                      unsigned causes)
{
    bool is_told = tell_unavailable(view, node, causes);

    is_told = tell_forbidden(view, node) || is_told;
    is_told = tell_not_found(view, node) || is_told;
    return tell_logon(view, node) || is_told;
}

/* Of what nothing shows to be Exchange nothing is said, unless the user asks for this alone. */
static bool is_passed_over(const struct powershell_view *view)
{
    bool was_asked =
        view->was_recorded || (view->obstacle && view->obstacle->status != STATUS_NOT_RECORDED);

    if (!was_asked || (!powershell_is_exchange(view) && !is_asked_for(view)))
        return true;
    if (powershell_is_exchange(view) || powershell_fails_live(view) || !any_front_answers(view))
        return false;
    not_applicable(view->x, &powershell_vdir_500, "nothing shows that it is Exchange");
    return true;
}

void powershell_tell_live(const struct powershell_view *view, unsigned causes, bool is_500)
{
    bool is_told = false;

    if (view->is_pending || is_passed_over(view))
        return;
    for (size_t i = 0; i < view->count; i++)
        is_told = tell_node(view, &view->nodes[i], causes) || is_told;
    if (is_told || is_500 || powershell_fails_live(view))
        return;
    if (view->lacks_front_end)
        return;
    if (!any_front_answers(view))
        tell_unknown(view);
    else if (!tell_redirected(view))
        tell_healthy(view);
}
