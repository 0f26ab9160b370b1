#include "diag/read/wsman_reply.h"

#include "diag/text.h"

#include <string.h>

static const char soap_space[] = "http://www.w3.org/2003/05/soap-envelope",
                  wsman_space[] = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
                  fault_space[] = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault",
                  identity_space[] =
                      "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd",
                  shell_space[] = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell",
                  transfer_space[] = "http://schemas.xmlsoap.org/ws/2004/09/transfer";

static const char *const words[WSMAN_REPLY_COUNT] = {
#define X(name, word) [WSMAN_REPLY_##name] = word,
    WSMAN_REPLY_LIST(X)
#undef X
};

const char *wsman_reply_word(enum wsman_reply_kind kind)
{
    return words[kind];
}

bool wsman_number_is_of_powershell(uint32_t number)
{
    return number >> 16 == 0x8054;
}

/* ---- elements and texts ---- */

static bool is_element(const struct xml_node *node, const char *space, const char *name)
{
    return node->name && strcmp(node->name, name) == 0 && strcmp(node->space, space) == 0;
}

/* The first child of this name, or NULL; of none there is none. */
static const struct xml_node *child_of(const struct xml_node *parent, const char *space,
                                       const char *name)
{
    const struct xml_node *node = parent ? parent->first : NULL;

    while (node && !is_element(node, space, name))
        node = node->next;
    return node;
}

/* The first within, in the order of the document: a fault is within a provider's fault. */
static const struct xml_node *within(const struct xml_node *parent, const char *space,
                                     const char *name)
{
    for (const struct xml_node *node = parent ? parent->first : NULL; node; node = node->next) {
        const struct xml_node *found =
            is_element(node, space, name) ? node : within(node, space, name);

        if (found)
            return found;
    }
    return NULL;
}

