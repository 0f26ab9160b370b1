/* What the forms of mail_log have in common: names, addresses, Exchange's codes. */
#include "diag/read/dns_name.h"
#include "diag/read/mail_log_reader.h"
#include "diag/text.h"

#include <string.h>

/* ---- names and addresses ---- */

static bool is_host_character(char character)
{
    return text_is_letter(character) || text_is_digit(character) || character == '-' ||
           character == '_' || character == '.';
}

bool mail_log_name(const char *text, size_t size, char out[MAIL_LOG_NAME_MOST + 1])
{
    bool has_letter = false;

    *out = '\0';
    if (size > 0 && text[size - 1] == '.')
        size--;
    if (size == 0 || size > MAIL_LOG_NAME_MOST || text[0] == '.' || text[0] == '-' ||
        !memchr(text, '.', size))
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!is_host_character(text[i]) || (text[i] == '.' && i > 0 && text[i - 1] == '.'))
            return false;
        has_letter = has_letter || text_is_letter(text[i]);
    }
    if (!has_letter)
        return false;
    for (size_t i = 0; i < size; i++)
        out[i] = text_lower(text[i]);
    out[size] = '\0';
    return true;
}

bool mail_log_address(const char *text, size_t size, struct net_address *out)
{
    char copy[NET_ADDRESS_TEXT_SIZE];

    *out = (struct net_address){.port = 0};
    if (size == 0 || size >= sizeof copy)
        return false;
    memcpy(copy, text, size);
    copy[size] = '\0';
    return net_address_parse(copy, 25, out) == STATUS_OK;
}

void mail_log_domain(const char *text, char domain[MAIL_LOG_NAME_MOST + 1])
{
    *domain = '\0';
    for (const char *at = strchr(text, '@'); at && !*domain; at = strchr(at + 1, '@')) {
        size_t size = 0;

        while (is_host_character(at[1 + size]))
            size++;
        (void)mail_log_name(at + 1, size, domain);
    }
}

/* Words of any language, one of which may be the English or Latin one for a server. */
static bool is_server_label(const char *text, size_t size)
{
    enum { LABEL_MOST = 80 };
    bool has_mark = false;

    if (size == 0 || size > LABEL_MOST || !(text_is_letter(*text) || (*text & 0x80)))
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!text_is_letter(text[i]) && !(text[i] & 0x80) && text[i] != ' ' && text[i] != '\'')
            return false;
        has_mark = has_mark || text[i] == ' ' || (text[i] & 0x80) ||
                   text_starts_fold(text + i, size - i, "server");
    }
    return has_mark;
}

const char *mail_log_server(const char *line, size_t size)
{
    const char *colon = memchr(line, ':', size), *end = line + size, *name, *rest;
    char folded[MAIL_LOG_NAME_MOST + 1];
    struct net_address address;

    if (!colon || !is_server_label(line, (size_t)(colon - line)))
        return NULL;
    for (name = colon + 1; name < end && (*name == ' ' || *name == '\t'); name++)
        ;
    for (rest = name; rest < end && is_host_character(*rest); rest++)
        ;
    if (!mail_log_name(name, (size_t)(rest - name), folded))
        return NULL;
    while (rest < end && (*rest == ' ' || *rest == '\t'))
        rest++;
    while (end > rest && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    if (rest == end)
        return name;
    return *rest == '(' && end[-1] == ')' && end - rest > 2 &&
                   mail_log_address(rest + 1, (size_t)(end - rest - 2), &address)
               ? name
               : NULL;
}

/* ---- what Exchange says of a failure ---- */

static unsigned number_of(const char *text, unsigned base)
{
    static const char digits[] = "0123456789abcdef";
    unsigned value = 0;
    const char *digit;

    for (; *text && (digit = memchr(digits, text_lower(*text), base)) != NULL; text++) {
        if (value > 100000000 / base)
            return 0;
        value = value * base + (unsigned)(digit - digits);
    }
    return value;
}

static const char *behind(const char *text, const char *mark)
{
    const char *at = strstr(text, mark);

    return at ? at + strlen(mark) + strspn(at + strlen(mark), " ") : NULL;
}

/* "Winsock error code: 10060", "(Socket error code 10061)", "(TimedOut:0000274C)"; 0 for none. */
static unsigned winsock_of(const char *text)
{
    const char *code = behind(text, "Winsock error code:");

    if (!code)
        code = behind(text, "Socket error code ");
    if (code)
        return number_of(code, 10);
    for (const char *at = strstr(text, ":000027"); at; at = strstr(at + 1, ":000027")) {
        if (at[9] && strchr(") |]", at[9]))
            return number_of(at + 1, 16);
    }
    return 0;
}

static enum mail_log_fault fault_of_winsock(unsigned code)
{
    static const struct {
        unsigned code;
        enum mail_log_fault fault;
    } codes[] = {{10060, MAIL_LOG_UNREACHABLE}, /* WSAETIMEDOUT */
                 {10065, MAIL_LOG_UNREACHABLE}, /* WSAEHOSTUNREACH */
                 {10051, MAIL_LOG_UNREACHABLE}, /* WSAENETUNREACH */
                 {10061, MAIL_LOG_REFUSED}};    /* WSAECONNREFUSED */

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (codes[i].code == code)
            return codes[i].fault;
    }
    return MAIL_LOG_OTHER;
}

/* "4.4.7" as a word of its own, of class 4 or 5. */
static bool has_code(const char *text, const char *subject_and_detail)
{
    for (const char *at = strstr(text, subject_and_detail); at;
         at = strstr(at + 1, subject_and_detail)) {
        char next = at[strlen(subject_and_detail)];

        if (at > text && (at[-1] == '4' || at[-1] == '5') && !text_is_digit(next) &&
            (at - text < 2 || !(text_is_digit(at[-2]) || at[-2] == '.')))
            return true;
    }
    return false;
}

static enum mail_log_fault fault_of(const char *text)
{
    /* "Message expired" of Exchange Online, with words that say no more than the number. */
    static const char *const expired[] = {".4.7", ".4.300", ".4.316", ".4.317", ".4.318"};
    unsigned code = winsock_of(text);

    if (code)
        return fault_of_winsock(code);
    for (size_t i = 0; i < sizeof expired / sizeof *expired; i++) {
        if (has_code(text, expired[i]))
            return MAIL_LOG_EXPIRED;
    }
    for (const char *detail = "0126"; *detail; detail++) {
        if (has_code(text, (char[]){'.', '4', '.', *detail, '\0'}))
            return MAIL_LOG_OTHER;
    }
    return MAIL_LOG_FAULT_COUNT;
}

/* The address behind a mark, up to what ends it. */
static bool find_address(const char *text, const char *mark, struct net_address *out)
{
    const char *value = behind(text, mark);
    size_t size = value ? strcspn(value, "};,| \"'") : 0;

    if (size > 0 && value[size - 1] == '.')
        size--;
    return size > 0 && mail_log_address(value, size, out);
}

static void find_name(const char *text, const char *mark, char out[MAIL_LOG_NAME_MOST + 1])
{
    const char *value = behind(text, mark);

    if (value)
        (void)mail_log_name(value, strcspn(value, "};,| \"'"), out);
}

void mail_log_read_status(const char *text, struct mail_log_status *out)
{
    memset(out, 0, sizeof *out);
    out->fault = fault_of(text);
    if (!find_address(text, "{IP=", &out->address) &&
        !find_address(text, "TargetIPAddress:", &out->address))
        (void)find_address(text, "last endpoint attempted was ", &out->address);
    find_name(text, "{FQDN=", out->host);
    find_name(text, "Destination domain:", out->domain);
}