static bool is_space(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

/* Without white space around it; NULL if nothing else is there. */
static const char *printable(const char *text, size_t most, struct arena *arena)
{
    size_t size = strlen(text);
    struct buffer out;

    for (; size > 0 && is_space(*text); size--)
        text++;
    while (size > 0 && is_space(text[size - 1]))
        size--;
    if (size == 0)
        return NULL;
    buffer_init(&out, most);
    text_show(&out, text, size);
    return buffer_keep(&out, arena);
}

static const char *text_of(const struct xml_node *node, size_t most, struct arena *arena)
{
    struct buffer text;
    const char *kept;

    if (!node)
        return NULL;
    buffer_init(&text, XML_DOCUMENT_MOST);
    xml_add_text(node, &text);
    kept = printable(text.size > 0 ? text.text : "", most, arena);
    buffer_release(&text);
    return kept;
}

static const char *value_of(const struct xml_node *node, const char *name, struct arena *arena)
{
    const char *value = node ? xml_value(node, name) : NULL;

    return value ? printable(value, WSMAN_TEXT_MOST, arena) : NULL;
}

/* What is behind the last of these, of tokens that are made of letters and digits alone. */
static const char *token_behind(const char *text, char separator, struct arena *arena)
{
    const char *last = text ? strrchr(text, separator) : NULL;
    const char *token = last ? last + 1 : text;
    size_t size = token ? strlen(token) : 0;

    if (size == 0 || size > WSMAN_TOKEN_MOST)
        return NULL;
    for (size_t i = 0; i < size; i++) {
        if (!text_is_digit(token[i]) && !text_is_letter(token[i]))
            return NULL;
    }
    return arena_copy(arena, token, size);
}

/* ---- a fault ---- */

static bool read_number(const char *text, uint32_t *number)
{
    uint64_t value = 0;

    if (!text || !*text)
        return false;
    for (; *text; text++) {
        if (!text_is_digit(*text))
            return false;
        value = value * 10 + (uint64_t)(*text - '0');
        if (value > UINT32_MAX)
            return false;
    }
    *number = (uint32_t)value;
    return true;
}

/* Subcodes are within each other (SOAP 1.2 5.4.1.3). */
static void read_code(const struct xml_node *code, struct arena *arena, struct wsman_reply *out)
{
    out->code = token_behind(text_of(child_of(code, soap_space, "Value"), WSMAN_TEXT_MOST, arena),
                             ':', arena);
    while ((code = child_of(code, soap_space, "Subcode"))) {
        const char *token = token_behind(
            text_of(child_of(code, soap_space, "Value"), WSMAN_TEXT_MOST, arena), ':', arena);

        if (token)
            out->subcode = token;
    }
}

/* One of MS-WSMV 2.2.4.43; a provider's is within it, with the number of the cause. */
static void read_windows_fault(const struct xml_node *fault, struct arena *arena,
                               struct wsman_reply *out)
{
    while (fault) {
        const struct xml_node *message = child_of(fault, fault_space, "Message"),
                              *provider = child_of(message, fault_space, "ProviderFault");
        const char *machine = value_of(fault, "Machine", arena);

        if (read_number(xml_value(fault, "Code"), &out->number))
            out->has_number = true;
        if (machine)
            out->machine = machine;
        if (provider) {
            out->provider = value_of(provider, "provider", arena);
            out->provider_path = value_of(provider, "path", arena);
        }
        fault = within(provider, fault_space, "WSManFault");
    }
}

static void read_fault(const struct xml_node *fault, struct arena *arena, struct wsman_reply *out)
{
    const struct xml_node *reason = child_of(fault, soap_space, "Reason"),
                          *detail = child_of(fault, soap_space, "Detail");

    out->kind = WSMAN_REPLY_FAULT;
    read_code(child_of(fault, soap_space, "Code"), arena, out);
    out->text = text_of(child_of(reason, soap_space, "Text"), WSMAN_TEXT_MOST, arena);
    out->detail = token_behind(
        text_of(child_of(detail, wsman_space, "FaultDetail"), WSMAN_TEXT_MOST, arena), '/', arena);
    read_windows_fault(child_of(detail, fault_space, "WSManFault"), arena, out);
}

/* ---- what else there is ---- */

static void read_identity(const struct xml_node *identity, struct arena *arena,
                          struct wsman_reply *out)
{
    out->kind = WSMAN_REPLY_IDENTITY;
    out->vendor =
        text_of(child_of(identity, identity_space, "ProductVendor"), WSMAN_TEXT_MOST, arena);
    out->version =
        text_of(child_of(identity, identity_space, "ProductVersion"), WSMAN_TEXT_MOST, arena);
}

/* By the reference to it (MS-WSMV 3.1.4.5.2), or, from PowerShell 3.0 on, by itself besides. */
static const struct xml_node *find_shell(const struct xml_node *body)
{
    const struct xml_node *created = child_of(body, transfer_space, "ResourceCreated"),
                          *shell = child_of(body, shell_space, "Shell"),
                          *id = child_of(shell, shell_space, "ShellId"),
                          *set = within(created, wsman_space, "SelectorSet"),
                          *selector = id ? NULL : child_of(set, wsman_space, "Selector");

    for (; selector; selector = selector->next) {
        const char *name =
            is_element(selector, wsman_space, "Selector") ? xml_value(selector, "Name") : NULL;

        if (name && text_equal_fold(name, "ShellId"))
            return selector;
    }
    return id;
}

static void read_body(const struct xml_node *body, struct arena *arena, struct wsman_reply *out)
{
    const struct xml_node *fault = child_of(body, soap_space, "Fault"),
                          *identity = child_of(body, identity_space, "IdentifyResponse"),
                          *created = child_of(body, transfer_space, "ResourceCreated"),
                          *shell = child_of(body, shell_space, "Shell");

    if (fault) {
        read_fault(fault, arena, out);
    } else if (identity) {
        read_identity(identity, arena, out);
    } else if (created || shell) {
        out->kind = WSMAN_REPLY_SHELL;
        out->shell = text_of(find_shell(body), WSMAN_TEXT_MOST, arena);
    }
}

enum status wsman_read_reply(const struct xml_library *library, const char *bytes, size_t size,
                             struct arena *arena, struct wsman_reply *out)
{
    struct arena tree = {0};
    const struct xml_node *root;
    struct xml_problem problem;
    enum status status = xml_parse(library, bytes, size, &tree, &root, &problem);

    *out = (struct wsman_reply){.kind = WSMAN_REPLY_OTHER};
    if (status == STATUS_OK && !is_element(root, soap_space, "Envelope"))
        status = STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        read_body(child_of(root, soap_space, "Body"), arena, out);
    arena_release(&tree);
    return status;
}
